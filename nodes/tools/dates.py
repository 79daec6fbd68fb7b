"""The `dates` catalog: what lies between days, days before and after, weekdays, public holidays, time zones."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Annotated, Literal

from ...graphs import clock
from ...graphs.errors import ArgumentError
from ...graphs.signature import Clues, Kind, Mention
from ...graphs.walk import Result
from ..tool import tool
from .almanac.calendars import TimeUnit, add_business_days, count, counted, day_in_words, in_words
from .almanac.clocks import convert_time, elapsed, now, shift_time, time_difference
from .almanac.public_holidays import find_holiday_countries, find_regions, read_calendar
from .almanac.said_dates import Amount, Day, find_day_sorts, find_directions, read_amount

_UNIT = re.compile(
    r"\b(?P<sure>how\s+many|in|number\s+of|count\s+(?:the\s+)?|many)?\s*(?:full\s+|whole\s+|complete\s+)?"
    r"(?P<unit>(?:business|working|work|week)[\s-]?days|days|weeks|months|years|hours|minutes)\b(?!\s+(?:ago|old)\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"(?<![\w.,/-])(?P<digits>1[5-9]\d\d|2\d\d\d)(?![\w/-]|[.,]\d)|\b(?P<which>this|next|last)\s+year\b", re.IGNORECASE
)
_IN_DATE = re.compile(
    r"(?:\d(?:st|nd|rd|th)?\.?\s+(?:of\s+)?[a-z]{3,9}\.?|[a-z]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?),?\s+$", re.IGNORECASE
)
_NEXT = re.compile(r"\b(?:next|upcoming|coming|soonest)\b(?!\s+year)", re.IGNORECASE)


def find_time_units(text: str, clues: Clues) -> list[Mention]:
    """The unit a span is asked for in: "how many weeks", "in months", "business days between"."""
    found = []
    for match in _UNIT.finditer(text):
        unit = match["unit"].lower()
        value = "business days" if unit not in ("days", "weeks", "months", "years", "hours", "minutes") else unit
        found.append(Mention(match.start("unit"), match.end(), value, 1.0 if match["sure"] else 0.6))
    return found


def find_years(text: str, clues: Clues) -> list[Mention]:
    """Years that are no part of a date: 2025, this year, next year."""
    this = clock.now().year
    found = []
    for match in _YEAR.finditer(text):
        if _IN_DATE.search(text, 0, match.start()):
            continue
        shift = {"this": 0, "next": 1, "last": -1}.get((match["which"] or "").lower(), 0)
        found.append(Mention(match.start(), match.end(), int(match["digits"]) if match["digits"] else this + shift))
    return found


def find_extents(text: str, clues: Clues) -> list[Mention]:
    """Whether only the next holiday is asked for."""
    return [Mention(match.start(), match.end(), "next") for match in _NEXT.finditer(text)]


CountryName = Annotated[str, Kind("country", find=find_holiday_countries, after=("region",)), "a country"]
Region = Annotated[str, Kind("region", find=find_regions), "a state or province of the country"]
DateResult = Annotated[Result, Kind("date")]
Year = Annotated[int, Kind("year", find=find_years), "a year"]


@tool(
    "dates.difference",
    examples=[
        "how many days are there between 3 March 2024 and 1 May 2024",
        "how long until Christmas",
        "days from 14 July 2025 to 1 May 2026",
        "number of weeks between 2024-03-03 and 2025-07-14",
        "how many months from March 2023 to today",
        "how many days are left until 31 December",
        "how long ago was 3 March 2024",
        "business days between 1 May and 31 August 2026",
        "how many days since 25 December 2020?",
        "count the weeks between 12/05/2025 and 03/09/2025",
        "how many hours until New Year",
        "how far away is Easter",
        "how many days until then",
    ],
)
def difference(
    start: Day, end: Day | None = None, unit: Annotated[TimeUnit, Kind("choice", find=find_time_units)] = "days"
) -> Annotated[Result, Kind("quantity")]:
    """Counts the days (or weeks, months, years, hours, business days) between two dates, or until or since a date."""
    end = end or clock.now().date()
    amount = abs(count(start, end, unit))
    rounded = int(amount) if amount == int(amount) else round(amount, 6)
    return Result(in_words(start, end, unit), rounded, "number")


@tool(
    "dates.age",
    examples=[
        "how old is somebody born 4 July 1990",
        "I was born on 14 Feb 1988, what is my age",
        "age of a person born 1 May 2000",
        "how old was she on 3 March 2024 if born on 5 May 1979",
        "what age is someone with birthday 25 December 1985",
        "born 31 August 2001 - how old am I",
        "how old will I be on 1 May 2030, born 2 Oct 1995",
        "calculate the age for date of birth 1969-08-15",
    ],
)
def age(
    born: Annotated[Day, Kind("date", cues=("born", "born on", "birthday", "birthday is", "of birth", "birthdate"))],
    on: Annotated[Day, Kind("date", cues=("on", "by", "in"))] | None = None,
) -> Annotated[Result, Kind("quantity")]:
    """Tells how old somebody is, in full years, from the day of birth."""
    day = on or clock.now().date()
    if day < born:
        raise ArgumentError(f"born on {day_in_words(born)} is not born yet on {day_in_words(day)}")
    years = int(count(born, day, "years"))
    return Result(counted(years, "year"), years, "number")


@tool(
    "dates.shift",
    examples=[
        "what date is 90 days after 1 January 2025",
        "45 days before 3 March 2024",
        "what is the date two months from today",
        "add 3 weeks to 1 May 2026",
        "what day was it 100 days ago",
        "10 business days after 14 July 2025",
        "which day comes 6 months after 31 August 2024",
        "subtract 2 years from 29 February 2024",
        "what's the date in a fortnight",
        "a week before Christmas",
        "the day after 25 December 2026",
        "date 1000 days from 14 July 2025",
        "which date is 3 months before 1 May 2026",
    ],
)
def shift(
    amount: Amount,
    start: Annotated[Day, Kind("date", after=("amount",))] | None = None,
    direction: Annotated[Literal["after", "before"], Kind("choice", find=find_directions)] = "after",
    counting: Annotated[Literal["all days", "business days"], Kind("choice", find=find_day_sorts)] = "all days",
) -> DateResult:
    """Tells the date some days, weeks, months, years or business days after or before a date (or from today)."""
    begin, span = start or clock.now().date(), read_amount(amount)
    span = -span if direction == "before" else span
    try:
        if counting == "business days":
            if span.months or span.seconds or abs(span.days) > 4_000_000:
                raise ArgumentError(f"{amount} is no number of business days")
            return _date(add_business_days(begin, span.days))
        return _date(span.after(begin))
    except OverflowError as error:
        raise ArgumentError(f"{amount} {direction} {day_in_words(begin)} is outside the calendar") from error


@tool(
    "dates.weekday",
    examples=[
        "what weekday is 25 December 2026",
        "what day of the week was I born: 14 Feb 1988",
        "which day of the week was 14 July 1944",
        "is 3 March 2024 a Sunday",
        "weekday of 2001-05-17",
        "on what day does New Year fall in 2027",
        "what day of the week is tomorrow",
        "day of the week for 1 May",
        "what weekday was 31 August 1999?",
        "what day was 25 December 2020",
        "2025-07-14 is which day of the week",
    ],
)
def weekday(day: Day) -> str:
    """Tells which day of the week a date is: Monday to Sunday."""
    return f"{day:%A}"


@tool(
    "dates.today",
    examples=[
        "what's today's date",
        "what is the date of Easter 2027",
        "what date is next Friday",
        "when is Thanksgiving 2026",
        "which date was last Monday",
        "which date is it today",
        "date of the third Thursday of November 2026",
        "what date will it be tomorrow",
        "when is Good Friday next year",
        "today's date please",
    ],
)
def today(day: Day | None = None) -> DateResult:
    """Tells the date of today, or of a day that is named: next Friday, Easter 2027, the last Monday of May."""
    return _date(day or clock.now().date())


@tool(
    "dates.holiday",
    examples=[
        "is 25 December 2026 a public holiday in Germany?",
        "is 14 July a bank holiday in France",
        "are shops closed on 1 May 2026 in Italy",
        "is tomorrow a holiday in the US",
        "is 3 March 2024 a public holiday in Bavaria",
        "do people work on 31 August 2026 in Japan",
        "is 1 May a holiday in Scotland",
        "which holiday is 14 July in Poland",
        "is Good Friday 2026 a day off in Spain",
        "Is Easter Monday a bank holiday in England?",
    ],
)
def holiday(day: Day, country: CountryName, region: Region | None = None) -> Annotated[Result, Kind("boolean")]:
    """Tells whether a date is a public holiday in a country (or a region of it), and which one."""
    known = read_calendar(country, region)
    name = known.of(day.year).get(day, "")
    data = {"date": day.isoformat(), "country": known.name, "holiday": bool(name), "name": name}
    if name:
        return Result(f"yes, {name}", data, "boolean")
    regions = known.regions_with(day)
    if regions:
        said = ", ".join(regions)
        return Result(f"no (only in {said}: {', '.join(dict.fromkeys(regions.values()))})", data, "boolean")
    return Result("no", data, "boolean")


@tool(
    "dates.holidays",
    examples=[
        "what are the public holidays in Germany in 2024",
        "list all holidays of Japan next year",
        "when is the next public holiday in Poland?",
        "bank holidays in England 2026",
        "public holidays in the US this year",
        "how many public holidays does Italy have in 2026",
        "show me the holiday calendar of France for 2027",
        "next day off in Spain",
        "which days are holidays in Bavaria in 2026",
        "list of holidays in Scotland",
    ],
)
def holidays(
    country: CountryName,
    year: Year | None = None,
    region: Region | None = None,
    extent: Annotated[Literal["all", "next"], Kind("choice", find=find_extents)] = "all",
) -> Annotated[Result, Kind("table")]:
    """Lists the public holidays of a country (or a region) in a year, or tells the next one."""
    known, today = read_calendar(country, region), clock.now().date()
    if extent == "next":
        following = known.next(today)
        if following is None:
            raise ArgumentError(f"no coming public holiday of {known.name} is known here")
        return Result(f"{day_in_words(following[0])}: {following[1]}", following[0].isoformat(), "date")
    found = known.of(today.year if year is None else year)
    rows = [{"date": each.isoformat(), "weekday": f"{each:%A}", "holiday": name} for each, name in found.items()]
    return Result("\n".join(f"{day_in_words(each)}: {name}" for each, name in found.items()), rows, "table")


@tool(
    "dates.week_number",
    examples=[
        "what week number is 3 March 2024",
        "which calendar week is it",
        "which week of the year is 1 May 2026",
        "calendar week of a date",
        "what KW is 14 July 2025",
        "iso week of today",
        "in which calendar week does Easter fall",
        "week number of next Monday",
        "current week number",
    ],
)
def week_number(day: Day | None = None) -> Annotated[Result, Kind("number")]:
    """Tells the number of the week in the year (ISO 8601, weeks from Monday) of a date, or of today."""
    year, week, _ = (day or clock.now().date()).isocalendar()
    return Result(f"week {week} of {year}", week, "number")


@tool(
    "dates.leap_year",
    examples=[
        "is 2024 a leap year",
        "was 1900 a leap year?",
        "how many days does 2028 have",
        "does february 2027 have 29 days",
        "is next year a leap year",
        "leap year 2100?",
        "number of days in the year 2023",
        "is this a leap year",
    ],
)
def leap_year(year: Year | None = None) -> Annotated[Result, Kind("boolean")]:
    """Tells whether a year is a leap year, and how many days it has."""
    asked = year if year is not None else clock.now().year
    if asked < 1:
        raise ArgumentError(f"{asked} is no year of the calendar")
    leap = calendar.isleap(asked)
    return Result(f"{'yes' if leap else 'no'}, {asked} has {365 + leap} days", leap, "boolean")


def _date(day: dt.date) -> Result:
    return Result(day_in_words(day), day.isoformat(), "date")


__all__ = [
    "age", "convert_time", "difference", "elapsed", "holiday", "holidays", "leap_year", "now", "shift",
    "shift_time", "time_difference", "today", "week_number", "weekday",
]  # fmt: skip
