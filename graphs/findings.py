"""Collects every problem of a graph before anything is raised, and suggests near names at a bounded cost."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from .errors import GraphError, Problem
from .positions import Path, Positions, spell

MOST_PROBLEMS = 200
_MOST_COMPARISONS = 200_000
_LONGEST_NAME = 100
_FEW = 16
_MANY = 100


class Findings:
    """The problems found so far in one file. Past the first 200 they are only counted."""

    def __init__(self, positions: Positions) -> None:
        self.positions = positions
        self.problems: list[Problem] = []
        self._uncounted = 0
        self._comparisons = 0
        self._closest: dict[str, str] = {}
        """What was found among the ids of a large graph, the only large set of names there is."""

    def add(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Note a problem at `path`."""
        if self._has_room():
            self.problems.append(self.positions.problem(path, message, at_key=at_key))

    def add_at(self, line: int, column: int, path: Path, message: str) -> None:
        """Note a problem at a line and a column (both from 1)."""
        if self._has_room():
            self.problems.append(Problem(self.positions.file, line, column, spell(path), message))

    def closest(self, name: str, known: Collection[str]) -> str:
        """The known name closest to `name`, or an empty string: also for long names, and once many were looked up."""
        if len(name) > _LONGEST_NAME or self._comparisons > _MOST_COMPARISONS:
            return ""
        if len(known) < _MANY:
            return self._compared(name, known)
        if name not in self._closest:
            self._closest[name] = self._compared(name, known)
        return self._closest[name]

    def _compared(self, name: str, known: Collection[str]) -> str:
        self._comparisons += len(known)
        return next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), "")

    def hint(self, name: str, known: Collection[str]) -> str:
        """`; did you mean 'x'?`; else the known names, if they are few."""
        if close := self.closest(name, known):
            return f"; did you mean {close!r}?"
        return f"; known: {', '.join(known)}" if 0 < len(known) <= _FEW else ""

    def all(self) -> list[Problem]:
        """Every problem, and at the end how many more there are."""
        if not self._uncounted:
            return self.problems
        last = max(self.problems)
        # a column further, so that it sorts behind the last
        more = Problem(last.file, last.line, last.column + 1, "", f"... and {self._uncounted} more problems")
        return [*self.problems, more]

    def raise_if_any(self) -> None:
        """Raises GraphError if anything was found."""
        if self.problems:
            raise GraphError(self.all())

    def _has_room(self) -> bool:
        if len(self.problems) < MOST_PROBLEMS:
            return True
        self._uncounted += 1
        return False
