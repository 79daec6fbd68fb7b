"""`octograph run`: a request walks the graph; the answer goes to stdout, the walk to stderr."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from ..graphs.errors import InputError
from .leaving import FAILED, INTERRUPTED, command
from .options import AsJson, Debug, Files, GraphName, OctopusName, Quiet, Request, Tools, TrustRemoteCode, read_request
from .output import put, put_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ..engine.events import Event
    from ..engine.workflow import Workflow
    from ..graphs.walk import Answer
    from .live import WalkView
    from .telling import Teller

AsItComes = Annotated[bool, typer.Option("--stream", help="Print results as they come; with --json one event a line.")]
MaxHops = Annotated[
    int | None,
    typer.Option("--max-hops", metavar="N", min=1, help="Hops at most.  [default: the graph's]", show_default=False),
]
ThreadName = Annotated[
    str | None,
    typer.Option(
        "--thread",
        metavar="ID",
        help="Store every hop under this name; if the walk is broken off, the same command goes on with it.",
        show_default=False,
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option("--seconds", metavar="S", help="Seconds at most.  [default: the graph's]", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


@command
def run(
    graph: GraphName,
    request: Request,
    as_json: AsJson = False,
    stream: AsItComes = False,
    max_hops: MaxHops = None,
    seconds: Seconds = None,
    thread: ThreadName = None,
    octopus: OctopusName = None,
    files: Files = None,
    tools: Tools = None,
    trust_remote_code: TrustRemoteCode = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Answer a request: walk the graph hop by hop, and print the answer.

    Each hop is shown on stderr with its node, probability, query, result and time. Exit code 0: answered (also: in
    part, or by saying that nothing here can do it); 1: the walk failed; 2: bad input.

    **Example:** `octograph run desk "Convert 5 miles to kilometers and 70 kilograms to pounds"`
    """
    from .live import walk_view
    from .opening import open_workflow
    from .telling import JsonTeller, TextTeller

    text = read_request(request)
    if thread is not None and not thread.strip():
        raise InputError("--thread: the name is empty")
    workflow = open_workflow(
        graph, tools, octopus, files, threads=thread is not None, trust_remote_code=trust_remote_code
    )
    events = workflow.stream(text, thread=thread, max_hops=max_hops, seconds=seconds)
    began = monotonic()
    with walk_view(quiet, plain=stream) as view:
        teller = (JsonTeller() if as_json else TextTeller()) if stream else None
        try:
            answer = _watch(events, view, teller)
        except KeyboardInterrupt:
            answer = _so_far(workflow, text, view)
        view.end(answer, monotonic() - began, files or Path())
    if teller is not None:
        teller.end(answer)
    elif as_json:
        put_json(answer.to_data())
    elif answer.text:
        put(answer.text)
    if answer.stopped == "interrupted":
        raise SystemExit(INTERRUPTED)
    spent = answer.stopped in ("hops", "seconds") and not any(step.status == "done" for step in answer.trace)
    if answer.stopped == "failed" or spent:
        raise SystemExit(FAILED)


def _watch(events: AsyncIterator[Event], view: WalkView, teller: Teller | None) -> Answer:
    """See the events of a walk, to its answer."""
    from ..engine.blocking import run_blocking
    from ..engine.events import WalkEnded

    async def watch() -> Answer:
        async for event in events:
            if isinstance(event, WalkEnded):
                return event.answer
            view.see(event)
            if teller is not None:
                teller.tell(event)
        raise RuntimeError("a walk ended without an answer")

    return run_blocking(watch)


def _so_far(workflow: Workflow, text: str, view: WalkView) -> Answer:
    """The answer of a walk that Ctrl-C has ended."""
    from ..engine.answer import compose
    from ..graphs.walk import Trace

    trace = Trace(workflow.graph.name, text, tuple(view.steps))
    return compose(workflow.graph, trace, "interrupted", "done", ())
