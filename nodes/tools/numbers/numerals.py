"""Reads numbers as people write them: 1,500, 2½, "two hundred and fifty", "one and a half", 2.5 million."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


def _numbered(names: str, values: Iterable[int]) -> dict[str, int]:
    return dict(zip(names.split(), values, strict=True))


_SMALL = _numbered(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    range(20),
)
_TENS = _numbered("twenty thirty forty fifty sixty seventy eighty ninety fourty", (*range(20, 100, 10), 40))
_SCALES = {"dozen": 12, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINAL_PARTS = _numbered(
    "third fourth fifth sixth seventh eighth ninth tenth hundredth thousandth", (*range(3, 11), 100, 1000)
)
_PARTS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4, **_ORDINAL_PARTS}
_PARTS |= {name + "s": part for name, part in _ORDINAL_PARTS.items()}
_VULGAR = {
    "½": Fraction(1, 2), "⅓": Fraction(1, 3), "⅔": Fraction(2, 3), "¼": Fraction(1, 4), "¾": Fraction(3, 4),
    "⅕": Fraction(1, 5), "⅖": Fraction(2, 5), "⅗": Fraction(3, 5), "⅘": Fraction(4, 5), "⅙": Fraction(1, 6),
    "⅛": Fraction(1, 8), "⅜": Fraction(3, 8), "⅝": Fraction(5, 8), "⅞": Fraction(7, 8),
}  # fmt: skip

_DIGITS = re.compile(
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3}(?![\w.]))?|\.[0-9]+"
)
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_SPACED = re.compile(r"[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?![0-9])(?:\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}(?![0-9,])")
_MIXED = re.compile(r"\s+([0-9]{1,4})/([0-9]{1,4})(?![0-9./])")
_FRACTION = re.compile(r"\s*[/⁄]\s*([0-9]{1,9})(?![0-9./])")
_VULGAR_NEXT = re.compile(rf"\s?([{''.join(_VULGAR)}])")
_SCALE_NEXT = re.compile(rf"\s+(hundred|{'|'.join(_SCALES)})s?\b", re.IGNORECASE)
_AND_A = re.compile(r"\s+and\s+(?=(?:an?|one|two|three)\s)", re.IGNORECASE)
_NEXT_WORD = re.compile(r"(?:\s+|\s*-\s*)?([A-Za-z]+)")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number found at `text[start:end]`."""

    start: int
    end: int
    value: Fraction
    in_words: bool = False


def numeral_at(text: str, start: int, *, lists: bool = False, measures: bool = False) -> Numeral | None:
    """The number that starts exactly at `start`, or None.

    With `lists` a comma always separates (1,200 is two numbers). With `measures` the ways to write a
    measured value count too: 10 000, 3,5 and 3/4.
    """
    if start >= len(text):
        return None
    character = text[start]
    if character in _VULGAR:
        return Numeral(start, start + 1, _VULGAR[character])
    if character.isascii() and (character.isdigit() or character == "."):
        return _digits_at(text, start, lists, measures)
    return _words_at(text, start) if character.isalpha() else None


def _digits_at(text: str, start: int, lists: bool, measures: bool) -> Numeral | None:
    match = (_PLAIN if lists else _DIGITS).match(text, start)
    if measures:
        match = _SPACED.match(text, start) or _DECIMAL_COMMA.match(text, start) or match
    if match is None or match.end() - start > _LONGEST:
        return None
    written, end = re.sub("[ \u00a0\u202f]", "", match.group()), match.end()
    if measures and _DECIMAL_COMMA.fullmatch(written):
        written = written.replace(",", ".")
    value = Fraction(written.replace(",", ""))
    whole = value.denominator == 1
    if whole and (vulgar := _VULGAR_NEXT.match(text, end)):
        return Numeral(start, vulgar.end(), value + _VULGAR[vulgar.group(1)])
    if whole and not lists and (mixed := _MIXED.match(text, end)) and 0 < int(mixed.group(1)) < int(mixed.group(2)):
        return Numeral(start, mixed.end(), value + Fraction(int(mixed.group(1)), int(mixed.group(2))))
    if whole and measures and (fraction := _FRACTION.match(text, end)) and int(fraction.group(1)):
        return Numeral(start, fraction.end(), value / int(fraction.group(1)))
    if whole and not lists and (match := _AND_A.match(text, end)):
        part = _words_at(text, match.end())
        if part is not None and part.value < 1:
            return Numeral(start, part.end, value + part.value)
    if scale := _SCALE_NEXT.match(text, end):
        name = scale.group(1).lower()
        return Numeral(start, scale.end(), value * _SCALES.get(name, 100))
    return Numeral(start, end, value)


