"""Finds dates that are written out: with a month's name, in figures, or as a day that has a name of its own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .calendar_words import MONTH_NAMES, NAMED_DAYS, ORDINALS, SHORT_WEEKDAYS, WEEKDAYS, nth_weekday, read_month


@dataclass(frozen=True, slots=True)
class Written:
    """A date at `text[start:end]`; `year` is None where the text doesn't say it."""

    start: int
    end: int
    year: int | None
    day_in: Callable[[int], dt.date]
    """The date in a given year; raises ValueError where that year has no such day."""
    score: float = 1.0


_WEEKDAY = "(?:" + "|".join([*WEEKDAYS, *SHORT_WEEKDAYS]) + r")\.?"
_PREFIX = rf"(?:(?<![\w.]){_WEEKDAY}(?:,\s*|\s+)(?:the\s+)?)?"
_LETTERS = r"[^\W\d_]{3,10}"
_SUFFIX = r"(?:\s?(?:st|nd|rd|th)\b)"
_ORDINAL = "|".join(sorted((word.replace("-", "[ -]") for word in ORDINALS), key=len, reverse=True))
_STOPS = (
    r"\s*(?:$|[,.;:?!)\]]|[-–—]\s*\d"
    r"|(?:and|to|or|until|till|through|at|is|was|in|on|from|for|of|vs|an?|the|public|bank|holiday|falls?)\b)"
)
"""What may follow a date: after anything else, "may" and "march" are rather verbs."""
_TO_DAY = r"\s*(?:and|to|or|-|–)\s*\d{1,2}(?:st|nd|rd|th)?\s+[a-z]"
_YEAR = rf"(?:\d{{4}}(?![\d%])(?!\.\d)|['’]\d\d(?!\d)|\d\d(?={_STOPS})(?!\s*:\d)(?!{_TO_DAY}))"

