"""The two seams of choosing: an Octopus makes decisions, a strategy turns decisions into calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ..graphs.model import Graph
from ..graphs.signature import Neighbor
from ..graphs.walk import Arguments, Decision, Place, Query, Trace


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more is to be done from here; `reason` becomes the walk's `stopped` if nothing else is left."""

    reason: str = "done"


@runtime_checkable
class Octopus(Protocol):
    """Chooses among the neighbors of a place and rewrites the query for the one it picks."""

    async def choose(self, query: Query, at: Place, neighbors: Sequence[Neighbor], trace: Trace) -> Sequence[Decision]:
        """The decisions for what can be done next from `at`.

        P(neighbor or stop, rewritten query | request, walk so far), as in Octopus v4 (arXiv 2404.19296), section 3.
        Decisions of one `part` are alternatives whose probabilities (stop included) add up to at most 1; different
        parts are independent and may run in parallel. Parts already done (`trace.steps`) or under way
        (`trace.running`) are not decided again. An empty sequence means: nothing can be decided here and now.
        """
        ...


@runtime_checkable
class FillsArguments(Protocol):
    """What an Octopus may do besides: fill a tool's arguments where no choice is left, along a fixed edge."""

    def fill(self, query: Query, neighbor: Neighbor) -> Arguments:
        """The arguments found in the query's words and inputs; those that are nowhere to be found are left out."""
        ...


@runtime_checkable
class BoundToGraph(Protocol):
    """What an Octopus may do besides: refuse a graph that its weights were not trained for."""

    def check_graph(self, graph: Graph) -> None:
        """Raises InputError, saying what differs, before the first decision in a graph is asked for."""
        ...


@runtime_checkable
class Strategy(Protocol):
    """Pure policy over data: which of the decisions are carried out."""

    def next(self, trace: Trace, decisions: Sequence[Decision]) -> Sequence[Decision] | Stop:
        """The decisions to carry out now, at most one per part, or a Stop."""
        ...
