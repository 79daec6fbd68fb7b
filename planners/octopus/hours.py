"""Finds times of day in text: "3pm", "15:30", "noon", "half past four", "9.30 in the evening"."""

from __future__ import annotations

import datetime as dt
import re

from ...graphs import clock
from ...graphs.signature import Clues, Mention
from .durations import LONGEST_TEXT, NUMBERS, reckons

_HOUR_WORDS = "|".join(
    word for word, value in NUMBERS.items() if 1 <= value <= 12 and word not in ("a", "an", "couple", "dozen")
)
_MINUTE_WORDS = "twenty[ -]five|five|ten|twenty"
_HALF_OF_DAY = (
    r"(?:\s*(?P<half>[ap])(?:\.\s?m\.?|m\b)|\s+(?:in\s+the\s+|at\s+)(?P<part>morning|afternoon|evening|night)\b"
    r"|\s+(?P<when>tonight|this\s+(?:morning|afternoon|evening)|tomorrow\s+(?:morning|afternoon|evening))\b)"
)

_DIGITAL = re.compile(
    rf"(?<![\w:.,/$€£-])(?P<hour>[01]?\d|2[0-3])(?P<mark>[:h.])(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?(?![\d:%])(?!\.\d)"
    rf"(?:{_HALF_OF_DAY}|\s*(?:hours|hrs|h|uhr)\b)?(?!\w)",
    re.IGNORECASE | re.ASCII,
)
_STAMP = re.compile(
    r"(?<=\d[T ])(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?", re.ASCII
)
_WHOLE = re.compile(
    rf"(?<![\w:.,/$€£-])(?P<hour>1?\d|2[0-3]|{_HOUR_WORDS})(?:\s*o['’]?\s?clock)?{_HALF_OF_DAY}(?!\w)",
    re.IGNORECASE | re.ASCII,
)
_O_CLOCK = re.compile(rf"(?<![\w:.,])(?P<hour>1?\d|2[0-3]|{_HOUR_WORDS})\s*o['’]?\s?clock\b", re.IGNORECASE | re.ASCII)
_SPOKEN = re.compile(
    rf"\b(?:(?P<quarter>(?:a\s+)?quarter)|(?P<halfway>half)|(?P<minutes>[0-5]?\d|{_MINUTE_WORDS})(?:\s+minutes)?)\s+"
    rf"(?P<way>past|to|before|after)\s+(?P<hour>1?\d|{_HOUR_WORDS}|noon|midnight)\b(?![:.]\d)(?:\s*o['’]?\s?clock)?(?:{_HALF_OF_DAY})?",
    re.IGNORECASE | re.ASCII,
)
_NAMED = re.compile(r"(?<![\w-])(?P<name>noon|midday|midnight)(?![\w-])", re.IGNORECASE)
_NOW = re.compile(
    r"\b(?:from|between|until|till|and|to)\s+(?P<last>now)\b|(?<!right )\b(?P<first>now)(?=\s+(?:and|to|until|till)\b)",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"\bat\s+(?P<hour>1?\d|2[0-3]|{_HOUR_WORDS})\b(?![.,:/-]?\d)(?!\s*(?:%|[a-z]))", re.IGNORECASE | re.ASCII
)
_FORMS = ((_STAMP, 1.0), (_SPOKEN, 1.0), (_DIGITAL, 1.0), (_WHOLE, 1.0), (_O_CLOCK, 0.9), (_NAMED, 1.0), (_BARE, 0.5))
_MAYBE = re.compile(
    r"\d|\b(?:noon|midday|midnight|past|to|clock|now|at|quarter|half|[ap]\.?m|morning|evening|night)\b", re.IGNORECASE
)


def find_times(text: str, clues: Clues) -> list[Mention]:
    """Every time of day in `text`, in ISO 8601 ("15:30:00").

    A bare hour ("at 5") scores low; "9.30" counts only with am, pm, a part of the day or "at" before it;
    "now" at an end of a span is the clock's time; "half past four" is 04:30 unless it is said to be in the afternoon.
    If a duration has been filled for the same call, "45 minutes before noon" is noon, for the tool reckons.
    """
    text = text[:LONGEST_TEXT]
    if not _MAYBE.search(text):
        return []
    kept: list[Mention] = []
    for form, score in _FORMS:
        for match in form.finditer(text):
            if form is _SPOKEN and reckons(clues) and _is_reckoned(match):
                continue
            value = _read(match)
            if value is None or any(match.start() < other.end and other.start < match.end() for other in kept):
                continue
            start = match.start("hour") if form is _BARE else match.start()
            kept.append(Mention(start, match.end(), value.isoformat(), score))
    now = clock.now().time().replace(microsecond=0).isoformat()
    kept += [Mention(*match.span(match.lastgroup or 0), now, 0.4) for match in _NOW.finditer(text)]
    return sorted(kept, key=lambda mention: mention.start)


def _read(match: re.Match[str]) -> dt.time | None:
    said = match.groupdict()
    if name := said.get("name"):
        return dt.time(0 if name.lower() == "midnight" else 12)
    if said.get("mark") == "." and not _is_dotted_time(match):
        return None
    spoken_hour = said["hour"].lower()
    hour = {"noon": 12, "midnight": 0}.get(spoken_hour, NUMBERS.get(spoken_hour, -1))
    hour = int(spoken_hour) if hour < 0 else hour
    minutes = int(said.get("minute") or 0)
    if way := said.get("way"):
        if said["minutes"] and _is_range(match):
            return None
        counted = _minutes(said)
        minutes = counted if way.lower() in ("past", "after") else -counted
    half = _half_of_day(said)
    if half and not 1 <= hour <= 12 and not (spoken_hour == "0" and half == "a"):
        half = ""  # 15:30 pm is 15:30
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23:
        return None
    total = (hour * 60 + minutes) % (24 * 60)
    return dt.time(total // 60, total % 60, int(said.get("second") or 0))


def _minutes(said: dict[str, str | None]) -> int:
    if said["quarter"]:
        return 15
    if said["halfway"]:
        return 30
    words = (said["minutes"] or "").lower().replace("-", " ")
    return int(words) if words.isdigit() else sum(NUMBERS[word] for word in words.split())


def _half_of_day(said: dict[str, str | None]) -> str:
    """`a` before noon, `p` after, empty if it isn't said."""
    if half := said.get("half"):
        return half.lower()
    part = (said.get("part") or said.get("when") or "").lower()
    if not part:
        return ""
    if part.endswith("night"):
        hour = (said.get("hour") or "").lower()
        late = NUMBERS.get(hour, int(hour) if hour.isdigit() else 12)
        return "p" if 6 <= late < 12 else "a"
    return "a" if part.endswith("morning") else "p"


def _is_dotted_time(match: re.Match[str]) -> bool:
    """True if "9.30" is a time rather than a number."""
    before = re.search(r"\bat\s+$", match.string[: match.start()], re.IGNORECASE)
    after = match.string[match.end() :].lstrip()[:1]
    return bool(_half_of_day(match.groupdict())) or (before is not None and not after.isalpha())


def _is_reckoned(match: re.Match[str]) -> bool:
    """True for "45 minutes before noon", which a tool reckons if it was given the 45 minutes."""
    return "minutes" in match[0].lower() or match["way"].lower() in ("before", "after")


def _is_range(match: re.Match[str]) -> bool:
    """True if "5 to 6" is from five to six rather than five minutes to six."""
    said = match["minutes"] + match["hour"]
    after = match.string[match.end() :].lstrip()
    return said.isdigit() and "minutes" not in match[0].lower() and after[:1].isalpha() and not after.startswith("in ")
