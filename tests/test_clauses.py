"""A request is split where its words say for certain that something new is asked."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octograph.planners.octopus.clauses import split_clauses, without_courtesy

SPLIT = [
    ("What is 2+2, and how many feet is that?", ["What is 2+2", "how many feet is that?"]),
    ("list my files and tell me the time", ["list my files", "tell me the time"]),
    ("Read a.txt. Is it long?", ["Read a.txt.", "Is it long?"]),
    ("solve x^2 = 49 and integrate 2x from 1 to 4", ["solve x^2 = 49", "integrate 2x from 1 to 4"]),
    ("10 km in miles. then that number squared", ["10 km in miles.", "then that number squared"]),
    (
        "1. the capital of Cuba 2. 3 feet in cm 3. weekday of 2000-01-01",
        ["the capital of Cuba", "3 feet in cm", "weekday of 2000-01-01"],
    ),
    ("What's 144/12? Also, what day is 4 July 2026?", ["What's 144/12?", "Also, what day is 4 July 2026?"]),
    (
        "What is 20% of 1,250.50, and that many kilograms in pounds?",
        ["What is 20% of 1,250.50", "that many kilograms in pounds?"],
    ),
    ("Summarize notes.txt and tell me its sentiment", ["Summarize notes.txt", "tell me its sentiment"]),
    ("Capital of Canada and the population of that city", ["Capital of Canada", "the population of that city"]),
]
WHOLE = [
    "How many days are there between 3 March 2024 and 1 May 2024",
    "Solve x + y = 5 and x - y = 1",
    "add 5 feet and 2 meters",
    'how many words in "to be or not to be, that is the question"',
    "Summarize this: The line opened. It links the harbor and the city. Then it rained and tickets were free.",
    "If it's 3 pm in New York, what time is it in Tokyo?",
    "What is on March 3, 2024",
    "total revenue by region, product and month",
    "find anna@example.org, e.g. in notes.txt at 3.5 p.m.",
]


@pytest.mark.parametrize(("request_", "clauses"), SPLIT)
def test_splits_between_requests(request_, clauses):
    """Sentences, "then", and "and" before a verb, a question or a reference begin a new clause."""
    assert [clause.text for clause in split_clauses(request_)] == clauses


@pytest.mark.parametrize("request_", WHOLE)
def test_keeps_one_request_whole(request_):
    """Arguments, quotes, material after a colon, conditions and dates stay in one clause."""
    assert [clause.text for clause in split_clauses(request_)] == [request_]


def test_drops_courtesies():
    """Greetings and thanks are no clauses, and no part of one."""
    clauses = split_clauses("Hi there! Could you please convert 3 km to miles for me? Many thanks!")
    assert [without_courtesy(clause.text) for clause in clauses] == ["convert 3 km to miles"]
    assert without_courtesy("and then please convert 3 km to miles, thanks a lot") == "convert 3 km to miles"


def test_before_that_comes_first():
    """ "X, but before that Y" is Y, then X."""
    clauses = split_clauses("Convert the result to kilometers, but before that add 3 miles and 4 miles.")
    assert [clause.text for clause in clauses] == ["add 3 miles and 4 miles.", "Convert the result to kilometers"]


def test_then_marks_a_sequence():
    """ "then" says that a clause builds on the one before; "and" does not."""
    assert [c.sequential for c in split_clauses("sort a.csv, then draw it and read b.txt")] == [False, True, False]


def test_verbs_of_the_graph_split_too():
    """An imperative that only the graph knows begins a clause."""
    assert len(split_clauses("deploy the app and frobnicate the server")) == 1
    assert len(split_clauses("deploy the app and frobnicate the server", {"frobnicate"})) == 2


@given(st.text(max_size=300))
def test_any_text_is_split_without_loss_of_place(text):
    """Whatever comes in, clauses are spans of it that do not overlap."""
    clauses = split_clauses(text)
    for clause in clauses:
        assert text[clause.start : clause.end] == clause.text
    spans = sorted((clause.start, clause.end) for clause in clauses)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


WORDS = st.sampled_from(
    'convert 3.5 miles to km and then, add 1,250 kg. what is 7% of "a, b" notes.txt it both ? ; not US'.split(" ")
)


@given(st.lists(WORDS, min_size=1, max_size=14).map(" ".join))
def test_no_number_is_lost_between_clauses(text):
    """Every number and quoted string of the request stands in one of its clauses."""
    kept = " ".join(without_courtesy(clause.text) for clause in split_clauses(text))
    for pattern in (r"\d[\d.,]*\d|\d", r"notes\.txt", r"\bnot\b", r"\bUS\b"):
        assert sorted(re.findall(pattern, text)) == sorted(re.findall(pattern, kept))
