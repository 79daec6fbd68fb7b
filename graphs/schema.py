"""The JSON Schema of a graph file, for editors: what may be written where, with the descriptions of `sections`.

It holds what a schema can say. Whether ends exist and ports fit is checked when a graph is read.
"""

from __future__ import annotations

import json
from typing import Any

from .arrows import LONGEST_ID, RESERVED
from .draft import VERSION
from .kinds import BACKENDS, MASTER, WORKER_KINDS, owners
from .sections import Limits, ModelSpec, Node, OctopusSpec, Retry

_EXAMPLES: dict[str, list[Any]] = {
    "description": ["Converts between units of measurement."],
    "examples": [["Convert 5 miles to kilometers."]],
    "reformat": ["State it as one precise legal question.", "Translate into French: {query}"],
    "takes": [["text", "file"]],
    "gives": [["table"]],
    "join": ["all", "any", 2],
    "timeout": [30],
    "tool": ["units.convert"],
    "graph": ["math.yaml"],
    "model": [{"backend": "transformers", "name": "AdaptLLM/law-chat"}, "models/law"],
    "prompt": ["[INST] {query} [/INST]"],
}

_ID = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_ID,
    "pattern": r'^[^\s|:/#,$\[\]{}()<>"\'`\\]+$',
    "not": {"enum": list(RESERVED)},
}
_ARROW = {
    "type": "string",
    "description": "a -> b may be taken, a => b always is; a -> [b, c] stands for two edges.",
    "pattern": r"^\s*\S+?\s*(->|=>)\s*([^\s\[\],]+|\[\s*[^\s\[\],]+(\s*,\s*[^\s\[\],]+)*\s*\])\s*$",
    "examples": ["desk -> [math, law]", "law => archive"],
}


def graph_schema() -> dict[str, Any]:
    """The schema, in draft 2020-12. Plug-ins are allowed for by name only, so it is the same everywhere."""
    definitions: dict[str, Any] = {}
    for section in (Node, OctopusSpec, ModelSpec, Limits, Retry):
        schema = section.model_json_schema(ref_template="#/$defs/{model}")
        schema.pop("$defs", None)
        definitions[section.__name__] = _without_titles(schema)
    _finish_node(definitions["Node"])
    definitions["OctopusSpec"]["properties"]["backend"] |= _open_enumeration(BACKENDS)
    definitions["Edge"] = _edge()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Octograph graph",
        "description": "Nodes, the edges between them, and the limits of a walk.",
        "type": "object",
        "required": ["octograph", "name", "start", "nodes"],
        "additionalProperties": False,
        "properties": {
            "octograph": {"const": VERSION, "description": "Version of the format."},
            "name": {"type": "string", "pattern": r"\S", "description": "What the graph is called."},
            "start": _ID | {"description": "The node a walk starts at; any node may be it."},
            "octopus": _or_nothing("OctopusSpec", "The Octopus that decides, unless a node has its own."),
            "limits": _or_nothing("Limits", "Budgets of one walk."),
            "retry": _or_nothing("Retry", "Tries of a failing call, unless a node has its own."),
            "nodes": {
                "type": "object",
                "description": "Masters and workers by their ids.",
                "minProperties": 1,
                "propertyNames": _ID,
                "additionalProperties": {"$ref": "#/$defs/Node"},
            },
            "edges": {
                "type": ["array", "null"],
                "description": "Which node leads to which; the order is the order of the neighbors.",
                "items": {"$ref": "#/$defs/Edge"},
            },
        },
        "$defs": definitions,
    }


def schema_text() -> str:
    """The schema as `graphs/schema.json` has it."""
    return json.dumps(graph_schema(), indent=2, ensure_ascii=False) + "\n"


def _finish_node(node: dict[str, Any]) -> None:
    properties = node["properties"]
    del properties["id"]
    properties["kind"] |= _open_enumeration((MASTER, *WORKER_KINDS))
    for name, examples in _EXAMPLES.items():
        properties[name]["examples"] = examples
    foreign = {kind: [key for key in properties if owners(key, kind)] for kind in (MASTER, *WORKER_KINDS)}
    node["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
            "then": {"properties": dict.fromkeys(keys, False)},
        }
        for kind, keys in foreign.items()
        if keys
    ]


def _edge() -> dict[str, Any]:
    return {
        "description": "An edge, as text or as a mapping.",
        "anyOf": [
            _ARROW,
            {
                "type": "object",
                "required": ["from", "to"],
                "additionalProperties": False,
                "properties": {
                    "from": _ID | {"description": "The node it leads from."},
                    "to": {
                        "description": "The node, or nodes, it leads to.",
                        "anyOf": [_ID, {"type": "array", "minItems": 1, "items": _ID}],
                    },
                    "always": {"type": "boolean", "default": False, "description": "True for =>, false for ->."},
                },
            },
        ],
    }


def _open_enumeration(known: tuple[str, ...]) -> dict[str, Any]:
    """Known names for an editor to offer, and any other for plug-ins."""
    return {"anyOf": [{"enum": list(known)}, {"type": "string"}]}


def _or_nothing(definition: str, description: str) -> dict[str, Any]:
    return {"description": description, "anyOf": [{"$ref": f"#/$defs/{definition}"}, {"type": "null"}]}


def _without_titles(schema: Any) -> Any:
    """A schema without the titles that repeat the names of its keys."""
    if isinstance(schema, list):
        return [_without_titles(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_titles(value) for key, value in schema.items() if key != "title" or not isinstance(value, str)
    }
