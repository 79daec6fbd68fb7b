"""The walk as one master sees it: what it was asked, its own neighbors, and nothing of what masters below it did.

A master it passed a part on to looks to it like a worker: under way until all is said below, then done, with the
outcome of everything below as its result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..graphs.errors import WalkError
from ..graphs.walk import Call, Query, Result, Step, Trace
from .outcome import Outcome
from .walking import Walk, finished


def view(walk: Walk, within: int | None) -> Trace:
    """The trace an Octopus sees at a place of this scope."""
    query = walk.scopes[within].query
    if len(walk.scopes) == 1:
        running = (*walk.running.values(), *walk.ready)
        return Trace(walk.graph.name, query.text, tuple(walk.steps), query.inputs, running)
    hops: dict[int, None] = {}
    for step in walk.steps:
        hop = _at(walk, step, within)
        if hop is not None:
            hops.pop(hop, None)  # its place is where the last step below it ended
            hops[hop] = None
    ended = tuple(_ended(walk, hop) for hop in hops if hop not in walk.scopes or finished(walk, hop))
    passed_on = (_call(walk, hop) for hop in hops if hop in walk.scopes and not finished(walk, hop))
    calls = (call for call in (*walk.running.values(), *walk.ready) if call.within == within)
    return Trace(walk.graph.name, query.text, ended, query.inputs, (*passed_on, *calls))


def inputs_of(walk: Walk, parents: Sequence[int], within: int | None) -> tuple[Result, ...]:
    """The results of the hops a call builds on; one that builds on none gets what was handed to its scope.

    Raises WalkError for a hop that hasn't ended.
    """
    if not parents:
        return walk.scopes[within].query.inputs
    for hop in parents:
        if hop not in walk.by_hop:
            raise WalkError(f"a decision builds on hop {hop}, which has not ended")
    return tuple(_ended(walk, hop).result for hop in parents)


def _at(walk: Walk, step: Step, within: int | None) -> int | None:
    """The hop of this scope that `step` belongs to: itself, or the one that entered a master above it."""
    hop, scope = step.hop, step.within
    while scope != within:
        if scope is None:
            return None
        hop, scope = scope, walk.scopes[scope].outer
    return hop


def _ended(walk: Walk, hop: int) -> Step:
    step = walk.by_hop[hop]
    if hop not in walk.scopes:
        return step
    below = [other for other in walk.steps if other.hop != hop and _at(walk, other, step.within) == hop]
    outcome = Outcome(walk.graph, below)
    result = outcome.result
    return replace(
        step,
        output=result.text,
        data=result.data,
        kind=result.kind,
        files=result.files,
        status=outcome.status,
        error=None if outcome.status == "done" else "; ".join(outcome.shortfall()),
    )


def _call(walk: Walk, hop: int) -> Call:
    step = walk.by_hop[hop]
    query: Query = walk.scopes[hop].query
    return Call(hop, step.source, step.node, query, {}, step.probability, step.part, step.parents, step.within)
