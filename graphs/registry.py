"""The one table of named parts: built-ins and a stranger's plug-ins register through the same entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from .errors import InputError, nearest


@cache
def _table(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=group)}


def known(group: str) -> tuple[str, ...]:
    """Names registered under an entry-point group, sorted. Nothing is imported."""
    return tuple(sorted(_table(group)))


def load(group: str, name: str) -> Any:
    """Import the part registered as `name`. Raises InputError that lists the known names and the nearest."""
    table = _table(group)
    if name not in table:
        what, listed = group.removeprefix("octograph."), ", ".join(sorted(table))
        raise InputError(f"no {what} {name!r}{nearest(name, table)}; known: {listed}")
    return table[name].load()
