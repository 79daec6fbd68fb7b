"""The `text` catalog: where the text comes from, what is counted, found, weighed and changed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from octograph.graphs.errors import ArgumentError
from octograph.graphs.signature import Clues
from octograph.graphs.walk import Result
from octograph.nodes.folder import working_in
from octograph.nodes.tool import Tool
from octograph.nodes.tools import text as tools
from octograph.nodes.tools.prose.entities import entities_in
from octograph.nodes.tools.prose.language import sentences, syllables, tokens
from octograph.nodes.tools.prose.text_input import find_text_input
from octograph.planners.octopus.arguments import fill

SAMPLES = Path(__file__).parent.parent / "graphs" / "library" / "data"
NOTES = (SAMPLES / "notes.txt").read_text(encoding="utf-8")
REVIEW = (SAMPLES / "review.txt").read_text(encoding="utf-8")
READ = Result(NOTES, {"path": "notes.txt", "lines": 9}, "text")


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path) -> Iterator[Path]:
    """Text tools reach no files."""
    with working_in(tmp_path):
        yield tmp_path


def arguments(tool: Tool, request: str, *inputs: Result) -> dict[str, Any]:
    """What the planner fills a tool's parameters with."""
    return fill(tool.signature, request, inputs).arguments


def ask(tool: Tool, request: str, *inputs: Result) -> Result:
    """The tool's result for a request in words."""
    result = tool(**tool.check(arguments(tool, request, *inputs)))
    assert isinstance(result, Result)
    return result


# Where the text comes from ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ('summarize "One day. Two days."', "One day. Two days."),
        ("Summarize: One day. Two days.", "One day. Two days."),
        ("sentiment of 'it's not that bad, really'", "it's not that bad, really"),
        ("sentiment of “a fine day”", "a fine day"),
        ("keywords for «le vin rouge»", "le vin rouge"),
        ("how many letters are in 'strawberry'?", "strawberry"),
        ('count the words: he said "no" and left', 'he said "no" and left'),
        ("find links in: see http://a.example/b at 10:30", "see http://a.example/b at 10:30"),
        (
            "summarize this in one sentence: 'The dogs' bowl is empty. It is late.'",
            "The dogs' bowl is empty. It is late.",
        ),
        ("what is the sentiment of I really enjoyed the trip", "I really enjoyed the trip"),
        ("convert good morning world to upper case", "good morning world"),
        ("replace 'a' with 'b' in 'a cat and a dog'", "a cat and a dog"),
        ("multi line: first\nsecond", "first\nsecond"),
    ],
)
def test_the_text_is_found_in_the_request(request_: str, text: str) -> None:
    """Quoted, after a colon, or plainly after what is asked; the place found is the text itself."""
    mentions = list(find_text_input(request_, Clues()))
    best = max(mentions, key=lambda mention: mention.score)
    assert best.value == text
    assert request_[best.start : best.end] == text


@pytest.mark.parametrize(
    "request_",
    [
        "summarize notes.txt in two sentences",
        'summarize "notes.txt"',
        "what is the sentiment of it",
        "how many times does 'budget' appear in notes.txt",
        "keywords",
        "is it readable",
        'search the folder for the word "budget"',
        "",
    ],
)
def test_no_text_is_found_where_none_is_brought(request_: str) -> None:
    """A file has to be read first, and "it" needs an earlier result."""
    assert list(find_text_input(request_, Clues())) == []


def test_an_earlier_text_is_taken() -> None:
    """The latest text handed in is what "it" means, also when a word is quoted beside it."""
    number = Result("12", 12, "number")
    assert arguments(tools.summarize, "summarize it", Result("old"), READ)["text"] == NOTES
    assert arguments(tools.sentiment, "what is its mood", READ, number)["text"] == NOTES
    assert arguments(tools.count, 'how often does "garden" appear in it', READ) == {"text": NOTES, "word": "garden"}
    assert arguments(tools.summarize, "summarize notes.txt", READ)["text"] == NOTES


