"""Finds durations in text ("90 days", "a year and a half", "2h30") and gives them as ISO 8601 text.

Months and years stay months and years ("P3M"), so whoever shifts a date by them can do it right.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from fractions import Fraction

from ...graphs.duration import Duration
from ...graphs.signature import Clues, Mention

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
]
_ONES += ["seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = {word: value for value, word in enumerate(_ONES)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
"""Number words below a hundred that are one word."""
NUMBERS |= {"fourty": 40, "a": 1, "an": 1, "couple": 2, "dozen": 12}
_HALF = Fraction(1, 2)
_SYMBOLS = {"½": _HALF, "¼": Fraction(1, 4), "¾": Fraction(3, 4)}

_WORD = "(?:" + "|".join(sorted(set(NUMBERS) - {"a", "an", "couple", "dozen"}, key=len, reverse=True)) + ")"
_LARGE = rf"(?:{_WORD}|an?)\s+(?:hundred|thousand)(?:(?:\s+and)?\s+{_WORD}(?:[\s-]{_WORD})?)?"
_DIGITS = r"(?:\d{1,3}(?:[,\u00a0\u202f']\d{3})+(?![\d,])|\d{1,9})(?:\.\d{1,6})?(?:\s?[½¼¾])?|[½¼¾]"
AMOUNT = (
    rf"(?:{_DIGITS}|{_LARGE}|(?:{_WORD}|an?)\s+and\s+a\s+half|{_WORD}(?:[\s-]{_WORD})?|half(?:\s+an?)?|a\s+half"
    r"|(?:an?\s+)?couple(?:\s+of)?|a\s+dozen|an?)"
)
"""A count as words or digits, without named groups."""

_UNITS = (
    ("seconds?|secs?", Duration(seconds=1)),
    ("minutes?|mins?|minuts?", Duration(seconds=60)),
    ("hours?|hrs?|h", Duration(seconds=3600)),
    ("days?|nights?|workdays?|weekdays?", Duration(days=1)),
    ("weeks?|wks?", Duration(days=7)),
    ("fortnights?", Duration(days=14)),
    ("months?|mths?|mos?", Duration(months=1)),
    ("years?|yrs?", Duration(months=12)),
    ("decades?", Duration(months=120)),
    ("century|centuries", Duration(months=1200)),
)
_SIZES = {re.compile(rf"(?:{names})", re.IGNORECASE): size for names, size in _UNITS}
_UNIT = "(?:" + "|".join(names for names, _ in _UNITS) + ")"
_SORT = r"(?:(?:business|working|calendar|full|whole|more|entire|consecutive)[\s-]+)?"
PART = rf"{AMOUNT}[\s-]*{_SORT}{_UNIT}\b(?:['’]s?(?!\w))?(?:\s+and\s+a\s+half\b)?"
"""One count with its unit, without groups: the start of anything reckoned by a duration."""

_PART = re.compile(
    rf"(?<![\w.,:/$€£])(?P<amount>{AMOUNT})[\s-]*(?P<sort>{_SORT})(?P<unit>{_UNIT})\b(?:['’]s?(?!\w))?(?P<half>\s+and\s+a\s+half\b)?",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:,\s*)?(?:and\s+|&\s*)?", re.IGNORECASE)
_COMPACT = re.compile(r"(?<![\w.,:])(\d{1,3})\s?h\s?([0-5]?\d)\s?(?:m|mins?)?(?![\w:])", re.IGNORECASE)
_ISO = re.compile(r"(?<!\w)P(?=[\dT])[\dYMWDTHS.]{2,40}(?!\w)")
_NEXT_TO = re.compile(
    r"(?<!\w)(?:the|one)\s+(day|week|month|year)(?=\s+(?:after|before|following|prior)\b)", re.IGNORECASE
)
LONGEST_TEXT = 4000
"""Characters of a text that are looked at: a longer one is a document rather than a request."""
_DATE_WORD = re.compile(_UNIT + r"|\dh|\bP[\dT]", re.IGNORECASE)
_OPINION = re.compile(
    r"(?:\s+(?:opinion|time|chance|look|thought|language|hand|half|part|one|is\b)|\s*$)", re.IGNORECASE
)


def find_durations(text: str, clues: Clues) -> list[Mention]:
    """Every duration in `text`, as ISO 8601 text: "two weeks" is P14D, "a year and a half" P1Y6M, "1.5 hours" PT1H30M.

    Parts that go down in size are one duration ("2 hours and 30 minutes"); equal ones are two. Of "10 business days"
    only the count is covered: which days count is another argument's matter.
    """
    text = text[:LONGEST_TEXT]
    if not _DATE_WORD.search(text):
        return []
    found = [*_written(text), *_compact(text), *_counted(text), *_next_to(text)]
    return _apart(found)


def reckons(clues: Clues) -> bool:
    """True if a duration is among the arguments that are filled: then the tool reckons with it."""
    return any(
        isinstance(value, dt.timedelta) or (isinstance(value, str) and _ISO.fullmatch(value))
        for value in clues.filled.values()
    )


def read_amount(words: str) -> Fraction | None:
    """The count that `words` (matched by AMOUNT) say; None if they make no sense."""
    words = " ".join(words.lower().replace("-", " ").split())
    half = Fraction(0)
    for ending in (" and a half", " half a", " half an"):
        if words.endswith(ending):
            words, half = words.removesuffix(ending), _HALF
    if words in ("half", "half a", "half an", "a half"):
        return _HALF
    if words[:1].isdigit() or words[:1] in _SYMBOLS:
        symbol = _SYMBOLS.get(words[-1], Fraction(0))
        digits = re.sub(r"[,\u00a0\u202f'\s½¼¾]", "", words)
        return Fraction(digits or "0") + symbol + half
    total = 0
    for word in words.split():
        if word in ("hundred", "thousand"):
            total = max(total, 1) * (100 if word == "hundred" else 1000)
        elif word in ("couple", "dozen"):
            total = NUMBERS[word]
        else:
            total += NUMBERS.get(word, 0)
    return Fraction(total) + half


def read_duration(words: str) -> Duration | None:
    """The duration that `words` (one or more PARTs) say; None if there is none or it is beyond reckoning."""
    total = Duration()
    for part in _PART.finditer(words):
        size = _size(part)
        if size is None:
            return None
        total += size
    return total or None


def _written(text: str) -> Iterator[Mention]:
    for match in _ISO.finditer(text):
        try:
            yield Mention(match.start(), match.end(), str(Duration.parse(match[0])))
        except ValueError:
            continue


def _compact(text: str) -> Iterator[Mention]:
    for match in _COMPACT.finditer(text):
        yield Mention(match.start(), match.end(), str(Duration(seconds=int(match[1]) * 3600 + int(match[2]) * 60)))


def _next_to(text: str) -> Iterator[Mention]:
    for match in _NEXT_TO.finditer(text):
        size = _unit(match[1])
        yield Mention(match.start(), match.end(), str(size), 0.8)


def _counted(text: str) -> Iterator[Mention]:
    start, end, total, last = 0, 0, Duration(), None
    for part in _PART.finditer(text):
        size = _size(part)
        if size is None:
            continue
        joint = _JOINT.fullmatch(text, end, part.start())
        unit = _unit(part["unit"])
        if last is not None and joint and _rank(unit) < _rank(last):
            total, end, last = total + size, _end(part), unit
            continue
        if last is not None:
            yield _mention(text, start, end, total)
        start, end, total, last = part.start(), _end(part), size, unit
    if last is not None:
        yield _mention(text, start, end, total)


def _end(part: re.Match[str]) -> int:
    working = part["sort"].lower().startswith(("business", "working")) or "day" in part["unit"].lower()[1:]
    return part.end("amount") if working else part.end()


def _mention(text: str, start: int, end: int, total: Duration) -> Mention:
    vague = text[start:end].lower().startswith(("a ", "an "))
    return Mention(start, end, str(total), 0.8 if vague else 1.0)


def _size(part: re.Match[str]) -> Duration | None:
    amount, unit = read_amount(part["amount"]), _unit(part["unit"])
    if amount is None:
        return None
    is_ordinal = part["unit"].lower() == "second" and part["amount"].lower() == "a"
    if is_ordinal and _OPINION.match(part.string, part.end()):  # "a second opinion" counts nothing
        return None
    if part["unit"].lower() == "h" and not part["amount"][:1].isdigit():
        return None
    if part["half"]:
        amount += _HALF
    if unit.months:
        months = amount * unit.months
        rest = months - int(months)
        return Duration(int(months), round(rest * 30))
    if unit.days:
        days = amount * unit.days
        return Duration(0, int(days), _seconds((days - int(days)) * 86400))
    return Duration(seconds=_seconds(amount * Fraction(unit.seconds)))


def _seconds(value: Fraction) -> float:
    return int(value) if value.denominator == 1 else round(float(value), 6)


def _unit(name: str) -> Duration:
    return next(size for names, size in _SIZES.items() if names.fullmatch(name))


def _rank(unit: Duration) -> float:
    return unit.months * 2_600_000 + unit.days * 86_400 + unit.seconds


def _apart(mentions: list[Mention]) -> list[Mention]:
    """The mentions that don't overlap one listed before them, in the order of the text."""
    kept: list[Mention] = []
    for mention in mentions:
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)
