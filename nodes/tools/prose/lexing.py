"""Words of a request with their places, and the parts of it (quotes, file names) that are no plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, wraps

from ....graphs.signature import Clues, Finder, Mention

_WORD = re.compile(r"[^\W\d_]+(?:['’](?:s|t|re|ll|ve)\b)?|\d+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OPENING = re.compile(r"[\"“„«]|(?<!\w)[‘']")
_CLOSING = {
    '"': re.compile(r'(?P<content>(?:[^"\\]|\\.)*+)"', re.DOTALL),
    "“": re.compile(r"(?P<content>[^”]*+)”"),
    "„": re.compile(r"(?P<content>[^“”]*+)[“”]"),
    "«": re.compile(r"(?P<content>[^»]*+)»"),
    "‘": re.compile(r"(?P<content>.*?)’(?!\w)", re.DOTALL),
    "'": re.compile(r"(?P<content>.*?)'(?!\w)", re.DOTALL),
}
_FILE_NAME = re.compile(r"(?<![\w./\\+~-])[\w./\\+~-]{0,200}[\w~-]\.(?:[A-Za-z]\w{1,7}|7z)\b(?!@)")
LONGEST = 2000
"""Characters of a request that are looked at for words; what is longer is a text, not a wording."""


def brief(finder: Finder) -> Finder:
    """The finder, looking at no more of a text than a request is long: what follows is material, not wording."""

    @wraps(finder)
    def find(text: str, clues: Clues) -> Iterable[Mention]:
        return finder(text[:LONGEST], clues)

    return find


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
    return [Word(match.start(), match.end(), stem(match.group())) for match in _WORD.finditer(text[:LONGEST])]


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
    end = 0
    never_closed: set[str] = set()
    for opening in _OPENING.finditer(text):
        mark = opening.group()
        if opening.start() < end or mark in never_closed:
            continue
        closing = _CLOSING[mark].match(text, opening.end())
        if closing is None:
            never_closed.add(mark)
        else:
            end = closing.end()
            yield Quote(opening.start(), end, closing.group("content"))


def file_names(text: str) -> Iterator[tuple[int, int]]:
    """Places of everything that looks like a file name (`data/sales.csv`, `notes.txt`)."""
    return ((match.start(), match.end()) for match in _FILE_NAME.finditer(text[:LONGEST]))


def blanked(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text with these places overwritten by blanks, so that nothing is found there and spans still hold."""
    parts, at = [], 0
    for start, end in sorted(places):
        if end > at:
            start = max(start, at)
            parts += [text[at:start], " " * (end - start)]
            at = end
    return "".join([*parts, text[at:]])


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
