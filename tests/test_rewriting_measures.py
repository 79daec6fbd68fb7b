"""The five measures of rewritten queries, each shown the faults it is there to catch."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from terminal import octograph

from octograph import Workflow
from octograph.evaluation.metrics import Labels, Outcome
from octograph.evaluation.rewriting import (
    Measures,
    Rewrite,
    difference,
    figures,
    rewritten,
    said_exactly,
    without_courtesy,
)
from octograph.planners.octopus.encoder import Encoder

PARTS = (
    "How many inches are 8 feet?",
    "Please convert 5 miles to kilometers.",
    "Which one is heavier, 3 kg or 7 lb?",
    'Could you tell me what the unit "lux" stands for?',
    "Is a NATO mile longer than an ordinary one?",
    "Add 12 minutes to 3 hours, but do not round the sum.",
    "What is 30 °C in fahrenheit, as they say it in Boston?",
)
FAITHFUL = (
    ("convert", PARTS[0], "how many inches are 8 feet"),
    ("convert", PARTS[1], "convert 5 miles to kilometers"),
    ("compare", PARTS[2], "which one is heavier: 3 kg or 7 lb"),
    ("describe", PARTS[3], 'what the unit "lux" stands for'),
    ("add", PARTS[5], "Add 12 minutes to 3 hours, do not round the sum"),
)


@pytest.fixture(scope="module")
def measures() -> Measures:
    cards = Workflow("units").neighbors("units")
    others = [
        f"{verb} {count} {unit}" for verb in ("weigh", "boil", "paint") for count in range(20) for unit in ("a", "b")
    ]
    return Measures(dict.fromkeys([*PARTS, *others]), {"units": cards}, Encoder())


def rewrite(part: str, query: str, node: str = "convert") -> Rewrite:
    return Rewrite(part, query, node, "units")


@pytest.mark.parametrize(("node", "part", "query"), FAITHFUL)
def test_a_faithful_rewrite_passes_all_five(measures: Measures, node: str, part: str, query: str) -> None:
    """Nothing is lost but politeness."""
    measured = measures.measure(rewrite(part, query, node))
    assert (measured.critical, measured.complete, measured.nearest, measured.scores, measured.sound) == (True,) * 5


@pytest.mark.parametrize(
    ("part", "query"),
    [
        (PARTS[0], "how many inches are 9 feet"),
        (PARTS[1], "convert 5 5 miles to kilometers"),
        (PARTS[3], 'what the unit "lumen" stands for'),
        (PARTS[4], "is a mile longer than an ordinary one"),
        (PARTS[5], "add 12 minutes to 3 hours, but round the sum"),
        (PARTS[6], "what is 30 °C in fahrenheit, as they say it in Austin"),
    ],
    ids=["digit", "number said twice", "quote", "acronym", "negation", "name"],
)
def test_what_must_be_exact_is(measures: Measures, part: str, query: str) -> None:
    """(1) sees a changed digit, a lost negation, another name."""
    assert not measures.measure(rewrite(part, query)).critical


def test_lost_content_is_seen(measures: Measures) -> None:
    """(2) sees that a rare word is gone, and forgives an ending."""
    assert not measures.measure(rewrite(PARTS[1], "convert 5 to kilometers")).complete
    assert measures.measure(rewrite(PARTS[1], "converting 5 mile to kilometer")).complete


def test_another_requests_query_is_seen(measures: Measures) -> None:
    """(3) sees that a query belongs to another request."""
    assert not measures.measure(rewrite(PARTS[0], "which one is heavier, 3 kg or 7 lb")).nearest


def test_a_request_that_asks_the_same_is_no_rival() -> None:
    """Two requests in other phrases with one core are both nearest to it."""
    core = "how many inches are 8 feet"
    parts = {"how many inches are 8 feet": core, "I was wondering how many inches are 8 feet by the way": core}
    measures = Measures(parts, {"units": Workflow("units").neighbors("units")}, Encoder())
    own = Rewrite("I was wondering how many inches are 8 feet by the way", core, "convert", "units")
    assert measures.measure(replace(own, core=core)).nearest
    assert not measures.measure(own).nearest


def test_a_query_for_somebody_else_is_seen(measures: Measures) -> None:
    """(4) sees that another node would get it, and that its node is none of the place's."""
    assert not measures.measure(rewrite(PARTS[0], "which is longer, inches or feet", "convert")).scores
    assert not measures.measure(rewrite(PARTS[0], "how many inches are 8 feet", "no-such-node")).scores


