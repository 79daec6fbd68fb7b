"""Pictures of graphs, walks and plans: everything is there, nothing overlaps, and no text breaks out of its place."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import graphs

from octograph.graphs.drawing import draw, from_walk, lettering, picture_of, placing
from octograph.graphs.drawing.dot import to_dot
from octograph.graphs.drawing.mermaid import to_mermaid
from octograph.graphs.drawing.sheet import Place, Sheet, Stroke, box_size, spread_out, text_spots, title_width
from octograph.graphs.drawing.svg import to_svg
from octograph.graphs.errors import InputError
from octograph.graphs.model import Graph
from octograph.graphs.walk import Answer, Plan, PlannedNode, Step, Trace

HOSTILE = "\"]]><script>alert('1')</script>-->\\\" & $x$ `b` {q} |p| %% \x1b[31m ‮ 表\n#quot;"
SVG = "{http://www.w3.org/2000/svg}"


def tiny() -> Graph:
    inside = Graph(
        "math",
        {"m": {"kind": "master"}, "sum": {"kind": "tool", "description": "Adds."}, "root": {"kind": "tool"}},
        ["m -> [sum, root]", "sum -> root"],
    )
    return Graph(
        "desk",
        {
            "desk": {"kind": "master"},
            "math": {"kind": "agent", "description": "Exact algebra."},
            "law": {"kind": "model", "description": "Questions of law."},
            "archive": {"kind": "tool"},
        },
        ["desk -> [math, law]", "math -> math", "law => archive", "archive -> desk"],
        agents={"math": inside},
    )


def walk() -> Trace:
    inner = Trace("math", "2 + 2", (Step(1, "m", "sum", "2 + 2", "4", probability=0.97),))
    return Trace(
        "desk",
        "What is 2 + 2, and is it legal?",
        (
            Step(1, "desk", "math", "2 + 2", "4", probability=0.98, trace=inner),
            Step(2, "desk", "law", "is 4 legal", error="no model", status="failed", probability=0.6, parents=(1,)),
        ),
    )


def texts(svg: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_node_and_every_edge_is_drawn() -> None:
    """Each format holds all nodes, and an arrow for every edge, thick for the edges that are always taken."""
    graph = tiny()
    svg = draw(graph, "svg")
    assert {"desk", "math", "law", "archive"} <= set(texts(svg))
    paths = [element for element in ElementTree.fromstring(svg).iter(f"{SVG}path") if "marker-end" in element.attrib]
    assert len(paths) == len(graph.edges)
    assert sum("always" in path.attrib["class"] for path in paths) == 1
    mermaid = draw(graph, "mermaid").decode()
    assert mermaid.count("-->") == 4
    assert mermaid.count("==>") == 1
    dot = draw(graph, "dot").decode()
    assert dot.count(" -> ") == 5
    assert dot.count("penwidth=3") == 1


def test_agents_are_opened_down_to_the_depth_asked_for() -> None:
    """At depth 1 an agent is a box; at depth 2 a frame around its inside, to which its edges lead."""
    graph = tiny()
    assert "sum" not in texts(draw(graph, "svg"))
    assert {"math", "m", "sum", "root"} <= set(texts(draw(graph, "svg", depth=2)))
    assert "subgraph cluster_0" in draw(graph, "dot", depth=2).decode()
    assert "lhead=cluster_0" in draw(graph, "dot", depth=2).decode()
    assert re.search(r"subgraph n\d+\[\"math\"\]", draw(graph, "mermaid", depth=2).decode())


def test_a_walk_is_marked_on_its_graph() -> None:
    """Hop number and probability stand on the nodes that were visited, inside agents too; the rest stands back."""
    picture = picture_of(tiny(), depth=2, walk=walk())
    badges = {item.title: item.badge for item in (*picture.boxes, *picture.frames)}
    assert badges == {
        "desk": "",
        "math": "1 · 98 %",
        "law": "2 · 60 %",
        "archive": "",
        "m": "",
        "sum": "1 · 97 %",
        "root": "",
    }
    states = {box.title: box.state for box in picture.boxes}
    assert states == {"desk": "taken", "law": "failed", "archive": "idle", "m": "taken", "sum": "taken", "root": "idle"}
    taken = {(line.source, line.target) for line in picture.lines if line.state == "taken"}
    assert taken == {("desk", "math"), ("desk", "law"), ("math/m", "math/sum")}


def test_a_walk_by_itself_shows_what_feeds_what() -> None:
    """A trace is drawn as its steps with query, result and probability, from the request down."""
    shown = set(texts(draw(Answer("4", trace=walk()), "svg")))
    assert {"2 law", "60 %", "is 4 legal", "→ failed: no model", "→ 4", "1 math: 2 + 2"} <= shown
    lines = {(line.source, line.target) for line in picture_of(walk()).lines}
    assert lines == {("request", "1"), ("1", "2")}


def test_a_plan_is_drawn_like_a_walk() -> None:
    """A plan's nodes hang on the request or on what feeds them, agents with their inside."""
    plan = Plan(
        (PlannedNode("a", "first", 0.9, Plan((PlannedNode("x", "in", 0.8),))), PlannedNode("b", "then", 0.5)), ((0, 1),)
    )
    picture = picture_of(plan)
    assert {(line.source, line.target) for line in picture.lines} == {("request", "0"), ("0", "1")}
    assert [frame.title for frame in picture.frames] == ["a: first"]


