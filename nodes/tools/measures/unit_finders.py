"""Finders for the parameters of the unit tools: quantities, and units that stand alone in a request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ....graphs.signature import Clues, Mention
from .quantities import ENDS, LONGEST, quantities_in
from .unit_names import is_everyday
from .unit_spelling import LETTER, Spelled, unit_at

_ARTICLES = r"\s*(?:an?\s+|the\s+|terms\s+of\s+|units\s+of\s+)?$"
_TARGET = re.compile(rf"(?:\b(?:to|into|in|as)|->|→|=){_ARTICLES}", re.IGNORECASE)
_EXPECTED = re.compile(
    rf"(?:\b(?:to|into|in|as|how\s+many|how\s+much|number\s+of|per|unit|using|from|between|and|or)|->|→|=|\(|\?){_ARTICLES}",
    re.IGNORECASE,
)
_UNIT_START = re.compile(rf"(?<![\w.'’])(?={LETTER}|[°º$€£¥₹℃℉])")
_WORD = re.compile(rf"{LETTER}+")
_RATE = re.compile(
    rf"\bhow\s+(?:many|much)\s+(?P<target>{LETTER}+)\s+(?:(?:are|is)\s+)?(?:there\s+)?(?:per|to\s+the|to\s+an?|make\s+up|make)\s+(?:an?\s+)?",
    re.IGNORECASE,
)
_STRANGE_TARGET = re.compile(rf"\b(?:to|into|in)\s+({LETTER}{{2,20}})\s*[?.!]*$", re.IGNORECASE)
_STRANGE_UNIT = re.compile(rf"([0-9][0-9.,]*\s?(?!to\b|in\b|into\b){LETTER}{{2,20}})\s+(?:to|in|into)\s", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])-?[0-9][0-9.,]*(?![\w])")
_NUMBER_NEXT = re.compile(r"\s+[0-9]")
_ADDING = re.compile(r"\b(?:add\w*|sum|plus|total|together|combined?|subtract\w*|minus|difference)\b", re.IGNORECASE)
_NEVER_ALONE = frozenset(("us", "as", "ma", "pa", "mo"))
"""Symbols that are words as well, and no target of a conversion that anybody would write."""


def find_quantities(text: str, clues: Clues) -> Iterable[Mention]:
    """A number followed by its unit; "a mile" too, though less sure."""
    text = text[:LONGEST]
    found = quantities_in(text)
    for quantity in found:
        score = 1.0 if quantity.counted else 0.7
        yield Mention(quantity.start, quantity.end, text[quantity.start : quantity.end], score)
    if not found:
        yield from _implied(text)


def _implied(text: str) -> Iterable[Mention]:
    """The quantity of "how many days per week", "26.2 from miles to km", and a number with an unknown unit."""
    rate = _RATE.search(text)
    if rate is not None and (spelled := unit_at(text, rate.end())) is not None:
        yield Mention(spelled.start, spelled.end, text[spelled.start : spelled.end], 0.7)
    elif (number := _NUMBER.search(text)) and len(units := units_in(text)) > 1:
        source = units[0]
        yield Mention(number.start(), number.end(), f"{number.group()} {text[source.start : source.end]}", 0.8)
    elif strange := _STRANGE_UNIT.search(text):
        yield Mention(strange.start(1), strange.end(1), strange.group(1), 0.2)


def find_compared(text: str, clues: Clues) -> Iterable[Mention]:
    """Two or more quantities; "1 hour and 50 minutes" counts as two if there is no other."""
    return _several(text[:LONGEST], apart=True)


def find_summands(text: str, clues: Clues) -> Iterable[Mention]:
    """Two or more quantities; "1 hour and 50 minutes" counts as two if the request says to add."""
    return _several(text[:LONGEST], apart=_ADDING.search(text) is not None)


def _several(text: str, apart: bool) -> list[Mention]:
    found = quantities_in(text)
    if len(found) < 2 and apart:
        found = quantities_in(text, join=False)
    if len(found) < 2:
        return []
    return [Mention(quantity.start, quantity.end, text[quantity.start : quantity.end]) for quantity in found]


def find_units(text: str, clues: Clues) -> Iterable[Mention]:
    """A unit that stands alone, without a number; after "to" even a word that is no unit known here, hardly sure."""
    text = text[:LONGEST]
    found, quantities = units_in(text), quantities_in(text)
    if not quantities and len(found) > 1 and _NUMBER.search(text):
        found = found[1:]
    for spelled in found:
        yield Mention(spelled.start, spelled.end, text[spelled.start : spelled.end], spelled.sure)
    strange = _STRANGE_TARGET.search(text) if not found and quantities else None
    if strange is not None and not any(quantity.start <= strange.start(1) < quantity.end for quantity in quantities):
        yield Mention(strange.start(1), strange.end(1), strange.group(1), 0.2)


def find_named_units(text: str, clues: Clues) -> Iterable[Mention]:
    """Any unit that is named, also as part of a quantity: what is spoken of when a unit is to be explained."""
    text = text[:LONGEST]
    yield from find_units(text, clues)
    for quantity in quantities_in(text):
        for at in range(quantity.start, quantity.end):
            spelled = unit_at(text, at) if at == quantity.start or not text[at - 1].isalpha() else None
            if spelled is not None and spelled.end == quantity.end:
                yield Mention(spelled.start, spelled.end, text[spelled.start : spelled.end], 0.5)
                break


@lru_cache(maxsize=256)
def units_in(text: str) -> tuple[Spelled, ...]:
    """Every unit that stands alone, where it can be told from an ordinary word, with how sure that is."""
    taken = [(quantity.start, quantity.end) for quantity in quantities_in(text)]
    rate = None if taken else _RATE.search(text)
    if rate is not None and unit_at(text, rate.end()) and (target := unit_at(rate.group("target"), 0)):
        return (Spelled(*rate.span("target"), target.unit, 0.95),)
    found: list[Spelled] = []
    at = 0
    while match := _UNIT_START.search(text, at):
        at = match.start()
        inside = next((end for start, end in taken if start <= at < end), None)
        if inside is not None:
            at = inside
            continue
        spelled = unit_at(text, at)
        sure = _sureness(text, spelled) if spelled else 0.0
        if spelled is not None and sure:
            found.append(Spelled(spelled.start, spelled.end, spelled.unit, sure))
            at = spelled.end
        else:
            word = _WORD.match(text, at)
            at = word.end() if word else at + 1
    return tuple(found)


def _sureness(text: str, spelled: Spelled) -> float:
    """How sure it is that a unit's name means the unit here; 0 for an ordinary word."""
    before, name = text[max(0, spelled.start - 30) : spelled.start], text[spelled.start : spelled.end]
    expected = _EXPECTED.search(before) is not None
    if spelled.compound or not is_everyday(name):
        return (0.95 if expected else 0.6) * spelled.sure
    ends = ENDS.match(text, spelled.end) or _NUMBER_NEXT.match(text, spelled.end)
    if not expected or name.lower() in _NEVER_ALONE or not ends:
        return 0.0
    if (len(name) < 3 and not _TARGET.search(before)) and not re.search(
        r"how\s+(?:many|much)\s+$", before, re.IGNORECASE
    ):
        return 0.0
    return 0.95
