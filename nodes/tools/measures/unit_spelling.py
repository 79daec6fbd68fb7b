"""Reads a unit where it stands in a text: km, km/h, square feet, kg/m³, miles an hour, liters per 100 km."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .unit_names import Unit, misspelled, unit_called

LETTER = r"[^\W\d_⁰-⁹²³¹¼-¾⅐-⅞]"
_CHUNK = re.compile(rf"{LETTER}+\.?|[°º]\s?(?:[CFKR]\b)?|[\"'″′$€£¥₹℃℉]|Ω", re.IGNORECASE)
_GAP = re.compile(r"[ \u00a0-]")
_POWER_AFTER = re.compile(r"\s?\^\s?([23])|\s?([²³])|(?<=[a-z])([23])(?![\w.])|\s+(squared|cubed)\b", re.IGNORECASE)
_POWER_BEFORE = re.compile(r"(square|cubic|sq|cu)\b\.?[\s-]*", re.IGNORECASE)
_PER = re.compile(r"\s*/\s*|\s+per\s+", re.IGNORECASE)
_AN = re.compile(r"(?<!\bin)\s+an?\s+(?=(?:second|minute|hour|day|week|month|year)\b)", re.IGNORECASE)
_TIMES = re.compile(rf"[·⋅*.-](?={LETTER})|\s?[·⋅*]\s?(?={LETTER})")
_CONSUMPTION = re.compile(r"(?:l|liters?|litres?)\s?(?:/|per)\s?100\s?(?:km|kilomet(?:er|re)s?)\b", re.IGNORECASE)
_COMPOUNDS = {"mile/hour": Unit("mile/hour", "mph"), "mile/gallon": Unit("mile/gallon", "mpg")}
_SHORT = {"hour": "h", "second": "s", "minute": "min"}
"""Times inside a compound are written short: km/h."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A unit at `text[start:end]`."""

    start: int
    end: int
    unit: Unit
    sure: float = 1.0
    compound: bool = False


def unit_at(text: str, start: int) -> Spelled | None:
    """The unit that starts exactly at `start`, as long as it can be read, or None."""
    first = _factor_at(text, start)
    if first is None:
        return None
    end, unit = first.end, first.unit
    while (link := _link(text, end, unit)) is not None:
        sign, following = link
        divisor = f"({following.unit.pint})" if "/" in following.unit.pint else following.unit.pint
        joined = f"{unit.pint}{sign}{divisor}"
        shown = _SHORT.get(following.unit.pint, following.unit.symbol)
        unit = _COMPOUNDS.get(joined) or Unit(joined, f"{unit.symbol}{'/' if sign == '/' else '·'}{shown}")
        end = following.end
    known = unit_called(text[start:end]) if end > first.end else None
    return Spelled(start, end, known or unit, first.sure, end > first.end)


def _link(text: str, end: int, unit: Unit) -> tuple[str, Spelled] | None:
    """The sign after a factor, and the factor after the sign."""
    if unit.currency:
        return None
    for pattern, sign in ((_PER, "/"), (_AN, "/"), (_TIMES, "*")):
        match = pattern.match(text, end)
        following = _factor_at(text, match.end()) if match else None
        if following is not None and not following.unit.currency:
            return sign, following
    return None


def _factor_at(text: str, start: int) -> Spelled | None:
    """One unit with its power: m², square meters, feet cubed."""
    consumption = _CONSUMPTION.match(text, start)
    if consumption is not None and (unit := unit_called("L/100km")) is not None:
        return Spelled(start, consumption.end(), unit)
    before = _POWER_BEFORE.match(text, start)
    found = _name_at(text, before.end() if before else start)
    if before is not None:
        if found is None:
            return _name_at(text, start)
        return Spelled(start, found.end, _raised(found.unit, 2 if before.group()[0] in "sS" else 3), found.sure)
    after = _POWER_AFTER.match(text, found.end) if found else None
    if found is None or after is None:
        return found
    sign = next(group for group in after.groups() if group).lower()
    return Spelled(start, after.end(), _raised(found.unit, 3 if sign in ("3", "³", "cubed") else 2), found.sure)


def _raised(unit: Unit, power: int) -> Unit:
    return Unit(f"{unit.pint}**{power}", _SHORT.get(unit.pint, unit.symbol) + ("²" if power == 2 else "³"))


def _name_at(text: str, start: int) -> Spelled | None:
    """The longest name or symbol of a unit at `start`, else a word one slip away from a name."""
    ends: list[int] = []
    at = start
    while len(ends) < 4 and (chunk := _CHUNK.match(text, at)):
        ends.append(chunk.end())
        gap = _GAP.match(text, chunk.end())
        if gap is None:
            break
        at = gap.end()
    for end in reversed(ends):
        for stop in (end, end - 1) if text[end - 1] == "." else (end,):
            if stop > start and (unit := unit_called(text[start:stop])) is not None:
                return Spelled(start, stop, unit)
    first = text[start : ends[0]].rstrip(".") if ends else ""
    unit = misspelled(first)
    return Spelled(start, start + len(first), unit, 0.8) if unit else None
