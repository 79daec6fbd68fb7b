"""The words of the calendar: months and weekdays as people write them, and the days that have names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

MONTH_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WEEKDAY_NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {
    "sept": 9,
    "janu": 1,
    "febr": 2,
    "octo": 10,
    "novem": 11,
}

WEEKDAYS = {name: number for number, name in enumerate(WEEKDAY_NAMES)}
SHORT_WEEKDAYS = {name[:3]: number for name, number in WEEKDAYS.items()} | {"tues": 1, "thur": 3, "thurs": 3, "weds": 2}
MISSPELLED_WEEKDAYS = {
    "wensday": 2,
    "wednsday": 2,
    "wendesday": 2,
    "thurday": 3,
    "thrusday": 3,
    "tuseday": 1,
    "teusday": 1,
}
MISSPELLED_WEEKDAYS |= {"firday": 4, "frieday": 4, "saterday": 5, "saturaday": 5, "munday": 0, "modnay": 0}

_UNITS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
]
_UNITS += ["fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"]
ORDINALS = {word: number for number, word in enumerate(_UNITS, 1)} | {"thirtieth": 30, "thirty-first": 31}
ORDINALS |= {f"twenty-{word}": 20 + number for number, word in enumerate(_UNITS[:9], 1)}

_NOT_MONTHS = frozenset(
    ["match", "marsh", "merch", "martha", "patch", "margin", "mayor", "junes", "julie", "remember", "member", "number"]
)


def read_month(word: str) -> int | None:
    """The month that `word` names: in full, abbreviated, or misspelled by a letter or two ("febuary", "septmber")."""
    word = word.lower().rstrip(".")
    if word in MONTHS:
        return MONTHS[word]
    if len(word) < 4 or word in _NOT_MONTHS:
        return None
    for name, number in MONTHS.items():
        allowed = 2 if len(name) > 6 else 1
        if (
            len(name) > 4
            and word[0] == name[0]
            and abs(len(word) - len(name)) <= allowed
            and within(word, name, allowed)
        ):
            return number
    return None


def within(word: str, name: str, allowed: int) -> bool:
    """True if `word` becomes `name` by at most `allowed` single-letter changes, swaps of neighbors counting as one."""
    before: list[int] = []
    row = list(range(len(name) + 1))
    for i, letter in enumerate(word, 1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(name, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and word[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > allowed:
            return False
    return row[-1] <= allowed


def easter(year: int) -> dt.date:
    """Easter Sunday of the western churches (the anonymous computus; Meeus, Astronomical Algorithms, chapter 8)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - shift + 15) % 30
    leap_years, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date:
    """The `nth` (from 1, or -1 for the last) `weekday` of a month. Raises ValueError if the month has none."""
    if nth < 0:
        following = dt.date(year + month // 12, month % 12 + 1, 1)
        return following - dt.timedelta(days=(following.weekday() - weekday - 1) % 7 + 1)
    first = dt.date(year, month, 1)
    day = 1 + (weekday - first.weekday()) % 7 + 7 * (nth - 1)
    return first.replace(day=day)


def _fixed(month: int, day: int) -> Callable[[int], dt.date]:
    return lambda year: dt.date(year, month, day)


def _around_easter(days: int) -> Callable[[int], dt.date]:
    return lambda year: easter(year) + dt.timedelta(days=days)


NAMED_DAYS: dict[str, Callable[[int], dt.date]] = {
    r"christ?mas\s+eve|xmas\s+eve": _fixed(12, 24),
    r"(?:christ?mas|xmas)(?:\s+day)?": _fixed(12, 25),
    r"boxing\s+day": _fixed(12, 26),
    r"new\s+year['’]?s?\s+eve": _fixed(12, 31),
    r"new\s+year(?:['’]?s)?(?:\s+day)?": _fixed(1, 1),
    r"epiphany": _fixed(1, 6),
    r"(?:st\.?\s+|saint\s+)?valentine['’]?s?(?:\s+day)?": _fixed(2, 14),
    r"(?:st\.?|saint)\s+patrick['’]?s(?:\s+day)?": _fixed(3, 17),
    r"all\s+saints['’]?(?:\s+day)?": _fixed(11, 1),
    r"hall?owe['’]?en": _fixed(10, 31),
    r"thanksgiving(?:\s+day)?": lambda year: nth_weekday(year, 11, 3, 4),
    r"good\s+friday": _around_easter(-2),
    r"easter\s+monday": _around_easter(1),
    r"easter(?:\s+sunday|\s+day)?": _around_easter(0),
    r"ascension(?:\s+day)?": _around_easter(39),
    r"(?:pentecost|whit(?:sun|\s+sunday))": _around_easter(49),
    r"(?:pentecost|whit)\s+monday": _around_easter(50),
    r"corpus\s+christi": _around_easter(60),
}
"""Days that have a name, as patterns; the longer of two that fit at one place comes first in the text's reading."""
