"""A picture with every box, frame and line in its place: what SVG and PNG draw, each in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .layout import lay_out
from .lettering import width
from .picture import Box, Frame, Line, Picture
from .placing import Room

TITLE, TEXT = 13.0, 11.0
"""Font sizes in pixels."""
_PAD, _TITLE_LINE, _TEXT_LINE, _LOOP = 12.0, 19.0, 15.0, 20.0
_FRAME_PAD, _FRAME_HEAD = 16.0, 26.0
_MARGIN = 16.0

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on the sheet, in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line's way over the sheet: its first point, then cubic Bézier pieces."""

    start: Spot
    pieces: tuple[tuple[Spot, Spot, Spot], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything drawn, back to front: frames (outer first), lines, boxes."""

    title: str
    width: float
    height: float
    frames: tuple[tuple[Frame, Place], ...] = ()
    lines: tuple[tuple[Line, Stroke], ...] = ()
    boxes: tuple[tuple[Box, Place], ...] = ()


def spread_out(picture: Picture) -> Sheet:
    """Lay a picture out: the inside of a frame by itself, then the frame as one box among its neighbors."""
    sheet = _inside(picture, None)
    moved = _moved(sheet, _MARGIN, _MARGIN)
    return replace(moved, title=picture.title, width=sheet.width + 2 * _MARGIN, height=sheet.height + 2 * _MARGIN)


def _inside(picture: Picture, frame: str | None) -> Sheet:
    boxes = {box.key: box for box in picture.boxes if box.frame == frame}
    frames = {inner.key: inner for inner in picture.frames if inner.frame == frame}
    insides = {key: _inside(picture, key) for key in frames}
    here: dict[str, Box | Frame] = {**boxes, **frames}
    lines = {(line.source, line.target): line for line in picture.lines if line.source in here and line.target in here}
    looping = {source for source, target in lines if source == target}
    down = picture.direction == "down"
    rooms = {}
    for key, item in here.items():
        size = box_size(item) if isinstance(item, Box) else _frame_size(item, insides[key])
        along, across = reversed(size) if down else size
        rooms[key] = Room(along, across, margin=_LOOP if key in looping else 0.0)
    layout = lay_out(rooms, lines, gap=40.0 if down else 60.0, apart=26.0 if down else 16.0)

    def spot(point: Spot) -> Spot:
        return (point[1], point[0]) if down else point

    sheet_frames: list[tuple[Frame, Place]] = []
    sheet_lines: list[tuple[Line, Stroke]] = []
    sheet_boxes: list[tuple[Box, Place]] = []
    for key, item in here.items():
        x, y = spot(layout.corners[key])
        wide, high = spot((rooms[key].along, rooms[key].across))
        place = Place(x, y, wide, high)
        if isinstance(item, Box):
            sheet_boxes.append((item, place))
            continue
        inner = insides[key]
        moved = _moved(inner, x + (wide - inner.width) / 2, y + _FRAME_HEAD + _FRAME_PAD / 2)
        sheet_frames += [(item, place), *moved.frames]
        sheet_lines += moved.lines
        sheet_boxes += moved.boxes
    for arrow, curve in layout.curves.items():
        pieces = tuple((spot(a), spot(b), spot(c)) for a, b, c in curve.pieces)
        sheet_lines.append((lines[arrow], Stroke(spot(curve.start), pieces)))
    wide, high = spot((layout.room.along, layout.room.across))
    return Sheet("", wide, high, tuple(sheet_frames), tuple(sheet_lines), tuple(sheet_boxes))


def box_size(box: Box) -> tuple[float, float]:
    """Width and height of a box in pixels: its text, and room around it."""
    texts = [title_width(box), *(width(line, TEXT) for line in box.lines)]
    return max(64.0, max(texts) + 2 * _PAD), 14.0 + _TITLE_LINE + _TEXT_LINE * len(box.lines)


def title_width(item: Box | Frame) -> float:
    """Room for the title and the badge beside it."""
    return width(item.title, TITLE, bold=True) + (badge_width(item) + 10.0 if item.badge else 0.0)


def badge_width(item: Box | Frame) -> float:
    """Room for the badge, its rounded ends included."""
    return width(item.badge, TEXT) + 12.0


def text_spots(place: Place, lines: Sequence[str]) -> list[tuple[float, float, str]]:
    """Baselines of a box's further lines."""
    first = place.y + 7.0 + _TITLE_LINE + 11.0
    return [(place.x + _PAD, first + _TEXT_LINE * number, line) for number, line in enumerate(lines)]


def title_spot(place: Place) -> Spot:
    """Baseline of a box's (or frame's) title."""
    return place.x + _PAD, place.y + 21.0


def _frame_size(frame: Frame, inside: Sheet) -> tuple[float, float]:
    return (
        max(inside.width + 2 * _FRAME_PAD, title_width(frame) + 2 * _PAD),
        inside.height + _FRAME_HEAD + 1.5 * _FRAME_PAD,
    )


def _moved(sheet: Sheet, right: float, down: float) -> Sheet:
    def place(old: Place) -> Place:
        return Place(old.x + right, old.y + down, old.width, old.height)

    def spot(old: Spot) -> Spot:
        return old[0] + right, old[1] + down

    def stroke(old: Stroke) -> Stroke:
        return Stroke(spot(old.start), tuple((spot(a), spot(b), spot(c)) for a, b, c in old.pieces))

    return replace(
        sheet,
        frames=tuple((frame, place(at)) for frame, at in sheet.frames),
        lines=tuple((line, stroke(way)) for line, way in sheet.lines),
        boxes=tuple((box, place(at)) for box, at in sheet.boxes),
    )
