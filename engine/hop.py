"""The hop: decide what is due, start what may start, wait for whoever ends first. Every walk runs this one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..graphs.errors import NotAnEdge, nearest
from ..graphs.model import Graph
from ..graphs.walk import Call, Step
from .advancing import enter, fire_waiting, record
from .deciding import decide
from .events import Decided, HopEnded, HopStarted
from .executing import execute
from .running import Run
from .walking import Walk, next_due


async def every_hop(walk: Walk, run: Run) -> None:
    """Hop until the walk has ended."""
    while not walk.ended:
        await hop(walk, run)


async def hop(walk: Walk, run: Run) -> None:
    """One wave of the walk: from the decisions due to the end of the first call or calls.

    Nothing waits for a whole wave: a call that has ended is followed while others are still under way. Cancelled,
    it leaves the walk as it was before the call under way; `run.close()` then ends what runs on its own.
    """
    started = await _prepare(walk, run)
    known = len(walk.steps)
    if not walk.running:
        walk.ended = walk.stopped is not None or not fire_waiting(walk)
        _tell_ended(walk, run, known)
        return
    for step in await _first_ended(walk, run, started):
        record(walk, step)
    walk.ended = not (walk.running or walk.ready or walk.due or walk.joins)
    _tell_ended(walk, run, known)


async def _prepare(walk: Walk, run: Run) -> list[Call]:
    """Decide and start until there is nothing to do but wait."""
    started: list[Call] = []
    while walk.stopped is None:
        while (due := next_due(walk)) is not None:
            known = len(walk.steps)
            decisions = await decide(walk, run.crew, due, run.retry_policy)
            if run.watch is not None and decisions is not None:
                run.watch(Decided(due.place, tuple(decisions), run.inside))
                _tell_ended(walk, run, known)
        known = len(walk.steps)
        started += _start(walk, run)
        _tell_ended(walk, run, known)
        if not walk.due:
            break
    return started


def _tell_ended(walk: Walk, run: Run, known: int) -> None:
    if run.watch is not None:
        for step in walk.steps[known:]:
            run.watch(HopEnded(step, run.inside))


def _start(walk: Walk, run: Run) -> list[Call]:
    """Start the calls that may start now, in order; masters are entered at once. Spent hops stop the walk."""
    started: list[Call] = []
    waiting: list[Call] = []
    while walk.ready:
        call = walk.ready.popleft()
        if not _may_start(walk, run, call):
            waiting.append(call)
            continue
        if walk.started >= run.hops:
            walk.stopped = "hops"
            waiting.append(call)
            break
        _check_edge(walk.graph, call)
        walk.started += 1
        if run.watch is not None:
            run.watch(HopStarted(call, run.inside))
        if walk.graph.nodes[call.node].is_master:
            enter(walk, call)
        else:
            walk.running[call.hop] = call
            started.append(call)
    walk.ready.extendleft(reversed(waiting))
    return started


def _may_start(walk: Walk, run: Run, call: Call) -> bool:
    """False while too much is under way, or the same neighbor of the same node without a self-connection."""
    running = walk.running
    if not running:
        return True
    if len(running) >= run.parallel:
        return False
    return walk.graph.has_edge(call.node, call.node) or not any(
        other.node == call.node and other.source == call.source for other in running.values()
    )


def _check_edge(graph: Graph, call: Call) -> None:
    if call.source is None:
        if call.node != graph.start:
            raise NotAnEdge(f"a walk of {graph.name!r} begins at {graph.start!r}, not at {call.node!r}")
    elif not graph.has_edge(call.source, call.node):
        hint = "" if call.node in graph.nodes else nearest(call.node, graph.nodes)
        raise NotAnEdge(f"a call would go from {call.source!r} to {call.node!r}, and there is no such edge{hint}")


async def _first_ended(walk: Walk, run: Run, started: Sequence[Call]) -> list[Step]:
    """The steps of the calls that end first. A call that is alone needs no task.

    A call that ends the walk with an error does so once those that ended beside it are recorded.
    """
    if len(walk.running) == 1 and len(started) == 1:
        return [await execute(run, started[0])]
    for call in started:
        run.tasks[call.hop] = asyncio.create_task(execute(run, call))
    await asyncio.wait(run.tasks.values(), return_when=asyncio.FIRST_COMPLETED)
    ended = sorted(hop for hop, task in run.tasks.items() if task.done())
    sound = [hop for hop in ended if not run.tasks[hop].cancelled() and run.tasks[hop].exception() is None]
    return [run.tasks.pop(hop).result() for hop in sound or ended]
