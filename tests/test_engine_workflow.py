"""The Workflow: what is checked when it is made, how it is called, and what importing it costs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from walkers import Echo, graph_of, workflow_of

import octograph
from octograph import (
    Decision,
    Graph,
    GraphError,
    Greedy,
    InputError,
    Result,
    ScriptedOctopus,
    Stop,
    Workflow,
    tool,
)

GRAPH = graph_of(["desk -> a"])
SCRIPT = {"desk": ["a"]}


def test_unknown_tools_are_reported_all_at_once_with_their_places(tmp_path: Path) -> None:
    """Every tool that can't be found, sub-graphs included, with file, line, and the nearest name."""
    (tmp_path / "inner.yaml").write_text(
        "octograph: 1\nname: inner\nstart: x\nnodes:\n  x: {kind: tool, tool: units.convertt, description: X.}\n"
    )
    (tmp_path / "top.yaml").write_text(
        "octograph: 1\nname: top\nstart: desk\nnodes:\n  desk: {kind: master, description: D.}\n"
        "  one: {kind: tool, tool: nowhere.at_all, description: One.}\n"
        "  in: {kind: agent, graph: inner.yaml, description: In.}\nedges:\n  - desk -> [one, in]\n"
    )
    with pytest.raises(GraphError) as raised:
        Workflow(tmp_path / "top.yaml")
    found = [(Path(problem.file).name, problem.line, problem.where) for problem in raised.value.problems]
    assert sorted(found) == [("inner.yaml", 5, "nodes.x.tool"), ("top.yaml", 6, "nodes.one.tool")]
    assert "did you mean 'units.convert'?" in str(raised.value)


def test_a_tool_nobody_could_call_is_reported() -> None:
    """A parameter without a type is a problem of the graph that names the tool."""

    @tool("workflow.untyped")
    def untyped(thing) -> str:  # type: ignore[no-untyped-def]
        """Does something."""
        return str(thing)

    graph = Graph("g", {"a": {"kind": "tool", "tool": "workflow.untyped"}})
    with pytest.raises(GraphError, match="parameter 'thing' has no type"):
        Workflow(graph)


def test_tools_handed_in_come_first() -> None:
    """A tool given to the workflow is found by its name, and its text argument gets the query."""

    @tool("workflow.shout")
    def shout(text: str) -> str:
        """Says it louder."""
        return text.upper()

    graph = graph_of(["desk -> a"], settings={"a": {"kind": "tool", "tool": "workflow.shout"}})
    assert Workflow(graph, tools=[shout], octopus=ScriptedOctopus(SCRIPT)).run("hello").text == "HELLO"


def test_a_tool_may_be_handed_in_as_a_worker() -> None:
    """It is called with arguments filled by its signature, and its card says what it is."""

    @tool("workflow.twice", examples=["twice 3"])
    def twice(text: str) -> str:
        """Says it twice."""
        return text + text

    cards: list[Any] = []

    def script(query: Any, at: Any, neighbors: Any, trace: Any) -> list[str]:
        cards.extend(neighbors)
        return [] if trace.steps else ["a"]

    assert Workflow(GRAPH, octopus=ScriptedOctopus(script), workers={"a": twice}).run("ab").text == "abab"
    assert (cards[0].description, cards[0].examples, cards[0].gives) == ("Says it twice.", ("twice 3",), ("text",))


def test_cards_show_what_graph_and_tool_say() -> None:
    """Description and examples of the graph come before the tool's; an agent's card shows the workers inside."""

    @tool("workflow.counted", examples=["count these", "how many"])
    def counted(text: str) -> int:
        """Counts words."""
        return len(text.split())

    inner = graph_of(["start -> [x, deep]"], masters="start", agents={"deep": graph_of(["p -> q"], masters="")})
    graph = graph_of(
        ["desk -> [t, agent]", "t -> t"],
        settings={
            "t": {
                "kind": "tool",
                "tool": "workflow.counted",
                "examples": ["how many", "words?"],
                "reformat": "Count: {query}",
            }
        },
        agents={"agent": inner},
    )
    seen: dict[str, Any] = {}
    octopus = ScriptedOctopus(
        lambda query, at, neighbors, trace: [seen.update({card.id: card for card in neighbors})][:0]
    )
    Workflow(graph, octopus=octopus).plan("q")
    card = seen["t"]
    assert card.examples == ("how many", "words?", "count these")
    assert (card.description, card.reformat, card.again, card.gives) == (
        "Counts words.",
        "Count: {query}",
        True,
        ("integer",),
    )
    assert [parameter.name for parameter in card.signature.parameters] == ["text"]
    assert [inside.id for inside in seen["agent"].inside] == ["x", "p", "q"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"octopus": "embeded"}, "did you mean 'embedded'"),
        ({"octopus": ""}, "give a backend"),
        ({"strategy": "greedi"}, "did you mean 'greedy'"),
        ({"files": "no/such/folder"}, "not a folder"),
        ({"workers": {"b": Echo("b")}}, "no node 'b' in 'test'"),
        ({"workers": {"a/b": Echo("b")}}, "no agent 'a' in 'test'"),
        ({"tools": ["no_such_module"]}, "can't be imported"),
        ({"tools": ["my_tools.py"]}, "without .py: my_tools$"),
    ],
)
def test_options_that_can_not_be_used_are_refused(options: dict[str, Any], message: str) -> None:
    """The error says what is wrong, and the nearest thing that is right."""
    with pytest.raises(InputError, match=message):
        Workflow(GRAPH, **options)


