"""Labelled requests, as `octograph eval` reads and `octograph synth` writes them, taken apart into samples.

Who calls what is told by the links: what nothing feeds is called by the master at which the request comes in, what is
fed is called when the last of those that feed it has ended.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..graphs.errors import InputError, nearest
from ..graphs.model import Graph, NodeId
from .samples import FORM, AgentPath, LabelledCall, Sample, graph_inside

Links = Mapping[int, Sequence[int]]
"""Position of a call -> positions of the calls that feed it."""


def samples_of_request(data: Mapping[str, Any], graph: Graph) -> list[Sample]:
    """Every question that a walk as labelled would ask. Raises InputError for a label that doesn't fit the graph.

    Besides `query`, `nodes` and `links` a line may say: `at`, the node it is asked at (`agent/node` inside an agent;
    the graph's start by default); `calls`, one object a node with its rewritten `query`, its `arguments` and its
    `output`; `origin`, how the request came about.
    """
    query, origin = data.get("query"), data.get("origin", "")
    if not isinstance(query, str) or not query.strip():
        raise InputError(f"'query' must be a text that isn't empty; {FORM}")
    if not isinstance(origin, str):
        raise InputError("'origin' must be a text")
    inside, graph, at = _place(data.get("at"), graph)
    nodes = _nodes(data.get("nodes"), graph)
    calls = _calls(data.get("calls"), nodes, query)
    feeds = _links(data.get("links", []), nodes, graph)
    found = [Sample(query, at, (), inside=inside, origin=origin)] if not calls and graph.nodes[at].is_master else []
    if calls:
        found.extend(_entering(query, at, graph, calls, feeds, inside, origin))
        found.extend(_following(query, graph, calls, feeds, inside, origin))
    return found


def _place(named: Any, graph: Graph) -> tuple[AgentPath, Graph, NodeId]:
    if named is None:
        return (), graph, graph.start
    if not isinstance(named, str):
        raise InputError("'at' must be a node's id, or agent/node")
    *agents, node = named.split("/")
    graph = graph_inside(graph, agents)
    _check_node(node, graph)
    return tuple(agents), graph, node


def _nodes(named: Any, graph: Graph) -> list[NodeId]:
    if not isinstance(named, list) or not all(isinstance(node, str) for node in named):
        raise InputError(f"'nodes' must be a list of node ids; {FORM}")
    for node in named:
        _check_node(node, graph)
        if graph.nodes[node].is_master:
            raise InputError(f"{node!r} is a master; 'nodes' lists workers only")
    return named


def _check_node(node: str, graph: Graph) -> None:
    if node not in graph.nodes:
        raise InputError(f"no node {node!r} in {graph.name}{nearest(node, graph.nodes)}")


def _calls(given: Any, nodes: Sequence[NodeId], query: str) -> list[LabelledCall]:
    """One call a node; a request that one node answers is that node's query, where nothing else is said."""
    if given is None:
        return [LabelledCall(node, query if len(nodes) == 1 else None) for node in nodes]
    fits = isinstance(given, list) and all(isinstance(call, dict) for call in given)
    if not fits or [call.get("node") for call in given] != list(nodes):
        raise InputError("'calls' must be a list with one object for each of 'nodes', in their order, with its 'node'")
    for call in given:
        if not isinstance(call.get("query", ""), str) or not isinstance(call.get("output", ""), str):
            raise InputError(f"calls: {call['node']}: 'query' and 'output' must be texts")
        if not isinstance(call.get("arguments", {}), dict):
            raise InputError(f"calls: {call['node']}: 'arguments' must be an object")
    return [
        LabelledCall(call["node"], call.get("query"), call.get("arguments", {}), call.get("output", ""))
        for call in given
    ]


def _links(named: Any, nodes: Sequence[NodeId], graph: Graph) -> Links:
    """Who feeds whom, by position. A link that no edge carries is left out: the master calls its target itself."""
    if not isinstance(named, list) or not all(_is_pair(link) for link in named):
        raise InputError(f"'links' must be a list of pairs of node ids; {FORM}")
    feeds: dict[int, list[int]] = {}
    for link in named:
        source, target = _ends(link, nodes, feeds)
        if graph.has_edge(nodes[source], nodes[target]):
            feeds.setdefault(target, []).append(source)
    _check_order(feeds)
    return feeds


def _is_pair(link: Any) -> bool:
    return isinstance(link, list) and len(link) == 2 and all(isinstance(end, str) for end in link)


def _ends(link: Sequence[str], nodes: Sequence[NodeId], feeds: Links) -> tuple[int, int]:
    """The positions that a link means; where a node occurs twice and none is named, the nearest that come in order."""
    pairs = [(a, b) for a in _positions(link[0], nodes) for b in _positions(link[1], nodes) if a != b]
    if not pairs:
        raise InputError(f"a link leads from {link[0]!r} to itself, and it is called only once")
    return min(pairs, key=lambda pair: (pair[0] in feeds.get(pair[1], ()), pair[0] > pair[1], abs(pair[1] - pair[0])))


def _positions(name: str, nodes: Sequence[NodeId]) -> list[int]:
    """Where a node's name in a link stands: everywhere; `units#1` is the second call of `units`."""
    id_, mark, nth = name.rpartition("#")
    named = bool(mark) and nth.isdigit() and name not in nodes
    positions = [position for position, node in enumerate(nodes) if node == (id_ if named else name)]
    found = positions[int(nth) : int(nth) + 1] if named else positions
    if not found:
        raise InputError(f"a link names {name!r}, which is not among its 'nodes'{nearest(name, nodes)}")
    return found


def _check_order(feeds: Links) -> None:
    for target in feeds:
        seen, waiting = set[int](), list(feeds[target])
        while waiting:
            source = waiting.pop()
            if source == target:
                raise InputError("'links' go round in a circle; a call can't build on its own result")
            if source not in seen:
                seen.add(source)
                waiting.extend(feeds.get(source, ()))


def _entering(
    query: str,
    at: NodeId,
    graph: Graph,
    calls: Sequence[LabelledCall],
    feeds: Links,
    inside: AgentPath,
    origin: str,
) -> Iterator[Sample]:
    """What the master is asked, and the masters below it on the way to workers that are no neighbors of it."""
    if not graph.nodes[at].is_master:
        return
    entered: dict[NodeId, list[LabelledCall]] = {at: []}
    for position, call in enumerate(calls):
        if position not in feeds:
            way = _way(at, call.node, graph)
            for master, below in itertools.pairwise(way):
                passed_on = LabelledCall(below, query)
                if passed_on not in entered.setdefault(master, []):
                    entered[master].append(passed_on)
            entered.setdefault(way[-1], []).append(call)
    for master, chosen in entered.items():
        yield Sample(query, master, tuple(chosen), inside=inside, origin=origin)


def _way(at: NodeId, target: NodeId, graph: Graph) -> list[NodeId]:
    """The masters to pass, from `at` on, so that the last has `target` as a neighbor."""
    ways: list[list[NodeId]] = [[at]]
    seen = {at}
    for way in ways:
        if target in graph.neighbors(way[-1]):
            return way
        further = [id_ for id_ in graph.neighbors(way[-1]) if graph.nodes[id_].is_master and id_ not in seen]
        seen.update(further)
        ways.extend([*way, id_] for id_ in further)
    raise InputError(
        f"no way leads from {at!r} to {target!r} over masters; add a link from what it builds on, or an edge"
    )


def _following(
    query: str, graph: Graph, calls: Sequence[LabelledCall], feeds: Links, inside: AgentPath, origin: str
) -> Iterator[Sample]:
    """What is asked when a worker has ended: a call is decided when the last of those that feed it has.

    A call along a fixed edge is nobody's decision.
    """
    done: list[LabelledCall] = []
    ended: set[int] = set()
    for position in _in_order(len(calls), feeds):
        done.append(calls[position])
        ended.add(position)
        node = calls[position].node
        if graph.neighbors(node):
            ready = [target for target, sources in feeds.items() if position in sources and ended.issuperset(sources)]
            chosen = tuple(calls[target] for target in sorted(ready) if calls[target].node in graph.neighbors(node))
            yield Sample(query, node, chosen, tuple(done), inside, origin)


def _in_order(count: int, feeds: Links) -> list[int]:
    order: list[int] = []
    while len(order) < count:
        order.append(next(p for p in range(count) if p not in order and set(feeds.get(p, ())) <= set(order)))
    return order
