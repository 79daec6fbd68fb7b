"""Which layer each box of a layered drawing stands in, and in which order, so that few lines cross.

Layers go by longest path, lines over several layers pass through dummies, orders come from sweeps of barycenters.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

Key = str
Arrow = tuple[Key, Key]
_SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Layered:
    """Boxes and dummies by layer, in order; `chains` holds for each arrow what it passes, lower layer first."""

    layers: list[list[Key]]
    layer: dict[Key, int]
    chains: dict[Arrow, list[Key]]

    def is_dummy(self, key: Key) -> bool:
        return key.startswith("\0")


def arrange(keys: Sequence[Key], arrows: Iterable[Arrow]) -> Layered:
    """Layers and order of `keys`; arrows within a layer and onto itself have no chain."""
    arrows = list(dict.fromkeys(arrows))
    layer = _layers(keys, arrows)
    count = 1 + max(layer.values(), default=-1)
    layers: list[list[Key]] = [[] for _ in range(count)]
    for key in keys:
        layers[layer[key]].append(key)
    chains: dict[Arrow, list[Key]] = {}
    for number, (source, target) in enumerate(arrows):
        low, high = sorted((source, target), key=layer.__getitem__)
        if layer[low] == layer[high]:
            continue
        dummies = []
        for depth in range(layer[low] + 1, layer[high]):
            dummy = f"\0{number}.{depth}"
            layer[dummy] = depth
            layers[depth].append(dummy)
            dummies.append(dummy)
        chains[source, target] = [low, *dummies, high]
    return Layered(_ordered(layers, chains), layer, chains)


def _layers(keys: Sequence[Key], arrows: Sequence[Arrow]) -> dict[Key, int]:
    """Longest path between cycles; inside a cycle the distance from where it is entered."""
    graph: nx.DiGraph[Key] = nx.DiGraph()
    graph.add_nodes_from(keys)
    graph.add_edges_from((a, b) for a, b in arrows if a != b)
    whole = nx.condensation(graph)
    position = {key: number for number, key in enumerate(keys)}
    layer: dict[Key, int] = {}
    for knot in nx.topological_sort(whole):
        members = whole.nodes[knot]["members"]
        before = [(layer[a], b) for b in members for a in graph.pred[b] if a not in members]
        first = 1 + max((depth for depth, _ in before), default=-1)
        entries = {b for _, b in before} or {min(members, key=position.__getitem__)}
        inside = nx.multi_source_dijkstra_path_length(graph.subgraph(members), entries)
        for key in members:
            layer[key] = first + int(inside.get(key, 0))
    return layer


def _ordered(layers: list[list[Key]], chains: dict[Arrow, list[Key]]) -> list[list[Key]]:
    """The order with the fewest crossings that sweeps of barycenters find."""
    above: dict[Key, list[Key]] = {key: [] for row in layers for key in row}
    below: dict[Key, list[Key]] = {key: [] for row in layers for key in row}
    for chain in chains.values():
        for upper, lower in pairwise(chain):
            below[upper].append(lower)
            above[lower].append(upper)
    best, fewest = [list(row) for row in layers], _crossings(layers, below)
    current = best
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        downwards = sweep % 2 == 0
        neighbors = above if downwards else below
        current = [list(row) for row in current]
        place = {key: number for row in current for number, key in enumerate(row)}
        for row in current if downwards else reversed(current):
            row.sort(key=lambda key: _mean([place[other] for other in neighbors[key]], place[key]))
            place.update((key, number) for number, key in enumerate(row))
        crossings = _crossings(current, below)
        if crossings < fewest:
            best, fewest = current, crossings
    return best


def _mean(places: Sequence[int], default: float) -> float:
    return sum(places) / len(places) if places else default


def _crossings(layers: Sequence[Sequence[Key]], below: dict[Key, list[Key]]) -> int:
    total = 0
    for upper, lower in pairwise(layers):
        place = {key: number for number, key in enumerate(lower)}
        seen: list[int] = []
        for key in upper:
            ends = sorted(place[other] for other in below[key])
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
