"""Finds dates and datetimes in text, and hands on the finders of times and durations.

Own patterns and the standard library do it, so that a sentence without a date costs microseconds.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from ...graphs import clock
from ...graphs.duration import Duration
from ...graphs.signature import Clues, Mention
from .durations import LONGEST_TEXT, PART, find_durations, read_duration, reckons
from .hours import find_times
from .relative_dates import relative_dates
from .written_dates import Written, written_dates

Day = TypeVar("Day", dt.date, dt.datetime)

_LINK = re.compile(
    r"\s*(?:,\s*)?(?:(?:and|to|until|till?|through|thru|or|vs\.?|-|–|—)\s*)?(?:the\s+|on\s+)?", re.IGNORECASE
)
_UPCOMING = re.compile(
    r"(?:\b(?:until|till?|to|next|coming)|\bhow\s+(?:many|long)\b[^,;.?!]*\bbefore)\s+(?:the\s+)?(?:next\s+)?$",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:since|last|previous|past)\s+(?:the\s+)?$", re.IGNORECASE)
_YEAR_AFTER = re.compile(r",?\s+(?:of\s+)?(?P<which>this|next|last)\s+year\b", re.IGNORECASE)
_YEAR_APART = re.compile(
    r"(?<![\w-])(?:in|for)\s+(?:the\s+year\s+)?(?P<year>\d{4})(?![\w/-]|[.,:]\d)"
    r"|(?<!\bof )\b(?P<which>this|next|last)\s+year\b",
    re.IGNORECASE,
)
_YEARS_AWAY = {"this": 0, "next": 1, "last": -1}

_SPAN = rf"{PART}(?:(?:\s*,\s*|\s+)(?:and\s+)?{PART}){{0,5}}"
_FROM = re.compile(
    rf"(?<![\w.,:/-])(?P<span>{_SPAN}|(?:the|one)\s+(?:day|week|month|year))\s+"
    r"(?P<way>after|before|from|prior\s+to|following|earlier\s+than|later\s+than|past)\s+(?P<the>the\s+)?",
    re.IGNORECASE,
)
_FROM_NOW = re.compile(rf"(?<![\w.,:/-])(?P<span>{_SPAN})\s+(?:from\s+now|hence)\b", re.IGNORECASE)
_AGO = re.compile(rf"(?<![\w.,:/-])(?P<span>{_SPAN})\s+(?:ago|back)\b", re.IGNORECASE)
_IN = re.compile(
    rf"(?<![\w-])in\s+(?:about\s+|exactly\s+)?(?P<span>{_SPAN})(?:['’]?\s+time\b)?(?!\s+of\b)", re.IGNORECASE
)
_COUNTING = re.compile(r"\bhow\s+(?:many|much)\b[^,;.?!]*$|\bconvert\b[^,;.?!]*$", re.IGNORECASE)
_WORKING = re.compile(r"\b(?:business|working|work|week)[\s-]*days?\b", re.IGNORECASE)
_UNIT_GATE = re.compile(r"day|night|week|wk|fortnight|month|year|yr|decade|centur|hour|hr|min|sec", re.IGNORECASE)

_JOINED = re.compile(r"\s*(?:,\s*)?(?:(?:at|@|around|by|T)\s*)?", re.IGNORECASE)
_JOINED_BACK = re.compile(r"\s*(?:,\s*)?(?:(?:on|of)\s+)?(?:the\s+)?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:\.\d{1,6})?(?P<offset>Z|[+-]\d\d:?\d\d)(?!\d)")
_DAY_BESIDE = re.compile(r"(?:the\s+)?day\s+(?:after|before)\b", re.IGNORECASE)
_NOW = re.compile(r"(?<![\w-])(?:right\s+)?now(?![\w-])", re.IGNORECASE)


def find_dates(text: str, clues: Clues) -> list[Mention]:
    """Every date in `text`, in ISO 8601, without overlaps and in the order of the text.

    Read as: "3/4/2024" is 3 April, unless that is impossible (3/14/2024) or another date of the same text shows
    that the month comes first; "3.4.2024" is always 3 April; a date without a year is in the year of the date it
    is joined to ("3 March and 1 May 2024"), in the future after "until", in the past after "since", else this year;
    "next Friday" is the first Friday after today, "last Friday" the one before it; "next month" is its first day;
    "March 2024" is its first day and scores low. A date reckoned from another ("90 days after 1 May") is one mention,
    unless a duration has been filled for the same call already: then the tool reckons and "1 May" is the date.
    """
    text, today = text[:LONGEST_TEXT], clock.now().date()
    dates = _dated(text, written_dates(text), today)
    relative = relative_dates(text, today)
    if reckons(clues):
        dates = _surest([*dates, *(day for day in relative if not _DAY_BESIDE.match(text, day.start))])
    else:
        dates = _surest([*dates, *relative])
        dates = _reckoned(text, dates, today) if _UNIT_GATE.search(text) else dates
    return sorted(dates, key=lambda mention: mention.start)


def find_datetimes(text: str, clues: Clues) -> list[Mention]:
    """Every moment in `text`, in ISO 8601: "3 March 2024 at 3pm", "tomorrow noon", "in 2 hours", "now".

    A date alone is its midnight and scores lower; a time alone is today's and scores lower still.
    """
    text, now = text[:LONGEST_TEXT], clock.now().replace(tzinfo=None, microsecond=0)
    dates, times = find_dates(text, clues), [time for time in find_times(text, clues) if time.score > 0.4]
    found: list[Mention] = []
    for date in dates:
        time = next((time for time in times if _belong(text, date, time)), None)
        if time is None:
            found.append(Mention(date.start, date.end, f"{date.value}T00:00:00", date.score * 0.7))
            continue
        times.remove(time)
        start, end = min(date.start, time.start), max(date.end, time.end)
        offset = _OFFSET.match(text, end) if text[date.end : time.start] == "T" else None
        zone = offset["offset"] if offset else ""
        found.append(Mention(start, offset.end() if offset else end, f"{date.value}T{time.value}{zone}", date.score))
    if not reckons(clues):
        found += _from_now(text, now)
    found += [Mention(time.start, time.end, f"{now.date()}T{time.value}", time.score * 0.5) for time in times]
    found += [Mention(match.start(), match.end(), now.isoformat(), 0.6) for match in _NOW.finditer(text)]
    return sorted(_surest(found), key=lambda mention: mention.start)


def _dated(text: str, written: list[Written], today: dt.date) -> list[Mention]:
    """The written dates, each in its year."""
    mentions: list[Mention] = []
    for date, following in zip(written, _following(text, written), strict=True):
        said = _YEAR_AFTER.match(text, date.end) if date.year is None else None
        try:
            if said:
                day = date.day_in(today.year + _YEARS_AWAY[said["which"].lower()])
            else:
                day = _in_its_year(text, date, following, mentions[-1:], today)
        except (ValueError, OverflowError):  # no calendar has it
            continue
        mentions.append(Mention(date.start, said.end() if said else date.end, day.isoformat(), date.score))
    return mentions


def _following(text: str, written: list[Written]) -> list[dt.date | None]:
    """For each date the one it is joined to further on, where a year is known."""
    known: list[dt.date | None] = [None] * len(written)
    for index in range(len(written) - 2, -1, -1):
        date, after = written[index], written[index + 1]
        if date.year is None and _LINK.fullmatch(text, date.end, after.start):
            with suppress(ValueError):
                known[index] = after.day_in(after.year) if after.year else _before(after, known[index + 1])
    return known


def _before(date: Written, following: dt.date | None) -> dt.date | None:
    """The last such day before `following`."""
    return following and _nearest(date, following.year, until=following)


def _in_its_year(
    text: str, date: Written, following: dt.date | None, previous: list[Mention], today: dt.date
) -> dt.date:
    if date.year is not None:
        return date.day_in(date.year)
    if following:
        return _nearest(date, following.year, until=following)
    if previous and _LINK.fullmatch(text, previous[0].end, date.start):
        earlier = dt.date.fromisoformat(previous[0].value)
        return _nearest(date, earlier.year, since=earlier)
    if _UPCOMING.search(text, 0, date.start):
        return _nearest(date, today.year, since=today)
    if _PAST.search(text, 0, date.start):
        return _nearest(date, today.year, until=today)
    return date.day_in(_year_said(text, today) or today.year)


def _year_said(text: str, today: dt.date) -> int | None:
    """The year of "on what day does Christmas fall in 2027": said apart, and not a part of another date."""
    said = _YEAR_APART.search(text)
    if said is None:
        return None
    return int(said["year"]) if said["year"] else today.year + _YEARS_AWAY[said["which"].lower()]


def _nearest(date: Written, year: int, *, since: dt.date | None = None, until: dt.date | None = None) -> dt.date:
    """The nearest such day from `since` on, or up to `until` (29 February may be eight years away)."""
    for step in range(9):
        with suppress(ValueError):
            day = date.day_in(year + step if since else year - step)
            if (since and day >= since) or (until and day <= until):
                return day
    raise ValueError("no such day")


def _reckoned(text: str, dates: list[Mention], today: dt.date) -> list[Mention]:
    """`dates`, with those that a duration is reckoned from ("90 days after 1 May") grown by it."""
    grown = _apart([*_from_now(text, today), *dates])
    for match in reversed(list(_FROM.finditer(text))):
        starts = (match.end(), match.start("the"))
        anchor = next((date for date in grown if date.start in starts), None)
        span = _read(match["span"])
        if anchor is None or span is None or span.seconds or _WORKING.search(match["span"]):
            continue
        back = match["way"].lower().startswith(("before", "prior", "earlier"))
        day = _moved(dt.date.fromisoformat(anchor.value), -span if back else span)
        if day is not None:
            grown = _apart([Mention(match.start(), anchor.end, day.isoformat(), 0.9), *grown])
    return grown


def _from_now(text: str, now: Day) -> Iterator[Mention]:
    """Moments reckoned from now: "two months ago", "in 3 weeks". From a date, hours are not counted."""
    for form in (_AGO, _FROM_NOW, _IN):
        for match in form.finditer(text):
            span = _read(match["span"])
            if span is None or (span.seconds and not isinstance(now, dt.datetime)):
                continue
            if _WORKING.search(match[0]) or (form is _IN and _COUNTING.search(text, 0, match.start())):
                continue
            moment = _moved(now, -span if form is _AGO else span)
            if moment is not None:
                yield Mention(match.start(), match.end(), moment.isoformat(), 0.9)


def _read(words: str) -> Duration | None:
    """The duration `words` say, "the day" being one day."""
    return read_duration(re.sub(r"^the\s", "one ", words, flags=re.IGNORECASE))


def _moved(day: Day, span: Duration) -> Day | None:
    try:
        return span.after(day)
    except (OverflowError, ValueError):
        return None


def _belong(text: str, date: Mention, time: Mention) -> bool:
    """True if the time stands right beside the date, so that both are one moment."""
    if date.end <= time.start:
        return _JOINED.fullmatch(text, date.end, time.start) is not None
    return time.end <= date.start and _JOINED_BACK.fullmatch(text, time.end, date.start) is not None


def _apart(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions that don't overlap one listed before them."""
    kept: list[Mention] = []
    for mention in mentions:
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return kept


def _surest(mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions without overlaps: the surer, then the longer one stays."""
    return _apart(sorted(mentions, key=lambda mention: (-mention.score, mention.start - mention.end)))


__all__ = ["find_dates", "find_datetimes", "find_durations", "find_times"]
