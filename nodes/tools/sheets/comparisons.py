"""Reads comparisons from the words of a request: "region is North", "above 500", "in March 2024", "in the South"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..prose.lexing import blanked, file_names, quotes, stems, words
from .columns import ColumnMention, column_mentions
from .concepts import comparatives, concept_column
from .conditions import OPPOSITES, Comparison, Value
from .periods import Period, period_at
from .table_source import Column
from .values import known_value_at, number_at, range_at, value_at, values_at

_FILLER = re.compile(
    r"(?:\s+(?:that|which|who|values?|figures?|column|field|is|are|was|were|be|been|being|has|have|had|must|should|"
    r"lies?|ranging|of)\b)*",
    re.IGNORECASE,
)
_COPULA = re.compile(r"\b(?:is|are|was|were|be|being|of)\b", re.IGNORECASE)
_NOT = re.compile(
    r"\s*(?:\b(?:(?:do|does|did)\s+)?(?:not|never)\b|(?:is|are|was|were|does|do|did)n['’]t\b)", re.IGNORECASE
)
_CUE = re.compile(r"\b(?:where|whose|when|if|only|having|with|for which|condition)\b", re.IGNORECASE)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\s)\s*(?:{pattern})", re.IGNORECASE)


_EMPTY = _compiled(r"(?:empty|missing|blank|null)\b")
_GIVEN = _compiled(r"(?:present|given|filled in|not null)\b")
_BETWEEN = _compiled(r"(?:in\s+)?between\b|from\b(?=.*?\b(?:to|until|through)\b)")
_AND = re.compile(r"\s*(?:\band\b|\bto\b|\buntil\b|\bthrough\b|-|–)\s*", re.IGNORECASE)
_ORDERED = tuple(
    (_compiled(pattern), operator, dates_only)
    for pattern, operator, dates_only in (
        (r">=|≥|=>", ">=", False),
        (r"(?:at least|(?:no|not) (?:less|lower|fewer) than|not (?:below|under)|minimum(?: of)?)\b", ">=", False),
        (r"<=|≤|=<", "<=", False),
        (r"(?:at most|(?:no|not) (?:more|higher|larger) than|not (?:above|over)|up to|maximum(?: of)?)\b", "<=", False),
        (r"<>|!=|≠", "!=", False),
        (r">|(?:above|over|(?:more|greater|higher|larger|bigger|better) than|exceed(?:s|ing)?|beyond)\b", ">", False),
        (r"<|(?:below|under|beneath|(?:less|lower|smaller|fewer|cheaper) than)\b", "<", False),
        (r"(?:on or after|since|starting(?: (?:from|in|on))?|from)\b", ">=", True),
        (r"(?:on or before|until|through|up to)\b", "<=", True),
        (r"(?:after|later than|newer than|past)\b", ">", True),
        (r"(?:before|earlier than|older than|prior to)\b", "<", True),
    )
)  # fmt: skip
_TEXTUAL = tuple(
    (_compiled(pattern), operator)
    for pattern, operator in (
        (r"(?:contain(?:s|ing)?|includ(?:es?|ing)|like|mention(?:s|ing)?)\b", "contains"),
        (r"(?:start|begin)(?:s|n?ing)?(?: with)\b|beginning with\b", "starts with"),
        (r"(?:end)(?:s|ing)?(?: with| in)\b", "ends with"),
    )
)
_OTHER_THAN = _compiled(r"(?:other than|different from|except(?: for)?|excluding)\b")
_EQUALS = _compiled(r"==?|:|(?:equals?(?: to)?|exactly)\b")
_AMONG = _compiled(r"(?:in|one of|any of|among|either(?: of)?|during|on)\b")
_OR_MORE = re.compile(r"\s*(?:or|and)\s+(?:more|above|higher|over|later|up|after|greater)\b|\s*\+(?!\w)", re.IGNORECASE)
_OR_LESS = re.compile(r"\s*(?:or|and)\s+(?:less|below|lower|under|fewer|earlier|before|cheaper)\b", re.IGNORECASE)
_BEFORE_COLUMN = re.compile(
    r"\s*(?:(?:years?|degrees?)\s+)?(?:(?:[a-z]{1,3}\s+|worth\s+)?(?:in|of)\s+)?(?:the\s+)?", re.IGNORECASE
)
_GROUPED = re.compile(r"\b(?:by|per|each|every)\s+(?:the\s+)?$", re.IGNORECASE)
_VALUE_CUE = re.compile(
    r"\b(?:in|for|of|from|to|at|with|within|only|just|on|about|how many|all|list|show|find|get|give me|keep)\s+"
    r"(?:(?:the|all|our)\s+)*$",
    re.IGNORECASE,
)
_VALUE_NOT = re.compile(
    r"\b(?:except(?: for)?|excluding|exclude|without|not(?: (?:in|for|from|of))?|other than|apart from|non)[\s-]+"
    r"(?:(?:the|all)\s+)*$",
    re.IGNORECASE,
)
_PERIOD_CUE = re.compile(
    r"\b(in|during|for|of|on|throughout|within|from|since|after|before|until|through|up to|between|as of)\s+"
    r"(?:the\s+)?(?:months?\s+of\s+)?(?:all of\s+)?",
    re.IGNORECASE,
)  # fmt: skip
_PART_OF_YEAR = re.compile(
    r"\b(?:summer|spring|autumn|fall|winter|beginning|start|end|middle|rest|weeks?)\s+$", re.IGNORECASE
)
_PERIOD_OPERATORS = {
    "since": ">=",
    "as of": ">=",
    "after": ">",
    "before": "<",
    "until": "<=",
    "through": "<=",
    "up to": "<=",
}
_ONWARDS = re.compile(r"\s*(?:on(?:wards?)?|and later|or later)\b", re.IGNORECASE)
_WRITTEN_OUT = re.compile(r"\d{4}-\d\d|(?:[A-Za-z]{3,9}\.?|\d\d?)\s+\w+|Q[1-4]", re.IGNORECASE)


def comparisons_in(text: str, columns: Sequence[Column]) -> list[Comparison]:
    """Every comparison the text makes, in order and without overlaps."""
    if not columns:
        return []
    plain = blanked(text, file_names(text))
    mentions = column_mentions(plain, columns)
    found: list[Comparison] = []

    def keep(comparisons: Iterable[Comparison | None]) -> None:
        for comparison in comparisons:
            if comparison and all(comparison.end <= other.start or other.end <= comparison.start for other in found):
                found.append(comparison)

    keep(_after_column(plain, mention, mentions) for mention in mentions)
    keep(_with_tendency(plain, columns))
    keep(_amounts(plain, columns, mentions))
    keep(_periods(plain, columns))
    keep(_known_values(plain, columns, mentions))
    keep(_truths(plain, mentions))
    return sorted(found, key=lambda comparison: comparison.start)


def _after_column(text: str, mention: ColumnMention, mentions: Sequence[ColumnMention]) -> Comparison | None:
    """`COLUMN [is] [not] COMPARATOR VALUE`."""
    filler = _FILLER.match(text, mention.end)
    at = filler.end() if filler else mention.end
    copula = bool(_COPULA.search(text, mention.end, at))
    denied = _NOT.match(text, at)
    operator_at = denied.end() if denied else at
    found = _operator_and_values(text, operator_at, mention.column, mentions, copula or bool(denied), mention.start)
    if found is None:
        return None
    operator, values, end = found
    if operator in ("=", ">", "<", ">=", "<=") and len(values) == 1:
        operator, end = _or_more(text, operator, end)
    if operator == "=" and len(values) > 1:
        operator = "in"
    grouped = _GROUPED.search(text[: mention.start])  # "by region except North": the column is a group as well
    start = mention.end if grouped else mention.start
    return Comparison(mention.column, OPPOSITES[operator] if denied else operator, tuple(values), start, end)


def _operator_and_values(
    text: str, at: int, column: Column, mentions: Sequence[ColumnMention], copula: bool, start: int
) -> tuple[str, list[Value], int] | None:
    for pattern, operator in ((_EMPTY, "is empty"), (_GIVEN, "is not empty")):
        if copula and (match := pattern.match(text, at)):
            return operator, [], match.end()
    if column.type in ("number", "date", "datetime"):
        if match := _BETWEEN.match(text, at):
            return _two_values(text, match.end(), column, mentions)
        for pattern, operator, dates_only in _ORDERED:
            if (match := pattern.match(text, at)) and (not dates_only or column.type != "number"):
                value = value_at(text, match.end(), column, mentions)
                if value is not None:
                    return operator, [value[0]], value[1]
    elif match := re.compile(r"\s*(?:<>|!=|≠)").match(text, at):
        listed = values_at(text, match.end(), column, mentions)
        return ("not in" if listed and len(listed[0]) > 1 else "!=", *listed) if listed else None
    if column.type in ("text", "other"):
        for pattern, operator in _TEXTUAL:
            if (match := pattern.match(text, at)) and (value := value_at(text, match.end(), column, mentions)):
                return operator, [value[0]], value[1]
    if match := _OTHER_THAN.match(text, at):
        listed = values_at(text, match.end(), column, mentions)
        return ("not in" if listed and len(listed[0]) > 1 else "!=", *listed) if listed else None
    if match := _EQUALS.match(text, at):
        listed = values_at(text, match.end(), column, mentions)
        return ("=", *listed) if listed else None
    if match := _AMONG.match(text, at):
        listed = values_at(text, match.end(), column, mentions, sure=False)
        bracketed = text[match.end() :].lstrip()[:1] in ("(", "[")
        if listed and (column.type != "number" or len(listed[0]) > 1 or bracketed):
            return "in" if len(listed[0]) > 1 or bracketed else "=", *listed
        return None
    if copula:
        listed = values_at(text, at, column, mentions, sure=bool(_CUE.search(text, 0, start)))
        return ("=", *listed) if listed else None
    if column.type in ("text", "other") and (listed := values_at(text, at + 1, column, mentions, sure=False)):
        return ("=", *listed) if text[at : at + 1].isspace() else None
    return None


def _two_values(
    text: str, at: int, column: Column, mentions: Sequence[ColumnMention]
) -> tuple[str, list[Value], int] | None:
    if column.type == "number":
        found = range_at(text, at, _AND)
        return ("between", [found[0], found[1]], found[2]) if found else None
    first = value_at(text, at, column, mentions)
    joint = _AND.match(text, first[1]) if first else None
    second = value_at(text, joint.end(), column, mentions) if joint else None
    return ("between", [first[0], second[0]], second[1]) if first and second else None


def _or_more(text: str, operator: str, end: int) -> tuple[str, int]:
    """`500 or more`, `2024 and later`: the word after the value makes the comparison."""
    if operator == "=" and (match := _OR_MORE.match(text, end)):
        return ">=", match.end()
    if operator == "=" and (match := _OR_LESS.match(text, end)):
        return "<=", match.end()
    return operator, end


def _with_tendency(text: str, columns: Sequence[Column]) -> Iterable[Comparison]:
    """`older than 40`, `cheaper than 20 euros`."""
    for word in comparatives(text, columns):
        if value := number_at(text, word.end):
            yield Comparison(word.column, ">" if word.sign > 0 else "<", (value[0],), word.start, value[1])


def _amounts(text: str, columns: Sequence[Column], mentions: Sequence[ColumnMention]) -> Iterable[Comparison]:
    """`more than 10 units`, `over 500 in revenue`, and `above 500` where only one column can be meant."""
    numeric = [column for column in columns if column.type == "number" and not column.ids]
    for pattern, operator, dates_only in _ORDERED:
        if dates_only or operator == "!=":
            continue
        for match in pattern.finditer(text):
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            if start > 0 and text[start].isalpha() and text[start - 1].isalnum():
                continue
            value = number_at(text, match.end())
            if value is None:
                continue
            yield from _amount(text, start, value[1], operator, (value[0],), mentions, numeric)
    for match in _BETWEEN.finditer(text):
        start = match.end() - len(match.group().lstrip())
        found = range_at(text, match.end(), _AND)
        if found and not (start > 0 and text[start - 1].isalnum()):
            yield from _amount(text, start, found[2], "between", (found[0], found[1]), mentions, numeric)


def loose_amounts(text: str, found: Sequence[Comparison]) -> Iterable[tuple[int, int]]:
    """Places of comparisons with a number that belong to no column: "orders over 1000"."""
    for pattern, operator, dates_only in _ORDERED:
        for match in pattern.finditer(text) if not dates_only and operator != "!=" else ():
            start = match.end() - len(match.group().lstrip())
            value = number_at(text, match.end())
            begins = start == 0 or not (text[start].isalpha() and text[start - 1].isalnum())
            if value and begins and all(value[1] <= other.start or other.end <= start for other in found):
                yield start, value[1]


def _amount(
    text: str,
    start: int,
    end: int,
    operator: str,
    values: tuple[Value, ...],
    mentions: Sequence[ColumnMention],
    numeric: Sequence[Column],
) -> Iterable[Comparison]:
    """The comparison of whatever column stands after the amount, else before it, else is the only one of numbers."""
    filler = _BEFORE_COLUMN.match(text, end)
    named = [m for m in mentions if filler and m.start == filler.end() and m.column.type == "number"]
    before = [m.column for m in mentions if m.end <= start and m.column.type == "number"]
    if named:
        yield Comparison(named[0].column, operator, values, start, named[0].end)
    elif before:
        yield Comparison(before[-1], operator, values, start, end)
    elif len(numeric) == 1:
        yield Comparison(numeric[0], operator, values, start, end)
    elif (money := concept_column("revenue", numeric)) and re.search(
        r"[$€£¥]|\b(?:euros?|dollars?|USD|EUR)\b", text[start:end]
    ):
        yield Comparison(money, operator, values, start, end)


def _periods(text: str, columns: Sequence[Column]) -> Iterable[Comparison]:
    """`in March 2024`, `since 2023`, `between 1 March 2024 and 1 May 2024`, where the table has dates (or a year)."""
    dated = concept_column("date", columns)
    year = next((column for column in columns if column.type == "number" and stems(column.name) == ("year",)), None)
    for match in _PERIOD_CUE.finditer(text):
        found = period_at(text, match.end())
        if found is None or _PART_OF_YEAR.search(text[: match.start()]):
            continue
        cue, (period, end) = match.group(1).lower(), found
        if dated is None:
            if year is not None and (period.end - period.start).days > 300 and period.month is None:
                operator = _PERIOD_OPERATORS.get(cue, "=")
                yield Comparison(year, operator, (float(period.start.year),), match.start(), end)
            continue
        joint = _AND.match(text, end)
        second = period_at(text, joint.end()) if joint and cue in ("between", "from") else None
        if second:
            yield Comparison(dated, "between", (period, second[0]), match.start(), second[1])
        elif cue != "between":
            yield _since(text, dated, cue, period, match.start(), end)
    if dated is not None:
        for word in words(text):
            if _WRITTEN_OUT.match(text, word.start) and (found := period_at(text, word.start)) and not found[0].month:
                yield Comparison(dated, "=", (found[0],), word.start, found[1])


def _since(text: str, dated: Column, cue: str, period: Period, start: int, end: int) -> Comparison:
    operator = _PERIOD_OPERATORS.get(cue, "=")
    if cue == "from" and (onwards := _ONWARDS.match(text, end)):
        operator, end = ">=", onwards.end()
    elif cue == "from" and (period.end - period.start).days == 1:
        operator = ">="
    return Comparison(dated, operator, (period,), start, end)


def _known_values(text: str, columns: Sequence[Column], mentions: Sequence[ColumnMention]) -> Iterable[Comparison]:
    """`in the North`, `for Lamps and Desks`, `Engineering department`: values the table is known to hold."""
    named = {mention.start: mention for mention in mentions}
    quoted = {quote.start + 1 for quote in quotes(text)}
    for column in columns:
        if column.type != "text" or not column.values:
            continue
        for word in words(text):
            known = known_value_at(text, word.start, column)
            if known is None or word.start in named:
                continue
            listed = values_at(text, word.start, column, mentions, sure=False)
            values, end = listed if listed else ([known[0]], known[1])
            before = text[: word.start]
            follower = named.get(end + 1)
            denied = _VALUE_NOT.search(before)
            plural = len(known[0]) > 3 and known[1] - word.start > len(known[0])
            same_case = text[word.start : word.start + len(known[0])] == known[0] and known[0][:1].isupper()
            cued = denied or _VALUE_CUE.search(before) or word.start in quoted
            if not (cued or same_case or plural or (follower and len(known[0]) > 3)):
                continue
            if follower is not None and follower.column == column:
                end = follower.end
            start = word.start - 1 if word.start in quoted else word.start
            end = end + 1 if word.start in quoted and end == known[1] and end < len(text) else end
            operator = "in" if len(values) > 1 else "="
            if denied:
                start, operator = denied.start(), OPPOSITES[operator]
            yield Comparison(column, operator, tuple(values), start, end)


def _truths(text: str, mentions: Sequence[ColumnMention]) -> Iterable[Comparison]:
    """`coastal cities`, `where active`, `not coastal`: a column of yes and no, named where it is no group."""
    named = [mention for mention in mentions if mention.column.type == "boolean"]
    for mention in named:
        before = text[: mention.start]
        twice = sum(other.column == mention.column for other in named) > 1  # "coastal and non-coastal": both, so groups
        if twice or re.search(r"\b(?:by|per|each|every|column)\s+$", before, re.IGNORECASE):
            continue
        denied = re.search(r"(?:\b(?:not|non|isn['’]t|aren['’]t)[\s-]+)$", before, re.IGNORECASE)
        start = denied.start() if denied else mention.start
        yield Comparison(mention.column, "=", (denied is None,), start, mention.end)
