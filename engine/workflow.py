"""The Workflow: what people hold in their hands. A graph, compiled once, that answers, plans and can be watched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from copy import copy
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import TYPE_CHECKING

from ..graphs.errors import GraphError, InputError, nearest
from ..graphs.model import Graph, NodeId
from ..graphs.signature import Neighbor
from ..graphs.walk import Answer, Decision, Place, Plan, Query, Trace
from ..models.trust import trusting_remote_code
from ..nodes.catalog import Catalog
from ..nodes.folder import working_in
from ..nodes.tool import Tool, ToolWorker
from ..nodes.worker import Worker
from ..planners.seams import Octopus, Strategy
from .advancing import begin
from .agents import planning, working
from .blocking import run_blocking
from .checking import tool_problems
from .choosing import octopus_chooser, strategy_chooser
from .crew import Crew
from .ending import walk_in_thread, walk_to_answer
from .events import Event
from .planning import plan_of
from .retrying import RetryPolicy
from .running import Run, WorkerOf

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from .runtime import Storage

LONGEST_REQUEST = 100_000
"""Characters of a request at most: every neighbor's arguments are looked for in all of it."""


class Workflow:
    """A graph made ready to run.

    Example:
        >>> from octograph import Workflow
        >>> answer = Workflow("desk").run("Convert 5 miles to kilometers")
        >>> print(answer.text)
        8.04672 km
    """

    def __init__(
        self,
        graph: Graph | str | Path,
        *,
        tools: Iterable[Tool | ModuleType | str] = (),
        octopus: Octopus | str | Path | None = None,
        strategy: Strategy | str = "greedy",
        files: str | Path | None = None,
        checkpointer: BaseCheckpointSaver[str] | str | Path | None = None,
        workers: Mapping[str, Worker | Tool] | None = None,
        retry: RetryPolicy | None = None,
        trust_remote_code: bool = False,
    ) -> None:
        """Check what the graph names and find its tools; nothing is loaded or run.

        Args:
            graph: A graph, the path of a graph file, or the name of a library graph.
            tools: Tools the graph may name: `@tool` functions, or modules that define some.
            octopus: An Octopus, a backend's name or a folder of trained weights, instead of what the graph says.
            strategy: A strategy or the name of one.
            files: The one folder that file and table tools see; the current one by default.
            checkpointer: Where the hops of every walk that is given a thread are stored: a LangGraph checkpointer
                (an asynchronous one), or the path of a SQLite file.
            workers: Implementations by node id (`agent/node` inside an agent), instead of what the graph says.
            retry: The retry policy of nodes whose graph says nothing about retries.
            trust_remote_code: Whether models may run the Python that comes with their weights.

        Raises:
            GraphError: for a graph that can't be used, with every problem and its place.
            InputError: for an option that can't be used.
        """
        self.graph = graph if isinstance(graph, Graph) else Graph.read(graph)
        self._checkpointer = Path(checkpointer) if isinstance(checkpointer, str) else checkpointer
        self._storage: Storage | None = None
        self._files = _folder(files)
        self._retry = retry
        self._trusts = trust_remote_code
        given = _as_workers(self.graph, workers or {})
        catalog = Catalog(tools)
        problems = list(tool_problems(self.graph, catalog, given))
        if problems:
            raise GraphError(problems)
        self._crew = Crew(self.graph, catalog, octopus_chooser(octopus), strategy_chooser(strategy), given)

    def run(
        self, query: str, *, thread: str | None = None, max_hops: int | None = None, seconds: float | None = None
    ) -> Answer:
        """The answer to a request; see `arun`. Also works where an event loop is running, as in a notebook."""
        return run_blocking(lambda: self.arun(query, thread=thread, max_hops=max_hops, seconds=seconds))

    async def arun(
        self, query: str, *, thread: str | None = None, max_hops: int | None = None, seconds: float | None = None
    ) -> Answer:
        """The answer to a request: always the best so far, with the reason in `stopped` where it is not all.

        Args:
            query: The request.
            thread: Name under which the checkpointer stores the walk's hops. A walk that was broken off is
                gone on with if the same request is made again.
            max_hops: Hops of this walk, instead of the graph's `limits.hops`.
            seconds: Seconds of this walk, instead of the graph's `limits.seconds`.

        Raises:
            InputError: for a request or an option that can't be used.
            NotRunnable: if a worker without an implementation was asked to work.
            NotAnEdge: if a decision leaves the edges of the graph.
        """
        return await self._walk(query, thread, max_hops, seconds, None)

    def plan(self, query: str, *, max_hops: int | None = None) -> Plan:
        """The walk a request would take, not run; see `aplan`."""
        return run_blocking(lambda: self.aplan(query, max_hops=max_hops))

    async def aplan(self, query: str, *, max_hops: int | None = None) -> Plan:
        """The walk a request would take, as far as it can be told before anything has run."""
        request = _request(query)
        run = self._run(max_hops, None, None, planning)
        with self._surroundings():
            answer = await walk_to_answer(begin(self.graph, request), run)
        return plan_of(self.graph, answer.trace, answer.stopped)

    async def adecide(self, query: str) -> Sequence[Decision]:
        """The first decisions on a request, alternatives included: what the Octopus of the start makes of it."""
        request, start = _request(query), self.graph.start
        trace = Trace(self.graph.name, request.text)
        with self._surroundings():
            return await self._crew.octopus(start).choose(request, Place(start), self._crew.cards(start), trace)

    def neighbors(self, node: NodeId, inside: Sequence[NodeId] = ()) -> Sequence[Neighbor]:
        """The cards an Octopus at `node` chooses among, in the order of the graph.

        `inside` names the agents on the way down to a node of a sub-graph.
        """
        crew = self._crew
        for agent in inside:
            crew = crew.inside(agent)
        return crew.cards(node)

    def worker(self, node: NodeId) -> Worker:
        """The worker behind a node that is no master and no agent. Raises NotRunnable if it has no implementation."""
        return self._crew.worker(node)

    def with_workers(self, workers: Mapping[str, Worker | Tool]) -> Workflow:
        """This workflow with other workers at some nodes; see `workers` above."""
        other = copy(self)
        other._crew = self._crew.with_workers(_as_workers(self.graph, workers))
        return other

    async def stream(
        self, query: str, *, thread: str | None = None, max_hops: int | None = None, seconds: float | None = None
    ) -> AsyncIterator[Event]:
        """The events of a walk as they happen; the last is `WalkEnded`, with the answer. Closing it ends the walk."""
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        walk = asyncio.create_task(self._walk(query, thread, max_hops, seconds, events.put_nowait))
        walk.add_done_callback(lambda _: events.put_nowait(None))
        try:
            while (event := await events.get()) is not None:
                yield event
            walk.result()
        finally:
            walk.cancel()
            await asyncio.gather(walk, return_exceptions=True)

    astream = stream

    async def _walk(
        self,
        query: str,
        thread: str | None,
        max_hops: int | None,
        seconds: float | None,
        watch: Callable[[Event], None] | None,
    ) -> Answer:
        request = _request(query)
        run = self._run(max_hops, seconds, watch, working)
        if thread is not None and self._checkpointer is None:
            raise InputError(f"thread {thread!r} can't be stored; give the workflow a checkpointer, or leave it out")
        if thread is not None:
            _encodable("the name of the thread", thread)
        from .runtime import Storage, drive

        with self._surroundings():
            if thread is None or self._checkpointer is None:
                return await walk_to_answer(begin(self.graph, request), run, drive)
            self._storage = self._storage or Storage(self._checkpointer)
            async with self._storage.open(thread) as stored:
                return await walk_in_thread(stored, request, run)

    @contextmanager
    def _surroundings(self) -> Iterator[None]:
        """What holds while a walk is walked or planned: its folder, and whether code of models is trusted."""
        with (
            working_in(self._files) if self._files else nullcontext(),
            trusting_remote_code() if self._trusts else nullcontext(),
        ):
            yield

    def _run(
        self, hops: int | None, seconds: float | None, watch: Callable[[Event], None] | None, worker_of: WorkerOf
    ) -> Run:
        limits = self.graph.limits
        if hops is not None and hops < 1:
            raise InputError(f"a walk needs at least one hop, and max_hops is {hops}")
        if seconds is not None and not seconds > 0:
            raise InputError(f"a walk needs some time, and seconds is {seconds:g}")
        return Run(
            self._crew,
            worker_of,
            hops=limits.hops if hops is None else hops,
            parallel=limits.parallel,
            depth=limits.depth,
            deadline=monotonic() + (limits.seconds if seconds is None else seconds),
            slots=asyncio.Semaphore(limits.parallel),
            watch=watch,
            retry=self._retry,
        )

    def __repr__(self) -> str:
        return f"<Workflow over {self.graph!r}>"


