"""Turns quantities from one unit into another with pint, and writes them as people do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from ....graphs.errors import ArgumentError, MissingExtra, nearest
from ...rendering import number
from .quantities import Quantity, quantity_at
from .unit_names import Unit, known_names, unit_called
from .unit_spelling import unit_at

_REFERENCES = {
    "length": "meter", "mass": "kilogram", "time": "second", "temperature": "kelvin", "area": "meter**2",
    "volume": "meter**3", "speed": "meter/second", "acceleration": "meter/second**2", "force": "newton",
    "energy": "joule", "power": "watt", "pressure": "pascal", "frequency": "hertz", "density": "kilogram/meter**3",
    "electric current": "ampere", "voltage": "volt", "electric charge": "coulomb", "electric resistance": "ohm",
    "capacitance": "farad", "inductance": "henry", "magnetic flux density": "tesla", "magnetic flux": "weber",
    "conductance": "siemens", "amount of substance": "mole", "luminous intensity": "candela",
    "illuminance": "lux", "absorbed dose": "gray", "flow": "meter**3/second", "fuel economy": "1/meter**2",
    "amount of data": "bit", "data rate": "bit/second", "angle": "radian", "angular speed": "radian/second",
}  # fmt: skip
_DATA, _ANGLE = ("bit", "byte"), ("radian", "degree", "turn", "arc", "gradian", "revolution")
_CLOSE = ("°", "'", '"', "″", "′")
_Dimensions = tuple[tuple[tuple[str, float], ...], str]
_building = Lock()


@dataclass(frozen=True, slots=True)
class Measured:
    """A value and its unit as written (`km`, `hours`); an empty unit for a plain number."""

    value: float
    unit: str = ""


def registry() -> Any:
    """Pint's units, made once. Raises MissingExtra where pint is not installed."""
    with _building:
        return _registry()


@lru_cache(maxsize=1)
def _registry() -> Any:
    try:
        import pint
    except ImportError as error:
        raise MissingExtra("unit conversion", "tools", "pint") from error
    units: Any = pint.UnitRegistry()
    units.define("ten_years = 10 * year")
    units.define("common_acre = 4840 * yard ** 2")  # pint's own is the acre of land surveyors
    units.define("hundred_kilometers = 100 * kilometer")
    return units


def unit_named(text: str) -> Unit:
    """The unit that `text` names. Raises ArgumentError, naming the nearest, for anything else, and for currencies."""
    name = text.strip().rstrip("?.!,;")
    spelled = unit_at(name, 0) if len(name) <= 60 else None
    unit = unit_called(name) or (spelled.unit if spelled and spelled.end == len(name) else None)
    if unit is None:
        raise ArgumentError(f"no unit {name[:40]!r}{nearest(name.lower(), known_names())}")
    return _no_currency(unit, name)


def quantity_named(text: str) -> tuple[Quantity, Unit]:
    """The quantity that `text` is, and its first unit. Raises ArgumentError for anything else."""
    written = text.strip().rstrip("?!;,")
    found = quantity_at(written, 0) if len(written) <= 200 else None
    if found is None or found.end < len(written.rstrip(".")):
        spelled = unit_at(written, 0) if len(written) <= 60 else None
        if spelled is None or spelled.end < len(written):
            raise _no_quantity(written)
        found = quantity_at("1 " + written, 0)
        if found is None:
            raise _no_quantity(written)
    for _, unit in found.parts:
        _no_currency(unit, unit.symbol)
    return found, found.parts[0][1]


def _no_quantity(written: str) -> ArgumentError:
    words = written.split()
    if written.replace(",", "").replace(".", "").isdigit():
        return ArgumentError(f"{written!r} has no unit; write for example '{written} miles'")
    unknown = words[-1] if len(words) > 1 else written.lstrip("0123456789.,-")
    return ArgumentError(
        f"{written[:60]!r} is no quantity, as {unknown[:40]!r} is no unit known here"
        f"{nearest(unknown.lower(), known_names())}"
    )


def _no_currency(unit: Unit, name: str) -> Unit:
    if unit.currency:
        raise ArgumentError(
            f"{name!r} is a currency, and exchange rates change by the minute; only physical units are converted here"
        )
    return unit


