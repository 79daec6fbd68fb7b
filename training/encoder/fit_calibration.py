"""Fits the numbers of the embedded Octopus, temperature first, by maximum likelihood on labelled requests.

    python -m octograph.training.encoder.fit_calibration [--library DIR] [--write]

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

from ...engine.workflow import Workflow
from ...graphs.model import Graph
from ...graphs.signature import Neighbor
from ...nodes.folder import working_in
from ...planners.octopus.board import IDLE, Board, Features
from ...planners.octopus.calibration import Calibration
from ...planners.octopus.embedded import EmbeddedOctopus
from ...planners.octopus.encoder import SHIPPED
from ...planners.octopus.references import find_references

ROOT = Path(__file__).parent.parent.parent
SHARPNESS = (0.03, 0.05, 0.08)
FOR_LEAVES = ("scale", "explained", "missing", "named", "bare")
FOR_STOP = ("stop", "background")
SIGNED = ("stop", "bare")
"""Numbers that may be negative."""
LACKING = 0.1
"""Weight of an example that speaks of things only its author sees ("the letter", orders.csv)."""
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
    for line in (ROOT / "training" / "encoder" / "calibration_requests.jsonl").read_text(encoding="utf-8").splitlines():
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
    boards = [("examples", with_examples, 0.5)]
    boards += [
        (f"{kept} examples", octopus.board([_with_few(card, kept) for card in neighbors]), 0.2) for kept in (0, 1, 3)
    ]
    for source, board, weight in boards:
        for owner, neighbor in enumerate(neighbors):
            for card in (neighbor, *neighbor.inside):
                for example in card.examples:
                    pending = ("data",) if find_references(example) else ()
                    features = board.features(example, pending=pending, unseen=True)
                    lacking = any(
                        features.missing[position]
                        for position, leaf in enumerate(board.leaves)
                        if leaf.owner == owner and leaf.card.id == card.id
                    )
                    yield _sample(source, board, features, owner, weight * (LACKING if lacking else 1.0))
        for line in foreign:
            yield _sample(source, board, board.features(line, unseen=True), -1, weight)
    if path.stem == "desk":
        names = [neighbor.id for neighbor in neighbors]
        for line in (ROOT / "tests" / "requests" / "desk_dev.jsonl").read_text(encoding="utf-8").splitlines():
            request = json.loads(line)
            if request["kind"] in ("single", "abstain"):
                gold = names.index(request["nodes"][-1]) if request["nodes"] else -1
                yield _sample("desk", with_examples, with_examples.features(request["query"]), gold, 2.0)


def _with_few(card: Neighbor, kept: int) -> Neighbor:
    """The card as most people write theirs: with few examples, or a description alone."""
    return replace(card, examples=card.examples[:kept], inside=tuple(_with_few(inner, kept) for inner in card.inside))


def _sample(source: str, board: Board, features: Features, gold: int, weight: float) -> Sample:
    columns = [features.fits, features.explained, -features.missing, features.named, features.bare]
    owners = np.array([leaf.owner for leaf in board.leaves])
    base = np.where(features.idle, IDLE, 0.0)
    return Sample(source, np.stack(columns, axis=1), base, owners, features.background, gold, weight)


class Batch:
    """Samples side by side, padded to one width."""

    def __init__(self, samples: list[Sample]) -> None:
        width = max(len(sample.leaves) for sample in samples) + 1
        self.inputs = np.zeros((len(samples), width, len(FOR_LEAVES) + len(FOR_STOP)))
        self.base = np.full((len(samples), width), -np.inf)
        self.owners = np.full((len(samples), width), -2)
        self.gold = np.array([sample.gold for sample in samples])
        self.weight = np.array([sample.weight for sample in samples])
        for row, sample in enumerate(samples):
            here = slice(1, len(sample.leaves) + 1)
            self.inputs[row, here, : len(FOR_LEAVES)] = sample.leaves
            self.inputs[row, 0, len(FOR_LEAVES) :] = 1.0, sample.background  # column 0 is stop
            self.base[row, here], self.base[row, 0] = sample.base, 0.0
            self.owners[row, here], self.owners[row, 0] = sample.owners, -1

    def shares(self, weights: Array) -> Array:
        """(samples, leaves + stop): softmax of the logits."""
        logits = self.inputs @ weights + self.base
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        normalized: Array = shares / shares.sum(axis=1, keepdims=True)
        return normalized

    def gradient(self, weights: Array) -> Array:
        """Of the weighted mean negative log-likelihood, (weights,)."""
        shares = self.shares(weights)
        right = np.where(self.owners == self.gold[:, None], shares, 0.0)
        posterior = right / np.maximum(right.sum(axis=1, keepdims=True), 1e-300)
        each = np.einsum("sl,slw->sw", shares - posterior, self.inputs)
        mean: Array = self.weight @ each / self.weight.sum()
        return mean

    def predicted(self, weights: Array) -> tuple[NDArray[np.int64], Array, Array]:
        """(best owner or -1, its probability, the right one's probability), one of each a sample."""
        shares = self.shares(weights)
        totals = np.stack(
            [np.where(self.owners == owner, shares, 0).sum(1) for owner in range(-1, self.owners.max() + 1)], 1
        )
        right = np.take_along_axis(totals, (self.gold + 1)[:, None], axis=1)[:, 0]
        return totals.argmax(axis=1) - 1, totals.max(axis=1), right


def fit(batch: Batch, steps: int = 600, rate: float = 0.3) -> Array:
    """(len(FOR_LEAVES + FOR_STOP),); Adam on the exact gradient, weakly held to the values it starts from."""
    names = FOR_LEAVES + FOR_STOP
    start = np.array([getattr(Calibration(), name) for name in names])
    floor = np.array([-np.inf if name in SIGNED else 0.0 for name in names])
    weights, first, second = start.copy(), np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, steps + 1):
        gradient = batch.gradient(weights) + 1e-4 * (weights - start)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weights = weights - rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights = np.maximum(weights, floor)
    return weights


