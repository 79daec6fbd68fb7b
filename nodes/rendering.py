"""Turns what a tool returns into a `Result`: words for people, plain JSON data for the next worker."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

from ..graphs.walk import Result


def to_result(value: Any, kind: str) -> Result:
    """`value` as a Result of `kind`; a Result passes through, taking `kind` if it still has the default one."""
    if isinstance(value, Result):
        return value
    if isinstance(value, Path):
        return Result(value.as_posix(), value.as_posix(), "file", (value.as_posix(),))
    return Result(in_words(value), as_data(value), kind)


def in_words(value: Any) -> str:
    """A value as a person would write it: 12 rather than 12.0, yes rather than True, one list item a line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, dict):
        return "\n".join(f"{key}: {in_words(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple, set)):
        return "\n".join(map(in_words, value))
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return "" if value is None else str(value)


def number(value: float) -> str:
    """Six significant digits and never fewer than two decimals, no trailing zeros, no exponent for everyday sizes.

    >>> number(12.0), number(39.37007874), number(11771.28), number(1e20), number(0.1 + 0.2)
    ('12', '39.3701', '11771.28', '1e+20', '0.3')
    """
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if not 1 <= abs(value) < 1e15:
        return f"{value:.6g}"
    decimals = max(2, 6 - len(str(int(abs(value)))))
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".")


def as_data(value: Any) -> Any:
    """Plain JSON data: dates in ISO 8601, durations in seconds, sets as sorted lists, anything else as its text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): as_data(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_data(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((as_data(item) for item in value), key=str)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    return str(value)
