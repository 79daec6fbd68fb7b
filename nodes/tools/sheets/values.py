"""Reads the value a column is compared with: a number, a quoted or known text, a date, yes or no, or a list of them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence

from ..numbers.numerals import numeral_at
from ..prose.lexing import quotes, stem
from .columns import ColumnMention
from .conditions import Value
from .periods import period_at
from .table_source import Column

_SIGN = re.compile(r"\s*(?P<minus>[-−])?\s?(?:[$€£¥]|USD|EUR|GBP)?\s?(?P<later_minus>[-−])?")
_MAGNITUDE = re.compile(r"\s?(k|thousand|m|mn|million|bn|billion)\b", re.IGNORECASE)
_MAGNITUDES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_SCALE = re.compile(r"(?<![^\W\d_])(k|thousand|m|mn|million|bn|billion)\b", re.IGNORECASE)
_UNIT = re.compile(r"\s?(?:%|[$€£¥]|(?:euros?|dollars?|pounds?|percent|degrees?|USD|EUR|GBP)\b)", re.IGNORECASE)
_EXPONENT = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+")
_ARTICLE = re.compile(r"\s*(?:(?:the|a|an|either|exactly|called|named)\s+)*", re.IGNORECASE)
_TRUTH = re.compile(r"(true|yes|false|no)\b", re.IGNORECASE)
_STOP = re.compile(
    r"(?:and|or|but|by|per|for|from|to|with|where|whose|which|that|then|sorted|grouped|ordered|sort|order|group|give|"
    r"show|draw|plot|as|is|are|was|were|has|have|please|only)\b",
    re.IGNORECASE,
)
_PIECE = re.compile(r"[^\s,;?!()\"“”]+")
_OR = re.compile(r"\s*(?:,\s*(?:and|or)?|/|\b(?:or|and/or|and|nor)\b)\s*(?:the\s+)?", re.IGNORECASE)
_MOST_WORDS = 4


def number_at(text: str, start: int) -> tuple[float, int] | None:
    """The number at `start` (blanks, sign and currency before it allowed), and where it ends."""
    sign = _SIGN.match(text, start)
    at = sign.end() if sign else start
    if exponent := _EXPONENT.match(text, at):
        value, end = float(exponent.group()), exponent.end()
    else:
        numeral = numeral_at(text, at)
        if numeral is None:
            return None
        value, end = float(numeral.value), numeral.end
    if not math.isfinite(value):
        return None
    if end < len(text) and text[end].isalpha() and not _MAGNITUDE.match(text, end):
        return None
    if magnitude := _MAGNITUDE.match(text, end):
        value, end = value * _MAGNITUDES[magnitude.group(1).lower()], magnitude.end()
    if unit := _UNIT.match(text, end):
        end = unit.end()
    negative = sign is not None and bool(sign.group("minus") or sign.group("later_minus"))
    return (-value if negative else value), end


def value_at(
    text: str, start: int, column: Column, mentions: Sequence[ColumnMention], *, sure: bool = True
) -> tuple[Value, int] | None:
    """The value of the column's type at `start`, and where it ends.

    With `sure` unquoted words that are no known value of a text column count too, up to the next word that
    can't belong to them.
    """
    if column.type == "number":
        return number_at(text, start)
    article = _ARTICLE.match(text, start)
    at = article.end() if article else start
    if column.type in ("date", "datetime"):
        return period_at(text, at)
    if column.type == "boolean":
        truth = _TRUTH.match(text, at)
        return (truth.group(1).lower() in ("true", "yes"), truth.end()) if truth else None
    return _quoted_at(text, at) or known_value_at(text, at, column) or (_words_at(text, at, mentions) if sure else None)


def values_at(
    text: str, start: int, column: Column, mentions: Sequence[ColumnMention], *, sure: bool = True
) -> tuple[list[Value], int] | None:
    """A list such as `North, South or East` at `start`; brackets around it are allowed."""
    opening = re.compile(r"\s*[(\[]").match(text, start)
    first = value_at(text, opening.end() if opening else start, column, mentions, sure=sure)
    if first is None:
        return None
    values, end = [first[0]], first[1]
    while joint := _OR.match(text, end):
        if any(mention.start == joint.end() for mention in mentions):
            break
        unknown = sure and "or" in joint.group().lower()
        more = value_at(text, joint.end(), column, mentions, sure=unknown)
        if more is None:
            break
        values.append(more[0])
        end = more[1]
    if opening and (closing := re.compile(r"\s*[)\]]").match(text, end)):
        end = closing.end()
    return values, end


def known_value_at(text: str, start: int, column: Column) -> tuple[str, int] | None:
    """The longest known value of a text column written at `start`, in its own spelling; plurals count."""
    if start > 0 and text[start - 1].isalnum():
        return None
    found: tuple[str, int] | None = None
    for value in column.values:
        end = start + len(value)
        if value and text[start:end].lower() == value.lower():
            rest = re.compile(r"(?:'s|s|es)?(?!\w)").match(text, end)
            if rest and (rest.end() == end or len(value) >= 4) and (found is None or end > found[1]):
                found = (value, rest.end())
    if found is None and (word := re.compile(r"[^\W\d_]{5,}").match(text, start)):
        same = [value for value in column.values if stem(value) == stem(word.group())]
        found = (same[0], word.end()) if len(same) == 1 else None
    return found or _adjective_at(text, start, column)


def _adjective_at(text: str, start: int, column: Column) -> tuple[str, int] | None:
    """`European`, `northern`: a known value with an ending that makes an adjective of it."""
    word = re.compile(r"([^\W\d_]{4,}?)(?:n|an|ern|ian|ean|ese)\b").match(text, start)
    while word:
        same = [value for value in column.values if value.lower() == word.group(1).lower()]
        if same:
            return same[0], word.end()
        longer = len(word.group(1)) + 1
        word = re.compile(rf"([^\W\d_]{{{longer},}}?)(?:n|an|ern|ian|ean|ese)\b").match(text, start)
    return None


def range_at(text: str, start: int, joint: re.Pattern[str]) -> tuple[float, float, int] | None:
    """Two numbers with a joint between them; in "1 and 3 million" both are millions."""
    first = number_at(text, start)
    between = joint.match(text, first[1]) if first else None
    second = number_at(text, between.end()) if between else None
    if first is None or between is None or second is None:
        return None
    low = first[0]
    scale = _SCALE.search(text, between.end(), second[1])
    if scale and not _SCALE.search(text, start, first[1]) and abs(low) < 1000:
        low *= _MAGNITUDES[scale.group(1).lower()]
    return low, second[0], second[1]


def _quoted_at(text: str, start: int) -> tuple[str, int] | None:
    if start >= len(text) or text[start] not in "\"“„«'‘":
        return None
    for quote in quotes(text[start:]):
        if quote.start:
            break
        content = quote.content
        if text[start] == '"':
            try:
                content = json.loads(text[start : start + quote.end])
            except ValueError:
                content = quote.content
        return content, start + quote.end
    return None


def _words_at(text: str, start: int, mentions: Sequence[ColumnMention]) -> tuple[str, int] | None:
    at, end = start, start
    for _ in range(_MOST_WORDS):
        piece = _PIECE.match(text, at)
        if piece is None or _STOP.match(text, at) or (at > start and any(m.start == at for m in mentions)):
            break
        end = piece.end()
        blank = re.compile(r"[ \t]+").match(text, end)
        if blank is None or (piece.group().endswith((".", ":")) and len(piece.group()) > 3):
            break
        at = blank.end()
    value = text[start:end].rstrip(".:'’")
    return (value, start + len(value)) if value else None
