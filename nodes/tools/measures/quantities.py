"""Reads quantities where they stand in a text: 5 ft 11 in, half a mile, an hour and a half, -40 °C, 1h30."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..numbers.numerals import numeral_at
from .unit_names import Unit, is_everyday, unit_called
from .unit_spelling import LETTER, Spelled, unit_at

LONGEST = 5000
"""Characters of a request that are searched."""
ENDS = re.compile(
    r"\s*(?:$|[?.!,;:)=\"]|->|→|(?:to|in|into|as|and|or|is|are|by|x|from|for|please|than|do|does|that|there|with|"
    r"plus|minus|long(?:er)?|more|less|tall(?:er)?|high(?:er)?|wider?|deep(?:er)?|thick(?:er)?|short(?:er)?|bigger|"
    r"smaller|larger)\b)",
    re.IGNORECASE,
)
"""What may follow a unit that is an ordinary word as well."""
_START = re.compile(rf"(?<![\w.,/])(?=[\d.½-¾⅐-⅞$€£¥₹\-−–]|{LETTER})")
_MONEY = re.compile(r"[$€£¥₹]\s?")
_SIGN = re.compile(r"[-−–](?=[\d.½-¾])|(?:minus|negative)\s+", re.IGNORECASE)
_OPERATOR = re.compile(r"minus\b|[-−–]\s", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:an?|one|each|every)\s+", re.IGNORECASE)
_SPACE = re.compile(r"\s*-?\s*")
_OF = re.compile(r"\s+of\s+(?:an?\s+)?|\s+an?\s+", re.IGNORECASE)
_JOIN = re.compile(r"(?:\s*,)?\s+and\s+|\s*,\s*|\s*", re.IGNORECASE)
_AND_PART = re.compile(r"\s+and\s+(?=(?:a|one|three)\s+(?:half|quarters?|third)\b)", re.IGNORECASE)
_BARE = re.compile(r"([0-9]{1,2})(?:\s?m\b|(?![\w.,/:\"″]))")
_CONSUMPTION = re.compile(r"(?:\bl|liters?|litres?)\s?(?:/|per)\s?$", re.IGNORECASE)
_SMALLER = {
    "mile": "yard foot", "yard": "foot inch", "foot": "inch", "stone": "pound", "pound": "ounce",
    "week": "day hour", "day": "hour minute", "hour": "minute second", "minute": "second", "year": "month week day",
    "month": "week day", "meter": "centimeter millimeter", "kilometer": "meter", "kilogram": "gram",
    "degree": "arcminute", "arcminute": "arcsecond", "gallon": "quart pint cup", "liter": "milliliter deciliter",
    "cup": "tablespoon teaspoon", "gram": "milligram", "centimeter": "millimeter",
}  # fmt: skip
_LIMITS = {"inch": 12, "foot": 5280, "ounce": 16, "pound": 14, "minute": 60, "second": 60, "hour": 24, "month": 12}
_BELOW = {"hour": "minute", "foot": "inch"}
"""What a bare number after the unit counts: 1h30, 6'2."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity at `text[start:end]`: one or more parts that add up (5 ft 11 in)."""

    start: int
    end: int
    parts: tuple[tuple[Fraction, Unit], ...]
    counted: bool = True
    """False for "a mile", where no number is said."""


@lru_cache(maxsize=256)
def quantities_in(text: str, join: bool = True) -> tuple[Quantity, ...]:
    """Every quantity of a text, in order; with `join`, "2 hours and 5 minutes" is one."""
    text, at = text[:LONGEST], 0
    found: list[Quantity] = []
    while match := _START.search(text, at):
        start = match.start()
        operator = found and _OPERATOR.match(text, start) and not text[found[-1].end : start].strip()
        quantity = quantity_at(text, start, join=join) if _may_start(text, start) and not operator else None
        if quantity is not None:
            found.append(quantity)
        at = quantity.end if quantity else start + 1
    return tuple(found)


def quantity_at(text: str, start: int, *, join: bool = True) -> Quantity | None:
    """The quantity that starts exactly at `start`, with all its parts, or None."""
    whole = _part_at(text, start) or _uncounted_at(text, start)
    if whole is None or not whole.counted:
        return whole
    while whole.parts[-1][1].pint in _SMALLER:
        link = _JOIN.match(text, whole.end)
        if link is None or (not join and "and" in link.group().lower()):
            break
        following = _bare_at(text, link.end(), whole) or _part_at(text, link.end())
        if following is None or not _continues(whole, following):
            break
        whole = Quantity(start, following.end, whole.parts + following.parts)
    return whole