def _words_at(text: str, start: int, ands: int = 2) -> Numeral | None:
    """A number in words, read as far as it goes, with at most so many parts after "and"."""
    total, current, end, at, previous = Fraction(0), Fraction(0), start, start, ""
    while match := _NEXT_WORD.match(text, at):
        if match.start(1) > start and match.start(1) == at:
            break
        word, kind = match.group(1).lower(), ""
        if word in _SMALL and (
            not previous or previous in ("hundred", "scale") or (previous == "tens" and 0 < _SMALL[word] < 10)
        ):
            current, kind = current + _SMALL[word], "small"
        elif word in _TENS and previous in ("", "hundred", "scale"):
            current, kind = current + _TENS[word], "tens"
        elif word == "hundred" and previous in ("", "article", "small"):
            current, kind = (current or Fraction(1)) * 100, "hundred"
        elif word in _SCALES:
            total, current, kind = total + (current or Fraction(1)) * _SCALES[word], Fraction(0), "scale"
        elif word in _PARTS and _may_be_part(word, previous, total + current):
            numerator = (total + current) if previous not in ("", "article") else Fraction(1)
            return Numeral(start, match.end(), numerator / _PARTS[word], True)
        elif word in ("a", "an") and not previous:
            previous, at = "article", match.end()
            continue
        elif word == "and" and ands and (more := _after_and(text, match.end(), previous, ands - 1)):
            return Numeral(start, more.end, total + current + more.value, True)
        elif word == "point" and previous in ("small", "tens", "hundred", "scale"):
            decimals = _decimals_at(text, match.end())
            return None if decimals is None else Numeral(start, decimals[0], total + current + decimals[1], True)
        if not kind:
            break
        previous, at, end = kind, match.end(), match.end()
    return Numeral(start, end, total + current, True) if end > start else None


def _may_be_part(word: str, previous: str, numerator: Fraction) -> bool:
    """Whether a half, third, ... may stand here; "third" alone and "twenty third" are ordinals, no parts."""
    if previous == "":
        return word in ("half", "quarter")
    if word.endswith("s"):
        return previous in ("small", "tens")
    return previous == "article" or numerator == 1


def _after_and(text: str, at: int, previous: str, ands: int) -> Numeral | None:
    """What follows `and` inside one number: "and fifty" after hundreds, "and a half" after anything."""
    word = _NEXT_WORD.match(text, at)
    more = _words_at(text, word.start(1), ands) if word else None
    if more is None or previous in ("", "article"):
        return None
    if more.value < 1:
        return more
    return more if previous in ("hundred", "scale") and more.value < 1000 else None


def _decimals_at(text: str, at: int) -> tuple[int, Fraction] | None:
    """The digits after "point", one word each: where they end, and their value."""
    digits, end = "", at
    while (match := _NEXT_WORD.match(text, end)) and _SMALL.get(match.group(1).lower(), 10) < 10:
        digits, end = digits + str(_SMALL[match.group(1).lower()]), match.end()
    return (end, Fraction(int(digits), 10 ** len(digits))) if digits else None


__all__ = ["Numeral", "numeral_at"]
