"""Public holidays by country and region, from the `holidays` library, with English names where it has them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ....graphs.errors import ArgumentError, MissingExtra, nearest
from ....graphs.signature import Clues, Mention
from ..places.atlas import atlas, read_country
from ..places.gazetteer import find_countries
from ..places.place_names import NATIONS, PROVINCES, fold

_ENGLISH = {
    "DE": {
        "bavaria": "BY", "saxony": "SN", "lower saxony": "NI", "hesse": "HE", "north rhine westphalia": "NW",
        "nrw": "NW", "thuringia": "TH", "rhineland palatinate": "RP", "saxony anhalt": "ST", "bayern": "BY",
        "sachsen": "SN", "hessen": "HE", "baden wurttemberg": "BW", "nordrhein westfalen": "NW",
        "niedersachsen": "NI", "brandenburg": "BB", "saarland": "SL", "schleswig holstein": "SH", "thuringen": "TH",
        "rheinland pfalz": "RP", "sachsen anhalt": "ST", "mecklenburg vorpommern": "MV",
        "mecklenburg western pomerania": "MV",
    },
    "ES": {"catalonia": "CT", "andalusia": "AN", "basque country": "PV", "galicia": "GA", "castile and leon": "CL"},
    "FR": {"alsace": "6AE", "moselle": "57"},
    "IT": {"south tyrol": "BZ"},
}  # fmt: skip
"""Regions that are known by another name in English, or that people name without their country."""
_COUNTRIES_FIRST = {"georgia"}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The holidays of one country, or of one of its regions."""

    country: str
    """The country's English name."""
    code: str
    region: str = ""
    """Code of the region, empty for the whole country."""

    @property
    def name(self) -> str:
        return f"{self.country} ({self.region})" if self.region else self.country

    def of(self, year: int) -> Mapping[dt.date, str]:
        """The holidays of a year by day, in order. Raises ArgumentError for a year of which none is known."""
        found = _holidays_of(self.code, self.region, year)
        if not found:
            raise ArgumentError(f"no public holidays of {self.name} are known for {year}")
        return found

    def regions_with(self, day: dt.date) -> dict[str, str]:
        """Regions that have a holiday on a day which the country as a whole has not: its name by the region's."""
        if self.region or day in self.of(day.year):
            return {}
        found = {}
        for name, code in _regions(self.code).items():
            if said := _holidays_of(self.code, code, day.year).get(day):
                found[name] = said
        return found

    def next(self, after: dt.date) -> tuple[dt.date, str] | None:
        """The first holiday after a day, within a year or two."""
        for year in (after.year, after.year + 1):
            for day, name in self.of(year).items():
                if day > after:
                    return day, name
        return None


def find_holiday_countries(text: str, clues: Clues) -> list[Mention]:
    """The countries in `text`; if it names none, those that its regions lie in: Germany for "in Bavaria".

    An implied country covers no words, for they are the region's.
    """
    regions = _regions_in(text)
    named = [
        country
        for country in find_countries(text, clues)
        if not any(start < country.end and country.start < end for start, end, _, _ in regions)
    ]
    return named or [Mention(start, start, atlas().countries[code].name, 0.6) for start, _, _, code in regions]


def find_regions(text: str, clues: Clues) -> list[Mention]:
    """The regions in `text`: German states, US states, Canadian and Australian provinces, Scotland, Catalonia, ..."""
    return [Mention(start, end, name) for start, end, name, _ in _regions_in(text)]


def read_calendar(country: str, region: str | None = None) -> Calendar:
    """The calendar of a country or a region of it. Raises ArgumentError naming the nearest known one."""
    if fold(country) in NATIONS:
        country, region = "United Kingdom", country
    known = read_country(country)
    if known.code not in _supported():
        raise ArgumentError(f"the public holidays of {known.name} are not known here")
    if not region:
        return Calendar(known.name, known.code)
    regions = {fold(name): code for name, code in _regions(known.code).items()}
    regions |= _ENGLISH.get(known.code, {})
    codes = set(_library().list_supported_countries()[known.code])
    code = regions.get(fold(region)) or (region.upper() if region.upper() in codes else None)
    if code is None:
        raise ArgumentError(f"no region {region!r} of {known.name}{nearest(fold(region), regions)}")
    return Calendar(known.name, known.code, code)


@lru_cache(maxsize=64)
def _regions_in(text: str) -> tuple[tuple[int, int, str, str], ...]:
    """(start, end, name, country code) of the regions named in `text`."""
    words = [match.span() for match in _WORD.finditer(text)][:300]
    found: list[tuple[int, int, str, str]] = []
    first = 0
    while first < len(words):
        for last in range(min(first + 3, len(words)) - 1, first - 1, -1):
            said = text[words[first][0] : words[last][1]]
            if code := _region_countries().get(fold(said)):
                found.append((words[first][0], words[last][1], said, code))
                first = last
                break
        first += 1
    return tuple(found)


@lru_cache(maxsize=1)
def _region_countries() -> dict[str, str]:
    """Country code by folded region name."""
    countries = {name: code for code, names in _ENGLISH.items() for name in names}
    for code in ("CA", "AU", "GB"):
        countries |= dict.fromkeys(PROVINCES[code].values(), code)
    try:
        states = dict.fromkeys(atlas().states, "US")
    except MissingExtra:
        return countries
    return {name: code for name, code in {**states, **countries}.items() if name not in _COUNTRIES_FIRST}


@lru_cache(maxsize=256)
def _holidays_of(code: str, region: str, year: int) -> Mapping[dt.date, str]:
    library = _library()
    try:
        kinds = library.country_holidays(code, subdiv=region or None, years=year)
        if "en_US" in kinds.supported_languages:
            kinds = library.country_holidays(code, subdiv=region or None, years=year, language="en_US")
    except (NotImplementedError, ValueError, KeyError) as error:
        raise ArgumentError(f"the public holidays of {code} {region} in {year} are not known here") from error
    return dict(sorted(kinds.items()))


@lru_cache(maxsize=64)
def _regions(code: str) -> dict[str, str]:
    """Codes of a country's regions, each by its first name."""
    made = _library().country_holidays(code)
    names: dict[str, str] = {}
    for name, region in made.subdivisions_aliases.items():
        names.setdefault(name, region)
    return names


@lru_cache(maxsize=1)
def _supported() -> frozenset[str]:
    return frozenset(_library().list_supported_countries())


def _library() -> Any:
    try:
        import holidays
    except ImportError as error:
        raise MissingExtra("public holidays", "tools", "holidays") from error
    return holidays
