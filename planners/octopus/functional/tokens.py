"""Which functional token stands for which node: as the graph file says, as training assigned them, never both ways."""

from __future__ import annotations

from collections.abc import Mapping

from ....graphs.errors import InputError
from ....graphs.model import Graph, NodeId
from ..trained import TrainedGraph
from .output import Marks

Tokens = Mapping[NodeId, str]

STOP, END = "<nexa_stop>", "<nexa_end>"
"""What these tokens are called where nobody says otherwise; the end token as in Octopus v4."""


def tokens_of(graph: Graph, marks: Marks, trained: TrainedGraph | None = None) -> Tokens:
    """Node id -> functional token, for all nodes that have one.

    Raises InputError, naming the nodes, where two have one token, where a node's is that of stop or end, and where the
    graph file says another than the one trained.
    """
    given = {id_: node.token for id_, node in graph.nodes.items() if node.token is not None}
    learned = dict(trained.tokens) if trained is not None else {}
    for id_, token in given.items():
        if id_ in learned and learned[id_] != token:
            raise InputError(
                f"{graph.name}: node {id_!r} has token {token} in the graph, and the weights have learned "
                f"{learned[id_]} for it; leave token out"
            )
    tokens = learned | given
    _check_distinct(graph.name, tokens, marks)
    return tokens


def check_neighbors(graph: Graph, at: NodeId, tokens: Tokens) -> None:
    """Raises InputError if a node that may be chosen at `at` has no functional token."""
    lacking = [id_ for id_ in graph.neighbors(at) if id_ not in tokens]
    if lacking:
        raise InputError(f"{graph.name}: {without_token(lacking[0])}")


def without_token(node: NodeId) -> str:
    """What is wrong with a node that can't be named, and how to set it right."""
    return (
        f"node {node!r} has no functional token, so the Octopus can't choose it; write the one the weights know it by "
        f'(token: "<nexa_4>"), or train weights for this graph with octograph train'
    )


def _check_distinct(graph: str, tokens: Tokens, marks: Marks) -> None:
    owners: dict[str, NodeId] = {}
    for id_, token in tokens.items():
        if token in (marks.end, marks.stop):
            meaning = "end" if token == marks.end else "stop"
            raise InputError(
                f"{graph}: node {id_!r} has the token {token}, which is the {meaning} token; give it another"
            )
        if token in owners:
            raise InputError(
                f"{graph}: nodes {owners[token]!r} and {id_!r} have the same token {token}; give each its own"
            )
        owners[token] = id_
