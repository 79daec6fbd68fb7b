"""A graph built in code: what it takes, what it answers, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import graphs

from octograph.graphs.errors import GraphError
from octograph.graphs.model import Edge, Graph, Limits, Node, OctopusSpec, Retry

HERE = Path(__file__).parent / "graphs"


def small(**changes: object) -> Graph:
    parts = {
        "nodes": {"desk": {"kind": "master"}, "law": Node(kind="model"), "file": {"kind": "tool"}},
        "edges": ["desk -> [law, file]", "law => file", Edge("law", "law")],
    }
    return Graph("small", **{**parts, **changes})  # type: ignore[arg-type]


def problems_of(**changes: object) -> list[str]:
    with pytest.raises(GraphError) as caught:
        small(**changes)
    return str(caught.value).splitlines()


def test_neighbors_and_fixed_edges_are_told_apart() -> None:
    """neighbors() are the ends of ->, always() those of =>, always_parents() the sources of =>."""
    graph = small()
    assert graph.neighbors("desk") == ("law", "file")
    assert graph.neighbors("law") == ("law",)
    assert graph.always("law") == ("file",)
    assert graph.always("desk") == ()
    assert graph.always_parents("file") == ("law",)
    assert graph.neighbors("file") == ()


def test_has_edge_knows_either_kind_and_no_strangers() -> None:
    """has_edge() is true for both kinds of edge, directed, and false for unknown nodes."""
    graph = small()
    assert graph.has_edge("desk", "law")
    assert graph.has_edge("law", "file")
    assert not graph.has_edge("file", "law")
    assert not graph.has_edge("desk", "nobody")
    assert not graph.has_edge("nobody", "desk")


def test_has_edge_holds_for_a_node_of_many_neighbors() -> None:
    """Asking about a master of thousands gives the same answers as about one of two."""
    names = [f"w{number}" for number in range(3000)]
    nodes = {"desk": {"kind": "master"}, **{name: {"kind": "tool"} for name in names}}
    graph = Graph("wide", nodes, [Edge("desk", name) for name in names])
    assert all(graph.has_edge("desk", name) for name in names)
    assert not graph.has_edge("desk", "desk")
    assert graph.neighbors("desk") == tuple(names)


def test_an_unknown_node_is_a_key_error_with_the_nearest() -> None:
    """Asking for the neighbors of a node that is not there names the one that was probably meant."""
    with pytest.raises(KeyError, match="did you mean 'desk'"):
        small().neighbors("dsk")


def test_edges_are_counted_listed_and_found() -> None:
    """graph.edges iterates over Edge values, has a length and knows its members."""
    edges = small().edges
    assert len(edges) == 4
    assert set(map(str, edges)) == {"desk -> law", "desk -> file", "law => file", "law -> law"}
    assert Edge("law", "file", always=True) in edges
    assert Edge("law", "file") not in edges
    assert "law" not in edges


def test_nodes_may_be_given_in_any_form() -> None:
    """A list of nodes with ids, a mapping of nodes and a mapping of dicts make equal graphs."""
    listed = Graph("g", [Node(id="a", kind="tool", timeout=3), Node(id="b", kind="tool")], [Edge("a", "b")])
    mapped = Graph("g", {"a": Node(kind="tool", timeout=3.0), "b": Node(kind="tool")}, ["a -> b"])
    plain = Graph("g", {"a": {"kind": "tool", "timeout": 3}, "b": {"kind": "tool"}}, [{"from": "a", "to": "b"}])
    assert listed == mapped == plain
    assert listed.nodes["a"].id == plain.nodes["a"].id == "a"
    assert listed.start == "a"


def test_sections_may_be_given_finished_or_as_dicts() -> None:
    """octopus, limits and retry are taken in both forms."""
    finished = small(octopus=OctopusSpec(threshold=0.3), limits=Limits(hops=3), retry=Retry(attempts=2))
    plain = small(octopus={"threshold": 0.3}, limits={"hops": 3}, retry={"attempts": 2})
    assert finished == plain
    assert finished.limits.hops == 3


def test_a_graph_in_code_equals_the_same_one_in_yaml() -> None:
    """Built in code and read from a file, the same content is equal, whatever the order of the nodes."""
    file = Graph.parse(
        "{octograph: 1, name: small, start: desk, nodes: {file: {kind: tool}, law: {kind: model},"
        " desk: {kind: master}}, edges: ['law -> law', 'desk -> [law, file]', law => file]}"
    )
    assert file == small()
    assert hash(file) == hash(small())
    assert file != small(edges=["desk -> [file, law]", "law => file", "law -> law"])
    assert file != small(limits={"hops": 3})
    assert file != "small"


def test_every_fault_in_code_is_told_at_once() -> None:
    """Unknown ends, kinds, keys and starts are one GraphError that names the graph."""
    assert problems_of(
        nodes={"desk": {"kind": "master"}, "law": {"kind": "modell"}, "x": Node(id="y", kind="tool")},
        edges=["desk -> lwa", "desk -> x"],
        limits={"hops": 0, "hop": 1},
    ) == [
        "<graph 'small'>: edges[0]: no node 'lwa'; did you mean 'law'?",
        "<graph 'small'>: limits.hop: unknown key 'hop'; did you mean 'hops'?",
        "<graph 'small'>: limits.hops: must be at least 1, found 0",
        "<graph 'small'>: nodes.law.kind: no kind 'modell'; did you mean 'model'?",
        "<graph 'small'>: nodes.x: the node given under this id calls itself 'y'; use one id",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"nodes": [Node(id="a", kind="tool"), Node(id="a", kind="tool")], "edges": []}, "two nodes have this id"),
        ({"nodes": {}, "edges": []}, "a graph needs a node"),
        ({"nodes": {3: {"kind": "tool"}}, "edges": []}, "expected text, found the number 3"),
        ({"start": "dsk"}, "did you mean 'desk'"),
        ({"edges": [("desk", "law")]}, "expected an edge, found a list"),
        ({"edges": [Edge("desk", "law"), Edge("desk", "law", True)]}, "by the other kind of edge"),
        ({"agents": {"law": Graph("g", {"a": {"kind": "tool"}})}}, "only an agent has a sub-graph"),
        ({"agents": {"lwa": Graph("g", {"a": {"kind": "tool"}})}}, "did you mean 'law'"),
        ({"nodes": {"a": {"kind": "agent", "graph": "b.yaml"}}, "edges": []}, "agents={'a': Graph.read('b.yaml')}"),
        ({"nodes": {"a": {"kind": "person", "settings": {"x": {1, 2}}}}, "edges": []}, "expected plain data"),
        ({"nodes": {"a": {"kind": "person", "settings": {1: 2}}}, "edges": []}, "keys must be text"),
        ({"nodes": {"a": {"kind": "tool", "description": "\ud800"}}, "edges": []}, "half a character"),
    ],
)
def test_what_code_may_not_give(changes: dict[str, object], said: str) -> None:
    """Each slip has a message of its own."""
    assert said in "\n".join(problems_of(**changes))


def test_settings_are_copied_in() -> None:
    """Changing a dict that was given to a graph changes nothing in the graph."""
    settings_ = {"kind": "person", "settings": {"name": "a", "list": [1]}}
    graph = small(nodes={"a": settings_}, edges=[])
    settings_["settings"]["list"].append(2)  # type: ignore[index]
    assert graph.nodes["a"].settings == {"name": "a", "list": [1]}


def test_the_repr_is_short() -> None:
    """repr() names the graph and counts, however large it is."""
    assert repr(small()) == "<Graph 'small': 3 nodes, 4 edges, start 'desk'>"


def test_networkx_gets_nodes_and_edges() -> None:
    """to_networkx() is a DiGraph with kinds on its nodes and `always` on its edges."""
    graph = small().to_networkx()
    assert graph.nodes["desk"]["kind"] == "master"
    assert graph.edges["law", "file"]["always"] is True
    assert set(graph.successors("desk")) == {"law", "file"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(graph=graphs(depth=0))
def test_adjacency_and_edges_agree(graph: Graph) -> None:
    """The edge list, the neighbor tuples, has_edge and networkx all tell of the same edges."""
    listed = set(graph.edges)
    assert listed == {Edge(a, b) for a in graph.nodes for b in graph.neighbors(a)} | {
        Edge(a, b, True) for a in graph.nodes for b in graph.always(a)
    }
    assert len(listed) == len(graph.edges) == graph.to_networkx().number_of_edges()
    for a in graph.nodes:
        assert graph.always_parents(a) == tuple(e.source for e in graph.edges if e.always and e.target == a) or set(
            graph.always_parents(a)
        ) == {e.source for e in graph.edges if e.always and e.target == a}
        for b in graph.nodes:
            assert graph.has_edge(a, b) == (Edge(a, b) in listed or Edge(a, b, True) in listed)


def test_reading_a_graph_imports_nothing_heavy_and_nothing_it_names(tmp_path: Path) -> None:
    """Reading loads neither networkx, numpy, LangGraph nor torch, nor a module that the file names."""
    (tmp_path / "trap.py").write_text("raise SystemExit('imported')")
    (tmp_path / "graph.yaml").write_text(
        "{octograph: 1, name: x, start: a, nodes: {a: {kind: tool, tool: trap.spring, description: x}}}"
    )
    code = (
        "import sys; from octograph.graphs.model import Graph; Graph.read('graph.yaml');"
        "print([m for m in ('networkx', 'numpy', 'langgraph', 'torch', 'rich', 'trap') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
