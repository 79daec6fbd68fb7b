"""The log of a walk: off by default, structlog events bound to run and hop when somebody listens, no contents."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from walkers import Raising, graph_of, workflow_of

from octograph import WorkerError
from octograph.engine.journal import journal

GRAPH = graph_of(["desk -> [a, agent]"], agents={"agent": graph_of(["x -> y"], masters="", name="inner")})
SCRIPT = {"desk": [{"neighbor": "a", "probability": 0.75, "arguments": {"key": "private"}}, "agent"], "x": []}


@pytest.fixture
def listening() -> Iterator[None]:
    """Somebody listens to the log."""
    logger = logging.getLogger("octograph")
    before = logger.level
    logger.setLevel(logging.INFO)
    yield
    logger.setLevel(before)


async def test_nothing_is_logged_while_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither on stdout, where the answer belongs, nor anywhere else; watching adds no cost."""
    with capture_logs() as events:
        await workflow_of(GRAPH, SCRIPT).arun("q")
    assert events == []
    assert journal("run", "graph", None) is None
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("listening")
async def test_a_walk_is_logged_from_start_to_end() -> None:
    """Every event has the run, the graph and the hop; agents say where they are."""
    with capture_logs() as events:
        await workflow_of(GRAPH, SCRIPT).arun("q")
    assert [event["event"] for event in events] == [
        "walk started",
        "decided",
        "hop started",
        "hop ended",
        "decided",
        "hop started",
        "hop started",
        "hop ended",
        "decided",
        "hop ended",
        "decided",
        "walk ended",
    ]
    assert len({event["run"] for event in events}) == 1
    assert {event["graph"] for event in events} == {"test"}
    assert events[1]["chosen"] == [("a", 0.75)]
    assert [event.get("inside") for event in events if event["event"] == "hop started"] == [None, None, "agent"]
    assert (events[-1]["stopped"], events[-1]["hops"]) == ("done", 2)


@pytest.mark.usefixtures("listening")
async def test_retries_are_warnings() -> None:
    """A failed try is worth a warning with its number."""
    graph = graph_of(["desk -> a"], retry={"attempts": 2, "wait": 0.0})
    with capture_logs() as events:
        await workflow_of(graph, {"desk": ["a"]}, {"a": Raising(WorkerError("busy"), times=1)}).arun("q")
    retries = [event for event in events if event["event"] == "retry"]
    assert [(event["attempt"], event["log_level"]) for event in retries] == [(1, "warning")]


@pytest.mark.usefixtures("listening")
async def test_contents_are_never_logged() -> None:
    """Requests, arguments, outputs and error texts stay out: they are in the trace, for who may see it."""
    workers = {"a": Raising(WorkerError("my account number is 12345"))}
    with capture_logs() as events:
        await workflow_of(GRAPH, SCRIPT, workers).arun("my password is hunter2")
    assert not [word for word in ("hunter2", "private", "12345", "y(") if word in repr(events)]


@pytest.mark.usefixtures("listening")
async def test_two_walks_have_different_runs() -> None:
    """The run id tells walks apart."""
    workflow = workflow_of(GRAPH, SCRIPT)
    with capture_logs() as events:
        await workflow.arun("q")
        await workflow.arun("q")
    assert len({event["run"] for event in events}) == 2
