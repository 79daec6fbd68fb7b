"""The `dates` catalog answers requests as people word them: words to arguments to the answer."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octograph.graphs.clock import stopped_at
from octograph.graphs.errors import ArgumentError, OctographError
from octograph.graphs.signature import Clues
from octograph.graphs.walk import Call, Query
from octograph.nodes.catalog import Catalog
from octograph.nodes.rendering import to_result
from octograph.nodes.tool import ToolWorker
from octograph.nodes.tools import dates
from octograph.nodes.tools.almanac import calendars, public_holidays, zones
from octograph.planners.octopus.arguments import fill

FRIDAY = dt.datetime(2026, 11, 20, 14, 5, tzinfo=dt.UTC)
DAYS = st.dates(dt.date(1600, 1, 1), dt.date(2400, 12, 31))


@pytest.fixture(autouse=True)
def _friday():
    with stopped_at(FRIDAY):
        yield


def ask(name, request):
    """The tool's result for a request, its arguments filled as an Octopus fills them."""
    tool = Catalog().find(f"dates.{name}")
    filling = fill(tool.signature, request)
    assert not filling.missing, f"{request!r} lacks {[parameter.name for parameter in filling.missing]}"
    return to_result(tool(**tool.check(filling.arguments)), tool.signature.gives)


@pytest.mark.parametrize(
    ("request_", "text", "data"),
    [
        ("How many days are there between 3 March 2024 and 1 May 2024", "59 days", 59),
        ("how many days between 1 May 2024 and 3 March 2024?", "59 days", 59),
        ("days from 2 feb to 3 feb 2026", "1 day", 1),
        ("how long until Christmas", "35 days", 35),
        ("how many weeks between 2024-03-03 and 2024-05-01", "8 weeks and 3 days", pytest.approx(59 / 7)),
        ("months from 5 Jan 2022 to 5 Oct 2024", "33 months", 33),
        ("how many years from 4 July 1990 to today", "36 years and 4 months", pytest.approx(36.38, abs=0.01)),
        ("business days between 1 June and 30 June 2026", "21 business days", 21),
        ("number of working days from 2 March to 31 March 2026", "21 business days", 21),
        ("how many hours until new year", "1008 hours", 1008),
        ("days since 9 November 1989", "13525 days", 13525),
    ],
)
def test_difference(request_, text, data):
    """Two dates, or a date and today, in the unit asked for; which comes first does not matter."""
    result = ask("difference", request_)
    assert (result.text, result.data, result.kind) == (text, data, "number")


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("how old is somebody born 4 July 1990", "36 years"),
        ("born 21 November 1990, how old am I?", "35 years"),
        ("how old was she on 3 March 2020 if born on 5 May 1979", "40 years"),
        ("how old will I be on 1 Jan 2030, born 2 Oct 1995", "34 years"),
    ],
)
def test_age(request_, text):
    """Full years from birth until today, or until the day that is said."""
    assert ask("age", request_).text == text


@pytest.mark.parametrize(
    ("request_", "date"),
    [
        ("what date is 90 days after 1 January 2025", "2025-04-01"),
        ("45 days before 3 March 2026", "2026-01-17"),
        ("what is the date two months from today", "2027-01-20"),
        ("what day was it 100 days ago", "2026-08-12"),
        ("add 3 weeks to 12 May 2026", "2026-06-02"),
        ("subtract 2 years from 29 February 2024", "2022-02-28"),
        ("which date comes 6 months after 31 August 2024", "2025-02-28"),
        ("what's the date in a fortnight", "2026-12-04"),
        ("10 business days after 3 March 2025", "2025-03-17"),
        ("5 working days before 2 March 2026", "2026-02-23"),
        ("the day after 28 February 2024", "2024-02-29"),
        ("a year and a half after 1 May 2025", "2026-11-01"),
        ("what is the day after tomorrow", "2026-11-22"),
    ],
)
def test_shift(request_, date):
    """A date moved by a duration, ahead or back; months by the calendar, business days without weekends."""
    result = ask("shift", request_)
    assert (result.data, result.kind) == (date, "date")


