"""`octograph draw`: a picture of a graph, of a walk, or of a walk on its graph."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .leaving import command, complain
from .options import Debug, graph_names
from .output import put_bytes

if TYPE_CHECKING:
    from ..graphs.drawing import Format
    from ..graphs.model import Graph
    from ..graphs.walk import Trace

Subject = Annotated[
    str,
    typer.Argument(
        metavar="GRAPH|TRACE",
        help="A graph (file or library name), or a walk: what `octograph run --json` printed, in a .json file.",
        autocompletion=graph_names,
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Where to write it; the suffix gives the format (.mmd, .dot, .svg, .png).  [default: stdout]",
        show_default=False,
    ),
]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="mermaid|dot|svg|png",
        help="The format.  [default: as the suffix of -o says, else mermaid]",
        show_default=False,
    ),
]
Depth = Annotated[
    int, typer.Option("--depth", min=1, help="Levels to draw: 2 opens the agents of the graph, and so on.")
]
Walk = Annotated[
    Path | None,
    typer.Option("--walk", metavar="TRACE", help="Mark this walk on the graph.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("draw")(draw)


@command
def draw(
    subject: Subject,
    output: Output = None,
    format: FormatName = None,
    depth: Depth = 1,
    walk: Walk = None,
    debug: Debug = False,
) -> None:
    """Draw a graph or a walk as Mermaid, DOT, SVG or PNG.

    A thin arrow (`->`) may be taken, a thick one (`=>`) always is. SVG needs nothing further, PNG matplotlib.

    **Example:** `octograph draw desk --depth 2 -o desk.svg`
    """
    from ..graphs import drawing
    from ..graphs.errors import InputError

    chosen = _format(output, format)
    thing = _read(subject)
    marked = _read_trace(walk) if walk is not None else None
    if marked is not None and subject.endswith(".json"):
        raise InputError("--walk marks a walk on a graph; the first argument must then be the graph")
    if marked is not None and marked.graph != getattr(thing, "name", marked.graph):
        raise InputError(f"{walk}: is a walk over the graph {marked.graph!r}, not over {subject!r}; name that graph")
    drawn = drawing.draw(thing, chosen, depth=depth, walk=marked)
    if output is not None:
        _write(output, drawn)
        complain(f"wrote {output} ({chosen})")
    elif chosen == "png" and sys.stdout is not None and sys.stdout.isatty():
        raise InputError("a PNG would only garble the terminal; give a file with -o drawing.png")
    else:
        put_bytes(drawn)


def _format(output: Path | None, format: str | None) -> Format:
    from ..graphs.drawing import FORMATS
    from ..graphs.errors import InputError, nearest

    known = list(dict.fromkeys(FORMATS.values()))
    if format is not None:
        if format not in known:
            raise InputError(f"no format {format!r}{nearest(format, known)}; known: {', '.join(known)}")
        return known[known.index(format)]  # the name as the type knows it
    if output is None:
        return "mermaid"
    suffix = output.suffix.lower()
    if suffix not in FORMATS:
        raise InputError(
            f"{output}: no format has the suffix {suffix!r}; known: {', '.join(FORMATS)} (or give --format)"
        )
    return FORMATS[suffix]


def _read(subject: str) -> Graph | Trace:
    from ..graphs.model import Graph

    return _read_trace(Path(subject)) if subject.endswith(".json") else Graph.read(subject)


def _read_trace(path: Path) -> Trace:
    """The trace in a file: by itself, or inside an Answer as `run --json` prints it."""
    import json

    from ..graphs.data_file import read_data
    from ..graphs.errors import InputError
    from ..graphs.walk import Trace

    try:
        data = json.loads(read_data(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON: {error}") from error
    try:
        if isinstance(data, dict) and "trace" in data and "steps" not in data:
            data = data["trace"]
        _check_types(data, "trace")
        return Trace.from_data(data)
    except (TypeError, KeyError, AttributeError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: not a walk; expected what `octograph run --json` prints ({error})") from error


_TYPES: dict[str, type | tuple[type, ...]] = {
    "graph": str,
    "hop": int,
    "source": (str, type(None)),
    "node": str,
    "query": str,
    "output": str,
    "arguments": dict,
    "probability": (int, float),
    "seconds": (int, float),
    "attempts": int,
    "status": str,
    "error": (str, type(None)),
    "parents": list,
}


def _check_types(trace: Any, where: str) -> None:
    """Raises TypeError for what is no walk: the file may have been written by anybody."""
    if not isinstance(trace, dict) or not isinstance(trace.get("steps"), list):
        raise TypeError(f"{where} has no steps")
    for number, part in enumerate([trace, *trace["steps"]]):
        place = f"{where}.steps[{number - 1}]" if number else where
        if not isinstance(part, dict):
            raise TypeError(f"{place} is no object")
        for name, kind in _TYPES.items():
            if name in part and not isinstance(part[name], kind):
                raise TypeError(f"{place}.{name} is {part[name]!r}")
        if number and part.get("trace") is not None:
            _check_types(part["trace"], f"{place}.trace")


def _write(path: Path, content: bytes) -> None:
    from ..graphs.errors import InputError

    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from error
