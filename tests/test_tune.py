"""Tuning the encoder with a head, on a tiny random BERT: the folder it writes is an Octopus of its own."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from small_bert import small_bert

from octograph import Graph, InputError, Workflow
from octograph.planners.octopus.encoder import Encoder
from octograph.training.encoder.tune import TuneOptions, tune, varied
from octograph.training.head.examples import Example, RequestClass

GRAPH = Graph(
    "street",
    {"door": {"kind": "master"}, "a": {"kind": "model", "model": "m"}, "b": {"kind": "model", "model": "m"}},
    ["door -> [a, b]"],
)
WORDS = {"a": ["van", "car", "bus", "taxi"], "b": ["cat", "dog", "hen", "pig"]}
EXAMPLES = [
    Example(f"my {word} is {how}", RequestClass("street", node), (), "door", f"{word} {how}")
    for node, words in WORDS.items()
    for word in words
    for how in ("ill", "old", "gone", "new", "big", "red")
]


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that comes of it."""
    folder = tmp_path_factory.mktemp("tune")
    options = TuneOptions(layers=2, epochs=30, rate=3e-3, held_back=0.2)
    tune(Workflow(GRAPH), EXAMPLES, small_bert(folder / "bert"), folder / "out", options)
    return folder / "out"


def test_the_tuned_encoder_routes_what_it_learned(tuned: Path) -> None:
    """Even a random BERT of two layers learns which words go where; the encoder beside the head is used."""
    workflow = Workflow(GRAPH, octopus=tuned)
    right = [workflow.plan(example.text).nodes[0].id == example.wanted.node for example in EXAMPLES]
    assert np.mean(right) > 0.8


def test_the_encoder_beside_the_head_is_its_own(tuned: Path) -> None:
    """Its vectors are as wide as its model, and its fingerprint differs from the shipped one's."""
    encoder = Encoder(tuned)
    assert encoder.encode(["my van is ill"]).shape == (1, 32)
    assert encoder.fingerprint != Encoder().fingerprint


def test_it_belongs_to_its_graph(tuned: Path) -> None:
    """Like every head."""
    door, worker = {"kind": "master"}, {"kind": "tool"}
    other = Graph("street", {"door": door, "a": worker, "b": worker}, ["door -> [b, a]"])
    Workflow(other, octopus=tuned).plan("my van is ill")  # the same nodes and edges, whatever answers there
    less = Graph("street", {"door": door, "a": worker}, ["door -> a"])
    with pytest.raises(InputError, match="changed since training"):
        Workflow(less, octopus=tuned).plan("my van is ill")


def test_questions_are_learned_with_choices_in_any_order_and_without() -> None:
    """No choice is lost or made up, and letters stay in order."""
    question = "Which is it?\nA. one\nB. two\nC. three\nD. four"
    seen = {varied(question, random.Random(seed)) for seed in range(40)}
    assert "Which is it?" in seen
    orders = [text for text in seen if "\n" in text]
    assert len(orders) > 5
    for text in orders:
        assert sorted(line[3:] for line in text.split("\n")[1:]) == ["four", "one", "three", "two"]
        assert [line[0] for line in text.split("\n")[1:]] == list("ABCD")


def test_other_requests_are_sometimes_learned_as_typed_in_a_hurry() -> None:
    """Slips and small letters, in some; most as they are."""
    text = "What is the Capital of Mongolia, please?"
    seen = [varied(text, random.Random(seed)) for seed in range(60)]
    assert 0.4 < seen.count(text) / len(seen) < 0.95
    assert any(one != text and one.islower() for one in seen)
