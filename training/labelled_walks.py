"""Stored walks taken apart into samples: what was decided at every place, inside agents too.

A walk shows what an Octopus did, so store and train on those that went well: a call that failed is taken for a wrong
one, and a place at which one was made is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..graphs.errors import InputError, nearest
from ..graphs.model import Graph, NodeId
from ..graphs.walk import Step, Trace
from .samples import AgentPath, LabelledCall, Sample


def samples_of_walk(data: Mapping[str, Any], graph: Graph) -> list[Sample]:
    """The samples in a Trace, or in an Answer with one. Raises InputError for what is none, or of another graph."""
    try:
        trace = Trace.from_data(data.get("trace", data))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"not a stored walk: {error!r}; write one with octograph run --json") from error
    return list(_samples(trace, graph, ()))


def _samples(trace: Trace, graph: Graph, inside: AgentPath) -> Iterator[Sample]:
    """The questions of a walk, scope by scope: what a master decides on is its own request and its own calls."""
    for step in trace:
        _check(step, graph)
    origin = f"walk: {trace.query}"
    scopes: list[tuple[NodeId, int | None, str]] = [(graph.start, None, trace.query)]
    scopes += [(step.node, step.hop, step.query) for step in trace if graph.nodes[step.node].is_master]
    for entered, hop, query in scopes:
        steps = [step for step in trace if step.within == hop and step.status != "skipped"]
        asked = Sample(query, entered, (), inside=inside, origin=origin)
        if graph.nodes[entered].is_master:
            yield from _sample(asked, [step for step in steps if step.source == entered], graph)
        ended = [step for step in steps if step.status == "done"]
        for number, step in enumerate(ended, start=1):
            if graph.neighbors(step.node) and not graph.nodes[step.node].is_master:
                chosen = [one for one in steps if one.source == step.node and step.hop in one.parents]
                done = tuple(map(_call, ended[:number]))
                yield from _sample(replace(asked, at=step.node, done=done), chosen, graph)
    for step in trace:
        if step.status == "done" and step.trace is not None and step.node in graph.agents:
            yield from _samples(step.trace, graph.agents[step.node], (*inside, step.node))


def _sample(asked: Sample, chosen: Sequence[Step], graph: Graph) -> Iterator[Sample]:
    """The question `asked` with what was chosen, if all of it went well; fixed edges are nobody's choice."""
    chosen = [step for step in chosen if step.status == "abstained" or step.node in graph.neighbors(asked.at)]
    if not any(step.status == "failed" for step in chosen):
        made = sorted((step for step in chosen if step.status == "done"), key=lambda step: step.hop)
        yield replace(asked, calls=tuple(map(_call, made)))


def _call(step: Step) -> LabelledCall:
    return LabelledCall(step.node, step.query, step.arguments, step.output)


def _check(step: Step, graph: Graph) -> None:
    for node in (step.node, step.source):
        if node is not None and node not in graph.nodes:
            raise InputError(f"hop {step.hop}: no node {node!r} in {graph.name}{nearest(node, graph.nodes)}")
