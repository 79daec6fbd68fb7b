"""Types of the parameters of date tools: they take ISO 8601, and a date in words from whoever fills them with words."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from ....graphs import clock
from ....graphs.duration import Duration
from ....graphs.errors import ArgumentError
from ....graphs.signature import Clues, Kind, Mention

_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ].*)?")
_AMOUNT = re.compile(
    r"(?P<sign>[-+−])?\s*(?P<count>\d{1,9})\s*(?:business\s+|working\s+)?(?P<unit>[a-z]+?)s?", re.IGNORECASE
)
_UNITS = {
    "second": Duration(seconds=1), "sec": Duration(seconds=1), "minute": Duration(seconds=60),
    "min": Duration(seconds=60), "hour": Duration(seconds=3600), "hr": Duration(seconds=3600),
    "day": Duration(days=1), "week": Duration(days=7), "month": Duration(1), "year": Duration(12),
}  # fmt: skip
_BEFORE = re.compile(
    r"\b(?:before|earlier|ago|prior(?:\s+to)?|back|minus|subtract(?:ed)?|less|preced\w+|take\s+away|was\s+it|sooner)\b|(?<=\s)[-−](?=\s?\d)",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\b(?:after|later|from|plus|add(?:ed)?|follow\w+|hence|in|past)\b", re.IGNORECASE)
_BUSINESS = re.compile(r"\b(?:business|working|work|week)[\s-]*days?\b", re.IGNORECASE)


def read_day(value: Any) -> Any:
    """A date in words or with a time as ISO 8601, where dateparser understands it; anything else as it is."""
    if not isinstance(value, str):
        return value
    if match := _ISO.fullmatch(value.strip()):
        return match[1]
    try:
        import dateparser  # type: ignore[import-untyped]
    except ImportError:
        return value
    base = clock.now().replace(tzinfo=None)
    settings = {"DATE_ORDER": "DMY", "RELATIVE_BASE": base, "REQUIRE_PARTS": ["day", "month"]}
    found = dateparser.parse(value[:100], languages=["en"], settings=settings)
    return found.date() if found else value


def read_amount(said: str) -> Duration:
    """A duration in ISO 8601 ("P3M") or as a number with a unit ("3 months"). Raises ArgumentError."""
    try:
        return Duration.parse(said)
    except ValueError:
        match = _AMOUNT.fullmatch(said.strip())
        size = _UNITS.get(match["unit"].lower()) if match else None
        if match is None or size is None:
            raise ArgumentError(f"{said!r} is no duration; write for example 90 days, 3 months or P3M") from None
        times = int(match["count"]) * (-1 if match["sign"] in ("-", "−") else 1)
        return Duration(size.months * times, size.days * times, size.seconds * times)


def find_directions(text: str, clues: Clues) -> list[Mention]:
    """Whether a duration goes back in time ("45 days ago") or ahead ("in 3 weeks", the usual)."""
    found = [Mention(match.start(), match.end(), "before") for match in _BEFORE.finditer(text)]
    return found + [Mention(match.start(), match.end(), "after", 0.5) for match in _AFTER.finditer(text)]


def find_day_sorts(text: str, clues: Clues) -> list[Mention]:
    """Whether only business days count."""
    return [Mention(match.start(), match.end(), "business days") for match in _BUSINESS.finditer(text)]


Day = Annotated[dt.date, BeforeValidator(read_day), "a date"]
Amount = Annotated[str, Kind("duration"), "a duration such as 90 days or 3 months"]
