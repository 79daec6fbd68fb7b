"""The `text` catalog: summary, keywords, sentiment, readability, counts, entities, and changes of letters and words."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any, Literal

from ...graphs.errors import ArgumentError, MissingExtra
from ...graphs.signature import Kind
from ...graphs.walk import Result
from ..tool import tool
from .prose.entities import KINDS, entities_in
from .prose.language import plain_words, sentences, syllables, tokens
from .prose.summarizing import central_sentences, key_phrases
from .prose.text_input import find_text_input
from .prose.text_words import (
    find_changes,
    find_counted_words,
    find_counts_wanted,
    find_entity_kinds,
    find_keyword_counts,
    find_new,
    find_old,
    find_sentence_counts,
)

Counted = Literal["words", "sentences", "characters", "characters without spaces", "letters", "lines", "paragraphs"]
EntityKind = Literal["email", "link", "money", "date", "phone", "hashtag", "mention"]
Change = Literal["upper", "lower", "title", "sentence", "reverse", "clean"]
Text = Annotated[str, Kind("text-input", find=find_text_input), "a text: quoted, after a colon, or from a file"]
TextResult = Annotated[Result, Kind("text")]
_LONGEST = 2_000_000
_EASE = ((90, "very easy"), (80, "easy"), (70, "fairly easy"), (60, "plain English"), (50, "fairly difficult"))


@tool(
    "text.summarize",
    examples=[
        "Summarize notes.txt in two sentences",
        "summarize this text: The committee met on Monday. It agreed on a date. Nobody objected.",
        "give me a short summary of report.txt",
        "make a summary of letter.txt",
        "what is article.txt about, in one sentence?",
        "sum up the letter in three sentences",
        "boil it down to a sentence",
        "the gist of minutes.txt please",
        "make this shorter: ...",
        "main points of the document",
    ],
)
def summarize(
    text: Text,
    sentences: Annotated[int, Kind("sentence-count", find=find_sentence_counts), "a number of sentences"] = 2,
) -> TextResult:
    """Summarizes a text by its most central sentences, two unless another number is said."""
    chosen = central_sentences(_checked(text), min(max(sentences, 1), 50))
    return Result(" ".join(chosen), {"sentences": chosen}, "text")


@tool(
    "text.keywords",
    examples=[
        "keywords of notes.txt",
        "what are the five most important words in article.txt?",
        'extract key terms from "Solar roofs make cheap power for schools"',
        "which topics does report.txt deal with",
        "tags for this blog post: ...",
        "top 10 keywords in it",
        "list the main themes of the text",
        "key phrases in speech.txt",
    ],
)
def keywords(
    text: Text, n: Annotated[int, Kind("keyword-count", find=find_keyword_counts), "a number of keywords"] = 5
) -> TextResult:
    """Finds the keywords of a text: its most telling words and phrases."""
    found = key_phrases(_checked(text), min(max(n, 1), 100))
    return Result(", ".join(found) or "no keywords", found, "text")


@tool(
    "text.sentiment",
    examples=[
        "what is the sentiment of feedback.txt",
        "tell me letter.txt's sentiment",
        "is this review positive or negative: 'The soup was cold and the waiter rude'",
        "tell me its mood",
        "does the letter sound happy or angry?",
        "how does the customer in mail.txt feel",
        'sentiment analysis of "I love it"',
        "tone of the message",
        "is the comment friendly or hostile",
        "emotional score of the text",
    ],
)
def sentiment(text: Text) -> TextResult:
    """Tells whether a text sounds positive, negative or neutral, with a score from -1 to 1."""
    scores = [_mood(sentence) for sentence in sentences(_checked(text))[:2000]]
    telling = [score for score in scores if abs(score) >= 0.05]
    score = round(sum(telling) / len(telling), 2) if telling else 0.0
    label = "positive" if score >= 0.05 else "negative" if score <= -0.05 else "neutral"
    data = {
        "label": label,
        "score": score,
        "sentences": len(scores),
        "positive": sum(one >= 0.05 for one in scores),
        "negative": sum(one <= -0.05 for one in scores),
    }
    return Result(f"{label} ({score:.2f})", data, "text")


@tool(
    "text.readability",
    examples=[
        "how easy is notes.txt to read",
        "readability score of article.txt",
        "Flesch reading ease of this paragraph: ...",
        "what school grade is the text written for?",
        "is contract.txt hard to understand",
        "reading level of the essay",
        "how complicated is the language in it",
        "how difficult is it to read",
    ],
)
def readability(text: Text) -> TextResult:
    """Measures how easy an English text is to read: Flesch reading ease and Flesch-Kincaid school grade."""
    words = plain_words(_checked(text))
    if not words:
        raise ArgumentError("the text has no words, so its readability can't be measured")
    per_sentence = len(words) / max(1, len(sentences(text)))
    per_word = sum(map(syllables, words)) / len(words)
    ease = round(206.835 - 1.015 * per_sentence - 84.6 * per_word, 1)
    grade = round(max(0.0, 0.39 * per_sentence + 11.8 * per_word - 15.59), 1)
    label = next((label for least, label in _EASE if ease >= least), "difficult" if ease >= 30 else "very difficult")
    data = {
        "reading_ease": ease,
        "label": label,
        "grade": grade,
        "words_per_sentence": round(per_sentence, 1),
        "syllables_per_word": round(per_word, 2),
    }
    return Result(f"{label} to read (Flesch reading ease {ease:g}, school grade {grade:g})", data, "text")


@tool(
    "text.count",
    examples=[
        "how many words are in notes.txt?",
        'count the characters in "hello world"',
        "number of sentences in report.txt",
        "word count of the essay",
        "how many lines does log.txt have",
        "how often does the word budget appear in minutes.txt",
        "how long is the text",
        "count letters: banana",
        "number of paragraphs in it",
        "how many times is 'please' used in letter.txt",
    ],
)
def count(
    text: Text,
    what: Annotated[list[Counted], Kind("counted", find=find_counts_wanted)] = [],  # noqa: B006
    word: Annotated[str | None, Kind("counted-word", find=find_counted_words)] = None,
) -> TextResult:
    """Counts the words, sentences, characters, letters, lines or paragraphs of a text, or how often a word occurs."""
    text = _checked(text, empty=True)
    if word:
        times = len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE))
        return Result(str(times), times, "number")
    counts = _counts(text)
    if len(what) == 1:
        return Result(str(counts[what[0]]), counts[what[0]], "number")
    wanted = what or ["words", "sentences", "characters", "lines"]
    shown = {name: counts[name] for name in wanted}
    return Result(", ".join(f"{number} {_noun(name, number)}" for name, number in shown.items()), shown, "text")


@tool(
    "text.entities",
    examples=[
        "find the email addresses in notes.txt",
        "extract all links from page.txt",
        "which amounts of money are mentioned in invoice.txt?",
        "list the dates in: We meet on 3 May 2024 and again on 5 June 2024",
        "phone numbers in contacts.txt",
        "pull out hashtags from 'nice day #sun #beach'",
        "get the urls out of it",
        "what e-mails and phone numbers does the letter contain",
        "contact details in the text",
    ],
)
def entities(
    text: Text,
    which: Annotated[list[EntityKind], Kind("entity-kind", find=find_entity_kinds)] = [],  # noqa: B006
) -> TextResult:
    """Extracts e-mail addresses, links, amounts of money, dates, phone numbers and hashtags from a text."""
    found = entities_in(_checked(text), which or KINDS)
    data = [{"kind": entity.kind, "text": entity.text} for entity in found]
    if not found:
        wanted = (
            " or ".join(_PLURALS[kind] for kind in which) or "e-mail addresses, links, amounts, dates or phone numbers"
        )
        return Result(f"no {wanted} found", data, "text")
    lines = [entity.text if len(which) == 1 else f"{entity.kind}: {entity.text}" for entity in found]
    return Result("\n".join(lines), data, "text")


@tool(
    "text.change",
    examples=[
        "make 'hello world' uppercase",
        "convert notes.txt to lower case",
        'title case: "the old man and the sea"',
        "write it in capital letters",
        "reverse the word 'stressed'",
        "turn the result into all caps",
        "remove extra spaces from 'too   many   blanks'",
        "capitalize each word of 'new york city'",
        "clean up the whitespace in it",
    ],
)
def change(
    text: Text, how: Annotated[Change, Kind("text-change", find=find_changes), "upper, lower, title, ..."]
) -> TextResult:
    """Changes the letters of a text: upper, lower, title or sentence case, reversed, or cleaned of extra blanks."""
    text = _checked(text, empty=True)
    return Result(_CHANGED[how](text), None, "text")


@tool(
    "text.replace",
    examples=[
        "replace 'cat' with 'dog' in 'the cat sat on the mat'",
        "change every Monday to Tuesday in notes.txt",
        "substitute color by colour in it",
        "replace the word foo with bar in: foo is not food",
        "swap 'tea' for 'coffee' in the text",
        "replace all occurrences of draft with final in report.txt",
        "put 'Ms' wherever 'Miss' stands",
        "exchange euro for dollar in the summary",
    ],
)
def replace(
    text: Text,
    old: Annotated[str, Kind("replaced", find=find_old), "the words to replace"],
    new: Annotated[str, Kind("replacement", find=find_new), "the words to put instead"],
) -> TextResult:
    """Replaces a word or phrase by another wherever it stands in a text."""
    text = _checked(text)
    if not old:
        raise ArgumentError("nothing to replace: say for example replace 'cat' with 'dog'")
    changed, times = re.subn(
        rf"(?<!\w){re.escape(old)}(?!\w)", lambda match: _in_case_of(match.group(), new), text, flags=re.I
    )
    return Result(changed, {"replaced": times}, "text")


def _checked(text: str, *, empty: bool = False) -> str:
    if len(text) > _LONGEST:
        raise ArgumentError(f"the text has {len(text):,} characters; texts of up to {_LONGEST:,} are worked on")
    if not empty and not text.strip():
        raise ArgumentError("the text is empty")
    return text


def _mood(sentence: str) -> float:
    return float(_analyzer().polarity_scores(sentence[:2000])["compound"])


@cache
def _analyzer() -> Any:
    try:
        from vaderSentiment.vaderSentiment import (  # type: ignore[import-untyped]  # it has no types
            SentimentIntensityAnalyzer,
        )
    except ImportError as error:
        raise MissingExtra("Sentiment", "tools", "vaderSentiment") from error
    return SentimentIntensityAnalyzer()


def _counts(text: str) -> dict[str, int]:
    text = text.removesuffix("\n")
    return {
        "words": len(tokens(text)),
        "sentences": len(sentences(text)),
        "characters": len(text),
        "characters without spaces": sum(not character.isspace() for character in text),
        "letters": sum(map(str.isalpha, text)),
        "lines": len(text.splitlines()),
        "paragraphs": sum(bool(part.strip()) for part in re.split(r"\n\s*\n", text)),
    }


def _noun(name: str, number: int) -> str:
    return name.replace("characters", "character").removesuffix("s") if number == 1 and " " not in name else name


def _sentence_case(text: str) -> str:
    return re.sub(r"(^|[.!?]\s+)([^\W\d_])", lambda match: match.group(1) + match.group(2).upper(), text.lower())


def _title_case(text: str) -> str:
    return re.sub(
        r"[^\W\d_]+(?:['’][^\W\d_]+)*", lambda match: match.group()[0].upper() + match.group()[1:].lower(), text
    )


def _cleaned(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _in_case_of(old: str, new: str) -> str:
    """The replacement, with a capital where the replaced word began with one."""
    return new[:1].upper() + new[1:] if old[:1].isupper() and new.islower() else new


_CHANGED = {
    "upper": str.upper,
    "lower": str.lower,
    "title": _title_case,
    "sentence": _sentence_case,
    "reverse": lambda text: text[::-1],
    "clean": _cleaned,
}
_PLURALS = {
    "email": "e-mail addresses",
    "link": "links",
    "money": "amounts of money",
    "date": "dates",
    "phone": "phone numbers",
    "hashtag": "hashtags",
    "mention": "handles",
}
