"""What a functional Octopus is shown: the template around the request, the walk so far, never more than has room."""

from __future__ import annotations

import pytest
import small_models
from functional_tokenizers import TOKENIZERS, byte_level
from hypothesis import given, settings
from hypothesis import strategies as st

from octograph.graphs.errors import InputError
from octograph.models.pieces import Piece, shown
from octograph.models.spelling import Spelling
from octograph.planners.octopus.functional.output import FunctionCall
from octograph.planners.octopus.functional.prompting import LONGEST_RESULT, Done, Template

FAMILIES = pytest.mark.parametrize("family", TOKENIZERS)


def test_the_request_stands_in_the_template() -> None:
    """Only the template's own words may hold tokens."""
    assert Template("<nexa_0>Q: {query}\nA:").prompt("{query} <nexa_0>") == (
        Piece("<nexa_0>Q: ", ours=True),
        Piece("{query} <nexa_0>"),
        Piece("\nA:", ours=True),
    )


def test_the_walk_so_far_is_shown_with_the_tokens_of_its_nodes() -> None:
    """Each call that was made is written as it was, with what came of it; results handed in come first."""
    done = [Done(FunctionCall("<nexa_1>", "a"), "first"), Done(FunctionCall("<nexa_0>", arguments={"x": 1}), "second")]
    pieces = Template("{query}\nCall:").prompt("q", done, ["given"])
    assert shown(pieces) == (
        "q\nGiven: given\nDone: <nexa_1>('a')\nResult: first\nDone: <nexa_0>({\"x\": 1})\nResult: second\nCall:"
    )
    assert {piece.text for piece in pieces if not piece.ours} == {
        "q",
        "given",
        "('a')",
        "first",
        '({"x": 1})',
        "second",
    }


def test_a_long_result_is_shown_by_its_beginning_and_end() -> None:
    """A table of a thousand lines leaves room for the request."""
    shown_result = shown(Template().prompt("q", [Done(FunctionCall("<nexa_1>", "a"), "x" * 5000 + "end")]))
    assert len(shown_result) < LONGEST_RESULT + 100
    assert "xend" in shown_result


@pytest.mark.parametrize("text", ["no place", "{query} twice {query}", ""])
def test_a_template_without_one_place_for_the_request_is_refused(text: str) -> None:
    """Else the Octopus would choose without having read the request."""
    with pytest.raises(InputError, match=r"must have \{query\} in it, once"):
        Template(text)


def test_the_chat_template_of_the_tokenizer_is_used_where_asked() -> None:
    """The request is what the user says, and stays plain text there too."""
    tokenizer = small_models.small_tokenizer(chat=True)
    template = Template("Route: {query}", chat=True).as_chat(tokenizer)
    assert shown(template.prompt("hello")) == "<s><user>Route: hello</s><assistant>"
    ids = Spelling(tokenizer).prompt(template.prompt("</s>"))
    assert (ids.count(tokenizer.bos_token_id), ids.count(tokenizer.eos_token_id)) == (1, 1)


def test_chat_without_a_chat_template_is_an_error() -> None:
    """Where the tokenizer brings none, it is not made up."""
    with pytest.raises(InputError, match="it has none; leave chat out"):
        Template(chat=True).as_chat(byte_level())


@FAMILIES
def test_a_prompt_is_spelled_as_the_whole_text_would_be(family: str) -> None:
    """The seams between template and request leave no trace in the tokens, so weights see what they were trained on."""
    tokenizer = TOKENIZERS[family]()
    prompt = Spelling(tokenizer).prompt(Template().prompt("Which country has the longest coast?"))
    assert prompt == tokenizer("Request: Which country has the longest coast?\nCall:")["input_ids"]
    after_token = Spelling(tokenizer).prompt(Template("<nexa_0>{query}<nexa_1>").prompt("Which country"))
    assert after_token == tokenizer("<nexa_0>Which country<nexa_1>")["input_ids"]


@FAMILIES
@settings(max_examples=60, deadline=None)
@given(
    request_text=st.text(st.characters(exclude_categories=["Cs"]), max_size=400),
    result=st.text(max_size=400).map(lambda text: text.encode(errors="ignore").decode()),
    room=st.integers(90, 200),
)
def test_a_prompt_never_takes_more_than_its_room(family: str, request_text: str, result: str, room: int) -> None:
    """Of what is too long the middle goes; the template stays whole."""
    spell = Spelling(TOKENIZERS[family]())
    done = [Done(FunctionCall("<nexa_1>", request_text), result)]
    ids = spell.prompt(Template("{query}\nCall:<nexa_0>").prompt(request_text, done), room)
    assert len(ids) <= room
    assert ids[: len(spell.begin)] == spell.begin
    assert ids[-1] == spell.id_of("<nexa_0>")
    assert "Result:" in spell.text(ids)


def test_a_long_request_keeps_its_beginning_and_its_end() -> None:
    """A question asked before or after a long text is still there."""
    spell = Spelling(byte_level())
    text = "First this. " + "middle " * 50_000 + "Last that?"
    ids = spell.prompt(Template().prompt(text), 60)
    assert len(ids) == 60
    assert "First this." in spell.text(ids)
    assert "Last that?" in spell.text(ids)


def test_a_template_longer_than_the_model_reads_is_an_error() -> None:
    """Nothing of the request could be shown."""
    with pytest.raises(InputError, match="leaves no room"):
        Spelling(byte_level()).prompt(Template("word " * 100 + "{query}").prompt("q"), 50)
