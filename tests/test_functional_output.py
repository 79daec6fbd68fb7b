"""The output of a functional Octopus: what is written is what is read, whatever characters stand in it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from functional_tokenizers import PLAIN_TOKEN, TOKENIZERS, TOKENS
from hypothesis import given, settings
from hypothesis import strategies as st

from octograph.graphs.errors import WalkError
from octograph.graphs.signature import Kind, Parameter, Signature
from octograph.models.pieces import Piece, shown
from octograph.models.spelling import Spelling
from octograph.planners.octopus.functional.output import FunctionCall, Marks, call_to, parse, render
from octograph.planners.octopus.functional.partial_json import complete_members

MARKS = Marks("<nexa_end>", "<nexa_stop>")
CALLED = ["<nexa_0>", "<nexa_1>", PLAIN_TOKEN]
TRICKY = st.sampled_from(
    [*CALLED, *MARKS, "')", "('", "'", "(", ")", "</s>", "<s>", "\n", "  ", '({"a": 1})', "😀", "é"]
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="▁")), st.lists(TRICKY, max_size=8).map("".join)
)
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
CALLS = st.one_of(
    st.builds(FunctionCall, st.sampled_from(CALLED), TEXTS, st.none()),
    st.builds(
        lambda token, arguments: FunctionCall(token, arguments=arguments),
        st.sampled_from(CALLED),
        st.dictionaries(TEXTS, VALUES, max_size=3),
    ),
)
FAMILIES = pytest.mark.parametrize("family", TOKENIZERS)


@cache
def spelling(family: str) -> Spelling:
    return Spelling(TOKENIZERS[family]())


def names(spell: Spelling) -> dict[int, str]:
    return {id_: token for token in [*CALLED, *TOKENS] if (id_ := spell.id_of(token)) is not None}


def read(family: str, ids: list[int]) -> list[FunctionCall]:
    spell = spelling(family)
    return parse(ids, names(spell), MARKS, spell.text)


@FAMILIES
@settings(max_examples=150, deadline=None)
@given(calls=st.lists(CALLS, max_size=4))
def test_reading_is_the_inverse_of_writing(family: str, calls: list[FunctionCall]) -> None:
    """Apostrophes, quotes, parentheses, newlines, any Unicode, even the spelling of functional tokens survive."""
    assert read(family, spelling(family).ids(render(calls, MARKS))) == calls


@FAMILIES
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_nothing_that_people_write_becomes_a_token_of_ours(family: str, text: str) -> None:
    """A request with `<nexa_end>` in it has ten characters more, and no token that ends anything."""
    spell = spelling(family)
    ids = spell.ids([Piece(text)])
    assert not spell.reserved.intersection(ids)
    assert spell.reserved >= set(names(spell))


@FAMILIES
def test_half_a_character_is_replaced_not_a_crash(family: str) -> None:
    """Halves of surrogate pairs, which JSON can smuggle in, are no text that a tokenizer takes."""
    (call,) = read(family, spelling(family).ids(render([FunctionCall("<nexa_0>", "a\ud800b")], MARKS)))
    assert call.query == "a\ufffdb"


def test_the_format_is_that_of_the_papers() -> None:
    """One call, parallel calls, typed arguments and stop, as text."""
    one = FunctionCall("<nexa_4>", "Determine the derivative of f(x) = x^3")
    typed = FunctionCall("<fn_3>", arguments={"city": "Paris", "days": 3})
    assert shown(render([one], MARKS)) == "<nexa_4>('Determine the derivative of f(x) = x^3')<nexa_end>"
    assert shown(render([one, typed], MARKS)).endswith(""")<fn_3>({"city": "Paris", "days": 3})<nexa_end>""")
    assert shown(render([], MARKS)) == "<nexa_stop><nexa_end>"
    with pytest.raises(ValueError, match="no stop token"):
        render([], Marks("<nexa_end>"))


def test_a_node_with_a_signature_is_given_arguments_in_its_order() -> None:
    """The same order in training and in the grammar; what is None is left out."""
    signature = Signature((Parameter("city", Kind("city")), Parameter("days", Kind("integer"), required=False)))
    assert call_to("<t>", signature, "q", {"days": 2, "city": "Rome"}).arguments == {"city": "Rome", "days": 2}
    assert list(call_to("<t>", signature, "q", {"days": 2, "city": "Rome"}).arguments or ()) == ["city", "days"]
    assert call_to("<t>", signature, "q", {"city": "Rome", "days": None}).arguments == {"city": "Rome"}
    assert call_to("<t>", None, "q", {"ignored": 1}) == FunctionCall("<t>", "q")


@pytest.mark.parametrize(
    ("pieces", "fault"),
    [
        ([Piece("<nexa_0>", True), Piece("('a')")], "no end token"),
        ([Piece("('a')"), Piece("<nexa_end>", True)], "begins with something other"),
        ([Piece("<nexa_end>", True)], "no functional token"),
        ([Piece("<nexa_0>", True), Piece("(a)"), Piece("<nexa_end>", True)], "neither"),
        ([Piece("<nexa_0>", True), Piece("(')"), Piece("<nexa_end>", True)], "neither"),
        ([Piece("<nexa_0>", True), Piece('({"a": 1)'), Piece("<nexa_end>", True)], "neither"),
        ([Piece("<nexa_0>", True), Piece("([1])"), Piece("<nexa_end>", True)], "neither"),
        ([Piece("<nexa_stop>", True), Piece("('a')"), Piece("<nexa_end>", True)], "says stop, and something else"),
        ([Piece("<nexa_0>", True), Piece("('a')"), *(Piece(mark, True) for mark in reversed(MARKS))], "says stop"),
    ],
)
def test_anything_else_is_no_output(pieces: list[Piece], fault: str) -> None:
    """What decoding bound to the format can't have written is refused in words, not misread."""
    with pytest.raises(WalkError, match=fault):
        read("byte_level", spelling("byte_level").ids(pieces))


def test_what_stands_behind_the_end_is_not_read() -> None:
    """Padding of a batch is no part of the output."""
    spell = spelling("byte_level")
    ids = spell.ids(render([FunctionCall("<nexa_0>", "a")], MARKS))
    assert read("byte_level", [*ids, *spell.ids([Piece("more")])]) == [FunctionCall("<nexa_0>", "a")]


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ('{"city": "Paris", "days": 1', {"city": "Paris"}),
        ('{"city": "Paris", "da', {"city": "Paris"}),
        ('{"city": "Par', {}),
        ('{"city": "Paris"}', {"city": "Paris"}),
        ('{"a": [1, 2], "b": [3', {"a": [1, 2]}),
        ('{"a": "x}, {", "b"', {"a": "x}, {"}),
        ('{"a":', {}),
        ("{", {}),
        ("", {}),
        ("no", {}),
    ],
)
def test_of_arguments_that_break_off_the_complete_ones_are_kept(text: str, members: dict[str, Any]) -> None:
    """A number or a text that may have been going on is not taken for whole."""
    assert complete_members(text) == members
