"""Measures rivals fairly: each round runs all of them in turn, so what else the machine does hits all alike.

CPU time of this process, garbage collector paused while the clock runs, and ratios taken round by round.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Mapping
from statistics import median

Contender = Callable[[], Awaitable[object]]


async def cpu_seconds(run: Contender) -> float:
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        await run()
        return time.process_time() - began
    finally:
        gc.enable()


async def race(contenders: Mapping[str, Contender], rounds: int) -> dict[str, list[float]]:
    """CPU seconds of every contender in every round, after one round that doesn't count."""
    for run in contenders.values():
        await run()
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            times[name].append(await cpu_seconds(run))
            await asyncio.sleep(0)
    return times


def ratio(times: Mapping[str, list[float]], name: str, peer: str) -> float:
    """The median of the ratios of the rounds."""
    return median(own / other for own, other in zip(times[name], times[peer], strict=True))


def table(title: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns as wide as they need."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    print(f"\n{title}")
    for row in [head, tuple("-" * width for width in widths), *rows]:
        cells = [
            cell.ljust(width) if not nth else cell.rjust(width)
            for nth, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells))
