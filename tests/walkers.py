"""Small graphs, workers and helpers for tests of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from octograph import Answer, Call, Graph, HopEnded, Result, ScriptedOctopus, WalkEnded, Workflow


class Echo:
    """Answers `name(query)` and remembers what it was asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls: list[Call] = []

    async def run(self, call: Call) -> Result:
        self.calls.append(call)
        return Result(f"{self.name}({call.query.text})", data={"by": self.name})


class Gate:
    """Waits until it is opened; `entered` tells that a call is under way."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.opened = asyncio.Event()
        self.cancelled = False

    async def run(self, call: Call) -> Result:
        self.entered.set()
        try:
            await self.opened.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return Result(f"opened for {call.query.text}")


class Raising:
    """Raises what it is given, the first `times` times (every time if None)."""

    def __init__(self, error: BaseException, times: int | None = None) -> None:
        self.error = error
        self.left = times
        self.calls = 0

    async def run(self, call: Call) -> Result:
        self.calls += 1
        if self.left is None or self.left > 0:
            self.left = None if self.left is None else self.left - 1
            raise self.error
        return Result(f"recovered for {call.query.text}")


def graph_of(edges: Iterable[str], *, masters: str = "desk", start: str | None = None, **options: Any) -> Graph:
    """A graph from its edges; `settings` are more keys of single nodes, anything else goes to the graph."""
    edges = list(edges)
    settings: Mapping[str, Mapping[str, Any]] = options.pop("settings", {})
    agents: Mapping[str, Graph] = options.get("agents", {})
    names = dict.fromkeys(
        name for edge in edges for name in edge.replace("->", " ").replace("=>", " ").strip().replace(",", " ").split()
    )
    nodes: dict[str, dict[str, Any]] = {}
    for name in [name.strip("[]") for name in names]:
        kind = "master" if name in masters.split() else "agent" if name in agents else "model"
        nodes[name] = {"kind": kind, **settings.get(name, {})}
    return Graph(options.pop("name", "test"), nodes, edges, start=start, **options)


def workflow_of(graph: Graph, script: Any, workers: Mapping[str, Any] | None = None, **options: Any) -> Workflow:
    """A workflow with a scripted Octopus; workers that are not given echo."""
    given: dict[str, Any] = {}
    _fill(graph, "", given)
    given.update(workers or {})
    octopus = script if hasattr(script, "choose") else ScriptedOctopus(script)
    return Workflow(graph, octopus=octopus, workers=given, **options)


def _fill(graph: Graph, prefix: str, given: dict[str, Any]) -> None:
    for name, node in graph.nodes.items():
        if name in graph.agents:
            _fill(graph.agents[name], f"{prefix}{name}/", given)
        elif not node.is_master:
            given[f"{prefix}{name}"] = Echo(name)


async def opening(workflow: Workflow, gates: Mapping[str, Gate], after: Mapping[str | None, str]) -> Answer:
    """The answer of a walk in which gates are opened as steps end: `after` the step of a node, None for at once."""
    if None in after:
        gates[after[None]].opened.set()
    async for event in workflow.stream("q"):
        if isinstance(event, HopEnded) and event.step.node in after:
            gates[after[event.step.node]].opened.set()
        if isinstance(event, WalkEnded):
            return event.answer
    raise AssertionError("the walk never ended")


def steps(answer: Answer, status: str = "done") -> list[str]:
    """The nodes of the answer's steps of one status, in the order in which they ended."""
    return [step.node for step in answer.trace if step.status == status]
