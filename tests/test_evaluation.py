"""The figures: their definitions on cases worked out by hand, and data files with every fault named."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

import pytest

from octograph.evaluation import measuring, metrics
from octograph.evaluation.cases import read_cases
from octograph.evaluation.measuring import not_an_edge, outcomes, rank
from octograph.evaluation.metrics import Labels, Outcome, f1, labels_of, measure
from octograph.graphs.data_file import read_data
from octograph.graphs.errors import InputError
from octograph.graphs.model import Graph
from octograph.graphs.walk import Decision, Plan, PlannedNode


def graph() -> Graph:
    kinds = {"m": "master", "a": "tool", "b": "tool", "c": "tool", "delta": "tool"}
    return Graph(
        "g", {id_: {"kind": kind} for id_, kind in kinds.items()}, ["m -> [a, b, c, delta]", "a -> b", "b -> c"]
    )


def outcome(
    gold: list[str], planned: list[str], links: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
) -> Outcome:
    return Outcome("q", Labels(tuple(gold), tuple(links[0])), Labels(tuple(planned), tuple(links[1])), tuple(planned))


def test_f1_counts_distinct_hits_over_all_that_was_planned_and_wanted() -> None:
    """P divides by how many were planned, repeats included, R by how many were wanted; nothing at all is 0."""
    assert f1(["a", "b"], ["a", "c"]) == pytest.approx(0.5)
    assert f1(["a", "a"], ["a"]) == pytest.approx(2 / 3)
    assert f1([], ["a"]) == f1(["a"], []) == f1([], []) == 0


def test_figures_are_means_over_all_requests() -> None:
    """No request is dropped from the F1 means; a request that wants no node is right if none is planned."""
    figures = measure(
        [
            outcome(["a", "b"], ["a", "b"], ([("a", "b")], [("a", "b")])),
            outcome(["a"], ["b", "c", "a"], ([], [("b", "c")])),
            outcome([], []),
            outcome([], ["a"]),
        ]
    )
    assert figures.n == 4
    assert figures.node_f1 == pytest.approx((1 + 0.5 + 0 + 0) / 4)
    assert figures.link_f1 == pytest.approx(1 / 4)
    assert figures.top1 == pytest.approx(1 / 2)
    assert figures.top3 == 1
    assert figures.all_nodes == figures.exact == pytest.approx(2 / 4)
    assert figures.abstained == pytest.approx(1 / 2)
    assert figures.answered is None


def test_a_node_called_too_often_is_not_exact() -> None:
    """`exact` counts calls and links, `all_nodes` only which nodes are called."""
    figures = measure([outcome(["a", "a"], ["a"])])
    assert (figures.all_nodes, figures.exact) == (1, 0)


def test_no_requests_give_figures_too() -> None:
    """An empty set is measured without dividing by zero."""
    assert measure([]).top1 is None


def test_links_of_a_plan_that_are_no_edge_are_counted() -> None:
    """A plan's links are by node id; one that the graph has no edge for is counted."""
    plan = Plan(tuple(PlannedNode(id_, "q", 1.0) for id_ in "abca"), ((0, 1), (1, 2), (2, 3)))
    labels = labels_of(plan)
    assert labels == Labels(("a", "b", "c", "a"), (("a", "b"), ("b", "c"), ("c", "a")))
    assert not_an_edge(labels, graph()) == 1


def test_neighbors_are_ranked_for_the_part_that_is_decided_first() -> None:
    """Other parts, repeats and stopping don't count; the first part may be one that nobody named."""
    decisions = [
        Decision("a", "q", 0.2, part=-1),
        Decision(None, "q", 0.5, part=-1),
        Decision("b", "q", 0.3, part=-1),
        Decision("b", "q", 0.1, part=-1),
        Decision("c", "q2", 0.99, part=1),
    ]
    assert rank(decisions) == ("b", "a")


def write(path: Path, *lines: object) -> Path:
    path.write_text(
        "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), encoding="utf-8"
    )
    return path


