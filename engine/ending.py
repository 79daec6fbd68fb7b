"""A walk from its beginning to its answer, whatever ends it: nothing left to do, a spent budget, or a cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ..graphs.walk import Answer, Trace
from .answer import compose
from .hop import hop
from .running import Run
from .walking import Walk

Drive = Callable[[Walk, Run], Awaitable[None]]


async def every_hop(walk: Walk, run: Run) -> None:
    """Hop until the walk has ended."""
    while not walk.ended:
        await hop(walk, run)


async def walk_to_answer(walk: Walk, run: Run, drive: Drive = every_hop) -> Answer:
    """The answer of a walk. Once its seconds are spent, what is under way is cancelled: the best answer so far."""
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
    return compose(graph, trace, walk.stopped, walk.reason, offered)
