"""A sheet as PNG, drawn with matplotlib where that is installed."""

from __future__ import annotations

import io
import warnings
from typing import Any

from ..errors import MissingExtra
from .lettering import one_line
from .palette import LIGHT
from .picture import Box, Frame
from .sheet import TEXT, TITLE, Place, Sheet, badge_width, text_spots, title_spot

_DOTS_PER_INCH = 160
_POINTS_PER_PIXEL = 0.72 * 0.94  # a figure of 100 pixels an inch; the fonts at hand run a little wide


def to_png(sheet: Sheet) -> bytes:
    """The sheet as the bytes of a PNG file. Raises MissingExtra without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("drawing PNG", "tools", "matplotlib") from error
    figure = Figure(figsize=(sheet.width / 100, sheet.height / 100), facecolor=LIGHT.paper)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))
    axes.axis("off")
    for frame, place in sheet.frames:
        edge = {"taken": LIGHT.taken, "failed": LIGHT.failed}.get(frame.state, LIGHT.tint("agent").edge)
        _rectangle(axes, place, LIGHT.frame, edge, width=1.0, dashed=True)
        _title(axes, frame, place)
    for line, stroke in sheet.lines:
        color = {"taken": LIGHT.taken, "failed": LIGHT.failed}.get(line.state, LIGHT.line)
        width = 2.4 if line.always else 1.8 if line.state == "taken" else 1.0
        _curve(axes, stroke.start, stroke.pieces, color, width)
    for box, place in sheet.boxes:
        tint = LIGHT.tint(box.kind)
        edge = {"taken": LIGHT.taken, "failed": LIGHT.failed}.get(box.state, tint.edge)
        _rectangle(axes, place, tint.fill, edge, width=2.2 if box.start or box.state in {"taken", "failed"} else 1.0)
        _title(axes, box, place)
        for x, y, text in text_spots(place, box.lines):
            _write(axes, x, y, text, TEXT, LIGHT.faint)
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a glyph that the font lacks is drawn as a box
        figure.savefig(written, format="png", dpi=_DOTS_PER_INCH)
    return written.getvalue()


def _rectangle(axes: Any, place: Place, fill: str, edge: str, width: float, dashed: bool = False) -> None:
    from matplotlib.patches import FancyBboxPatch

    round_ = 8.0
    axes.add_patch(
        FancyBboxPatch(
            (place.x + round_, place.y + round_),
            place.width - 2 * round_,
            place.height - 2 * round_,
            boxstyle=f"round,pad={round_},rounding_size={round_}",
            facecolor=fill,
            edgecolor=edge,
            linewidth=width,
            linestyle="--" if dashed else "-",
        )
    )


def _curve(axes: Any, start: Any, pieces: Any, color: str, width: float) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    points = [start, *(point for piece in pieces for point in piece)]
    path = Path(points, [Path.MOVETO] + [Path.CURVE4] * (len(points) - 1))
    axes.add_patch(FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=7, color=color, linewidth=width))


def _title(axes: Any, item: Box | Frame, place: Place) -> None:
    x, y = title_spot(place)
    _write(axes, x, y, item.title, TITLE, LIGHT.ink, weight="bold")
    if item.badge:
        wide = badge_width(item)
        badge = Place(place.x + place.width - wide - 8.0, y - 13.0, wide, 17.0)
        color = {"taken": LIGHT.taken, "failed": LIGHT.failed}.get(item.state, LIGHT.faint)
        _rectangle(axes, badge, color, color, width=0.0)
        _write(axes, badge.x + 6.0, y - 0.5, item.badge, TEXT, LIGHT.paper)


def _write(axes: Any, x: float, y: float, text: str, size: float, color: str, weight: str = "normal") -> None:
    axes.text(
        x,
        y,
        one_line(text).replace("$", r"\$"),
        fontsize=size * _POINTS_PER_PIXEL,
        color=color,
        weight=weight,
        family="sans-serif",
        verticalalignment="baseline",
    )
