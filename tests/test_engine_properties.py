"""Walks over random graphs with a random Octopus: whatever happens, they keep the promises of a walk."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver
from strategies import graphs

from octograph import Answer, Call, Decision, Graph, NotRunnable, Result, Trace, WorkerError, Workflow

HOPS = 15
unhurried = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


class Wandering:
    """Decides by chance, as a function of the seed and of what the place has seen: the same trace, the same choice."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    async def choose(self, query: Any, at: Any, neighbors: Any, trace: Trace) -> Sequence[Decision]:
        seen = sorted((step.hop, step.node) for step in trace.steps)
        under_way = sorted((call.hop, call.node) for call in trace.running)
        chance = random.Random(repr((self.seed, at.node, at.hop, seen, under_way)))
        done = [step.hop for step in trace.steps if step.status == "done"]
        decisions = []
        for part in range(chance.choice([0, 1, 1, 2, 3])):
            parents = tuple(chance.sample(done, min(len(done), chance.randrange(3))))
            neighbor = chance.choice([*(card.id for card in neighbors), None])
            decisions.append(Decision(neighbor, f"{query.text}.{part}", 0.9, part=part, parents=parents))
        return decisions


class Moody:
    """Works, fails or lingers, by the name of the node and the hop."""

    def __init__(self, seed: int, lingering: bool) -> None:
        self.seed = seed
        self.lingering = lingering

    async def run(self, call: Call) -> Result:
        chance = random.Random(repr((self.seed, call.node, call.hop)))
        if self.lingering:
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
        if chance.random() < 0.2:
            raise WorkerError("not today")
        return Result(f"{call.node}({call.hop})")


