"""Time zones as people say them: by city, country, US state, abbreviation ("CET"), offset ("UTC+2") or IANA name.

The words around tell which zone a time is given in, and in which it is asked for: "3pm in New York" is New York's.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache

from ....graphs import clock
from ....graphs.errors import ArgumentError, MissingExtra
from ....graphs.signature import Clues, Mention
from ..places.atlas import atlas, read_city
from ..places.gazetteer import places_in
from ..places.place_names import fold

LOCAL = "here"

_ABBREVIATIONS = {
    "UTC": "UTC", "GMT": "UTC", "BST": "Europe/London", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon",
    "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "EET": "Europe/Athens", "EEST": "Europe/Athens",
    "MSK": "Europe/Moscow", "TRT": "Europe/Istanbul", "EST": "America/New_York", "EDT": "America/New_York",
    "ET": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago", "CT": "America/Chicago",
    "MST": "America/Denver", "MDT": "America/Denver", "MT": "America/Denver", "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles", "PT": "America/Los_Angeles", "AKST": "America/Anchorage",
    "AKDT": "America/Anchorage", "HST": "Pacific/Honolulu", "AST": "America/Halifax", "ADT": "America/Halifax",
    "NST": "America/St_Johns", "BRT": "America/Sao_Paulo", "ART": "America/Argentina/Buenos_Aires",
    "IST": "Asia/Kolkata", "PKT": "Asia/Karachi", "ICT": "Asia/Bangkok", "WIB": "Asia/Jakarta",
    "SGT": "Asia/Singapore", "HKT": "Asia/Hong_Kong", "PHT": "Asia/Manila", "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul", "AWST": "Australia/Perth", "ACST": "Australia/Adelaide", "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney", "NZST": "Pacific/Auckland", "NZDT": "Pacific/Auckland",
    "SAST": "Africa/Johannesburg", "EAT": "Africa/Nairobi", "WAT": "Africa/Lagos", "CAT": "Africa/Harare",
}  # fmt: skip
_NAMED = {
    "eastern time": "America/New_York", "eastern standard time": "America/New_York",
    "central time": "America/Chicago", "mountain time": "America/Denver", "pacific time": "America/Los_Angeles",
    "central european time": "Europe/Berlin", "eastern european time": "Europe/Athens",
    "greenwich mean time": "UTC", "universal time": "UTC", "india standard time": "Asia/Kolkata",
    "indian standard time": "Asia/Kolkata", "zulu time": "UTC",
}  # fmt: skip
_STATE_ZONES = {
    "America/New_York": "CT DE FL GA IN KY ME MD MA MI NH NJ NY NC OH PA RI SC VT VA WV DC",
    "America/Chicago": "AL AR IL IA KS LA MN MS MO NE ND OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Phoenix": "AZ",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
}

_CITIES_FIRST = frozenset({"georgia", "washington", "new york"})
"""States whose name means something else first."""

_ABBREVIATION = re.compile(
    r"(?<![\w/])(?:" + "|".join(sorted(_ABBREVIATIONS, key=len, reverse=True)) + r")(?![\w+-]|\s?[+-]\d)"
)
_LOWER = re.compile(r"(?<![\w/])(?:utc|gmt|cet|cest|est|edt|pst|pdt|jst|aest)(?![\w+-]|\s?[+-]\d)", re.IGNORECASE)
_OFFSET = re.compile(
    r"(?<!\w)(?:UTC|GMT)\s?(?P<sign>[+−-])\s?(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?(?!\w)", re.IGNORECASE
)
_IANA = re.compile(
    r"\b(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/\w+(?:/\w+)?\b"
)
_PHRASE = re.compile(r"\b(?:" + "|".join(_NAMED) + r")\b", re.IGNORECASE)
_HERE = re.compile(
    r"\b(?:here|my\s+time(?:\s*zone)?|my\s+place|local(?:\s+time)?|where\s+i\s+(?:am|live))\b", re.IGNORECASE
)
_STATE = re.compile(r"(?=(?P<two>[^\W\d_]+\s[^\W\d_]+)?)(?P<one>[^\W\d_]+)")

_TIME = (
    r"(?:\d{1,2}(?:[:.h]\d\d)?(?::\d\d)?\s*(?:[ap]\.?\s?m\b\.?|o['’]?\s?clock|hours|h\b)|\d{1,2}:\d\d(?::\d\d)?|noon|midday|midnight"
    r"|(?:half|quarter|ten|twenty|five)\s+(?:past|to)\s+\w+|\d{1,2}(?=\s+(?:in\s+the|at\s+night)\b)|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b)"
)
_DATE = (
    r"(?:\s*,?\s*(?:on\s+)?(?:\w+\s+)?(?:\d{1,2}\w{0,2}\s+\w+|\w+\s+\d{1,2}\w{0,2}|\d{4}-\d\d-\d\d)(?:,?\s+\d{4})?"
    r"|\s+(?:today|tomorrow|tonight))?"
)
_DAYPART = r"(?:\s+(?:in\s+the\s+(?:morning|afternoon|evening)|at\s+night))?"
_AFTER_TIME = re.compile(
    rf"{_TIME}{_DAYPART}{_DATE}\s*,?\s*(?:\(|(?:in|at|from|over\s+in)\s+)?(?:the\s+)?$", re.IGNORECASE
)
_BEFORE_TIME = re.compile(
    rf"\s*(?:time\s*)?,?\s*(?:(?:it\s+is|it['’]?s|is(?:\s+at)?|at|and\s+it['’]s)\s+)?{_TIME}", re.IGNORECASE
)
_FROM = re.compile(r"\b(?:from|when\s+it\s+is\s+in|of)\s+(?:the\s+)?$", re.IGNORECASE)
_TO = re.compile(r"\b(?:to|into)\s+(?:the\s+)?$", re.IGNORECASE)


def find_zones(text: str, clues: Clues) -> list[Mention]:
    """Every place or zone in `text`, as it is said; "here" and "my time" are the local zone."""
    found: list[Mention] = []
    for form in (_OFFSET, _IANA, _PHRASE, _ABBREVIATION, _LOWER):
        found += [Mention(match.start(), match.end(), match[0]) for match in form.finditer(text)]
    found += [Mention(match.start(), match.end(), LOCAL, 0.8) for match in _HERE.finditer(text)]
    for place in places_in(text):
        country = place.nation or (place.country.name if place.country else "")
        name = atlas().label(place.city) if place.city else country
        if name and place.score > 0.3:
            found.append(Mention(place.start, place.end, name, place.score))
    found += _states(text)
    return _apart(found)


def find_source_zones(text: str, clues: Clues) -> list[Mention]:
    """The zone that a time in `text` is given in: "3pm in New York", "15:30 CET", "from London"."""
    source = _source(text, find_zones(text, clues))
    return [source] if source else []


def find_target_zones(text: str, clues: Clues) -> list[Mention]:
    """The zones that a time in `text` is to be told in: all but its own."""
    zones = find_zones(text, clues)
    source = _source(text, zones)
    return [zone for zone in zones if zone is not source]


def read_zone(said: str) -> dt.tzinfo:
    """The time zone meant by `said`. Raises ArgumentError if it is no zone, no city and no country."""
    if said == LOCAL:
        return clock.now().tzinfo or dt.UTC
    if match := _OFFSET.fullmatch(said.strip()):
        return _offset(match)
    name = _ABBREVIATIONS.get(said.strip().upper()) or _NAMED.get(" ".join(said.lower().split()))
    if name is None and _IANA.fullmatch(said.strip()):
        name = said.strip()
    if name is None:
        state = atlas().states.get(fold(said))
        city = atlas().best(said) if not state or fold(said) in _CITIES_FIRST else None
        country = atlas().country_called(said)
        if country and not (city and city.country == country.code):
            city = atlas().capital_of(country)
        name = city.zone if city else _zones_of_states().get(state or "")
    return _zone(name or read_city(said).zone)


def _source(text: str, zones: list[Mention]) -> Mention | None:
    for zone in zones:
        if _AFTER_TIME.search(text, max(0, zone.start - 80), zone.start) and not _TO.search(text, 0, zone.start):
            return zone
    for zone in zones:
        if _BEFORE_TIME.match(text, zone.end):
            return zone
    return next((zone for zone in zones if _FROM.search(text, 0, zone.start)), None)


def _states(text: str) -> Iterable[Mention]:
    """US states, but New York and Washington, which are cities first."""
    try:
        states = atlas().states
    except MissingExtra:
        return
    for match in _STATE.finditer(text):
        for said in (match["two"], match["one"]):
            if said and fold(said) in states and fold(said) not in _CITIES_FIRST:
                yield Mention(match.start(), match.start() + len(said), said, 0.7)


@lru_cache(maxsize=1)
def _zones_of_states() -> dict[str, str]:
    return {state: zone for zone, states in _STATE_ZONES.items() for state in states.split()}


def _offset(match: re.Match[str]) -> dt.timezone:
    away = dt.timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    if away >= dt.timedelta(hours=15):
        raise ArgumentError(f"{match[0]!r} is no time zone; offsets go from UTC-12 to UTC+14")
    return dt.timezone(away if match["sign"] == "+" else -away)


def _zone(name: str) -> dt.tzinfo:
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        if not zoneinfo.available_timezones():
            raise MissingExtra("time zones", "tools", "tzdata") from error
        raise ArgumentError(f"no time zone {name!r}; write for example Europe/Berlin, CET, UTC+2 or a city") from error


def _apart(mentions: Iterable[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda mention: (mention.start - mention.end, -mention.score)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)
