"""Words of a request with their places, and the parts of it (quotes, file names) that are no plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+(?:['’](?:s|t|re|ll|ve)\b)?|\d+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_QUOTED = re.compile(
    r'"((?:[^"\\\n]|\\.)*)"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»|(?<!\w)‘(.*?)’(?!\w)|(?<!\w)\'(.*?)\'(?!\w)', re.DOTALL
)
_FILE_NAME = re.compile(r"[\w./\\+~-]*[\w~-]\.(?:[A-Za-z]\w{1,7}|7z)\b(?!@)")
_LONGEST = 4000
"""Characters of a request that are looked at for words; what is longer is a text, not a wording."""


def word_set(listed: str) -> frozenset[str]:
    """The words of a list written with blanks between them."""
    return frozenset(listed.split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word at `text[start:end]`, with its lower-case singular."""

    start: int
    end: int
    stem: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted string: `text[start:end]` with its marks, and what stands between them."""

    start: int
    end: int
    content: str


def words(text: str) -> list[Word]:
    """Every word and run of digits, in order; underscores separate words."""
    return [Word(match.start(), match.end(), stem(match.group())) for match in _WORD.finditer(text[:_LONGEST])]


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """The word in lower case and, as far as spelling tells, in the singular: Cities -> city, sales -> sale."""
    word = re.sub(r"['’]s$", "", word.lower())
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def stems(name: str) -> tuple[str, ...]:
    """The stems of the words in a name written in any style: `unitPrice`, `Unit Prices` and `unit_price` agree."""
    return tuple(word.stem for word in words(_CAMEL.sub(" ", name)))


def quotes(text: str) -> Iterator[Quote]:
    """Every quoted string, whatever the marks; an apostrophe inside a word opens none."""
    for match in _QUOTED.finditer(text):
        content = next((group for group in match.groups() if group is not None), "")
        yield Quote(match.start(), match.end(), content)


def file_names(text: str) -> Iterator[tuple[int, int]]:
    """Places of everything that looks like a file name (`data/sales.csv`, `notes.txt`)."""
    return ((match.start(), match.end()) for match in _FILE_NAME.finditer(text[:_LONGEST]))


def blanked(text: str, places: Iterator[tuple[int, int]]) -> str:
    """The text with these places overwritten by spaces, so that nothing is found there and spans still hold."""
    for start, end in places:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def nearly(one: str, other: str) -> bool:
    """Whether two words of five or more letters are one slip apart (a letter more, less, changed or swapped)."""
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1 or one[0] != other[0]:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if one[start + 1 :] == other[start + 1 :] or one[start + 1 :] == other[start:] or one[start:] == other[start + 1 :]:
        return True
    swapped = one[start : start + 2] == other[start : start + 2][::-1]
    return swapped and one[start + 2 :] == other[start + 2 :]
