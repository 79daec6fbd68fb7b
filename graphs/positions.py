"""Where each part of a graph file stands, so that every error, however late it is found, can name its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .errors import Problem

Path = tuple[str | int, ...]
"""A way into a document, such as `("nodes", "math", "kind")` or `("edges", 3)`."""

Mark = int
"""A line and a column, both from 0, packed into one number: 80,000 edges need as many of them."""

_COLUMNS = 1 << 21
_LONGEST_PART = 120


class Branch(NamedTuple):
    """The place of a mapping or a list, and the places inside it."""

    mark: Mark
    children: Mapping[str, tuple[Mark, Place]] | Sequence[Place]
    """For a mapping, each key's own mark and the place of its value."""


Place = Mark | Branch


def mark(line: int, column: int) -> Mark:
    return line * _COLUMNS + column


def spell(path: Path) -> str:
    """A path as errors write it.

    >>> spell(("nodes", "math", "kind")), spell(("edges", 3))
    ('nodes.math.kind', 'edges[3]')
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            short = part if len(part) <= _LONGEST_PART else part[:_LONGEST_PART] + "..."
            text += f".{short}" if text else short
    return text


class Positions:
    """The places in one file. Without a tree (a graph built in code) every place is unknown."""

    def __init__(self, file: str, tree: Place | None = None) -> None:
        self.file = file
        self.tree = tree

    def problem(self, where: Path | str, message: str, *, at_key: bool = False) -> Problem:
        """A problem at `where`; if that is not in the file, at the nearest part around it that is."""
        path = self._parse(where) if isinstance(where, str) else where
        line, column = self.find(path, at_key=at_key)
        return Problem(self.file, line, column, where if isinstance(where, str) else spell(path), message)

    def find(self, path: Path, *, at_key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path` (or of its key); (0, 0) if nothing is known."""
        if self.tree is None:
            return 0, 0
        place, own = self.tree, None
        for part in path:
            step = _enter(place, part)
            if step is None:
                return _unpack(own if own is not None else _mark_of(place))
            own, place = step
        return _unpack(own if at_key and own is not None else _mark_of(place))

    def prune(self, *path: str) -> None:
        """Forget the places inside each item of the list at `path`; the items' own places stay."""
        if isinstance(self.tree, Branch):
            self.tree = _pruned(self.tree, path)

    def _parse(self, where: str) -> Path:
        """The path a spelled one stands for; keys may hold dots, so the file's own keys decide."""
        path: list[str | int] = []
        place = self.tree
        while where and isinstance(place, Branch):
            found = next((key for key in _heads(where, place) if _enter(place, key) is not None), None)
            if found is None:
                break
            path.append(found)
            where = where[len(spell((found,))) :].removeprefix(".")
            step = _enter(place, found)
            place = step[1] if step else None
        return (*path, where) if where else tuple(path)


def _heads(where: str, place: Branch) -> list[str | int]:
    """What the first part of a spelled path may be, the longest first."""
    if not isinstance(place.children, Mapping):
        number = where[1:].partition("]")[0]
        return [int(number)] if where.startswith("[") and number.isdigit() else []
    ends = [index for index, letter in enumerate(where) if letter in ".["]
    return [where[:end] for end in reversed([*ends, len(where)])]


def _enter(place: Place, part: str | int) -> tuple[Mark | None, Place] | None:
    if not isinstance(place, Branch):
        return None
    if isinstance(place.children, Mapping):
        return place.children.get(part) if isinstance(part, str) else None
    if isinstance(part, int) and part < len(place.children):
        return None, place.children[part]
    return None


def _pruned(place: Place, path: Sequence[str]) -> Place:
    if not isinstance(place, Branch):
        return place
    if path and isinstance(place.children, Mapping) and path[0] in place.children:
        own, inner = place.children[path[0]]
        return place._replace(children={**place.children, path[0]: (own, _pruned(inner, path[1:]))})
    if not path and not isinstance(place.children, Mapping):
        return place._replace(children=[_mark_of(child) for child in place.children])
    return place


def _mark_of(place: Place) -> Mark:
    return place.mark if isinstance(place, Branch) else place


def _unpack(packed: Mark) -> tuple[int, int]:
    line, column = divmod(packed, _COLUMNS)
    return line + 1, column + 1
