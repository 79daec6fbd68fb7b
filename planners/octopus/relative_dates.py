"""Finds dates said from today's point of view: "tomorrow", "next Friday", "the end of the month", "the 15th"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from ...graphs.duration import Duration
from ...graphs.signature import Mention
from .calendar_words import MISSPELLED_WEEKDAYS, MONTHS, SHORT_WEEKDAYS, WEEKDAYS

_ALL_WEEKDAYS = {**WEEKDAYS, **MISSPELLED_WEEKDAYS}
_FULL = "|".join(_ALL_WEEKDAYS)
_ANY = _FULL + "|" + "|".join(SHORT_WEEKDAYS)
_NEXT = r"next|coming|upcoming"
_LAST = r"last|past|previous"
_WHICH = rf"(?P<which>this|current|{_NEXT}|{_LAST})"
_PERIOD = r"(?P<period>week|month|quarter|year)"

_DAY_WORDS = {
    r"the\s+day\s+after\s+tom+or+ow": 2,
    r"day\s+after\s+tom+or+ow": 2,
    r"(?:the\s+)?day\s+before\s+yester?day": -2,
    r"tom+or+ow|tom+mor+ow|tomm?orr?ow|tmrw|tomrrow": 1,
    r"yester?day|yesturday": -1,
    r"today|tonight|todays": 0,
}
_TODAY = [
    (re.compile(rf"(?<![\w-])(?:{words})(?:['’]s)?(?![\w-])", re.IGNORECASE), days)
    for words, days in _DAY_WORDS.items()
]
_NOW = re.compile(
    r"(?:\b(?:from|between|until|till?|since|and|to)\s+(?P<now>now)\b(?!\s*[,]?\s*on\b))|\b(?P<and>now)\s+(?:and|to|until|till)\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(rf"(?<![\w-])(?:{_WHICH}|on)\s+(?P<day>{_ANY})\b\.?(?!['’]?s\b)", re.IGNORECASE)
_WEEKDAY_OF = re.compile(rf"(?<![\w-])(?:on\s+)?(?P<day>{_FULL})\s+(?:of\s+)?{_WHICH}\s+week\b", re.IGNORECASE)
_WEEK_S_DAY = re.compile(rf"(?<![\w-]){_WHICH}\s+week(?:['’]s)?\s+(?:on\s+)?(?P<day>{_FULL})\b", re.IGNORECASE)
_BARE = re.compile(
    rf"(?<![\w-])(?<!\ba )(?<!\bany )(?<!\bevery )(?<!\beach )(?<!\bwhich )(?<!\bwhat )(?P<day>{_FULL})\b(?!['’]?s\b)",
    re.IGNORECASE,
)
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_EDGE = r"(?:the\s+)?(?:very\s+)?(?P<edge>end|last\s+day|close|start|beginning|first\s+day)\s+of\s+"
_EDGE_OF = re.compile(
    rf"(?<![\w-]){_EDGE}(?:the\s+)?(?:{_WHICH}\s+)?{_PERIOD}\b(?:\s+(?P<number>\d{{4}})(?!\w))?", re.IGNORECASE
)
_EDGE_NAMED = re.compile(
    rf"(?<![\w-]){_EDGE}(?:(?P<month>{_MONTH})\b\.?,?(?:\s+(?:of\s+)?)?)?(?P<number>\d{{4}}(?!\w))?",
    re.IGNORECASE,
)
_SHORT_EDGE = re.compile(r"(?<![\w-])(?P<period>month|year)['’]?s?[\s-]end\b", re.IGNORECASE)
_START = re.compile(rf"(?<![\w-])(?P<which>{_NEXT}|{_LAST})\s+{_PERIOD}\b(?!['’])", re.IGNORECASE)
_NTH_DAY = re.compile(
    rf"(?P<before>\b(?:on|by|until|till?|since|from|to|and|before|after)\s+)?\bthe\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)\b"
    rf"(?:\s+(?:day\s+)?of\s+(?:(?P<the>the)|{_WHICH})\s+month\b)?(?=\s*(?:$|[,.;:?!)]|(?:and|to|or|until|till|is|was|at)\b))",
    re.IGNORECASE,
)
_GATE = re.compile(
    r"today|tonight|tom|tmrw|yest|now\b|day\b|mon|tue|wed|wen|thu|thr|teus|tuse|fri|fir|sat|sun|week|month|quarter|year|\b(?:end|close|start|beginning)\b|\bthe\s+\d",
    re.IGNORECASE,
)


def relative_dates(text: str, today: dt.date) -> list[Mention]:
    """Every date in `text` that is said from `today`'s point of view; overlapping ones included."""
    if not _GATE.search(text):
        return []
    found: list[Mention] = []
    for start, end, day, score in _all(text, today):
        found.append(Mention(start, end, day.isoformat(), score))
    return found