# What is asked for -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tool", "request_", "name", "value"),
    [
        (tools.summarize, "in two sentences", "sentences", 2),
        (tools.summarize, "a 3-sentence summary", "sentences", 3),
        (tools.summarize, "give me five short sentences about it", "sentences", 5),
        (tools.summarize, "sum it up in a sentence", "sentences", 1),
        (tools.summarize, "in a few lines please", "sentences", 3),
        (tools.keywords, "the 7 main topics", "n", 7),
        (tools.keywords, "top ten terms", "n", 10),
        (tools.keywords, "three most important words", "n", 3),
        (tools.count, "how many words", "what", ["words"]),
        (tools.count, "word count", "what", ["words"]),
        (tools.count, "number of characters without spaces", "what", ["characters without spaces"]),
        (tools.count, "sentences and lines", "what", ["sentences", "lines"]),
        (tools.count, "how many times does the word soil occur", "word", "soil"),
        (tools.count, "occurrences of garden", "word", "garden"),
        (tools.entities, "e-mail addresses and links", "which", ["email", "link"]),
        (tools.entities, "which URLs", "which", ["link"]),
        (tools.entities, "amounts of money and dates", "which", ["money", "date"]),
        (tools.entities, "telephone numbers", "which", ["phone"]),
        (tools.change, "put it in capital letters", "how", "upper"),
        (tools.change, "in lower case", "how", "lower"),
        (tools.change, "as Title Case", "how", "title"),
        (tools.change, "backwards", "how", "reverse"),
        (tools.change, "tidy up the extra spaces", "how", "clean"),
    ],
)
def test_wordings_of_what_is_wanted(tool: Tool, request_: str, name: str, value: Any) -> None:
    """The planner's filling of each parameter from words alone."""
    assert arguments(tool, request_, READ)[name] == value


def test_the_instruction_is_not_sought_inside_the_text() -> None:
    """Words of the text that look like instructions stay text."""
    filled = arguments(tools.count, 'how many words are in "count the lines and letters"')
    assert filled == {"text": "count the lines and letters", "what": ["words"]}
    assert arguments(tools.summarize, "summarize: He spoke in ten sentences. She listened.").get("sentences") is None


# What comes out --------------------------------------------------------------------------------------------------


def test_a_summary_is_made_of_sentences_of_the_text() -> None:
    """As many sentences as wanted, in their order, and neither the heading nor the address."""
    result = ask(tools.summarize, "Summarize notes.txt in three sentences", READ)
    found = sentences(NOTES)
    places = [found.index(sentence) for sentence in result.data["sentences"]]
    assert places == sorted(places)
    assert len(places) == 3
    assert "garden@" not in result.text
    assert "14 June" not in result.text


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (NOTES, "positive"),
        (REVIEW, "negative"),
        ("I love this kettle", "positive"),
        ("This is the worst service ever, I hate it", "negative"),
        ("The train leaves at nine.", "neutral"),
    ],
)
def test_the_mood_of_a_text(text: str, label: str) -> None:
    """A word and a score that agree."""
    result = tools.sentiment(text)
    assert result.data["label"] == label
    assert result.text == f"{label} ({result.data['score']:.2f})"
    assert -1 <= result.data["score"] <= 1


def test_keywords_tell_the_topic() -> None:
    """Function words, addresses and numbers are no keywords."""
    found = ask(tools.keywords, "five keywords", READ).data
    assert len(found) == 5
    assert any("garden" in word for word in found)
    assert not {"the", "and", "millstreet", "1,250.50"} & set(found)
    assert "electricity" in tools.keywords("Solar panels cut electricity bills, and electricity is dear").data


