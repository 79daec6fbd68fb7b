"""Edges as they are written: `a -> b`, `a -> [b, c]`, `a => b`, or `{from: a, to: b, always: true}`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from .positions import Path
from .wording import Closest, mismatch, shown, unknown_key

RESERVED = ("__start__", "__end__", "stop")
LONGEST_ID = 100

_ARROW = re.compile(r"(\S+?)\s*(->|=>)\s*")
_ID = re.compile(r"[\w.-]+")
_FORMS = "write a -> b, a -> [b, c] or a => b"
_KEYS = ("from", "to", "always")

Arrow = tuple[str, list[str], bool]
"""Source, targets, and whether it is always taken."""


class EdgeError(ValueError):
    """An edge that can't be read; `path` leads to the fault inside it."""

    def __init__(self, message: str, path: Path = (), *, at_key: bool = False) -> None:
        self.path = path
        self.at_key = at_key
        super().__init__(message)


def read_arrow(text: str) -> Arrow:
    """The edge or edges a text stands for. Raises EdgeError.

    >>> read_arrow("a -> [b, c]"), read_arrow("a=>b")
    (('a', ['b', 'c'], False), ('a', ['b'], True))
    """
    stripped = text.strip()
    match = _ARROW.match(stripped)
    if match is None:
        raise EdgeError(f"{shown(text)} is no edge; {_FORMS}")
    source, arrow = match.groups()
    rest = stripped[match.end() :]
    if rest[:1] == "[" and rest[-1:] == "]" and len(rest) > 1:
        targets = [target.strip() for target in rest[1:-1].split(",")]
    else:
        targets = [rest]
    if any("->" in target or "=>" in target for target in targets):
        raise EdgeError(f"{shown(text)} has more than one arrow; write one edge for each")
    if any(not target or "[" in target or "]" in target or "," in target or " " in target for target in targets):
        raise EdgeError(f"{shown(text)} is no edge; {_FORMS}")
    return source, targets, arrow == "=>"


def read_edge_mapping(edge: Mapping[str, Any], closest: Closest) -> Arrow:
    """The edge or edges a mapping stands for; `closest` suggests a known key. Raises EdgeError."""
    for key in edge:
        if key not in _KEYS:
            raise EdgeError(unknown_key(str(key), _KEYS, closest), (key,), at_key=True)
    for key in ("from", "to"):
        if key not in edge:
            raise EdgeError(f"needs {key!r}; write {{from: a, to: b}} or a -> b")
    source, target, always = edge["from"], edge["to"], edge.get("always", False)
    if not isinstance(source, str):
        raise EdgeError(mismatch("text", source), ("from",))
    if not isinstance(always, bool):
        raise EdgeError(mismatch("true or false", always), ("always",))
    if isinstance(target, str):
        return source, [target], always
    if not isinstance(target, (list, tuple)) or not target:
        raise EdgeError(mismatch("a node or a list of nodes", target), ("to",))
    for index, item in enumerate(target):
        if not isinstance(item, str):
            raise EdgeError(mismatch("text", item), ("to", index))
    return source, list(target), always


def fault_of_id(name: str) -> str:
    """What keeps `name` from being a node's id, or an empty string."""
    if name in RESERVED:
        return f"the id {name!r} is reserved; choose another"
    if len(name) > LONGEST_ID:
        return f"an id of {len(name):,} characters is too long; at most {LONGEST_ID} are allowed"
    if not name:
        return "an id can't be empty"
    if _ID.fullmatch(name):
        return ""
    # \w leaves out combining marks, which many scripts write words with
    bad = next((letter for letter in name if not _ID.fullmatch(letter) and unicodedata.category(letter)[0] != "M"), "")
    return f"the id {shown(name)} holds {bad!r}; only letters, digits, '_', '.' and '-' are allowed" if bad else ""
