"""Requests made for a graph: labelled rightly, repeatable, varied, and kept when making them is broken off."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_endpoint import Fault, SmallEndpoint
from terminal import octograph, start

from octograph import Workflow
from octograph.graphs.signature import Kind, Neighbor, Parameter, Signature
from octograph.planners.octopus.rewriting import critical_tokens
from octograph.training.samples import read_samples
from octograph.training.synth.data_files import carriers, elsewhere
from octograph.training.synth.distinct import Distinct
from octograph.training.synth.generating import Job, generate, jobs_for
from octograph.training.synth.grammar import GrammarSource
from octograph.training.synth.noise import misspelled, noisy
from octograph.training.synth.pieces import Piece, framed, outline, written
from octograph.training.synth.places import places_of
from octograph.training.synth.strangers import strangers_to
from octograph.training.synth.values import another
from octograph.training.synth.wordings import bare_verb, form_of, wordings_of

CONVERT = Neighbor(
    "convert",
    "Converts a quantity into another unit.",
    ("what are 5 miles in feet?",),
    Signature((Parameter("value", Kind("text")), Parameter("to", Kind("text", cues=("in",))))),
)


def made(graph: str, per_node: int, seed: int = 0) -> list[dict[str, Any]]:
    jobs = jobs_for(places_of(Workflow(graph)), per_node)
    requests = generate(jobs, GrammarSource(), seed, Distinct(), Counter())
    return [json.loads(request.line()) for _, request in requests if request is not None]


@pytest.fixture(scope="module")
def units() -> list[dict[str, Any]]:
    return made("units", 40)


def test_every_node_gets_its_requests(units: list[dict[str, Any]]) -> None:
    """As many as asked for about each node, some about two, some about nothing here."""
    single = Counter(line["nodes"][0] for line in units if len(line["nodes"]) == 1)
    assert single == {"convert": 40, "compare": 40, "add": 40, "describe": 40}
    assert Counter(len(line["nodes"]) for line in units) == {1: 160, 2: 32, 0: 16}


def test_no_request_is_made_twice(units: list[dict[str, Any]]) -> None:
    """Not even in other letters or with other marks."""
    assert len({"".join(filter(str.isalnum, line["query"].lower())) for line in units}) == len(units)


def test_what_the_node_gets_loses_nothing_and_invents_nothing(units: list[dict[str, Any]]) -> None:
    """Numbers, names in capitals, quotes and negations of a request stand in its rewritten query, slips or not."""
    for line in units:
        loud = sum(word.isupper() and len(word) > 2 for word in line["query"].split()) > 1
        if len(line["nodes"]) == 1 and not loud:
            (call,) = line["calls"]
            assert critical_tokens(call["query"].lower()) == critical_tokens(line["query"].lower()), line


def test_arguments_are_those_in_the_words(units: list[dict[str, Any]]) -> None:
    """Where a value was replaced, its argument is the new one."""
    converted = [call for line in units for call in line["calls"] if "value" in call.get("arguments", {})]
    assert len(converted) > 30
    for call in converted:
        assert str(call["arguments"]["value"]) in call["query"]
    assert len({call["arguments"]["value"] for call in converted}) > 20


def test_what_follows_builds_on_what_was_given(units: list[dict[str, Any]]) -> None:
    """Along an edge, the second query holds the first one's output where the user wrote "it"."""
    chains = [line for line in units if line["links"]]
    assert chains
    for line in chains:
        first, second = line["calls"]
        if "<reference>" in line["origin"]:
            assert first["output"] in second["query"]
    assert any("<reference>" in line["origin"] for line in chains)


@pytest.mark.parametrize("graph", ["desk", "mmlu"])
def test_all_that_is_made_can_be_trained_on(graph: str, tmp_path: Path) -> None:
    """Every line reads back as samples of the graph, agents' insides included."""
    lines = made(graph, 5)
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    samples = read_samples(tmp_path / "data.jsonl", Workflow(graph).graph)
    assert len(samples) >= len(lines)
    places = {line["at"] for line in lines}
    assert len(places) == (8 if graph == "desk" else 1)


