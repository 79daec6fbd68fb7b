"""Tells apart what a column is named for: "total REVENUE by REGION", "top PRODUCTS by REVENUE", "sort by PRICE"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ....graphs.signature import Clues, Mention
from ..prose.lexing import blanked, brief, file_names, word_set
from .columns import ColumnMention, column_mentions, header
from .concepts import concept_column, superlatives
from .filtering import comparisons
from .table_source import Column
from .table_words import LISTED, find_aggregations, find_top_counts

PARTS_OF_DATES = ("weekday", "day", "week", "month", "quarter", "year")
_GROUP_CUE = re.compile(
    r"\b(?:group(?:ed)? by|split by|broken (?:down|up) by|break(?:ing)? (?:it )?down by|"
    r"(?:for|in|of|at|within|by|from) (?:each|every)|"
    r"for all|each|every|per|by|across|over|among|according to|versus|vs\.?|against)\s+"
    r"(?:(?:the|different|various|individual|all|each|every|of)\s+)*",
    re.IGNORECASE,
)
_SURE_GROUP_CUE = re.compile(r"(?:by|per|each|every)\s", re.IGNORECASE)
_NOT_GROUPING = re.compile(
    r"(?:sort(?:ed|ing)?|order(?:ed|ing)?|rank(?:ed|ing)?|filter(?:ed)?|multipl\w+|divid\w+)\s*(?:it|them|this)?\s*$",
    re.I,
)
_NOT_A_GROUP = word_set(
    "far hand using the a an default way filtering sorting drawing making adding summing it that cent order row record "
    "entry sale transaction line item purchase person employee head capita one"
)
_AND_ANOTHER = re.compile(
    r"\s*(?:,\s*(?:(?:and|then)\s+)*|\band\b|&|/|\bthen\b)\s*(?:(?:by|per|each|the)\s+)*", re.IGNORECASE
)
_EARNED = re.compile(
    r"\bhow much\b.*?\b(?:sell|sold|make|made|earn|earned|take in|took in|turn over)\b", re.I | re.DOTALL
)
_PART_OF_DATE = re.compile(r"(?:day of (?:the )?week|weekday|day|week|month|quarter|year)s?\b", re.IGNORECASE)
_ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
_ADVERBS |= {"annual": "year", "annually": "year"}
_ADVERB = re.compile(rf"\b(?:{'|'.join(_ADVERBS)})\b", re.IGNORECASE)
_TIME = re.compile(r"time\b", re.IGNORECASE)
_WISE = re.compile(r"[\s-]?wise\b", re.IGNORECASE)
_UNKNOWN = re.compile(r"[^\W\d]\w*")
_UNKNOWN_MEASURE = re.compile(
    r"(?<!in )\b(?:total|sum|average|avg|mean|median|maximum|minimum|highest|lowest)\s+(?:of\s+)?(?:the\s+)?"
    r"(?P<name>[^\W\d]\w*)",
    re.I,
)
_NO_MEASURE = word_set(
    "of by per in from for the each every and or is are was were first row rows record records to over across "
    "value values number count sum total average mean median maximum minimum amount all it them grouped with on "
    "using up one"
)
_RANKED_BY = re.compile(
    r"\b(?:by|with|had|has|have|having|based on|in terms of|according to|measured by|on|sold|made|earned?|generated)\s+"
    r"(?:(?:the|their|its|total|average|mean|sum of|most|highest|lowest|largest|smallest|biggest|greatest|least|best|"
    r"fewest|number of|median)\s+)*$",
    re.IGNORECASE,
)
_RANKED_NOUN = re.compile(
    r"\b(?:top|bottom|best|worst|which|what|first|last|\w+est|most|least|"
    r"[\w-]+[ -](?:selling|paid|earning|expensive|recent))"
    r"\s+(?:(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|most|least|\w+est|expensive|best|"
    r"\w+[\s-]?selling|is|was|the)\s+)*$",
    re.IGNORECASE,
)
_COLUMN_CUE = re.compile(r"\b(?:columns?|fields?|only|just)\b", re.IGNORECASE)
_SORT_CUE = re.compile(r"\b(?:by|on|according to|using|after)\s+(?:(?:the|their|its)\s+)*$", re.IGNORECASE)


@brief
def find_measures(text: str, clues: Clues) -> Iterator[Mention]:
    """The columns to compute: numbers that are neither groups nor part of a condition; else what is counted."""
    columns = header(clues)
    groups = list(find_groups(text, clues))
    free = _free(text, columns, groups)
    numeric = [mention for mention in free if mention.column.type == "number"]
    sure = [mention for mention in numeric if mention.score >= 0.9]
    if numeric:
        yield from _once(sure or numeric)
        return
    ways = list(find_aggregations(text, clues))
    counted = [
        mention
        for mention in free
        for way in ways
        if way.end > way.start
        and way.value in ("distinct", "count", "max", "min")
        and 0 < mention.start - way.end <= 10
    ]
    units = concept_column("unit", columns)
    extremes = list(superlatives(text, columns))
    if counted and not any(way.start == word.start for way in ways for word in extremes):
        yield from _once(counted)
    elif extremes:
        yield _implied(extremes[0].start, extremes[0].column, 0.7)
    elif units is not None and ways and ways[0].value == "sum" and "many" in text[ways[0].start : ways[0].end].lower():
        yield _implied(ways[0].start, units, 0.6)
    elif columns and (earned := _EARNED.search(text)) and (revenue := concept_column("revenue", columns)):
        yield _implied(earned.start(), revenue, 0.6)
    elif columns:
        yield from _unknown_measures(text, columns, groups)


@brief
def find_groups(text: str, clues: Clues) -> Iterator[Mention]:
    """The columns to group by: after `by`, `per`, `for each` and the like; also `month of date` and its kin."""
    columns = header(clues)
    top = next(iter(find_top_counts(text, clues)), None)
    if columns and top is not None:
        yield from find_ranked_groups(text, clues)
        return
    found = list(_cued_groups(text, columns)) if columns else []
    if found or not columns:
        yield from found
        return
    ways = list(find_aggregations(text, clues))
    for mention in _free(text, columns, []):
        word = text[mention.start : mention.end].lower()
        counted = any(way.end > way.start and 0 < mention.start - way.end <= 10 for way in ways)
        listed = any(match.end() == mention.start for match in LISTED.finditer(text))
        twice = sum(other.column == mention.column for other in column_mentions(text, columns)) > 1
        plural = (
            word.endswith("s") or (twice and mention.column.type == "boolean")
        ) and not mention.column.name.lower().endswith("s")
        if (
            mention.column.type in ("text", "boolean")
            and (listed or not mention.column.unique)
            and not counted
            and (plural or _after_which(text, mention))
        ):
            yield Mention(mention.start, mention.end, mention.column.name, 0.6)


@brief
def find_sort_columns(text: str, clues: Clues) -> Iterator[Mention]:
    """The columns to sort by: after `by`, else meant by "cheapest first", else any that is named."""
    columns = header(clues)
    named = column_mentions(text, columns)
    for at, mention in enumerate(named):
        if _SORT_CUE.search(text[: mention.start]):
            chosen = [mention]
            while (joint := _AND_ANOTHER.match(text, chosen[-1].end)) and at + len(chosen) < len(named):
                following = named[at + len(chosen)]
                if following.start != joint.end():
                    break
                chosen.append(following)
            yield from _once(chosen)
            return
    meant = list(superlatives(text, columns))
    if meant:
        yield _implied(meant[0].start, meant[0].column, 0.8)
    else:
        yield from _once(_free(text, columns, []))


@brief
def find_ranking_columns(text: str, clues: Clues) -> Iterator[Mention]:
    """The column that ranks: "by REVENUE", "with the highest PRICE", "the hottest" (temperature)."""
    columns = header(clues)
    free = [mention for mention in _free(text, columns, []) if mention.column.type in ("number", "date", "datetime")]
    cued = [mention for mention in free if _RANKED_BY.search(text[: mention.start])]
    meant = list(superlatives(text, columns))
    nouns = [mention for mention in free if _RANKED_NOUN.search(text[: mention.start])]
    if cued:
        yield from _once(cued[:1])
    elif meant and not [mention for mention in free if mention.score >= 0.9 and mention not in nouns]:
        yield _implied(meant[0].start, meant[0].column, 0.8)
    elif free:
        yield from _once(sorted(free, key=lambda mention: (mention in nouns, -mention.score))[:1])
    else:
        units = re.search(r"\b(?:sold|sells?|bought|ordered)\b", text, re.IGNORECASE)
        if units and (column := concept_column("unit", columns)):
            yield _implied(units.start(), column, 0.6)


@brief
def find_ranked_groups(text: str, clues: Clues) -> Iterator[Mention]:
    """What is ranked, if it is a column and not the rows: "top 5 PRODUCTS by revenue"."""
    columns = header(clues)
    by = {mention.value for mention in find_ranking_columns(text, clues)}
    free = [mention for mention in _free(text, columns, []) if mention.column.name not in by and mention.score >= 0.7]
    nouns = [mention for mention in free if _RANKED_NOUN.search(text[: mention.start])]
    others = [mention for mention in free if mention.column.type in ("text", "boolean")]
    dated = concept_column("date", columns)
    parts = [match for match in _PART_OF_DATE.finditer(text) if _RANKED_NOUN.search(text[: match.start()])]
    cued = [group for group in _cued_groups(text, columns) if group.value not in by and group.score >= 0.5]
    if nouns:
        yield from _once(nouns[:1])
    elif cued:
        yield cued[0]
    elif parts and dated:
        yield Mention(parts[0].start(), parts[0].end(), f"{_part(parts[0].group())} of {dated.name}")
    else:
        yield from _once(others[:1])


@brief
def find_shown_columns(text: str, clues: Clues) -> Iterator[Mention]:
    """The columns to show, where the request speaks of columns."""
    columns = header(clues)
    if _COLUMN_CUE.search(text):
        yield from _once(_free(text, columns, []))


def part_of_date(name: str, columns: Sequence[Column]) -> tuple[str, Column] | None:
    """`month of date` as the part and the column of dates, or None if the name is no such thing."""
    part, _, of = name.partition(" of ")
    column = next((column for column in columns if column.name == of), None) if of else concept_column("date", columns)
    return (part, column) if part in PARTS_OF_DATES and column and column.type in ("date", "datetime") else None


def _cued_groups(text: str, columns: Sequence[Column]) -> Iterator[Mention]:
    plain = blanked(text, file_names(text))
    taken = [(c.start, c.end) for c in comparisons(text, tuple(columns))]
    named = {mention.start: mention for mention in column_mentions(plain, columns)}
    for cue in _GROUP_CUE.finditer(plain):
        at = cue.end()
        if _NOT_GROUPING.search(plain[: cue.start()]) or any(start <= cue.start() < end for start, end in taken):
            continue
        group = _group_at(plain, at, named, columns, taken)
        versus = re.match(r"versus|vs|against", cue.group(), re.IGNORECASE)
        if group is None or (versus and any(m.start == at and m.column.type == "number" for m in named.values())):
            if not versus and _SURE_GROUP_CUE.search(cue.group()) and (word := _UNKNOWN.match(plain, at)):
                in_condition = any(start <= at < end for start, end in taken)
                if word.group().lower() not in _NOT_A_GROUP and not in_condition and not _names_a_table(text, at):
                    yield Mention(word.start(), word.end(), word.group(), 0.3)
            continue
        yield group
        while joint := _AND_ANOTHER.match(plain, group.end):
            another = _group_at(plain, joint.end(), named, columns, taken)
            if another is None or (joint.end() in named and named[joint.end()].column.type == "number"):
                break
            yield another
            group = another
    for mention in named.values():
        if _WISE.match(plain, mention.end):
            yield Mention(mention.start, mention.end, mention.column.name)
    dated = concept_column("date", columns)
    for match in _ADVERB.finditer(plain) if dated else ():
        yield Mention(match.start(), match.end(), f"{_ADVERBS[match.group().lower()]} of {dated.name}")  # type: ignore[union-attr]


def _group_at(
    text: str,
    at: int,
    named: dict[int, ColumnMention],
    columns: Sequence[Column],
    taken: Sequence[tuple[int, int]],
) -> Mention | None:
    if any(start <= at < end for start, end in taken):
        return None
    if mention := named.get(at):
        return Mention(mention.start, mention.end, mention.column.name, mention.score)
    dated = concept_column("date", columns)
    if dated and (match := _TIME.match(text, at)):
        return Mention(match.start(), match.end(), dated.name)
    if dated and (match := _PART_OF_DATE.match(text, at)):
        return Mention(match.start(), match.end(), f"{_part(match.group())} of {dated.name}")
    return None


def _part(word: str) -> str:
    word = word.lower()
    return "weekday" if "week" in word and "day" in word else word.rstrip("s")


def _free(text: str, columns: Sequence[Column], groups: Sequence[Mention]) -> list[ColumnMention]:
    """The columns named outside conditions and groups."""
    taken = [(c.start, c.end) for c in comparisons(text, tuple(columns))] + [(m.start, m.end) for m in groups]
    return [
        mention
        for mention in column_mentions(text, columns)
        if all(mention.end <= start or end <= mention.start for start, end in taken)
    ]


def _once(mentions: Sequence[ColumnMention]) -> Iterator[Mention]:
    seen = set()
    for mention in mentions:
        if mention.column.name not in seen:
            seen.add(mention.column.name)
            yield Mention(mention.start, mention.end, mention.column.name, mention.score)


def _implied(at: int, column: Column, score: float) -> Mention:
    """A column that a word implies without naming it: the word itself stays free for what else it says."""
    return Mention(at, at, column.name, score)


def _after_which(text: str, mention: ColumnMention) -> bool:
    return bool(re.search(r"\b(?:which|what|compare(?: the)?)\s+$", text[: mention.start], re.IGNORECASE))


def _unknown_measures(text: str, columns: Sequence[Column], groups: Sequence[Mention]) -> Iterator[Mention]:
    known = {mention.start for mention in column_mentions(text, columns)}
    for match in _UNKNOWN_MEASURE.finditer(blanked(text, file_names(text))):
        start, end = match.span("name")
        free = all(end <= group.start or group.end <= start for group in groups)
        if match.group("name").lower() not in _NO_MEASURE and start not in known and free:
            yield Mention(start, end, match.group("name"), 0.3)


def _names_a_table(text: str, at: int) -> bool:
    return any(start <= at < end for start, end in file_names(text))
