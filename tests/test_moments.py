"""Dates, datetimes, times and durations are found in requests as people word them."""

import datetime as dt
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from octograph.graphs.clock import stopped_at
from octograph.graphs.duration import Duration
from octograph.graphs.signature import Clues
from octograph.planners.octopus.calendar_words import easter, nth_weekday, read_month
from octograph.planners.octopus.moments import find_dates, find_datetimes, find_durations, find_times

FRIDAY = dt.datetime(2026, 11, 20, 14, 5, tzinfo=dt.UTC)
FINDERS = [find_dates, find_datetimes, find_times, find_durations]


@pytest.fixture(autouse=True)
def _friday():
    with stopped_at(FRIDAY):
        yield


def values(finder, text, **filled):
    return [mention.value for mention in finder(text, Clues(filled=filled))]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("3 March 2024", ["2024-03-03"]),
        ("March 3rd, 2024", ["2024-03-03"]),
        ("the 3rd of march 2024", ["2024-03-03"]),
        ("Mar. 3, 2024", ["2024-03-03"]),
        ("3-Mar-2024", ["2024-03-03"]),
        ("2024-03-03", ["2024-03-03"]),
        ("2024/03/04", ["2024-03-04"]),
        ("2024-03-03T15:30:00Z", ["2024-03-03"]),
        ("25 Dec 2026", ["2026-12-25"]),
        ("14 Feb '88", ["1988-02-14"]),
        ("july 20 1969", ["1969-07-20"]),
        ("1oct 2025", ["2025-10-01"]),
        ("Friday, 13 March 2026", ["2026-03-13"]),
        ("sunday march 1st 2026", ["2026-03-01"]),
        ("the twenty-fifth of December 2026", ["2026-12-25"]),
        ("12 sept 2025", ["2025-09-12"]),
        ("3 febuary 2024 and 4 Septmber 2024", ["2024-02-03", "2024-09-04"]),
        ("3 de marzo de 2024", ["2024-03-03"]),
        ("3. März 2024", ["2024-03-03"]),
        ("March 2024", ["2024-03-01"]),
    ],
)
def test_written_dates(text, dates):
    """A date written out is found in any usual form, misspelled or in another language too."""
    assert values(find_dates, text) == dates


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("3/4/2024", ["2024-04-03"]),
        ("3/14/2024", ["2024-03-14"]),
        ("14/3/2024", ["2024-03-14"]),
        ("3/4/24", ["2024-04-03"]),
        ("3.4.2024", ["2024-04-03"]),
        ("3-4-2024", ["2024-04-03"]),
        ("from 3/4/2024 to 3/28/2024", ["2024-03-04", "2024-03-28"]),
        ("from 28/3/2024 to 3/4/2024", ["2024-03-28", "2024-04-03"]),
    ],
)
def test_dates_in_figures(text, dates):
    """The day comes first, unless that is impossible or another date of the text shows the contrary."""
    assert values(find_dates, text) == dates


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("1 May", ["2026-05-01"]),
        ("since 1 May", ["2026-05-01"]),
        ("since 1 December", ["2025-12-01"]),
        ("until 1 May", ["2027-05-01"]),
        ("how many days before Christmas", ["2026-12-25"]),
        ("between 3 and 9 March 2024", ["2024-03-03", "2024-03-09"]),
        ("between the 3rd and the 9th of March", ["2026-03-03", "2026-03-09"]),
        ("3-9 March 2024", ["2024-03-03", "2024-03-09"]),
        ("March 3 to 9, 2024", ["2024-03-03", "2024-03-09"]),
        ("December 25 until 3 January 2025", ["2024-12-25", "2025-01-03"]),
        ("between 20 December and 5 January", ["2026-12-20", "2027-01-05"]),
        ("between 3 March 2024 and 1 May", ["2024-03-03", "2024-05-01"]),
        ("1 Jan, 1 Feb and 1 Mar 2024", ["2024-01-01", "2024-02-01", "2024-03-01"]),
        ("Christmas next year", ["2027-12-25"]),
        ("on what day does Christmas fall in 2031", ["2031-12-25"]),
    ],
)
def test_years_that_go_without_saying(text, dates):
    """A date without a year takes that of the date it is joined to, or the one that until and since ask for."""
    assert values(find_dates, text) == dates


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Christmas 2026", ["2026-12-25"]),
        ("xmas eve", ["2026-12-24"]),
        ("easter 2027 and good friday 2027", ["2027-03-28", "2027-03-26"]),
        ("new year's eve", ["2026-12-31"]),
        ("thanksgiving 2026", ["2026-11-26"]),
        ("first Monday of March 2025", ["2025-03-03"]),
        ("the last friday in May", ["2026-05-29"]),
        ("halloween", ["2026-10-31"]),
    ],
)
def test_days_with_a_name(text, dates):
    """Feasts, and the nth weekday of a month, are dates."""
    assert values(find_dates, text) == dates


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("what's today's date", ["2026-11-20"]),
        ("tommorow", ["2026-11-21"]),
        ("yesterday", ["2026-11-19"]),
        ("the day after tomorrow", ["2026-11-22"]),
        ("the day before yesterday", ["2026-11-18"]),
        ("next Friday", ["2026-11-27"]),
        ("last monday", ["2026-11-16"]),
        ("this fri", ["2026-11-20"]),
        ("monday next week", ["2026-11-23"]),
        ("in 3 weeks", ["2026-12-11"]),
        ("two months ago", ["2026-09-20"]),
        ("a fortnight from today", ["2026-12-04"]),
        ("3 weeks from now", ["2026-12-11"]),
        ("in two weeks' time", ["2026-12-04"]),
        ("90 days after 1 January 2025", ["2025-04-01"]),
        ("45 days before March 3", ["2026-01-17"]),
        ("a week before Christmas 2025", ["2025-12-18"]),
        ("the day after Christmas", ["2026-12-26"]),
        ("2 days after the day after tomorrow", ["2026-11-24"]),
        ("one month after 31 January 2025", ["2025-02-28"]),
        ("end of the month", ["2026-11-30"]),
        ("the end of this year", ["2026-12-31"]),
        ("end of next quarter", ["2027-03-31"]),
        ("end of february 2028", ["2028-02-29"]),
        ("the beginning of 2027", ["2027-01-01"]),
        ("next month", ["2026-12-01"]),
        ("on the 15th", ["2026-11-15"]),
        ("the 15th of next month", ["2026-12-15"]),
        ("between now and Christmas", ["2026-11-20", "2026-12-25"]),
    ],
)
def test_dates_from_todays_point_of_view(text, dates):
    """Words for days near today, and dates reckoned from others."""
    assert values(find_dates, text) == dates


