"""A written graph reads back as an equal one, and writing destroys nothing that was not named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import graphs

from octograph.graphs.errors import InputError
from octograph.graphs.model import Edge, Graph

INNER = Graph("inner", {"a": {"kind": "tool"}})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(graph=graphs())
def test_any_graph_written_reads_back_equal(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> None:
    """read(write(g)) == g, with its sub-graphs, whatever the texts, ids and settings."""
    file = tmp_path_factory.mktemp("written") / "graph.yaml"
    graph.write(file)
    read = Graph.read(file)
    assert read == graph
    assert read.fingerprint == graph.fingerprint
    assert read.to_yaml() == graph.to_yaml()


def test_the_text_is_one_a_person_could_have_written() -> None:
    """Only what differs from its default is there, in the order of the format."""
    graph = Graph(
        "desk",
        {
            "desk": {"kind": "master", "description": "Sends requests on."},
            "law": {"kind": "model", "examples": ["May I?"], "retry": {}},
            "no": {"kind": "tool", "tool": "files.write"},
        },
        ["desk -> [law, no]", "law => no"],
        limits={"hops": 5},
    )
    assert graph.to_yaml() == (
        "octograph: 1\n"
        "name: desk\n"
        "start: desk\n"
        "limits:\n"
        "  hops: 5\n"
        "nodes:\n"
        "  desk:\n"
        "    kind: master\n"
        "    description: Sends requests on.\n"
        "  law:\n"
        "    kind: model\n"
        "    examples:\n"
        "    - May I?\n"
        "    retry: {}\n"
        "  'no':\n"
        "    kind: tool\n"
        "    tool: files.write\n"
        "edges:\n"
        "- desk -> [law, no]\n"
        "- law => no\n"
    )


def test_many_neighbors_are_written_on_many_lines() -> None:
    """A master of thousands stays readable, for people and for the line limit."""
    names = [f"worker_{number}" for number in range(2000)]
    nodes = {"desk": {"kind": "master"}, **{name: {"kind": "tool"} for name in names}}
    graph = Graph("wide", nodes, [Edge("desk", name) for name in names])
    text = graph.to_yaml()
    assert max(map(len, text.splitlines())) <= 100
    assert Graph.parse(text) == graph


def test_sub_graphs_are_written_beside_the_graph(tmp_path: Path) -> None:
    """An agent's graph goes to the file the agent names, or to one called after graph and agent."""
    nodes = {"a": {"kind": "agent", "graph": "sub/a.yaml"}, "b": {"kind": "agent"}}
    graph = Graph("my graph", nodes, ["a -> b"], agents={"a": INNER, "b": INNER})
    graph.write(tmp_path / "top.yaml")
    graph.write(tmp_path / "top.yaml")
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert files == {"top.yaml", "sub/a.yaml", "my-graph.b.yaml"}
    assert Graph.read(tmp_path / "top.yaml") == graph


def test_a_sub_graphs_file_that_holds_something_else_is_kept(tmp_path: Path) -> None:
    """A file that an agent names and that holds another graph (or none) is not overwritten; an equal one stays."""
    graph = Graph("g", {"a": {"kind": "agent", "graph": "a.yaml"}}, agents={"a": INNER})
    (tmp_path / "a.yaml").write_text("precious")
    with pytest.raises(InputError, match="is there already"):
        graph.write(tmp_path / "top.yaml")
    assert (tmp_path / "a.yaml").read_text() == "precious"
    assert not (tmp_path / "top.yaml").exists()
    commented = "# a comment\n" + INNER.to_yaml()
    (tmp_path / "a.yaml").write_text(commented)
    graph.write(tmp_path / "top.yaml")
    assert (tmp_path / "a.yaml").read_text() == commented


def test_sub_graphs_stay_inside_the_folder(tmp_path: Path) -> None:
    """No file is written outside the folder of the top graph, nor two graphs to one file."""
    out = Graph("g", {"a": {"kind": "agent", "graph": "../a.yaml"}}, agents={"a": INNER})
    with pytest.raises(InputError, match="outside"):
        out.write(tmp_path / "deep" / "top.yaml")
    other = Graph("other", {"a": {"kind": "tool"}})
    nodes = {"a": {"kind": "agent", "graph": "s.yaml"}, "b": {"kind": "agent", "graph": "s.yaml"}}
    with pytest.raises(InputError, match="two sub-graphs"):
        Graph("g", nodes, ["a -> b"], agents={"a": INNER, "b": other}).write(tmp_path / "top.yaml")
    assert list(tmp_path.rglob("*.yaml")) == []


def test_a_place_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    """A folder in the file's place, or a path that can't be, ends in InputError and leaves no draft behind."""
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(InputError, match="can't be written"):
        INNER.write(tmp_path / "folder.yaml")
    with pytest.raises(InputError, match="can't be written"):
        INNER.write(str(tmp_path) + "/a\0.yaml")
    assert [file.name for file in tmp_path.iterdir()] == ["folder.yaml"]
