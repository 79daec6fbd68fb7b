"""The picture of a graph: a box a node, agents opened into frames down to a depth, and a walk marked on it."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Graph, Node
from ..walk import Step, Trace
from .from_walk import percent
from .lettering import shorten, wrap
from .picture import Box, Frame, Line, Picture, State

_WORDY = 80
"""Up to so many boxes carry their description; of larger pictures it would make wallpaper."""
_WIDE = 34


def picture_of_graph(graph: Graph, depth: int = 1, walk: Trace | None = None) -> Picture:
    """The picture of `graph`; `depth` 2 opens its agents, 3 the agents inside them, and so on.

    With a `walk` its path is marked with hop numbers and probabilities, and all else stands back.
    """
    drafted = _Draft(wordy=_size(graph, depth) <= _WORDY)
    drafted.add(graph, depth, walk.steps if walk is not None else None, "", None)
    title = f"{graph.name}: {walk.query}" if walk is not None else graph.name
    return Picture(title, tuple(drafted.boxes), tuple(drafted.lines), tuple(drafted.frames))


def _size(graph: Graph, depth: int) -> int:
    inner = graph.agents.values() if depth > 1 else ()
    return len(graph.nodes) + sum(_size(sub, depth - 1) for sub in inner)


class _Draft:
    """Collects the parts of a picture while the graph and its sub-graphs are gone through."""

    def __init__(self, wordy: bool) -> None:
        self.wordy = wordy
        self.boxes: list[Box] = []
        self.lines: list[Line] = []
        self.frames: list[Frame] = []

    def add(self, graph: Graph, depth: int, steps: Iterable[Step] | None, prefix: str, frame: str | None) -> None:
        """Add a graph; `steps` are those taken in it, None if no walk is to be marked."""
        taken = None if steps is None else [step for step in steps if step.node in graph.nodes]
        for node in graph.nodes.values():
            key = f"{prefix}{node.id}"
            mine = None if taken is None else [step for step in taken if step.node == node.id]
            passed = taken is not None and node.is_master and any(node.id == step.source for step in taken)
            state, badge = _mark(mine, passed)
            inside = graph.agents.get(node.id) if depth > 1 else None
            if inside is None:
                self.boxes.append(self._box(node, key, frame, badge, state, node.id == graph.start))
                continue
            self.frames.append(Frame(key, shorten(node.id, _WIDE), badge, node.description, frame, state))
            within = None if mine is None else [step for outer in mine if outer.trace for step in outer.trace.steps]
            self.add(inside, depth - 1, within, f"{key}/", key)
        crossed = {(step.source, step.node) for step in taken or ()}
        for edge in graph.edges:
            state = "plain" if taken is None else "taken" if (edge.source, edge.target) in crossed else "idle"
            self.lines.append(Line(f"{prefix}{edge.source}", f"{prefix}{edge.target}", edge.always, state))

    def _box(self, node: Node, key: str, frame: str | None, badge: str, state: State, start: bool) -> Box:
        lines = wrap(node.description, _WIDE, 2) if self.wordy else ()
        return Box(key, shorten(node.id, _WIDE), node.kind, lines, badge, node.description, frame, state, start)


def _mark(steps: list[Step] | None, passed: bool) -> tuple[State, str]:
    """State and badge of a node: `2 · 98 %` for one hop, `2, 5` for several."""
    if steps is None:
        return "plain", ""
    if not steps:
        return ("taken" if passed else "idle"), ""
    failed = all(step.status == "failed" for step in steps)
    hops = ", ".join(str(step.hop) for step in steps[:4]) + ("…" if len(steps) > 4 else "")
    badge = f"{hops} · {percent(steps[0].probability)}" if len(steps) == 1 else hops
    return ("failed" if failed else "taken"), badge
