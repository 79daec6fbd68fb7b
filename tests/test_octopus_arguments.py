"""Typed parameters are filled from the words of a request and from earlier results."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octograph.graphs.clock import stopped_at
from octograph.graphs.signature import Clues, Kind
from octograph.graphs.walk import Result
from octograph.nodes.tool import tool
from octograph.planners.octopus.arguments import compatible, fill
from octograph.planners.octopus.finders import FINDERS, find_files, find_numbers, find_quoted

from .small_tools import TOOLS, chart, convert, difference, summarize, write


def values(finder, text):
    return [mention.value for mention in finder(text, Clues())]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("add 3 and 4.5", [3, 4.5]),
        ("17% of 2,350", [17, 2350]),
        ("about 3k or 2 million", [3000, 2000000]),
        ("minus: -7 and −2", [-7, -2]),
        ("twelve apples, twenty pears", [12, 20]),
        ("1e3 but not v2 or 3.4.5", [1000]),
        ("no numbers", []),
    ],
)
def test_numbers(text, numbers):
    """Numbers with separators, scales, percent signs, signs, and in words."""
    assert sorted(values(find_numbers, text)) == sorted(numbers)


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("read notes.txt.", ["notes.txt"]),
        ("open data/sales.csv and a-b_c.json", ["data/sales.csv", "a-b_c.json"]),
        ('read "my notes.txt" now', ["my notes.txt"]),
        ("mail anna@example.org about example.com", []),
        ("e.g. 3.5 or x.y", ["x.y"]),
        ('say "see notes.txt for more, it is all there"', []),
    ],
)
def test_files(text, files):
    """File names stand out by their suffix; addresses, numbers and abbreviations are none."""
    assert values(find_files, text) == files


def test_quoted():
    """Quotation marks of every style, apostrophes inside left alone."""
    assert values(find_quoted, "“a b” and 'don't stop' and «c» and `x = 1`, it's Anna's") == [
        "a b",
        "don't stop",
        "c",
        "x = 1",
    ]


def test_arguments_in_the_order_of_the_signature():
    """Arguments come by name; two of one kind in the order of the text."""
    filling = fill(difference.signature, "days between 3 March 2024 and 1 May 2024")
    assert filling.arguments == {"start": "2024-03-03", "end": "2024-05-01"}
    assert fill(convert.signature, "how many feet is 12 meters").arguments == {"value": "12 meters", "to": "feet"}


def test_what_is_missing_is_named():
    """Required parameters without a value are listed, with what is there kept."""
    filling = fill(convert.signature, "convert 12 meters")
    assert filling.arguments == {"value": "12 meters"}
    assert [parameter.name for parameter in filling.missing] == ["to"]


def test_earlier_results_fill_what_the_words_do_not():
    """A table, a text or a number comes from the results handed in."""
    table = Result("a table", [[1.0]], "table")
    assert fill(chart.signature, "draw it as a line chart", [table]).arguments == {"values": [[1.0]], "style": "line"}
    assert fill(summarize.signature, "summarize it in 3 sentences", [Result("read text", None, "text")]).arguments == {
        "text": "read text",
        "sentences": 3,
    }
    assert fill(write.signature, "save it to out.txt", [Result("12", 12, "number")]).arguments == {
        "path": "out.txt",
        "text": "12",
    }


def test_optional_parameters_only_if_said():
    """A parameter with a default is left alone unless the request names a value."""
    assert "style" not in fill(chart.signature, "draw it", [Result("t", [[1.0]], "table")]).arguments


def test_cues_tell_two_of_a_kind_apart():
    """A cue word before a value claims it, whatever the order."""

    @tool("cues.travel")
    def travel(
        start: Annotated[dt.date, Kind("date", FINDERS["date"], cues=("from", "leaving"))],
        end: Annotated[dt.date, Kind("date", FINDERS["date"], cues=("until", "to"))],
    ) -> str:
        """Plans a stay."""
        return f"{start} {end}"

    with stopped_at(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)):
        filling = fill(travel.signature, "a room until 9 May 2026, leaving 2 May 2026")
    assert filling.arguments == {"start": "2026-05-02", "end": "2026-05-09"}


def test_every_plain_type_can_be_filled():
    """Each Python type a tool may use is found in text and fits the function afterwards."""

    @tool("plain.all")
    def everything(
        day: dt.date,
        path: Path,
        count: int,
        style: Literal["bar", "line"],
        loud: bool = False,
        when: dt.time | None = None,
    ) -> str:
        """Takes everything."""
        return f"{day} {path} {count} {style} {loud} {when}"

    filling = fill(everything.signature, "on 3 May 2026 at 15:30 put 7 lines in out.txt, style bar, loud")
    assert everything(**everything.check(filling.arguments)) == "2026-05-03 out.txt 7 bar True 15:30:00"


@given(st.text(max_size=120))
def test_filling_never_raises(text):
    """Any text at all is an answer, if only "missing"; spans point into the text."""
    for made in TOOLS:
        filling = fill(made.signature, text)
        for mentions in filling.mentions.values():
            assert all(0 <= mention.start <= mention.end <= len(text) for mention in mentions)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=0, max_value=1e9).map(lambda x: round(x, 4)))
def test_a_number_is_read_as_written(number):
    """Whatever number is written is the number found."""
    assert values(find_numbers, f"take {number:,} now") == [number]


def test_compatible_kinds():
    """A number may become a quantity; a yes or no is no date."""
    assert compatible("quantity", "number")
    assert compatible("text", "table")
    assert not compatible("date", "boolean")
    assert not compatible("date", "text")
