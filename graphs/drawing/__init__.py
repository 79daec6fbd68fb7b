"""Drawings of graphs, walks and plans: Mermaid, DOT and SVG without further packages, PNG with matplotlib."""

from __future__ import annotations

from typing import Literal

from ..errors import InputError
from ..model import Graph
from ..walk import Answer, Plan, Trace
from .picture import Picture

Format = Literal["mermaid", "dot", "svg", "png"]
FORMATS: dict[str, Format] = {
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
    ".png": "png",
}
"""Formats by the suffix of a file."""
_MOST_BOXES = 500
"""A layered layout of more takes long, and nobody could read it."""


def picture_of(subject: Graph | Trace | Answer | Plan, *, depth: int = 1, walk: Trace | None = None) -> Picture:
    """What there is to be drawn of a graph (with a `walk` marked on it, agents opened to `depth`), a walk or a plan."""
    from .from_graph import picture_of_graph
    from .from_walk import picture_of_plan, picture_of_trace

    if isinstance(subject, Answer):
        return picture_of_trace(subject.trace)
    if isinstance(subject, Trace):
        return picture_of_trace(subject)
    if isinstance(subject, Plan):
        return picture_of_plan(subject)
    return picture_of_graph(subject, depth, walk)


def draw(
    subject: Graph | Trace | Answer | Plan, format: Format = "svg", *, depth: int = 1, walk: Trace | None = None
) -> bytes:
    """A drawing in the given format, text formats in UTF-8.

    Raises InputError where the picture is too large for SVG or PNG, MissingExtra for PNG without matplotlib.
    """
    picture = picture_of(subject, depth=depth, walk=walk)
    if format == "mermaid":
        from .mermaid import to_mermaid

        return to_mermaid(picture).encode()
    if format == "dot":
        from .dot import to_dot

        return to_dot(picture).encode()
    if len(picture.boxes) > _MOST_BOXES:
        raise InputError(
            f"{picture.title}: {len(picture.boxes):,} boxes are too many for a readable {format.upper()} "
            f"(at most {_MOST_BOXES}); draw it with a smaller depth, or as dot for a tool made for large graphs"
        )
    from .sheet import spread_out

    sheet = spread_out(picture)
    if format == "png":
        from .png import to_png

        return to_png(sheet)
    from .svg import to_svg

    return to_svg(sheet).encode()