@pytest.mark.parametrize(
    ("query", "message"),
    [("x" * 100_001, "longer than 100,000 characters; put long text into a file"), ("\udcff", "UTF-8")],
)
def test_a_request_that_can_not_be_read_is_refused(query: str, message: str) -> None:
    """Neither a whole book nor broken text is walked with."""
    workflow = workflow_of(GRAPH, SCRIPT)
    for ask in (workflow.run, workflow.plan):
        with pytest.raises(InputError, match=message):
            ask(query)


@pytest.mark.parametrize("query", ["", "  \n\t", None, 7])
def test_an_empty_request_is_refused(query: Any) -> None:
    """There is nothing to do, and the error says so, for plans as well."""
    workflow = workflow_of(GRAPH, SCRIPT)
    with pytest.raises(InputError, match="the request is empty"):
        workflow.run(query)
    with pytest.raises(InputError, match="the request is empty"):
        workflow.plan(query)


async def test_run_works_inside_a_running_loop() -> None:
    """As in a notebook: the loop that is running is left alone, and errors come out the same."""
    workflow = workflow_of(GRAPH, SCRIPT)
    assert workflow.run("q").text == "a(q)"
    with pytest.raises(InputError):
        workflow.run("")


async def test_run_inside_a_running_loop_sees_the_working_folder(tmp_path: Path) -> None:
    """The context of the caller goes along into the other thread."""
    from octograph.nodes.folder import working_folder, working_in

    class Looking:
        async def run(self, call: Any) -> Result:
            return Result(str(working_folder()))

    with working_in(tmp_path):
        assert workflow_of(GRAPH, SCRIPT, {"a": Looking()}).run("q").text == str(tmp_path)


def test_files_is_the_folder_the_workers_see(tmp_path: Path) -> None:
    """Also in the threads that plain functions run in."""
    from octograph.nodes.folder import working_folder

    @tool("workflow.where")
    def where(text: str) -> str:
        """Tells where it works."""
        return str(working_folder())

    workflow = Workflow(GRAPH, octopus=ScriptedOctopus(SCRIPT), workers={"a": where}, files=tmp_path)
    assert workflow.run("q").text == str(tmp_path)


def test_plans_see_the_folder_too(tmp_path: Path) -> None:
    """An Octopus may look into a file to fill an argument, before anything is run."""
    from octograph.nodes.folder import working_folder

    seen = []
    octopus = ScriptedOctopus(lambda query, at, neighbors, trace: seen.append(working_folder()) or [])
    Workflow(GRAPH, octopus=octopus, files=tmp_path, workers={"a": Echo("a")}).plan("q")
    assert seen == [tmp_path]


def test_a_tool_that_never_returns_holds_up_neither_answer_nor_exit() -> None:
    """Its thread is left behind: the answer comes when the seconds are spent, and the program ends."""
    code = """
import threading
from octograph import Graph, ScriptedOctopus, Workflow, tool
@tool
def hang(text: str) -> str:
    "Never returns."
    threading.Event().wait()
graph = Graph("g", {"a": {"kind": "tool", "tool": "hang"}})
answer = Workflow(graph, octopus=ScriptedOctopus({"a": ["a"]})).run("q", seconds=0.1)
print(answer.stopped)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "seconds"


def test_ctrl_c_reaches_the_call_under_way() -> None:
    """An interrupt cancels the worker before it comes out of `run`, with a loop running or without."""
    code = """
import asyncio, os, signal, sys, threading
from octograph import Graph, Result, ScriptedOctopus, Workflow
class Waiting:
    async def run(self, call):
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            print("cancelled", flush=True)
            raise
graph = Graph("g", {"a": {"kind": "model"}})
workflow = Workflow(graph, octopus=ScriptedOctopus({"a": ["a"]}), workers={"a": Waiting()})
async def notebook():
    workflow.run("q")
try:
    if sys.argv[1] == "loop":
        asyncio.get_event_loop_policy().new_event_loop().run_until_complete(notebook())
    else:
        workflow.run("q")
except KeyboardInterrupt:
    print("interrupted")
