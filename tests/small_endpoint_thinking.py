"""How the test endpoint makes up an answer to a JSON schema: by the words of the conversation, never by heart.

A choice goes to the value whose line in the conversation shares most words with the request; a number is the next one
the request names; any other text is the part of the request that is being worked on.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

STOP = "stop"
_COMMON = frozenset("the a an of to in is and are for it that this what how with between".split())


@dataclass(frozen=True)
class Piece:
    """A stretch of the answer; where it is a choice, with the probability of each value."""

    text: str
    choice: Mapping[str, float] = field(default_factory=dict)


@dataclass
class Thinking:
    """One answer in the making."""

    known: str
    """What the model was told: each value of a choice is judged by the lines that name it."""
    request: str
    over: bool = False
    """True if nothing is left to do."""
    numbers: Iterator[str] = field(default_factory=lambda: iter(()))

    def pieces(self, schema: Mapping[str, Any]) -> list[Piece]:
        """An answer that fits the schema."""
        self.numbers = iter(re.findall(r"\d+(?:\.\d+)?", self.request))
        return list(self._value(schema, self.request))

    def _value(self, schema: Mapping[str, Any], about: str) -> Iterator[Piece]:
        if "anyOf" in schema:
            yield from self._value(self._fitting(schema["anyOf"], about), about)
        elif "enum" in schema:
            odds = schema.get("odds") or self.odds(schema["enum"], about)
            yield Piece(json.dumps(max(odds, key=lambda value: odds[value])), odds)
        elif schema.get("type") == "object":
            yield from self._object(schema, about)
        elif schema.get("type") == "array":
            yield from self._array(schema, about)
        elif schema.get("type") in ("number", "integer"):
            number = next(self.numbers, "1")
            yield Piece(number.partition(".")[0] if schema["type"] == "integer" else number)
        elif schema.get("type") == "boolean":
            yield Piece("false")
        elif schema.get("type") == "null":
            yield Piece("null")
        else:
            yield Piece(json.dumps(about, ensure_ascii=False))

    def _object(self, schema: Mapping[str, Any], about: str) -> Iterator[Piece]:
        yield Piece("{")
        for nth, (name, inner) in enumerate(schema["properties"].items()):
            yield Piece(f"{', ' if nth else ''}{json.dumps(name)}: ")
            yield from self._value(inner, about)
        yield Piece("}")

    def _array(self, schema: Mapping[str, Any], about: str) -> Iterator[Piece]:
        parts = re.split(r",? and ", about)[: schema.get("maxItems", 2)]
        if "anyOf" not in schema["items"] or self.over:
            parts = parts[:1]
        yield Piece("[")
        for nth, part in enumerate(parts):
            yield Piece(", " if nth else "")
            yield from self._value(schema["items"], part)
        yield Piece("]")

    def _fitting(self, schemas: Sequence[Mapping[str, Any]], about: str) -> Mapping[str, Any]:
        """Of several objects the one whose choice is the most likely of all; of anything else the first."""
        named = [(_choice_of(schema), schema) for schema in schemas]
        values = [value for of, _ in named for value in of]
        if not values:
            return schemas[0]
        odds = self.odds(values, about)
        best = max(odds, key=lambda value: odds[value])
        schema = next(schema for of, schema in named if best in of)
        name = next(iter(schema["properties"]))
        return {**schema, "properties": {**schema["properties"], name: {"enum": [best], "odds": odds}}}

    def odds(self, values: Sequence[str], about: str) -> dict[str, float]:
        """Value -> probability: a softmax over shared words."""
        scores = {value: self._score(value, about) for value in values}
        total = sum(map(math.exp, scores.values()))
        return {value: math.exp(score) / total for value, score in scores.items()}

    def _score(self, value: str, about: str) -> float:
        if value == STOP:
            return 20.0 if self.over else 0.5
        lines = [line for line in self.known.splitlines() if json.dumps(value) in line]
        return 1.5 * len(_words(" ".join(lines)) & _words(about))


def _choice_of(schema: Mapping[str, Any]) -> list[str]:
    first = next(iter(schema.get("properties", {}).values()), {})
    return list(first.get("enum", ()))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]{2,}", text.lower()) if word not in _COMMON}
