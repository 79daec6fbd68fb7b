"""A worker's signature as a JSON schema, for Octopuses whose language model writes the arguments itself.

Whatever the model wrote is checked against the same signature again: not every server keeps to a schema.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from ...graphs.errors import ArgumentError, nearest
from ...graphs.signature import Parameter, Signature
from ...graphs.walk import Arguments

HANDED_ON = frozenset({"results"})
"""Kinds that are earlier results as they are: they come with the call, and no model has to write them down."""
_TYPES: Mapping[str, dict[str, Any]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "numbers": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
}
_TYPE_OF_DEFAULT: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number"}
_YES, _NO = ("true", "yes"), ("false", "no")


def schema_of(signature: Signature, longest: int | None = None, most: int | None = None) -> dict[str, Any]:
    """The arguments of a call as a JSON schema: every parameter is there, and null where an optional one is left out.

    Args:
        longest: Characters of a text at most, for a grammar that must come to an end.
        most: Items of a list at most, for the same reason.
    """
    properties = {parameter.name: _property(parameter, longest, most) for parameter in _written(signature)}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def fitted(signature: Signature, value: Any) -> Arguments:
    """What a language model wrote, as arguments: nulls left out, numbers in quotes and the like set right.

    Raises ArgumentError for anything but an object, for an unknown name and for a value that can't be meant.
    A required parameter that is missing is left to who knows where else it may come from.
    """
    if not isinstance(value, dict):
        raise ArgumentError(f"the arguments are {_shown(value)}, and must be an object of names and values")
    known = {parameter.name: parameter for parameter in _written(signature)}
    for name in value:
        if name not in known:
            raise ArgumentError(f"no argument {name!r}{nearest(name, known)}; there are {', '.join(known) or 'none'}")
    return {name: _fit(parameter, value[name]) for name, parameter in known.items() if not _left_out(parameter, value)}


def _written(signature: Signature) -> list[Parameter]:
    return [parameter for parameter in signature.parameters if parameter.kind.name not in HANDED_ON]


def _left_out(parameter: Parameter, value: Mapping[str, Any]) -> bool:
    given = value.get(parameter.name)
    return given is None or (not parameter.required and given in ("", [], "null", "none", "None"))


def _property(parameter: Parameter, longest: int | None, most: int | None) -> dict[str, Any]:
    item = _item(parameter, longest)
    if parameter.many:
        item = {"type": "array", "items": item} | ({} if most is None else {"maxItems": most})
    if not parameter.required:
        item = {"anyOf": [item, {"type": "null"}]}
    return item | {"description": parameter.description or parameter.kind.name}


def _item(parameter: Parameter, longest: int | None) -> dict[str, Any]:
    if parameter.choices:
        return {"type": "string", "enum": list(parameter.choices)}
    schema = dict(_TYPES.get(parameter.kind.name) or {"type": _TYPE_OF_DEFAULT.get(type(parameter.default), "string")})
    if longest is not None and schema == {"type": "string"}:
        schema["maxLength"] = longest
    return schema


def _fit(parameter: Parameter, value: Any) -> Any:
    if parameter.many:
        return [_fit_item(parameter, item) for item in (value if isinstance(value, list) else [value])]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return _fit_item(parameter, value)


def _fit_item(parameter: Parameter, value: Any) -> Any:
    kind = _item(parameter, None)["type"]
    if parameter.choices:
        said = str(value).casefold()
        fit: Any = next((choice for choice in parameter.choices if choice.casefold() == said), None)
    else:
        fit = _READERS[kind](value)
    if fit is None:
        wanted = f"one of {', '.join(parameter.choices)}" if parameter.choices else parameter.description or kind
        raise ArgumentError(f"{parameter.name} = {_shown(value)} does not fit; it takes {wanted}")
    return fit


def _as_boolean(value: Any) -> bool | None:
    word = str(value).casefold()
    return True if word in _YES else False if word in _NO else None


def _as_number(value: Any) -> int | float | None:
    if isinstance(value, str):
        try:
            value = float(value) if re.search(r"[.eE]", value) else int(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value


def _as_whole(value: Any) -> int | None:
    number = _as_number(value)
    return int(number) if number is not None and number == int(number) else None


def _as_text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, type(None), list, dict)):
        return None
    return json.dumps(value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "boolean": _as_boolean,
    "integer": _as_whole,
    "number": _as_number,
    "string": _as_text,
}


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:79] + "…"
