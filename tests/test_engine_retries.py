"""Retries and timeouts: what is tried again, how often, and what a policy costs while nothing fails."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_message,
    stop_after_attempt,
    stop_after_delay,
    wait_none,
)
from walkers import Gate, Raising, graph_of, workflow_of

from octograph import (
    ArgumentError,
    Decision,
    Graph,
    HopEnded,
    InputError,
    MissingExtra,
    Place,
    Retried,
    Retry,
    RetryPolicy,
    Trace,
    WalkError,
    WorkerError,
    Workflow,
)
from octograph.engine.retrying import policy_of

FLAKY = {"attempts": 3, "wait": 0.0}


def one(worker: Any, **node: Any) -> Workflow:
    return workflow_of(graph_of(["desk -> a"], settings={"a": node}), {"desk": ["a"]}, {"a": worker})


async def test_a_failing_worker_is_tried_again_and_the_attempts_are_recorded() -> None:
    """It fails twice and works the third time: the step is done, with three attempts."""
    answer = await one(Raising(WorkerError("busy"), times=2), retry=FLAKY).arun("q")
    assert (answer.text, answer.trace.step(0).attempts) == ("recovered for q", 3)


async def test_a_worker_that_keeps_failing_is_given_up() -> None:
    """After its last attempt the step has failed, with the last error's words and the number of attempts."""
    worker = Raising(WorkerError("busy"))
    answer = await one(worker, retry=FLAKY).arun("q")
    step = answer.trace.step(0)
    assert (step.status, step.error, step.attempts, worker.calls) == ("failed", "busy", 3, 3)


async def test_without_a_policy_nothing_is_tried_again() -> None:
    """One attempt is the default."""
    worker = Raising(WorkerError("busy"), times=1)
    assert (await one(worker).arun("q")).stopped == "failed"
    assert worker.calls == 1


@pytest.mark.parametrize("error", [ArgumentError("no unit"), MissingExtra("maths", "tools", "sympy")])
async def test_what_another_try_can_not_change_is_not_tried_again(error: Exception) -> None:
    """A bad argument and a missing package stay what they are."""
    worker = Raising(error)
    answer = await one(worker, retry=FLAKY).arun("q")
    assert (worker.calls, answer.trace.step(0).attempts) == (1, 1)


async def test_a_bad_argument_at_the_second_try_ends_the_tries() -> None:
    """What comes up later is judged as well."""

    class Worse(Raising):
        async def run(self, call: Any) -> Any:
            try:
                return await super().run(call)
            finally:
                self.error = ArgumentError("no unit")

    worker = Worse(WorkerError("busy"))
    answer = await one(worker, retry=FLAKY).arun("q")
    assert (worker.calls, answer.trace.step(0).error) == (2, "no unit")


async def test_the_graph_sets_the_policy_and_a_node_may_set_its_own() -> None:
    """The graph says three attempts; the node that says one is tried once."""
    workers = {"a": Raising(WorkerError("x")), "b": Raising(WorkerError("x"))}
    graph = graph_of(["desk -> [a, b]"], settings={"b": {"retry": {"attempts": 1}}}, retry=FLAKY)
    await workflow_of(graph, {"desk": [["a", "b"]]}, workers).arun("q")
    assert (workers["a"].calls, workers["b"].calls) == (3, 1)


async def test_policies_compose_as_tenacity_composes_them() -> None:
    """A policy handed to the workflow holds where the graph says nothing, with `|` between its parts."""
    policy = RetryPolicy(
        stop_after_attempt(4) | stop_after_delay(60), wait_none(), retry_if_exception_message(match="busy")
    )
    workers = {"a": Raising(WorkerError("busy")), "b": Raising(WorkerError("gone"))}
    graph = graph_of(["desk -> [a, b]"])
    await workflow_of(graph, {"desk": [["a", "b"]]}, workers, retry=policy).arun("q")
    assert (workers["a"].calls, workers["b"].calls) == (4, 1)


async def test_a_try_that_takes_too_long_is_cancelled_and_counts_as_failed() -> None:
    """The timeout is per try, and its error says how long was allowed."""
    gate = Gate()
    answer = await one(gate, timeout=0.02).arun("q")
    assert gate.cancelled
    assert answer.text == "a could not do “q”: took longer than 0.02 s"