@pytest.mark.parametrize(
    ("request_", "weekday"),
    [
        ("what weekday is 25 December 2026", "Friday"),
        ("what day of the week was I born: 14 Feb 1988", "Sunday"),
        ("which day of the week was july 20 1969", "Sunday"),
        ("what day is tomorrow", "Saturday"),
        ("does 13 november 2026 fall on a friday", "Friday"),
        ("on what day does New Year fall in 2027", "Friday"),
        ("weekday of 90 days after 1 January 2025", "Tuesday"),
    ],
)
def test_weekday(request_, weekday):
    """The weekday of any date that is said."""
    assert ask("weekday", request_).text == weekday


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("what's today's date", "20 November 2026"),
        ("when is Easter 2027", "28 March 2027"),
        ("what date is next Friday", "27 November 2026"),
        ("the date please", "20 November 2026"),
    ],
)
def test_today(request_, text):
    """Today, or the date of a day that is named."""
    assert ask("today", request_).text == text


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("Is 25 December 2026 a public holiday in Germany?", "yes, Christmas Day"),
        ("is 1 may a holiday in poland", "yes, National Day"),
        ("is 14 July a bank holiday in France", "yes, National Day"),
        ("is tomorrow a holiday in the US", "no"),
        ("is 6 January 2026 a public holiday in Bavaria", "yes, Epiphany"),
        ("is 6 January 2026 a holiday in Germany", "no (only in Baden-Württemberg, Bayern, Sachsen-Anhalt: Epiphany)"),
        ("is 30 November 2026 a holiday in Scotland", "yes, Saint Andrew's Day"),
        ("Are banks closed in England on 28 December 2026?", "yes, Boxing Day (observed)"),
        ("is 26 january 2027 a holiday in new south wales", "yes, Australia Day"),
    ],
)
def test_holiday(request_, text):
    """Yes with the holiday's name, no, or where only."""
    result = ask("holiday", request_)
    assert result.text == text
    assert result.kind == "boolean"
    assert result.data["holiday"] is text.startswith("yes")


def test_holidays_of_a_year():
    """All public holidays of a country, in order, as lines and as rows."""
    result = ask("holidays", "What are the public holidays in France in 2025?")
    assert "14 July 2025: National Day" in result.text.splitlines()
    assert [row["date"] for row in result.data] == sorted(row["date"] for row in result.data)
    assert result.data[0] == {"date": "2025-01-01", "weekday": "Wednesday", "holiday": "New Year's Day"}


@pytest.mark.parametrize(
    ("request_", "start"),
    [
        ("when is the next public holiday in Germany?", "25 December 2026: Christmas Day"),
        ("list the holidays of Japan next year", "1 January 2027: New Year's Day"),
        ("which days are holidays in Bavaria in 2026", "1 January 2026: New Year's Day\n6 January 2026: Epiphany"),
    ],
)
def test_holidays(request_, start):
    """The next holiday, another year, a region."""
    assert ask("holidays", request_).text.startswith(start)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("what time is it in Tokyo", "23:05 (Friday, 20 November 2026)"),
        ("current time in new york", "09:05 (Friday, 20 November 2026)"),
        ("what's the time in Sydney right now?", "01:05 (Saturday, 21 November 2026)"),
        ("what time is it", "14:05 (Friday, 20 November 2026)"),
        ("time in california", "06:05 (Friday, 20 November 2026)"),
        ("what time is it in UTC+5:30", "19:35 (Friday, 20 November 2026)"),
    ],
)
def test_now(request_, text):
    """The time here or in a city, country, state or zone."""
    assert ask("now", request_).text == text


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("what time is it in Tokyo when it is 3pm in New York", "05:00 (next day)"),
        ("If it's 3 pm in New York on 10 March 2026, what time is it in Tokyo?", "04:00 (next day)"),
        ("convert 15:30 CET to PST", "06:30"),
        ("what is 9am london time in berlin on 1 July 2026", "10:00"),
        ("3pm here is what time in Mumbai", "20:30"),
        ("half past four in Rome in Hawaii time", "17:30 (previous day)"),
        ("18:30 in Berlin is what time in Boston", "12:30"),
        ("convert 10:30 from London to Sydney", "21:30"),
        ("14:45 UTC to America/New_York", "09:45"),
        ("what time is 9am in Kathmandu in Germany", "04:15"),
    ],
)
def test_convert_time(request_, text):
    """The words around tell whose time is given and whose is asked for; daylight saving time is kept."""
    assert ask("convert_time", request_).text == text


@pytest.mark.parametrize(
    ("name", "request_", "text"),
    [
        ("time_difference", "time difference between London and Tokyo", "Tokyo is 9 hours ahead of London"),
        (
            "time_difference",
            "how many hours is Delhi ahead of Lisbon",
            "Delhi is 5 hours and 30 minutes ahead of Lisbon",
        ),
        ("time_difference", "is Paris in the zone of Rome", "0 hours: Paris and Rome have the same time"),
        ("shift_time", "what time is it 3 hours after 10:30 pm", "01:30 (next day)"),
        ("shift_time", "45 minutes before noon", "11:15"),
        ("shift_time", "what time will it be in 90 minutes", "15:35"),
        ("shift_time", "what was the time 6 hours ago", "08:05"),
        ("elapsed", "how long is it from 9:30 to 17:15", "7 hours and 45 minutes"),
        ("elapsed", "how many hours from 11 pm to 5 am", "6 hours"),
        ("week_number", "what week number is 3 March 2024", "week 9 of 2024"),
        ("week_number", "which calendar week is it", "week 47 of 2026"),
        ("leap_year", "is 2024 a leap year", "yes, 2024 has 366 days"),
        ("leap_year", "was 1900 a leap year", "no, 1900 has 365 days"),
    ],
)
def test_clocks_and_weeks(name, request_, text):
    """Zones compared, times moved and measured, weeks and years numbered."""
    assert ask(name, request_).text == text


