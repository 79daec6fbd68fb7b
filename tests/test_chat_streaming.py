"""Words as they come on the command line: live on stdout, an event a line as JSON, and in the tree of a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from small_endpoint import Fault, SmallEndpoint
from terminal import octograph

from octograph import Answer, Call, HopEnded, HopStarted, Query, Retried, Step, Streamed, Trace, WalkEnded
from octograph.cli.live import WalkView
from octograph.cli.telling import TextTeller


@pytest.fixture
def server() -> Iterator[SmallEndpoint]:
    """A server that repeats what it is told."""
    with SmallEndpoint() as made:
        yield made


@pytest.fixture
def folder(server: SmallEndpoint, tmp_path: Path) -> Path:
    """A folder with a graph whose only worker is at the server."""
    (tmp_path / "g.yaml").write_text(
        "octograph: 1\nname: g\nstart: talk\nnodes:\n  talk:\n    kind: chat\n"
        f"    model: {{name: small, url: '{server.url}'}}\n    retry: {{attempts: 2, wait: 0}}\n"
    )
    return tmp_path


def test_words_come_out_as_they_are_said_and_once(folder: Path) -> None:
    """An answer that was heard live is not printed again; without --stream it is printed whole."""
    assert octograph("run", "g.yaml", "-q", "--stream", "one two", folder=folder).out == "talk: done: one two\n"
    assert octograph("run", "g.yaml", "-q", "one two", folder=folder).out == "done: one two\n"


def test_a_retry_begins_on_a_line_of_its_own(folder: Path, server: SmallEndpoint) -> None:
    """What was said before is marked as failed."""
    server.faults.append(Fault(cut_after=2))
    ended = octograph("run", "g.yaml", "-q", "--stream", "one two", folder=folder)
    assert (ended.code, ended.out) == (0, "talk: done: one  … (failed; again)\ntalk: done: one two\n")


def test_json_has_an_event_for_each_piece(folder: Path, server: SmallEndpoint) -> None:
    """With a Retried where what came before counts for nothing."""
    server.faults.append(Fault(cut_after=2))
    ended = octograph("run", "g.yaml", "-q", "--stream", "--json", "one two", folder=folder)
    events = [json.loads(line) for line in ended.out.splitlines()]
    heard = ""
    for event in events:
        if event["event"] == "Retried":
            heard = ""
        elif event["event"] == "Streamed":
            assert event["node"] == "talk"
            assert event["hop"] == 0
            heard += event["text"]
    assert heard == events[-1]["answer"]["text"] == "done: one two"


def call(hop: int, node: str) -> Call:
    return Call(hop, None, node, Query("q"))


def test_of_two_that_speak_at_once_one_is_live(capsys: pytest.CaptureFixture[str]) -> None:
    """The other is printed when the first has ended, so that words don't mix; those inside agents are not told."""
    teller = TextTeller()
    one, two = call(0, "one"), call(1, "two")
    for event in (
        Streamed(one, "a "),
        Streamed(two, "x "),
        Streamed(call(0, "deep"), "?", inside=("agent",)),
        HopEnded(Step(1, None, "two", "q", "x y")),
        Streamed(one, "b"),
        HopEnded(Step(0, None, "one", "q", "a b")),
        HopEnded(Step(2, None, "three", "q", "z")),
        HopEnded(Step(3, None, "four", "q", status="failed", error="broken")),
    ):
        teller.tell(event)
    teller.end(Answer("a b\nx y\nz"))
    assert capsys.readouterr().out == "one: a b\ntwo: x y\nthree: z\n\na b\nx y\nz\n"


def test_a_speaker_that_fails_leaves_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """And one that is still speaking when the walk ends is cut."""
    teller = TextTeller()
    teller.tell(Streamed(call(0, "one"), "a"))
    teller.tell(HopEnded(Step(0, None, "one", "q", status="failed", error="broken")))
    teller.tell(Streamed(call(1, "two"), "b"))
    teller.tell(WalkEnded(Answer("")))
    teller.end(Answer("out of time"))
    assert capsys.readouterr().out == "one: a …\ntwo: b\n\nout of time\n"


def test_the_tree_shows_the_last_words_of_who_is_speaking() -> None:
    """Until it ends or is tried again; what is said inside agents only grows steps."""
    console = Console(width=200, force_terminal=True, color_system=None, record=True)
    speaking = call(0, "talk")
    with WalkView(console, tree=True) as view:
        view.see(HopStarted(speaking))
        view.see(Streamed(speaking, "word " * 100))
        view.see(Streamed(speaking, "last"))
        view.see(Streamed(call(0, "deep"), "hidden", inside=("talk",)))
        label = str(view._branches[0].label)
        assert label.endswith("last")
        assert len(label) < 200
        assert "hidden" not in label
        view.see(Retried(speaking, 1, "broken"))
        view.see(Streamed(speaking, "anew"))
        assert str(view._branches[0].label).endswith("… anew")
        view.see(HopEnded(Step(0, None, "talk", "q", "anew and whole")))
        view.end(Answer("anew and whole", trace=Trace("g", "q")), 1.0, Path())
    assert [step.output for step in view.steps] == ["anew and whole"]
