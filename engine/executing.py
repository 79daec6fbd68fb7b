"""One call, from start to step: the worker runs under its timeout, a failure is retried, what remains is recorded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import perf_counter

from ..graphs.errors import Abstained, ArgumentError, NotAnEdge, NotRunnable, OctographError, WorkerTimeout
from ..graphs.walk import Call, Result, Step
from ..nodes.agent import AgentWorker
from ..nodes.streaming import told_to
from ..nodes.tool import ToolWorker
from ..nodes.worker import Worker
from ..planners.seams import FillsArguments
from .events import Retried, Streamed
from .masking import masked
from .retrying import retry
from .running import Run


async def execute(run: Run, call: Call) -> Step:
    """The step a call ends in: done or, after its last attempt, failed.

    Raises NotRunnable for a worker without an implementation: that is a fault of the graph, not of the walk.
    """
    began = perf_counter()
    worker = run.worker(call.node)
    if isinstance(worker, ToolWorker) and not call.arguments:
        call = _with_arguments(run, call)
    try:
        result, attempts = await _try(run, worker, call)
    except (NotAnEdge, NotRunnable):
        raise
    except (Exception, SystemExit) as error:
        return _failed(run, call, error, perf_counter() - began)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return _failed(run, call, error, perf_counter() - began)  # something inside the worker was cancelled, not we
    return Step(
        call.hop,
        call.source,
        call.node,
        call.query.text,
        result.text,
        call.arguments,
        call.probability,
        result.data,
        result.kind,
        result.files,
        call.part,
        call.parents,
        "done",
        None,
        perf_counter() - began,
        attempts,
        result.trace,
        result.stopped,
        call.within,
        call.query_logprob,
        result.logprob,
    )


def _with_arguments(run: Run, call: Call) -> Call:
    """A call that no decision filled (the start, a fixed edge) with the arguments its query and inputs hold."""
    octopus = run.crew.octopus(call.node)
    if not isinstance(octopus, FillsArguments):
        return call
    return replace(call, arguments=octopus.fill(call.query, run.crew.card(call.node)))


async def _try(run: Run, worker: Worker, call: Call) -> tuple[Result, int]:
    try:
        return await _attempt(run, worker, call), 1
    except (Abstained, ArgumentError, NotAnEdge, NotRunnable):
        raise
    except Exception as error:
        policy = run.retry_policy(call.node)
        if policy is None:
            raise

        def on_retry(number: int, failure: BaseException) -> None:
            message = masked(describe(failure), run.crew.graph.nodes[call.node])
            run.tell(Retried(call, number, message, run.inside))

        return await retry(policy, lambda: _attempt(run, worker, call), error, on_retry)


async def _attempt(run: Run, worker: Worker, call: Call) -> Result:
    if isinstance(worker, AgentWorker):  # its workers take the slots
        return await _timed(run, worker, call)
    async with run.slots:
        if not run.streaming:
            return await _timed(run, worker, call)
        with told_to(lambda text: run.tell(Streamed(call, text, run.inside))):
            return await _timed(run, worker, call)


async def _timed(run: Run, worker: Worker, call: Call) -> Result:
    seconds = run.crew.graph.nodes[call.node].timeout
    if seconds is None:
        return await worker.run(call)
    timer = asyncio.timeout(seconds)
    try:
        async with timer:
            return await worker.run(call)
    except TimeoutError as error:
        if timer.expired():
            raise WorkerTimeout(f"took longer than {seconds:g} s") from error
        raise


def _failed(run: Run, call: Call, error: BaseException, seconds: float) -> Step:
    return Step(
        call.hop,
        call.source,
        call.node,
        call.query.text,
        arguments=call.arguments,
        probability=call.probability,
        part=call.part,
        parents=call.parents,
        status="abstained" if isinstance(error, Abstained) else "failed",
        error=masked(describe(error), run.crew.graph.nodes[call.node]),
        seconds=seconds,
        attempts=getattr(error, "attempts", 1),
        trace=getattr(error, "trace", None),
        within=call.within,
        query_logprob=call.query_logprob,
    )


def describe(error: BaseException) -> str:
    """An error in words for people: our own say it themselves, others also by their name."""
    if isinstance(error, OctographError):
        return str(error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
