"""A walk before it is run: the same hops with workers that only say what they would give."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from ..graphs.model import Graph, NodeId
from ..graphs.walk import Answer, Call, Plan, PlannedNode, Result, Step, Trace
from .crew import Crew


class PlannedWorker:
    """Stands for a worker: its result is a placeholder of the right kind, `⟨units⟩`."""

    def __init__(self, crew: Crew, node: NodeId) -> None:
        gives = crew.card(node).gives
        self._result = Result(f"⟨{node}⟩", kind=gives[0] if gives else "text")

    async def run(self, call: Call) -> Result:
        return self._result


@dataclass(frozen=True, slots=True)
class PlannedAgent:
    """Stands for an agent: the walk inside it is planned too."""

    walk: Callable[[Call], Awaitable[Answer]]
    outside: PlannedWorker

    async def run(self, call: Call) -> Result:
        answer = await self.walk(call)
        return replace(await self.outside.run(call), trace=answer.trace, stopped=answer.stopped)


def plan_of(graph: Graph, trace: Trace, stopped: str) -> Plan:
    """The plan that a walk with planned workers has left behind in its trace."""
    done = (step for step in trace if step.status == "done" and not graph.nodes[step.node].is_master)
    steps = sorted(done, key=lambda step: step.hop)
    position = {step.hop: nth for nth, step in enumerate(steps)}
    links = dict.fromkeys(
        (position[parent], position[step.hop])
        for step in steps
        for parent in step.parents
        if parent in position and graph.has_edge(steps[position[parent]].node, step.node)
    )
    nodes = (PlannedNode(step.node, step.query, step.probability, _inside(graph, step)) for step in steps)
    return Plan(tuple(nodes), tuple(links), trace.probability, stopped)


def _inside(graph: Graph, step: Step) -> Plan | None:
    return None if step.trace is None else plan_of(graph.agents[step.node], step.trace, step.stopped)
