"""`octograph plan`: the walk a request would take, not run."""

from __future__ import annotations

from typing import Annotated

import typer

from .leaving import command
from .options import AsJson, Debug, GraphName, OctopusName, Request, Tools, TrustRemoteCode, read_request
from .output import put, put_json

MaxHops = Annotated[
    int | None,
    typer.Option("--max-hops", metavar="N", min=1, help="Hops at most.  [default: the graph's]", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plan")(plan)


@command
def plan(
    graph: GraphName,
    request: Request,
    as_json: AsJson = False,
    max_hops: MaxHops = None,
    octopus: OctopusName = None,
    tools: Tools = None,
    trust_remote_code: TrustRemoteCode = False,
    debug: Debug = False,
) -> None:
    """Show the walk that a request would take, with probabilities, without running any worker.

    **Example:** `octograph plan desk "From sales.csv give me total revenue by region, then draw it as a bar chart"`
    """
    from .opening import open_workflow

    text = read_request(request)
    workflow = open_workflow(graph, tools, octopus, trust_remote_code=trust_remote_code)
    planned = workflow.plan(text, max_hops=max_hops)
    if as_json:
        put_json(planned.to_data())
    else:
        put(str(planned))
