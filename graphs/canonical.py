"""A graph as plain data, the same for equal graphs: what is written to a file, compared and hashed.

Only what differs from its default is there, and references to the environment stand as they were written.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from .secrets import written
from .sections import Section

if TYPE_CHECKING:
    from .model import Graph


def section_data(section: Section) -> dict[str, Any]:
    """A section's own settings, without those that are the default."""
    data: dict[str, Any] = {}
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if not field.exclude and value != field.get_default(call_default_factory=True):
            data[name] = _plain(value)
    return data


def fingerprint(graph: Graph) -> str:
    """SHA-256 of the graph's content, in hex; neither file names nor the order of the nodes count."""
    digest = hashlib.sha256()

    def add(*parts: Any) -> None:
        digest.update(json.dumps(parts, ensure_ascii=True, sort_keys=True).encode() + b"\n")

    add(1, written(graph.name), graph.start)
    add(section_data(graph.octopus), section_data(graph.limits), section_data(graph.retry))
    for id_ in sorted(graph.nodes):
        data = section_data(graph.nodes[id_])
        if id_ in graph.agents:
            data["graph"] = {"content": graph.agents[id_].fingerprint}
        add(id_, data, graph.neighbors(id_), graph.always(id_))
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return section_data(value)
    if isinstance(value, str):
        return written(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