def total(parts: tuple[tuple[Any, Unit], ...]) -> tuple[float, Unit]:
    """The parts of a quantity (5 ft 11 in) as one value in the unit of the first."""
    value, first = float(parts[0][0]), parts[0][1]
    sign = -1 if value < 0 else 1
    return value + sign * sum(change(float(other), unit, first) for other, unit in parts[1:]), first


def change(value: float, source: Unit, target: Unit) -> float:
    """`value` of `source` in `target`. Raises ArgumentError, naming both dimensions, where nothing converts them."""
    if source.pint == target.pint:
        return value
    units = registry()
    from pint.errors import PintError

    try:
        changed = float(_changed(units.Quantity(value, source.pint), source, target).magnitude)
    except PintError as error:
        raise _incompatible(source, target) from error
    except (OverflowError, ZeroDivisionError):
        changed = math.inf
    if not math.isfinite(changed):
        raise ArgumentError(f"{number(value)} {source.symbol} has no value in {target.symbol}")
    return float(f"{changed:.14g}")


def _changed(quantity: Any, source: Unit, target: Unit) -> Any:
    units = registry()
    (powers, kind), (other_powers, other_kind) = _dimensions(source), _dimensions(target)
    if powers == other_powers and kind == other_kind:
        return quantity.to(target.pint)
    if powers == other_powers == (("[time]", -1.0),) and {kind, other_kind} == {"", "angle"}:
        turns = quantity.to("turn/second" if kind else "1/second").magnitude
        return units.Quantity(turns, "1/second" if kind else "turn/second").to(target.pint)
    if powers and kind == other_kind and tuple((name, -power) for name, power in powers) == other_powers:
        return (1 / quantity).to(target.pint)
    raise _incompatible(source, target)


def _incompatible(source: Unit, target: Unit) -> ArgumentError:
    return ArgumentError(
        f"{source.after(2)} measures {dimension(source)} and {target.after(2)} measures {dimension(target)}; "
        "nothing converts one into the other"
    )


def converted(amount: Measured, unit: str) -> Measured:
    """A measured value in another unit."""
    if not amount.unit or not unit:
        what = "a plain number and a quantity with a unit"
        raise ArgumentError(f"{amount_in_words(amount)} does not compare with the others: {what}")
    return Measured(change(amount.value, unit_named(amount.unit), unit_named(unit)), unit)


def dimension(unit: Unit) -> str:
    """What a unit measures, in words: length, speed, amount of data."""
    if unit.currency:
        return "money"
    if unit.pint == "liter/hundred_kilometers":
        return "fuel consumption"
    powers, kind = _dimensions(unit)
    known = _named_dimensions().get((powers, kind))
    return (
        known
        or " ".join(f"{name.strip('[]')}{'' if power == 1 else f'^{power:g}'}" for name, power in powers)
        or "a ratio"
    )


@lru_cache(maxsize=1)
def _named_dimensions() -> dict[_Dimensions, str]:
    return {_dimensions(Unit(reference, "")): name for name, reference in reversed(_REFERENCES.items())}


@lru_cache(maxsize=512)
def _dimensions(unit: Unit) -> _Dimensions:
    """The powers of base dimensions, and apart from them whether it is data or an angle (plain numbers to pint)."""
    kind = (
        "data"
        if any(word in unit.pint for word in _DATA)
        else "angle"
        if any(word in unit.pint for word in _ANGLE)
        else ""
    )
    powers = registry().get_dimensionality(registry().parse_units(unit.pint))
    return tuple(sorted((name, round(float(power), 6)) for name, power in powers.items())), kind


def in_base_units(unit: Unit) -> Measured:
    """One of the unit in base units of the SI."""
    units = registry()
    base = units.Quantity(1.0, unit.pint).to_base_units()
    return Measured(float(f"{float(base.magnitude):.14g}"), f"{base.units:~P}")


def in_words(value: float, unit: Unit) -> str:
    """A value with its unit as people write it: 39.3701 ft, 1416 hours, 90°."""
    shown = number(float(f"{value:.12g}"))
    sign = unit.after(float(shown) if shown.replace(".", "").isdigit() else value)
    return shown + sign if sign in _CLOSE else f"{shown} {sign}"


def amount_in_words(amount: Measured) -> str:
    """The same for a value whose unit is text."""
    unit = unit_called(amount.unit) if amount.unit else None
    if unit is not None and unit.word:
        return in_words(amount.value, unit)
    return f"{number(amount.value)} {amount.unit}".strip()