def test_the_same_seed_makes_the_same(units: list[dict[str, Any]]) -> None:
    """And another seed makes others."""
    assert made("units", 40) == units
    assert made("units", 40, seed=1) != units


def test_examples_keep_their_wording_and_change_their_values() -> None:
    """A value is replaced by another of its sort; the words around it stay."""
    cards = {card.id: card for card in Workflow("units").neighbors("units")}
    wordings = [one for one in wordings_of(cards["convert"]) if one.parts[0] == "how many centimeters are "]
    said = {written(found[0]) for seed in range(20) for one in wordings if (found := one.said(Random(seed)))}
    assert all(text.startswith("how many centimeters are ") for text in said)
    outlines = {outline(found[0]) for one in wordings_of(cards["convert"]) if (found := one.said(Random(0)))}
    assert "change <quantity> into <unit>" in outlines


@pytest.mark.parametrize(
    ("sentence", "order"),
    [
        ("Converts a quantity.", "convert a quantity."),
        ("Ponders it", "Ponders it"),
        ("Tells the date, and shows the time", "tell the date, and show the time"),
        ("Splits it into parts", "split it into parts"),
        ("Questions of law", "Questions of law"),
    ],
)
def test_descriptions_become_orders(sentence: str, order: str) -> None:
    """Known verbs lose their ending; anything else is left alone."""
    assert bare_verb(sentence) == order


def test_a_list_of_topics_is_taken_apart() -> None:
    """A node without a signature is asked about what its description lists."""
    card = Neighbor("law", "Questions of law: contracts, torts and crimes; what law is.")
    topics = [one.parts[0] for one in wordings_of(card) if one.form == "topic"]
    assert topics == ["contracts", "torts", "crimes", "what law is"]


def test_forms_fit_their_carriers() -> None:
    """Orders, questions and mere phrases are told apart by their first word."""
    assert [form_of(text) for text in ("convert it", "how far", "is it", "the sum")] == [
        "imperative",
        "question",
        "question",
        "phrase",
    ]
    forms = ("imperative", "question", "statement", "phrase", "topic")
    assert all(frame.count("{}") == 1 for form in forms for frame in carriers()[form])


def test_no_phrase_says_anything_that_counts() -> None:
    """No number, no negation and no name: or a rewritten query without it would look like one that lost something."""
    assert [phrase for phrases in carriers().values() for phrase in phrases if critical_tokens(phrase)] == []


def test_a_part_begins_small_inside_a_sentence() -> None:
    """But not where it begins the sentence, nor if it begins with a name or "I"."""
    assert written(framed("please {}", (Piece("Convert it"),))) == "please convert it"
    assert written(framed("It's me. {}", (Piece("Convert it"),))) == "It's me. Convert it"
    assert written(framed("hey, {}", (Piece("I need it"),))) == "hey, I need it"
    assert written(framed("hey, {}", (Piece("Paris", "city"), Piece(" time")))) == "hey, Paris time"


@given(
    st.lists(st.tuples(st.text("abcdefgh ,.?", min_size=1, max_size=12), st.booleans()), min_size=1, max_size=6),
    st.integers(),
)
def test_noise_touches_no_value(runs: list[tuple[str, bool]], seed: int) -> None:
    """Whatever slips are made, every value stands as it was."""
    pieces = tuple(Piece(text, "value" if value else None) for text, value in runs)
    for noise in (noisy, misspelled):
        after = noise(pieces, Random(seed))
        assert [one for one in after if one.sort] == [one for one in pieces if one.sort]


@given(st.integers())
def test_values_stay_near_what_they_replace(seed: int) -> None:
    """Digits as many, units of the same dimension, words for amounts left alone."""
    rng = Random(seed)
    assert another("5 miles", "quantity", rng).split()[1] in "meters feet kilometers inches yards centimeters".split()
    assert int(another("250", "number", rng)) * 3.1 >= 100
    assert another("biggest", "count", rng) == "biggest"
    assert another("tomorrow", "date", rng) == "tomorrow"
    assert 1950 <= int(another("2024", "integer", rng)) <= 2040


