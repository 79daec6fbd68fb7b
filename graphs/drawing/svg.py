"""A sheet as SVG: one self-contained file without scripts, light or dark as the reader's system is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args
from xml.sax.saxutils import escape, quoteattr

from .lettering import one_line
from .palette import DARK, LIGHT, Palette
from .picture import Box, Frame, Line, State
from .sheet import TEXT, TITLE, Place, Sheet, Stroke, badge_width, text_spots, title_spot


def to_svg(sheet: Sheet) -> str:
    """The SVG document of a sheet. All text in it is escaped."""
    size = f'width="{sheet.width:.0f}" height="{sheet.height:.0f}" viewBox="0 0 {sheet.width:.0f} {sheet.height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} class="octograph" role="img" '
        f"aria-label={quoteattr(one_line(sheet.title))} "
        f"font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif\">",
        f"<title>{escape(one_line(sheet.title))}</title>",
        f"<style>{_style(LIGHT)}\n@media (prefers-color-scheme: dark) {{{_style(DARK)}}}</style>",
        "<defs>",
        *(_arrowhead(name) for name in get_args(State)),
        "</defs>",
        '<rect class="paper" width="100%" height="100%" rx="8"/>',
        *(part for frame, place in sheet.frames for part in _frame(frame, place)),
        *(_line(line, stroke) for line, stroke in sheet.lines),
        *(part for box, place in sheet.boxes for part in _box(box, place)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _style(palette: Palette) -> str:
    rules = [
        f".octograph .paper{{fill:{palette.paper}}}",
        f".octograph text{{fill:{palette.ink}}}",
        f".octograph .text{{fill:{palette.faint}}}",
        f".octograph .line{{fill:none;stroke:{palette.line};stroke-width:1.3}}",
        ".octograph .always{stroke-width:3}",
        f".octograph .line.taken{{stroke:{palette.taken};stroke-width:2.4}}",
        ".octograph .idle{opacity:.5}",
        f".octograph .head-plain,.octograph .head-idle{{fill:{palette.line}}}",
        f".octograph .line.failed{{stroke:{palette.failed}}}",
        f".octograph .head-failed{{fill:{palette.failed}}}",
        f".octograph .head-taken,.octograph .badge-taken{{fill:{palette.taken}}}",
        f".octograph .badge-plain,.octograph .badge-idle{{fill:{palette.faint}}}",
        f".octograph .badge-failed{{fill:{palette.failed}}}",
        f".octograph .badge-text{{fill:{palette.paper}}}",
        f".octograph .frame{{fill:{palette.frame};stroke:{palette.tint('agent').edge}}}",
        ".octograph .frame{stroke-width:1.2;stroke-dasharray:5 4}",
        *(
            f".octograph .kind-{kind}{{fill:{tint.fill};stroke:{tint.edge};stroke-width:1.3}}"
            for kind, tint in palette.tints.items()
        ),
        ".octograph .start{stroke-width:3}",
        f".octograph .box-taken{{stroke:{palette.taken};stroke-width:2.2}}",
        f".octograph .box-failed{{stroke:{palette.failed};stroke-width:2.2;stroke-dasharray:4 3}}",
    ]
    return "\n".join(rules)


def _arrowhead(name: str) -> str:
    return (
        f'<marker id="octograph-{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="head-{name}" d="M0 1 L10 5 L0 9 z"/></marker>'
    )


def _line(line: Line, stroke: Stroke) -> str:
    pieces = "".join(
        f" C{a[0]:.1f} {a[1]:.1f} {b[0]:.1f} {b[1]:.1f} {c[0]:.1f} {c[1]:.1f}" for a, b, c in stroke.pieces
    )
    names = f"line {line.state}{' always' if line.always else ''}"
    path = f"M{stroke.start[0]:.1f} {stroke.start[1]:.1f}{pieces}"
    return f'<path class="{names}" d="{path}" marker-end="url(#octograph-{line.state})"/>'


def _frame(frame: Frame, place: Place) -> Iterator[str]:
    yield f'<g class="{"idle" if frame.state == "idle" else "framed"}">'
    yield _tooltip(frame.note or frame.title)
    yield f'<rect class="frame{_state(frame)}" {_rect(place)} rx="12"/>'
    yield from _title(frame, place)
    yield "</g>"


def _box(box: Box, place: Place) -> Iterator[str]:
    kind = box.kind if box.kind in LIGHT.tints else "worker"
    corner = place.height / 2 if box.kind == "master" and not box.lines else 8.0
    yield f'<g class="{"idle" if box.state == "idle" else "boxed"}">'
    yield _tooltip(box.note or box.title)
    start = " start" if box.start else ""
    yield f'<rect class="kind-{kind}{start}{_state(box)}" {_rect(place)} rx="{corner:.0f}"/>'
    yield from _title(box, place)
    for x, y, line in text_spots(place, box.lines):
        yield f'<text class="text" x="{x:.1f}" y="{y:.1f}" font-size="{TEXT:.0f}">{escape(one_line(line))}</text>'
    yield "</g>"


def _title(item: Box | Frame, place: Place) -> Iterator[str]:
    x, y = title_spot(place)
    title = escape(one_line(item.title))
    yield f'<text x="{x:.1f}" y="{y:.1f}" font-size="{TITLE:.0f}" font-weight="600">{title}</text>'
    if not item.badge:
        return
    wide = badge_width(item)
    left = place.x + place.width - wide - 8.0
    badge = Place(left, y - 13.0, wide, 17.0)
    yield f'<rect class="badge-{item.state}" {_rect(badge)} rx="8.5"/>'
    yield (
        f'<text class="badge-text" x="{left + wide / 2:.1f}" y="{y - 0.5:.1f}" font-size="{TEXT:.0f}" '
        f'text-anchor="middle">{escape(one_line(item.badge))}</text>'
    )


def _state(item: Box | Frame) -> str:
    return f" box-{item.state}" if item.state in {"taken", "failed"} else ""


def _tooltip(text: str) -> str:
    return f"<title>{escape(one_line(text))}</title>"


def _rect(place: Place) -> str:
    return f'x="{place.x:.1f}" y="{place.y:.1f}" width="{place.width:.1f}" height="{place.height:.1f}"'
