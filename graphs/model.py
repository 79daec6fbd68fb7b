"""What a graph is: nodes, the edges between them, and the limits of a walk. Data only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .adjacency import Adjacency, Edges
from .displayed import Displayed
from .draft import Draft, check_backend, read_section, take_edges, take_nodes
from .errors import Problem, nearest
from .findings import Findings
from .positions import Path as Way
from .positions import Positions
from .sections import Edge, Limits, Node, NodeId, OctopusSpec, Retry, Section
from .structure import check_structure

if TYPE_CHECKING:
    import networkx as nx


class Graph(Displayed):
    """A graph of nodes: equal to another with the same content, whether built in code or read from YAML.

    `Graph(...)` takes nodes (finished, or the keys and values of each by id) and edges (finished, or texts such
    as `a -> b`, `a -> [b, c]` and `a => b`), and raises GraphError listing everything that does not fit.
    `start` is the first node if left out. `agents` are the sub-graphs of nodes of kind agent, by node id.

    Example:
        >>> graph = Graph("tiny", {"desk": {"kind": "master"}, "math": {"kind": "tool"}}, ["desk -> math"])
        >>> graph.neighbors("desk")
        ('math',)
    """

    name: str
    start: NodeId
    octopus: OctopusSpec
    limits: Limits
    retry: Retry
    nodes: Mapping[NodeId, Node]
    agents: Mapping[NodeId, Graph]
    """The sub-graph of every agent node that has one."""
    source: Path | None
    """The file it was read from."""

    def __init__(
        self,
        name: str,
        nodes: Iterable[Node] | Mapping[NodeId, Node | Mapping[str, Any]],
        edges: Iterable[Edge | str | Mapping[str, Any]] = (),
        *,
        start: NodeId | None = None,
        octopus: OctopusSpec | Mapping[str, Any] | None = None,
        limits: Limits | Mapping[str, Any] | None = None,
        retry: Retry | Mapping[str, Any] | None = None,
        agents: Mapping[NodeId, Graph] | None = None,
    ) -> None:
        findings = Findings(Positions(f"<graph {name!r}>"))
        draft = Draft(name=name)
        draft.octopus = read_section(OctopusSpec, octopus, ("octopus",), findings)
        draft.limits = read_section(Limits, limits, ("limits",), findings)
        draft.retry = read_section(Retry, retry, ("retry",), findings)
        check_backend(draft.octopus, ("octopus",), findings)
        take_nodes(draft, _by_id(nodes, findings), findings)
        take_edges(draft, [edges] if isinstance(edges, str) else edges, findings)
        draft.start = next(iter(draft.ids), None) if start is None else start
        if not isinstance(name, str) or not name.strip():
            findings.add(("name",), "a graph needs a name")
        if not draft.ids:
            findings.add(("nodes",), "a graph needs a node")
        inside = dict(agents or {})
        _check_agents(draft, inside, findings)
        adjacency = check_structure(draft, findings)
        findings.raise_if_any()
        self._take(draft, adjacency, inside, None, findings.positions)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Graph:
        """The graph in a file, or the library graph of that name. Raises GraphError listing every problem."""
        from .loader import read_graph

        return read_graph(path)

    @classmethod
    def parse(cls, text: str, file: str = "<text>") -> Graph:
        """The graph in a text; `file` names it in errors, and sub-graphs are looked for beside that file."""
        from .loader import parse_graph

        return parse_graph(text, file)

    def to_yaml(self) -> str:
        """The graph as the text of a graph file."""
        from .writer import to_yaml

        return to_yaml(self)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the graph to a file, and its sub-graphs beside it. Raises InputError where that can't be done."""
        from .writer import write_graph

        write_graph(self, Path(path))

    @property
    def edges(self) -> Edges:
        """Every edge: iterable, sized, and quick to ask `edge in graph.edges`."""
        return Edges(self._adjacency, self.nodes)

    def neighbors(self, id_: NodeId) -> tuple[NodeId, ...]:
        """The nodes that may be taken from a node (`->`), in the order of the file. KeyError for an unknown node."""
        found = self._adjacency.may.get(id_)
        return self._none_of(id_) if found is None else found

    def always(self, id_: NodeId) -> tuple[NodeId, ...]:
        """The nodes that are always taken from a node (`=>`). KeyError for an unknown node."""
        found = self._adjacency.always.get(id_)
        return self._none_of(id_) if found is None else found

    def always_parents(self, id_: NodeId) -> tuple[NodeId, ...]:
        """The nodes with a fixed edge (`=>`) into a node: what a join waits for. KeyError for an unknown node."""
        found = self._adjacency.parents.get(id_)
        return self._none_of(id_) if found is None else found

    def has_edge(self, source: NodeId, target: NodeId) -> bool:
        """Whether an edge of either kind leads from `source` to `target`; False also for unknown nodes."""
        return self._adjacency.has(source, target)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the content, in hex: equal graphs have equal ones."""
        from .canonical import fingerprint

        return fingerprint(self)

    def problem(self, where: str | Way, message: str) -> Problem:
        """A problem at a part of the graph, such as `nodes.math.tool` or `("edges", 3)`, with its place in the file."""
        return self._positions.problem(where, message)

    def to_networkx(self) -> nx.DiGraph[NodeId]:
        """The graph for NetworkX: nodes with `kind` and `description`, edges with `always`."""
        import networkx

        graph: nx.DiGraph[NodeId] = networkx.DiGraph(name=self.name, start=self.start)
        graph.add_nodes_from((id_, {"kind": n.kind, "description": n.description}) for id_, n in self.nodes.items())
        graph.add_edges_from((edge.source, edge.target, {"always": edge.always}) for edge in self.edges)
        return graph

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Graph) and self.fingerprint == other.fingerprint)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"<Graph {self.name!r}: {len(self.nodes)} nodes, {len(self.edges)} edges, start {self.start!r}>"

    def _take(
        self,
        draft: Draft,
        adjacency: Adjacency,
        agents: Mapping[NodeId, Graph],
        source: Path | None,
        positions: Positions,
    ) -> None:
        """Become the graph of a draft in which nothing was found wrong."""
        assert draft.start is not None
        self.name, self.start, self.nodes, self.agents = draft.name, draft.start, draft.nodes, agents
        self.octopus, self.limits, self.retry = draft.octopus, draft.limits, draft.retry
        self.source = source
        self._adjacency = adjacency
        self._positions = positions

    @classmethod
    def _of(
        cls,
        draft: Draft,
        adjacency: Adjacency,
        agents: Mapping[NodeId, Graph],
        source: Path | None,
        positions: Positions,
    ) -> Graph:
        graph = cls.__new__(cls)
        graph._take(draft, adjacency, agents, source, positions)
        return graph

    def _none_of(self, id_: NodeId) -> tuple[NodeId, ...]:
        if id_ not in self.nodes:
            raise KeyError(f"no node {id_!r} in graph {self.name!r}{nearest(id_, self.nodes)}")
        return ()


def _by_id(nodes: Iterable[Node] | Mapping[NodeId, Any], findings: Findings) -> Mapping[NodeId, Any]:
    if isinstance(nodes, Mapping):
        return nodes
    by_id: dict[NodeId, Node] = {}
    for node in nodes:
        if node.id in by_id:
            findings.add(("nodes", node.id), "two nodes have this id; rename one")
        by_id[node.id] = node
    return by_id


def _check_agents(draft: Draft, agents: Mapping[NodeId, Graph], findings: Findings) -> None:
    for id_ in agents:
        if id_ not in draft.ids:
            findings.add(("agents", id_), f"no node {id_!r}{findings.hint(id_, draft.ids)}")
        elif id_ in draft.nodes and draft.nodes[id_].kind != "agent":
            findings.add(("agents", id_), f"{id_} is of kind {draft.nodes[id_].kind}; only an agent has a sub-graph")
    for id_, node in draft.nodes.items():
        if node.graph is not None and id_ not in agents:
            findings.add(
                ("nodes", id_, "graph"),
                f"a graph built in code is given its sub-graphs: agents={{{id_!r}: Graph.read({node.graph!r})}}",
            )


__all__ = ["Edge", "Graph", "Limits", "Node", "NodeId", "OctopusSpec", "Retry", "Section"]
