"""What it costs to make a graph ready, and a failing worker: time to compile, the price of a retry policy.

Targets: a graph of 100,000 nodes and 800,000 edges compiled in at most 50 ms (one LangGraph node for each takes 17 s);
a retry policy costs nothing until something fails.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from hops import HOPS, NoWork, graph_of, walk
from interleaved import race, ratio, table
from tenacity import AsyncRetrying, stop_after_attempt, wait_none

from octograph import Call, Graph, Result, ScriptedOctopus, WorkerError, Workflow

ROUNDS = 15


class Failing:
    """Fails at every second call."""

    def __init__(self) -> None:
        self.calls = 0

    async def run(self, call: Call) -> Result:
        self.calls += 1
        if self.calls % 2:
            raise WorkerError("not this time")
        return Result("done")


class InTenacity:
    """The peer: a worker that enters tenacity for every call."""

    async def run(self, call: Call) -> Result:
        return await AsyncRetrying(stop=stop_after_attempt(3), wait=wait_none(), reraise=True)(self.work, call)

    async def work(self, call: Call) -> Result:
        return Result("done")


def compile_times(graph: Graph) -> list[float]:
    octopus = ScriptedOctopus(lambda query, at, neighbors, trace: [])
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        gc.disable()
        began = time.process_time()
        Workflow(graph, octopus=octopus)
        times.append(time.process_time() - began)
        gc.enable()
    return times


def chain(worker: Any, retry: dict[str, Any] | None) -> Workflow:
    names = [f"n{number}" for number in range(HOPS)]
    edges = [f"{source} -> {target}" for source, target in pairwise(names)]
    graph = Graph("chain", {name: {"kind": "model"} for name in names}, edges, limits={"hops": HOPS}, retry=retry)
    octopus = ScriptedOctopus(lambda query, at, neighbors, trace: [neighbors[0].id])
    return Workflow(graph, octopus=octopus, workers=dict.fromkeys(names, worker))


def tools(size: int) -> Graph:
    nodes: dict[str, dict[str, Any]] = {"desk": {"kind": "master"}}
    nodes |= {f"n{number}": {"kind": "tool", "tool": "text.count"} for number in range(size)}
    return Graph("tools", nodes, [f"desk -> [{', '.join(name for name in nodes if name != 'desk')}]"])


async def main() -> None:
    rows: list[tuple[str, ...]] = []
    graphs: Sequence[tuple[str, Graph]] = [
        ("100,000 nodes, 800,000 edges", graph_of(100_000)),
        ("100,000 tools to look up", tools(100_000)),
        ("100 nodes, 800 edges", graph_of(100)),
    ]
    for name, graph in graphs:
        rows.append((name, f"{median(compile_times(graph)) * 1000:.1f}", "50"))
    table("Compiling (CPU ms, the median)", ("", "ms", "at most"), rows)

    policy = {"attempts": 3, "wait": 0.0}
    contenders = {
        "no policy": walk(chain(NoWork(), None)),
        "a policy, nothing fails": walk(chain(NoWork(), policy)),
        "a policy, every hop fails once": walk(chain(Failing(), policy)),
        "tenacity entered for every hop": walk(chain(InTenacity(), None)),
    }
    times = await race(contenders, ROUNDS)
    rows = [
        (name, f"{median(seconds) / HOPS * 1e6:.0f}", f"{ratio(times, name, 'no policy'):.2f}")
        for name, seconds in times.items()
    ]
    table("A hop under a retry policy", ("", "CPU µs a hop", "ratio"), rows)


if __name__ == "__main__":
    asyncio.run(main())
