"""What plain LangGraph lets through, and Octograph must not: each trap sprung there, and shown to be none here."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.errors import GraphRecursionError
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command
from walkers import Echo, graph_of, steps, workflow_of

from octograph import NotAnEdge


class State(TypedDict):
    visited: Annotated[list[str], operator.add]


def visiting(name: str, goto: Any = None) -> Any:
    async def node(state: State) -> Any:
        update = {"visited": [name]}
        return Command(update=update, goto=goto) if goto is not None else update

    return node


def langgraph(edges: list[tuple[Any, Any]], **gotos: Any) -> Any:
    """A LangGraph with one node per name in `edges` and `gotos`."""
    builder = StateGraph(State)
    ends = [end for edge in edges for part in edge for end in (part if isinstance(part, list) else [part])]
    for name in dict.fromkeys([*ends, *gotos]):
        if name not in (START, END):
            builder.add_node(name, visiting(name, gotos.get(name)))
    for source, target in edges:
        builder.add_edge(source, target)
    return builder.compile()


async def test_going_to_a_node_that_does_not_exist() -> None:
    """LangGraph ends in success; here it is an error that names the node and the nearest one."""
    ended = await langgraph([(START, "desk")], desk="mathh").ainvoke({"visited": []})
    assert ended["visited"] == ["desk"]
    with pytest.raises(NotAnEdge, match=r"'mathh'.*did you mean 'math'"):
        await workflow_of(graph_of(["desk -> math"]), {"desk": ["mathh"]}).arun("q")


async def test_going_to_a_node_that_is_no_neighbor() -> None:
    """LangGraph runs it, edge or no edge; here it is an error, and the node does not run."""
    ended = await langgraph([(START, "desk"), ("math", "law"), ("law", END)], desk="law").ainvoke({"visited": []})
    assert ended["visited"] == ["desk", "law"]
    law = Echo("law")
    with pytest.raises(NotAnEdge, match="chose 'law', which is not one of its neighbors"):
        await workflow_of(graph_of(["desk -> math", "math -> law"]), {"desk": ["law"]}, {"law": law}).arun("q")
    assert law.calls == []


async def test_a_join_with_a_parent_that_was_not_taken() -> None:
    """LangGraph never runs the join nor anything after it, in silence; here it runs with what there is."""
    edges = [(START, "desk"), (["a", "b"], "join"), ("join", "after"), ("after", END)]
    ended = await langgraph(edges, desk="a").ainvoke({"visited": []})
    assert ended["visited"] == ["desk", "a"]
    graph = graph_of(["desk -> [a, b]", "a => join", "b => join", "join => after"])
    answer = await workflow_of(graph, {"desk": ["a"]}).arun("q")
    assert steps(answer) == ["a", "join", "after"]


async def test_a_sink_behind_branches_of_unequal_length() -> None:
    """LangGraph runs the sink twice; here it waits for both branches and runs once."""
    edges = [(START, "a"), (START, "b"), ("b", "c"), ("a", "sink"), ("c", "sink"), ("sink", END)]
    ended = await langgraph(edges).ainvoke({"visited": []})
    assert ended["visited"].count("sink") == 2
    sink = Echo("sink")
    graph = graph_of(["desk -> [a, b]", "b => c", "a => sink", "c => sink"])
    await workflow_of(graph, {"desk": [["a", "b"]]}, {"sink": sink}).arun("q")
    assert [call.query.text for call in sink.calls] == ["a(q)\nc(b(q))"]


async def test_running_out_of_steps() -> None:
    """LangGraph raises, and the work is gone; here the best answer so far comes back, and says why it ended."""
    with pytest.raises(GraphRecursionError):
        await langgraph([(START, "a")], a="a").ainvoke({"visited": []}, {"recursion_limit": 5})
    graph = graph_of(["a -> a"], limits={"hops": 5})
    answer = await workflow_of(graph, lambda *_: ["a"]).arun("q")
    assert (answer.stopped, len(answer.trace), answer.text) == ("hops", 5, "a(q)")


async def test_no_limit_of_langgraph_gets_in_the_way_of_a_long_walk() -> None:
    """LangGraph's own limit on steps is never met, with checkpoints (a step for each hop) or without."""
    from langgraph.checkpoint.memory import InMemorySaver

    graph = graph_of(["a -> a"], limits={"hops": 10_100, "seconds": 600})
    answer = await workflow_of(graph, lambda *_: ["a"]).arun("q")
    assert len(answer.trace) == 10_100
    stored = workflow_of(graph, lambda *_: ["a"], checkpointer=InMemorySaver())
    assert len((await stored.arun("q", thread="t", max_hops=100)).trace) == 100


async def test_a_worker_may_run_a_langgraph_of_its_own() -> None:
    """A graph started inside a worker is a graph of its own, not a part of the walk's: its state is not mixed in."""
    from langgraph.checkpoint.memory import InMemorySaver

    inner = langgraph([(START, "x"), ("x", END)])

    class Inside(Echo):
        async def run(self, call: Any) -> Any:
            ended = await inner.ainvoke({"visited": ["worker"]})
            assert ended["visited"] == ["worker", "x"]
            return await super().run(call)

    saver = InMemorySaver()
    workflow = workflow_of(graph_of(["desk -> a"]), {"desk": ["a"]}, {"a": Inside("a")}, checkpointer=saver)
    assert (await workflow.arun("q")).text == "a(q)"
    assert (await workflow.arun("q", thread="t")).text == "a(q)"
    assert {item.config["configurable"]["checkpoint_ns"] for item in saver.list(None)} == {""}


async def test_a_walk_inside_somebody_elses_langgraph() -> None:
    """A workflow called in a node of another graph, with a checkpointer of its own there, is not stored by it."""
    from langgraph.checkpoint.memory import InMemorySaver

    workflow = workflow_of(graph_of(["desk -> a"]), {"desk": ["a"]})

    async def node(state: State) -> Any:
        return {"visited": [(await workflow.arun("q")).text]}

    builder = StateGraph(State)
    builder.add_node("node", node)
    builder.add_edge(START, "node")
    saver = InMemorySaver()
    ended = await builder.compile(checkpointer=saver).ainvoke(
        {"visited": []}, {"configurable": {"thread_id": "theirs"}}
    )
    assert ended["visited"] == ["a(q)"]
    assert all("wave" not in item.checkpoint["channel_values"] for item in saver.list(None))
