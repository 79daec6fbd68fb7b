"""Finds a table's columns in the words of a request, however their names are written there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ....graphs.errors import ArgumentError, OctographError, nearest
from ....graphs.signature import Clues
from ..prose.lexing import Word, blanked, file_names, nearly, quotes, stems, word_set, words
from .concepts import column_meant_by
from .table_source import Column, TableValue, columns_of

_BACKQUOTED = re.compile(r"`((?:[^`]|``)+)`")
_JOINT = re.compile(r"[\s_-]{0,2}")
_NOT_HEADS = {"id", "no", "number", "code", "name", "key", "label", "title"}
_NEVER_MISSPELLED = {"where", "there", "their", "these", "those", "three", "which", "while", "whose", "first", "total"}
_LONGEST_NAME = 4
_UNITS = word_set(
    "km kg cm mm mi ft lb usd eur gbp pct percent c f k m ms s sec min h hr hour kmh mph celsius fahrenheit"
)


@dataclass(frozen=True, slots=True)
class ColumnMention:
    """A column named at `text[start:end]`; a `score` below 0.9 means by a part of its name, a slip or a synonym."""

    start: int
    end: int
    column: Column
    score: float


@dataclass(frozen=True)
class _Names:
    """Every way to say each column."""

    whole: dict[str, Column]
    parts: dict[str, Column]
    odd: tuple[tuple[re.Pattern[str], Column], ...]


def header(clues: Clues) -> tuple[Column, ...]:
    """The columns of the table that is filled already; none if there is no table or it can't be read."""
    table = clues.filled.get("table")
    if not isinstance(table, (str, dict)):
        return ()
    try:
        return columns_of(table)
    except (OctographError, OSError, ValueError):
        return ()


def column_named(name: str, table: TableValue) -> Column:
    """The column that `name` means. Raises ArgumentError that lists the columns."""
    columns = columns_of(table)
    for column in columns:
        if column.name == name:
            return column
    found = column_mentions(name, columns)
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(name):
        return found[0].column
    raise no_column(name, columns)


def no_column(name: str, columns: Sequence[Column], wanted: str = "column") -> ArgumentError:
    """The error for a column that isn't there: what there is, and the nearest."""
    names = [column.name for column in columns]
    return ArgumentError(f"no {wanted} {name!r} in the table{nearest(name, names)}; columns: {', '.join(names)}")


def column_mentions(text: str, columns: Sequence[Column]) -> list[ColumnMention]:
    """Where the text names columns, in order and without overlaps. File names and quoted values don't count."""
    return list(_mentions(text, tuple(columns))) if columns else []


@lru_cache(maxsize=256)
def _mentions(text: str, columns: tuple[Column, ...]) -> tuple[ColumnMention, ...]:
    names = _names(columns)
    found = [
        ColumnMention(match.start(), match.end(), column, 1.0)
        for match in _BACKQUOTED.finditer(text)
        for column in columns
        if column.name == match.group(1).replace("``", "`")
    ]
    for pattern, column in names.odd:
        found += [ColumnMention(match.start(), match.end(), column, 1.0) for match in pattern.finditer(text)]
    quoted = ((quote.start, quote.end) for quote in quotes(text) if "".join(stems(quote.content)) not in names.whole)
    plain = blanked(blanked(text, file_names(text)), quoted)
    listed = words(plain)
    for at in range(len(listed)):
        found += _mentions_from(plain, listed, at, names, columns)
    return tuple(_without_overlaps(found))


def _mentions_from(
    text: str, listed: list[Word], at: int, names: _Names, columns: Sequence[Column]
) -> list[ColumnMention]:
    found = []
    first, joined, end = listed[at], "", 0
    for last in listed[at : at + _LONGEST_NAME]:
        if joined and not _JOINT.fullmatch(text, end, last.start):
            break
        joined, end = joined + last.stem, last.end
        if joined in names.whole:
            found.append(ColumnMention(first.start, end, names.whole[joined], 1.0))
    if found:
        return found
    word = first.stem
    column, score = names.parts.get(word), 0.75
    if column is None and len(word) >= 5 and word not in _NEVER_MISSPELLED:
        column, score = next((column for name, column in names.whole.items() if nearly(word, name)), None), 0.7
    if column is None:
        column, score = column_meant_by(word, columns), 0.6
    return [] if column is None else [ColumnMention(first.start, first.end, column, score)]


@lru_cache(maxsize=64)
def _names(columns: tuple[Column, ...]) -> _Names:
    whole: dict[str, Column] = {}
    parts: dict[str, list[Column]] = {}
    odd = []
    for column in columns:
        split = stems(column.name)
        whole.setdefault("".join(split), column)
        while len(split) > 1 and (split[-1] in _UNITS or split[-1].isdigit()):
            split = split[:-1]
        whole.setdefault("".join(split), column)
        if len(split) > 1:
            for part in {split[-1], split[0]} if split[-1] in _NOT_HEADS else {split[-1]}:
                parts.setdefault(part, []).append(column)
        if not re.fullmatch(r"[\w\s-]*[^\W\d_][\w\s-]*", column.name) and column.name.strip():
            odd.append((re.compile(re.escape(column.name), re.IGNORECASE), column))
    whole.pop("", None)
    single = {part: found[0] for part, found in parts.items() if len(found) == 1 and part not in whole}
    return _Names(whole, {part: column for part, column in single.items() if part not in _NOT_HEADS}, tuple(odd))


def _without_overlaps(found: list[ColumnMention]) -> list[ColumnMention]:
    """The surer, then the longer of overlapping mentions."""
    kept: list[ColumnMention] = []
    for mention in sorted(found, key=lambda mention: (-mention.score, mention.start - mention.end, mention.start)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)
