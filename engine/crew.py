"""Who chooses and who works in one graph: cards, Octopuses, strategies and workers, made when first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ..graphs.errors import NotRunnable
from ..graphs.model import Graph, Node, NodeId, OctopusSpec
from ..graphs.registry import known, load
from ..graphs.signature import Neighbor
from ..nodes.catalog import Catalog
from ..nodes.tool import Tool, ToolWorker
from ..nodes.worker import Worker
from ..planners.seams import BoundToGraph, Octopus, Strategy

WORKERS = "octograph.workers"
"""Entry-point group of worker kinds; each loads to a function `(node, graph) -> Worker`."""

ChooseOctopus = Callable[[OctopusSpec, Path | None], Octopus]
ChooseStrategy = Callable[[OctopusSpec], Strategy]


class Crew:
    """What a graph needs at run time, one per graph and level; `inside` is the crew of an agent's sub-graph."""

    def __init__(
        self,
        graph: Graph,
        catalog: Catalog,
        choose_octopus: ChooseOctopus,
        choose_strategy: ChooseStrategy,
        workers: Mapping[str, Worker] | None = None,
    ) -> None:
        self.graph = graph
        self._catalog = catalog
        self._choose_octopus = choose_octopus
        self._choose_strategy = choose_strategy
        self._given = dict(workers or {})
        self._card: dict[NodeId, Neighbor] = {}
        self._neighbors: dict[NodeId, dict[NodeId, Neighbor]] = {}
        self._cards: dict[NodeId, Sequence[Neighbor]] = {}
        self._octopus: dict[NodeId, Octopus] = {}
        self._strategy: dict[NodeId, Strategy] = {}
        self._workers: dict[NodeId, Worker] = {}
        self._inside: dict[NodeId, Crew] = {}

    def cards(self, node: NodeId) -> Sequence[Neighbor]:
        """The cards of the neighbors of `node`, in the order of the graph."""
        cards = self._cards.get(node)
        if cards is None:
            cards = self._cards[node] = tuple(self.neighbors(node).values())
        return cards

    def neighbors(self, node: NodeId) -> Mapping[NodeId, Neighbor]:
        """The same, by id."""
        neighbors = self._neighbors.get(node)
        if neighbors is None:
            neighbors = self._neighbors[node] = {target: self.card(target) for target in self.graph.neighbors(node)}
        return neighbors

    def card(self, id_: NodeId) -> Neighbor:
        """One node as an Octopus sees it; what the graph leaves out is taken from its tool."""
        card = self._card.get(id_)
        if card is None:
            card = self._card[id_] = self._make_card(id_, self.graph.nodes[id_])
        return card

    def spec(self, node: NodeId) -> OctopusSpec:
        """What the graph says about the Octopus of `node`."""
        return self.graph.nodes[node].octopus or self.graph.octopus

    def octopus(self, node: NodeId) -> Octopus:
        """The Octopus that decides at `node`."""
        octopus = self._octopus.get(node)
        if octopus is None:
            octopus = self._choose_octopus(self.spec(node), self._folder)
            if isinstance(octopus, BoundToGraph):
                octopus.check_graph(self.graph)
            self._octopus[node] = octopus
        return octopus

    def strategy(self, node: NodeId) -> Strategy:
        """The strategy that chooses among the decisions at `node`."""
        strategy = self._strategy.get(node)
        if strategy is None:
            strategy = self._strategy[node] = self._choose_strategy(self.spec(node))
        return strategy

    def worker(self, node: NodeId) -> Worker:
        """The worker behind `node`, which is no agent. Raises NotRunnable if it has no implementation."""
        worker = self._workers.get(node)
        if worker is None:
            worker = self._workers[node] = self._make_worker(self.graph.nodes[node])
        return worker

    def is_agent(self, node: NodeId) -> bool:
        """True if the node's inside is to be walked."""
        return node in self.graph.agents and node not in self._given

    def inside(self, agent: NodeId) -> Crew:
        """The crew of an agent's sub-graph."""
        crew = self._inside.get(agent)
        if crew is None:
            prefix = f"{agent}/"
            given = {key.removeprefix(prefix): item for key, item in self._given.items() if key.startswith(prefix)}
            crew = self._inside[agent] = Crew(
                self.graph.agents[agent], self._catalog, self._choose_octopus, self._choose_strategy, given
            )
        return crew

    def with_workers(self, workers: Mapping[str, Worker]) -> Crew:
        """The same crew with other workers at some nodes."""
        return Crew(self.graph, self._catalog, self._choose_octopus, self._choose_strategy, {**self._given, **workers})

    def workers_inside(self) -> tuple[Neighbor, ...]:
        """The cards of every worker of this graph, those inside its agents in the agents' places.

        A sub-graph that is used twice counts once, so that graphs nested in twos and twos cost no more than they hold.
        """
        return tuple(self._workers_inside(set()))

    def _workers_inside(self, seen: set[int]) -> Iterator[Neighbor]:
        if id(self.graph) in seen:
            return
        seen.add(id(self.graph))
        for id_, node in self.graph.nodes.items():
            if self.is_agent(id_):
                yield from self.inside(id_)._workers_inside(seen)
            elif not node.is_master:
                yield self.card(id_)

    @property
    def _folder(self) -> Path | None:
        return self.graph.source.parent if self.graph.source else None

    def _tool(self, node: Node) -> Tool | None:
        if self._given:
            given = self._given.get(node.id)
            if given is not None:
                return given.tool if isinstance(given, ToolWorker) else None
        return self._catalog.find(node.tool) if node.kind == "tool" and node.tool else None

    def _make_card(self, id_: NodeId, node: Node) -> Neighbor:
        again = self.graph.has_edge(id_, id_)
        tool = self._tool(node)
        if tool is None:
            inside = self.inside(id_).workers_inside() if self.is_agent(id_) else ()
            return Neighbor(
                id_,
                node.description,
                node.examples,
                None,
                node.takes,
                node.gives,
                node.reformat,
                again,
                node.token,
                inside,
            )
        examples = (*node.examples, *(example for example in tool.examples if example not in node.examples))
        gives = node.gives or (tool.signature.gives,)
        description = node.description or tool.description
        return Neighbor(id_, description, examples, tool.signature, node.takes, gives, node.reformat, again, node.token)

    def _make_worker(self, node: Node) -> Worker:
        if node.id in self._given:
            return self._given[node.id]
        tool = self._tool(node)
        if tool is not None:
            return ToolWorker(tool)
        lacks_model = node.kind in ("model", "chat") and node.model is None
        if node.kind in known(WORKERS) and not lacks_model:
            made: Worker = load(WORKERS, node.kind)(node, self.graph)
            return made
        raise NotRunnable(f"{node.id!r} (kind {node.kind}) can be planned over, not run: {_remedy(node)}")


def _remedy(node: Node) -> str:
    by_hand = f"or hand one in with Workflow(..., workers={{{node.id!r}: worker}})"
    if node.kind == "tool":
        return f"name its tool, as in tool: units.convert, {by_hand}"
    if node.kind == "agent":
        return f"name the file of its sub-graph, as in graph: {node.id}.yaml, {by_hand}"
    if node.kind in ("model", "chat"):
        return f"name its model, as in model: folder-or-hub-name, {by_hand}"
    kinds = ", ".join(sorted({"agent", "tool", *known(WORKERS)}))
    return f"no installed package runs this kind (runnable: {kinds}); install one, {by_hand}"