Found = tuple[int, int, dt.date, float]


def _all(text: str, today: dt.date) -> Iterator[Found]:
    for reader in (_day_words, _weekdays, _edges, _starts, _days_of_month):
        try:
            yield from reader(text, today)
        except (OverflowError, ValueError):  # a day outside the calendar
            continue


def _day_words(text: str, today: dt.date) -> Iterator[Found]:
    for form, days in _TODAY:
        for match in form.finditer(text):
            yield match.start(), match.end(), today + dt.timedelta(days), 0.95
    for match in _NOW.finditer(text):
        group = "now" if match["now"] else "and"
        yield match.start(group), match.end(group), today, 0.6


def _weekdays(text: str, today: dt.date) -> Iterator[Found]:
    for match in _WEEKDAY.finditer(text):
        word = match["day"].lower()
        short = word not in _ALL_WEEKDAYS
        if short and not match["which"] and match["day"].islower():
            continue  # "on sat", "on sun"
        weekday = SHORT_WEEKDAYS[word] if short else _ALL_WEEKDAYS[word]
        which = (match["which"] or "").lower()
        yield match.start(), match.end(), _weekday(today, weekday, which), 0.95 if which else 0.7
    for form in (_WEEKDAY_OF, _WEEK_S_DAY):
        for match in form.finditer(text):
            monday = _start_of(today, "week", match["which"].lower())
            yield match.start(), match.end(), monday + dt.timedelta(_ALL_WEEKDAYS[match["day"].lower()]), 0.97
    for match in _BARE.finditer(text):
        yield match.start(), match.end(), _weekday(today, _ALL_WEEKDAYS[match["day"].lower()], ""), 0.5


def _edges(text: str, today: dt.date) -> Iterator[Found]:
    for match in _EDGE_OF.finditer(text):
        period = match["period"].lower()
        start = _start_of(today, period, (match["which"] or "this").lower())
        if match["number"] and period == "year":
            start = dt.date(int(match["number"]), 1, 1)
        elif match["number"]:
            continue
        yield match.start(), match.end(), _edge(start, period, match["edge"]), 0.97
    for match in _EDGE_NAMED.finditer(text):
        if not match["month"] and not match["number"]:
            continue
        year = int(match["number"]) if match["number"] else today.year
        month = MONTHS[match["month"].lower()] if match["month"] else 1
        end = match.start() + len(match[0].rstrip(" ,"))
        yield (
            match.start(),
            end,
            _edge(dt.date(year, month, 1), "month" if match["month"] else "year", match["edge"]),
            0.97,
        )
    for match in _SHORT_EDGE.finditer(text):
        period = match["period"].lower()
        yield match.start(), match.end(), _edge(_start_of(today, period, "this"), period, "end"), 0.9


def _starts(text: str, today: dt.date) -> Iterator[Found]:
    for match in _START.finditer(text):
        yield match.start(), match.end(), _start_of(today, match["period"].lower(), match["which"].lower()), 0.5


def _days_of_month(text: str, today: dt.date) -> Iterator[Found]:
    for match in _NTH_DAY.finditer(text):
        sure = match["which"] or match["the"]
        if not sure and not match["before"]:
            continue
        start = match.start() + len(match["before"] or "")
        month = _start_of(today, "month", (match["which"] or "this").lower())
        try:
            yield start, match.end(), month.replace(day=int(match["day"])), 0.9 if sure else 0.5
        except ValueError:
            continue


def _weekday(today: dt.date, weekday: int, which: str) -> dt.date:
    """`next` is the first after today, `last` the one before it, `this` that of this week; unsaid, today counts."""
    if which in _LAST.split("|"):
        return today - dt.timedelta((today.weekday() - weekday - 1) % 7 + 1)
    if which in _NEXT.split("|"):
        return today + dt.timedelta((weekday - today.weekday() - 1) % 7 + 1)
    if which:
        return today + dt.timedelta(weekday - today.weekday())
    return today + dt.timedelta((weekday - today.weekday()) % 7)


def _start_of(today: dt.date, period: str, which: str) -> dt.date:
    """First day of this, the next or the last week (from Monday), month, quarter or year."""
    step = 1 if which in _NEXT.split("|") else -1 if which in _LAST.split("|") else 0
    if period == "week":
        return today + dt.timedelta(7 * step - today.weekday())
    if period == "year":
        return dt.date(today.year + step, 1, 1)
    size = 3 if period == "quarter" else 1
    first = today.replace(day=1, month=(today.month - 1) // size * size + 1)
    return Duration(size * step).after(first)


def _edge(start: dt.date, period: str, edge: str) -> dt.date:
    if edge.lower().startswith(("start", "begin", "first")):
        return start
    length = {"week": Duration(days=7), "month": Duration(1), "quarter": Duration(3), "year": Duration(12)}[period]
    return length.after(start) - dt.timedelta(days=1)
