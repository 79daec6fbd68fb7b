"""Stretches of the calendar as conditions on dates name them: 2024, March 2024, Q1 2024, 5 March 2024, every March."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_YEAR_ROUND = "january february march april may june july august september october november december"
_MONTHS = tuple(_YEAR_ROUND.split())
_NAMES = {name: number for number, name in enumerate(_MONTHS, 1)}
_NAMES |= {name[:3]: number for name, number in _NAMES.items()} | {"sept": 9}
_MONTH = "(?:" + "|".join(sorted(_NAMES, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:19|20|21)\d\d"
_FORMS = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in {
        "day": rf"({_YEAR})-(\d\d?)-(\d\d?)(?!\d)",
        "day, month": rf"(\d\d?)(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH}),?\s+({_YEAR})(?!\d)",
        "month, day": rf"({_MONTH})\s+(\d\d?)(?:st|nd|rd|th)?,?\s+({_YEAR})(?!\d)",
        "month": rf"({_MONTH})(?:\s+of)?,?\s+({_YEAR})(?!\d)",
        "month number": rf"({_YEAR})-(\d\d)(?![\d-])",
        "quarter": r"(?:Q([1-4])|(first|second|third|fourth|last|1st|2nd|3rd|4th)\s+quarter)"
        rf"(?:\s+of|,)?\s+({_YEAR})(?!\d)",
        "half": rf"(?:H([12])|(first|second|last|1st|2nd)\s+half)(?:\s+of|,)?\s+({_YEAR})(?!\d)",
        "quarter number": rf"({_YEAR})[-\s]?Q([1-4])(?!\d)",
        "year": rf"(?:the\s+year\s+)?({_YEAR})(?![\d.,]*\d|-\d)",
        "every month": rf"(?:every\s+)?({_MONTH})(?!\s*\d)",
    }.items()
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` up to but not including `end`; with `month`, that month of every year."""

    start: dt.date
    end: dt.date
    month: int | None = None

    def __str__(self) -> str:
        """The period as `period_at` reads it again."""
        if self.month is not None:
            return f"every {_MONTHS[self.month - 1].title()}"
        days = (self.end - self.start).days
        if days == 1:
            return self.start.isoformat()
        if days > 300:
            return str(self.start.year)
        if days > 150:
            return f"H{self.start.month // 6 + 1} {self.start.year}"
        if days > 60:
            return f"{self.start.year}-Q{self.start.month // 3 + 1}"
        return f"{self.start:%Y-%m}"


def period_at(text: str, start: int) -> tuple[Period, int] | None:
    """The period written exactly at `start`, and where it ends; None if there is none or it is no date."""
    if start >= len(text) or (start > 0 and text[start - 1].isalnum()):
        return None
    for form, pattern in _FORMS:
        if match := pattern.match(text, start):
            if match.end() < len(text) and text[match.end()].isalnum():
                continue
            try:
                return _period(form, match), match.end()
            except ValueError:
                continue
    return None


def _period(form: str, match: re.Match[str]) -> Period:
    parts = match.groups()
    if form == "day":
        return _day(int(parts[0]), int(parts[1]), int(parts[2]))
    if form == "day, month":
        return _day(int(parts[2]), _month(parts[1]), int(parts[0]))
    if form == "month, day":
        return _day(int(parts[2]), _month(parts[0]), int(parts[1]))
    if form == "month":
        return _months(int(parts[1]), _month(parts[0]), 1)
    if form == "month number":
        return _months(int(parts[0]), int(parts[1]), 1)
    if form == "quarter":
        return _months(int(parts[2]), 3 * (int(parts[0] or _ORDINALS[parts[1].lower()]) - 1) + 1, 3)
    if form == "half":
        return _months(int(parts[2]), 1 if (parts[0] or parts[1]).lower() in ("1", "first", "1st") else 7, 6)
    if form == "quarter number":
        return _months(int(parts[0]), 3 * (int(parts[1]) - 1) + 1, 3)
    if form == "year":
        return _months(int(parts[0]), 1, 12)
    return Period(dt.date.min, dt.date.max, _month(parts[0]))


def _month(name: str) -> int:
    return _NAMES[name.lower().rstrip(".")]


def _day(year: int, month: int, day: int) -> Period:
    first = dt.date(year, month, day)
    return Period(first, first + dt.timedelta(days=1))


def _months(year: int, month: int, count: int) -> Period:
    first = dt.date(year, month, 1)
    last = month - 1 + count
    return Period(first, dt.date(year + last // 12, last % 12 + 1, 1))