"""
    for form in ("plain", "loop"):
        done = subprocess.run([sys.executable, "-c", code, form], capture_output=True, text=True, timeout=60)
        assert done.stdout.split() == ["cancelled", "interrupted"], (form, done.stderr)


async def test_a_plain_function_does_not_block_the_walk() -> None:
    """Two plain functions that wait for each other both get to run."""
    meeting = threading.Barrier(2, timeout=30)

    @tool("workflow.meet")
    def meet(text: str) -> str:
        """Waits for another."""
        meeting.wait()
        return "met"

    graph = graph_of(["desk -> [a, b]"])
    workflow = Workflow(graph, octopus=ScriptedOctopus({"desk": [["a", "b"]]}), workers={"a": meet, "b": meet})
    assert (await workflow.arun("q")).text == "met"


async def test_one_workflow_serves_many_walks_at_once() -> None:
    """Nothing of one walk is seen by another."""
    workflow = workflow_of(GRAPH, SCRIPT)
    answers = await asyncio.gather(*(workflow.arun(f"q{number}") for number in range(50)))
    assert [answer.text for answer in answers] == [f"a(q{number})" for number in range(50)]


async def test_a_strategy_may_be_handed_in_and_may_stop() -> None:
    """Its reason is why the walk stopped."""

    class First:
        def next(self, trace: Any, decisions: Any) -> Any:
            return list(decisions)[:1] if not trace.steps else Stop("probability")

    def always(*_: Any) -> list[Decision]:
        return [Decision("a", "again", 0.6)]

    answer = await workflow_of(GRAPH, always, strategy=First()).arun("q")
    assert (answer.text, answer.stopped) == ("a(again)", "probability")


async def test_the_threshold_of_a_graph_makes_greedy_abstain() -> None:
    """What is less probable than the graph's threshold is not tried."""

    def unsure(query: Any, at: Any, neighbors: Any, trace: Any) -> list[Decision]:
        return [] if trace.steps else [Decision("a", query.text, 0.3)]

    graph = graph_of(["desk -> a"], octopus={"backend": "scripted", "threshold": 0.4})
    assert (await workflow_of(graph, unsure).arun("q")).stopped == "abstained"
    assert (await workflow_of(graph, unsure, strategy=Greedy(0.2)).arun("q")).stopped == "done"


def test_the_scripted_octopus_of_a_graph_file() -> None:
    """A graph may bring its script, and each node may have an Octopus of its own."""
    text = """
octograph: 1
name: scripted
start: desk
octopus: {backend: scripted, settings: {script: {desk: [math, units], math: [law]}}}
nodes:
  desk: {kind: master, description: D.}
  math: {kind: model, description: M., octopus: {backend: scripted, settings: {script: [units]}}}
  units: {kind: model, description: U.}
  law: {kind: model, description: L.}
edges:
  - desk -> [math, units]
  - math -> [law, units]
"""
    workflow = Workflow(Graph.parse(text), workers={name: Echo(name) for name in ("math", "units", "law")})
    plan = workflow.plan("q")
    assert [node.id for node in plan.nodes] == ["math", "units"]
    assert workflow.run("q").trace.graph == "scripted"


def test_everything_public_can_be_imported() -> None:
    """Each public name is there, is listed, and is the same however it is reached."""
    for name in octograph.__all__:
        assert getattr(octograph, name) is not None
        assert name in dir(octograph)
    assert octograph.__all__ == sorted(octograph.__all__)
    assert set(octograph.__all__) == set(octograph._ROOM)
    with pytest.raises(AttributeError, match="no attribute 'Workflo'"):
        _ = octograph.Workflo


def test_importing_octograph_loads_next_to_nothing() -> None:
    """The import is lazy; making a workflow loads no LangGraph, and only walking does."""
    code = """
import sys
import octograph
heavy = ("langgraph", "langchain_core", "pydantic", "numpy", "onnxruntime", "torch", "networkx")
assert not [name for name in heavy if name in sys.modules]
graph = octograph.Graph("g", {"a": {"kind": "model"}})
workflow = octograph.Workflow(graph, octopus=octograph.ScriptedOctopus({"a": ["a"]}))
workflow.plan("q")
assert not [name for name in ("langgraph", "langchain_core", "torch", "tenacity", "structlog") if name in sys.modules]
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_graphs_nested_in_twos_cost_no_more_than_they_hold() -> None:
    """Thirty levels of two agents over the same sub-graph are a billion paths, and only thirty graphs."""
    graph = graph_of(["start -> work"], masters="start")
    for _ in range(30):
        graph = graph_of(["start -> [one, two]"], masters="start", agents={"one": graph, "two": graph})
    octopus = ScriptedOctopus(lambda query, at, neighbors, trace: [])
    workflow = Workflow(graph, octopus=octopus)
    assert workflow.plan("q").stopped == "abstained"
    assert [card.id for card in workflow._crew.card("one").inside] == ["work"]


def test_compiling_does_no_work_per_edge() -> None:
    """A complete graph of 1,000 nodes is made ready without its 999,000 edges being looked at."""
    names = [f"n{number}" for number in range(1000)]
    graph = Graph(
        "dense", {name: {"kind": "model"} for name in names}, [f"{name} -> [{', '.join(names)}]" for name in names]
    )
    workflow = Workflow(graph, octopus=ScriptedOctopus({"n0": ["n0"]}))
    assert workflow._crew._cards == {}
