"""A request with its labels, as a line of a data file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...graphs.model import NodeId
from ...graphs.walk import Arguments


@dataclass(frozen=True, slots=True)
class LabelledPart:
    """One call that a request should lead to."""

    node: NodeId
    query: str
    """The request as the node should get it."""
    arguments: Arguments = field(default_factory=dict)
    output: str = ""
    """What it might give; what is called after it may build on that."""


@dataclass(frozen=True, slots=True)
class GeneratedRequest:
    """A request with its labels."""

    query: str
    at: str
    """The node it is asked at, `agent/node` inside an agent."""
    parts: tuple[LabelledPart, ...]
    links: tuple[tuple[int, int], ...] = ()
    """Positions in `parts`: whose output feeds whom."""
    origin: str = ""

    def line(self) -> str:
        """The request as a line of a data file, which `octograph eval` and `octograph train` read."""
        nodes = [part.node for part in self.parts]
        names = [f"{n}#{nodes[:at].count(n)}" if nodes.count(n) > 1 else n for at, n in enumerate(nodes)]
        calls = [
            {"node": part.node, "query": part.query, "arguments": dict(part.arguments), "output": part.output}
            for part in self.parts
        ]
        data: Mapping[str, Any] = {
            "query": self.query,
            "nodes": nodes,
            "links": [[names[a], names[b]] for a, b in self.links],
            "at": self.at,
            "calls": [{key: value for key, value in call.items() if value} for call in calls],
            "origin": self.origin,
        }
        return json.dumps(data, ensure_ascii=False, default=str)