_FIGURES = re.compile(r"(?<![\w/.:-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)(?![\w/])(?![.:-]\d)", re.ASCII)
_ISO = re.compile(r"(?<![\w/.:-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?=[T ]?\d\d:\d\d|(?![\w/])(?![.:-]\d))", re.ASCII)
_DAY_FIRST = re.compile(
    rf"{_PREFIX}(?<![\w/:$€£])(?<!\d[.,])(?P<day>\d{{1,2}}(?!\d){_SUFFIX}?|(?:{_ORDINAL})\b)(?:\s+(?:day\s+)?of\b)?[\s./-]*(?P<month>{_LETTERS})\b\.?"
    rf"(?:(?:\s*[,./-]\s*|\s*)(?:of\s+)?(?P<year>{_YEAR}))?",
    re.IGNORECASE | re.ASCII,
)
_MONTH_FIRST = re.compile(
    rf"{_PREFIX}(?<![\w/-])(?P<month>{_LETTERS})\b\.?(?:\s*-\s*|\s*)(?:the\s+)?(?P<day>\d{{1,2}}(?!\d){_SUFFIX}?|(?:{_ORDINAL})\b)"
    rf"(?![:/%]\d)(?!\.\d)(?:(?:\s*[,./-]\s*|\s*)(?:of\s+)?(?P<year>{_YEAR}))?",
    re.IGNORECASE | re.ASCII,
)
_MONTH_YEAR = re.compile(
    rf"(?<![\w/-])(?P<month>{_LETTERS})\b\.?(?:,\s*|\s+)(?:of\s+)?(?P<year>\d{{4}})(?![\w%])(?!\.\d)", re.ASCII
)
_BEFORE_RANGE = re.compile(
    rf"(?<![\w.,/:-])(?P<day>\d{{1,2}}{_SUFFIX}?)\s*(?:-|–|—|\bto\b|\band\b|\buntil\b|\btill\b|\bthrough\b|\bor\b)\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(rf"\b({_LETTERS})\.?\s*(?:the\s+)?$", re.IGNORECASE)
_AFTER_RANGE = re.compile(
    rf"\s*(?:-|–|—|\bto\b|\band\b|\buntil\b|\btill\b|\bthrough\b|\bor\b)\s*(?:the\s+)?(?P<day>\d{{1,2}}(?!\d){_SUFFIX}?)"
    rf"(?:(?:\s*,\s*|\s+)(?P<year>\d{{4}})\b|(?={_STOPS}))(?![:/.]\d)",
    re.IGNORECASE,
)
_NTH = re.compile(
    rf"\b(?P<nth>first|second|third|fourth|fifth|last|[1-5](?:st|nd|rd|th))\s+(?P<weekday>{_WEEKDAY})\s+(?:of|in)\s+(?P<month>{_LETTERS})\b"
    rf"(?:,?\s+(?P<year>\d{{4}})\b)?",
    re.IGNORECASE,
)
_NAMED = [
    (
        re.compile(
            rf"(?<![\w-])(?:{name})(?![\w-])(?:,?\s+(?:of\s+|in\s+)?(?P<year>\d{{4}}(?!\d)|['’]\d\d(?!\d)))?",
            re.IGNORECASE,
        ),
        day_in,
    )
    for name, day_in in NAMED_DAYS.items()
]
_NAMED_GATE = re.compile(
    r"mas\b|eve\b|boxing|new\s+year|epiph|valentin|patrick|saints|hall?owe|thanks|easter|friday|ascens|pentec|whit|corpus",
    re.IGNORECASE,
)
_MONTH_GATE = re.compile("|".join([*(name[:3] for name in MONTH_NAMES), r"\d[\s./-]*[ajsondfm]"]), re.IGNORECASE)
_FOREIGN = re.compile(
    r"(?<![\w.,/-])(?P<day>\d{1,2})(?:\.|er|º|ª)?\s+(?:de\s+|d['’])?[^\W\d_]{3,12}\.?\s+(?:del?\s+)?(?P<year>\d{4})(?!\w)",
    re.IGNORECASE,
)
_LANGUAGES = ["de", "fr", "es", "it", "pt", "nl"]


def written_dates(text: str) -> list[Written]:
    """Every date written out in `text`, without overlaps, in the order of the text."""
    found: list[Written] = []
    if any(character.isdigit() for character in text):
        found += [*_iso(text), *_figures(text)]
    if _MONTH_GATE.search(text):
        found += [*_nth_weekdays(text), *_with_month(text)]
    if _NAMED_GATE.search(text):
        found += list(_named(text))
    found = _apart(found)
    return sorted(_apart(found + list(_foreign(text, found))), key=lambda date: date.start)


def full_year(digits: str) -> int:
    """The year written with `digits`; two of them ('24, '88) lie between 1969 and 2068."""
    digits = digits.strip("'’")
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year >= 69 else 2000)


def _iso(text: str) -> Iterator[Written]:
    for match in _ISO.finditer(text):
        year, _, month, day = match.groups()
        yield from _checked(match.start(), match.end(), int(day), int(month), int(year))


def _figures(text: str) -> Iterator[Written]:
    matches = [match for match in _FIGURES.finditer(text) if len(match[4]) == 4 or _may_be_short(match)]
    month_first = any(int(match[3]) > 12 >= int(match[1]) for match in matches if match[2] != ".")
    if any(int(match[1]) > 12 for match in matches):
        month_first = False
    for match in matches:
        first, second = int(match[1]), int(match[3])
        swapped = match[2] != "." and (month_first or second > 12)
        day, month = (second, first) if swapped else (first, second)
        score = 1.0 if len(match[4]) == 4 else 0.8
        yield from _checked(match.start(), match.end(), day, month, full_year(match[4]), score)


def _may_be_short(match: re.Match[str]) -> bool:
    """True for 3/4/24 and 03.04.24; 3.4.24 may be a version and 3-4-24 a sum."""
    return match[2] == "/" or (match[2] == "." and len(match[0]) == len("03.04.24"))


