"""Labelled requests and stored walks become the questions that an Octopus would be asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octograph import Graph
from octograph.graphs.errors import InputError
from octograph.graphs.walk import Step, Trace
from octograph.training.samples import LabelledCall, Sample, read_samples

INSIDE = Graph("inner", {"m": {"kind": "master"}, "x": {"kind": "tool"}, "y": {"kind": "tool"}}, ["m -> [x, y]"])
GRAPH = Graph(
    "outer",
    {
        "desk": {"kind": "master"},
        "lower": {"kind": "master"},
        "a": {"kind": "tool"},
        "b": {"kind": "tool"},
        "c": {"kind": "tool"},
        "agent": {"kind": "agent"},
    },
    ["desk -> [a, b, lower, agent]", "lower -> c", "a -> [a, b]", "b -> a", "c -> a"],
    agents={"agent": INSIDE},
)


def read(folder: Path, *lines: Any) -> list[Sample]:
    file = folder / "data.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return read_samples(file, GRAPH)


def outline(samples: list[Sample]) -> list[tuple[str, list[str], list[str]]]:
    return [
        ("/".join((*one.inside, one.at)), [call.node for call in one.done], [call.node for call in one.calls])
        for one in samples
    ]


def test_one_call_is_asked_for_at_the_master_and_a_stop_after_it(tmp_path: Path) -> None:
    """A request that one node answers is its query, and nothing follows it."""
    samples = read(tmp_path, {"query": "do a", "nodes": ["a"]})
    assert outline(samples) == [("desk", [], ["a"]), ("a", ["a"], [])]
    assert (samples[0].neighbor, samples[0].rewritten, samples[1].neighbor) == ("a", "do a", None)


def test_what_is_fed_is_called_by_what_feeds_it(tmp_path: Path) -> None:
    """Links are decided where the call that feeds has ended; what nothing feeds, by the master, at once."""
    samples = read(tmp_path, {"query": "q", "nodes": ["a", "b"], "links": [["a", "b"]]})
    assert outline(samples) == [("desk", [], ["a"]), ("a", ["a"], ["b"]), ("b", ["a", "b"], [])]
    samples = read(tmp_path, {"query": "q", "nodes": ["a", "b"]})
    assert outline(samples)[0] == ("desk", [], ["a", "b"])
    assert samples[0].rewritten is None


@pytest.mark.parametrize("links", [[["a", "a"], ["a", "a"]], [["a#0", "a#1"], ["a#1", "a#2"]]])
def test_a_node_called_several_times_follows_itself(tmp_path: Path, links: list[list[str]]) -> None:
    """A link between calls of the same node leads from each to the next, named by position or not."""
    samples = read(tmp_path, {"query": "q", "nodes": ["a", "a", "a"], "links": links})
    assert outline(samples)[:3] == [("desk", [], ["a"]), ("a", ["a"], ["a"]), ("a", ["a", "a"], ["a"])]


def test_a_worker_below_another_master_is_reached_over_it(tmp_path: Path) -> None:
    """The masters on the way are asked too."""
    samples = read(tmp_path, {"query": "q", "nodes": ["c", "b"]})
    assert outline(samples)[:2] == [("desk", [], ["lower", "b"]), ("lower", [], ["c"])]


def test_a_fixed_edge_is_nobodys_choice(tmp_path: Path) -> None:
    """What follows along it is done, and not decided."""
    graph = Graph(
        "g",
        {"m": {"kind": "master"}, "a": {"kind": "tool"}, "b": {"kind": "tool"}},
        ["m -> [a, b]", "a => b", "a -> a"],
    )
    (tmp_path / "data.jsonl").write_text('{"query": "q", "nodes": ["a", "b"], "links": [["a", "b"]]}', encoding="utf-8")
    samples = read_samples(tmp_path / "data.jsonl", graph)
    assert outline(samples) == [("m", [], ["a"]), ("a", ["a"], [])]


def test_a_request_that_fits_nothing_is_a_stop(tmp_path: Path) -> None:
    """No nodes means that the master should stop."""
    assert outline(read(tmp_path, {"query": "q", "nodes": []})) == [("desk", [], [])]


def test_a_generated_line_says_more(tmp_path: Path) -> None:
    """Rewritten queries, arguments, the place and the origin are kept."""
    call = {"node": "x", "query": "just x", "arguments": {"n": 3}, "output": "4"}
    line = {"query": "please x", "nodes": ["x"], "at": "agent/m", "calls": [call], "origin": "grammar"}
    assert read(tmp_path, line) == [
        Sample("please x", "m", (LabelledCall("x", "just x", {"n": 3}, "4"),), (), ("agent",), "grammar")
    ]


def test_a_stored_walk_is_what_was_decided(tmp_path: Path) -> None:
    """Every place of a walk is a sample, inside agents too; failed calls are not learned."""
    inner = Trace("inner", "part", (Step(0, "m", "x", "x!", "1"),))
    walk = Trace(
        "outer",
        "whole",
        (
            Step(0, "desk", "agent", "part", "1", trace=inner),
            Step(1, "desk", "a", "do a", "2", part=1),
            Step(2, "a", "b", "b", status="failed", parents=(1,)),
        ),
    )
    samples = read(tmp_path, {"text": "", "trace": walk.to_data()})
    assert outline(samples) == [("desk", [], ["agent", "a"]), ("agent/m", [], ["x"])]
    assert [one.query for one in samples] == ["whole", "part"]
    (tmp_path / "walk.json").write_text(json.dumps(walk.to_data(), indent=2), encoding="utf-8")
    assert read_samples(tmp_path / "walk.json", GRAPH) == samples


def test_a_walk_below_another_master_is_asked_what_that_master_was(tmp_path: Path) -> None:
    """Each master's decisions are learned with its own request and its own calls."""
    walk = Trace(
        "outer",
        "whole",
        (
            Step(0, "desk", "lower", "half", "1"),
            Step(1, "lower", "c", "c!", "1", within=0),
            Step(2, "c", "a", "a!", "2", parents=(1,), within=0),
        ),
    )
    samples = read(tmp_path, walk.to_data())
    assert outline(samples) == [
        ("desk", [], ["lower"]),
        ("lower", [], ["c"]),
        ("c", ["c"], ["a"]),
        ("a", ["c", "a"], []),
    ]
    assert [one.query for one in samples] == ["whole", "half", "half", "half"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ({"nodes": []}, "'query'"),
        ({"query": "q", "nodes": "a"}, "'nodes' must be"),
        ({"query": "q", "nodes": ["aa"]}, "no node 'aa' in outer"),
        ({"query": "q", "nodes": ["desk"]}, "is a master"),
        ({"query": "q", "nodes": ["agent"], "at": "agnet/m"}, "did you mean 'agent'?"),
        ({"query": "q", "nodes": ["a", "b"], "links": [["a", "b"], ["b", "a"]]}, "circle"),
        ({"query": "q", "nodes": ["a"], "links": [["a", "a"]]}, "called only once"),
        ({"query": "q", "nodes": ["a"], "links": [["a", "b"]]}, "not among its 'nodes'"),
        ({"query": "q", "nodes": ["a"], "calls": [{"node": "b"}]}, "'calls' must be"),
        ({"query": "q", "nodes": ["a"], "calls": [{"node": "a", "arguments": 3}]}, "'arguments' must be"),
        ({"query": "q", "nodes": ["b"], "at": "lower"}, "no way leads from 'lower' to 'b'"),
        ({"query": "q", "steps": [{"hop": 0}]}, "not a stored walk"),
        ({"graph": "g", "query": "q", "steps": [Step(0, "desk", "no", "q").to_data()]}, "hop 0: no node 'no'"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: Any, said: str) -> None:
    """Every bad line is told with its place, the good ones in between notwithstanding."""
    with pytest.raises(InputError) as error:
        read(tmp_path, {"query": "do a", "nodes": ["a"]}, line)
    assert "data.jsonl:2: " in str(error.value)
    assert said in str(error.value)


def test_an_empty_file_is_said_to_be_one(tmp_path: Path) -> None:
    """There is nothing to learn from nothing."""
    with pytest.raises(InputError, match="nothing to learn from"):
        read(tmp_path, "")


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=5), st.data())
def test_every_labelled_call_is_somebodys_choice_once(nodes: list[str], data: st.DataObject) -> None:
    """Whatever the links, each call is chosen at exactly one place, and after everything that feeds it."""
    from octograph.training.labelled_requests import samples_of_request

    size = len(nodes)
    pairs = [(i, j) for j in range(size) for i in range(j) if GRAPH.has_edge(nodes[i], nodes[j])]
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True) if pairs else st.just([]))

    def name(position: int) -> str:
        return f"{nodes[position]}#{nodes[:position].count(nodes[position])}"

    calls = [{"node": node, "query": str(position)} for position, node in enumerate(nodes)]
    line = {"query": "q", "nodes": nodes, "links": [[name(i), name(j)] for i, j in chosen], "calls": calls}
    samples = samples_of_request(line, GRAPH)
    made = [call.query for sample in samples for call in sample.calls]
    assert sorted(map(str, made)) == sorted(str(position) for position in range(size))
    for sample in samples:
        done = {call.query for call in sample.done}
        for call in sample.calls:
            assert {str(i) for i, j in chosen if str(j) == call.query} <= done
