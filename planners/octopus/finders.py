"""Finds values of everyday kinds in a request: numbers, files, quoted text, addresses, choices, yes and no."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from ...graphs.signature import Clues, Finder, Mention, Parameter
from .moments import find_dates, find_datetimes, find_durations, find_times

_NUMBER = re.compile(
    r"(?<![\w.,/])(?P<sign>[-+−]\s?)?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?(?P<exponent>[eE][-+]?\d+)?"
    r"(?P<scale>\s?(?:thousand|million|billion|k|m|bn)\b)?(?P<percent>\s?%)?(?![\w/]|[.,]\d)",
    re.IGNORECASE,
)
_SCALES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
_WORD_NUMBERS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100}
_WORD_NUMBER = re.compile(r"\b(?:" + "|".join(_WORD_NUMBERS) + r")\b(?!\s+(?:of|more|thing))", re.IGNORECASE)
_QUOTED = re.compile(
    r"\"(?P<double>[^\"\n]*)\"|“(?P<curly>[^“”\n]*)”|«(?P<angle>[^«»\n]*)»|`(?P<code>[^`]*)`"
    r"|(?<![\w])'(?P<single>(?:[^'\n]|(?<=\w)'(?=\w))+)'(?!\w)|‘(?P<bent>(?:[^‘’\n]|(?<=\w)’(?=\w))+)’"
)
_FILE = re.compile(
    r"(?<![\w./\\@\-])(?:[\w\-]+[/\\])*[\w\-]+(?:\.[\w\-]+)*\.(?P<suffix>[A-Za-z][A-Za-z0-9]{0,7})\b(?![(@\w])"
)
_NOT_SUFFIXES = frozenset("com org net edu gov io ai de uk fr eu e g i".split())
ALIKE = 0.84
"""Likeness, by `difflib`, from which a word is a misspelled choice."""
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b")
_URL = re.compile(r"\bhttps?://[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+")
_PAYLOAD = re.compile(r"(?<!\d):\s+(?P<text>\S.*)$", re.DOTALL)


def find_numbers(text: str, clues: Clues) -> Iterable[Mention]:
    """Numbers in digits ("1,250.50", "3k", "15%": 15) and in words up to twenty, tens and hundred."""
    for match in _NUMBER.finditer(text):
        value = float(match["whole"].replace(",", "") + (match["fraction"] or "") + (match["exponent"] or ""))
        value *= _SCALES.get((match["scale"] or "").strip().lower(), 1)
        negative = (match["sign"] or "").strip() in ("-", "−")
        yield Mention(match.start(), match.end(), _tidy(-value if negative else value))
    for match in _WORD_NUMBER.finditer(text):
        yield Mention(match.start(), match.end(), _WORD_NUMBERS[match.group().lower()], 0.8)


def find_integers(text: str, clues: Clues) -> Iterable[Mention]:
    """The numbers that are whole."""
    return (mention for mention in find_numbers(text, clues) if float(mention.value).is_integer())


def find_quoted(text: str, clues: Clues) -> Iterable[Mention]:
    """Strings between quotation marks of any style, without the marks."""
    for match in _QUOTED.finditer(text):
        yield Mention(match.start(), match.end(), next(group for group in match.groups() if group is not None))


def find_files(text: str, clues: Clues) -> Iterable[Mention]:
    """File names: a word with a suffix such as notes.txt or data/sales.csv, also between quotes."""
    quoted = [mention for mention in find_quoted(text, clues) if _FILE.search(" " + mention.value)]
    for mention in quoted:
        match = _FILE.search(mention.value)
        if match and match.end() == len(mention.value) and len(mention.value) < 80:
            yield Mention(mention.start, mention.end, mention.value)
    inside = [(mention.start, mention.end) for mention in find_quoted(text, clues)]
    for match in _FILE.finditer(text):
        if match["suffix"].lower() in _NOT_SUFFIXES or any(a <= match.start() < b for a, b in inside):
            continue
        yield Mention(match.start(), match.end(), match.group())


def find_emails(text: str, clues: Clues) -> Iterable[Mention]:
    return (Mention(match.start(), match.end(), match.group()) for match in _EMAIL.finditer(text))


def find_urls(text: str, clues: Clues) -> Iterable[Mention]:
    return (Mention(match.start(), match.end(), match.group().rstrip(".,;!?")) for match in _URL.finditer(text))


def find_texts(text: str, clues: Clues) -> Iterable[Mention]:
    """Text to work on: quoted, or what follows a colon at the end of the request."""
    quoted = list(find_quoted(text, clues))
    yield from quoted
    payload = _PAYLOAD.search(text)
    if payload and not any(
        mention.start < payload.end("text") and payload.start("text") < mention.end for mention in quoted
    ):
        yield Mention(payload.start("text"), payload.end("text"), payload["text"].strip(), 0.7)


def find_choices(text: str, parameter: Parameter) -> Iterable[Mention]:
    """The permitted values named in the text: as they are written, in another form, or lightly misspelled."""
    for match in re.finditer(r"[^\W_]+(?:[-'][^\W_]+)*", text):
        word = match.group().lower()
        for choice in parameter.choices:
            plain = choice.lower().replace("_", " ")
            if word == plain:
                yield Mention(match.start(), match.end(), choice)
            elif len(word) > 3 and stem(word) == stem(plain):
                yield Mention(match.start(), match.end(), choice, 0.9)
            elif len(word) > 4 and _alike(word, plain):
                yield Mention(match.start(), match.end(), choice, 0.6)
    for choice in parameter.choices:
        plain = choice.lower().replace("_", " ")
        if " " in plain:
            for match in re.finditer(rf"\b{re.escape(plain)}\b", text, re.IGNORECASE):
                yield Mention(match.start(), match.end(), choice)


def _alike(word: str, plain: str) -> bool:
    matcher = difflib.SequenceMatcher(None, word, plain)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def find_switch(text: str, parameter: Parameter) -> Iterable[Mention]:
    """True where the words of a yes/no parameter's name stand in the text, False where "no" or "without" precedes."""
    for word in parameter.name.split("_"):
        for match in re.finditer(
            r"\b(?P<no>(?:no|not|without|don't|never)\s+)?(?P<word>[^\W\d_]+)", text, re.IGNORECASE
        ):
            if len(word) > 3 and stem(match["word"].lower()) == stem(word.lower()):
                yield Mention(match.start(), match.end(), match["no"] is None)


def stem(word: str) -> str:
    """A crude English stem: plural and verb endings cut off ("ascending" ~ "ascend", "averages" ~ "average")."""
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "ly", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _tidy(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


FINDERS: Mapping[str, Finder] = {
    "number": find_numbers,
    "integer": find_integers,
    "date": find_dates,
    "datetime": find_datetimes,
    "time": find_times,
    "duration": find_durations,
    "file": find_files,
    "text": find_texts,
    "quoted": find_quoted,
    "email": find_emails,
    "url": find_urls,
}
"""The finders for kinds that bring none of their own."""
