"""The condition of a table tool: found in a request, and turned into what the rows are chosen by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ....graphs.errors import ArgumentError
from ....graphs.signature import Clues, Mention
from ..prose.lexing import blanked, brief, file_names, quotes, word_set, words
from .columns import column_mentions, header
from .comparisons import comparisons_in, loose_amounts
from .conditions import Comparison, Condition
from .table_source import Column, TableValue, columns_of

AGGREGATE_BEFORE = re.compile(
    r"\b(?:total|sum of|average|avg|mean|median|count of|number of)\s+(?:of\s+)?(?:the\s+)?$", re.I
)
_UNREAD = re.compile(
    r"\b(?:where|whose|for which)\b\s*(?P<said>[^,;?!]*)", re.IGNORECASE
)  # what a condition must follow
_UNREAD_MORE = re.compile(
    r"\s*\b(?P<said>(?:and|or)\s+(?:the\s+)?[^\W\d]\w*(?:\s+[^\W\d]\w*)?\s*"
    r"(?:=|!=|<|>|\bis\b|\bequals\b|\babove\b|\bbelow\b|\bover\b|\bunder\b|\bcontains\b)[^,;?!]*)",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"(?:\s+(?:and|or|in|from|of|using|with|the|by|for)\b|[\s.])+$", re.IGNORECASE)
_PROPER_NAME = re.compile(
    r"\b(?:for|in|of|from)\s+(?:the\s+)?(?P<name>[A-Z][^\W\d_]*[a-z][\w'’-]*(?:\s+[A-Z][a-z][\w'’-]*)*)"
)
_SEASON = re.compile(
    r"\b(?P<name>(?:summer|spring|autumn|fall|winter|beginning|start|end|middle|rest|weeks?)(?:\s+of)?\s+(?:19|20)\d\d)\b",
    re.I,
)
_A_TABLE = re.compile(r"\s+(?:file|table|data|dataset|sheet|spreadsheet|csv|json)\b", re.IGNORECASE)
_CONNECTIVES = word_set(
    "and or where whose which that with for only row record entry line the all those these both either but also "
    "when if in of is are was were having has have it its on by than then from"
)


@lru_cache(maxsize=256)
def comparisons(text: str, columns: tuple[Column, ...]) -> tuple[Comparison, ...]:
    """`comparisons_in`, remembered: several finders ask about the same words."""
    return tuple(comparisons_in(text, columns))


@brief
def find_conditions(text: str, clues: Clues) -> Iterator[Mention]:
    """Every comparison in the text as one value (`region = "North"`, then `and ...` or `or ...`).

    Words that must be a condition but can't be read as one are values too, so that the tool can say so.
    """
    columns = header(clues)
    found = [comparison for comparison in comparisons(text, columns) if not is_about_groups(text, comparison)]
    end = 0
    for nth, comparison in enumerate(found):
        joint = "or" if re.search(r"\bor\b", text[end : comparison.start], re.IGNORECASE) else "and"
        yield Mention(comparison.start, comparison.end, f"{joint} {comparison}" if nth else str(comparison))
        end = comparison.end
    if columns:
        yield from _unread(text, found)
        yield from _unknown_names(text, columns)
        for start, stop in loose_amounts(blanked(text, file_names(text)), comparisons(text, columns)):
            yield Mention(start, stop, text[start:stop].strip(), 0.4)


def is_about_groups(text: str, comparison: Comparison) -> bool:
    """Whether it compares a total or average ("total revenue above 500"), which no single row has."""
    return bool(AGGREGATE_BEFORE.search(text[: comparison.start])) and comparison.operator not in ("=", "in")


@brief
def find_group_conditions(text: str, clues: Clues) -> Iterator[Mention]:
    """Comparisons about totals and averages: `total revenue above 500`."""
    for comparison in comparisons(text, header(clues)):
        if is_about_groups(text, comparison):
            yield Mention(comparison.start, comparison.end, str(comparison))


def condition(said: Sequence[str], columns: Sequence[Column]) -> Condition | None:
    """The condition that all these words make. Raises ArgumentError for words that can't be read as one."""
    alternatives: list[tuple[Comparison, ...]] = []
    for words_said in said:
        text = words_said.strip()
        found = comparisons_in(text, columns)
        _check_all_read(text, found, columns)
        for comparison, joint in zip(found, _joints(text, found), strict=True):
            if joint == "or" or not alternatives:
                alternatives.append((comparison,))
            else:
                alternatives[-1] = (*alternatives[-1], comparison)
    return Condition(tuple(alternatives)) if alternatives else None


def columns_in(said: Sequence[str], table: TableValue) -> list[str]:
    """The names of the columns that conditions speak of."""
    found = condition(said, columns_of(table)) if said else None
    alternatives = found.alternatives if found else ()
    return list(dict.fromkeys(comparison.column.name for all_of in alternatives for comparison in all_of))


def _unknown_names(text: str, columns: tuple[Column, ...]) -> Iterator[Mention]:
    """Proper names and seasons that narrow a request down to something the table is not known to hold."""
    taken = [(c.start, c.end) for c in comparisons(text, columns)]
    taken += [(mention.start, mention.end) for mention in column_mentions(text, columns)]
    taken += [*file_names(text), *((quote.start, quote.end) for quote in quotes(text))]
    for match in (*_PROPER_NAME.finditer(text), *_SEASON.finditer(text)):
        start, end = match.span("name")
        free = all(end <= first or last <= start for first, last in taken)
        if free and not _A_TABLE.match(text, end):
            yield Mention(start, end, match.group("name"), 0.4)


def _joints(text: str, found: Sequence[Comparison]) -> Iterator[str]:
    end = 0
    for comparison in found:
        yield "or" if re.search(r"\bor\b", text[end : comparison.start], re.IGNORECASE) else "and"
        end = comparison.end


def _check_all_read(text: str, found: Sequence[Comparison], columns: Sequence[Column]) -> None:
    rest = text
    for comparison in found:
        rest = rest[: comparison.start] + " " * (comparison.end - comparison.start) + rest[comparison.end :]
    unread = [word for word in words(rest) if word.stem not in _CONNECTIVES]
    if not found or unread:
        said = rest[unread[0].start :].strip() if found and unread else text
        raise ArgumentError(
            f"can't read the condition {said!r}; write one like 'region is North' or 'revenue above 500'; "
            f"columns: {', '.join(column.name for column in columns)}"
        )


def _unread(text: str, found: Sequence[Comparison]) -> Iterator[Mention]:
    """What stands where a condition must, up to the first one that could be read."""
    plain = blanked(text, file_names(text))
    for match in _UNREAD.finditer(plain):
        start, end = match.span("said")
        if any(comparison.start <= match.start() < comparison.end for comparison in found):
            continue
        end = min([end, *(comparison.start for comparison in found if start <= comparison.start)])
        said = _TRAILING.sub("", plain[start:end])
        if any(word.stem not in _CONNECTIVES for word in words(said)):
            yield Mention(start, start + len(said), said, 0.5)
    if found and (more := _UNREAD_MORE.match(plain, found[-1].end)):
        said = _TRAILING.sub("", more.group("said"))
        yield Mention(more.start("said"), more.start("said") + len(said), said, 0.5)
