"""Fixed edges and where they meet: all, any, quorum; failed, skipped and late branches; no join waits for ever."""

from __future__ import annotations

from typing import Any

import pytest
from walkers import Echo, Gate, Raising, graph_of, opening, steps, workflow_of

from octograph import Answer, WorkerError

DIAMOND = ["desk -> [a, b]", "a => j", "b => j", "j => after"]
BROKEN = WorkerError("broken")


async def walk(edges: list[str], chosen: list[str], *, fail: str = "", **join: Any) -> tuple[Answer, Echo]:
    join_worker = Echo("j")
    settings = {"j": join} if join else {}
    workers: dict[str, Any] = {"j": join_worker, **{name: Raising(BROKEN) for name in fail}}
    workflow = workflow_of(graph_of(edges, settings=settings), {"desk": [chosen]}, workers)
    return await workflow.arun("q"), join_worker


async def test_a_fixed_edge_is_taken_without_asking() -> None:
    """Along `a => j` the output of `a` is the query of `j`, and no Octopus is asked."""
    answer, _ = await walk(["desk -> a", "a => j"], ["a"])
    assert [(step.node, step.query) for step in answer.trace] == [("a", "q"), ("j", "a(q)")]
    assert answer.text == "j(a(q))"


async def test_all_waits_for_every_branch() -> None:
    """The join runs once, with the results in the order of its parents, whoever came first."""
    gates = {"a": Gate(), "b": Gate()}
    workflow = workflow_of(graph_of(DIAMOND), {"desk": [["a", "b"]]}, gates)
    answer = await opening(workflow, gates, {None: "b", "b": "a"})
    assert steps(answer) == ["b", "a", "j", "after"]
    join = answer.trace.step(2)
    assert (join.query, join.parents) == ("opened for q\nopened for q", (0, 1))


async def test_any_runs_with_the_first_and_records_who_comes_late() -> None:
    """The second arrival is recorded as skipped; neither the join nor what follows runs twice."""
    answer, join = await walk(DIAMOND, ["a", "b"], join="any")
    assert len(join.calls) == 1
    assert steps(answer).count("after") == 1
    late = [step for step in answer.trace if step.status == "skipped"]
    assert [(step.source, step.node) for step in late] == [("b", "j")]


@pytest.mark.parametrize("join", [{}, {"join": "any"}, {"join": 1}])
async def test_a_branch_never_taken_is_not_waited_for(join: dict[str, Any]) -> None:
    """Only `a` was chosen: the join runs with what there is, once nothing else can come."""
    answer, _ = await walk(DIAMOND, ["a"], **join)
    assert steps(answer) == ["a", "j", "after"]


async def test_a_failed_branch_counts_as_arrived() -> None:
    """`b` fails: the join doesn't wait for it and runs with the result of `a`."""
    answer, join = await walk(DIAMOND, ["a", "b"], fail="b")
    assert [call.query.text for call in join.calls] == ["a(q)"]
    assert steps(answer) == ["a", "j", "after"]


async def test_a_quorum_that_can_not_be_met_skips_the_join_and_all_after_it() -> None:
    """Two of two were needed and one failed: the join and its successor are recorded as skipped, with the reason."""
    answer, join = await walk(DIAMOND, ["a", "b"], fail="b", join=2)
    assert join.calls == []
    assert steps(answer, "skipped") == ["j", "after"]
    reasons = [step.error for step in answer.trace if step.status == "skipped"]
    assert reasons == ["joins at least 2 of 2 results, and 1 came", "'j' gave no result"]
    assert answer.text == "a(q)\nb could not do “q”: broken"


async def test_a_quorum_that_is_met_does_not_wait_for_the_rest() -> None:
    """One of two is enough although the other is still under way."""
    gates = {"a": Gate()}
    graph = graph_of(DIAMOND, settings={"j": {"join": 1}})
    answer = await opening(workflow_of(graph, {"desk": [["a", "b"]]}, gates), gates, {"after": "a"})
    assert steps(answer) == ["b", "j", "after", "a"]


async def test_when_every_branch_fails_the_join_is_skipped() -> None:
    """A join needs at least one result."""
    answer, join = await walk(DIAMOND, ["a", "b"], fail="ab")
    assert join.calls == []
    assert steps(answer, "skipped") == ["j", "after"]
    assert answer.stopped == "failed"


async def test_a_skipped_branch_counts_at_joins_further_down() -> None:
    """`b` fails, so `c` after it is skipped, and the join behind `c` takes that for an arrival."""
    edges = ["desk -> [a, b]", "a => j", "b => c", "c => j"]
    answer, join = await walk(edges, ["a", "b"], fail="b")
    assert [call.query.text for call in join.calls] == ["a(q)"]
    assert steps(answer, "skipped") == ["c"]


async def test_joins_that_wait_for_each_other_fire_upstream_first() -> None:
    """The lower join waits for the upper one, which waits for a branch that never comes."""
    edges = ["desk -> [a, b, c]", "a => upper", "b => upper", "upper => lower", "c => lower"]
    lower = Echo("lower")
    workflow = workflow_of(graph_of(edges), {"desk": [["a", "c"]]}, {"lower": lower})
    answer = await workflow.arun("q")
    assert steps(answer) == ["a", "c", "upper", "lower"]
    assert [call.query.text for call in lower.calls] == ["upper(a(q))\nc(q)"]


async def test_branches_of_unequal_length_meet_once() -> None:
    """A join behind one and three hops runs once, when the longer branch is there."""
    edges = ["desk -> [a, b]", "a => j", "b => c", "c => d", "d => j"]
    answer, join = await walk(edges, ["a", "b"])
    assert [call.query.text for call in join.calls] == ["a(q)\nd(c(b(q)))"]
    assert steps(answer)[-1] == "j"


async def test_a_second_round_joins_again() -> None:
    """In a loop both branches come a second time: the join runs once for each round."""
    graph = graph_of(["desk -> [a, b]", "a => j", "b => j"])
    join = Echo("j")
    script = {"desk": [["a", "b"], [{"neighbor": "a", "query": "r"}, {"neighbor": "b", "query": "r"}]]}
    await workflow_of(graph, script, {"j": join}).arun("q")
    assert [call.query.text for call in join.calls] == ["a(q)\nb(q)", "a(r)\nb(r)"]


async def test_the_master_is_asked_while_a_branch_waits_at_a_join() -> None:
    """The part that would complete the join is decided only after the first one has ended."""
    graph = graph_of(["desk -> [a, b]", "a => j", "b => j"])
    join = Echo("j")
    await workflow_of(graph, {"desk": ["a", "b"]}, {"j": join}).arun("q")
    assert [call.query.text for call in join.calls] == ["a(q)\nb(q)"]


async def test_what_a_fixed_edge_took_further_is_not_shown_again() -> None:
    """The answer is what came out at the end of the fixed edges."""
    answer, _ = await walk(["desk -> a", "a => j", "j => after"], ["a"])
    assert answer.text == "after(j(a(q)))"
