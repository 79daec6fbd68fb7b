"""Where boxes stand within their layer: as near to what they are tied to as their order allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .layers import Key, Layered

_SWEEPS = 24


@dataclass(frozen=True, slots=True)
class Room:
    """The room a box needs, along the arrows and across them."""

    along: float
    across: float
    margin: float = 0.0
    """Free room kept before it, across (for the loop of a self-connection)."""


def place_across(layered: Layered, sizes: Mapping[Key, Room], apart: float) -> dict[Key, float]:
    """The middle of every box and dummy, across: as near to what it is tied to as its order allows."""
    ties: dict[Key, list[tuple[Key, float]]] = {key: [] for key in sizes}
    for chain in layered.chains.values():
        for upper, lower in pairwise(chain):
            weight = 1.0 + 3.0 * (layered.is_dummy(upper) + layered.is_dummy(lower))
            ties[upper].append((lower, weight))
            ties[lower].append((upper, weight))
    distances = [
        [sizes[a].across / 2 + apart + sizes[b].margin + sizes[b].across / 2 for a, b in pairwise(row)]
        for row in layered.layers
    ]
    middle: dict[Key, float] = {}
    for row, distance in zip(layered.layers, distances, strict=True):
        total = sum(distance)
        at = -total / 2
        for key, step in zip(row, [*distance, 0.0], strict=True):
            middle[key] = at
            at += step
    numbers = range(len(layered.layers))
    for sweep in range(_SWEEPS):
        for number in numbers if sweep % 2 == 0 else reversed(numbers):
            row = layered.layers[number]
            wanted = []
            for key in row:
                weights = sum(weight for _, weight in ties[key])
                pull = sum(middle[other] * weight for other, weight in ties[key])
                wanted.append((pull / weights, weights) if weights else (middle[key], 0.01))
            middle.update(zip(row, keep_apart(wanted, distances[number]), strict=True))
    return middle


def keep_apart(wanted: Sequence[tuple[float, float]], distances: Sequence[float]) -> list[float]:
    """Places nearest to the wanted ones (place, weight), in order, each at least its distance from the one before.

    Weighted least squares under these bounds, exactly, by pooling adjacent violators.

    >>> keep_apart([(0, 1), (0, 1)], [10])
    [-5.0, 5.0]
    """
    shifts = [0.0]
    for distance in distances:
        shifts.append(shifts[-1] + distance)
    pools: list[tuple[float, float, int]] = []  # mean, weight, members
    for (place, weight), shift in zip(wanted, shifts, strict=False):
        mean, heft, members = place - shift, weight, 1
        while pools and pools[-1][0] > mean:
            before, weight_before, members_before = pools.pop()
            mean = (mean * heft + before * weight_before) / (heft + weight_before)
            heft, members = heft + weight_before, members + members_before
        pools.append((mean, heft, members))
    means = [mean for mean, _, members in pools for _ in range(members)]
    return [mean + shift for mean, shift in zip(means, shifts, strict=False)]
