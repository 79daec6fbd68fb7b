"""Which node leads to which: tuples in dicts, built once, so that a hop costs the same in a graph of any size."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .sections import Edge

_FEW = 8
_MOST_LOOPS = 20


class Repeated(NamedTuple):
    """An edge given twice: the ordinals of both, and whether the first one is a fixed edge."""

    edge: Edge
    ordinal: int
    first_always: bool


class Adjacency:
    """The edges of a graph by their ends, in the order in which they were given."""

    def __init__(self, edges: Iterable[tuple[str, str, bool]]) -> None:
        leading: dict[str, dict[str, bool]] = {}
        self.repeated: list[Repeated] = []
        """Edges given before between the same two nodes; they are left out."""
        for ordinal, (source, target, always) in enumerate(edges):
            targets = leading.get(source)
            if targets is None:
                leading[source] = {target: always}
            elif target in targets:
                self.repeated.append(Repeated(Edge(source, target, always), ordinal, targets[target]))
            else:
                targets[target] = always
        self.may: dict[str, tuple[str, ...]] = {}
        self.always: dict[str, tuple[str, ...]] = {}
        parents: dict[str, list[str]] = {}
        for source, targets in leading.items():
            fixed = [target for target, always in targets.items() if always]
            if not fixed:
                self.may[source] = tuple(targets)
                continue
            self.always[source] = tuple(fixed)
            if len(fixed) < len(targets):
                self.may[source] = tuple(target for target, always in targets.items() if not always)
            for target in fixed:
                parents.setdefault(target, []).append(source)
        self.parents: dict[str, tuple[str, ...]] = {target: tuple(sources) for target, sources in parents.items()}
        """Sources of the fixed edges into each node that has any."""
        self.count = sum(map(len, leading.values()))
        self._sets: dict[str, frozenset[str]] = {}

    def has(self, source: str, target: str) -> bool:
        """Whether an edge of either kind leads from `source` to `target`."""
        may = self.may.get(source, ())
        always = self.always.get(source, ())
        if len(may) + len(always) <= _FEW:
            return target in may or target in always
        ends = self._sets.get(source)
        if ends is None:
            ends = self._sets[source] = frozenset(may + always)
        return target in ends

    def targets(self, source: str) -> tuple[str, ...]:
        """Ends of the edges of either kind."""
        return self.may.get(source, ()) + self.always.get(source, ())

    def reachable(self, starts: Iterable[str]) -> set[str]:
        """Every node that some walk from `starts` may enter, the starts included."""
        seen = set(starts)
        waiting = list(seen)
        while waiting:
            node = waiting.pop()
            for target in self.targets(node):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return seen

    def fixed_loops(self) -> Iterator[list[str]]:
        """Loops of fixed edges that share no node, at most 20 (depth first; each node is entered once)."""
        done: set[str] = set()
        in_loop: set[str] = set()
        loops = 0
        for root in self.always:
            if root in done:
                continue
            trail: dict[str, Iterator[str]] = {root: iter(self.always[root])}
            while trail:
                node = next(reversed(trail))
                target = next(trail[node], None)
                if target is None:
                    done.add(node)
                    del trail[node]
                elif target in trail:
                    if loops < _MOST_LOOPS and target not in in_loop and node not in in_loop:
                        nodes = list(trail)
                        loop = nodes[nodes.index(target) :]
                        in_loop.update(loop)
                        loops += 1
                        yield loop
                elif target not in done:
                    trail[target] = iter(self.always.get(target, ()))


@dataclass(frozen=True)
class Edges(Collection[Edge]):
    """The edges of a graph, made as they are asked for: by source, in the order of the nodes."""

    _adjacency: Adjacency
    _nodes: Mapping[str, object]

    def __len__(self) -> int:
        return self._adjacency.count

    def __iter__(self) -> Iterator[Edge]:
        for source in self._nodes:
            for target in self._adjacency.may.get(source, ()):
                yield Edge(source, target)
            for target in self._adjacency.always.get(source, ()):
                yield Edge(source, target, True)

    def __contains__(self, edge: object) -> bool:
        if not isinstance(edge, tuple) or len(edge) != 3:
            return False
        source, target, always = edge
        return target in (self._adjacency.always if always else self._adjacency.may).get(source, ())

    def __repr__(self) -> str:
        return f"<{len(self)} edges>"