def fit_threshold(batch: Batch, weights: Array) -> float:
    """The probability below which taking the best neighbor is wrong more often than stopping is."""
    best, sure, _ = batch.predicted(weights)
    grid = np.arange(0.0, 0.61, 0.05)
    right = [batch.weight @ (np.where(sure < threshold, -1, best) == batch.gold) for threshold in grid]
    return round(float(grid[int(np.argmax(right))]), 2)


def report(samples: list[Sample], weights: Array) -> dict[str, float]:
    """Likelihood, accuracy, expected calibration error in ten bins, and how often stop is right and wrong."""
    batch = Batch(samples)
    best, sure, right = batch.predicted(weights)
    hit = (best == batch.gold).astype(float)
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [(bins == b).mean() * abs(sure[bins == b].mean() - hit[bins == b].mean()) for b in set(bins.tolist())]
    stops, strange = best == -1, batch.gold == -1
    return {
        "n": len(samples),
        "nll": round(float(-np.log(np.maximum(right, 1e-300)).mean()), 4),
        "accuracy": round(float(hit.mean()), 4),
        "ece": round(float(sum(gaps)), 4),
        "foreign_refused": round(float(stops[strange].mean()), 4) if strange.any() else 1.0,
        "own_refused": round(float(stops[~strange].mean()), 4) if (~strange).any() else 0.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="store the numbers beside the weights")
    parser.add_argument("--library", type=Path, default=ROOT / "graphs" / "library", help="folder of graphs")
    options = parser.parse_args()
    with working_in(ROOT / "graphs" / "library" / "data"):
        fit_and_report(options.library, options.write)


def fit_and_report(library: Path, write: bool) -> None:
    """Fit at every sharpness, print the figures, and store the likeliest."""
    best: tuple[float, dict[str, float], dict[str, dict[str, float]]] | None = None
    for sharpness in SHARPNESS:
        data = list(read_samples(sharpness, library))
        held_back = [sample for nth, sample in enumerate(data) if nth % 5 == 0]
        batch = Batch([sample for nth, sample in enumerate(data) if nth % 5 != 0])
        weights = fit(batch)
        figures = {"all": report(held_back, weights)}
        for source in dict.fromkeys(sample.source for sample in data):
            figures[source] = report([sample for sample in held_back if sample.source == source], weights)
        fitted = {name: round(float(weight), 4) for name, weight in zip(FOR_LEAVES + FOR_STOP, weights, strict=True)}
        threshold = fit_threshold(batch, weights)
        values = replace(Calibration(), sharpness=sharpness, threshold=threshold, **fitted).to_data()
        print(f"sharpness {sharpness}: {fitted} threshold {threshold}")
        for source, row in figures.items():
            print(f"  {source:12} {row}")
        if best is None or figures["all"]["nll"] < best[0]:
            best = (figures["all"]["nll"], values, figures)
    if write and best is not None:
        text = json.dumps({"values": best[1], "held_back": best[2]}, indent=2)
        (SHIPPED / "calibration.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
