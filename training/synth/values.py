"""Values to put into requests: a number where one is asked for, a city where a city is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from random import Random

from ...graphs.signature import Parameter
from .data_files import values

_UNITS = {
    "length": "meters feet miles kilometers inches yards centimeters".split(),
    "weight": "kilograms pounds grams ounces tonnes".split(),
    "time": "hours minutes seconds days weeks".split(),
    "volume": "liters gallons cups pints milliliters".split(),
    "speed": ["km/h", "mph", "knots"],
    "area": "acres hectares".split(),
}
"""Units that convert into each other."""
_WORDS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty".split()


def unit(rng: Random, like: str | None = None) -> str:
    """A unit; where one is given, another of the same dimension."""
    dimensions = [units for units in _UNITS.values() if like in units]
    if like is not None and not dimensions:
        return like
    dimensions = dimensions or list(_UNITS.values())
    return rng.choice([one for one in rng.choice(dimensions) if one != like])


def number(rng: Random) -> str:
    """A number as it stands in a request: mostly small and whole."""
    draw = rng.random()
    if draw < 0.5:
        return str(rng.randint(2, 99))
    if draw < 0.7:
        return str(rng.randint(100, 9999))
    if draw < 0.8:
        return f"{rng.randint(1, 9)},{rng.randint(0, 999):03}"
    return f"{rng.randint(1, 400)}.{rng.randint(1, 9)}"


def _integer(rng: Random) -> str:
    return rng.choice(_WORDS) if rng.random() < 0.15 else str(rng.randint(2, rng.choice((9, 99, 999))))


def _quantity(rng: Random) -> str:
    return f"{number(rng)} {unit(rng)}"


def _duration(rng: Random) -> str:
    return f"{rng.randint(2, 90)} {rng.choice(['days', 'weeks', 'hours', 'minutes', 'months'])}"


def _date(rng: Random) -> str:
    day = dt.date(2000, 1, 1) + dt.timedelta(days=rng.randrange(14000))
    written = (
        f"{day.day} {day:%B} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        day.isoformat(),
        f"{day.day} {day:%B}",
    )
    return rng.choice(written)


def _time(rng: Random) -> str:
    hour, minute = rng.randrange(1, 13), rng.randrange(0, 60, 5)
    half = rng.choice(("am", "pm"))
    return rng.choice((f"{hour} {half}", f"{hour}:{minute:02} {half}", f"{hour + 11}:{minute:02}"))


def _year(rng: Random) -> str:
    return str(rng.randint(1950, 2040))


def _numbers(rng: Random) -> str:
    some = [str(rng.randint(1, 99)) for _ in range(rng.randint(3, 6))]
    return ", ".join(some[:-1]) + f" and {some[-1]}"


def _quoted(rng: Random) -> str:
    mark = rng.choice(('""', "''", "“”"))
    return f"{mark[0]}{rng.choice(values()['quoted'])}{mark[1]}"


def _listed(kind: str) -> Callable[[Random], str]:
    return lambda rng: rng.choice(values()[kind])


MAKERS: Mapping[str, Callable[[Random], str]] = {
    "number": number,
    "integer": _integer,
    "count": _integer,
    "quantity": _quantity,
    "unit": unit,
    "duration": _duration,
    "date": _date,
    "time": _time,
    "year": _year,
    "numbers": _numbers,
    "quoted": _quoted,
    "text": _quoted,
    "place": _listed("city"),
    **{kind: _listed(kind) for kind in ("city", "country", "person", "file", "email", "url", "expression", "equation")},
}
"""Kind of a parameter -> what makes a value of it, as it stands in a request."""


def another(text: str, sort: str, rng: Random) -> str:
    """Another value like `text`: of the same sort, and near it where that matters (size, dimension, a variable)."""
    found = _AMOUNT.fullmatch(text)
    if sort == "unit":
        return unit(rng, text)
    if sort in ("quantity", "duration"):
        return _about(found["number"], rng) + _unit_like(found["unit"], rng) if found else text
    if found and not found["unit"] and sort in MAKERS and sort not in ("year", "expression"):
        return _about(text, rng)
    if sort == "expression" and re.search("[a-z]", text):
        return rng.choice(values()["function"])
    if sort not in MAKERS or (sort in _SPELLED and not any(map(str.isdigit, text))):
        return text
    return MAKERS[sort](rng)


_SPELLED = frozenset({"number", "integer", "count", "date", "time", "year", "numbers", "expression", "equation"})
"""Sorts that may also be said in words ("the biggest", "tomorrow"), which no other value stands for."""
_AMOUNT = re.compile(r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<unit>\s*[^\d\s.,].*)?")


def _about(number: str, rng: Random) -> str:
    """A number of about as many digits."""
    whole, point, fraction = number.replace(",", "").partition(".")
    if len(whole) == 4 and not point and "1900" <= whole <= "2099":
        return _year(rng)
    drawn = rng.randint(max(2, 10 ** (len(whole) - 1) // 3), 10 ** len(whole) - 1)
    return f"{drawn:,}" if "," in number else f"{drawn}.{rng.randint(1, 9)}" if fraction else str(drawn)


def _unit_like(name: str | None, rng: Random) -> str:
    plain = (name or "").strip()
    known = any(plain in units for units in _UNITS.values())
    return f" {unit(rng, plain)}" if known else name or ""


def value_for(parameter: Parameter, rng: Random) -> str | None:
    """A value for a parameter, as it stands in a request; None for a kind that nothing is known about."""
    if parameter.choices:
        return rng.choice(parameter.choices).replace("_", " ")
    maker = MAKERS.get(parameter.kind.name)
    return maker(rng) if maker else None
