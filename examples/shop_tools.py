"""The tools of `shop.yaml`: plain Python functions, whose types say what to look for in a request."""

from typing import Annotated, Literal

from octograph import ArgumentError, Clues, Kind, Mention, tool

PRICES = {"lamp": 29.0, "chair": 75.0, "cup": 4.5, "table": 180.0}
DAYS = {"Paris": 2, "Rome": 3, "Oslo": 5}


def find_cities(text: str, clues: Clues) -> list[Mention]:
    """Where a text names a city we deliver to: this is all it takes to teach the Octopus a new kind of value."""
    places = ((city, text.lower().find(city.lower())) for city in DAYS)
    return [Mention(start, start + len(city), city) for city, start in places if start >= 0]


@tool(examples=["how much are two lamps", "what is the price of a table"])
def price(item: Literal["lamp", "chair", "cup", "table"], count: int = 1) -> str:
    """What a number of things costs."""
    if count < 1:
        raise ArgumentError(f"{count} of a thing can't be bought; say a number from 1 up")
    return f"{PRICES[item] * count:.2f} euros"


@tool
def delivery(city: Annotated[str, Kind("city", find=find_cities, cues=("to", "in"))]) -> str:
    """In how many days an order arrives in a city."""
    return f"{DAYS[city]} days"


@tool
def opening(day: Literal["weekday", "Saturday", "Sunday"] = "weekday") -> str:
    """When the shop is open."""
    return {"weekday": "9 to 18 o'clock", "Saturday": "10 to 14 o'clock", "Sunday": "closed"}[day]
