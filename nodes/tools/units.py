"""The `units` catalog: quantities converted, compared, added and explained."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from ...graphs.errors import ArgumentError
from ...graphs.signature import Clues, Kind, Mention
from ...graphs.walk import Result
from ..tool import tool
from .measures.comparison import Entry, find_picks, ranked
from .measures.conversion import Measured, change, dimension, in_base_units, in_words, quantity_named, total, unit_named
from .measures.quantities import Quantity as Parts
from .measures.unit_finders import find_compared, find_named_units, find_quantities, find_summands, find_units
from .measures.unit_names import Unit as Named
from .measures.unit_names import unit_called

Quantity = Annotated[str | dict[str, Any], Kind("quantity", find=find_quantities), "a quantity such as 5 miles"]
Several = list[str | dict[str, Any]]
_SEVERAL = "two or more quantities such as 5 miles and 9 km"
Unit = Annotated[str, Kind("unit", find=find_units, cues=("to", "into", "in", "as", "how many")), "a unit such as km"]
Pick = Annotated[Literal["largest", "smallest"], Kind("choice", find=find_picks)]

_OPERATION = re.compile(
    r"\b(?:(?P<taken_from>(?:subtract|take|deduct|remove)\w*\b(?=.*\bfrom\b))|"
    r"(?P<difference>minus|less|subtract\w*|difference)|(?P<sum>plus|add\w*|sum|total|together|altogether|combined?))\b",
    re.IGNORECASE,
)


def find_operations(text: str, clues: Clues) -> Iterable[Mention]:
    """Whether quantities are added or one is taken from the other."""
    for match in _OPERATION.finditer(text[:2000]):
        yield Mention(match.start(), match.end(), str(match.lastgroup).replace("_", " "))


@tool(
    "units.convert",
    examples=[
        "convert 5 miles to kilometers",
        "how many feet is 12 meters",
        "what is 70 kg in pounds?",
        "98.6 fahrenheit in celsius",
        "how many hours are 59 days",
        "5 ft 11 in to cm",
        "how fast is 60 mph in km/h",
        "how many seconds are in an hour",
        "turn 2 cups into milliliters",
        "half a mile in meters",
        "2 GB in MB",
        "how tall is 6'2\" in centimeters",
    ],
)
def convert(value: Quantity, to: Unit) -> Annotated[Result, Kind("quantity")]:
    """Converts a quantity from one unit into another: length, weight, temperature, time, speed, volume, data."""
    found, source = quantity_named(_spoken(value))
    target = unit_named(to)
    amount, source = _plain_degrees(found, source, target)
    changed = change(amount, source, target)
    return _quantity(changed, target, _label(found, source))


@tool(
    "units.compare",
    examples=[
        "which is longer, 5 miles or 9 km?",
        "is 70 kg more than 150 pounds",
        "what is heavier: 3 stone, 20 kg or 45 lb",
        "which is colder, 30 °F or 2 °C",
        "compare 2 hours and 110 minutes",
        "which is the smallest of 1 cup, 200 ml and 10 fl oz",
        "is 100 km/h faster than 60 mph",
        "what's bigger, 1 GB or 900 MB?",
        "is an hour shorter than 3000 seconds",
    ],
)
def compare(
    quantities: Annotated[Several, Kind("quantity", find=find_compared), _SEVERAL], pick: Pick = "largest"
) -> Annotated[Result, Kind("ranking")]:
    """Tells which of several quantities is larger, longer, heavier, faster or hotter (or the least), in any units."""
    return ranked([_entry(quantity) for quantity in quantities], pick)


@tool(
    "units.add",
    examples=[
        "add 5 feet and 2 meters",
        "what is 3 km plus 500 m",
        "total of 2 hours, 45 minutes and 30 minutes",
        "sum of 2 kg and 3 lb in grams",
        "5 km minus 300 m",
        "subtract 30 cm from 2 m",
        "how long are 1.5 hours and 50 minutes together",
        "what's the difference between 10 miles and 10 km in meters",
        "1 gallon plus 2 liters in liters",
    ],
)
def add(
    quantities: Annotated[Several, Kind("quantity", find=find_summands), _SEVERAL],
    to: Unit | None = None,
    operation: Annotated[Literal["sum", "difference", "taken from"], Kind("choice", find=find_operations)] = "sum",
) -> Annotated[Result, Kind("quantity")]:
    """Adds quantities of different units, or takes one from another, in the unit asked for or else the first."""
    found = [quantity_named(_spoken(quantity)) for quantity in quantities]
    if not found:
        raise ArgumentError("there is no quantity to add; write for example 5 feet and 2 meters")
    values = [total(parts.parts) for parts, _ in found]
    if operation == "taken from":
        values.reverse()
    target = unit_named(to) if to else values[0][1]
    if any(unit.pint in ("degC", "degF") for _, unit in values):
        raise ArgumentError(
            "temperatures on the Celsius and Fahrenheit scales do not add up; convert them to kelvin first"
        )
    amounts = [change(value, unit, target) for value, unit in values]
    first, rest = amounts[0], sum(amounts[1:])
    label = (" + " if operation == "sum" else " - ").join(in_words(value, unit) for value, unit in values)
    return _quantity(first + rest if operation == "sum" else first - rest, target, label)


@tool(
    "units.describe",
    examples=[
        "what does a joule measure",
        "what is a furlong?",
        "explain the unit hectare",
        "how big is one acre in SI units",
        "is a pascal a unit of pressure",
        "what dimension has km/h",
        "tell me about the unit newton",
        "what kind of unit is a lux",
        "define a nautical mile",
    ],
)
def describe(unit: Annotated[str, Kind("unit", find=find_named_units), "a unit such as mile"]) -> Result:
    """Explains a unit: what it measures, and its value in base units of the SI."""
    named = unit_named(unit)
    base = in_base_units(named)
    data = {"unit": named.symbol, "dimension": dimension(named), "value": base.value, "base": base.unit}
    equal = f"1 {named.after(1)} = {in_words(base.value, Named('', base.unit))}"
    return Result(f"{unit.strip()}: a unit of {data['dimension']}, {equal}", data, "unit")


def _quantity(value: float, unit: Named, label: str) -> Result:
    value = float(f"{value:.12g}")
    return Result(in_words(value, unit), {"value": value, "unit": unit.after(value), "label": label}, "quantity")


def _label(found: Parts, source: Named) -> str:
    if len(found.parts) == 1:
        return in_words(float(found.parts[0][0]), source)
    return " ".join(in_words(float(value), unit) for value, unit in found.parts)


def _plain_degrees(found: Parts, source: Named, target: Named) -> tuple[float, Named]:
    """The value in the source's unit; "20 degrees" to be turned into Fahrenheit are Celsius, and the reverse."""
    scale = {"degF": "celsius", "kelvin": "celsius", "degC": "fahrenheit"}.get(target.pint, "")
    temperature = unit_called(scale) if source.pint == "degree" else None
    if temperature is not None:
        return float(found.parts[0][0]), temperature
    return total(found.parts)


def _spoken(quantity: str | dict[str, Any]) -> str:
    """A quantity as text; an earlier result comes as its data."""
    if isinstance(quantity, str):
        return quantity
    return f"{quantity.get('value')} {quantity.get('unit') or ''}"


def _entry(quantity: str | dict[str, Any]) -> Entry:
    found, source = quantity_named(_spoken(quantity))
    value, unit = total(found.parts)
    return Entry(_label(found, source), Measured(value, unit.after(value)), named=False)
