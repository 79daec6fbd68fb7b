"""A model's answer, checked: calls to neighbors that there are, with arguments that fit, or the reason why not.

A server may ignore the schema, so nothing in the answer is trusted. A name counts as a neighbor's if it is its id, case
aside; no nearest name is ever taken for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ....graphs.errors import ArgumentError
from ....graphs.signature import Neighbor
from ....graphs.walk import Arguments
from ..argument_schema import fitted
from .repairing import Span, Unreadable, find_json, values_of

_LISTED = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """One call that the model wants, or stop."""

    neighbor: Neighbor | None
    query: str = ""
    """With stop, the part that nothing fits. Empty where it wrote none, or was cut off before it had: the request."""
    arguments: Arguments = field(default_factory=dict)
    name_at: Span | None = None
    """Where the name of the neighbor stands in the answer, if that can be told."""
    query_at: Span | None = None
    """Where the query stands."""


class NotAnAnswer(ValueError):
    """What the model said can't be used; the message is for the model to read, and for people."""


def read_answer(text: str, neighbors: Sequence[Neighbor], stop: str, most: int) -> list[Choice]:
    """The choices in an answer, at most `most`, identical ones once; only Choice(None) where nothing is left to do.

    Raises NotAnAnswer, saying what is wrong.
    """
    try:
        value = find_json(text)
    except Unreadable as error:
        raise NotAnAnswer(str(error)) from None
    calls = _calls(value)
    names, queries = (_places(key, calls, text) for key in ("neighbor", "query"))
    choices: list[Choice] = []
    for call, name_at, query_at in zip(calls, names, queries, strict=True):
        choice = replace(_choice(call, neighbors, stop), name_at=name_at, query_at=query_at)
        if not any(_same(choice, other) for other in choices):
            choices.append(choice)
    telling = [choice for choice in choices if choice.neighbor is not None or choice.query]
    return telling[:most] or choices[:1] or [Choice(None)]


def _calls(value: Any) -> list[Any]:
    """The list of calls, also where the model left out what stands around it."""
    calls = value.get("calls", [value]) if isinstance(value, dict) else value
    if isinstance(calls, dict):
        calls = [calls]
    if not isinstance(calls, list):
        raise NotAnAnswer('"calls" is no list')
    return calls


def _places(key: str, calls: Sequence[Any], text: str) -> list[Span | None]:
    """Where the texts under a key stand, for each call; nowhere if that is not plain."""
    spans = values_of(key, text)
    having = [isinstance(call, dict) and isinstance(call.get(key), str) for call in calls]
    if sum(having) != len(spans):
        return [None] * len(calls)
    left = iter(spans)
    return [next(left) if has else None for has in having]


def _choice(call: Any, neighbors: Sequence[Neighbor], stop: str) -> Choice:
    if not isinstance(call, dict) or not isinstance(call.get("neighbor"), str):
        raise NotAnAnswer('a call names no "neighbor"')
    neighbor = _neighbor(call["neighbor"], neighbors, stop)
    query = call.get("query")
    if not isinstance(query, (str, type(None))):
        raise NotAnAnswer(f'the "query" to {call["neighbor"]} is no text')
    if neighbor is None:
        return Choice(None, (query or "").strip())
    return Choice(neighbor, (query or "").strip(), _arguments(call, neighbor))


def _neighbor(name: str, neighbors: Sequence[Neighbor], stop: str) -> Neighbor | None:
    named: Mapping[str, Neighbor | None] = {neighbor.id: neighbor for neighbor in neighbors} | {stop: None}
    if name in named:
        return named[name]
    alike = [id_ for id_ in named if id_.casefold() == name.strip().casefold()]
    if len(alike) == 1:
        return named[alike[0]]
    listed = ", ".join(list(named)[:_LISTED]) + (", ..." if len(named) > _LISTED else "")
    raise NotAnAnswer(f"there is no neighbor {name[:80]!r}; choose among {listed}")


def _arguments(call: Mapping[str, Any], neighbor: Neighbor) -> Arguments:
    given = call.get("arguments")
    if neighbor.signature is None or given is None:
        return {}
    try:
        return fitted(neighbor.signature, given)
    except ArgumentError as error:
        raise NotAnAnswer(f'the "arguments" of {neighbor.id}: {error}') from None


def _same(one: Choice, other: Choice) -> bool:
    return (one.neighbor, one.query, one.arguments) == (other.neighbor, other.query, other.arguments)
