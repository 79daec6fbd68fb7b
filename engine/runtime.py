"""LangGraph, and the only file that imports it: a fixed small graph runs the hops of any walk, stored or not.

Without a checkpointer all hops run inside one step of LangGraph. With one, each wave of hops is a step whose state is
that wave as plain data; the walk itself and its calls under way stay in this process.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from ..graphs.errors import InputError
from ..graphs.model import Graph
from ..graphs.walk import Query
from .advancing import begin
from .hop import every_hop, hop
from .running import Run
from .storing import first_wave, next_wave, restored
from .walking import Walk

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

_STEPS = 1_000_000_000
"""LangGraph's own limit on supersteps, out of the way: running into it would throw the walk's work away."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a LangGraph node gets beside its state: the walk, in this process, and what it needs."""

    walk: Walk
    run: Run


async def drive(walk: Walk, run: Run) -> None:
    """Run a walk to its end; nothing is stored on the way."""
    async for _ in _one_step().astream(
        {"ended": False}, {"recursion_limit": _STEPS}, context=Context(walk, run), stream_mode=[]
    ):
        pass


@dataclass(frozen=True, slots=True)
class Thread:
    """A name under which a checkpointer stores a walk, hop by hop."""

    name: str
    checkpointer: BaseCheckpointSaver[str]
    loop: Any
    """The compiled LangGraph over that checkpointer."""

    async def begin(self, graph: Graph, query: Query) -> Walk:
        """The walk this thread was broken off in, if the same was asked; else a new one."""
        return restored(graph, query, await self._waves()) or begin(graph, query)

    async def drive(self, walk: Walk, run: Run) -> None:
        """Run a walk to its end; hops that have ended are stored before the next begins."""
        config = {"recursion_limit": _STEPS, "configurable": {"thread_id": self.name}}
        wave = next_wave(walk) if walk.steps else first_wave(walk)
        async for _ in self.loop.astream(
            {"wave": wave}, config, context=Context(walk, run), stream_mode=[], durability="sync"
        ):
            pass
        for step in walk.steps:
            if run.crew.is_agent(step.node):
                await self.inside(walk, step.hop).forget()

    async def _waves(self) -> list[dict[str, Any]]:
        """The waves of the last walk in this thread, oldest first."""
        waves: dict[Any, dict[str, Any]] = {}
        try:
            async for stored in self.checkpointer.alist(
                {"configurable": {"thread_id": self.name, "checkpoint_ns": ""}}
            ):
                checkpoint = stored.checkpoint
                wave = checkpoint["channel_values"].get("wave")
                if wave is not None:
                    waves[checkpoint["channel_versions"]["wave"]] = wave
                    if wave.get("ended") or "query" in wave:
                        break
        except NotImplementedError as error:
            kind = type(self.checkpointer).__name__
            raise InputError(f"checkpointer: {kind} is not asynchronous; use its async form, Async{kind}") from error
        return list(waves.values())[::-1]

    def inside(self, walk: Walk, hop: int) -> Thread:
        """The thread of the walk inside the agent that a hop has entered."""
        return Thread(f"{self.name}/{walk.id}/{hop}", self.checkpointer, self.loop)

    async def forget(self) -> None:
        """Delete what is stored, where the checkpointer can."""
        with suppress(NotImplementedError):
            await self.checkpointer.adelete_thread(self.name)


@asynccontextmanager
async def open_thread(name: str, checkpointer: BaseCheckpointSaver[str] | Path) -> AsyncIterator[Thread]:
    """A thread of a checkpointer, or of a SQLite file that is opened for as long."""
    if not isinstance(checkpointer, Path):
        yield Thread(name, checkpointer, _self_loop(checkpointer))
        return
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async with AsyncSqliteSaver.from_conn_string(str(checkpointer)) as saver:
        yield Thread(name, saver, _self_loop(saver))


@cache
def _one_step() -> Any:
    from langgraph.graph import END, START, StateGraph
    from langgraph.runtime import Runtime

    class State(TypedDict):
        ended: bool

    async def walk_on(state: State, runtime: Runtime[Context]) -> State:
        _leave_langgraph()
        await every_hop(runtime.context.walk, runtime.context.run)
        return {"ended": True}

    builder = StateGraph(State, context_schema=Context)
    builder.add_node("walk", walk_on)
    builder.add_edge(START, "walk")
    builder.add_edge("walk", END)
    return builder.compile(checkpointer=False)


def _self_loop(checkpointer: BaseCheckpointSaver[str]) -> Any:
    return _loop_builder().compile(checkpointer=checkpointer)


@cache
def _loop_builder() -> Any:
    from langgraph.graph import END, START, StateGraph
    from langgraph.runtime import Runtime
    from langgraph.types import Command

    class State(TypedDict):
        wave: dict[str, Any]

    async def hop_on(state: State, runtime: Runtime[Context]) -> Command[Any]:
        _leave_langgraph()
        walk = runtime.context.walk
        await hop(walk, runtime.context.run)
        return Command(update={"wave": next_wave(walk)}, goto=END if walk.ended else "hop")

    builder = StateGraph(State, context_schema=Context)
    builder.add_node("hop", hop_on, destinations=("hop", END))
    builder.add_edge(START, "hop")
    return builder


def _leave_langgraph() -> None:
    """Let a worker that uses LangGraph itself start a graph of its own, not a part of ours."""
    from langchain_core.runnables.config import var_child_runnable_config

    var_child_runnable_config.set(None)
