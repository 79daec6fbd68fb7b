"""Fits the numbers of the embedded Octopus, temperature first, by maximum likelihood on labelled requests.

    python training/fit_calibration.py [--library DIR] [--write]

The requests: every example of every worker of the library graphs, once with the example itself left out of the
functional tokens and once with nothing but descriptions in them; requests of no particular domain (stop); the single
requests of the desk's development set; and `calibration_requests.jsonl`, small graphs with descriptions alone. Prints
the negative log-likelihood, accuracy and expected calibration error on a fifth that was not fitted.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from octograph import Graph, Workflow
from octograph.graphs.signature import Neighbor
from octograph.planners.octopus.board import IDLE, Board, Features
from octograph.planners.octopus.calibration import Calibration
from octograph.planners.octopus.embedded import EmbeddedOctopus
from octograph.planners.octopus.encoder import SHIPPED

ROOT = Path(__file__).parent.parent
SHARPNESS = (0.03, 0.05, 0.08)
FOR_LEAVES = ("scale", "explained", "missing", "named", "bare")
FOR_STOP = ("stop", "background")
SIGNED = ("stop", "bare")
"""Numbers that may be negative."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """One labelled request: features of the leaves it could go to, and the right owner (-1: stop)."""

    source: str
    leaves: Array
    """(leaves, len(FOR_LEAVES))"""
    base: Array
    """(leaves,): logits that are not fitted."""
    owners: NDArray[np.int64]
    background: float
    gold: int
    weight: float


def read_samples(sharpness: float, library: Path) -> Iterator[Sample]:
    """The labelled requests, as features."""
    octopus = EmbeddedOctopus()
    octopus.calibration = replace(octopus.calibration, sharpness=sharpness)
    for path in sorted(library.glob("*.yaml")):
        yield from _of_library(octopus, path)
    for line in (ROOT / "training" / "calibration_requests.jsonl").read_text(encoding="utf-8").splitlines():
        graph = json.loads(line)
        names = list(graph["neighbors"])
        board = octopus.board([Neighbor(name, about) for name, about in graph["neighbors"].items()])
        for request, gold in graph["requests"]:
            yield _sample("bare", board, board.features(request), -1 if gold is None else names.index(gold), 1.0)


def _of_library(octopus: EmbeddedOctopus, path: Path) -> Iterator[Sample]:
    workflow = Workflow(Graph.read(path))
    neighbors = workflow.neighbors(workflow.graph.start)
    foreign = [line for line in (SHIPPED / "background.txt").read_text(encoding="utf-8").splitlines() if line.strip()]
    with_examples = octopus.board(neighbors)
    without = octopus.board([_without_examples(neighbor) for neighbor in neighbors])
    for source, board, weight in (("examples", with_examples, 0.5), ("descriptions", without, 0.2)):
        for owner, neighbor in enumerate(neighbors):
            for card in (neighbor, *neighbor.inside):
                for example in card.examples:
                    yield _sample(source, board, board.features(example, unseen=True), owner, weight)
        for line in foreign:
            yield _sample(source, board, board.features(line, unseen=True), -1, weight / 2)
    if path.stem == "desk":
        names = [neighbor.id for neighbor in neighbors]
        for line in (ROOT / "tests" / "requests" / "desk_dev.jsonl").read_text(encoding="utf-8").splitlines():
            request = json.loads(line)
            if request["kind"] in ("single", "abstain"):
                gold = names.index(request["nodes"][-1]) if request["nodes"] else -1
                yield _sample("desk", with_examples, with_examples.features(request["query"]), gold, 2.0)


def _without_examples(card: Neighbor) -> Neighbor:
    """The card as most people write theirs: with a description alone."""
    return replace(card, examples=(), inside=tuple(_without_examples(inner) for inner in card.inside))


def _sample(source: str, board: Board, features: Features, gold: int, weight: float) -> Sample:
    columns = [features.fits, features.explained, -features.missing, features.named, features.bare]
    owners = np.array([leaf.owner for leaf in board.leaves])
    base = np.where(features.idle, IDLE, 0.0)
    return Sample(source, np.stack(columns, axis=1), base, owners, features.background, gold, weight)


def fit(train: list[Sample], steps: int = 400, rate: float = 0.3) -> Array:
    """(len(FOR_LEAVES + FOR_STOP),); Adam on the exact gradient, weakly held to the values it starts from."""
    names = FOR_LEAVES + FOR_STOP
    start = np.array([getattr(Calibration(), name) for name in names])
    floor = np.array([-np.inf if name in SIGNED else 0.0 for name in names])
    weights, first, second = start.copy(), np.zeros(len(names)), np.zeros(len(names))
    shares = np.array([sample.weight for sample in train])
    for step in range(1, steps + 1):
        gradients = np.stack([_gradient(sample, weights)[1] for sample in train])
        gradient = shares @ gradients / shares.sum() + 1e-4 * (weights - start)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weights = weights - rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights = np.maximum(weights, floor)
    return weights


def _gradient(sample: Sample, weights: Array) -> tuple[float, Array]:
    """(negative log-likelihood, its gradient) of one sample."""
    wide = len(FOR_LEAVES)
    inputs = np.zeros((len(sample.leaves) + 1, len(weights)))  # (leaves + stop, weights)
    inputs[:-1, :wide] = sample.leaves
    inputs[-1, wide:] = 1.0, sample.background
    logits = inputs @ weights + np.append(sample.base, 0.0)
    shares = np.exp(logits - logits.max())
    right = np.append(sample.owners == sample.gold, sample.gold == -1)
    total, gold = shares.sum(), shares[right].sum()
    posterior = np.where(right, shares, 0.0) / max(gold, 1e-300)
    return float(np.log(total) - np.log(max(gold, 1e-300))), (shares / total - posterior) @ inputs


def report(samples: list[Sample], weights: Array) -> dict[str, float]:
    """Likelihood, accuracy, expected calibration error in ten bins, and how often stop is right and wrong."""
    wide = len(FOR_LEAVES)
    losses, sure, hit, stopped, foreign = [], [], [], [], []
    for sample in samples:
        losses.append(_gradient(sample, weights)[0])
        scores = np.full(sample.owners.max() + 2, -np.inf)
        np.logaddexp.at(scores, sample.owners, sample.leaves @ weights[:wide] + sample.base)
        scores[-1] = weights[wide] + weights[wide + 1] * sample.background
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        best = int(shares.argmax())
        sure.append(float(shares[best]))
        stopped.append(best == len(shares) - 1)
        foreign.append(sample.gold == -1)
        hit.append(float((-1 if stopped[-1] else best) == sample.gold))
    bins = np.minimum((np.array(sure) * 10).astype(int), 9)
    gaps = [(bins == b).mean() * abs(np.array(sure)[bins == b].mean() - np.array(hit)[bins == b].mean()) for b in set(bins)]
    stops, strange = np.array(stopped), np.array(foreign)
    return {
        "n": len(samples),
        "nll": round(float(np.mean(losses)), 4),
        "accuracy": round(float(np.mean(hit)), 4),
        "ece": round(float(sum(gaps)), 4),
        "foreign_refused": round(float(stops[strange].mean()), 4) if strange.any() else 1.0,
        "own_refused": round(float(stops[~strange].mean()), 4) if (~strange).any() else 0.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="store the numbers beside the weights")
    parser.add_argument("--library", type=Path, default=ROOT / "graphs" / "library", help="folder of graphs")
    options = parser.parse_args()
    best: tuple[float, dict[str, float], dict[str, dict[str, float]]] | None = None
    for sharpness in SHARPNESS:
        data = list(read_samples(sharpness, options.library))
        held_back = [sample for nth, sample in enumerate(data) if nth % 5 == 0]
        weights = fit([sample for nth, sample in enumerate(data) if nth % 5 != 0])
        figures = {"all": report(held_back, weights)}
        for source in dict.fromkeys(sample.source for sample in data):
            figures[source] = report([sample for sample in held_back if sample.source == source], weights)
        fitted = {name: round(float(weight), 4) for name, weight in zip(FOR_LEAVES + FOR_STOP, weights, strict=True)}
        values = replace(Calibration(), sharpness=sharpness, **fitted).to_data()
        print(f"sharpness {sharpness}: {fitted}")
        for source, row in figures.items():
            print(f"  {source:12} {row}")
        if best is None or figures["all"]["nll"] < best[0]:
            best = (figures["all"]["nll"], values, figures)
    if options.write and best is not None:
        text = json.dumps({"values": best[1], "held_back": best[2]}, indent=2)
        (SHIPPED / "calibration.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
