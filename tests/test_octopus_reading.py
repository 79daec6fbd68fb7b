"""Coordinations, references, implied steps and comparisons, read with tools small enough to see through."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octograph.planners.octopus.board import Board
from octograph.planners.octopus.calibration import Calibration
from octograph.planners.octopus.clauses import READ
from octograph.planners.octopus.embedded import EmbeddedOctopus
from octograph.planners.octopus.encoder import SHIPPED, Encoder
from octograph.planners.octopus.reading import read_request
from octograph.planners.octopus.rewriting import critical_tokens

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


NUMBERS = st.integers(0, 10**6).map(str)
WORDS = st.sampled_from(
    "convert 3.5 miles to km and|then, it both|that many feet|is|what is|the capital of|France|France, Japan|Greece?|of"
    "|add 3 kg and 4 kg.|Thanks!|please|not|without|never|US|NASA|notes.txt|read notes.txt|summarize it|hi"
    "|saved in out.txt|which is further|or|Paris|Madrid.|in miles|its|dear|the|and|(|1.|2.|second|there,"
    '|but before that|"a, b"|"hi and thanks"|\'it is\'|if|: |x = 3'.split("|")
)


@settings(deadline=None)
@given(st.lists(st.one_of(NUMBERS, WORDS), min_size=1, max_size=12).map(" ".join))
def test_nothing_critical_is_lost(request_):
    """Every number, negation, acronym, quoted string and file name of a request stands in an item of it."""
    kept = " ".join(item.text for item in read_request(request_, BOARD))
    lost = set(critical_tokens(request_)) - set(critical_tokens(kept))
    files = set(re.findall(r"\w+\.txt", request_)) - set(re.findall(r"\w+\.txt", kept))
    listed = {token for token in lost if re.search(rf"(?:^|\s)\(?{re.escape(token)}[.)]\s", request_)}
    assert lost - listed == set()
    assert files == set()


HOSTILE = [
    *("and ", ", ", "the a of ", "please ", "please, ", '"', "7 ", "(", "x = ", " ", "\n", "hi hi hi ", "🐙", "it "),
    *("dear xhi", "“", "a-", "capital of France? ", "France, ", "then draw it and ", "the capital of the capital of "),
]


def counting_board(encoded):
    """A board that adds every text it has to encode to `encoded`."""
    encoder = Encoder(SHIPPED)

    def embed(texts):
        encoded.update(texts)
        return encoder.encode(texts)

    return Board(cards(), encoder.encode, embed, encoder.encode(["hello"]), Calibration())


@pytest.mark.parametrize("words", HOSTILE)
def test_a_long_request_costs_a_bounded_number_of_encodings(words):
    """However often its words are repeated, a request is read with a few hundred texts to encode."""
    encoded = set()
    request = "what is the capital of France, " + words * (20_000 // len(words))
    read_request(request, counting_board(encoded))
    assert len(encoded) < 500


def test_what_is_too_long_to_be_read_still_arrives():
    """Clauses, values and pages past the limits go along with the last item."""
    many = ". ".join(f"convert {number} miles to km" for number in range(100, 400))
    values = "convert " + ", ".join(f"{number} miles" for number in range(100, 140)) + " to km"
    page = "Summarize this: " + "The line opened and it rained. " * (READ // 20) + "The end is 12345"
    for request in (many, values, page):
        kept = " ".join(item.text for item in read_request(request, BOARD))
        assert set(critical_tokens(request)) <= set(critical_tokens(kept))


def test_what_is_not_to_be_stored_is_not():
    """ "not to be saved in" is no request to save."""
    items = read("Summarize notes.txt, not to be saved in out.txt")
    assert "write" not in [leaf for leaf, _, _ in items]