@pytest.mark.parametrize("format", ["svg", "mermaid", "dot"])
def test_hostile_names_stay_text(format: str) -> None:
    """Names and descriptions full of markup, quotes and control characters are shown, and never obeyed."""
    graph = Graph("g", {"a": {"kind": "master", "description": HOSTILE}, "b": {"kind": "tool"}}, ["a -> b"])
    steps = (Step(1, HOSTILE, HOSTILE, HOSTILE, HOSTILE, arguments={HOSTILE: HOSTILE}),)
    for subject in (graph, Trace(HOSTILE, HOSTILE, steps)):
        drawn = draw(subject, format).decode()  # type: ignore[arg-type]
        assert "\x1b" not in drawn
        assert "‮" not in drawn
        if format == "svg":
            tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(drawn).iter()}
            assert tags <= {"svg", "title", "style", "defs", "marker", "path", "rect", "g", "text"}
        elif format == "mermaid":
            quoted = re.findall(r'"([^"]*)"', drawn)
            assert drawn.count('"') == 2 * len(quoted)
            assert all(not set(text.replace("<br/>", "")) & set("<>`{}|\\") for text in quoted)
        else:
            assert len(re.findall(r'(?<!\\)(?:\\\\)*"', drawn)) % 2 == 0
            outside = re.sub(r'"(?:\\.|[^"\\])*"', "", drawn)
            assert "script" not in outside


@given(graphs(max_nodes=9, depth=1, bare=True))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_graph_is_drawn_whole_and_nothing_overlaps(graph: Graph) -> None:
    """Whatever the graph: boxes keep apart, text stays in its box, and no line runs through a box it does not touch."""
    picture = picture_of(graph, depth=3)
    sheet = spread_out(picture)
    assert len(sheet.boxes) == len(picture.boxes)
    assert len(sheet.frames) == len(picture.frames)
    assert len(sheet.lines) == len(picture.lines)
    _check_room(sheet)
    ElementTree.fromstring(to_svg(sheet))
    assert to_mermaid(picture).startswith("flowchart LR\n")
    assert to_dot(picture).startswith("digraph ")


@pytest.mark.parametrize("between", ["in-the-middle-of-it-all", "a"])
def test_an_arc_between_short_boxes_goes_round_a_long_one(between: str) -> None:
    """A line within one layer bends only beyond the longest box of that layer."""
    graph = Graph(
        "g",
        {"m": {"kind": "master"}, "a1": {"kind": "master"}, between: {"kind": "tool"}, "a2": {"kind": "master"}},
        [f"m -> [a1, {between}, a2]", "a1 -> a2", "a2 -> a1"],
    )
    _check_room(spread_out(picture_of(graph)))


def _check_room(sheet: Sheet) -> None:
    places = {box.key: place for box, place in sheet.boxes} | {frame.key: place for frame, place in sheet.frames}
    outer = {box.key: box.frame for box, _ in sheet.boxes} | {frame.key: frame.frame for frame, _ in sheet.frames}
    for box, place in sheet.boxes:
        assert place.x >= 0
        assert place.x + place.width <= sheet.width
        assert place.y >= 0
        assert place.y + place.height <= sheet.height
        assert title_width(box) <= place.width
        assert box_size(box) == pytest.approx((place.width, place.height))
        assert all(y < place.y + place.height for _, y, _ in text_spots(place, box.lines))
    for (one, a), (other, b) in combinations(places.items(), 2):
        if outer[one] == outer[other]:
            assert apart(a, b), (one, other)
    for line, stroke in sheet.lines:
        others = [
            box
            for key, box in places.items()
            if outer[key] == outer[line.source] and key not in (line.source, line.target)
        ]
        for x, y in points(stroke):
            assert not any(within(x, y, box) for box in others), (line.source, line.target)


def apart(a: Place, b: Place) -> bool:
    return a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y


def within(x: float, y: float, place: Place) -> bool:
    return place.x + 1 < x < place.x + place.width - 1 and place.y + 1 < y < place.y + place.height - 1


def points(stroke: Stroke) -> Iterator[tuple[float, float]]:
    """Some points along a line."""
    start = stroke.start
    for a, b, end in stroke.pieces:
        for part in range(1, 9):
            t = part / 8
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            around = (start, a, b, end)
            yield (
                sum(weight * point[0] for weight, point in zip(weights, around, strict=True)),
                sum(weight * point[1] for weight, point in zip(weights, around, strict=True)),
            )
        start = end


def test_a_drawing_is_the_same_every_time() -> None:
    """Drawing twice gives the same bytes, so a committed picture only changes when its graph does."""
    assert draw(tiny(), "svg", depth=2) == draw(tiny(), "svg", depth=2)


def test_svg_suits_light_and_dark_readers() -> None:
    """The file brings colors for both, by the reader's own setting, and loads nothing from elsewhere."""
    svg = draw(tiny(), "svg").decode()
    assert "prefers-color-scheme: dark" in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_a_graph_too_large_to_read_is_refused_as_svg_but_not_as_dot() -> None:
    """600 boxes are refused with a remedy; DOT, made for other tools, is written."""
    nodes = {"m": {"kind": "master"}} | {f"w{number}": {"kind": "tool"} for number in range(600)}
    graph = Graph("large", nodes, [f"m -> w{number}" for number in range(600)])
    with pytest.raises(InputError, match=r"large: 601 boxes are too many .* as dot"):
        draw(graph, "svg")
    assert draw(graph, "dot").count(b" -> ") == 600


def test_a_png_is_a_picture_of_the_same_sheet() -> None:
    """PNG has the proportions of the SVG, whatever stands in it."""
    sheet = spread_out(picture_of(walk()))
    png = draw(walk(), "png")
    assert png.startswith(b"\x89PNG\r\n")
    wide, high = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    assert wide / high == pytest.approx(sheet.width / sheet.height, rel=0.01)


@pytest.mark.parametrize("module", [from_walk, lettering, placing])
def test_examples_in_docstrings_are_true(module: object) -> None:
    """What the docstrings of the drawing show is what the functions give."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
