"""Budgets: hops, seconds, depth and parallel calls; a spent one gives the best answer so far, and says so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from walkers import Echo, Gate, graph_of, steps, workflow_of

from octograph import Graph, InputError, Result

LOOP = ["a -> a"]


def endless(query: Any, at: Any, neighbors: Any, trace: Any) -> list[Any]:
    return [{"neighbor": neighbors[0].id, "query": f"{query.text} {len(trace.steps)}"}]


async def test_spent_hops_give_the_best_answer_so_far() -> None:
    """An endless loop ends at the limit; what was found is the answer, marked as `hops`."""
    graph = graph_of(LOOP, limits={"hops": 5})
    answer = await workflow_of(graph, endless).arun("q")
    assert len(steps(answer)) == 5
    assert (answer.stopped, answer.text) == ("hops", "\n".join(step.output for step in answer.trace))


async def test_max_hops_replaces_the_limit_of_the_graph() -> None:
    """`max_hops` of one run counts, not what the graph says."""
    assert len(steps(await workflow_of(graph_of(LOOP), endless).arun("q", max_hops=2))) == 2


async def test_a_walk_that_ends_with_its_last_hop_has_not_run_out() -> None:
    """Exactly as many hops as allowed and nothing left to do: that is `done`."""
    graph = graph_of(["desk -> [a, b]"], limits={"hops": 2})
    assert (await workflow_of(graph, {"desk": ["a", "b"]}).arun("q")).stopped == "done"


async def test_masters_that_send_each_other_in_circles_run_out_of_hops() -> None:
    """Entering a master is a hop too, so two masters can't keep a walk for ever; the text says what happened."""
    graph = graph_of(["desk -> [lower, a]", "lower -> desk"], masters="desk lower")
    answer = await workflow_of(graph, endless).arun("q")
    assert answer.stopped == "hops"
    assert "ran out of hops before anything was answered" in answer.text


async def test_calls_under_way_are_let_finish_when_the_hops_are_spent() -> None:
    """The third part may not start any more, and the two that did are in the answer."""
    graph = graph_of(["desk -> [a, b, c]"], limits={"hops": 2})
    answer = await workflow_of(graph, {"desk": [["a", "b", "c"]]}).arun("q")
    assert sorted(steps(answer)) == ["a", "b"]
    assert answer.stopped == "hops"


async def test_spent_seconds_cancel_what_is_under_way_and_keep_what_was_found() -> None:
    """A worker that never ends is cancelled; the other part's result is the answer, marked as `seconds`."""
    never = Gate()
    workflow = workflow_of(graph_of(["desk -> [a, never]"]), {"desk": [["a", "never"]]}, {"never": never})
    answer = await workflow.arun("q", seconds=0.05)
    assert (answer.text, answer.stopped, never.cancelled) == ("a(q)", "seconds", True)


async def test_running_out_of_time_before_anything_was_answered_is_said() -> None:
    """The text gives the reason and the remedy."""
    answer = await workflow_of(graph_of(["desk -> a"]), {"desk": ["a"]}, {"a": Gate()}).arun("q", seconds=0.02)
    assert answer.stopped == "seconds"
    assert "ran out of time" in answer.text
    assert "limits.seconds" in answer.text


async def test_a_cancelled_walk_cancels_its_calls_at_once() -> None:
    """Cancelling the task of a walk, as Ctrl-C does, reaches every call under way."""
    gates = {"a": Gate(), "b": Gate()}
    walk = asyncio.create_task(workflow_of(graph_of(["desk -> [a, b]"]), {"desk": [["a", "b"]]}, gates).arun("q"))
    for gate in gates.values():
        await gate.entered.wait()
    walk.cancel()
    with pytest.raises(asyncio.CancelledError):
        await walk
    assert all(gate.cancelled for gate in gates.values())


async def test_a_cancelled_walk_cancels_a_call_that_is_alone() -> None:
    """The same for a single call, which runs without a task of its own."""
    gate = Gate()
    walk = asyncio.create_task(workflow_of(graph_of(["desk -> a"]), {"desk": ["a"]}, {"a": gate}).arun("q"))
    await gate.entered.wait()
    walk.cancel()
    with pytest.raises(asyncio.CancelledError):
        await walk
    assert gate.cancelled


def nested(levels: int, **limits: Any) -> Graph:
    graph = graph_of(["worker -> worker"], name="level 0")
    for level in range(1, levels + 1):
        graph = graph_of(["desk -> inner"], name=f"level {level}", agents={"inner": graph}, limits=limits)
    return graph


async def test_agents_nested_deeper_than_allowed_fail_with_the_reason() -> None:
    """With depth 2 the third level is not entered, and each level above says why."""
    answer = await workflow_of(nested(3, depth=2), lambda *given: [given[2][0].id] if not given[3].steps else []).arun(
        "q"
    )
    assert answer.stopped == "failed"
    assert "nested too deep to enter 'inner'; allow more with limits.depth" in answer.text


async def test_the_outer_seconds_hold_inside_agents_and_the_best_answer_gets_out() -> None:
    """The inner walk is stopped a little before the outer one: what it had found is the answer of both."""
    inner = graph_of(["start -> [quick, never]"], masters="start")
    outer = graph_of(["desk -> agent"], agents={"agent": inner})
    script = {"desk": ["agent"], "start": [["quick", "never"]]}
    never = Gate()
    answer = await workflow_of(outer, script, {"agent/never": never}).arun("q", seconds=2.0)
    assert (answer.text, answer.stopped, never.cancelled) == ("quick(q)", "seconds", True)


async def test_limits_parallel_counts_the_workers_inside_agents() -> None:
    """Two agents of two workers each, and two workers at work at the same time at most."""
    most = now = 0

    class Counting:
        async def run(self, call: Any) -> Result:
            nonlocal most, now
            now += 1
            most = max(most, now)
            for _ in range(3):
                await asyncio.sleep(0)
            now -= 1
            return Result("done")

    inner = graph_of(["start -> [a, b]"], masters="start")
    outer = graph_of(["desk -> [one, two]"], agents={"one": inner, "two": inner}, limits={"parallel": 2})
    script = {"desk": [["one", "two"]], "start": [["a", "b"]]}
    workers = {f"{agent}/{name}": Counting() for agent in ("one", "two") for name in "ab"}
    answer = await workflow_of(outer, script, workers).arun("q")
    assert sorted(steps(answer)) == ["one", "two"]
    assert most == 2


@pytest.mark.parametrize("options", [{"max_hops": 0}, {"seconds": 0}, {"seconds": -1}, {"seconds": float("nan")}])
async def test_budgets_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    """Zero hops or seconds are an error of the caller."""
    with pytest.raises(InputError):
        await workflow_of(graph_of(["desk -> a"]), {"desk": ["a"]}, {"a": Echo("a")}).arun("q", **options)
