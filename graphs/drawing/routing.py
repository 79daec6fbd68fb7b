"""How lines run: from ports of their own, bending only in the gaps between layers, never through a box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .layers import Arrow, Key, Layered
from .placing import Room

Point = tuple[float, float]
"""(along, across)."""
_PORTS_APART = 14.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A line: its first point, then cubic Bézier pieces (two handles and an end each)."""

    start: Point
    pieces: tuple[tuple[Point, Point, Point], ...]

    def moved(self, along: float, across: float) -> Curve:
        def move(point: Point) -> Point:
            return point[0] + along, point[1] + across

        return Curve(move(self.start), tuple((move(a), move(b), move(c)) for a, b, c in self.pieces))


def swing(layered: Layered, arrows: Sequence[Arrow], across: Mapping[Key, float]) -> dict[Arrow, float]:
    """How far arrows inside one layer swing out: the farther their ends, the more."""
    order = {key: number for row in layered.layers for number, key in enumerate(row)}
    return {
        (a, b): min(90.0, 22.0 + 12.0 * abs(order[a] - order[b]))
        for a, b in arrows
        if a != b and layered.layer[a] == layered.layer[b]
    }


@dataclass(frozen=True, slots=True)
class Routes:
    """Draws the curves once every box has its place."""

    layered: Layered
    rooms: Mapping[Key, Room]
    corners: Mapping[Key, Point]
    across: Mapping[Key, float]
    starts: Sequence[float]
    ends: Sequence[float]
    bulges: Mapping[Arrow, float]

    def curves(self, arrows: Sequence[Arrow]) -> dict[Arrow, Curve]:
        ports = self._ports(arrows)
        curves: dict[Arrow, Curve] = {}
        for arrow in arrows:
            a, b = arrow
            if a == b:
                curves[arrow] = self._loop(a)
            elif arrow in self.bulges:
                curves[arrow] = self._arc(arrow, ports)
            else:
                curves[arrow] = self._through(arrow, ports)
        return curves

    def _ports(self, arrows: Sequence[Arrow]) -> dict[tuple[Arrow, int], Point]:
        """Where each arrow's source end (0) and target end (1) touch their boxes."""
        sides: dict[tuple[Key, bool], list[tuple[float, Arrow, int]]] = {}
        for arrow in arrows:
            a, b = arrow
            if a == b:
                continue
            if arrow in self.bulges:
                sides.setdefault((a, True), []).append((self.across[b], arrow, 0))
                sides.setdefault((b, True), []).append((self.across[a], arrow, 1))
                continue
            chain = self.layered.chains[arrow]
            low, high = (0, 1) if chain[0] == a else (1, 0)
            sides.setdefault((chain[0], True), []).append((self.across[chain[1]], arrow, low))
            sides.setdefault((chain[-1], False), []).append((self.across[chain[-2]], arrow, high))
        ports: dict[tuple[Arrow, int], Point] = {}
        for (key, far), touching in sides.items():
            touching.sort()
            room, (along, corner) = self.rooms[key], self.corners[key]
            step = min(_PORTS_APART, 0.7 * room.across / len(touching))
            first = corner + room.across / 2 - step * (len(touching) - 1) / 2
            for number, (_, arrow, end) in enumerate(touching):
                ports[arrow, end] = (along + room.along * far, first + step * number)
        return ports

    def _through(self, arrow: Arrow, ports: Mapping[tuple[Arrow, int], Point]) -> Curve:
        chain = self.layered.chains[arrow]
        forward = chain[0] == arrow[0]
        first, last = ports[arrow, 0 if forward else 1], ports[arrow, 1 if forward else 0]
        points = [first, (self.ends[self.layered.layer[chain[0]]], first[1])]
        for dummy in chain[1:-1]:
            number, side = self.layered.layer[dummy], self.across[dummy]
            points += [(self.starts[number], side), (self.ends[number], side)]
        points += [(self.starts[self.layered.layer[chain[-1]]], last[1]), last]
        if not forward:
            points.reverse()
        return Curve(points[0], tuple(_bend(a, b) for a, b in pairwise(points) if a != b))

    def _arc(self, arrow: Arrow, ports: Mapping[tuple[Arrow, int], Point]) -> Curve:
        first, last = ports[arrow, 0], ports[arrow, 1]
        edge = self.ends[self.layered.layer[arrow[0]]]  # it bends only beyond the longest box of its layer
        out, back = (edge, first[1]), (edge, last[1])
        handle = edge + self.bulges[arrow] * 4 / 3
        pieces = [((handle, out[1]), (handle, back[1]), back)]
        if first != out:
            pieces.insert(0, _bend(first, out))
        if last != back:
            pieces.append(_bend(back, last))
        return Curve(first, tuple(pieces))

    def _loop(self, key: Key) -> Curve:
        along, side = self.corners[key]
        room = self.rooms[key]
        middle, up = along + room.along - min(30.0, room.along / 3), side - room.margin * 1.25
        start, end = (middle - 14.0, side), (middle + 10.0, side)
        return Curve(start, (((middle - 18.0, up), (middle + 14.0, up), end),))


def _bend(a: Point, b: Point) -> tuple[Point, Point, Point]:
    middle = (a[0] + b[0]) / 2
    return (middle, a[1]), (middle, b[1]), b