@pytest.mark.parametrize(
    "text",
    [
        "may I march on the second of sat",
        "only 10 may enter",
        "may 5 people come",
        "march 10 miles",
        "how far is 5 miles",
        "31 February 2024",
        "29 February 2023",
        "version 3.4.20",
        "1/2 and 3/4",
        "5 reports 2024",
        "how many hours are there in 3 weeks",
        "the sun was on sat phones",
        "192.168.10.12",
        "a second opinion in a minute",
        "",
    ],
)
def test_words_that_are_no_dates(text):
    """Verbs, measures, versions and impossible days are left alone."""
    assert values(find_dates, text) == []


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("90 days after 1 January 2025", ["2025-01-01"]),
        ("two months from today", ["2026-11-20"]),
        ("what date was it 45 days ago", []),
        ("the day after tomorrow", ["2026-11-21"]),
    ],
)
def test_a_filled_duration_leaves_the_reckoning_to_the_tool(text, dates):
    """Once the duration is an argument of the call, the date is the one it is reckoned from."""
    assert values(find_dates, text, amount="P90D") == dates


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("3pm", ["15:00:00"]),
        ("at 15:30", ["15:30:00"]),
        ("15h30", ["15:30:00"]),
        ("noon and midnight", ["12:00:00", "00:00:00"]),
        ("half past four", ["04:30:00"]),
        ("quarter to five in the afternoon", ["16:45:00"]),
        ("twenty-five to six", ["05:35:00"]),
        ("9.30 am", ["09:30:00"]),
        ("12am, 12pm, 12:15 a.m.", ["00:00:00", "12:00:00", "00:15:00"]),
        ("seven in the evening", ["19:00:00"]),
        ("3 o'clock in the afternoon", ["15:00:00"]),
        ("11 at night", ["23:00:00"]),
        ("meet at 5", ["05:00:00"]),
        ("from 9:30 to 17:15", ["09:30:00", "17:15:00"]),
        ("from now to 5pm", ["14:05:00", "17:00:00"]),
        ("the price is 9.30", []),
        ("at 5% interest", []),
        ("16:9 screens and 25:00", []),
        ("am I late", []),
        ("5 to 6 people", []),
        ("what time is it now", []),
    ],
)
def test_times(text, times):
    """Times of day in digits and in words."""
    assert values(find_times, text) == times


