"""How large a checkpoint is after a long walk: 2,000 hops over 2,000 different nodes, hop by hop.

Target: at most 2 KB. The peer keeps what LangGraph's own examples keep, a list of messages in the state.
"""

from __future__ import annotations

import asyncio
import operator
from itertools import pairwise
from typing import Annotated, Any, TypedDict

from interleaved import table
from langgraph.checkpoint.base import BaseCheckpointSaver, Checkpoint
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command

from octograph import Call, Graph, Result, ScriptedOctopus, Workflow

HOPS = 2000
SERIALIZER = JsonPlusSerializer()


class Work:
    async def run(self, call: Call) -> Result:
        return Result(f"The answer of {call.node}, a sentence of some length.", {"node": call.node, "hop": call.hop})


async def octograph() -> InMemorySaver:
    names = [f"node-{number}" for number in range(HOPS)]
    edges = [f"{source} -> {target}" for source, target in pairwise(names)]
    graph = Graph("long", {name: {"kind": "model"} for name in names}, edges, limits={"hops": HOPS, "seconds": 3600})
    octopus = ScriptedOctopus(lambda query, at, neighbors, trace: [neighbors[0].id])
    saver = InMemorySaver()
    workflow = Workflow(graph, octopus=octopus, workers=dict.fromkeys(names, Work()), checkpointer=saver)
    answer = await workflow.arun("Go all the way to the last node of this graph.", thread="long")
    assert len(answer.trace) == HOPS
    return saver


async def langgraph() -> InMemorySaver:
    class State(TypedDict):
        steps: Annotated[list[dict[str, Any]], operator.add]

    async def hop(state: State) -> Command[Any]:
        number = len(state["steps"])
        step = {"node": f"node-{number}", "output": f"The answer of node-{number}, a sentence of some length."}
        return Command(update={"steps": [step]}, goto="hop" if number + 1 < HOPS else END)

    saver = InMemorySaver()
    builder = StateGraph(State)
    builder.add_node("hop", hop, destinations=("hop", END))
    builder.add_edge(START, "hop")
    config = {"recursion_limit": HOPS + 5, "configurable": {"thread_id": "long"}}
    await builder.compile(checkpointer=saver).ainvoke({"steps": []}, config)
    return saver


def sizes(saver: BaseCheckpointSaver[str]) -> list[int]:
    """Bytes of each checkpoint of the thread as the saver writes it, oldest first."""
    stored = list(saver.list({"configurable": {"thread_id": "long"}}))
    return [_size(item.checkpoint) + _size(dict(item.metadata)) for item in reversed(stored)]


def _size(data: Checkpoint | dict[str, Any]) -> int:
    return len(SERIALIZER.dumps_typed(data)[1])


async def main() -> None:
    rows = []
    for name, walk, target in (("LangGraph, steps in the state", langgraph, ""), ("Octograph", octograph, "2,048")):
        found = sizes(await walk())
        rows.append((name, f"{found[2]:,}", f"{found[HOPS // 2]:,}", f"{max(found[-3:]):,}", f"{max(found):,}", target))
    head = ("", "at the start", "halfway", "at the end", "the largest", "at most")
    table(f"Bytes of a checkpoint in a walk of {HOPS:,} hops", head, rows)


if __name__ == "__main__":
    asyncio.run(main())
