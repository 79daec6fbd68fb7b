"""The arguments and options that commands share, described once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..graphs.errors import InputError
from ..graphs.source import library_names


def graph_names(incomplete: str) -> list[str]:
    """Completions for GRAPH: the library's graphs, and the YAML files at hand."""
    folder, _, beginning = incomplete.rpartition("/")
    here = Path(folder or ("/" if incomplete.startswith("/") else "."))
    names = [] if folder else [name for name in library_names() if name.startswith(incomplete)]
    try:
        found = sorted(here.iterdir())
    except OSError:
        return names
    for path in found:
        shown = f"{folder}/{path.name}" if "/" in incomplete else path.name
        if path.name.startswith(beginning) and not (path.name.startswith(".") and not beginning):
            if path.is_dir():
                names.append(f"{shown}/")
            elif path.suffix in {".yaml", ".yml"}:
                names.append(shown)
    return names


GraphName = Annotated[
    str,
    typer.Argument(
        metavar="GRAPH",
        help="A graph file, or the name of a graph of the library (such as desk).",
        autocompletion=graph_names,
        show_default=False,
    ),
]
Request = Annotated[
    str, typer.Argument(metavar="REQUEST", help="What is wanted, in words; - reads it from stdin.", show_default=False)
]
Files = Annotated[
    Path | None,
    typer.Option(
        "--files",
        metavar="DIR",
        help="The one folder that file and table tools see.  [default: the current one]",
        show_default=False,
    ),
]
Tools = Annotated[
    list[str] | None,
    typer.Option(
        "--tools",
        metavar="MODULE",
        help="A module you trust, whose @tool functions the graph may name; may be given several times.",
        show_default=False,
    ),
]
OctopusName = Annotated[
    str | None,
    typer.Option(
        "--octopus",
        metavar="BACKEND|DIR",
        help="Who decides instead of the graph's own: a backend, or a folder of trained weights.",
        show_default=False,
    ),
]
TrustRemoteCode = Annotated[
    bool,
    typer.Option("--trust-remote-code", help="Let models run the Python that comes with their weights."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Keep stderr silent about the walk.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of what goes wrong.", hidden=True)]


def read_request(request: str) -> str:
    """The request, from stdin if it is `-`. Raises InputError if there is nothing in it, or it is no text."""
    source = "stdin" if request == "-" else "the request"
    try:
        if request == "-":
            from ..engine.workflow import LONGEST_REQUEST

            request = sys.stdin.read(LONGEST_REQUEST + 1) if sys.stdin is not None else ""
        request.encode()
    except UnicodeError as error:
        raise InputError(f"{source} is not UTF-8 text") from error
    if not request.strip():
        raise InputError(f'{source} is empty; say what is wanted, as in: octograph run desk "Convert 5 miles to km"')
    return request.strip()
