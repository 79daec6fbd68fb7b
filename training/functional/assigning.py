"""Which functional token each node gets: one per node and graph, as the graph says or `<nexa_0>`, `<nexa_1>`, ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

from ...graphs.errors import InputError
from ...graphs.model import Graph, NodeId
from ...planners.octopus.functional.output import Marks
from ...planners.octopus.functional.tokens import END, STOP
from ...planners.octopus.trained import TrainedGraph, outline

MARKS = Marks(END, STOP)
"""The end and stop tokens of weights trained here."""


def assigned(graph: Graph) -> list[TrainedGraph]:
    """The graph and the sub-graphs of its agents, with a token for every node that may be chosen.

    Raises InputError where the graphs themselves give one token to two nodes, or the end or stop token to any.
    """
    graphs = list(_graphs(graph))
    taken = _given(graphs)
    free = (token for token in (f"<nexa_{number}>" for number in count()) if token not in taken)
    return [
        TrainedGraph(one.name, outline(one), {id_: one.nodes[id_].token or next(free) for id_ in _choosable(one)})
        for one in graphs
    ]


def token_list(graphs: list[TrainedGraph]) -> list[str]:
    """Every functional token, end and stop last."""
    return [*(token for one in graphs for token in one.tokens.values()), END, STOP]


def _graphs(graph: Graph) -> Iterator[Graph]:
    """The graph and its sub-graphs, each once."""
    seen: dict[str, Graph] = {}
    waiting = [graph]
    while waiting:
        one = waiting.pop(0)
        if one.fingerprint not in seen:
            seen[one.fingerprint] = one
            waiting.extend(one.agents.values())
    yield from seen.values()


def _choosable(graph: Graph) -> list[NodeId]:
    targets = {target for id_ in graph.nodes for target in graph.neighbors(id_)}
    return [id_ for id_ in graph.nodes if id_ in targets or graph.nodes[id_].token]


def _given(graphs: list[Graph]) -> Mapping[str, str]:
    """Token -> the node it is given to."""
    owners: dict[str, str] = {END: "the end of a call", STOP: "stop"}
    for graph in graphs:
        for id_, node in graph.nodes.items():
            if node.token is not None:
                if node.token in owners:
                    raise InputError(
                        f"{graph.name}: node {id_!r} has the token {node.token}, which stands for "
                        f"{owners[node.token]} already; give it another, or leave token out"
                    )
                owners[node.token] = f"node {id_!r} of {graph.name}"
    return owners
