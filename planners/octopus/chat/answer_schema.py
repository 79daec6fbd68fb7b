"""The JSON schema of an answer: calls to the neighbors that there are, or stop; nothing else can be said in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....graphs.signature import Neighbor
from ..argument_schema import schema_of

MOST_ITEMS = 20
"""Items of a list that a model on this machine may write as an argument."""


def stop_word(neighbors: Sequence[Neighbor]) -> str:
    """A word for "no neighbor" that is no neighbor's id, also if case is ignored."""
    taken = {neighbor.id.casefold() for neighbor in neighbors}
    word = "stop"
    while word in taken:
        word = f"<{word}>"
    return word


def answer_schema(neighbors: Sequence[Neighbor], stop: str, calls: int, longest: int | None = None) -> dict[str, Any]:
    """`{"calls": [...]}` with at most `calls` of them: each its neighbor, a query and, where it takes any, arguments.

    `longest` bounds every text, for a grammar that must come to an end.
    """
    query = {"type": "string"} | ({} if longest is None else {"maxLength": longest})
    plain = [neighbor.id for neighbor in neighbors if neighbor.signature is None]
    forms = [_object({"neighbor": _one_of(plain), "query": query})] if plain else []
    for neighbor in neighbors:
        if neighbor.signature is not None:
            arguments = schema_of(neighbor.signature, longest, None if longest is None else MOST_ITEMS)
            forms.append(_object({"neighbor": _one_of([neighbor.id]), "query": query, "arguments": arguments}))
    forms.append(_object({"neighbor": _one_of([stop]), "query": query}))
    return _object({"calls": {"type": "array", "items": {"anyOf": forms}, "minItems": 1, "maxItems": calls}})


def _one_of(values: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
