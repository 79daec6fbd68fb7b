"""What is made of a model's words: JSON out of any wrapping, odds out of tokens, arguments out of JSON."""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octograph import ArgumentError
from octograph.graphs.signature import Kind, Parameter, Signature
from octograph.models.endpoint_reply import Token
from octograph.planners.octopus.argument_schema import fitted, schema_of
from octograph.planners.octopus.chat.likelihood import logprob_of, odds_at
from octograph.planners.octopus.chat.repairing import Span, Unreadable, find_json, values_of

SCALARS = st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=10)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
OBJECTS = st.dictionaries(st.text(max_size=8), VALUES, min_size=1, max_size=4)

SIGNATURE = Signature(
    (
        Parameter("day", Kind("date")),
        Parameter("count", Kind("count"), required=False, default=5),
        Parameter("names", Kind("text"), many=True),
        Parameter("style", Kind("choice"), required=False, default="bar", choices=("bar", "line")),
        Parameter("sure", Kind("boolean"), required=False, default=False),
        Parameter("share", Kind("number"), required=False),
        Parameter("results", Kind("results"), many=True),
    )
)


# JSON ---------------------------------------------------------------------------------------------------------------


@given(value=OBJECTS, before=st.sampled_from(["", "Sure: ", "```json\n", "<think>{}</think>"]), ascii_=st.booleans())
def test_an_object_is_found_in_any_wrapping(value: dict[str, Any], before: str, ascii_: bool) -> None:
    """Nothing around it, and no character in it, changes what it says."""
    text = before + json.dumps(value, ensure_ascii=ascii_) + "\n```\nThat is all."
    assert find_json(text) == value


@given(value=OBJECTS)
def test_trailing_commas_are_dropped_outside_of_texts_only(value: dict[str, Any]) -> None:
    """A comma before a bracket inside a text stays."""
    value = {**value, "kept": 'a,} and b,]", '}
    loose = re.sub(r"\}$", ",}", json.dumps(value))
    assert find_json(loose) == value


@given(value=OBJECTS, cut=st.integers(1, 10_000))
def test_an_object_that_breaks_off_holds_only_what_was_said(value: dict[str, Any], cut: int) -> None:
    """Cut anywhere, what is found is the beginning of what was meant, or an error."""
    text = json.dumps({"calls": [value]})
    try:
        found = find_json(text[: min(cut, len(text) - 1)])
    except Unreadable:
        return
    assert _begins(found, {"calls": [value]})


def _begins(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and _begins(part[key], whole[key]) for key in part)
    if isinstance(part, list):
        return isinstance(whole, list) and all(_begins(one, other) for one, other in zip(part, whole, strict=False))
    return bool(part == whole)


