"""The trained head of the embedded Octopus: learned from labelled requests, and kept to its graph."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from octograph import Graph, InputError, Workflow
from octograph.planners.octopus.head import FILE, STOP, Head, read_whole
from octograph.training.head import TrainedOn, train_head
from octograph.training.head.fitting import fit_regression, softmax
from octograph.training.samples import read_samples

PETS = ["brush the {} of my {}", "what does a {} {} eat", "my {} {} is ill", "how old does a {} {} get"]
CARS = ["change the {} of my {}", "what does a {} {} cost to insure", "my {} {} makes a noise", "is a {} {} safe"]
ANIMALS = ["old cat", "young dog", "brown hamster", "white rabbit", "grey parrot", "small pony"]
MAKES = ["old van", "red truck", "used car", "hired bus", "blue taxi", "fast motorbike"]
FOREIGN = ["who won the election", "write me a poem about rain", "what is 12 times 9", "when was Rome founded"] * 2


def lines() -> list[dict[str, object]]:
    """Requests to a garage called `a` and a vet called `b`, with names and descriptions that give nothing away."""
    pets = [{"query": form.format(*pet.split()), "nodes": ["b"]} for form in PETS for pet in ANIMALS]
    cars = [{"query": form.format(*car.split()), "nodes": ["a"]} for form in CARS for car in MAKES]
    return [*pets, *cars]


def graph(**description: str) -> Graph:
    nodes = {id_: {"kind": "model", "model": "m", "description": description.get(id_, "A desk.")} for id_ in "ab"}
    return Graph("street", {"door": {"kind": "master"}, **nodes}, ["door -> [a, b]"])


def trained(tmp_path: Path, data: Sequence[dict[str, object]], on: Graph | None = None) -> tuple[Path, TrainedOn]:
    file = tmp_path / "data.jsonl"
    file.write_text("\n".join(map(json.dumps, data)), encoding="utf-8")
    workflow = Workflow(on or graph())
    return tmp_path / "out", train_head(workflow, read_samples(file, workflow.graph), tmp_path / "out")


def first(workflow: Workflow, text: str) -> str | None:
    plan = workflow.plan(text)
    return plan.nodes[0].id if plan.nodes else None


def test_what_the_descriptions_leave_open_is_learned(tmp_path: Path) -> None:
    """Requests worded unlike any it has seen go where requests of their sort went."""
    out, made = trained(tmp_path, lines())
    workflow = Workflow(graph(), octopus=out)
    assert first(workflow, "the engine of the lorry will not start") == "a"
    assert first(workflow, "our kitten has swallowed a button") == "b"
    assert made.reading == "whole"
    assert made.examples == 48


def test_the_same_data_gives_the_same_weights(tmp_path: Path) -> None:
    """Training holds nothing back to chance."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first_out, _ = trained(tmp_path / "one", lines())
    second_out, _ = trained(tmp_path / "two", lines())
    one, two = (Head.read(out, 384) for out in (first_out, second_out))
    assert np.array_equal(one.weights, two.weights)
    assert (one.trust, one.untrained) == (two.trust, two.untrained)


def test_requests_that_fit_none_teach_it_to_stop(tmp_path: Path) -> None:
    """Lines without nodes are learned as stop; without any, stopping is not offered."""
    refused = [{"query": text, "nodes": []} for text in FOREIGN]
    out, _ = trained(tmp_path, [*lines(), *refused])
    assert first(Workflow(graph(), octopus=out), "who was elected yesterday") is None
    (tmp_path / "never").mkdir()
    out, _ = trained(tmp_path / "never", lines())
    assert first(Workflow(graph(), octopus=out), "who was elected yesterday") is not None


def test_a_head_is_refused_by_any_other_graph(tmp_path: Path) -> None:
    """A changed description may mean another node: that is an error, never a silent misroute."""
    out, _ = trained(tmp_path, lines())
    with pytest.raises(InputError, match=r"street has changed since training: changed: a; train again"):
        Workflow(graph(a="A bakery."), octopus=out).plan("my old van makes a noise")


