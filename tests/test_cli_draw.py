"""`octograph draw` and `octograph eval`: files in, pictures and figures out."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from terminal import EXAMPLES, SHOP, octograph

GRAPH = str(EXAMPLES / "shop.yaml")


@pytest.mark.parametrize(
    ("suffix", "begins"), [("mmd", b"flowchart LR"), ("dot", b'digraph "shop"'), ("svg", b"<svg "), ("png", b"\x89PNG")]
)
def test_the_suffix_gives_the_format(tmp_path: Path, suffix: str, begins: bytes) -> None:
    """-o FILE is written in the format its suffix names, and stderr says so."""
    ended = octograph("draw", GRAPH, "-o", f"shop.{suffix}", folder=tmp_path)
    assert (ended.code, ended.out) == (0, "")
    assert f"wrote shop.{suffix}" in ended.err
    assert (tmp_path / f"shop.{suffix}").read_bytes().startswith(begins)


def test_without_a_file_the_drawing_goes_to_stdout() -> None:
    """Mermaid is the default, --format chooses."""
    assert octograph("draw", GRAPH).out.startswith("flowchart LR\n")
    ElementTree.fromstring(octograph("draw", GRAPH, "--format", "svg").out)


def test_what_run_prints_can_be_drawn(tmp_path: Path) -> None:
    """The JSON of `run` is drawn as a walk, or marked on its graph with --walk."""
    walked = octograph("run", GRAPH, *SHOP, "--json", "what's the price of a chair")
    (tmp_path / "walk.json").write_text(walked.out, encoding="utf-8")
    assert "75.00 euros" in octograph("draw", "walk.json", "--format", "svg", folder=tmp_path).out
    marked = octograph("draw", GRAPH, "--walk", "walk.json", "--format", "svg", folder=tmp_path).out
    assert "badge-taken" in marked
    data = json.loads(walked.out)["trace"]
    (tmp_path / "trace.json").write_text(json.dumps(data), encoding="utf-8")
    assert octograph("draw", "trace.json", folder=tmp_path).out.startswith("flowchart TD\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("draw", GRAPH, "-o", "shop.jpg"), "no format has the suffix '.jpg'"),
        (("draw", GRAPH, "--format", "sgv"), "did you mean 'svg'?"),
        (("draw", GRAPH, "-o", "no/such/folder/shop.svg"), "can't be written"),
        (("draw", "none.json"), "none.json: can't be read"),
        (("draw", "list.json"), "list.json: not a walk"),
        (("draw", "broken.json"), "broken.json: not JSON"),
        (("draw", "wrong.json"), "wrong.json: not a walk"),
        (("draw", "typed.json"), "trace.steps[0].probability is 'high'"),
        (("draw", "deep.json"), "deep.json: not "),
        (("draw", "list.json", "--walk", "list.json"), "list.json: not a walk"),
        (("draw", GRAPH, "--depth", "0"), "--depth"),
        (("eval", GRAPH, "none.jsonl", *SHOP), "none.jsonl: can't be read"),
        (("eval", GRAPH, "list.json", *SHOP), "list.json:1: not an object"),
    ],
)
def test_what_can_t_be_drawn_or_measured_is_told_in_words(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    """Wrong files and options end with exit code 2 and a line that names them."""
    (tmp_path / "list.json").write_text("[1, 2]")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "wrong.json").write_text('{"graph": "g", "query": "q", "steps": [{"hop": 1}]}')
    typed = {"hop": 1, "source": "a", "node": "b", "query": "q", "probability": "high"}
    (tmp_path / "typed.json").write_text(json.dumps({"graph": "g", "query": "q", "steps": [typed]}))
    deep = '{"graph": "g", "query": "q", "steps": [{"hop": 0, "source": null, "node": "n", "query": "q", "trace": '
    (tmp_path / "deep.json").write_text(deep * 400 + '{"graph": "g", "query": "q", "steps": [1]}' + "}]}" * 400)
    (tmp_path / "shop_tools.py").write_text((EXAMPLES / "shop_tools.py").read_text())
    ended = octograph(*arguments, folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert says in " ".join(ended.err.replace("│", " ").split())


def test_a_walk_over_another_graph_is_not_marked(tmp_path: Path) -> None:
    """`--walk` with a walk over another graph is refused, rather than drawn as if nothing had been visited."""
    (tmp_path / "walk.json").write_text('{"graph": "shop", "query": "q", "steps": []}')
    ended = octograph("draw", "desk", "--walk", "walk.json", folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert "a walk over the graph 'shop', not over 'desk'" in ended.err


def test_figures_are_printed_as_a_table_and_as_json(tmp_path: Path) -> None:
    """`eval` prints the documented keys; --answers runs the requests too, and --misses keeps the wrong ones."""
    lines = [
        {"query": "what's the price of a chair", "nodes": ["price"], "contains": ["75"]},
        {"query": "How much are three lamps and when do they arrive in Rome?", "nodes": ["price", "delivery"]},
        {"query": "Book me a flight", "nodes": []},
        {"query": "are you open on Sunday?", "nodes": ["price"], "contains": ["75"]},
    ]
    data = tmp_path / "data.jsonl"
    data.write_text("".join(json.dumps(line) + "\n" for line in lines))
    table = octograph("eval", GRAPH, str(data), *SHOP)
    assert table.code == 0
    assert "Node-F1" in table.out
    figures = json.loads(octograph("eval", GRAPH, str(data), *SHOP, "--json").out)
    documented = {"n", "top1", "top3", "node_f1", "link_f1", "all_nodes", "exact", "not_an_edge", "ms_per_plan"}
    assert documented <= figures.keys()
    assert (figures["n"], figures["exact"], figures["not_an_edge"], figures["abstained"]) == (4, 0.75, 0, 1.0)
    misses = tmp_path / "misses.jsonl"
    answered = octograph("eval", GRAPH, str(data), *SHOP, "--json", "--answers", "--misses", str(misses))
    assert json.loads(answered.out)["answered"] == 0.5
    (miss,) = [json.loads(line) for line in misses.read_text().splitlines()]
    assert (miss["query"], miss["planned_nodes"], miss["answered"]) == ("are you open on Sunday?", ["opening"], False)