@given(DAYS, DAYS, st.sampled_from(["days", "business days", "weeks", "months", "years", "hours", "minutes"]))
def test_difference_is_antisymmetric(start, end, unit):
    """Counted the other way round, a difference only changes its sign; in words it stays."""
    assert calendars.count(start, end, unit) == -calendars.count(end, start, unit)
    assert calendars.in_words(start, end, unit) == calendars.in_words(end, start, unit)


@given(DAYS, st.integers(0, 40_000))
def test_shift_there_and_back(day, days):
    """So many days ahead and back again is the day itself, and lies as many days away."""
    there = dates.shift(f"P{days}D", day, "after").data
    assert dates.shift(f"{days} days", dt.date.fromisoformat(there), "before").data == day.isoformat()
    assert dates.difference(day, dt.date.fromisoformat(there)).data == days


@given(DAYS, st.integers(-3000, 3000))
def test_business_days_are_weekdays(day, days):
    """Moved by business days one by one or at once, the same weekday is reached."""
    there, step = day, 1 if days > 0 else -1
    for _ in range(abs(days) % 40):
        there += dt.timedelta(days=step)
        while there.weekday() > 4:
            there += dt.timedelta(days=step)
    assert calendars.add_business_days(day, step * (abs(days) % 40)) == there


@given(
    st.times(),
    st.sampled_from(["Tokyo", "India", "UTC-3", "California", "CET"]),
    st.dates(dt.date(2000, 1, 2), dt.date(2037, 1, 1)),
)
def test_conversion_there_and_back(time, place, day):
    """A time converted from UTC to a place and back is the same time."""
    moment = dt.datetime.combine(day, time.replace(second=0, microsecond=0), dt.UTC)
    there = moment.astimezone(zones.read_zone(place))
    result = dates.convert_time(there.time(), place, "UTC", there.date())
    ambiguous = moment.astimezone(zones.read_zone(place)).fold or there.replace(fold=1).utcoffset() != there.utcoffset()
    assert ambiguous or result.text.startswith(f"{moment:%H:%M}")


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("shift", {"amount": "a while"}, "no duration"),
        ("shift", {"amount": "P9999Y"}, "outside the calendar"),
        ("shift", {"amount": "P1M", "counting": "business days"}, "no number of business days"),
        ("weekday", {"day": "the day of days"}, "does not fit"),
        ("weekday", {}, "needs 'day'"),
        ("age", {"born": "2030-01-01"}, "not born yet"),
        ("holiday", {"day": "2026-01-01", "country": "Germny"}, "did you mean 'Germany'"),
        ("holiday", {"day": "2026-01-01", "country": "Germany", "region": "Bavria"}, "did you mean 'bavaria'"),
        ("holiday", {"day": "0001-01-01", "country": "Germany"}, "no public holidays"),
        ("holidays", {"country": "France", "year": 9999}, "no public holidays"),
        ("now", {"place": "Europe/Atlantis"}, "no time zone"),
        ("now", {"place": "UTC+99"}, "no time zone"),
        ("convert_time", {"time": "12:00"}, "no place"),
        ("convert_time", {"time": "25:99", "target": "Tokyo"}, "does not fit"),
        ("shift_time", {"amount": "P99999Y"}, "outside the calendar"),
        ("leap_year", {"year": -4}, "no year"),
    ],
)
async def test_what_does_not_fit_is_said(name, arguments, message):
    """Wrong arguments raise an ArgumentError that says what is wrong, never anything else."""
    call = Call(0, None, "x", Query(""), arguments)
    with pytest.raises(ArgumentError, match=message):
        await ToolWorker(Catalog().find(f"dates.{name}")).run(call)


@pytest.mark.parametrize("said", ["25 December 2026", "2026-12-25", "2026-12-25T15:00:00+01:00", "dec 25, 2026"])
def test_dates_in_words_are_understood(said):
    """An Octopus that fills arguments with words instead of ISO 8601 is understood too."""
    tool = Catalog().find("dates.weekday")
    assert tool(**tool.check({"day": said})) == "Friday"


@given(st.text(max_size=80))
def test_finders_bear_any_text(text):
    """Whatever the text, the finders of zones and regions give spans of it."""
    for find in (zones.find_source_zones, zones.find_target_zones, public_holidays.find_holiday_countries):
        assert all(0 <= mention.start <= mention.end <= len(text) for mention in find(text, Clues()))


@pytest.mark.parametrize("name", dates.__all__)
def test_every_example_of_a_tool_can_be_answered(name):
    """What a tool names as its examples fills its arguments, but where the example speaks of something before."""
    tool = Catalog().find(f"dates.{name}")
    unanswered = []
    for example in tool.examples:
        filling = fill(tool.signature, example)
        if not filling.missing:
            try:
                tool(**tool.check(filling.arguments))
            except OctographError:
                unanswered.append(example)
        elif not any(word in example.split() for word in ("it", "then", "there", "they", "those")):
            unanswered.append(example)
    assert not unanswered
