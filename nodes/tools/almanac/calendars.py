"""Arithmetic of the calendar: what lies between two days, in which unit, and how that is said."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from ....graphs.duration import Duration
from ...rendering import number

MEAN_MONTH = 365.2425 / 12
"""Days."""
TimeUnit = Literal["days", "business days", "weeks", "months", "years", "hours", "minutes"]


def day_in_words(day: dt.date) -> str:
    """A date as people write it: 1 April 2025."""
    return f"{day.day} {day:%B} {day.year}"


def count(start: dt.date, end: dt.date, unit: TimeUnit) -> float:
    """How many `unit`s lead from `start` to `end`; negative if `end` comes first.

    Business days are Mondays to Fridays, the earlier day counted and the later not. Months and years are counted
    whole, the days left over as a share of a mean month (year).
    """
    if end < start:
        return -count(end, start, unit)
    days = (end - start).days
    if unit == "business days":
        return business_days(start, end)
    if unit in ("months", "years"):
        size = 1 if unit == "months" else 12
        whole = whole_months(start, end) // size
        return whole + (end - add_months(start, whole * size)).days / (MEAN_MONTH * size)
    return days * {"days": 1.0, "weeks": 1 / 7, "hours": 24.0, "minutes": 1440.0}[unit]


def in_words(start: dt.date, end: dt.date, unit: TimeUnit) -> str:
    """The distance of two days in `unit`: "59 days", "8 weeks and 3 days", "36 years and 4 months"."""
    start, end = min(start, end), max(start, end)
    days = (end - start).days
    if unit == "weeks":
        return _joined((days // 7, "week"), (days % 7, "day"))
    if unit in ("months", "years"):
        months = whole_months(start, end)
        rest = (end - add_months(start, months)).days
        if unit == "months":
            return _joined((months, "month"), (rest, "day"))
        return (
            _joined((months // 12, "year"), (months % 12, "month")) if months else _joined((0, "year"), (rest, "day"))
        )
    return counted(count(start, end, unit), unit.removesuffix("s"))


def counted(value: float, noun: str) -> str:
    """A number with its noun in the right number: 1 day, 59 days."""
    return f"{number(value)} {noun}" + ("" if value == 1 else "s")


def whole_months(start: dt.date, end: dt.date) -> int:
    """Complete months from `start` to a later `end`; 31 January to 28 February is one in a common year."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def add_months(day: dt.date, months: int) -> dt.date:
    """`day` moved by months, to the last day of a shorter one. Raises OverflowError outside years 1 to 9999."""
    return Duration(months).after(day)


def business_days(start: dt.date, end: dt.date) -> int:
    """Mondays to Fridays from `start` up to and without a later `end`."""
    weeks, rest = divmod((end - start).days, 7)
    return 5 * weeks + sum((start.weekday() + step) % 7 < 5 for step in range(rest))


def add_business_days(start: dt.date, days: int) -> dt.date:
    """The business day that is `days` business days after (or, negative, before) `start`."""
    step = 1 if days > 0 else -1
    weeks, rest = divmod(abs(days), 5)
    day = start
    if start.weekday() > 4 and weeks and not rest:  # from a weekend the last week is counted day by day
        weeks, rest = weeks - 1, 5
    day += dt.timedelta(days=7 * weeks * step)
    while rest:
        day += dt.timedelta(days=step)
        rest -= day.weekday() < 5
    return day


def _joined(large: tuple[int, str], small: tuple[int, str]) -> str:
    if not small[0]:
        return counted(*large)
    return f"{counted(*large)} and {counted(*small)}" if large[0] else counted(*small)
