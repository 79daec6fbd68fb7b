"""A walk from its beginning to its answer, whatever ends it: nothing left to do, a spent budget, or a cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from ..graphs.walk import Answer, Query, Trace
from .answer import compose
from .events import WalkEnded
from .hop import every_hop
from .journal import journal
from .running import Run
from .walking import Walk

if TYPE_CHECKING:
    from .runtime import Thread

Drive = Callable[[Walk, Run], Awaitable[None]]


async def walk_to_answer(walk: Walk, run: Run, drive: Drive = every_hop) -> Answer:
    """The answer of a walk. Once its seconds are spent, what is under way is cancelled: the best answer so far."""
    if not run.inside:
        run.streaming = run.watch is not None
        run.watch = journal(walk.id, walk.graph.name, run.watch)
    timer = asyncio.timeout(run.seconds_left)
    try:
        async with timer:
            await drive(walk, run)
    except TimeoutError:
        if not timer.expired():
            raise
        walk.stopped = "seconds"
    finally:
        await run.close()
    graph = walk.graph
    trace = Trace(graph.name, walk.query.text, tuple(walk.steps), walk.query.inputs)
    master = graph.nodes[graph.start].is_master
    offered = run.crew.cards(graph.start) if master else (run.crew.card(graph.start),)
    answer = compose(graph, trace, walk.stopped, walk.reason, offered)
    if not run.inside:
        run.tell(WalkEnded(answer))
    return answer


async def walk_in_thread(thread: Thread, query: Query, run: Run) -> Answer:
    """The answer of a walk whose hops are stored: of the one this thread was broken off in, if the same was asked."""
    walk = await thread.begin(run.crew.graph, query)
    run.thread_inside = partial(thread.inside, walk)
    return await walk_to_answer(walk, run, thread.drive)
