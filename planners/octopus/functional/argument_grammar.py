"""A worker's signature as a grammar for typed arguments: what llguidance lets the model write, and how much of it.

The grammar has the shape of `output.as_json`: parameters in the order of the signature, optional ones left out or not.
Every field is bounded, so that whatever the weights prefer comes to an end.
"""

from __future__ import annotations

import json
from typing import Any

from ....graphs.signature import Signature
from ..argument_schema import schema_of
from .output import CLOSING_OF_ARGUMENTS

LONGEST, MOST = 1000, 8
"""Characters of a text, and items of a list, that a model may write as an argument."""
_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_HOUR = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
_WHOLE = r"-?(0|[1-9][0-9]{0,14})"
_FORMATS = {"date": f'/"{_DAY}"/', "time": f'/"{_HOUR}"/', "date-time": f'/"{_DAY}T{_HOUR}"/'}
_TYPES = {"integer": f"/{_WHOLE}/", "number": rf"/{_WHOLE}(\.[0-9]{{1,12}})?/", "boolean": '"true" | "false"'}


def argument_grammar(signature: Signature) -> str:
    """A Lark grammar, in llguidance's dialect, for the object of arguments and the bracket behind it."""
    schema = schema_of(signature, LONGEST, MOST)
    required = [one.required for one in signature.parameters if one.name in schema["properties"]]
    rules, names = [], list(schema["properties"])
    for nth, item in enumerate(schema["properties"].values()):
        rules += [f"pair{nth}: {_literal(json.dumps(names[nth], ensure_ascii=False) + ': ')} value{nth}"]
        rules += _value(f"value{nth}", _without_null(item))
    return "\n".join([f"start: {_literal('{')} ({_members(required)}) {_literal('}' + CLOSING_OF_ARGUMENTS)}", *rules])


def _members(required: list[bool]) -> str:
    """The members that may come, with commas between: one alternative for each that may be the first."""
    comma, ways = _literal(", "), []
    for first in range(len(required)):
        rest = " ".join(
            f"{comma} pair{nth}" if required[nth] else f"({comma} pair{nth})?"
            for nth in range(first + 1, len(required))
        )
        ways.append(f"pair{first} {rest}".strip())
        if required[first]:
            return " | ".join(ways)
    return " | ".join([*ways, '""'])


def _value(name: str, item: dict[str, Any]) -> list[str]:
    if item["type"] != "array":
        return [f"{name}: {_scalar(item)}"]
    further = f"({_literal(', ')} {name}_item){{0,{item.get('maxItems', MOST) - 1}}}"
    return [
        f"{name}: {_literal('[')} ({name}_item {further})? {_literal(']')}",
        f"{name}_item: {_scalar(item['items'])}",
    ]


def _scalar(item: dict[str, Any]) -> str:
    if "enum" in item:
        return " | ".join(_literal(json.dumps(choice, ensure_ascii=False)) for choice in item["enum"])
    if item["type"] in _TYPES:
        return _TYPES[item["type"]]
    known = _FORMATS.get(item.get("format", ""))
    return known or "%json " + json.dumps({"type": "string", "maxLength": item.get("maxLength", LONGEST)})


def _without_null(item: dict[str, Any]) -> dict[str, Any]:
    """Where null may stand, the parameter is rather left out."""
    kinds = [one for one in item.get("anyOf", ()) if one.get("type") != "null"]
    return kinds[0] if kinds else item


def _literal(text: str) -> str:
    return json.dumps(text)
