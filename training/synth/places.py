"""The places of a graph at which something is chosen, its agents' insides included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...graphs.model import Graph, NodeId
from ...graphs.signature import Neighbor

if TYPE_CHECKING:
    from ...engine.workflow import Workflow


@dataclass(frozen=True)
class ChoicePlace:
    """The start of a graph or sub-graph, and what can be reached from it."""

    name: str
    """`node`, or `agent/node` inside an agent."""
    graph: Graph
    cards: Mapping[NodeId, Neighbor]
    """What a request may be passed on to from here; workers below further masters included."""
    after: Mapping[NodeId, Sequence[Neighbor]]
    """Worker -> what may follow it."""


def places_of(workflow: Workflow) -> list[ChoicePlace]:
    """The places requests come in at: the graph's start, and that of every agent's inside. Each graph counts once."""
    return list(_places(workflow, workflow.graph, (), set()))


def _places(workflow: Workflow, graph: Graph, inside: tuple[NodeId, ...], seen: set[str]) -> Iterator[ChoicePlace]:
    if graph.fingerprint in seen:
        return
    seen.add(graph.fingerprint)
    cards = {card.id: card for card in _workers(workflow, graph, inside, graph.start, {graph.start})}
    after = {id_: workflow.neighbors(id_, inside) for id_, node in graph.nodes.items() if not node.is_master}
    if cards:
        yield ChoicePlace("/".join((*inside, graph.start)), graph, cards, after)
    for agent, below in graph.agents.items():
        yield from _places(workflow, below, (*inside, agent), seen)


def _workers(
    workflow: Workflow, graph: Graph, inside: tuple[NodeId, ...], at: NodeId, seen: set[NodeId]
) -> Iterator[Neighbor]:
    for card in workflow.neighbors(at, inside):
        if not graph.nodes[card.id].is_master:
            yield card
        elif card.id not in seen:
            seen.add(card.id)
            yield from _workers(workflow, graph, inside, card.id, seen)