def test_readability_tells_easy_from_hard() -> None:
    """Short words in short sentences score higher than the language of offices."""
    easy = tools.readability("The cat sat on the mat. The dog ran to the park.").data
    hard = tools.readability(
        "Notwithstanding considerable administrative complications, the organization prioritizes interdisciplinary "
        "collaboration regarding environmental sustainability."
    ).data
    assert easy["reading_ease"] > 90 > 10 > hard["reading_ease"]
    assert easy["grade"] < 3 < 12 < hard["grade"]


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ('how many words are in "well-known facts, aren\'t they?"', "4"),
        ("count the letters in 'a1 b2'", "2"),
        ('characters in "naïve ☃"', "7"),
        ('how many characters without spaces has "a b c"', "3"),
        ("how many sentences: Dr. Smith paid $3.50. He left at 5 p.m. yesterday! Why?", "3"),
        ("how many times does cat occur in: Cat, cats and the cat", "2"),
        ("number of words in '日本語 is fun'", "5"),
    ],
)
def test_counts(request_: str, answer: str) -> None:
    """One count is one number, ready to be reckoned with."""
    result = ask(tools.count, request_)
    assert (result.text, result.kind) == (answer, "number")


def test_all_counts_together() -> None:
    """Without a wish there is an overview; an empty text counts nothing."""
    assert ask(tools.count, "how long is it", READ).text == "215 words, 17 sentences, 1265 characters, 9 lines"
    assert tools.count("", ["words"]).text == "0"


def test_entities_of_the_notes() -> None:
    """Each sort of thing once, and digits that belong to something else are no phone number."""
    found = {(entity.kind, entity.text) for entity in entities_in(NOTES)}
    assert found == {
        ("date", "14 June 2024"),
        ("money", "$1,250.50"),
        ("email", "garden@millstreet.example"),
        ("phone", "+44 20 7946 0018"),
        ("link", "https://millstreet.example/garden"),
        ("hashtag", "#communitygarden"),
    }


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("email", "Mail a.b+c@sub.example.org, or (d@e.co).", ["a.b+c@sub.example.org", "d@e.co"]),
        ("email", "not@an, nor @handle or a@b", []),
        (
            "link",
            "See https://x.example/a_(b)?c=1, www.y.example/z.",
            ["https://x.example/a_(b)?c=1", "www.y.example/z"],
        ),
        ("money", "It cost €5, 12.50 euros, USD 1,000 or 3 million dollars, 20 apples", None),
        ("date", "On 2024-03-05, 5 March 2024, March 6, 2024 or 7/3/2024", None),
        ("phone", "Ring (030) 1234-567 or 555-123-4567; order 12345, year 2024", ["(030) 1234-567", "555-123-4567"]),
        ("hashtag", "#sun and #été2024 but C# or a#b not", ["#sun", "#été2024"]),
        ("mention", "thanks @ada_l and x@y.example", ["@ada_l"]),
    ],
)
def test_each_kind_of_entity(kind: str, text: str, found: list[str] | None) -> None:
    """What is one, and what only looks like one."""
    result = [entity.text for entity in entities_in(text, [kind])]
    if found is None:
        assert len(result) == 4
    else:
        assert result == found


def test_nothing_found_is_said() -> None:
    """The answer names what was looked for."""
    assert ask(tools.entities, "find phone numbers in: no digits here").text == "no phone numbers found"


@pytest.mark.parametrize(
    ("request_", "changed"),
    [
        ("write 'straße' in capital letters", "STRASSE"),
        ('title case: "the o\'neill story"', "The O'neill Story"),
        ("sentence case of 'HELLO THERE. HOW ARE YOU?'", "Hello there. How are you?"),
        ("reverse 'drawer'", "reward"),
        ("clean up 'too   many \t blanks  '", "too many blanks"),
        ("replace 'cat' with 'dog' in 'Cat, concat, cat.'", "Dog, concat, dog."),
        ("change every tea to coffee in: tea at five", "coffee at five"),
        ("replace 'a.c' with '\\1' in 'abc a.c'", "abc \\1"),
    ],
)
def test_changes_of_a_text(request_: str, changed: str) -> None:
    """Letters and words are changed as said, and as they stand: no pattern language inside."""
    tool = tools.replace if request_.startswith(("replace", "change")) else tools.change
    assert ask(tool, request_).text == changed


