"""Where no decision fills a tool's arguments, at the start and along fixed edges, the Octopus still may."""

from __future__ import annotations

from octograph import Graph, Workflow

from .small_tools import TOOLS

NODES = {name: {"kind": "tool", "tool": f"small.{name}"} for name in ("read", "summarize", "convert")}


def test_a_tool_at_the_start_finds_its_arguments_in_the_request() -> None:
    """A graph of one tool needs no master: the request holds what the tool takes."""
    graph = Graph("one", {"convert": NODES["convert"]}, [], start="convert")
    step = Workflow(graph, tools=TOOLS).run("convert 5 miles to km").trace.step(0)
    assert (step.arguments, step.output) == ({"value": "5 miles", "to": "km"}, "5 miles as km")


def test_along_a_fixed_edge_the_result_before_is_an_argument() -> None:
    """A file that was read is what the next tool summarizes."""
    graph = Graph("two", {name: NODES[name] for name in ("read", "summarize")}, ["read => summarize"], start="read")
    read, summary = Workflow(graph, tools=TOOLS).run("read notes.txt").trace
    assert read.arguments == {"path": "notes.txt"}
    assert summary.arguments == {"text": read.output}


def test_what_is_not_there_is_said() -> None:
    """A missing argument is the step's error, naming it."""
    graph = Graph("one", {"convert": NODES["convert"]}, [], start="convert")
    step = Workflow(graph, tools=TOOLS).run("convert 5 miles").trace.step(0)
    assert step.status == "failed"
    assert "small.convert needs 'to'" in (step.error or "")
