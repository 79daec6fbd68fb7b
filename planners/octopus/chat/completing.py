"""Arguments that the model did not write: earlier results as they are, and what the words of the query plainly hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....graphs.signature import Parameter, Signature
from ....graphs.walk import Arguments, Result
from ..arguments import fill

_HANDED_ON = frozenset({"table", "data"})
"""Kinds whose values are too large to be written out: a model that names one means the result that has it."""


def completed(signature: Signature, written: Arguments, text: str, inputs: Sequence[Result]) -> Arguments:
    """What the model wrote, with required arguments that it left out found by rule, in the order of the signature."""
    found = fill(signature, text, inputs).arguments
    arguments: dict[str, Any] = {}
    for parameter in signature.parameters:
        name = parameter.name
        handed = _handed_on(parameter, written.get(name), text, inputs)
        if handed is not None:
            arguments[name] = handed.data
        elif name in written:
            arguments[name] = written[name]
        elif parameter.required and name in found:
            arguments[name] = found[name]
    return arguments


def _handed_on(parameter: Parameter, value: Any, text: str, inputs: Sequence[Result]) -> Result | None:
    """The result that a written value stands for: the last of its kind, unless the query itself holds the value."""
    kind = parameter.kind.name
    if value is None or parameter.many or kind not in _HANDED_ON or str(value) in text:
        return None
    return next((result for result in reversed(inputs) if result.kind == kind and result.data is not None), None)
