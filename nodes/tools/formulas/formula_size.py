"""Refuses a formula whose exact value would be too large to compute, before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ....graphs.errors import ArgumentError
from .formula_tree import Node

_MOST_BITS = 100_000
"""Bits of the largest exact number on the way: some 30,000 digits."""
_MOST_TERMS = 20_000
"""Terms of the largest sum that multiplying out may give."""
_HIGHEST_POWER = 1_000
"""Highest power of anything with a variable in it."""


@dataclass(frozen=True, slots=True)
class _Size:
    """Upper bounds of a value: its magnitude as a power of two, the bits of its exact fraction, its terms as a sum."""

    magnitude: float
    bits: float
    terms: float = 1.0
    known: float | None = None
    """The value itself, roughly, where it is simple arithmetic."""

    @property
    def value(self) -> float:
        """Upper bound of the absolute value."""
        if self.known is not None:
            return abs(self.known)
        return math.inf if self.magnitude > 64 else 2.0**self.magnitude


def check_size(tree: Node) -> None:
    """Raise ArgumentError if the value of `tree`, or anything on the way to it, is too large."""
    _size(tree)


def _too_large(what: str) -> ArgumentError:
    return ArgumentError(f"{what} is too large to compute exactly; use smaller numbers or powers")


def _size(node: Node) -> _Size:
    size = _bounds(node, [_size(argument) for argument in node.args])
    if not max(size.bits, size.magnitude) <= _MOST_BITS:
        raise _too_large("a number in this formula")
    if size.terms > _MOST_TERMS:
        raise _too_large("this formula, multiplied out,")
    return size


def _bounds(node: Node, sizes: Sequence[_Size]) -> _Size:
    op = node.op
    if node.value is not None:
        return _literal(node.value)
    if not sizes:
        return _Size(2, 2)
    first, last = sizes[0], sizes[-1]
    if op in ("+", "-", "*", "/", "negative"):
        return _arithmetic(op, sizes)
    if op == "percentage":
        return _Size(first.magnitude + last.bits + 7, first.bits + last.bits + 7, first.terms)
    if op == "^":
        return _power(node, first, last)
    if op == "factorial" and not node.variables:
        bits = first.value * math.log2(max(first.value, 2))
        return _Size(bits, bits)
    if op in ("exp", "sinh", "cosh"):
        return _Size(1.45 * first.value, 1.45 * first.value, first.terms)
    if op in ("ln", "log"):
        return _Size(math.log2(max(first.magnitude, first.bits, 2)) + 1, first.bits, first.terms)
    magnitude, bits = max(size.magnitude for size in sizes), sum(size.bits for size in sizes)
    return _Size(max(magnitude, 1) + 7, bits + 7, sum(size.terms for size in sizes))


def _literal(value: Fraction) -> _Size:
    top, below = abs(value.numerator), value.denominator
    magnitude = math.log2(top) - math.log2(below) if top else 0.0
    known = float(value) if magnitude < 1000 else None
    return _Size(max(magnitude, 0.0), max(top.bit_length(), below.bit_length()), known=known)


def _arithmetic(op: str, sizes: Sequence[_Size]) -> _Size:
    first, last = sizes[0], sizes[-1]
    bits = sum(size.bits for size in sizes)
    if op in ("+", "-", "negative"):
        magnitude, terms = max(first.magnitude, last.magnitude) + (len(sizes) - 1), sum(size.terms for size in sizes)
    elif op == "*":
        magnitude, terms = first.magnitude + last.magnitude, first.terms * last.terms
    else:
        magnitude, terms = first.magnitude + last.bits, first.terms
    known = _known(op, [size.known for size in sizes])
    if known is not None:
        magnitude = math.log2(abs(known)) if abs(known) > 1 else 0.0
    return _Size(magnitude, bits, terms, known)


def _known(op: str, values: Sequence[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values) or any(abs(number) > 1e100 for number in numbers):
        return None
    if op == "negative":
        return -numbers[0]
    a, b = numbers
    if op == "/":
        return a / b if b and abs(b) > 1e-100 else None
    return a + b if op == "+" else a - b if op == "-" else a * b


def _power(node: Node, base: _Size, exponent: _Size) -> _Size:
    highest = exponent.value
    if node.args[1].variables:
        return _Size(base.magnitude, base.bits, base.terms)
    if not node.args[0].variables:
        magnitude = (base.bits if (exponent.known or 0) < 0 else base.magnitude) * highest
        known = None
        if base.known and base.known > 0 and exponent.known is not None and abs(magnitude) < 300:
            known = base.known**exponent.known
        return _Size(magnitude, base.bits * max(highest, 1), known=known)
    if highest > _HIGHEST_POWER:
        raise _too_large(f"a power above {_HIGHEST_POWER}")
    terms = 1.0 if base.terms <= 1 else float(min(math.comb(int(highest + base.terms - 1), int(highest)), 10**9))
    return _Size(base.magnitude * highest, base.bits * max(highest, 1), terms)
