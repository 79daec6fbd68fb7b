"""Measures of a list of numbers, exact where the numbers are."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from fractions import Fraction

from ....graphs.errors import ArgumentError, nearest
from ....graphs.walk import Result
from ...rendering import number
from .number_lists import MEASURES

_SUMMARY = ("count", "mean", "median", "standard deviation", "minimum", "maximum", "sum")
_TWO = ("standard deviation", "variance")


def measured(values: Sequence[float], measures: Sequence[str] | None) -> Result:
    """The measures of the values; a summary if none is asked for. Raises ArgumentError for too few values."""
    if not values:
        raise ArgumentError("there are no numbers to measure; write a list such as 4, 8, 15")
    if not all(map(math.isfinite, values)):
        raise ArgumentError("the list holds a number that is infinite or none at all")
    for measure in measures or ():
        if measure not in MEASURES:
            raise ArgumentError(f"no measure {measure!r}{nearest(measure, MEASURES)}; known: {', '.join(MEASURES)}")
    asked = list(dict.fromkeys(measures or [name for name in _SUMMARY if len(values) > 1 or name not in _TWO]))
    exact = [Fraction(str(value)) for value in values]
    found = {measure: _measure(exact, measure) for measure in asked}
    if len(found) == 1:
        value = found[asked[0]]
        return Result(number(value), _plain(value), "number")
    text = "\n".join(f"{name}: {number(value)}" for name, value in found.items())
    return Result(text, {name: _plain(value) for name, value in found.items()}, "data")


def _measure(values: Sequence[Fraction], measure: str) -> float:
    if measure in _TWO and len(values) < 2:
        raise ArgumentError(f"the {measure} of a sample needs two or more numbers")
    functions: dict[str, Callable[[Sequence[Fraction]], Fraction | float]] = {
        "mean": statistics.mean,
        "median": statistics.median,
        "mode": statistics.mode,
        "sum": sum,
        "minimum": min,
        "maximum": max,
        "range": lambda numbers: max(numbers) - min(numbers),
        "standard deviation": statistics.stdev,
        "variance": statistics.variance,
        "population standard deviation": statistics.pstdev,
        "population variance": statistics.pvariance,
        "count": len,
        "product": math.prod,
    }
    try:
        return float(functions[measure](values))
    except OverflowError:
        raise ArgumentError(f"the {measure} is too large to write") from None


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
