"""What every kind of worker must keep to: one coroutine from a call to a result, cancellable, used by many at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import small_models
from small_endpoint import SmallEndpoint
from walkers import graph_of, workflow_of

from octograph import Answer, ArgumentError, Call, Query, Result, Step, Trace, WorkerError, tool
from octograph.engine.planning import PlannedAgent, PlannedWorker
from octograph.graphs.sections import ModelSpec, Node
from octograph.nodes.agent import AgentWorker
from octograph.nodes.chat import make_chat_worker
from octograph.nodes.model import make_model_worker
from octograph.nodes.tool import ToolWorker
from octograph.nodes.worker import Worker


@tool("contracts.plain")
def plain(text: str) -> str:
    """A plain function."""
    if text == "fail":
        raise WorkerError("asked to fail")
    return f"done: {text}"


@tool("contracts.coroutine")
async def coroutine(text: str) -> str:
    """A coroutine."""
    await asyncio.sleep(0)
    return plain(text)


async def inside(call: Call) -> Answer:
    """The walk inside an agent."""
    await asyncio.sleep(0)
    if call.query.text == "fail":
        return Answer("nobody could", stopped="failed", trace=Trace("inner", "fail"))
    text = f"done: {call.query.text}"
    return Answer(text, trace=Trace("inner", call.query.text, (Step(0, None, "x", call.query.text, text),)))


def _planned() -> PlannedWorker:
    return PlannedWorker(workflow_of(graph_of(["desk -> a"]), {"desk": ["a"]})._crew, "a")


def _model() -> Worker:
    """A model trained to answer what these tests ask."""
    model = ModelSpec(name=str(small_models.small_echo_causal()), max_tokens=12)
    node = Node(id="a", kind="model", prompt="{query} =>", model=model)
    return make_model_worker(node, graph_of(["desk -> a"]))


def _chat() -> Worker:
    """A server that repeats what it is asked, and says nothing to one request."""
    model = ModelSpec(name="small", url=_server().url)
    return make_chat_worker(Node(id="a", kind="chat", model=model), graph_of(["desk -> a"]))


@cache
def _server() -> SmallEndpoint:
    return SmallEndpoint(say=_said).__enter__()


def _said(body: dict[str, Any]) -> str:
    asked = body["messages"][-1]["content"]
    return "" if asked == "fail" else f"done: {asked}"


WORKING: dict[str, Callable[[], Worker]] = {
    "tool, a plain function": lambda: ToolWorker(plain),
    "tool, a coroutine": lambda: ToolWorker(coroutine),
    "agent": lambda: AgentWorker(inside),
    "model": _model,
    "chat": _chat,
}
PLANNING: dict[str, Callable[[], Worker]] = {
    "planned": _planned,
    "planned agent": lambda: PlannedAgent(inside, _planned()),
}


def call_of(text: str, **fields: Any) -> Call:
    return Call(0, "desk", "a", Query(text), **fields)


@pytest.fixture(params=[*WORKING, *PLANNING])
def worker(request: pytest.FixtureRequest) -> Worker:
    """Every kind of worker."""
    return {**WORKING, **PLANNING}[request.param]()


@pytest.fixture(params=list(WORKING))
def working(request: pytest.FixtureRequest) -> Worker:
    """Every kind that does real work."""
    return WORKING[request.param]()


async def test_a_call_becomes_a_result(worker: Worker) -> None:
    """Words for people, plain data for the next worker."""
    assert isinstance(worker, Worker)
    result = await worker.run(call_of("hello"))
    assert isinstance(result, Result)
    assert result.text
    assert result.kind
    assert json.loads(json.dumps(result.data)) == result.data


async def test_calls_at_once_do_not_mix(working: Worker) -> None:
    """One worker serves many calls at the same time."""
    results = await asyncio.gather(*(working.run(call_of(f"n{number}")) for number in range(10)))
    assert [result.text for result in results] == [f"done: n{number}" for number in range(10)]


async def test_what_goes_wrong_on_purpose_is_a_worker_error(working: Worker) -> None:
    """The reason is for people to read."""
    with pytest.raises(WorkerError, match=r"asked to fail|nobody could|answered nothing"):
        await working.run(call_of("fail"))


async def test_a_call_can_be_cancelled(worker: Worker) -> None:
    """Cancelling comes out as it is, never as a result or another error."""
    task = asyncio.create_task(worker.run(call_of("hello")))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("arguments", [{"txt": "x"}, {"text": 7}, {"text": None}])
async def test_a_tool_refuses_arguments_that_do_not_fit(arguments: dict[str, Any]) -> None:
    """Unknown names and wrong types are errors that another try would not change."""
    for made in (plain, coroutine):
        with pytest.raises(ArgumentError):
            await ToolWorker(made).run(call_of("hello", arguments=arguments))
