"""The unit tools: which quantities and units they find in worded requests, what they answer, and what they refuse."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import octograph
from octograph.graphs.errors import ArgumentError
from octograph.graphs.signature import Clues
from octograph.graphs.walk import Call, Query, Result
from octograph.nodes.catalog import tools_of
from octograph.nodes.tool import Tool, ToolWorker
from octograph.nodes.tools import units as catalog
from octograph.nodes.tools.measures import unit_finders
from octograph.nodes.tools.measures.conversion import dimension, unit_named
from octograph.nodes.tools.measures.unit_names import known_names
from octograph.planners.octopus.arguments import fill

TOOLS = tools_of(catalog)
LIBRARY = Path(octograph.__file__).parent / "graphs" / "library"


async def answer(tool: Tool, request: str, inputs: tuple[Result, ...] = ()) -> Result:
    """What a tool answers to a request, its arguments filled as the Octopus fills them."""
    filled = fill(tool.signature, request, inputs)
    return await ToolWorker(tool).run(Call(0, None, "tool", Query(request, inputs), filled.arguments))


@pytest.mark.parametrize(
    ("request_", "value", "to"),
    [
        ("convert 5 miles to kilometers", "5 miles", "kilometers"),
        ("how many feet is 12 meters", "12 meters", "feet"),
        ("12 m in ft", "12 m", "ft"),
        ("how many hours are 59 days", "59 days", "hours"),
        ("59 DAYS IN HOURS?", "59 DAYS", "HOURS"),
        ("5 ft 11 in to cm", "5 ft 11 in", "cm"),
        ("what's 5'11\" in cm", "5'11\"", "cm"),
        ("how tall is 6'2 in centimeters", "6'2", "centimeters"),
        ("100 °F in celsius", "100 °F", "celsius"),
        ("98.6 fahrenheit in celsius", "98.6 fahrenheit", "celsius"),
        ("what is 100 degrees fahrenheit in celsius?", "100 degrees fahrenheit", "celsius"),
        ("-40 c to f", "-40 c", "f"),
        ("60 mph to km/h", "60 mph", "km/h"),
        ("60 miles an hour in m/s", "60 miles an hour", "m/s"),
        ("How many kilometers per hour is 60 miles per hour?", "60 miles per hour", "kilometers per hour"),
        ("convert 2.5 hours to minutes", "2.5 hours", "minutes"),
        ("1,500 m to km", "1,500 m", "km"),
        ("10 000 km in miles", "10 000 km", "miles"),
        ("3,5 km in miles", "3,5 km", "miles"),
        ("3/4 mile in feet", "3/4 mile", "feet"),
        ("2½ cups in ml", "2½ cups", "ml"),
        ("half a mile in meters", "half a mile", "meters"),
        ("a quarter of a mile in feet", "a quarter of a mile", "feet"),
        ("an hour and a half in minutes", "an hour and a half", "minutes"),
        ("two hundred and fifty grams in ounces", "two hundred and fifty grams", "ounces"),
        ("a dozen miles in km", "a dozen miles", "km"),
        ("1.5 million seconds in days", "1.5 million seconds", "days"),
        ("how many seconds are in an hour", "an hour", "seconds"),
        ("how many feet in a mile", "a mile", "feet"),
        ("how many days per week", "week", "days"),
        ("1h30m in minutes", "1h30m", "minutes"),
        ("2 hours and 5 minutes in seconds", "2 hours and 5 minutes", "seconds"),
        ("200 square feet in square meters", "200 square feet", "square meters"),
        ("50 m² to ft2", "50 m²", "ft2"),
        ("9.8 m/s^2 in ft/s^2", "9.8 m/s^2", "ft/s^2"),
        ("30 mpg to l/100km", "30 mpg", "l/100km"),
        ("500 mb to gb", "500 mb", "gb"),
        ("what is 12 in in cm", "12 in", "cm"),
        ("12 in to cm", "12 in", "cm"),
        ("5 kms to miles", "5 kms", "miles"),
        ("10 kilometres into miles", "10 kilometres", "miles"),
        ("100 celcius to farenheit", "100 celcius", "farenheit"),
        ("30 minuts in secons", "30 minuts", "secons"),
        ("how many kilomters is 5 mile", "5 mile", "kilomters"),
        ("180 lbs in kilos", "180 lbs", "kilos"),
        ("26.2 miles -> km", "26.2 miles", "km"),
        ("from miles to km: 26.2", "26.2 miles", "km"),
        ("5 miles to blorps", "5 miles", "blorps"),
        ("$5 in euros", "$5", "euros"),
    ],
)
def test_quantity_and_unit_are_found(request_: str, value: str, to: str) -> None:
    """The quantity and the unit it is wanted in, wherever they stand and however they are spelled."""
    assert fill(TOOLS["units.convert"].signature, request_).arguments == {"value": value, "to": to}


@pytest.mark.parametrize(
    "request_",
    [
        "",
        "hello there",
        "weather in Paris in May",
        "are you in us or me",
        "draw it as a bar chart",
        "the second derivative of x^3",
        "a second opinion, at a hand's breadth",
        "5 in the morning",
        "do as I say",
        "meet me at 5 pm",
        "the 1st and the 3rd of May",
        "he has 3 stores, 5 chairs and 12 points",
        "what is in it for us",
    ],
)
def test_ordinary_words_are_no_units(request_: str) -> None:
    """Short words and words with another meaning count as units only where a unit is expected."""
    assert list(unit_finders.find_quantities(request_, Clues())) == []
    assert list(unit_finders.find_units(request_, Clues())) == []


@pytest.mark.parametrize(
    ("value", "to", "text"),
    [
        ("5 miles", "km", "8.04672 km"),
        ("12 m", "feet", "39.3701 ft"),
        ("12", "ft", ""),
        ("59 days", "hours", "1416 hours"),
        ("60 minutes", "hours", "1 hour"),
        ("5 ft 11 in", "cm", "180.34 cm"),
        ("-5 ft 6 in", "cm", "-167.64 cm"),
        ("98.6 fahrenheit", "celsius", "37 °C"),
        ("20 degrees", "fahrenheit", "68 °F"),
        ("68 degrees", "celsius", "20 °C"),
        ("180 degrees", "radians", "3.14159 rad"),
        ("pi", "m", ""),
        ("60 rpm", "Hz", "1 Hz"),
        ("30 mpg", "l/100km", "7.84049 L/100 km"),
        ("1 GB", "MB", "1000 MB"),
        ("1 GiB", "MiB", "1024 MiB"),
        ("8 Mb", "MB", "1 MB"),
        ("a gallon", "cups", "16 cups"),
        ("1 kWh", "joules", "3600000 J"),
        ("1 hp", "watts", "745.7 W"),
        ("100 km/h", "mph", "62.1371 mph"),
        ("1 acre", "square meters", "4046.86 m²"),
        ("1 hour", "fortnights", "0.00297619 fortnights"),
        ("a decade", "years", "10 years"),
        ("90°", "rad", "1.5708 rad"),
    ],
)
def test_quantities_are_converted(value: str, to: str, text: str) -> None:
    """Right values, rounded sensibly, with the symbol people know; a plain number is refused."""
    if text:
        assert TOOLS["units.convert"](value, to).text == text
    else:
        with pytest.raises(ArgumentError):
            TOOLS["units.convert"](value, to)


def test_the_data_of_a_conversion_names_what_was_converted() -> None:
    """The data hold value, unit and a label for the next worker."""
    result = TOOLS["units.convert"]("12 meters", "feet")
    assert result.data == {"value": pytest.approx(39.37007874), "unit": "ft", "label": "12 m"}
    assert result.kind == "quantity"


def test_an_earlier_result_is_converted_on() -> None:
    """A quantity that comes as the data of an earlier result is a quantity like any other."""
    miles = TOOLS["units.convert"]("10 km", "miles")
    assert TOOLS["units.convert"](miles.data, "feet").text == "32808.4 ft"
    assert TOOLS["units.add"]([miles.data, "1 mile"]).text == "7.21371 mi"


@pytest.mark.parametrize(
    ("value", "to", "message"),
    [
        ("5 miles", "kilograms", "mi measures length and kg measures mass"),
        ("5 GB", "degrees", "amount of data"),
        ("5 m", "m²", "area"),
        ("5 dollars", "euros", "currency"),
        ("5 kg", "pesos", "currency"),
        ("5 miles", "kilomiles", "did you mean"),
        ("5 miles", "bananas", "no unit 'bananas'"),
        ("5 mles", "km", "did you mean"),
        ("5", "km", "has no unit"),
        ("", "km", "no quantity"),
        ("5 km", "", "no unit"),
        ("5 km then rm -rf", "miles", "no quantity"),
        ("__import__('os')", "km", "no quantity"),
        ("5 km", "km**9**9**9", "no unit"),
        ("9" * 300 + " km", "m", "no quantity"),
        ("1e300 km", "nm", "no value"),
        ("0 mpg", "L/100km", "no value"),
        ("5 km", "x" * 10_000, "no unit"),
    ],
)
def test_what_can_not_be_converted_is_refused_with_the_reason(value: str, to: str, message: str) -> None:
    """Both dimensions, the nearest unit, or that money is no unit; never a traceback."""
    with pytest.raises(ArgumentError, match=message):
        TOOLS["units.convert"](value, to)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("which is longer, 5 miles or 9 km?", "9 km (5.59234 mi), against 5 mi"),
        ("which is shorter: 5 miles or 9 km", "5 mi, against 9 km (5.59234 mi)"),
        ("which is colder, 30 °F or 2 °C", "30 °F, against 2 °C (35.6 °F)"),
        ("what is heaviest: 3 stone, 20 kg or 45 lb", "45 lb (3.21429 st), against 20 kg (3.14946 st), 3 st"),
        ("compare 1 hour and 50 minutes", "1 hour, against 50 minutes (0.833333 hours)"),
        ("is 5 ft 11 in more than 180 cm", "5 ft 11 in, against 180 cm (5.90551 ft)"),
        ("which is more, 1 kg or 1000 g", "1 kg and 1000 g (1 kg) are equal"),
    ],
)
async def test_quantities_are_compared(request_: str, text: str) -> None:
    """The one that is picked stands first, with its value in the common unit."""
    assert (await answer(TOOLS["units.compare"], request_)).text == text


def test_quantities_of_different_dimensions_do_not_compare() -> None:
    """A length is neither more nor less than a mass, and one quantity is no comparison."""
    with pytest.raises(ArgumentError, match="nothing converts"):
        TOOLS["units.compare"](["5 miles", "9 kg"])
    with pytest.raises(ArgumentError, match="two or more"):
        TOOLS["units.compare"](["5 miles"])


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("add 5 feet and 2 meters", "11.5617 ft"),
        ("add 5 feet and 2 meters in inches", "138.74 in"),
        ("add 5 feet and 2 inches", "5.16667 ft"),
        ("total of 2 hours, 45 minutes and 30 minutes", "3.25 hours"),
        ("5 km minus 300 m", "4.7 km"),
        ("subtract 30 cm from 2 m", "1.7 m"),
        ("sum of 2 kg and 3 lb in grams", "3360.78 g"),
    ],
)
async def test_quantities_are_added(request_: str, text: str) -> None:
    """Sums and differences over units, in the unit asked for or the first."""
    assert (await answer(TOOLS["units.add"], request_)).text == text


@pytest.mark.parametrize("quantities", [["20 °C", "3 °C"], ["5 km", "3 kg"], [], ["5 dollars", "3 euros"]])
def test_what_does_not_add_up_is_refused(quantities: list[str]) -> None:
    """Temperatures on a scale, different dimensions, money and nothing at all."""
    with pytest.raises(ArgumentError):
        TOOLS["units.add"](quantities)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("what does a joule measure", "joule: a unit of energy, 1 J = 1 kg·m²/s²"),
        ("what is a furlong?", "furlong: a unit of length, 1 furlong = 201.168 m"),
        ("what dimension has km/h", "km/h: a unit of speed, 1 km/h = 0.277778 m/s"),
    ],
)
async def test_units_are_explained(request_: str, text: str) -> None:
    """What a unit measures, and its value in base units."""
    assert (await answer(TOOLS["units.describe"], request_)).text == text


def test_every_unit_in_the_table_has_a_dimension() -> None:
    """Each name of the table is a unit that pint knows, and what it measures has a name."""
    for name in known_names():
        assert dimension(unit_named(name)).isascii()


EXAMPLES = [(name, example) for name, tool in TOOLS.items() for example in tool.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
async def test_every_example_of_a_tool_is_answered(name: str, example: str) -> None:
    """The requests a tool is chosen by are requests it can do."""
    assert (await answer(TOOLS[name], example)).text


def test_every_tool_tells_what_it_is_for() -> None:
    """Each tool has a description and eight to twelve examples, none twice."""
    for tool in TOOLS.values():
        assert tool.description
        assert 8 <= len(set(tool.examples)) == len(tool.examples) <= 12


async def test_the_graph_of_the_catalog_is_whole() -> None:
    """Every tool is a node of units.yaml, with examples of its own, and those that need nothing else are answered."""
    graph = octograph.Graph.read(LIBRARY / "units.yaml")
    nodes = [node for node in graph.nodes.values() if not node.is_master]
    assert {node.tool for node in nodes} == set(TOOLS)
    for node in nodes:
        tool = TOOLS[str(node.tool)]
        assert len(set(node.examples) - set(tool.examples)) >= 3
        for example in node.examples:
            assert " that " in f" {example} " or (await answer(tool, example)).text


PAIRS = [
    ("m", "ft"), ("miles", "km"), ("kg", "pounds"), ("°C", "°F"), ("K", "°C"), ("hours", "seconds"), ("GB", "MiB"),
    ("mph", "m/s"), ("acres", "m²"), ("liters", "gallons"), ("kWh", "kcal"), ("psi", "bar"), ("mpg", "L/100km"),
]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 10**7), st.integers(0, 3), st.sampled_from(PAIRS))
def test_there_and_back_again_is_the_same(digits: int, decimals: int, pair: tuple[str, str]) -> None:
    """Converting there and back returns the value."""
    value = digits / 10**decimals
    source, target = pair
    there: Any = TOOLS["units.convert"](f"{value} {source}", target).data
    assume(there["value"])
    back: Any = TOOLS["units.convert"](there, source).data
    assert back["value"] == pytest.approx(value, rel=1e-8, abs=1e-8)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.,-/ '\"°²½$€ABCFKLMabcdefghiklmnoprstuy\n", max_size=60))
def test_spans_of_all_finders_match_the_text(text: str) -> None:
    """Whatever the text, nothing is raised, and every mention lies in the text; quantities don't overlap."""
    for name in dir(unit_finders):
        if name.startswith("find_"):
            for mention in getattr(unit_finders, name)(text, Clues()):
                assert 0 <= mention.start < mention.end <= len(text)
                assert 0 < mention.score <= 1
    found = list(unit_finders.find_quantities(text, Clues()))
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["km", "feet", "kilograms", "mph", "square meters", "GB", "°C", "hours"]))
def test_a_quantity_is_found_in_any_surroundings(number: int, unit: str) -> None:
    """Case, separators and the words around do not matter."""
    for written in (f"{number} {unit}", f"{number:,} {unit.upper() if len(unit) > 3 else unit}"):
        [mention] = unit_finders.find_quantities(f"Please tell me what {written} would be", Clues())
        assert mention.value == written
