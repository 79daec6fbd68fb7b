"""Everyday words for common columns: a request says "hottest" or "earning" where the table says temperature, salary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..prose.lexing import stems
from .table_source import Column

_CONCEPTS = {
    "revenue": {"revenue", "sale", "turnover", "taking"},
    "salary": {"salary", "pay", "paid", "wage", "earn", "earning", "income"},
    "unit": {"unit", "quantity", "qty", "piece"},
    "price": {"price", "cost", "costing", "expensive", "cheap"},
    "temperature": {"temperature", "temp", "hot", "warm", "cold"},
    "rain": {"rain", "rainfall", "precipitation", "rained", "raining"},
    "wind": {"wind", "windy"},
    "population": {"population", "inhabitant", "people", "resident"},
    "age": {"age", "old"},
}
_PER_ROW = {"price", "cost", "rate", "age", "temperature", "temp", "score", "rating", "salary", "wage", "pay", "wind"}
_PER_ROW |= {
    "percent",
    "percentage",
    "humidity",
    "grade",
    "speed",
    "weight",
    "height",
    "density",
    "latitude",
    "longitude",
}


@dataclass(frozen=True, slots=True)
class Tendency:
    """A word at `text[start:end]` that names a column by its extremes; `sign` is +1 where more of it is meant."""

    start: int
    end: int
    column: Column
    sign: int


_DEALS = r"(?=\s+(?:\w+\s+)?(?:orders?|sales?|deals?|purchases?|invoices?|transactions?)\b)"
_SUPERLATIVES = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), concepts, sign)
    for pattern, concepts, sign in (
        (r"hottest|warmest", "temperature", 1),
        (r"coldest|coolest", "temperature", -1),
        (r"most expensive|priciest|dearest|costliest", "price", 1),
        (r"cheapest|least expensive", "price", -1),
        (r"wettest|rainiest", "rain", 1),
        (r"driest", "rain", -1),
        (r"windiest", "wind", 1),
        (rf"(?:largest|biggest|highest|top|best){_DEALS}", "revenue", 1),
        (rf"(?:smallest|lowest|worst){_DEALS}", "revenue", -1),
        (r"most popul(?:ous|ated)|largest|biggest", "population", 1),
        (r"least popul(?:ous|ated)|smallest", "population", -1),
        (r"oldest", "age", 1),
        (r"oldest|earliest", "date", -1),
        (r"youngest", "age", -1),
        (r"youngest|newest|latest|most recent", "date", 1),
        (r"(?:best|highest|top)[- ](?:paid|earning)", "salary", 1),
        (r"(?:worst|lowest|least)[- ](?:paid|earning)", "salary", -1),
        (r"(?:best|top)[- ]?selling", "revenue unit", 1),
        (r"(?:worst|least)[- ]?selling", "revenue unit", -1),
    )
)
_COMPARATIVES = tuple(
    (re.compile(rf"\b(?:{pattern})\s+than\b", re.IGNORECASE), concepts, sign)
    for pattern, concepts, sign in (
        (r"hotter|warmer", "temperature", 1),
        (r"colder|cooler", "temperature", -1),
        (r"more expensive|pricier|dearer", "price", 1),
        (r"cheaper|less expensive", "price", -1),
        (r"older", "age", 1),
        (r"younger", "age", -1),
    )
)


def concept_column(concept: str, columns: Sequence[Column]) -> Column | None:
    """The one column that stands for a concept (`date`: the first column of dates), or None."""
    if concept == "date":
        return next((column for column in columns if column.type in ("date", "datetime")), None)
    meant = _CONCEPTS[concept]
    found = [column for column in columns if column.type == "number" and meant & set(stems(column.name))]
    return found[0] if len(found) == 1 else None


def column_meant_by(word: str, columns: Sequence[Column]) -> Column | None:
    """The column that an everyday word (a stem) stands for, or None."""
    for concept, meant in _CONCEPTS.items():
        if word in meant:
            return concept_column(concept, columns)
    return None


def superlatives(text: str, columns: Sequence[Column]) -> Iterator[Tendency]:
    """Words such as "cheapest", where the table has the column they speak of."""
    return _tendencies(_SUPERLATIVES, text, columns)


def comparatives(text: str, columns: Sequence[Column]) -> Iterator[Tendency]:
    """Words such as "older than", where the table has the column they speak of."""
    return _tendencies(_COMPARATIVES, text, columns)


def is_per_row(name: str) -> bool:
    """Whether adding up this column says nothing (prices, ages, temperatures): its groups are averaged."""
    return bool(_PER_ROW & set(stems(name)))


def _tendencies(
    lexicon: Sequence[tuple[re.Pattern[str], str, int]], text: str, columns: Sequence[Column]
) -> Iterator[Tendency]:
    taken: set[int] = set()
    for pattern, concepts, sign in lexicon:
        for match in pattern.finditer(text):
            found = (concept_column(concept, columns) for concept in concepts.split())
            column = next(filter(None, found), None)
            if column is not None and match.start() not in taken:
                taken.add(match.start())
                yield Tendency(match.start(), match.end(), column, sign)
