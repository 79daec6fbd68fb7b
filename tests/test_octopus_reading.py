"""Coordinations, references, implied steps and comparisons, read with tools small enough to see through."""

import pytest

from octograph.planners.octopus.embedded import EmbeddedOctopus
from octograph.planners.octopus.reading import read_request

from .small_tools import cards

BOARD = EmbeddedOctopus().board(cards())


def read(request):
    """(worker, words, words of what it needs) for every item of a request."""
    items = read_request(request, BOARD)
    words = {item.part: item.text.rstrip(".") for item in items}
    return [(item.leaf, item.text, [words[need] for need in item.needs]) for item in items]


COORDINATIONS = [
    (
        "Convert 5 miles to kilometers and 70 kilograms to pounds",
        [("convert", "Convert 5 miles to kilometers"), ("convert", "Convert 70 kilograms to pounds")],
    ),
    (
        "convert 5 miles and 3 kilometers to feet",
        [("convert", "convert 5 miles to feet"), ("convert", "convert 3 kilometers to feet")],
    ),
    ("add 5 feet and 2 meters", [("total", "add 5 feet and 2 meters")]),
    ("capital of Finland and Greece", [("capital", "capital of Finland"), ("capital", "capital of Greece")]),
    (
        "capital of France, Germany and Japan",
        [("capital", "capital of France"), ("capital", "capital of Germany"), ("capital", "capital of Japan")],
    ),
    (
        "capital of Brazil and the currency of Japan",
        [("capital", "capital of Brazil"), ("currency", "the currency of Japan")],
    ),
    (
        "the capital and the currency of Japan",
        [("capital", "the capital of Japan"), ("currency", "the currency of Japan")],
    ),
    (
        "both the capital of Finland and that of Greece",
        [("capital", "the capital of Finland"), ("capital", "the capital of Greece")],
    ),
    ("distance between Paris and Berlin", [("distance", "distance between Paris and Berlin")]),
    (
        "How many days from 1 March 2024 to 1 April 2024, and from 1 May 2024 to 1 July 2024?",
        [
            ("difference", "How many days from 1 March 2024 to 1 April 2024"),
            ("difference", "How many days from 1 May 2024 to 1 July 2024?"),
        ],
    ),
]


@pytest.mark.parametrize(("request_", "expected"), COORDINATIONS)
def test_coordinations(request_, expected):
    """An "and" is taken apart only where each piece is complete by itself."""
    assert [(leaf, text) for leaf, text, _ in read(request_)] == expected


def test_that_many_is_the_earlier_result():
    """A reference to an amount needs the item before it."""
    _, (leaf, _, needs) = read("capital of France, and how many feet is that many meters?")
    assert (leaf, needs) == ("convert", ["capital of France"])


def test_it_is_the_thing_spoken_of_where_the_result_does_not_fit():
    """After "is the 25th a holiday", "it" in "what weekday is it" is the date, not the yes or no."""
    (_, _, _), (leaf, text, needs) = read("Is 25 December 2026 a public holiday in Germany, and what weekday is it?")
    assert (leaf, text, needs) == ("weekday", "what weekday is 25 December 2026?", [])


def test_a_filler_it_is_no_reference():
    """ "it" in a request that is complete without it stands for nothing."""
    items = read("capital of France. How far is it from Paris to Rome?")
    assert items[1] == ("distance", "How far is it from Paris to Rome?", [])


def test_a_file_is_read_once_for_all_who_need_its_text():
    """Summary and sentiment of one file share one reading that nobody named."""
    items = read("Summarize notes.txt in two sentences and tell me its sentiment.")
    assert [(leaf, needs) for leaf, _, needs in items] == [
        ("read", []),
        ("summarize", ["Read notes.txt"]),
        ("sentiment", ["Read notes.txt"]),
    ]


def test_a_reading_that_was_asked_for_is_not_repeated():
    """ "Read notes.txt and summarize it" reads once."""
    items = read("Read notes.txt and summarize it")
    assert [(leaf, needs) for leaf, _, needs in items] == [("read", []), ("summarize", ["Read notes.txt"])]


def test_a_comparison_asks_for_each_and_then_compares():
    """ "Which is further" measures both and compares the results."""
    items = read("Which is further from Paris, Madrid or Berlin?")
    assert [leaf for leaf, _, _ in items] == ["distance", "distance", "compare"]
    assert len(items[2][2]) == 2


def test_a_request_inside_a_request_comes_first():
    """ "how far is the capital of Japan from Berlin" needs the capital."""
    items = read_request("how far is the capital of Japan from Berlin", BOARD)
    assert [(item.leaf, item.part < 0) for item in items] == [("capital", True), ("distance", False)]
    assert items[1].needs == (items[0].part,)


def test_both_stands_for_two():
    """ "both" takes the results of the two requests before it."""
    items = read("capital of France and capital of Japan. Save both in out.txt")
    assert items[2][0] == "write"
    assert items[2][2] == ["capital of France", "capital of Japan"]


def test_what_goes_without_saying_is_supplied():
    """An elliptical request takes what it lacks from what was named before."""
    items = read("is 25 December 2026 a public holiday in Germany? and the weekday?")
    assert items[-1][0] == "weekday"
    assert "25 December 2026" in items[-1][1]


def test_a_unit_at_the_end_is_a_conversion():
    """ "distance between Paris and Berlin in miles": the distance, then the conversion."""
    items = read("distance between Paris and Berlin in miles")
    assert [(leaf, needs) for leaf, _, needs in items] == [
        ("distance", []),
        ("convert", ["distance between Paris and Berlin"]),
    ]
