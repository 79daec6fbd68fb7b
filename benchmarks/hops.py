"""What a hop costs beside its work: a chain of 100 hops with workers that do nothing, against LangGraph's own loop.

The peer is LangGraph's fastest plain form, one node that goes to itself with `Command(goto=...)`. Targets: at most
1.25 times the peer when every hop is checkpointed, and then at most 1.10 times as much in a graph of 100,000 nodes
(8 edges each) as in one of 100; at most 0.4 times the peer without checkpoints. The first visit to a node pays once
for the cards of its neighbors; the row where every hop is such a visit shows what that is.
"""

from __future__ import annotations

import asyncio
import random
from itertools import count
from statistics import median
from typing import Any, TypedDict

from interleaved import Contender, race, ratio, table
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command

from octograph import Call, Graph, Result, ScriptedOctopus, Workflow

HOPS, ROUNDS, DEGREE = 100, 15, 8
DONE = Result("done")


class NoWork:
    async def run(self, call: Call) -> Result:
        return DONE


def graph_of(size: int) -> Graph:
    chooser = random.Random(size)
    names = [f"n{number}" for number in range(size)]
    nodes = {name: {"kind": "model", "description": f"Answers questions about {name}."} for name in names}
    edges = []
    for number, name in enumerate(names):
        targets = dict.fromkeys([names[(number + 1) % size], *chooser.sample(names, DEGREE - 1)])
        edges.append(f"{name} -> [{', '.join(targets)}]")
    return Graph(f"chain of {size}", nodes, edges, limits={"hops": HOPS, "seconds": 3600})


def workflow_of(size: int, checkpointer: InMemorySaver | None = None, *, exploring: bool = False) -> Workflow:
    """A workflow whose walks all take the same way across the graph or, exploring, each a new one."""
    anyhow = random.Random(size)

    def onward(query: Any, at: Any, neighbors: Any, trace: Any) -> list[str]:
        if len(trace) == HOPS:
            return []
        way = anyhow.randrange(DEGREE) if exploring else len(trace) * 5
        return [neighbors[way % len(neighbors)].id]

    graph = graph_of(size)
    workers = dict.fromkeys(graph.nodes, NoWork())
    return Workflow(graph, octopus=ScriptedOctopus(onward), workers=workers, checkpointer=checkpointer)


def walk(workflow: Workflow, threads: count[int] | None = None) -> Contender:
    async def run() -> None:
        answer = await workflow.arun("go on", thread=None if threads is None else str(next(threads)))
        assert len(answer.trace) == HOPS, answer

    return run


def langgraph_loop(checkpointer: InMemorySaver | None = None) -> Contender:
    class State(TypedDict):
        hop: int

    async def hop(state: State) -> Command[Any]:
        number = state["hop"] + 1
        return Command(update={"hop": number}, goto="hop" if number < HOPS else END)

    builder = StateGraph(State)
    builder.add_node("hop", hop, destinations=("hop", END))
    builder.add_edge(START, "hop")
    loop = builder.compile(checkpointer=checkpointer)
    threads = count()

    async def run() -> None:
        config = {"recursion_limit": HOPS + 5, "configurable": {"thread_id": str(next(threads))}}
        state = await loop.ainvoke({"hop": 0}, config)
        assert state["hop"] == HOPS

    return run


async def main() -> None:
    contenders = {
        "LangGraph self-loop": langgraph_loop(),
        "Octograph": walk(workflow_of(100)),
        "Octograph, 100,000 nodes": walk(workflow_of(100_000)),
        "Octograph, 100,000 nodes, all new": walk(workflow_of(100_000, exploring=True)),
        "LangGraph self-loop, checkpointed": langgraph_loop(InMemorySaver()),
        "Octograph, checkpointed": walk(workflow_of(100, InMemorySaver()), count()),
        "Octograph, 100,000 nodes, checkpointed": walk(workflow_of(100_000, InMemorySaver()), count()),
    }
    times = await race(contenders, ROUNDS)
    ratios = {
        "Octograph": ("LangGraph self-loop", "0.40"),
        "Octograph, 100,000 nodes": ("Octograph", ""),
        "Octograph, 100,000 nodes, all new": ("Octograph", ""),
        "Octograph, checkpointed": ("LangGraph self-loop, checkpointed", "1.25"),
        "Octograph, 100,000 nodes, checkpointed": ("Octograph, checkpointed", "1.10"),
    }
    rows = []
    for name, seconds in times.items():
        peer, target = ratios.get(name, ("", ""))
        measured = f"{ratio(times, name, peer):.2f}" if peer else ""
        rows.append((name, f"{median(seconds) / HOPS * 1e6:.0f}", measured, target, peer))
    table("A chain of 100 hops, workers that do nothing", ("", "CPU µs a hop", "ratio", "at most", "of"), rows)


if __name__ == "__main__":
    asyncio.run(main())