def test_minutes_before_a_time_are_left_to_the_tool_that_was_given_them():
    """ "45 minutes before noon" is a quarter past eleven, and noon to a tool that already has the 45 minutes."""
    assert values(find_times, "45 minutes before noon") == ["11:15:00"]
    assert values(find_times, "45 minutes before noon", amount="PT45M") == ["12:00:00"]


@pytest.mark.parametrize(
    ("text", "moments"),
    [
        ("3 March 2024 at 3pm", ["2024-03-03T15:00:00"]),
        ("noon on 25 December 2026", ["2026-12-25T12:00:00"]),
        ("tomorrow noon", ["2026-11-21T12:00:00"]),
        ("next friday, 9:30 am", ["2026-11-27T09:30:00"]),
        ("2024-03-03T15:30:00Z", ["2024-03-03T15:30:00Z"]),
        ("2024-03-03 15:30", ["2024-03-03T15:30:00"]),
        ("in 2 hours", ["2026-11-20T16:05:00"]),
        ("3 days ago", ["2026-11-17T14:05:00"]),
        ("right now", ["2026-11-20T14:05:00"]),
        ("3 March 2024", ["2024-03-03T00:00:00"]),
        ("at 15:30", ["2026-11-20T15:30:00"]),
    ],
)
def test_datetimes(text, moments):
    """A date and a time side by side are one moment; either alone is one too."""
    assert values(find_datetimes, text) == moments


@pytest.mark.parametrize(
    ("text", "durations"),
    [
        ("90 days", ["P90D"]),
        ("two weeks", ["P14D"]),
        ("a fortnight", ["P14D"]),
        ("3 months", ["P3M"]),
        ("a year and a half", ["P1Y6M"]),
        ("one and a half years", ["P1Y6M"]),
        ("half an hour", ["PT30M"]),
        ("1.5 hours", ["PT1H30M"]),
        ("2½ years", ["P2Y6M"]),
        ("2 hours and 30 minutes", ["PT2H30M"]),
        ("2h30m", ["PT2H30M"]),
        ("one hundred and twenty days", ["P120D"]),
        ("couple of weeks", ["P14D"]),
        ("1,000 days", ["P1000D"]),
        ("2 weeks and 3 weeks", ["P14D", "P21D"]),
        ("10 business days", ["P10D"]),
        ("the day after tomorrow", ["P1D"]),
        ("P3M and PT90S", ["P3M", "PT1M30S"]),
        ("a second opinion", []),
        ("5 miles in 3 moments", []),
        ("how many days", []),
    ],
)
def test_durations(text, durations):
    """Durations keep months and years apart from days."""
    assert values(find_durations, text) == durations


@pytest.mark.parametrize("text", ["90 days", "a year and a half", "1.5 hours", "2h30m", "3 months"])
def test_durations_fit_timedelta(text):
    """What is found can also fill a plain `timedelta` parameter."""
    assert TypeAdapter(dt.timedelta).validate_python(values(find_durations, text)[0]) > dt.timedelta()