def _may_start(text: str, at: int) -> bool:
    """A sign starts a number only where none ends before it (not in 10-20 km); in L/100 km no quantity starts."""
    if text[at] in "-−–" and at > 0 and text[at - 1] not in " (=:,":
        return False
    return not (text[at].isdigit() and _CONSUMPTION.search(text[max(0, at - 12) : at]))


def _part_at(text: str, start: int) -> Quantity | None:
    """A number and its unit."""
    if money := _MONEY.match(text, start):
        number, unit = numeral_at(text, money.end(), measures=True), unit_called(money.group().strip())
        return Quantity(start, number.end, ((number.value, unit),)) if number and unit else None
    sign = _SIGN.match(text, start)
    number = numeral_at(text, sign.end() if sign else start, measures=True)
    if number is None:
        return None
    value = -number.value if sign else number.value
    found = _unit_after(text, number.end, of=number.value < 1)
    if found is None or (found.start == number.end and number.in_words):
        return None
    if _is_preposition(text, found) or text[found.start - 1 : found.end].lower() in ("1st", "3rd"):
        return None
    end, value = _with_half(text, found.end, value)
    return Quantity(start, end, ((value, found.unit),))


def _unit_after(text: str, end: int, *, of: bool) -> Spelled | None:
    """The unit after a number; after a fraction also "of a mile" and "a mile"."""
    for pattern in (_OF, _SPACE) if of else (_SPACE,):
        space = pattern.match(text, end)
        found = unit_at(text, space.end()) if space else None
        if found is not None:
            return found
    return None


def _uncounted_at(text: str, start: int) -> Quantity | None:
    """A mile, an hour and a half, one day: a unit after an article."""
    article = _ARTICLE.match(text, start)
    found = unit_at(text, article.end()) if article else None
    if article is None or found is None:
        return None
    name, counted = text[found.start : found.end], article.group().lower().startswith("one")
    plural = name.endswith("s") and not name.endswith(("ss", "hertz", "celsius", "siemens"))
    if len(name) < 3 or plural or (is_everyday(name) and not ENDS.match(text, found.end)):
        return None
    end, value = _with_half(text, found.end, Fraction(1))
    return Quantity(start, end, ((value, found.unit),), counted or value > 1)


def _with_half(text: str, end: int, value: Fraction) -> tuple[int, Fraction]:
    """The end and value of "2 hours and a half", where no other unit follows the half."""
    link = _AND_PART.match(text, end)
    half = numeral_at(text, link.end()) if link else None
    if half is None or half.value >= 1:
        return end, value
    following = _unit_after(text, half.end, of=True)
    if following is not None and not _is_preposition(text, following) and following.start > half.end:
        name = text[following.start : following.end].lower()
        if name != "in":
            return end, value
    return half.end, value + half.value


def _is_preposition(text: str, found: Spelled) -> bool:
    """Whether the "in" after a number is the word and not the inch: 5 in total, 12 in the morning."""
    if text[found.start : found.end].lower() != "in" or ENDS.match(text, found.end):
        return False
    after = found.end + len(text[found.end :]) - len(text[found.end :].lstrip())
    return unit_at(text, after) is None and numeral_at(text, after, measures=True) is None


def _bare_at(text: str, start: int, whole: Quantity) -> Quantity | None:
    """A number whose unit goes without saying: the 30 of 1h30 and 1h 30m, the 2 of 6'2."""
    last = whole.parts[-1][1].pint
    match, unit = _BARE.match(text, start), unit_called(_BELOW.get(last, ""))
    if match is None or unit is None or int(match.group(1)) >= _LIMITS[unit.pint]:
        return None
    minutes = match.group().endswith("m")
    if minutes != (last == "hour") and (minutes or start > whole.end):
        return None
    if not minutes and (start > whole.end or (last == "foot" and text[whole.end - 1] not in "'′")):
        return None
    return Quantity(start, match.end(), ((Fraction(int(match.group(1))), unit),))


def _continues(whole: Quantity, following: Quantity) -> bool:
    (value, unit), larger = following.parts[0], whole.parts[-1][1]
    return unit.pint in _SMALLER.get(larger.pint, "").split() and 0 <= value < _LIMITS.get(unit.pint, 1000)