def test_what_has_no_form_or_no_bounds_is_seen(measures: Measures) -> None:
    """(5) sees an output that doesn't parse, one cut short and one that goes on and on."""
    whole = rewrite(PARTS[0], "how many inches are 8 feet")
    assert not measures.measure(replace(whole, parses=False)).sound
    assert not measures.measure(replace(whole, query="inches")).sound
    assert not measures.measure(replace(whole, query="how many inches are 8 feet " * 5)).sound


def test_likeness_alone_would_be_blind(measures: Measures) -> None:
    """A changed digit is as near by vectors as a faithful query: the first measure tells them apart."""
    changed = measures.measure(rewrite(PARTS[0], "how many inches are 9 feet"))
    assert (changed.critical, changed.nearest, changed.sound) == (False, True, True)


def test_copying_does_not_look_like_rewriting() -> None:
    """The difference in words is 0 for a copy and grows with every word that is new or gone."""
    assert difference("a b c", "A B, C") == 0
    assert difference("a b c d", "a b") == 0.5
    assert difference("a b", "c d") == 1


def test_what_the_data_says_is_the_core_of_a_request(measures: Measures) -> None:
    """Then what only carries it may go, and nothing of it."""
    whole = "I just got home and forgot my ruler: how many inches are 8 feet?"
    said = rewrite(whole, "how many inches are 8 feet")
    assert not measures.measure(said).complete
    measured = measures.measure(replace(said, core="how many inches are 8 feet"))
    assert (measured.complete, measured.critical, measured.difference > 0.5) == (True, True, True)
    assert not measures.measure(replace(said, query="how many feet", core="how many inches are 8 feet")).complete


def test_politeness_may_go() -> None:
    """But what only looks like it may not."""
    assert without_courtesy("Could you please convert 5 miles?") == "convert 5 miles?"
    assert without_courtesy("please") == "please"


def test_what_is_said_exactly_is_counted() -> None:
    """Numbers, negations, acronyms, quotes and names in the middle of a sentence; not the word that begins it."""
    said = said_exactly('Paint it "red" for Ada, not for NASA, 3 times and 3 more')
    assert said == {"red": 1, "Ada": 1, "not": 1, "NASA": 1, "3": 2}


def test_the_figures_are_shares(measures: Measures) -> None:
    """Of all five together no more pass than of any one; nothing measured gives no figures."""
    measured = [measures.measure(rewrite(part, query, node)) for node, part, query in FAITHFUL]
    measured.append(measures.measure(rewrite(PARTS[0], "how many inches are 9 feet")))
    found = figures(measured)
    assert found is not None
    assert (found.n, found.critical, found.nearest) == (6, 5 / 6, 1)
    assert found.all_five == 5 / 6
    assert figures([]) is None


def test_planned_queries_are_measured_where_the_data_says_them(tmp_path: Path) -> None:
    """`octograph eval` on generated requests; those for the inside of an agent are left out."""
    calls = [{"node": "convert", "query": "how many feet are 5 miles"}]
    lines = [
        {"query": "could you tell me how many feet are 5 miles?", "nodes": ["convert"], "calls": calls},
        {"query": "how many feet are 5 miles?", "nodes": ["convert"], "calls": calls},
        {"query": "elsewhere", "nodes": ["x"], "at": "agent/x"},
    ]
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    ended = octograph("eval", "units", "data.jsonl", "--json", folder=tmp_path)
    assert ended.code == 0, ended.err
    figures = json.loads(ended.out)
    assert (figures["n"], figures["rewriting"]["n"], figures["rewriting"]["critical"]) == (2, 2, 1)
    assert "all five" in octograph("eval", "units", "data.jsonl", folder=tmp_path).out
    (tmp_path / "plain.jsonl").write_text('{"query": "5 miles in feet", "nodes": ["convert"]}', encoding="utf-8")
    assert "rewriting" not in json.loads(octograph("eval", "units", "plain.jsonl", "--json", folder=tmp_path).out)


def test_of_several_parts_each_is_compared_with_its_own() -> None:
    """What was planned for a node is measured against what the data says for it, not against the whole request."""
    both = Labels(("convert", "compare"))
    queries = ("how many inches are 8 feet", "which is heavier, 3 kg or 7 lb")
    outcome = Outcome("both", both, both, queries=(queries[0], "which is heavier, 3 kg or 9 lb"), gold_queries=queries)
    found = rewritten([outcome], Workflow("units"))
    assert found is not None
    assert (found.n, found.critical) == (2, 0.5)
    assert rewritten([Outcome("q", both, both, queries=queries)], Workflow("units")) is None
