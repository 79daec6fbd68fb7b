"""The tools of the `dates` catalog that deal with the time of day, here and elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ....graphs import clock
from ....graphs.errors import ArgumentError
from ....graphs.signature import Kind
from ....graphs.walk import Result
from ...tool import tool
from .calendars import counted, day_in_words
from .said_dates import Amount, Day, find_directions, read_amount
from .zones import LOCAL, find_source_zones, find_target_zones, find_zones, read_zone

Zone = Annotated[str, Kind("place", find=find_zones), "a city, a country or a time zone"]
SourceZone = Annotated[str, Kind("place", find=find_source_zones), "the place whose time is given"]
TargetZone = Annotated[str, Kind("place", find=find_target_zones), "the place whose time is asked for"]


@tool(
    "dates.now",
    examples=[
        "what time is it in Tokyo",
        "what time is it",
        "current time in New York",
        "what's the time right now in Sydney?",
        "tell me the time there",
        "local time in India",
        "time in london now",
        "what is the hour in Los Angeles at the moment",
        "how late is it in Berlin right now",
        "what's the time in Moscow",
    ],
)
def now(place: Zone | None = None) -> Annotated[Result, Kind("datetime")]:
    """Tells what time it is now, here or in a city, a country or a time zone."""
    moment = clock.now().astimezone(read_zone(place)) if place else clock.now()
    words = f"{moment:%H:%M} ({moment:%A}, {day_in_words(moment.date())})"
    return Result(words, moment.replace(microsecond=0).isoformat(), "datetime")


@tool(
    "dates.convert_time",
    examples=[
        "what time is it in Tokyo when it is 3pm in New York",
        "convert 15:30 CET to PST",
        "if it's noon in London, what time is it in Sydney?",
        "9 am Berlin time in Los Angeles",
        "3pm here is what time in India",
        "when it's 8:00 in New York what time is it in Berlin",
        "a call at 17:00 GMT, when is that in Tokyo",
        "half past four in Rome in Hawaii time",
        "what is 10:30 EST in India",
        "midnight in Moscow is what time in Sydney on 1 July 2026",
        "what is 5pm london time in moscow",
    ],
)
def convert_time(
    time: Annotated[dt.time, "a time of day"],
    source: SourceZone | None = None,
    target: TargetZone | None = None,
    day: Day | None = None,
) -> Annotated[Result, Kind("time")]:
    """Converts a time of day from one time zone to another: what time it is elsewhere when it is a given time here."""
    if source is None and target is None:
        raise ArgumentError("no place to convert the time from or to; write for example 3pm in New York to Tokyo")
    there = read_zone(target or LOCAL)
    given = day or clock.now().astimezone(read_zone(source or LOCAL)).date()
    try:
        moment = dt.datetime.combine(given, time.replace(tzinfo=None), read_zone(source or LOCAL)).astimezone(there)
    except OverflowError as error:
        raise ArgumentError(f"{given} is outside the calendar") from error
    return Result(_time_in_words(moment, given), moment.time().isoformat(), "time")


@tool(
    "dates.time_difference",
    examples=[
        "time difference between London and Tokyo",
        "how many hours ahead of New York is Berlin",
        "what's the time difference from Moscow to Sydney?",
        "is London in the same time zone as Berlin",
        "hours between Los Angeles and India time",
        "how many hours is New York behind Moscow",
        "difference in time zones of Berlin and Moscow",
        "time zone difference to Sydney",
        "by how many hours is Berlin ahead of London",
    ],
)
def time_difference(place: Zone, other: Zone = LOCAL, day: Day | None = None) -> Annotated[Result, Kind("quantity")]:
    """Tells how many hours two places' time zones are apart, and which is ahead."""
    moment = dt.datetime.combine(day, dt.time(12)) if day else clock.now().replace(tzinfo=None)
    minutes = round((_offset(other, moment) - _offset(place, moment)).total_seconds() / 60)
    names = [name if name != LOCAL else "local time" for name in (place, other)]
    data = {"label": f"{names[0]} to {names[1]}", "value": minutes / 60, "unit": "hours"}
    if not minutes:
        return Result(f"0 hours: {names[0]} and {names[1]} have the same time", data, "quantity")
    first, second = names if minutes < 0 else reversed(names)
    return Result(f"{first} is {_hours(abs(minutes))} ahead of {second}", data, "quantity")


@tool(
    "dates.shift_time",
    examples=[
        "what time is it 3 hours after 10:30 pm",
        "what time will it be in 90 minutes",
        "45 minutes before noon",
        "add 2 hours and 15 minutes to 9:50 am",
        "what was the time 6 hours ago",
        "20 minutes past 23:50",
        "two and a half hours before 6pm",
        "half an hour from now",
        "what time is 8 hours later than 15:45",
    ],
)
def shift_time(
    amount: Amount,
    start: Annotated[dt.time, Kind("time", after=("amount",)), "a time of day"] | None = None,
    direction: Annotated[Literal["after", "before"], Kind("choice", find=find_directions)] = "after",
) -> Annotated[Result, Kind("time")]:
    """Tells the time of day some hours or minutes after or before a time (now, if none is given)."""
    begin = clock.now().replace(tzinfo=None)
    begin = dt.datetime.combine(begin.date(), start.replace(tzinfo=None)) if start else begin
    span = read_amount(amount)
    try:
        end = (-span if direction == "before" else span).after(begin)
    except OverflowError as error:
        raise ArgumentError(f"{amount} leads outside the calendar") from error
    return Result(_time_in_words(end, begin.date()), end.time().replace(microsecond=0).isoformat(), "time")


@tool(
    "dates.elapsed",
    examples=[
        "how long is it from 9:30 to 17:15",
        "hours between 8am and 4:30pm",
        "how much time passes from 22:00 to 06:30",
        "time between noon and quarter past five in the afternoon",
        "duration from 10:05 until 11:50",
        "how many minutes from 7:40 to 8:25",
        "I work from 8:15 to 16:45, how long is that",
        "from 11 pm to 5 am is how many hours",
    ],
)
def elapsed(
    start: Annotated[dt.time, "a time of day"], end: Annotated[dt.time, "a time of day"]
) -> Annotated[Result, Kind("quantity")]:
    """Tells how long it is from one time of day to another, over midnight if the second is earlier."""
    begin, finish = (dt.datetime.combine(dt.date(2000, 1, 1), time.replace(tzinfo=None)) for time in (start, end))
    minutes = (finish - begin).total_seconds() / 60 % (24 * 60)
    data = {"label": f"{start:%H:%M} to {end:%H:%M}", "value": minutes / 60, "unit": "hours"}
    return Result(_hours(minutes), data, "quantity")


def _time_in_words(moment: dt.datetime, day: dt.date) -> str:
    """The time of day, and the day where it is not `day`: 04:00 (next day)."""
    away = (moment.date() - day).days
    note = {0: "", 1: " (next day)", -1: " (previous day)"}.get(away, f" ({day_in_words(moment.date())})")
    return f"{moment:%H:%M}{note}"


def _offset(place: str, moment: dt.datetime) -> dt.timedelta:
    return moment.replace(tzinfo=read_zone(place)).utcoffset() or dt.timedelta()


def _hours(minutes: float) -> str:
    """An hour count in words: 9 hours, 7 hours and 45 minutes."""
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return f"{counted(hours, 'hour')} and {counted(rest, 'minute')}"
    return counted(hours, "hour") if hours else counted(rest, "minute")


__all__ = ["convert_time", "elapsed", "now", "shift_time", "time_difference"]