@pytest.mark.parametrize("tool", [tools.summarize, tools.keywords, tools.sentiment, tools.readability, tools.entities])
def test_an_empty_or_endless_text_is_refused(tool: Tool) -> None:
    """With a message, before any work is done."""
    with pytest.raises(ArgumentError, match="empty"):
        tool("  \n ")
    with pytest.raises(ArgumentError, match="characters"):
        tool("x" * 2_000_001)


@pytest.mark.parametrize("text", ["....", "¿?", "a", "1 2 3", "\x00\ufffd", "🙂🙂", "- \n- \n-", "A.B.C.D", "e.g."])
def test_odd_texts_stop_nothing(text: str) -> None:
    """Texts without words, sentences or sense give an answer or a message of ours."""
    for tool in (tools.summarize, tools.keywords, tools.sentiment, tools.count, tools.entities):
        assert isinstance(tool(text), Result)
    if any(map(str.isalpha, text)):
        assert isinstance(tools.readability(text), Result)
    else:
        with pytest.raises(ArgumentError, match="no words"):
            tools.readability(text)


# Properties ------------------------------------------------------------------------------------------------------

PIECES = ("Dr. Who came.", "no end", "It is 3.5 m!", "a@b.example", "$5,000", "\n\n", "- x\n")
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))


@settings(max_examples=80, deadline=None)
@given(TEXTS)
def test_sentences_are_parts_of_the_text(text: str) -> None:
    """Nothing is invented, repeated or put in another order, and no word is lost."""
    flat = "".join(text.split())
    at = 0
    for sentence in sentences(text):
        bare = "".join(sentence.split())
        at = flat.index(bare, at) + len(bare)
    assert sum(len(tokens(sentence)) for sentence in sentences(text)) == len(tokens(text))


@settings(max_examples=60, deadline=None)
@given(TEXTS.filter(lambda text: bool(text.strip())), st.integers(1, 6))
def test_summaries_hold_no_more_than_is_wanted(text: str, count: int) -> None:
    """At most that many sentences, each one of the text's own."""
    chosen = tools.summarize(text, count).data["sentences"]
    assert len(chosen) <= count
    assert set(chosen) <= set(sentences(text))


@settings(max_examples=80, deadline=None)
@given(TEXTS)
def test_entities_lie_where_they_say(text: str) -> None:
    """Places index the text, and none overlaps another."""
    end = 0
    for entity in entities_in(text):
        assert text[entity.start : entity.end] == entity.text
        assert entity.start >= end
        end = entity.end


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=120), st.booleans())
@example("count: '", True)
@example('summarize "', False)
@example("replace '' with ''", False)
@example(":: : :", True)
def test_finders_never_fail_and_their_places_lie_in_the_text(text: str, read: bool) -> None:
    """Whatever the text, each finder gives places inside it."""
    clues = Clues((READ,) if read else ())
    for tool in vars(tools).values():
        for parameter in tool.signature.parameters if isinstance(tool, Tool) else ():
            assert parameter.kind.find is not None
            for mention in parameter.kind.find(text, clues):
                assert 0 <= mention.start <= mention.end <= len(text)


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"[A-Za-z]{1,20}", fullmatch=True))
def test_every_word_has_a_syllable(word: str) -> None:
    """At least one, and no more than it has letters."""
    assert 1 <= syllables(word) <= len(word)


def test_known_syllables() -> None:
    """The counts of plain words, on which the reading ease rests."""
    expected = {"cat": 1, "table": 2, "created": 3, "happy": 2, "rhythm": 1, "readability": 5, "wanted": 2, "moved": 1}
    assert sum(syllables(word) == count for word, count in expected.items()) >= len(expected) - 1


def test_examples_are_the_tools_own() -> None:
    """Each tool brings eight or more wordings, and none is shared."""
    made = [value for value in vars(tools).values() if isinstance(value, Tool)]
    wordings = [wording for tool in made for wording in tool.examples]
    assert all(len(tool.examples) >= 8 for tool in made)
    assert len(set(wordings)) == len(wordings)
    assert math.isclose(sum(map(len, wordings)) / len(wordings), 38, abs_tol=14)
