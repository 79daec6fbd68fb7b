"""The walk inside an agent: a run of its own, on what is left of the budgets outside."""

from __future__ import annotations

from functools import partial
from time import monotonic

from ..graphs.errors import WorkerError
from ..graphs.model import NodeId
from ..graphs.walk import Answer, Call
from ..nodes.agent import AgentWorker
from ..nodes.worker import Worker
from .advancing import begin
from .ending import walk_in_thread, walk_to_answer
from .planning import PlannedAgent, PlannedWorker
from .running import Run

_MARGIN, _LEAST_MARGIN = 0.1, 0.05
"""Share and least seconds of the time left that an agent leaves over, so that its best answer still gets out."""


def working(run: Run, node: NodeId) -> Worker:
    """The worker that does the work of a node."""
    if run.crew.is_agent(node):
        return AgentWorker(partial(_walk_inside, run))
    return run.crew.worker(node)


def planning(run: Run, node: NodeId) -> Worker:
    """The worker that stands for a node in a plan."""
    planned = PlannedWorker(run.crew, node)
    if run.crew.is_agent(node) and run.depth > 0:
        return PlannedAgent(partial(_walk_inside, run), planned)
    return planned


async def _walk_inside(run: Run, call: Call) -> Answer:
    if run.depth <= 0:
        raise WorkerError(f"agents are nested too deep to enter {call.node!r}; allow more with limits.depth")
    crew = run.crew.inside(call.node)
    limits = crew.graph.limits
    timeout = run.crew.graph.nodes[call.node].timeout
    left = run.seconds_left if timeout is None else min(timeout, run.seconds_left)
    inner = Run(
        crew,
        run.worker_of,
        hops=limits.hops,
        parallel=limits.parallel,
        depth=min(run.depth - 1, limits.depth),
        deadline=monotonic() + min(limits.seconds, left - min(left / 2, max(left * _MARGIN, _LEAST_MARGIN))),
        slots=run.slots,
        watch=run.watch,
        streaming=run.streaming,
        inside=(*run.inside, call.node),
        retry=run.retry,
    )
    if run.thread_inside is None:
        return await walk_to_answer(begin(crew.graph, call.query), inner)
    return await walk_in_thread(run.thread_inside(call.hop), call.query, inner)
