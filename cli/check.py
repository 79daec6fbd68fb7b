"""`octograph check`: every problem of graph files, each with its place."""

from __future__ import annotations

from typing import Annotated

import typer

from .leaving import BAD_INPUT, command, complain
from .opening import trust_current_folder
from .options import Debug, Tools, graph_names

Graphs = Annotated[
    list[str],
    typer.Argument(
        metavar="GRAPH...",
        help="Graph files, or names of graphs of the library.",
        autocompletion=graph_names,
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


@command
def check(graphs: Graphs, tools: Tools = None, debug: Debug = False) -> None:
    """List every problem of graph files, and of the sub-graphs they name, as `file:line:column: where: what`.

    Nothing is run, and nothing is imported but the tools that the graph names from Octograph's own catalogs and
    the modules you trust with --tools. Exit code 0: no problem; 2: problems.

    **Example:** `octograph check desk my-graph.yaml`
    """
    from ..engine.checking import check_tools
    from ..graphs.display import counted
    from ..graphs.errors import GraphError
    from ..graphs.model import Graph

    if tools:
        trust_current_folder()
    problems = 0
    for name in graphs:
        try:
            graph = Graph.read(name)
            check_tools(graph, tools or ())
        except GraphError as error:
            problems += len(error.problems)
            complain(*map(str, error.problems))
        else:
            complain(f"ok: {graph.name} ({counted(graph)})")
    if problems:
        raise SystemExit(BAD_INPUT)