def test_dates_are_found_without_dateparser(monkeypatch):
    """Only dates in other languages need the extra package."""
    monkeypatch.setitem(sys.modules, "dateparser", None)
    assert values(find_dates, "3 de marzo de 2024 or 3 March 2024") == ["2024-03-03"]


def test_months_are_recognized_by_their_spelling():
    """A letter or two may be wrong, but other words are not taken for months."""
    assert [read_month(word) for word in ("febuary", "Sept.", "decmber", "juli")] == [2, 9, 12, None]
    assert [read_month(word) for word in ("match", "number", "people", "months")] == [None] * 4


def test_easter_is_where_the_churches_put_it():
    """Easter Sunday of years that try the rule's exceptions."""
    known = {1954: (4, 18), 1981: (4, 19), 2000: (4, 23), 2019: (4, 21), 2024: (3, 31), 2038: (4, 25)}
    assert {year: (easter(year).month, easter(year).day) for year in known} == known


@given(st.integers(1900, 2100), st.integers(1, 12), st.integers(0, 6))
def test_the_last_weekday_is_in_the_last_week(year, month, weekday):
    """The last weekday of a month is that weekday, and a week later the month is over."""
    last = nth_weekday(year, month, weekday, -1)
    assert last.weekday() == weekday
    assert last.month == month != (last + dt.timedelta(days=7)).month


WORDS = (
    "3|31|2024|'24|March|may|sept.|the|of|next|last|in|ago|days|two|3pm|9.30|half|past|noon|1/2/2024|2024-02-30|"
    "year and a|9999|years|before|after|until|Christmas|-|,|.|:|İ|ß|３|end|month|now|Friday|\u00a0|\n"
)
HOSTILE = st.text(max_size=60) | st.lists(st.sampled_from(WORDS.split("|")), max_size=14).map(" ".join)


@given(HOSTILE)
def test_every_mention_is_a_span_of_the_text(text):
    """No text makes a finder fail, and what it finds lies in the text, in order and without overlaps."""
    with stopped_at(FRIDAY):
        for finder in FINDERS:
            mentions = list(finder(text, Clues()))
            assert all(0 <= mention.start < mention.end <= len(text) for mention in mentions)
            assert all(0 < mention.score <= 1 for mention in mentions)
            assert all(one.end <= other.start for one, other in pairwise(mentions))


@pytest.mark.parametrize("piece", ["1 ", "twenty ", "1 day ", "a and a half ", "in ", "3 march ", "1/1/", "3pm ", "\t"])
@pytest.mark.parametrize("finder", FINDERS)
def test_endless_texts_are_read_in_part(finder, piece):
    """A text of many thousand words is looked at as far as a request may go."""
    text = piece * 20_000
    assert all(mention.end <= 4000 for mention in finder(text, Clues()))


durations = st.builds(
    Duration,
    st.integers(0, 5000),
    st.integers(0, 10**6),
    st.integers(0, 10**6) | st.integers(0, 10**6).map(lambda n: n / 8),
)


@given(durations)
def test_a_durations_text_leads_back_to_it(duration):
    """ISO 8601 and back is the same duration, in either direction of time."""
    assert Duration.parse(str(duration)) == duration
    assert Duration.parse(str(-duration)) == -duration


@given(st.dates(dt.date(1000, 1, 1), dt.date(3000, 1, 1)), st.integers(0, 10**5))
def test_days_ahead_and_back_lead_home(day, days):
    """A duration of days is undone by its negative."""
    assert (-Duration(days=days)).after(Duration(days=days).after(day)) == day


@pytest.mark.parametrize("text", ["", "P", "PT", "P1", "1D", "P1H", "PT1D", "P-1D", "P" + "9" * 30 + "D", "P1D\n2"])
def test_other_texts_are_no_durations(text):
    """What is not ISO 8601 is refused."""
    with pytest.raises(ValueError, match="no ISO 8601 duration"):
        Duration.parse(text)
