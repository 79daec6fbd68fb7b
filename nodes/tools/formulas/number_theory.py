"""Whole numbers: prime factors, divisors, common divisors and multiples."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from ....graphs.errors import ArgumentError
from ....graphs.signature import Clues, Mention
from ....graphs.walk import Result
from .symbolic import computed, sympy

_LARGEST = 10**60
_MOST_DIVISORS = 1000
_MEASURES = re.compile(
    r"\b(?:(?P<multiple>l\.?c\.?m\.?|(?:least|lowest|smallest)\s+common\s+(?:multiple|denominator)|common\s+multiple|"
    r"smallest\s+(?:number|integer)\s+(?:that\s+is\s+)?divisible)|"
    r"(?P<divisor>g\.?c\.?[dfm]\.?|h\.?c\.?f\.?|(?:greatest|highest|largest|biggest)\s+common\s+\w+|common\s+(?:divisor|factor))|"
    r"(?P<all>(?:all|every|each|the)?\s*(?:divisors|factors)))",
    re.IGNORECASE,
)
_CALLED = {"multiple": "least common multiple", "divisor": "greatest common divisor", "all": "divisors"}


def find_measures(text: str, clues: Clues) -> Iterable[Mention]:
    """Which is asked for: the greatest common divisor, the least common multiple, or all divisors."""
    for match in _MEASURES.finditer(text[:2000]):
        yield Mention(match.start(), match.end(), _CALLED[str(match.lastgroup)])


def factors(number: int) -> Result:
    """Prime factors: 360 = 2^3 × 3^2 × 5. A prime is said to be one."""
    size = _checked(number)
    if size < 2:
        return Result(f"{number} has no prime factors", {"prime": False, "factors": {}}, "factors")
    found = computed(
        f"the prime factors of {number}", lambda: {int(p): int(n) for p, n in sympy().factorint(size).items()}
    )
    if found == {number: 1}:
        return Result(f"{number} is prime", {"prime": True, "factors": {str(number): 1}}, "factors")
    powers = [str(prime) if power == 1 else f"{prime}^{power}" for prime, power in sorted(found.items())]
    text = f"{number} = {'-' if number < 0 else ''}{' × '.join(powers)}"
    return Result(
        text, {"prime": False, "factors": {str(prime): power for prime, power in sorted(found.items())}}, "factors"
    )


def common(numbers: Sequence[float], measure: str) -> Result:
    """The greatest common divisor or least common multiple of the numbers, or all divisors of a single one."""
    whole = [_checked(number) for number in numbers]
    if not whole:
        raise ArgumentError(f"the {measure} needs whole numbers; write for example 12 and 18")
    if measure == "divisors" and len(whole) == 1:
        return _divisors(whole[0])
    if len(whole) < 2:
        raise ArgumentError(f"the {measure} needs two or more numbers, and there is only {whole[0]}")
    value = math.lcm(*whole) if measure == "least common multiple" else math.gcd(*whole)
    return Result(str(value), value, "number")


def _divisors(number: int) -> Result:
    if number == 0:
        raise ArgumentError("every number divides 0")

    def find() -> list[int]:
        if sympy().divisor_count(number) > _MOST_DIVISORS:
            raise ArgumentError(f"{number} has more than {_MOST_DIVISORS} divisors")
        return [int(divisor) for divisor in sympy().divisors(number)]

    found = computed(f"the divisors of {number}", find)
    return Result(", ".join(map(str, found)), found, "numbers")


def _checked(number: float) -> int:
    if number != number or abs(number) == math.inf or number != int(number):
        raise ArgumentError(f"{number:g} is no whole number")
    if abs(number) >= _LARGEST:
        raise ArgumentError("the number is too large; at most 60 digits")
    return abs(int(number))
