"""JSON out of what a model wrote around it: thoughts, code fences, trailing commas, an answer that was cut off.

Repairs touch the form alone. What was meant is never guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_AFTER_THOUGHTS = re.compile(r".*</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_STRING = r'"(?:[^"\\]|\\.)*\\?(?:"|\Z)'
_TRAILING = re.compile(rf"({_STRING})|,(?=\s*[}}\]])", re.DOTALL)
_TOKEN = re.compile(rf"{_STRING}|[{{}}\[\]]", re.DOTALL)
_MOST_STARTS = 20


class Unreadable(ValueError):
    """No JSON can be found; the message says what is wrong."""


class Span(NamedTuple):
    """A string in a text, quotation marks included, at `text[start:end]`."""

    start: int
    end: int


def find_json(text: str) -> Any:
    """The first JSON object or list of objects in a text, its form repaired where need be. Raises Unreadable."""
    begin = _begin(text)
    starts = [nth for nth in range(begin, len(text)) if text[nth] in "{["][:_MOST_STARTS]
    if not starts:
        raise Unreadable("there is no JSON object in it")
    for start in starts:  # the outermost that can be read: what is inside one says less
        tidy = _without_trailing_commas(text[start:])
        for body in (text[start:], tidy, _closed(tidy)):
            value = _decoded(body)
            if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
                return value
    raise Unreadable("its JSON can't be read")


def values_of(key: str, text: str) -> list[Span]:
    """Where the string values of a key stand, in order: those at the depth of the first."""
    spans: list[Span] = []
    depth, found_at = 0, None
    tokens = list(_TOKEN.finditer(text, _begin(text)))
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        word = token.group()
        if word in "{[":
            depth += 1
        elif word in "}]":
            depth -= 1
        elif following is not None and word == f'"{key}"' and text[token.end() : following.start()].strip() == ":":
            found_at = depth if found_at is None else found_at
            if depth == found_at and following.group().startswith('"'):
                spans.append(Span(following.start(), following.end()))
    return spans


def _begin(text: str) -> int:
    """Where the answer begins: behind thoughts, unless it is JSON from the start."""
    thoughts = None if text.lstrip()[:1] in ("{", "[") else _AFTER_THOUGHTS.match(text)
    return thoughts.end() if thoughts else 0


def _decoded(text: str) -> Any:
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _without_trailing_commas(text: str) -> str:
    return _TRAILING.sub(lambda match: match.group(1) or "", text)


def _closed(text: str) -> str:
    """A text that breaks off, up to its last complete text or bracket, with everything closed that is open there."""
    kept, open_ = 0, ""
    for end, brackets in _ends(text):
        kept, open_ = end, brackets
    return text[:kept] + open_[::-1]


def _ends(text: str) -> Iterator[tuple[int, str]]:
    """(end, brackets to close) behind every bracket and every text that is no key."""
    open_ = ""
    for token in _TOKEN.finditer(text):
        word = token.group()
        if word in "{[":
            open_ += "}" if word == "{" else "]"
        elif word in "}]":
            open_ = open_[:-1]
        elif len(word) < 2 or not word.endswith('"'):
            return
        elif open_.endswith("}") and not text[: token.start()].rstrip().endswith(":"):
            continue
        yield token.end(), open_
