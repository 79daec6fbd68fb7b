"""Many walks at once: 200 walks of 5 hops, each hop 5 ms of waiting, against LangGraph's own loop and bare asyncio.

Here the clock on the wall counts. Targets: at least 2 times LangGraph without checkpoints, at least 0.9 times with.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from itertools import count, pairwise
from statistics import median
from typing import Any, TypedDict

from interleaved import table
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command

from octograph import Call, Graph, Result, ScriptedOctopus, Workflow

WALKS, HOPS, SECONDS, ROUNDS = 200, 5, 0.005, 15
Walk = Callable[[int], Awaitable[object]]


class Waiting:
    async def run(self, call: Call) -> Result:
        await asyncio.sleep(SECONDS)
        return Result("done")


def octograph(checkpointer: InMemorySaver | None = None) -> Walk:
    names = [f"n{number}" for number in range(HOPS)]
    edges = [f"{source} -> {target}" for source, target in pairwise(names)]
    graph = Graph("chain", {name: {"kind": "model"} for name in names}, edges)
    octopus = ScriptedOctopus(lambda query, at, neighbors, trace: [neighbors[0].id])
    workflow = Workflow(graph, octopus=octopus, workers=dict.fromkeys(names, Waiting()), checkpointer=checkpointer)

    async def walk(number: int) -> None:
        answer = await workflow.arun("go on", thread=str(number) if checkpointer else None)
        assert len(answer.trace) == HOPS

    return walk


def langgraph(checkpointer: InMemorySaver | None = None) -> Walk:
    class State(TypedDict):
        hop: int

    async def hop(state: State) -> Command[Any]:
        await asyncio.sleep(SECONDS)
        number = state["hop"] + 1
        return Command(update={"hop": number}, goto="hop" if number < HOPS else END)

    builder = StateGraph(State)
    builder.add_node("hop", hop, destinations=("hop", END))
    builder.add_edge(START, "hop")
    loop = builder.compile(checkpointer=checkpointer)

    async def walk(number: int) -> None:
        await loop.ainvoke({"hop": 0}, {"configurable": {"thread_id": str(number)}})

    return walk


async def bare(number: int) -> None:
    for _ in range(HOPS):
        await asyncio.sleep(SECONDS)


async def walks_a_second(walk: Walk, numbers: count[int]) -> float:
    gc.collect()
    gc.disable()
    began = time.perf_counter()
    await asyncio.gather(*(walk(next(numbers)) for _ in range(WALKS)))
    seconds = time.perf_counter() - began
    gc.enable()
    return WALKS / seconds


async def main() -> None:
    contenders: dict[str, tuple[Walk, str, str]] = {
        "bare asyncio": (bare, "", ""),
        "LangGraph": (langgraph(), "", ""),
        "Octograph": (octograph(), "LangGraph", "2.00"),
        "LangGraph, checkpointed": (langgraph(InMemorySaver()), "", ""),
        "Octograph, checkpointed": (octograph(InMemorySaver()), "LangGraph, checkpointed", "0.90"),
    }
    numbers = count()
    speeds: dict[str, list[float]] = {name: [] for name in contenders}
    for nth in range(ROUNDS + 1):
        for name, (walk, _, _) in contenders.items():
            speed = await walks_a_second(walk, numbers)
            if nth:  # the first round warms up
                speeds[name].append(speed)
    rows = []
    for name, (_, peer, target) in contenders.items():
        measured = median(own / other for own, other in zip(speeds[name], speeds[peer], strict=True)) if peer else None
        rows.append((name, f"{median(speeds[name]):,.0f}", f"{measured:.2f}" if measured else "", target, peer))
    table(
        f"{WALKS} walks at once, {HOPS} hops of {SECONDS * 1000:g} ms each",
        ("", "walks a second", "ratio", "at least", "of"),
        rows,
    )


if __name__ == "__main__":
    asyncio.run(main())