def test_requests_that_fit_none_are_like_nothing_here() -> None:
    """A graph that tells jokes is not given a request for a joke as one that fits none."""
    jokes = [Neighbor("jokes", "Tells riddles, jokes and stories.", ("give me a riddle", "tell me a story"))]
    assert "give me a riddle" in elsewhere()
    assert "give me a riddle" not in strangers_to(jokes, elsewhere())


def test_near_duplicates_are_left_out_if_asked_for() -> None:
    """By words always; by meaning where a threshold says so."""
    exact, near = Distinct(), Distinct(0.9)
    assert [exact.add(text) for text in ("Convert it!", "convert it", "convert them")] == [True, False, True]
    assert [near.add(text) for text in ("Is it going to rain today?", "is it going to rain today then", "sing")] == [
        True,
        False,
        True,
    ]


def test_a_node_about_which_nothing_is_said_gets_nothing() -> None:
    """The job ends, and is told of, instead of going on for ever."""
    from octograph import Graph

    graph = Graph("g", {"m": {"kind": "master"}, "x": {"kind": "tool"}}, ["m -> x"])
    (place,) = places_of(Workflow(graph))
    assert [request for _, request in generate([Job(place, "x", 3)], GrammarSource(), 0, Distinct(), Counter())] == [
        None
    ]


# The command ---------------------------------------------------------------------------------------------------


def test_the_command_writes_what_eval_reads(tmp_path: Path) -> None:
    """`octograph synth`, then `octograph eval` on it."""
    assert octograph("synth", "units", "-o", "data.jsonl", "--per-node", "3", folder=tmp_path).code == 0
    ended = octograph("eval", "units", "data.jsonl", "--json", folder=tmp_path)
    assert (ended.code, json.loads(ended.out)["n"]) == (0, 15)