@given(st.text(alphabet='{}[]",:\\abc ', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else can happen."""
    with suppress(Unreadable):
        assert isinstance(find_json(text), (dict, list))


def test_places_of_values() -> None:
    """Keys at the depth of the first count; a key's spelling inside a text, or deeper down, does not."""
    first = '{"neighbor": "a", "arguments": {"neighbor": "x"}}'
    text = f'{{"calls": [{first}, {{"query": "\\"neighbor\\": \\"y\\"", "neighbor": "b"}}]}}'
    assert [text[start:end] for start, end in values_of("neighbor", text)] == ['"a"', '"b"']


# Odds ---------------------------------------------------------------------------------------------------------------


def token(text: str, **others: float) -> Token:
    """A token with the probabilities of what could stand in its place."""
    alternatives = {name: math.log(chance) for name, chance in others.items() if chance}
    return Token(text, alternatives[text], alternatives)


def test_odds_are_normalized_over_the_names() -> None:
    """What no name begins with does not count; the rest adds up to 1."""
    tokens = [
        token('{"n": "', **{'{"n": "': 1.0}),
        token("law", law=0.3, ma=0.1, zebra=0.6),
        token('"}', **{'"}': 1.0}),
    ]
    assert odds_at(tokens, '{"n": "law"}', Span(6, 11), ["law", "math", "art"]) == pytest.approx(
        {"law": 0.75, "math": 0.25, "art": 0.0}
    )


def test_names_that_begin_alike_are_told_apart_where_they_differ() -> None:
    """A branch that was not taken is shared by the names it may lead to."""
    tokens = [
        token('"', **{'"': 1.0}),
        token("ma", ma=0.5, b=0.5),
        token("th", th=0.8, ps=0.2),
        token('"', **{'"': 1.0}),
    ]
    odds = odds_at(tokens, '"math"', Span(0, 6), ["math", "maps", "bio", "bach"])
    assert odds == pytest.approx({"math": 0.4, "maps": 0.1, "bio": 0.25, "bach": 0.25})


def test_a_name_may_begin_in_the_middle_of_a_token_and_of_a_character() -> None:
    """The quotation mark may belong to the token before, and é may come in two."""
    tokens = [
        token(': "', **{': "': 1.0}),
        token("\udcc3", **{"\udcc3": 0.6, "a": 0.4}),
        token('\udca9"', **{'\udca9"': 1.0}),
    ]
    assert odds_at(tokens, ': "é"', Span(2, 5), ["é", "a"]) == pytest.approx({"é": 0.6, "a": 0.4})
    tokens = [token(': "la', **{': "la': 0.9, ': "m': 0.1, "none": 0.0}), token('w"', **{'w"': 1.0})]
    assert odds_at(tokens, ': "law"', Span(2, 7), ["law", "math"]) == pytest.approx({"law": 0.9, "math": 0.1})


@pytest.mark.parametrize(
    "tokens",
    [[], [Token('"other"', 0.0)], [Token('"', 0.0), Token("x", 0.0), Token('law"', 0.0)], [Token('"', 0.0)]],
)
def test_tokens_that_do_not_tell_are_no_odds(tokens: list[Token]) -> None:
    """Rather nothing than a guess."""
    assert odds_at(tokens, '"law"', Span(0, 5), ["law", "math"]) is None


def test_the_words_of_a_query_have_a_log_probability() -> None:
    """Of the tokens between its quotation marks, those that straddle one included."""
    tokens = [Token('{"q": "', -9.0), Token("a", -1.0), Token(" b", -2.0), Token('"}', -4.0)]
    assert logprob_of(tokens, '{"q": "a b"}', Span(6, 11)) == pytest.approx(-3.0)
    assert logprob_of(tokens, "something else", Span(0, 3)) is None


# Arguments ----------------------------------------------------------------------------------------------------------


def test_a_signature_as_a_schema() -> None:
    """Types by kind or default, choices, lists; optional ones may be null; results are not for the model to write."""
    schema = schema_of(SIGNATURE, longest=50, most=3)
    assert schema["required"] == ["day", "count", "names", "style", "sure", "share"]
    properties = schema["properties"]
    assert properties["day"]["format"] == "date"
    assert properties["count"]["anyOf"] == [{"type": "integer"}, {"type": "null"}]
    assert properties["names"]["items"] == {"type": "string", "maxLength": 50}
    assert properties["names"]["maxItems"] == 3
    assert properties["style"]["anyOf"][0]["enum"] == ["bar", "line"]
    assert properties["sure"]["anyOf"][0] == {"type": "boolean"}
    assert properties["share"]["anyOf"][0] == {"type": "number"}


def test_what_is_slightly_off_is_set_right() -> None:
    """Numbers in quotes, a single value for a list, choices in another case, nulls and empty optional ones."""
    written = {"day": "2024-05-03", "count": "7", "names": "a", "style": "BAR", "sure": "yes", "share": None}
    assert fitted(SIGNATURE, written) == {
        "day": "2024-05-03",
        "count": 7,
        "names": ["a"],
        "style": "bar",
        "sure": True,
    }
    assert fitted(SIGNATURE, {"names": [1, "b"], "count": 3.0, "style": ""}) == {"count": 3, "names": ["1", "b"]}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ([], "must be an object"),
        ({"dya": "x"}, "no argument 'dya'; did you mean 'day'"),
        ({"results": []}, "no argument 'results'"),
        ({"count": "many"}, 'count = "many" does not fit'),
        ({"count": 1.5}, "does not fit"),
        ({"count": True}, "does not fit"),
        ({"share": "1e999"}, "does not fit"),
        ({"style": "pie"}, "takes one of bar, line"),
        ({"day": {"year": 1}}, "does not fit"),
        ({"names": [["a"]]}, "does not fit"),
        ({"sure": "perhaps"}, "does not fit"),
    ],
)
def test_what_can_not_be_meant_is_refused(written: Any, words: str) -> None:
    """With the name, the value and what it takes."""
    with pytest.raises(ArgumentError, match=words):
        fitted(SIGNATURE, written)


@given(VALUES)
def test_any_json_is_fitted_or_refused(value: Any) -> None:
    """As a whole, and as the value of any parameter."""
    for written in (value, *({parameter.name: value} for parameter in SIGNATURE.parameters)):
        with suppress(ArgumentError):
            assert set(fitted(SIGNATURE, written)) <= {parameter.name for parameter in SIGNATURE.parameters}
