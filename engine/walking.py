"""The state of one walk as plain data. No I/O: every change is a function call."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from uuid import uuid4

from ..graphs.model import Graph, NodeId
from ..graphs.walk import Call, Place, Query, Step
from .joins import Round


@dataclass(slots=True)
class Scope:
    """What is asked of one master (or, at a walk that begins with a worker, of nobody) and answered under it."""

    master: NodeId | None
    """The master asked again when a branch ends; None where a worker begins the walk."""
    query: Query
    outer: int | None = None
    """The scope this one was entered from."""
    depth: int = 0
    asked: int = -1
    """Steps that had ended when the master was last asked; -1 before the first time."""


@dataclass(frozen=True, slots=True)
class Due:
    """A decision to be made."""

    place: Place
    within: int | None


@dataclass(slots=True)
class Walk:
    """A walk under way. `scopes` is keyed by the hop that entered a master, None being where the walk began."""

    graph: Graph
    query: Query
    id: str = field(default_factory=lambda: uuid4().hex)
    steps: list[Step] = field(default_factory=list)
    by_hop: dict[int, Step] = field(default_factory=dict)
    ready: deque[Call] = field(default_factory=deque)
    """Calls decided on, not started."""
    running: dict[int, Call] = field(default_factory=dict)
    due: list[Due] = field(default_factory=list)
    joins: dict[NodeId, list[Round]] = field(default_factory=dict)
    scopes: dict[int | None, Scope] = field(default_factory=dict)
    next_hop: int = 0
    started: int = 0
    """Calls started so far: what `limits.hops` counts."""
    reason: str = "done"
    """The last reason other than `done` that a strategy gave for stopping."""
    stopped: str | None = None
    """`hops` or `seconds` once that budget is spent: nothing more is started."""
    ended: bool = False
    stored: int = 0
    """Steps that earlier checkpoints hold."""

    def take_hop(self) -> int:
        hop = self.next_hop
        self.next_hop = hop + 1
        return hop


def end_branch(walk: Walk, within: int | None) -> None:
    """Have the scope's master asked again, once, if it has one."""
    master = walk.scopes[within].master
    if master is not None:
        question = Due(Place(master), within)
        if question not in walk.due:
            walk.due.append(question)


def next_due(walk: Walk) -> Due | None:
    """Take the decision to make next: innermost scope first, and workers before the master that waits for them."""
    if not walk.due:
        return None
    if len(walk.due) == 1:
        return walk.due.pop()
    first = min(walk.due, key=lambda due: (-walk.scopes[due.within].depth, due.place.hop is None))
    walk.due.remove(first)
    return first


def worth_asking(walk: Walk, due: Due) -> bool:
    """False for a master when no step has ended since it was last asked."""
    return due.place.hop is not None or walk.scopes[due.within].asked < len(walk.steps)


def finished(walk: Walk, within: int | None) -> bool:
    """True if nothing is decided, under way or to be decided in this scope or one inside it."""
    return not any(
        _inside(walk, item.within, within) for group in (walk.ready, walk.running.values(), walk.due) for item in group
    )


def served(walk: Walk, part: int, within: int | None) -> bool:
    """True if a step already answers this part of what the scope was asked."""
    return any(step.part == part and step.within == within and step.status == "done" for step in walk.steps)


def _inside(walk: Walk, scope: int | None, outer: int | None) -> bool:
    while scope != outer:
        if scope is None:
            return False
        scope = walk.scopes[scope].outer
    return True