def workers_of(graph: Graph, worker: Any, prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for id_, node in graph.nodes.items():
        if id_ in graph.agents:
            found |= workers_of(graph.agents[id_], worker, f"{prefix}{id_}/")
        elif not node.is_master:
            found[f"{prefix}{id_}"] = worker
    return found


def workflow_of(graph: Graph, seed: int, lingering: bool = True, **options: Any) -> Workflow:
    workers = workers_of(graph, Moody(seed, lingering))
    return Workflow(graph, octopus=Wandering(seed), workers=workers, **options)


def walked(graph: Graph, seed: int, **options: Any) -> Answer:
    return workflow_of(graph, seed, **options).run("q", max_hops=HOPS)


def fields(trace: Trace | None) -> Any:
    """Everything of a trace but the time it took."""
    return trace and [replace(step, seconds=0.0, trace=fields(step.trace)) for step in trace]


def check_trace(graph: Graph, trace: Trace, hops: int) -> None:
    numbers = [step.hop for step in trace]
    assert len(numbers) == len(set(numbers)), "each step has a hop of its own"
    assert sum(step.status in ("done", "failed") for step in trace) <= hops
    for step in trace:
        assert step.node in graph.nodes
        if step.source is None:
            assert step.node == graph.start
        elif step.status != "abstained":
            assert graph.has_edge(step.source, step.node), f"{step.source} -> {step.node} is no edge"
        for parent in step.parents:
            assert parent < step.hop
            assert trace.step(parent).status == "done"
        if step.trace is not None:
            inner = graph.agents[step.node]
            check_trace(inner, step.trace, inner.limits.hops)
    check_joins(graph, trace)


def check_joins(graph: Graph, trace: Trace) -> None:
    """A join ran at most as often as its busiest parent ended: once a round; and a plain fixed edge once for each."""
    ran = Counter(step.node for step in trace if step.status in ("done", "failed") and _came_fixed(graph, step))
    ended = Counter(step.node for step in trace if step.status != "abstained")
    for node, times in ran.items():
        assert times <= max(ended[parent] for parent in graph.always_parents(node))


def _came_fixed(graph: Graph, step: Any) -> bool:
    return step.source is not None and step.node in graph.always(step.source)


@unhurried
@given(graphs(bare=True), st.integers(0, 10**6))
def test_every_walk_ends_and_visits_only_edges(graph: Graph, seed: int) -> None:
    """No walk hangs or leaves the graph, each hop counts, joins run once a round, and there is always an answer."""
    answer = walked(graph, seed)
    check_trace(graph, answer.trace, HOPS)
    assert answer.stopped in ("done", "abstained", "failed", "hops")
    assert answer.text
    assert 0 <= answer.probability <= 1
    assert Trace.from_json(answer.trace.to_json()).to_data() == answer.trace.to_data()


@unhurried
@given(graphs(bare=True), st.integers(0, 10**6))
def test_the_same_decisions_make_the_same_trace(graph: Graph, seed: int) -> None:
    """Two walks with the same Octopus and workers leave the same trace, parallel or not."""
    assert fields(walked(graph, seed).trace) == fields(walked(graph, seed).trace)


@unhurried
@given(graphs(bare=True, depth=0), st.integers(0, 10**6))
def test_stored_walks_are_the_same_walks(graph: Graph, seed: int) -> None:
    """Hop by hop in checkpoints or all in one step: the same trace (workers end in the order they began)."""
    plain = workflow_of(graph, seed, lingering=False).run("q", max_hops=HOPS)
    stored = workflow_of(graph, seed, lingering=False, checkpointer=InMemorySaver())
    assert fields(stored.run("q", thread="t", max_hops=HOPS).trace) == fields(plain.trace)


class Breaking:
    """Breaks the walk off at the call of one hop of the outer walk, once."""

    def __init__(self, worker: Any, hop: int) -> None:
        self.worker = worker
        self.hop = hop
        self.broken = False
        self.finished: list[tuple[str, int]] = []

    async def run(self, call: Call) -> Result:
        if call.hop == self.hop and not self.broken:
            self.broken = True
            raise NotRunnable("the power went out")
        self.finished.append((call.node, call.hop))
        return await self.worker.run(call)  # type: ignore[no-any-return]


@unhurried
@given(graphs(bare=True, depth=0), st.integers(0, 10**6), st.integers(0, HOPS))
def test_a_walk_broken_off_anywhere_goes_on(graph: Graph, seed: int, hop: int) -> None:
    """Broken off at any hop, a stored walk goes on to an end: stored steps are kept as they were, none is repeated."""
    breaking = Breaking(Moody(seed, False), hop)
    saver = InMemorySaver()
    workflow = Workflow(graph, octopus=Wandering(seed), workers=workers_of(graph, breaking), checkpointer=saver)
    stored: list[dict[str, Any]] = []
    try:
        answer = workflow.run("q", thread="t", max_hops=HOPS)
    except NotRunnable:
        for item in saver.list({"configurable": {"thread_id": "t"}}):
            stored += (item.checkpoint["channel_values"].get("wave") or {}).get("steps", ())
        breaking.finished.clear()
        answer = workflow.run("q", thread="t", max_hops=HOPS)
    check_trace(graph, answer.trace, HOPS)
    for step in stored:
        assert answer.trace.step(step["hop"]).to_data() == step
        assert (step["node"], step["hop"]) not in breaking.finished
    assert answer.stopped in ("done", "abstained", "failed", "hops")


@unhurried
@given(graphs(bare=True), st.integers(0, 10**6))
def test_every_plan_is_a_walk_over_edges(graph: Graph, seed: int) -> None:
    """Links are edges between nodes of the plan, masters are not listed, and agents are planned inside."""
    plan = workflow_of(graph, seed).plan("q", max_hops=HOPS)
    assert len(plan.nodes) <= HOPS
    for source, target in plan.links:
        assert graph.has_edge(plan.nodes[source].id, plan.nodes[target].id)
    for node in plan.nodes:
        assert not graph.nodes[node.id].is_master
        assert (node.inside is not None) == (node.id in graph.agents)
    assert plan.to_data()
