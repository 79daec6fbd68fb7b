"""A layered drawing of boxes and arrows, in two directions: *along* the arrows and *across* them.

After Sugiyama, Tagawa and Toda (1981): layers, an order with few crossings, places, then curves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .layers import Arrow, Key, Layered, arrange
from .placing import Room, place_across
from .routing import Curve, Point, Routes, swing

_LINE_ROOM = 14.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Corners of the boxes (smallest along and across), the curves of the arrows, and the room it all takes."""

    corners: dict[Key, Point]
    curves: dict[Arrow, Curve]
    room: Room


def lay_out(rooms: Mapping[Key, Room], arrows: Iterable[Arrow], gap: float = 64.0, apart: float = 18.0) -> Layout:
    """Place boxes of the given sizes in layers `gap` from each other, and `apart` within one."""
    arrows = list(dict.fromkeys(arrows))
    layered = arrange(list(rooms), arrows)
    sizes = {key: rooms.get(key, Room(0.0, _LINE_ROOM)) for row in layered.layers for key in row}
    across = place_across(layered, sizes, apart)
    bulges = swing(layered, arrows, across)
    starts, ends, at = [], [], 0.0
    for number, row in enumerate(layered.layers):
        starts.append(at)
        ends.append(at + max(sizes[key].along for key in row))
        bulge = max((bulges[arrow] for arrow in bulges if layered.layer[arrow[0]] == number), default=0.0)
        at = ends[-1] + max(gap + _crowding(layered, number), bulge + 24.0)
    corners = {}
    for key, room in rooms.items():
        corners[key] = (starts[layered.layer[key]], across[key] - room.across / 2)
    curves = Routes(layered, rooms, corners, across, starts, ends, bulges).curves(arrows)
    last = max((bulge + ends[layered.layer[a]] for (a, _), bulge in bulges.items()), default=0.0)
    low = min((corners[key][1] - room.margin for key, room in rooms.items()), default=0.0)
    low = min([low, *(across[key] - _LINE_ROOM / 2 for key in across)])
    high = max((corners[key][1] + room.across for key, room in rooms.items()), default=0.0)
    high = max([high, *(across[key] + _LINE_ROOM / 2 for key in across)])
    return Layout(
        {key: (along, side - low) for key, (along, side) in corners.items()},
        {arrow: curve.moved(0.0, -low) for arrow, curve in curves.items()},
        Room(max([last, *ends], default=0.0), high - low),
    )


def _crowding(layered: Layered, number: int) -> float:
    """More room for the bends where many lines pass from one layer to the next."""
    lines = sum(1 for chain in layered.chains.values() for key in chain[:-1] if layered.layer[key] == number)
    return min(120.0, 2.5 * lines)