def test_a_file_that_is_there_is_not_lost(tmp_path: Path) -> None:
    """It is replaced or gone on with only if that is said; what is half written is made good."""
    command = ("synth", "units", "-o", "data.jsonl", "--per-node", "3")
    octograph(*command, folder=tmp_path)
    file = tmp_path / "data.jsonl"
    whole = file.read_text(encoding="utf-8")
    ended = octograph(*command, folder=tmp_path)
    assert ended.code == 2
    assert "--resume goes on with it, --force replaces it" in ended.err
    file.write_text(whole[: len(whole) // 2], encoding="utf-8")
    assert octograph(*command, "--resume", folder=tmp_path).code == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    assert (len(lines), len({json.loads(line)["query"] for line in lines})) == (15, 15)
    assert octograph(*command, "--force", folder=tmp_path).code == 0
    assert file.read_text(encoding="utf-8") == whole


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--url", "http://localhost:1/v1"), "belong to a teacher"),
        (("--teacher", "m"), "needs --url"),
        (("--teacher", "m", "--url", "http://localhost:1/v1", "--key-env", "NO_SUCH_KEY"), "NO_SUCH_KEY is not set"),
        (("--resume", "--force"), "give one of them"),
    ],
)
def test_options_that_do_not_go_together(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Are refused before anything is written."""
    ended = octograph("synth", "units", "-o", "data.jsonl", *options, folder=tmp_path)
    assert ended.code == 2
    assert said in ended.err
    assert not (tmp_path / "data.jsonl").exists()


def test_a_file_of_something_else_is_not_gone_on_with(tmp_path: Path) -> None:
    """The line that doesn't belong is named."""
    (tmp_path / "data.jsonl").write_text('{"query": "q", "nodes": ["elsewhere"], "at": "units"}\n', encoding="utf-8")
    ended = octograph("synth", "units", "-o", "data.jsonl", "--resume", folder=tmp_path)
    assert (ended.code, "data.jsonl:1: not a request for this graph" in ended.err) == (2, True)


# The teacher ---------------------------------------------------------------------------------------------------


def lesson(body: dict[str, Any]) -> str:
    """What a willing but careless teacher answers: talk around the JSON, and every third request is spoiled."""
    prompt = body["messages"][1]["content"]
    seed = body["seed"] % 100_000
    node = prompt.split("The tool:\n")[1].split(":")[0] if "The tool:" in prompt else ""
    queries = [node] if node else ["one", "two"] if "1. " in prompt else []
    good = [
        {
            "request": f"{' and '.join(queries) or 'nothing'} please, number {seed + nth}",
            "queries": _numbered(queries, seed + nth),
        }
        for nth in (1, 2)
    ]
    spoiled = {"request": f"take {seed}", "queries": [f"take {seed + 1}"] * len(queries) or ["x"]}
    return f"Sure! Here you are:\n{json.dumps({'requests': [*good, spoiled]})}\nAnything else?"


def _numbered(queries: list[str], number: int) -> list[str]:
    return [f"{query}, number {number}" if nth == 0 else query for nth, query in enumerate(queries)]


def test_a_teachers_requests_are_checked(tmp_path: Path) -> None:
    """What changes a number is left out; talk around the JSON is no harm; the key is sent and the prompts differ."""
    with SmallEndpoint(honors_schema=False, say=lesson) as endpoint:
        ended = octograph(
            *("synth", "units", "-o", "data.jsonl", "--per-node", "3", "--alike", "1"),
            *("--teacher", "small", "--url", endpoint.url, "--temperature", "0.7"),
            folder=tmp_path,
        )
        assert ended.code == 0, ended.err
        assert all(body["temperature"] == 0.7 for body in endpoint.requests)
        assert len({body["messages"][1]["content"] for body in endpoint.requests}) > 3
    lines = [json.loads(line) for line in (tmp_path / "data.jsonl").read_text(encoding="utf-8").splitlines()]
    assert Counter(len(line["nodes"]) for line in lines) == {1: 12, 2: 2, 0: 1}
    assert not [line for line in lines if line["query"].startswith("take")]
    assert len(read_samples(tmp_path / "data.jsonl", Workflow("units").graph)) > len(lines)


def test_a_teacher_that_fails_loses_nothing(tmp_path: Path) -> None:
    """What was made before stays, the error says what is wrong, and --resume goes on."""
    command = ("synth", "units", "-o", "data.jsonl", "--per-node", "3", "--alike", "1", "--none", "0", "--several", "0")
    with SmallEndpoint(honors_schema=False, say=lesson) as endpoint:
        teacher = ("--teacher", "small", "--url", endpoint.url)
        original, endpoint.say = endpoint.say, lambda body: lesson(body) if len(endpoint.requests) < 6 else "no"
        assert octograph(*command, *teacher, folder=tmp_path).code == 0
        few = len((tmp_path / "data.jsonl").read_text(encoding="utf-8").splitlines())
        assert 0 < few < 12
        endpoint.say = original
        endpoint.faults.extend([Fault(500)] * 50)
        assert octograph(*command, *teacher, "--resume", folder=tmp_path).code != 0
        endpoint.faults.clear()
        assert octograph(*command, *teacher, "--resume", folder=tmp_path).code == 0
    assert len((tmp_path / "data.jsonl").read_text(encoding="utf-8").splitlines()) == 12


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_whatever_a_teacher_answers_is_survived(reply: str) -> None:
    """No reply, however broken, is more than a try that came to nothing."""
    from octograph.training.synth.teacher import _listed

    assert isinstance(_listed(reply), list)
    assert isinstance(_listed('{"requests": ' + reply), list)


def test_an_interruption_keeps_what_was_made(tmp_path: Path) -> None:
    """Ctrl-C ends with code 130 and says how to go on; every line in the file is whole."""
    running = start("synth", "desk", "-o", "data.jsonl", "--per-node", "100000", folder=tmp_path)
    file = tmp_path / "data.jsonl"
    for _ in range(600):
        if file.exists() and file.stat().st_size > 10_000:
            break
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    lines = file.read_text(encoding="utf-8").splitlines()
    assert f"{len(lines):,} requests are kept in data.jsonl; go on with --resume" in err.decode()
    assert all(json.loads(line)["query"] for line in lines)