def _request(query: str) -> Query:
    if not isinstance(query, str) or not query.strip():
        raise InputError("the request is empty; say what is to be done")
    if len(query) > LONGEST_REQUEST:
        raise InputError(
            f"the request is longer than {LONGEST_REQUEST:,} characters; put long text into a file, and name the file"
        )
    return Query(_encodable("the request", query).strip())


def _encodable(what: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{what} is not UTF-8 text") from error
    return text


def _folder(files: str | Path | None) -> Path | None:
    if files is None:
        return None
    folder = Path(files)
    if not folder.is_dir():
        raise InputError(f"files: {str(files)!r} is not a folder")
    return folder


def _as_workers(graph: Graph, given: Mapping[str, Worker | Tool]) -> dict[str, Worker]:
    """Workers by node. Raises InputError for a node that is not there."""
    for path in given:
        inside, (*agents, node) = graph, path.split("/")
        for agent in agents:
            if agent not in inside.agents:
                raise InputError(
                    f"workers: {path!r}: no agent {agent!r} in {inside.name!r}{nearest(agent, inside.agents)}"
                )
            inside = inside.agents[agent]
        if node not in inside.nodes:
            raise InputError(f"workers: {path!r}: no node {node!r} in {inside.name!r}{nearest(node, inside.nodes)}")
    return {node: ToolWorker(worker) if isinstance(worker, Tool) else worker for node, worker in given.items()}
