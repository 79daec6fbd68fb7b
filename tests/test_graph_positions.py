"""Problems found long after reading still name their place in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from octograph.graphs.model import Graph

TEXT = """\
octograph: 1
name: x
start: a.b
nodes:
  a.b:
    kind: tool
    tool: units.convrt
    examples: [one, two]
  a: {kind: tool}
  c: {kind: agent}
edges:
  - a.b -> a
  - {from: a, to: [c]}
"""


@pytest.mark.parametrize(
    ("where", "place"),
    [
        (("nodes", "a.b", "tool"), "7:11"),
        ("nodes.a.b.tool", "7:11"),
        ("nodes.a.kind", "9:13"),
        ("nodes.a.b.examples[1]", "8:21"),
        (("edges", 1), "13:5"),
        ("edges[0]", "12:5"),
        (("edges", 1, "to"), "13:5"),
        ("nodes.c.graph", "10:3"),
        ("nodes.nobody", "4:1"),
        ("", "1:1"),
    ],
)
def test_a_part_has_its_place(where: str | tuple[str | int, ...], place: str) -> None:
    """A part is found by its path, spelled or not; one that is left out, at the part around it."""
    said = str(Graph.parse(TEXT, "some.yaml").problem(where, "is wrong"))
    assert said.startswith(f"some.yaml:{place}: ")
    assert said.endswith("is wrong")


def test_a_graph_built_in_code_has_no_places() -> None:
    """Its problems name the graph and the part."""
    graph = Graph("x", {"a": {"kind": "tool"}})
    assert str(graph.problem(("nodes", "a", "tool"), "is wrong")) == "<graph 'x'>: nodes.a.tool: is wrong"


def test_a_sub_graph_names_its_own_file() -> None:
    """A problem in an agent's graph has the place in that graph's file."""
    file = Path(__file__).parent / "graphs" / "agent.yaml"
    inner = Graph.read(file).agents["math"]
    said = str(inner.problem("nodes.calculus.tool", "is wrong"))
    assert said == f"{file.parent / 'inside' / 'math.yaml'}:7:32: nodes.calculus.tool: is wrong"
