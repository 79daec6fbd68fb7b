"""Queries are worded for their neighbor, and nothing critical is ever lost."""

from hypothesis import given
from hypothesis import strategies as st

from octograph.graphs.signature import Neighbor
from octograph.graphs.walk import Result
from octograph.planners.octopus.arguments import Filling, fill
from octograph.planners.octopus.references import find_references, replace_references
from octograph.planners.octopus.rewriting import critical_tokens, keeps_critical, reformatted

from .small_tools import distance


def rewrite(text, *results):
    """`text` with every reference replaced by all of the results."""
    return replace_references(text, [(reference, list(results)) for reference in find_references(text)])


def test_references_become_results():
    """Amounts, things, owners, places and several results, each in the form its sentence needs."""
    assert rewrite("how many feet is that many meters", Result("12", 12, "number")) == "how many feet is 12 meters"
    assert rewrite("how many hours is that?", Result("59 days", 59, "quantity")) == "how many hours is 59 days?"
    assert rewrite("how many weeks is that many days", Result("56 days", 56, "quantity")) == "how many weeks is 56 days"
    assert rewrite("what is its population", Result("Tokyo")) == "what is Tokyo's population"
    assert rewrite("what time is it there now?", Result("Lima")) == "what time is it in Lima now?"
    assert rewrite("add both results", Result("3"), Result("4")) == "add 3 and 4"
    assert rewrite("then divide it by 6", Result("150")) == "then divide 150 by 6"
    assert rewrite("evaluate what you get at x = 3", Result("4x^3 - 2")) == "evaluate 4x^3 - 2 at x = 3"


def test_long_results_stay_beside_the_query():
    """A table or a long text is handed over, not quoted."""
    assert rewrite("draw it as a bar chart", Result("a | b\n1 | 2", [[1, 2]], "table")) == "draw it as a bar chart"
    assert rewrite("summarize it", Result("word " * 50)) == "summarize it"


def test_quoted_words_are_no_references():
    """What stands between quotation marks is never replaced."""
    assert rewrite('count the words in "that is it"', Result("12")) == 'count the words in "that is it"'


def test_existential_there_is_no_place():
    """ "how many days are there" points nowhere."""
    assert find_references("how many days are there between Monday and Friday") == []


def test_template():
    """A reformat form with the parameters' names is filled with the words of the request."""
    card = Neighbor("distance", signature=distance.signature, reformat="How far is {b} from {a}?")
    text = "Which is further from Paris, Madrid?"
    assert reformatted(card, text, fill(distance.signature, text)) == "How far is Madrid from Paris?"
    assert reformatted(Neighbor("x", reformat="Answer briefly: {query}"), "why?", Filling()) == "Answer briefly: why?"


def test_a_template_that_would_lose_something_is_not_used():
    """A number, negation, acronym or quoted string that the form has no place for keeps the text as it is."""
    card = Neighbor("distance", signature=distance.signature, reformat="How far is {b} from {a}?")
    for text in (
        "distance Paris Rome in 2 hops",
        "distance Paris Rome, not by car",
        'distance Paris Rome "as is"',
        "distance Paris Rome in the EU",
    ):
        assert reformatted(card, text, fill(distance.signature, text)) == text


def test_an_instruction_is_no_template():
    """Without braces the form is for a language model; broken braces are survived."""
    assert reformatted(Neighbor("law", reformat="State it as one question."), "may I?", Filling()) == "may I?"
    assert reformatted(Neighbor("law", reformat="{query"), "may I?", Filling()) == "may I?"
    assert reformatted(Neighbor("law", reformat="{query.__class__}"), "may I?", Filling()) == "may I?"


def test_critical_tokens():
    """Changed digits and flipped negations are seen; other wording is free."""
    assert keeps_critical("total for 12 units", "the total for 12 units, please")
    assert not keeps_critical("total for 12 units", "total for 21 units")
    assert not keeps_critical("do not add tax", "add tax")
    assert critical_tokens('say "Hi" to NASA 3 times')["NASA"] == 1


NUMBERS = st.integers(0, 10**6).map(str)
WORDS = st.sampled_from(
    ["it", "that many", "its", "both", "the result", "meters", "is", "there", "NASA", "not", '"a b"', "notes.txt"]
)


@given(st.lists(st.one_of(NUMBERS, WORDS), max_size=10).map(" ".join), NUMBERS)
def test_rewriting_keeps_every_critical_token(text, result):
    """Whatever is replaced, every number, negation, acronym and quoted string of the request survives."""
    assert keeps_critical(text, rewrite(text, Result(result, int(result), "number")))
