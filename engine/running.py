"""What a walk needs that is not data: its crew, its budgets, the tasks under way and those who watch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from ..graphs.model import NodeId
from ..graphs.walk import Step
from ..nodes.worker import Worker
from .crew import Crew
from .events import Event
from .retrying import RetryPolicy, policy_of

if TYPE_CHECKING:
    from .runtime import Thread

WorkerOf = Callable[["Run", NodeId], Worker]


@dataclass(slots=True)
class Run:
    """One walk's surroundings; a walk inside an agent has its own."""

    crew: Crew
    worker_of: WorkerOf
    """The worker a call goes to: the real one, or one that only plans."""
    hops: int
    parallel: int
    depth: int
    """How many levels of agents may still be entered."""
    deadline: float
    """Moment of `time.monotonic` at which the walk's seconds are spent."""
    slots: asyncio.Semaphore
    """Workers at work at the same time, those inside agents included."""
    watch: Callable[[Event], None] | None = None
    streaming: bool = False
    """True if somebody watches who wants to hear what workers say as they say it; the log does not."""
    inside: tuple[str, ...] = ()
    """The agents this walk is inside of, outermost first."""
    retry: RetryPolicy | None = None
    """The policy of nodes whose graph says nothing about retries."""
    thread_inside: Callable[[int], Thread] | None = None
    """Where the walk inside the agent that a hop enters is stored; None: nowhere."""
    tasks: dict[int, asyncio.Task[Step]] = field(default_factory=dict)
    workers: dict[NodeId, Worker] = field(default_factory=dict)

    @property
    def seconds_left(self) -> float:
        return self.deadline - monotonic()

    def worker(self, node: NodeId) -> Worker:
        worker = self.workers.get(node)
        if worker is None:
            worker = self.workers[node] = self.worker_of(self, node)
        return worker

    def retry_policy(self, node: NodeId) -> RetryPolicy | None:
        """How a failing call of `node` is tried again; None: not at all."""
        graph = self.crew.graph
        retry = graph.nodes[node].retry or graph.retry
        if retry.attempts > 1:
            return policy_of(retry)
        return None if graph.nodes[node].retry else self.retry

    def tell(self, event: Event) -> None:
        """Let those who watch know."""
        if self.watch is not None:
            self.watch(event)

    async def close(self) -> None:
        """Cancel what is still under way, and wait until it has seen that."""
        tasks = list(self.tasks.values())
        self.tasks.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)
