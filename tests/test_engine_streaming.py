"""A walk, watched: the order of its events, and what happens when nobody watches to the end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from walkers import Gate, Raising, graph_of, workflow_of

from octograph import Decided, HopEnded, HopStarted, InputError, NotRunnable, WalkEnded

GRAPH = graph_of(["desk -> [a, b]", "a => c"])
SCRIPT = {"desk": ["a", ["b", None]]}


def brief(event: Any) -> tuple[Any, ...]:
    match event:
        case Decided(at, decisions, _):
            return "decided", at.node, [decision.neighbor for decision in decisions]
        case HopStarted(call, _):
            return "started", call.node
        case HopEnded(step, _):
            return "ended", step.node, step.status
        case WalkEnded(answer):
            return "walk ended", answer.stopped
    return (event,)


async def test_events_come_in_the_order_in_which_things_happen() -> None:
    """Decided, started, ended, and at the very end the walk with its answer."""
    events = [brief(event) async for event in workflow_of(GRAPH, SCRIPT).stream("q")]
    assert events == [
        ("decided", "desk", ["a"]),
        ("started", "a"),
        ("ended", "a", "done"),
        ("started", "c"),
        ("ended", "c", "done"),
        ("decided", "desk", ["b", None]),
        ("ended", "desk", "abstained"),
        ("started", "b"),
        ("ended", "b", "done"),
        ("decided", "desk", []),
        ("walk ended", "done"),
    ]


async def test_the_ended_hops_are_the_trace_of_the_answer() -> None:
    """Watching shows exactly what is recorded, in the same order; `astream` is the same as `stream`."""
    events = [event async for event in workflow_of(GRAPH, SCRIPT).astream("q")]
    answer = events[-1].answer
    assert [event.step for event in events if isinstance(event, HopEnded)] == list(answer.trace)


async def test_parallel_hops_are_started_before_any_has_ended() -> None:
    """Both parts start before the first ends."""
    events = [brief(event) async for event in workflow_of(GRAPH, {"desk": [["a", "b"]]}).stream("q")]
    assert events[1:3] == [("started", "a"), ("started", "b")]


async def test_leaving_a_stream_ends_the_walk() -> None:
    """Who stops watching stops the walk: the call under way is cancelled."""
    gate = Gate()
    stream = workflow_of(GRAPH, {"desk": ["b"]}, {"b": gate}).stream("q")
    async for event in stream:
        if isinstance(event, HopStarted):
            await gate.entered.wait()
            break
    await stream.aclose()
    assert gate.cancelled


async def test_an_error_comes_out_of_the_stream_after_the_events_before_it() -> None:
    """What ends the walk with an error is raised to who watches."""
    workflow = workflow_of(GRAPH, {"desk": ["b"]}, {"b": Raising(NotRunnable("no implementation"))})
    seen: list[Any] = []

    async def watch() -> None:
        async for event in workflow.stream("q"):
            seen.append(brief(event))  # noqa: PERF401  (the loop raises)

    with pytest.raises(NotRunnable):
        await watch()
    assert seen == [("decided", "desk", ["b"]), ("started", "b")]
    with pytest.raises(InputError):
        await anext(aiter(workflow.stream(" ")))


async def test_a_budget_that_is_spent_ends_the_stream_with_the_answer() -> None:
    """Out of time is an answer, not an error, also when watched."""
    workflow = workflow_of(GRAPH, {"desk": ["b"]}, {"b": Gate()})
    events = [event async for event in workflow.stream("q", seconds=0.02)]
    assert brief(events[-1]) == ("walk ended", "seconds")


async def test_two_streams_of_one_workflow_do_not_mix() -> None:
    """Each stream has the events of its own walk."""
    workflow = workflow_of(GRAPH, SCRIPT)

    async def outputs(query: str) -> list[str]:
        return [event.step.query async for event in workflow.stream(query) if isinstance(event, HopEnded)]

    one, two = await asyncio.gather(outputs("one"), outputs("two"))
    assert set(one) == {"one", "a(one)"}
    assert set(two) == {"two", "a(two)"}
