"""A plan is the walk before it is run: the same hops, placeholders for results, links that are edges."""

from __future__ import annotations

from typing import Any

from walkers import Echo, Raising, graph_of, workflow_of

from octograph import NotRunnable, ScriptedOctopus, Workflow, tool


async def test_a_plan_runs_nothing() -> None:
    """No worker is called, not even where the walk could not go on without one."""
    worker = Echo("a")
    workflow = workflow_of(
        graph_of(["desk -> [a, b]"]), {"desk": ["a", "b"]}, {"a": worker, "b": Raising(NotRunnable())}
    )
    plan = await workflow.aplan("q")
    assert [node.id for node in plan.nodes] == ["a", "b"]
    assert worker.calls == []


async def test_links_follow_the_results_and_are_always_edges() -> None:
    """`b` builds on `a` over an edge, `c` on `a` without one: only the first is a link; fixed edges are links."""
    graph = graph_of(["desk -> [a, b, c]", "a -> b", "b => d"])
    script = {"desk": ["a", {"neighbor": "b", "parents": [0]}, {"neighbor": "c", "parents": [0]}], "a": [], "b": []}
    plan = await workflow_of(graph, script).aplan("q")
    assert plan.to_data()["links"] == [["a", "b"], ["b", "d"]]


async def test_what_needs_an_earlier_result_gets_a_placeholder_of_its_kind() -> None:
    """The Octopus sees `⟨miles⟩`, with the kind the tool says it gives."""
    seen: list[Any] = []

    @tool("plans.miles")
    def miles(text: str) -> float:
        """Counts miles."""
        return 1.0

    def script(query: Any, at: Any, neighbors: Any, trace: Any) -> list[Any]:
        seen.extend((step.output, step.kind) for step in trace)
        return [] if trace.steps else ["miles"]

    graph = graph_of(["desk -> miles"], settings={"miles": {"kind": "tool", "tool": "plans.miles"}})
    await Workflow(graph, octopus=ScriptedOctopus(script)).aplan("q")
    assert seen == [("⟨miles⟩", "number")]


async def test_agents_are_planned_inside() -> None:
    """The plan of an agent holds the plan of its graph, to any depth; a part nobody there can do is left out."""
    inner = graph_of(["start -> [x, y]", "x -> y"], masters="start")
    middle = graph_of(["start -> inner"], masters="start", agents={"inner": inner})
    graph = graph_of(["desk -> agent"], agents={"agent": middle})
    scripts = {"desk": ["agent"], "start": [["x", None]], "x": ["y"]}

    def script(query: Any, at: Any, neighbors: Any, trace: Any) -> list[Any]:
        if at.node == "start" and neighbors[0].id == "inner":
            return [] if trace.steps else ["inner"]
        count = sum(step.source == at.node for step in trace)
        return [] if count or at.node == "y" else scripts[at.node][0] if at.node == "start" else scripts[at.node]

    plan = await workflow_of(graph, script).aplan("q")
    deepest = plan.nodes[0].inside.nodes[0].inside
    assert [node.id for node in deepest.nodes] == ["x", "y"]
    assert plan.to_data()["nodes"][0]["inside"]["nodes"][0]["id"] == "inner"


async def test_the_probability_of_a_plan_is_the_product_of_its_decisions() -> None:
    """Two decisions of 0.5 make 0.25; masters count, and are not listed."""
    graph = graph_of(["desk -> lower", "lower -> a"], masters="desk lower")
    script = {"desk": [{"neighbor": "lower", "probability": 0.5}], "lower": [{"neighbor": "a", "probability": 0.5}]}
    plan = await workflow_of(graph, script).aplan("q")
    assert ([node.id for node in plan.nodes], plan.probability) == (["a"], 0.25)


async def test_a_plan_says_why_it_ended() -> None:
    """Nothing fits: no nodes and `abstained`. A loop: as many nodes as hops, and `hops`."""
    assert (await workflow_of(graph_of(["desk -> a"]), {"desk": [None]}).aplan("q")).to_data() == {
        "nodes": [],
        "links": [],
        "probability": 1.0,
        "stopped": "abstained",
    }
    looped = await workflow_of(graph_of(["a -> a"]), lambda *_: ["a"]).aplan("q", max_hops=3)
    assert (len(looped.nodes), looped.stopped) == (3, "hops")


async def test_the_plan_is_the_walk() -> None:
    """With workers that give the placeholders themselves, run and plan visit the same nodes with the same queries."""
    graph = graph_of(["desk -> [a, b, c]", "a -> b", "b => d", "c => d"])
    script = {"desk": [["a", "c"]], "a": ["b"], "b": [], "c": []}
    workflow = workflow_of(graph, script)
    plan, answer = await workflow.aplan("q"), await workflow.arun("q")
    walked = sorted(answer.trace, key=lambda step: step.hop)
    assert [node.id for node in plan.nodes] == [step.node for step in walked]


def test_plan_works_without_a_loop() -> None:
    """`plan` is the blocking form."""
    assert workflow_of(graph_of(["desk -> a"]), {"desk": ["a"]}).plan("q").names() == ["a"]
