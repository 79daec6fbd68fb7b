"""LangGraph, and the only file that imports it: a fixed small graph runs the hops of any walk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from .ending import every_hop
from .running import Run
from .walking import Walk

_STEPS = 1_000_000_000
"""LangGraph's own limit on supersteps, out of the way: running into it would throw the walk's work away."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the node gets beside its state: the walk, in this process, and what it needs."""

    walk: Walk
    run: Run


async def drive(walk: Walk, run: Run) -> None:
    """Run a walk to its end inside one LangGraph node; nothing is stored on the way."""
    await _one_node().ainvoke({"ended": False}, {"recursion_limit": _STEPS}, context=Context(walk, run))


@cache
def _one_node() -> Any:
    from langgraph.graph import END, START, StateGraph
    from langgraph.runtime import Runtime

    class State(TypedDict):
        ended: bool

    async def walk_on(state: State, runtime: Runtime[Context]) -> State:
        await every_hop(runtime.context.walk, runtime.context.run)
        return {"ended": True}

    builder = StateGraph(State, context_schema=Context)
    builder.add_node("walk", walk_on)
    builder.add_edge(START, "walk")
    builder.add_edge("walk", END)
    return builder.compile()
