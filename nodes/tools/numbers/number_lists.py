"""Finds and reads lists of numbers ("4, 8, 15 and 16", "1 to 100") and the measure asked of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ....graphs.errors import ArgumentError
from ....graphs.signature import Clues, Mention
from .numerals import Numeral, numeral_at

_LONGEST = 20_000
_MOST = 2_000
_STARTS = re.compile(r"(?<![\w.])(?:[-−](?=[0-9.]))?(?=[$€£]?[0-9.½-¾]|[a-zA-Z])")
_BETWEEN = re.compile(r"\s*(?:[,;\n\t|]\s*(?:and\s+|&\s*)?|\s(?:and|&|or|vs\.?|versus|with)\s+|\s)", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:to|through|thru|up to|\.\.\.?|…|–)\s*", re.IGNORECASE)
_TO = re.compile(r"\s+to\s+", re.IGNORECASE)
_ADDED_TO = re.compile(r"\badd(?:ing)?\s+$", re.IGNORECASE)
"""Before "15 to 100" it makes two numbers of them, not a range."""
_FRACTION = re.compile(r"/([1-9][0-9]{0,5})(?![0-9/])")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,}")

MEASURES = {
    "mean": r"mean|average|avg|averaged?",
    "median": r"median",
    "mode": r"mode|most (?:common|frequent)",
    "sum": r"sum|total|add(?:ed)?(?: up| together)?",
    "minimum": r"min(?:imum)?|smallest|lowest|least",
    "maximum": r"max(?:imum)?|largest|biggest|highest|greatest",
    "range": r"range|spread",
    "standard deviation": r"(?:sample )?(?:standard deviation|std(?:\.? ?dev)?|stdev|sd)",
    "variance": r"(?:sample )?variance|var",
    "population standard deviation": r"population (?:standard deviation|std(?:\.? ?dev)?|stdev)",
    "population variance": r"population variance",
    "count": r"count|how many numbers",
    "product": r"product",
}
_MEASURE = re.compile(
    "|".join(rf"(?P<m{n}>\b(?:{pattern})\b)" for n, pattern in reversed(list(enumerate(MEASURES.values())))),
    re.IGNORECASE,
)


def find_measures(text: str, clues: Clues) -> Iterable[Mention]:
    """Measures by their names and everyday synonyms: average, std dev, biggest."""
    names = list(MEASURES)
    for match in _MEASURE.finditer(text[:_LONGEST]):
        name = names[int(str(match.lastgroup)[1:])]
        if not (name == "range" and re.match(r"\s+(?:from|of)?\s*-?[0-9]+\s*(?:to|-)", text[match.end() :])):
            yield Mention(match.start(), match.end(), name)


def find_number_lists(text: str, clues: Clues) -> Iterable[Mention]:
    """The longest list of numbers, as one mention; a lone number is one too, though less sure."""
    text, at = text[:_LONGEST], 0
    best: Mention | None = None
    while match := _STARTS.search(text, at):
        first = _number(text, match.start())
        if first is None:
            at = _after_word(text, match.end())
            continue
        start, end = match.start(), first.end
        while (following := _next(text, end)) is not None:
            end = following.end
        at = end
        mention = _list_at(text, start, end)
        if mention is not None and (best is None or len(mention.value) > len(best.value)):
            best = mention
    return [] if best is None else [best]


def _list_at(text: str, start: int, end: int) -> Mention | None:
    listed = _TO.sub(" and ", text[start:end]) if _ADDED_TO.search(text[:start]) else text[start:end]
    try:
        values = numbers_in(listed)
    except ArgumentError:
        return None
    return Mention(start, end, values, 1.0 if len(values) > 1 else 0.3)


def find_integers(text: str, clues: Clues) -> Iterable[Mention]:
    """Whole numbers, one by one."""
    text, at = text[:_LONGEST], 0
    while match := _STARTS.search(text, at):
        found = _number(text, match.start())
        if found is not None and found.value.denominator == 1:
            yield Mention(match.start(), found.end, int(found.value))
        at = max(match.end() + 1, found.end if found else _after_word(text, match.end()))


def numbers_in(text: str) -> list[float]:
    """The numbers of a list. Raises ArgumentError if it is none, or too long a list."""
    numbers: list[float] = []
    at, body = 0, text.strip().strip("[](){}").strip()
    if _GROUPED.fullmatch(body):
        return [float(part) for part in body.split(",")]
    while at < len(body):
        found = _number(body, at)
        if found is None:
            raise ArgumentError(f"{text[:60]!r} is no list of numbers; write one such as 4, 8, 15")
        ranged = _range_end(body, found)
        numbers.extend([_float(found)] if ranged is None else _counted(found, ranged))
        if len(numbers) > _MOST:
            raise ArgumentError(f"a list of more than {_MOST} numbers; put them into a file and use a table")
        at = (ranged or found).end
        separator = _BETWEEN.match(body, at)
        at = separator.end() if separator else at
    return numbers


def _number(text: str, at: int) -> Numeral | None:
    """The number at `at`: with its sign, a currency before it, or as a fraction 3/4."""
    negative = text[at : at + 1] in ("-", "−")
    money = text[at + negative : at + negative + 1] in ("$", "€", "£")
    found = numeral_at(text, at + negative + money)
    if found is not None and (fraction := _FRACTION.match(text, found.end)):
        found = Numeral(at, fraction.end(), found.value / int(fraction.group(1)))
    if found is None or (found.end < len(text) and (text[found.end].isalpha() or text[found.end] == "_")):
        return None
    return Numeral(at, found.end, -found.value if negative else found.value)


def _next(text: str, end: int) -> Numeral | None:
    """The next number of the same list: after a separator, or after "to"."""
    for pattern in (_RANGE, _BETWEEN):
        if (match := pattern.match(text, end)) and match.end() > end and (found := _number(text, match.end())):
            return found
    return None


def _float(found: Numeral) -> float:
    try:
        return float(found.value)
    except OverflowError:
        raise ArgumentError("the list holds a number that is too large") from None


def _range_end(text: str, first: Numeral) -> Numeral | None:
    match = _RANGE.match(text, first.end)
    return _number(text, match.end()) if match else None


def _counted(first: Numeral, last: Numeral) -> list[float]:
    if first.value.denominator != 1 or last.value.denominator != 1 or abs(last.value - first.value) > _MOST:
        raise ArgumentError(f"a range such as 1 to 100 goes between two whole numbers at most {_MOST} apart")
    step = 1 if first.value <= last.value else -1
    return [float(value) for value in range(int(first.value), int(last.value) + step, step)]


def _after_word(text: str, at: int) -> int:
    match = re.compile(r"[\w.]*").match(text, at)
    return max(at + 1, match.end() if match else at)
