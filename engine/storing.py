"""A walk as plain strict data, a wave at a time: what a checkpoint holds, and a walk made of checkpoints again.

A wave holds only the newest steps and what is still to be done, so that a checkpoint stays small however long the
walk: the trace is the sum of the waves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..graphs.model import Graph
from ..graphs.walk import Call, Place, Query, Step
from ..nodes.rendering import as_data
from .joins import Round
from .viewing import inputs_of
from .walking import Due, Scope, Walk

Wave = dict[str, Any]


def first_wave(walk: Walk) -> Wave:
    """The wave a walk begins with: it also says what was asked."""
    return {"graph": walk.graph.name, "query": walk.query.text, **next_wave(walk)}


def next_wave(walk: Walk) -> Wave:
    """The steps that have ended since the wave before, and what is to be done. Empty parts are left out."""
    pending = [*walk.running.values(), *walk.ready]
    wave: Wave = {
        "walk": walk.id,
        "steps": [step_data(step) for step in walk.steps[walk.stored :]],
        "hop": walk.next_hop,
        "started": walk.started - len(walk.running),
    }
    walk.stored = len(walk.steps)
    if pending:
        wave["calls"] = [_call_data(call) for call in pending]
    if walk.due:
        wave["due"] = [[due.place.node, due.place.hop, due.within] for due in walk.due]
    if walk.joins:
        wave["joins"] = {
            join: [[meeting.settled, dict(meeting.arrived)] for meeting in rounds]
            for join, rounds in walk.joins.items()
        }
    asked = [[entry, walk.scopes[entry].asked] for entry in _open_scopes(walk)]
    if asked:
        wave["asked"] = asked
    if walk.reason != "done":
        wave["reason"] = walk.reason
    if walk.ended:
        wave["ended"] = walk.stopped or "done"
    return wave


def restored(graph: Graph, query: Query, waves: Sequence[Mapping[str, Any]]) -> Walk | None:
    """The walk whose waves these are, oldest first, ready to go on.

    None if there is nothing to go on with: it had ended, something else was asked, or the graph has changed so
    that what was still to be done no longer fits.
    """
    if not waves or "query" not in waves[0] or waves[-1].get("ended") == "done":
        return None
    first, last = waves[0], waves[-1]
    if (first["graph"], first["query"]) != (graph.name, query.text):
        return None
    steps = [Step.from_data(data) for wave in waves for data in wave["steps"]]
    if not _fits(graph, steps, last):
        return None
    walk = Walk(graph, query, first["walk"], steps, {step.hop: step for step in steps})
    walk.stored = len(steps)
    walk.next_hop, walk.started, walk.reason = last["hop"], last["started"], last.get("reason", "done")
    _reopen(walk)
    for entry, asked in last.get("asked", ()):
        walk.scopes[entry].asked = asked
    walk.ready.extend(_call_from(walk, data) for data in last.get("calls", ()))
    walk.due = [Due(Place(node, hop), within) for node, hop, within in last.get("due", ())]
    walk.joins = {
        join: [Round(dict(arrived), settled) for settled, arrived in rounds]
        for join, rounds in last.get("joins", {}).items()
    }
    return walk


def step_data(step: Step) -> Wave:
    """A step as strict data: what its JSON form has, with plain values all the way down."""
    data = step.to_data()
    if step.data is not None:
        data["data"] = as_data(step.data)
    if step.arguments:
        data["arguments"] = as_data(dict(step.arguments))
    if step.trace is not None:
        data["trace"]["steps"] = [step_data(inner) for inner in step.trace]
    return data


def _fits(graph: Graph, steps: Iterable[Step], last: Mapping[str, Any]) -> bool:
    calls = last.get("calls", ())
    nodes = [*(step.node for step in steps), *(node for node, _, _ in last.get("due", ())), *last.get("joins", {})]
    return all(node in graph.nodes for node in nodes) and all(
        graph.has_edge(source, node) if source is not None else node == graph.start for _, source, node, *_ in calls
    )


def _reopen(walk: Walk) -> None:
    """The scope of every master that was entered, as its step and the results that were handed to it tell."""
    graph = walk.graph
    master = graph.start if graph.nodes[graph.start].is_master else None
    walk.scopes[None] = Scope(master, walk.query)
    entered = [step for step in walk.steps if graph.nodes[step.node].is_master and step.status == "done"]
    for step in entered:
        depth = walk.scopes[step.within].depth + 1
        walk.scopes[step.hop] = Scope(step.node, Query(step.query), step.within, depth)
    for step in entered:
        inputs = inputs_of(walk, step.parents, step.within)
        walk.scopes[step.hop].query = Query(step.query, inputs)


def _open_scopes(walk: Walk) -> list[int | None]:
    """The scopes that something to be done belongs to, and those around them."""
    found: dict[int | None, None] = {None: None}
    if len(walk.scopes) > 1:
        calls = (*walk.running.values(), *walk.ready)
        for within in (*(call.within for call in calls), *(due.within for due in walk.due)):
            while within not in found:
                found[within] = None
                within = walk.scopes[within].outer
    return list(found)


def _call_data(call: Call) -> list[Any]:
    arguments = as_data(dict(call.arguments)) if call.arguments else {}
    return [
        call.hop,
        call.source,
        call.node,
        call.query.text,
        arguments,
        call.probability,
        call.part,
        list(call.parents),
        call.within,
        call.query_logprob,
    ]


def _call_from(walk: Walk, data: Sequence[Any]) -> Call:
    hop, source, node, text, arguments, probability, part, parents, within, *logprob = data
    query = Query(text, inputs_of(walk, parents, within))
    return Call(hop, source, node, query, arguments, probability, part, tuple(parents), within, *logprob)