def test_labels_are_read_by_position_where_a_node_occurs_twice(tmp_path: Path) -> None:
    """`a#1` is the second call of `a`; other keys are ignored, and blank lines."""
    line = {
        "query": "q",
        "nodes": ["a", "b", "a", "delta"],
        "links": [["a#0", "b"], ["b", "a#1"], ["b", "delta"]],
        "kind": "mixed",
    }
    (case,) = read_cases(write(tmp_path / "d.jsonl", "", line, "  "), graph())
    assert case.gold.links == (("a", "b"), ("b", "a"), ("b", "delta"))


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    """All faults are listed at once, each with its file and line, and the nearest name where one is unknown."""
    path = write(
        tmp_path / "d.jsonl",
        {"query": "fine", "nodes": ["a"]},
        "{not json",
        "[]",
        {"query": " ", "nodes": []},
        {"query": "q"},
        {"query": "q", "nodes": ["dleta"]},
        {"query": "q", "nodes": ["m"]},
        {"query": "q", "nodes": ["a"], "links": [["a"]]},
        {"query": "q", "nodes": ["a"], "links": [["a", "b"]]},
        {"query": "q", "nodes": ["a"], "contains": "12"},
        "[" * 100_000,
    )
    with pytest.raises(InputError) as raised:
        read_cases(path, graph())
    lines = str(raised.value).split("\n")
    assert [line.split(": ")[0] for line in lines] == [f"{path}:{number}" for number in range(2, 12)]
    assert "did you mean 'delta'?" in lines[4]
    assert "'m' is a master" in lines[5]


@pytest.mark.parametrize(("content", "says"), [(b"", "no requests in it"), (b"\xff\xfe{", "not UTF-8")])
def test_a_file_without_requests_is_an_error(tmp_path: Path, content: bytes, says: str) -> None:
    """An empty file or one that is no text is refused with its name."""
    (tmp_path / "d.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=says):
        read_cases(tmp_path / "d.jsonl", graph())


def test_no_more_is_read_than_a_limit(tmp_path: Path) -> None:
    """A file without an end is refused once the limit is passed."""
    path = write(tmp_path / "long.jsonl", "x" * 100)
    with pytest.raises(InputError, match=r"long.jsonl: longer than 50 bytes"):
        read_data(path, most=50)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """A file that is not there is refused with its name."""
    with pytest.raises(InputError, match=r"none\.jsonl: can't be read"):
        read_cases(tmp_path / "none.jsonl", graph())


async def test_requests_are_planned_ranked_and_answered(tmp_path: Path) -> None:
    """Measuring plans each request; with answers it also runs it and looks for what the line says."""
    from octograph.engine.workflow import Workflow
    from octograph.graphs.walk import Call, Result

    class Worker:
        async def run(self, call: Call) -> Result:
            return Result("It costs 29.00 euros")

    shop = Graph(
        "shop",
        {
            "m": {"kind": "master"},
            "price": {
                "kind": "tool",
                "description": "What a thing costs.",
                "examples": ["price of a lamp", "what is the price of a chair"],
            },
            "weather": {"kind": "tool", "description": "The weather at a place.", "examples": ["will it rain"]},
        },
        ["m -> [price, weather]"],
    )
    lines = [
        {"query": "what is the price of the lamp", "nodes": ["price"], "contains": ["29.00", ["EURO", "€"]]},
        {"query": "what is the price of a chair", "nodes": ["weather"], "contains": ["rain"]},
    ]
    workflow = Workflow(shop, workers={"price": Worker(), "weather": Worker()})
    cases = read_cases(write(tmp_path / "d.jsonl", *lines), shop)
    done = [one async for one in outcomes(workflow, cases, answer=True)]
    assert [one.planned.nodes for one in done] == [("price",), ("price",)]
    assert [one.ranked[0] for one in done] == ["price", "price"]
    assert [one.answered for one in done] == [True, False]
    assert all(one.seconds > 0 for one in done)


@pytest.mark.parametrize("module", [metrics, measuring])
def test_examples_in_docstrings_are_true(module: object) -> None:
    """What the docstrings show is what the functions give."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