def test_what_answers_may_change(tmp_path: Path) -> None:
    """The model behind a node is no part of what is learned."""
    out, _ = trained(tmp_path, lines())
    nodes = {id_: {"kind": "chat", "model": "other", "description": "A desk."} for id_ in "ab"}
    other = Graph("avenue", {"door": {"kind": "master"}, **nodes}, ["door -> [a, b]"])
    assert first(Workflow(other, octopus=out), "the engine of the lorry will not start") == "a"


def test_weights_stand_in_the_graph_file(tmp_path: Path) -> None:
    """`weights: out` is found beside the graph file; settings that mean nothing are errors."""
    trained(tmp_path, lines())
    text = "octograph: 1\nname: street\nstart: door\noctopus: {backend: embedded, weights: out%s}\nnodes:\n"
    text += "  door: {kind: master}\n  a: {kind: model, model: m, description: A desk.}\n"
    text += "  b: {kind: model, model: m, description: A desk.}\nedges: ['door -> [a, b]']\n"
    file = tmp_path / "street.yaml"
    file.write_text(text % "")
    assert first(Workflow(file), "the engine of the lorry will not start") == "a"
    file.write_text(text % ", settings: {reeding: whole}")
    with pytest.raises(InputError, match=r"no 'reeding' for backend embedded; did you mean 'reading'"):
        Workflow(file).plan("x")


def test_one_node_alone_is_nothing_to_learn(tmp_path: Path) -> None:
    """The error says what to add."""
    with pytest.raises(InputError, match="one node only"):
        trained(tmp_path, [{"query": "my old van is ill", "nodes": ["a"]}])


@pytest.mark.parametrize("damage", ["cut", "other", "gone"])
def test_damaged_weights_are_named(tmp_path: Path, damage: str) -> None:
    """A head cut short, something else under its name, or none at all: the path and the remedy."""
    out, _ = trained(tmp_path, lines())
    file = out / FILE
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:100] if damage == "cut" else b"hello")
    with pytest.raises(InputError, match=r"head\.npz: .*; train again with: octograph train"):
        Workflow(graph(), octopus=out).plan("my old van makes a noise")


@given(st.lists(st.sampled_from(["a", "b", "c", STOP]), min_size=1, max_size=8), st.sets(st.sampled_from("abcd")))
def test_scores_are_a_distribution_over_the_neighbors_that_were_trained(nodes: list[str], neighbors: set[str]) -> None:
    """Whatever it knows and is asked about: shares add up to 1 over what both have, and nothing is not a number."""
    rng = np.random.default_rng(len(nodes))
    weights = rng.normal(size=(4, len(nodes))).astype(np.float32)
    head = Head(tuple(nodes), ("g",) * len(nodes), weights, np.zeros(len(nodes), np.float32))
    asked = sorted(neighbors)
    scores = head.scores(rng.normal(size=4).astype(np.float32), asked)
    known = [position for position, id_ in enumerate([*asked, STOP]) if id_ in nodes]
    assert not np.isnan(scores).any()
    if known:
        assert np.exp(scores[known]).sum() == pytest.approx(1)
    if STOP not in nodes:
        assert scores[-1] == -np.inf


def test_a_long_text_is_read_to_its_end() -> None:
    """The last window counts: two texts that differ after the encoder's 128 tokens have different vectors."""
    seen: list[str] = []

    def embed(texts: Sequence[str]) -> np.ndarray:
        seen.extend(texts)
        return np.ones((len(texts), 3), np.float32)

    words = [f"w{number}" for number in range(200)]
    vectors = read_whole([" ".join(words), "short"], embed)
    assert " ".join(seen[:-1]).split(" ") == words
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_the_regression_finds_what_separates() -> None:
    """On data that a plane separates it gets every sample right."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 5))
    classes = (vectors[:, 0] > 0).astype(np.int64)
    fitted = fit_regression(vectors, classes, 2, decay=1e-5)
    assert (softmax(fitted.logits(vectors)).argmax(axis=1) == classes).mean() > 0.99