def _with_month(text: str) -> Iterator[Written]:
    taken: list[tuple[int, int]] = []
    for form in (_DAY_FIRST, _MONTH_FIRST):
        for match in _scan(form, text):
            month = read_month(match["month"]) or 0
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if not match["year"] and not _is_surely_date(match, month):
                continue
            year = full_year(match["year"]) if match["year"] else None
            if form is _DAY_FIRST and (other := _range_before(text, match.start())):
                yield from _checked(other.start(), other.end("day"), _day(other["day"]), month, year, 0.9)
            elif form is _MONTH_FIRST and (other := _AFTER_RANGE.match(text, match.end())):
                year = year or (int(other["year"]) if other["year"] else None)
                yield from _checked(other.start("day"), other.end(), _day(other["day"]), month, year, 0.9)
            yield from _checked(match.start(), match.end(), _day(match["day"]), month, year, 1.0 if year else 0.9)
            taken.append(match.span())
    for match in _MONTH_YEAR.finditer(text):
        month = read_month(match["month"]) or 0
        if month and not any(match.start() < end and start < match.end() for start, end in taken):
            yield from _checked(match.start(), match.end(), 1, month, int(match["year"]), 0.6)


def _range_before(text: str, end: int) -> re.Match[str] | None:
    """The "3" of "3 to 9 March", unless it is the day of a month named before it."""
    match = _BEFORE_RANGE.search(text, 0, end)
    if match is None:
        return None
    word = _LAST_WORD.search(text, 0, match.start())
    return None if word and read_month(word[1]) else match


def _scan(form: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches of `form` whose month really is one."""
    position = 0
    while match := form.search(text, position):
        is_date = read_month(match["month"]) is not None
        position = match.end() if is_date else match.start() + 1
        if is_date:
            yield match


def _is_surely_date(match: re.Match[str], month: int) -> bool:
    """False for "10 may enter" and "march 10 miles": without a year, May and March may be verbs."""
    if match["month"].lower() not in ("may", "march", "mar") and MONTH_NAMES[month - 1] not in ("may", "march"):
        return True
    if not match["day"][-1].isdigit():
        return True
    return re.compile(_STOPS, re.IGNORECASE).match(match.string, match.end()) is not None


def _nth_weekdays(text: str) -> Iterator[Written]:
    for match in _NTH.finditer(text):
        month = read_month(match["month"])
        if month is None:
            continue
        nth = -1 if match["nth"].lower() == "last" else _day(match["nth"])
        weekday = SHORT_WEEKDAYS[match["weekday"].lower()[:3]]

        def day_in(year: int, month: int = month, weekday: int = weekday, nth: int = nth) -> dt.date:
            return nth_weekday(year, month, weekday, nth)

        year = int(match["year"]) if match["year"] else None
        yield Written(match.start(), match.end(), year, day_in)


def _named(text: str) -> Iterator[Written]:
    found = [
        Written(match.start(), match.end(), full_year(match["year"]) if match["year"] else None, day_in, 0.95)
        for form, day_in in _NAMED
        for match in form.finditer(text)
    ]
    yield from sorted(found, key=lambda date: date.start - date.end)


def _foreign(text: str, found: list[Written]) -> Iterator[Written]:
    """Dates in other languages ("3 de marzo de 2024"), by dateparser where it is installed."""
    for match in _FOREIGN.finditer(text):
        if any(match.start() < other.end and other.start < match.end() for other in found):
            continue
        try:
            import dateparser  # type: ignore[import-untyped]
        except ImportError:
            return
        settings = {"STRICT_PARSING": True, "DATE_ORDER": "DMY"}
        moment = dateparser.parse(match[0], languages=_LANGUAGES, settings=settings)
        if moment is not None and (moment.day, moment.year) == (int(match["day"]), int(match["year"])):
            yield from _checked(match.start(), match.end(), moment.day, moment.month, moment.year, 0.8)


def _day(said: str) -> int:
    word = re.sub(r"\s+", "-", said.strip().lower())
    return ORDINALS[word] if word in ORDINALS else int(re.sub(r"\D", "", said))


def _checked(start: int, end: int, day: int, month: int, year: int | None, score: float = 1.0) -> Iterator[Written]:
    """The date, unless no calendar has it."""
    try:
        dt.date(year or 2024, month, day)  # 2024: 29 February may be meant for a leap year
    except ValueError:
        return
    yield Written(start, end, year, lambda said: dt.date(said, month, day), score)


def _apart(dates: list[Written]) -> list[Written]:
    """The dates that don't overlap one listed before them."""
    kept: list[Written] = []
    for date in dates:
        if all(date.end <= other.start or other.end <= date.start for other in kept):
            kept.append(date)
    return kept
