"""A few tools with kinds of their own, small enough to see through, for tests of the Octopus."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Annotated, Literal

from octograph.graphs.signature import Clues, Kind, Mention, Neighbor
from octograph.nodes.tool import Tool, tool

UNIT = r"(?:miles?|kilometers?|km|kilograms?|pounds?|kg|feet|meters?|hours?|days?|minutes?|cm|inches)"


def find_quantities(text: str, clues: Clues) -> Iterable[Mention]:
    return [Mention(m.start(), m.end(), m.group()) for m in re.finditer(rf"\b[\d.,]*\d\s*{UNIT}\b", text)]


def find_units(text: str, clues: Clues) -> Iterable[Mention]:
    taken = [(m.start, m.end) for m in find_quantities(text, clues)]
    found = [Mention(m.start(), m.end(), m.group(), 0.9) for m in re.finditer(rf"\b{UNIT}\b", text)]
    return [m for m in found if not any(a <= m.start < b for a, b in taken)]


def find_places(text: str, clues: Clues) -> Iterable[Mention]:
    return [
        Mention(m.start(), m.end(), m.group())
        for m in re.finditer(r"\b(France|Germany|Japan|Finland|Greece|Brazil)\b", text)
    ]


def find_cities(text: str, clues: Clues) -> Iterable[Mention]:
    return [Mention(m.start(), m.end(), m.group()) for m in re.finditer(r"\b(Paris|Madrid|Berlin|Tokyo|Rome)\b", text)]


def find_text(text: str, clues: Clues) -> Iterable[Mention]:
    read = [result for result in clues.inputs if result.kind == "text"]
    quoted = [Mention(m.start(), m.end(), m.group(1)) for m in re.finditer(r'"([^"]+)"', text)]
    return quoted or [Mention(0, 0, result.text) for result in read[-1:]]


Quantity = Annotated[str, Kind("quantity", find_quantities)]
City = Annotated[str, Kind("city", find_cities)]
Country = Annotated[str, Kind("country", find_places)]
Material = Annotated[str, Kind("text-input", find_text)]


@tool(
    "small.convert",
    examples=["5 miles in km", "how many feet is 3 meters", "turn 3 kg and 4 kg into pounds", "2 hours in minutes"],
)
def convert(value: Quantity, to: Annotated[str, Kind("unit", find_units)]) -> Quantity:
    """Converts a quantity to another unit."""
    return f"{value} as {to}"


@tool("small.total", examples=["add 5 feet and 3 meters", "sum of 2 kg and 3 pounds"])
def total(values: Annotated[list[str], Kind("quantity", find_quantities)]) -> Quantity:
    """Adds quantities up."""
    return " + ".join(values)


@tool(
    "small.difference", examples=["days between 1 May and 2 June 2020", "how many days from 3 May 2021 to 9 July 2021"]
)
def difference(start: dt.date, end: dt.date) -> Quantity:
    """Counts the days between two dates."""
    return f"{(end - start).days} days"


@tool("small.weekday", examples=["what weekday is 3 May 2020", "which day of the week was 1 January 2000"])
def weekday(day: dt.date) -> str:
    """Tells the weekday of a date."""
    return f"{day:%A}"


@tool("small.holiday", examples=["is 1 January a public holiday in Spain", "is 6 January 2021 a holiday in Italy"])
def holiday(day: dt.date, country: Country) -> bool:
    """Tells whether a date is a public holiday in a country."""
    return day.day == 25


@tool("small.capital", examples=["capital of Spain", "what is the capital city of Italy"])
def capital(country: Country) -> City:
    """Names the capital of a country."""
    return {"France": "Paris", "Germany": "Berlin", "Japan": "Tokyo"}.get(country, "Rome")


@tool("small.currency", examples=["currency of Spain", "what money is used in Italy"])
def currency(country: Country) -> str:
    """Names the currency of a country."""
    return "euro"


@tool(
    "small.distance",
    examples=[
        "distance from Rome to Vienna",
        "how far is Oslo from Cairo",
        "which is further from Rome, Oslo or Cairo",
    ],
)
def distance(a: City, b: City) -> Quantity:
    """Measures the distance between two cities."""
    return f"{len(a) * 100 + len(b)} km"


@tool("small.compare", examples=["which is larger"])
def compare(results: Annotated[list[dict], Kind("results")]) -> str:
    """Compares earlier results."""
    return " < ".join(sorted(result["text"] for result in results))


@tool("small.read", examples=["read a.txt", "open the file b.txt"])
def read(path: Annotated[str, Kind("file")]) -> str:
    """Reads a file."""
    return f"all of {path}, from the first line\nto the last"


@tool("small.summarize", examples=["summarize this text", "summary of the article in 3 sentences"])
def summarize(text: Material, sentences: int = 2) -> str:
    """Summarizes a text."""
    return f"{sentences} sentences of {text[:12]}"


@tool("small.sentiment", examples=["is this text positive", "sentiment of the review", "tell me its sentiment"])
def sentiment(text: Material) -> str:
    """Tells the sentiment of a text."""
    return "positive"


@tool("small.write", examples=["save this to out.txt", "write 'abc' into a file called b.txt"], idempotent=False)
def write(path: Annotated[str, Kind("file")], text: str) -> Annotated[str, Kind("file")]:
    """Writes a text to a file."""
    return path


@tool("small.chart", examples=["draw it as a bar chart", "plot a line chart"])
def chart(
    values: Annotated[list[float], Kind("table")], style: Literal["bar", "line"] = "bar"
) -> Annotated[str, Kind("picture")]:
    """Draws a chart of a table."""
    return f"{style}.png"


TOOLS: tuple[Tool, ...] = (
    convert,
    total,
    difference,
    weekday,
    holiday,
    capital,
    currency,
    distance,
    compare,
    read,
    summarize,
    sentiment,
    write,
    chart,
)


def cards() -> tuple[Neighbor, ...]:
    """The tools as neighbors that may be called several times."""
    return tuple(
        Neighbor(made.name.partition(".")[2], made.description, made.examples, made.signature, again=True)
        for made in TOOLS
    )
