"""LangGraph, and the only file that imports it: a fixed small graph runs the hops of any walk, stored or not.

Without a checkpointer all hops run inside one step of LangGraph. With one, each wave of hops is a step whose state is
that wave as plain data; the walk itself and its calls under way stay in this process.
"""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..graphs.errors import InputError
from ..graphs.model import Graph
from ..graphs.walk import Query
from .advancing import begin
from .hop import every_hop, hop
from .running import Run
from .storing import Wave, first_wave, next_wave, restored
from .walking import Walk

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

_STEPS = 1_000_000_000
"""LangGraph's own limit on supersteps, out of the way: running into it would throw the walk's work away."""

_GOING_ON, _ENDED = "wave", "last"
"""The channels a wave is written to: the first one starts the next wave. Each checkpoint holds one of them."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a LangGraph node gets beside its state: the walk, in this process, and what it needs."""

    walk: Walk
    run: Run


async def drive(walk: Walk, run: Run) -> None:
    """Run a walk to its end; nothing is stored on the way."""
    async for _ in _one_step().astream(True, {"recursion_limit": _STEPS}, context=Context(walk, run), stream_mode=[]):
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
        async for _ in self.loop.astream(wave, config, context=Context(walk, run), stream_mode=[], durability="sync"):
            pass
        for step in walk.steps:
            if run.crew.is_agent(step.node):
                await self.inside(walk, step.hop).forget()

    async def _waves(self) -> list[Wave]:
        """The waves of the last walk in this thread, oldest first."""
        waves: list[Wave] = []
        try:
            async for stored in self.checkpointer.alist(
                {"configurable": {"thread_id": self.name, "checkpoint_ns": ""}}
            ):
                values = stored.checkpoint["channel_values"]
                wave = values.get(_GOING_ON) or values.get(_ENDED)
                if not isinstance(wave, dict) or (not waves and wave.get("ended") == "done"):
                    break
                if waves and wave["walk"] != waves[0]["walk"]:
                    continue  # of another walk that ran in this thread at the same time
                waves.append(wave)
                if "query" in wave:
                    break
        except NotImplementedError as error:
            kind = type(self.checkpointer).__name__
            raise InputError(f"checkpointer: {kind} is not asynchronous; use its async form, Async{kind}") from error
        return waves[::-1]

    def inside(self, walk: Walk, hop: int) -> Thread:
        """The thread of the walk inside the agent that a hop has entered."""
        return Thread(f"{self.name}/{walk.id}/{hop}", self.checkpointer, self.loop)

    async def forget(self) -> None:
        """Delete what is stored, where the checkpointer can."""
        with suppress(NotImplementedError):
            await self.checkpointer.adelete_thread(self.name)


class Storage:
    """Where threads are kept: a checkpointer, or a SQLite file that is opened for each walk."""

    def __init__(self, checkpointer: BaseCheckpointSaver[str] | Path) -> None:
        self._path = checkpointer if isinstance(checkpointer, Path) else None
        self._checkpointer = None if isinstance(checkpointer, Path) else checkpointer
        self._loop: Any = None

    @asynccontextmanager
    async def open(self, name: str) -> AsyncIterator[Thread]:
        """The thread of that name."""
        if self._checkpointer is not None:
            self._loop = self._loop or _self_loop(self._checkpointer)
            yield Thread(name, self._checkpointer, self._loop)
            return
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

        async with AsyncExitStack() as opened:
            try:
                saver = await opened.enter_async_context(AsyncSqliteSaver.from_conn_string(str(self._path)))
                await saver.setup()
            except sqlite3.Error as error:
                raise InputError(
                    f"{self._path}: walks can't be stored there: {error}; move the file away, or choose another place"
                ) from error
            yield Thread(name, saver, _self_loop(saver))


@cache
def _one_step() -> Any:
    """The fixed graph that nothing is stored of: one node, in which all hops run."""
    _import_langgraph()
    from langgraph.channels import EphemeralValue
    from langgraph.pregel import NodeBuilder, Pregel

    async def walk_on(context: Context) -> None:
        await every_hop(context.walk, context.run)

    node = NodeBuilder().subscribe_only("begin").do(_node(walk_on)).build()
    return Pregel(
        nodes={"walk": node},
        channels={"begin": EphemeralValue(bool)},
        input_channels="begin",
        output_channels="begin",
        checkpointer=False,
    )


def _self_loop(checkpointer: BaseCheckpointSaver[str]) -> Any:
    """The fixed graph that is stored: one node that goes to itself, a wave of hops each time."""
    _import_langgraph()
    from langgraph.channels import EphemeralValue
    from langgraph.pregel import NodeBuilder, Pregel
    from langgraph.pregel._write import ChannelWriteEntry  # exported nowhere else, though NodeBuilder takes it

    async def hop_on(context: Context) -> Wave:
        await hop(context.walk, context.run)
        return next_wave(context.walk)

    def going_on(wave: Wave) -> Wave | None:
        return None if "ended" in wave else wave

    def ended(wave: Wave) -> Wave | None:
        return wave if "ended" in wave else None

    node = (
        NodeBuilder()
        .subscribe_only(_GOING_ON)
        .do(_node(hop_on))
        .write_to(
            ChannelWriteEntry(_GOING_ON, skip_none=True, mapper=going_on),
            ChannelWriteEntry(_ENDED, skip_none=True, mapper=ended),
        )
        .build()
    )
    return Pregel(
        nodes={"hop": node},
        channels={_GOING_ON: EphemeralValue(dict), _ENDED: EphemeralValue(dict)},
        input_channels=_GOING_ON,
        output_channels=_ENDED,
        checkpointer=checkpointer,
    )


def _import_langgraph() -> None:
    """Import LangGraph with the garbage collector paused: it would find nothing and take a seventh of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        import langgraph.pregel
        import langgraph.runtime  # noqa: F401
    finally:
        if collecting:
            gc.enable()


def _node(act: Callable[[Context], Awaitable[Any]]) -> Any:
    """`act` as a LangGraph node. A plain function would be traced by LangChain, at a fifth of the cost of a hop."""
    from langchain_core.runnables import Runnable
    from langchain_core.runnables.config import var_child_runnable_config
    from langgraph.runtime import get_runtime

    class Node(Runnable[Any, Any]):
        def invoke(self, input: Any, config: Any = None, **options: Any) -> Any:
            raise RuntimeError("a walk is asynchronous")

        async def ainvoke(self, input: Any, config: Any = None, **options: Any) -> Any:
            context = get_runtime(Context).context
            var_child_runnable_config.set(None)  # a worker that uses LangGraph itself starts a graph of its own
            return await act(context)

    return Node()
