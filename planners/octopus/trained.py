"""`octograph.json`: what stands beside trained weights and says which graphs they were trained for, and how.

A functional token means a node only by what the weights have learned. So weights know the graph they belong to, by a
fingerprint of everything an Octopus chooses by, and refuse any other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ...graphs.errors import InputError
from ...graphs.model import Graph, Node

FILE = "octograph.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class TrainedGraph:
    """One graph (or sub-graph) that the weights were trained for."""

    name: str
    nodes: Mapping[str, str]
    """Node id -> digest of what an Octopus chooses it by."""
    tokens: Mapping[str, str] = field(default_factory=dict)
    """Node id -> functional token; empty for weights that need none."""

    @property
    def fingerprint(self) -> str:
        """16 hex digits over all nodes."""
        return _digest(sorted(self.nodes.items()))


@dataclass(frozen=True, slots=True)
class Trained:
    """The content of `octograph.json`."""

    backend: str
    """The Octopus the weights are for: `functional` or `embedded`."""
    graphs: tuple[TrainedGraph, ...]
    base: str | None = None
    """The model an adapter belongs on; None for weights that are whole."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the backend needs to know besides: its prompt, its end token, its rounds."""

    def of(self, graph: Graph, folder: Path) -> TrainedGraph:
        """The part about `graph`. Raises InputError that says what differs from the graph trained for."""
        now = outline(graph)
        digest = _digest(sorted(now.items()))
        for trained in self.graphs:
            if trained.fingerprint == digest:
                return trained
        named = next((trained for trained in self.graphs if trained.name == graph.name), None)
        if named is None:
            known = ", ".join(trained.name for trained in self.graphs)
            raise InputError(f"{folder}: these weights were trained for {known}, not for {graph.name}; {_REMEDY}")
        raise InputError(
            f"{folder}: the graph {graph.name} has changed since training: {_changes(named.nodes, now)}; {_REMEDY}"
        )

    @classmethod
    def read(cls, folder: Path) -> Trained:
        """The file in `folder`. Raises InputError if it is missing or damaged."""
        path = folder / FILE
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["format"] != _FORMAT:
                raise InputError(f"{path}: format {data['format']!r} is not known here; this release reads {_FORMAT}")
            graphs = tuple(TrainedGraph(one["name"], dict(one["nodes"]), dict(one["tokens"])) for one in data["graphs"])
            return cls(str(data["backend"]), graphs, data["base"], dict(data["settings"]))
        except OSError as error:
            raise InputError(
                f"{path}: can't be read ({error.strerror}); name a folder that octograph train has written"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: not a file that octograph train has written ({error!r})") from error

    def write(self, folder: Path) -> None:
        """Write the file, making the folder if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"format": _FORMAT, **asdict(self)}, indent=2, ensure_ascii=False)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")


_REMEDY = "train again with octograph train, or use the graph they were trained for"


def outline(graph: Graph) -> dict[str, str]:
    """Node id -> digest of what an Octopus chooses by: description, tool, sub-graph, and the node's edges.

    What answers there (its kind, its model, its prompt) may change: the choice stays the same.
    """
    return {id_: _digest(_traits(graph, id_, node)) for id_, node in graph.nodes.items()}


def _traits(graph: Graph, id_: str, node: Node) -> list[Any]:
    edges = [sorted(graph.neighbors(id_)), sorted(graph.always(id_))]
    return [id_, node.is_master, node.description, node.tool, node.graph, edges]


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    parts = {
        "new": [id_ for id_ in now if id_ not in before],
        "gone": [id_ for id_ in before if id_ not in now],
        "changed": [id_ for id_ in now if id_ in before and now[id_] != before[id_]],
    }
    return ", ".join(
        f"{what}: {' '.join(ids[:5])}{' ...' if len(ids) > 5 else ''}" for what, ids in parts.items() if ids
    )