async def test_a_timeout_is_worth_another_try() -> None:
    """The first try hangs, the second one answers."""

    class OnceSlow(Gate):
        async def run(self, call: Any) -> Any:
            if self.entered.is_set():
                self.opened.set()
            return await super().run(call)

    answer = await one(OnceSlow(), timeout=0.02, retry=FLAKY).arun("q")
    assert (answer.text, answer.trace.step(0).attempts) == ("opened for q", 2)


async def test_a_timeout_of_the_worker_itself_is_its_own_error() -> None:
    """Only our own timer makes a WorkerTimeout."""
    answer = await one(Raising(TimeoutError("socket")), timeout=5).arun("q")
    assert answer.trace.step(0).error == "TimeoutError: socket"


async def test_retries_can_be_watched() -> None:
    """Each failed try that is followed by another is an event before the hop ends."""
    events = [event async for event in one(Raising(WorkerError("busy"), times=2), retry=FLAKY).stream("q")]
    kinds = [(type(event), getattr(event, "attempt", None)) for event in events]
    assert kinds.index((Retried, 1)) < kinds.index((Retried, 2)) < kinds.index((HopEnded, None))
    assert next(event.error for event in events if isinstance(event, Retried)) == "busy"


async def test_cancelling_ends_the_waiting_between_tries() -> None:
    """A walk that is cancelled while it waits for the next try ends at once."""
    worker = Raising(WorkerError("busy"))
    workflow = one(worker, retry={"attempts": 2, "wait": 1000, "max_wait": 1000})
    walk = asyncio.create_task(workflow.arun("q"))
    while not worker.calls:
        await asyncio.sleep(0)
    walk.cancel()
    with pytest.raises(asyncio.CancelledError):
        await walk
    assert worker.calls == 1


class Unreachable:
    """An Octopus whose model can't be reached so many times, and then chooses `a`."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.asked = error, times, 0

    async def choose(self, query: Any, at: Place, neighbors: Any, trace: Trace) -> list[Decision]:
        if trace.steps:
            return []
        self.asked += 1
        if self.asked <= self.times:
            raise self.error
        return [Decision("a", query.text, 1.0)]


@pytest.mark.parametrize(("at", "retry"), [("desk", None), ("graph", None), ("call", policy_of(Retry(**FLAKY)))])
async def test_an_octopus_that_is_not_reached_is_asked_again(at: str, retry: RetryPolicy | None) -> None:
    """By the retry of the node it decides at, that of the graph, or that of the caller."""
    settings = {"desk": {"retry": FLAKY}} if at == "desk" else {}
    graph = graph_of(["desk -> a"], settings=settings, **({"retry": FLAKY} if at == "graph" else {}))
    octopus = Unreachable(WorkerError("busy"), times=2)
    answer = await workflow_of(graph, octopus, retry=retry).arun("q")
    assert (answer.stopped, octopus.asked) == ("done", 3)


@pytest.mark.parametrize(("error", "asked"), [(WorkerError("busy"), 3), (WalkError("no"), 1), (InputError("key"), 1)])
async def test_an_octopus_is_asked_again_where_that_may_help(error: Exception, asked: int) -> None:
    """What another try can't change is not tried, and the last error is the one that is told."""
    octopus = Unreachable(error, times=9)
    with pytest.raises(type(error), match=str(error)):
        await workflow_of(graph_of(["desk -> a"], retry=FLAKY), octopus).arun("q")
    assert octopus.asked == asked


def test_waits_grow_and_stay_below_the_longest() -> None:
    """The waits a graph describes double from try to try, with jitter, up to `max_wait`."""
    policy = policy_of(Retry(attempts=9, wait=1.0, max_wait=3.0))
    state = RetryCallState(Retrying(), None, (), {})
    waits = []
    for attempt in range(1, 6):
        state.attempt_number = attempt
        waits.append(policy.wait(state))
    lowest = [1, 2, 3, 3, 3]
    assert all(low <= wait <= 3 for low, wait in zip(lowest, waits, strict=True)), waits


async def test_secrets_stay_out_of_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that quotes its key in an error does not put it into trace, answer or events."""
    monkeypatch.setenv("LAW_KEY", "sk-very-secret")
    text = """
octograph: 1
name: secret
start: law
nodes:
  law: {kind: chat, description: Law., model: {name: m, key: "Bearer ${LAW_KEY}"}, retry: {attempts: 2, wait: 0}}
"""
    graph = Graph.parse(text)
    worker = Raising(RuntimeError("401 for sk-very-secret"))
    events = [event async for event in Workflow(graph, workers={"law": worker}).stream("q")]
    assert "sk-very-secret" not in repr(events)
    assert "401 for ${LAW_KEY}" in repr(events)
