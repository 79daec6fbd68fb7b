"""Every error Octograph raises on purpose: where it happened, what is wrong, what to do.

OctographError
├── GraphError          a graph that can't be used; carries every Problem found       exit 2
├── InputError          a request, option or data file that can't be used             exit 2
│   └── MissingExtra    a feature whose packages are not installed; names the extra   exit 2
└── WalkError           a walk that went wrong                                        exit 1
    ├── NotAnEdge       a decision or a call that leaves the graph's edges
    ├── NotRunnable     a worker without an implementation was asked to work
    └── WorkerError     a worker could not do its work
        ├── ArgumentError   an argument is missing or does not fit; not worth a retry
        ├── Abstained       an agent inside which nothing fits its query; not worth a retry
        └── WorkerTimeout   a worker took longer than its policy allows
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


class OctographError(Exception):
    """Root of the tree; `exit_code` is what the command line returns for it."""

    exit_code = 1


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing wrong with a graph file, and its place (`line` and `column` count from 1; 0 = unknown)."""

    file: str
    line: int
    column: int
    where: str
    """Path inside the document, such as `edges[3]` or `nodes.math.kind`; empty for the whole file."""
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.where}: {self.message}" if self.where else f"{place}: {self.message}"


class GraphError(OctographError):
    """A graph that can't be used. `problems` lists everything found, in the order of the file."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class InputError(OctographError):
    """A request, option, environment variable or data file that can't be used."""

    exit_code = 2


class MissingExtra(InputError):
    """A feature whose packages are not installed."""

    def __init__(self, feature: str, extra: str, package: str) -> None:
        super().__init__(
            f"{feature} needs the package {package!r}, which is not installed; "
            f"install it with: pip install 'octograph[{extra}]'"
        )


class WalkError(OctographError):
    """A walk that went wrong."""


class NotAnEdge(WalkError):
    """A decision or a call that leaves the graph's edges (or names no node at all)."""


class NotRunnable(WalkError):
    """A worker without an implementation was asked to work."""


class WorkerError(WalkError):
    """A worker could not do its work. Tools raise it for what the user can mend."""

    trace: Any = None
    """The walk inside, where the worker is an agent."""


class ArgumentError(WorkerError):
    """An argument is missing or does not fit its parameter; a retry would change nothing."""


class Abstained(WorkerError):
    """An agent inside which nothing fits its query: no fault, and nothing a retry would change."""


class WorkerTimeout(WorkerError):
    """A worker took longer than its policy allows."""


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the known name closest to `name`, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
