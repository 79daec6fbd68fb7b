"""Agents: a walk inside a walk, to any depth, with one answer, one trace and true reasons for failing."""

from __future__ import annotations

from typing import Any

from walkers import Echo, Gate, Raising, graph_of, workflow_of

from octograph import Graph, HopEnded, HopStarted, Result, Trace, WalkEnded, WorkerError

INNER = ["start -> [add, plot]"]


def desk(**agents: Graph) -> Graph:
    return graph_of([f"desk -> [{', '.join(agents)}, law]"], agents=agents)


async def test_an_agent_answers_with_the_answer_of_its_own_graph() -> None:
    """The step of the agent holds the answer inside, its data, and the trace of the walk inside."""
    graph = desk(math=graph_of(INNER, masters="start", name="math"))
    answer = await workflow_of(graph, {"desk": ["math"], "start": [["add", "plot"]]}).arun("q")
    step = answer.trace.step(0)
    assert (step.node, step.output) == ("math", "add(q)\nplot(q)")
    assert step.data == [{"by": "add"}, {"by": "plot"}]
    assert step.trace is not None
    assert [inner.node for inner in step.trace] == ["add", "plot"]
    assert Trace.from_json(answer.trace.to_json()) == answer.trace


async def test_the_results_handed_to_an_agent_are_there_for_its_workers() -> None:
    """A worker inside that builds on nothing inside gets what the agent was handed."""
    inner = Echo("add")
    graph = desk(math=graph_of(INNER, masters="start"))
    script = {"desk": ["law", {"neighbor": "math", "query": "double it"}], "start": ["add"]}
    await workflow_of(graph, script, {"math/add": inner}).arun("q")
    assert inner.calls[0].query.text == "double it"
    assert [result.text for result in inner.calls[0].query.inputs] == ["law(q)"]


async def test_agents_nest_three_deep() -> None:
    """Each level has its own walk; the answer comes all the way out, and so does the trace."""
    graph = graph_of(["start -> work"], masters="start", name="level 3")
    for level in (2, 1):
        graph = graph_of(["start -> inner"], masters="start", name=f"level {level}", agents={"inner": graph})
    graph = graph_of(["desk -> inner"], agents={"inner": graph})
    answer = await workflow_of(graph, lambda *given: [] if given[3].steps else [given[2][0].id]).arun("q")
    trace, names = answer.trace, []
    while trace is not None:
        names.append(trace.graph)
        trace = trace.steps[0].trace
    assert names == ["test", "level 1", "level 2", "level 3"]
    assert answer.text == "work(q)"


async def test_an_agent_in_which_nothing_fits_abstains() -> None:
    """The outer step abstains because nothing inside could do it; the walk inside is kept."""
    graph = desk(math=graph_of(INNER, masters="start", name="mathematics"))
    answer = await workflow_of(graph, {"desk": ["math"], "start": [None]}).arun("q")
    step = answer.trace.step(0)
    assert (step.status, step.error) == ("abstained", "nothing in 'mathematics' can do that")
    assert step.trace is not None
    assert [inner.status for inner in step.trace] == ["abstained"]


async def test_an_agent_whose_workers_fail_fails_with_their_reason() -> None:
    """The true reason comes out, word for word."""
    graph = desk(math=graph_of(INNER, masters="start"))
    workers = {"math/add": Raising(WorkerError("there is no x in 'y + 1'"))}
    answer = await workflow_of(graph, {"desk": ["math"], "start": ["add"]}, workers).arun("q")
    assert answer.text == "math could not do “q”: there is no x in 'y + 1'"


async def test_an_agent_that_ran_out_marks_the_whole_answer() -> None:
    """The inner walk spent its hops: the outer answer is said to be partial too."""
    inner = graph_of(["start -> a", "a -> a"], masters="start", limits={"hops": 2})
    answer = await workflow_of(
        desk(math=inner), lambda *given: [given[2][0].id] if not (given[1].node == "desk" and given[3].steps) else []
    ).arun("q")
    assert answer.stopped == "hops"
    assert answer.text.startswith("a(q)")


async def test_the_timeout_of_an_agent_gives_its_best_answer_so_far() -> None:
    """An agent has a little less time inside than its timeout: what it found in it is its answer."""
    inner = graph_of(["start -> [quick, never]"], masters="start")
    graph = graph_of(["desk -> agent"], agents={"agent": inner}, settings={"agent": {"timeout": 2.0}})
    script = {"desk": ["agent"], "start": [["quick", "never"]]}
    answer = await workflow_of(graph, script, {"agent/never": Gate()}).arun("q")
    assert (answer.text, answer.stopped) == ("quick(q)", "seconds")


async def test_a_worker_may_be_handed_in_for_a_whole_agent() -> None:
    """An implementation for the agent's own id replaces the walk inside."""
    graph = desk(math=graph_of(INNER, masters="start"))
    answer = await workflow_of(graph, {"desk": ["math"]}, {"math": Echo("stand-in")}).arun("q")
    assert answer.text == "stand-in(q)"
    assert answer.trace.step(0).trace is None


async def test_an_agent_may_begin_with_a_worker() -> None:
    """A sub-graph without a master is a fixed workflow."""
    graph = desk(math=graph_of(["clean => sum"], masters=""))
    answer = await workflow_of(graph, {"desk": ["math"]}).arun("q")
    assert answer.text == "sum(clean(q))"


async def test_events_inside_agents_say_where_they_are() -> None:
    """Events of the inner walk come between the agent's start and end, with the agents they are inside of."""
    graph = desk(math=graph_of(INNER, masters="start"))
    workflow = workflow_of(graph, {"desk": ["math"], "start": ["add"]})
    events = [event async for event in workflow.stream("q")]
    hops = [
        (type(event).__name__, event.inside, (event.call if isinstance(event, HopStarted) else event.step).node)
        for event in events
        if isinstance(event, (HopStarted, HopEnded))
    ]
    assert hops == [
        ("HopStarted", (), "math"),
        ("HopStarted", ("math",), "add"),
        ("HopEnded", ("math",), "add"),
        ("HopEnded", (), "math"),
    ]
    assert sum(isinstance(event, WalkEnded) for event in events) == 1


async def test_files_written_inside_are_files_of_the_answer() -> None:
    """What a worker inside an agent wrote is listed outside."""

    class Writing:
        async def run(self, call: Any) -> Result:
            return Result("drawn", files=("chart.png",), kind="picture")

    graph = desk(math=graph_of(INNER, masters="start"))
    workers = {"math/plot": Writing()}
    answer = await workflow_of(graph, {"desk": ["math"], "start": ["plot"]}, workers).arun("q")
    assert answer.files == ("chart.png",)
    assert answer.trace.step(0).kind == "picture"
