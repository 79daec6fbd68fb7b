"""Fits the numbers of the embedded Octopus, temperature first, by maximum likelihood on labelled requests.

    python training/fit_calibration.py [--requests tests/requests/desk_dev.jsonl] [--write]

Every example of every worker of the library graphs is a labelled request for the place above it, once with the
example itself left out of the functional tokens and once with nothing but descriptions in them; requests of no particular domain are labelled stop. Prints the
negative log-likelihood, accuracy and expected calibration error on a fifth that was not fitted.
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
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """One labelled request: features of the leaves it could go to, and the right owner (-1: stop)."""

    leaves: Array
    """(leaves, 4): fit, explained share, minus missing arguments, without examples."""
    base: Array
    """(leaves,): logits that are not fitted."""
    owners: NDArray[np.int64]
    background: float
    gold: int


def samples(sharpness: float, requests: Path | None) -> Iterator[Sample]:
    """Labelled requests of all library graphs."""
    octopus = EmbeddedOctopus()
    octopus.calibration = replace(octopus.calibration, sharpness=sharpness)
    for path in sorted((ROOT / "graphs" / "library").glob("*.yaml")):
        workflow = Workflow(Graph.read(path))
        neighbors = workflow.neighbors(workflow.graph.start)
        board = octopus.board(neighbors)
        for tokens in (board, octopus.board([_without_examples(neighbor) for neighbor in neighbors])):
            for owner, neighbor in enumerate(neighbors):
                for card in (neighbor, *neighbor.inside):
                    for example in card.examples:
                        yield _sample(tokens, tokens.features(example, unseen=True), owner)
            for line in (SHIPPED / "background.txt").read_text(encoding="utf-8").splitlines():
                if line.strip():
                    yield _sample(tokens, tokens.features(line, unseen=True), -1)
        if requests is not None and path.stem == "desk":
            names = [neighbor.id for neighbor in neighbors]
            for line in requests.read_text(encoding="utf-8").splitlines():
                request = json.loads(line)
                if request["kind"] in ("single", "abstain"):
                    gold = names.index(request["nodes"][-1]) if request["nodes"] else -1
                    yield _sample(board, board.features(request["query"]), gold)


def _without_examples(card: Neighbor) -> Neighbor:
    """The card as most people write theirs: with a description alone."""
    return replace(card, examples=(), inside=tuple(_without_examples(inner) for inner in card.inside))


def _sample(board: Board, features: Features, gold: int) -> Sample:
    leaves = np.stack([features.fits, features.explained, -features.missing, features.bare], axis=1)
    owners = np.array([leaf.owner for leaf in board.leaves])
    return Sample(leaves, np.where(features.idle, IDLE, 0.0), owners, features.background, gold)


def fit(train: list[Sample], steps: int = 400, rate: float = 0.3) -> Array:
    """(6,): scale, explained, missing, bare, stop, background; Adam on the exact gradient, weakly held to the start."""
    start = np.array([18.0, 2.0, 2.5, 2.0, 2.0, 12.0])
    weights, first, second = start.copy(), np.zeros(6), np.zeros(6)
    for step in range(1, steps + 1):
        gradient = np.mean([_gradient(sample, weights)[1] for sample in train], axis=0) + 1e-4 * (weights - start)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weights = weights - rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights[[0, 1, 2, 5]] = np.maximum(weights[[0, 1, 2, 5]], 0.0)
    return weights


def _gradient(sample: Sample, weights: Array) -> tuple[float, Array]:
    """(negative log-likelihood, its gradient) of one sample."""
    inputs = np.zeros((len(sample.leaves) + 1, 6))  # (leaves + stop, weights)
    inputs[:-1, :4] = sample.leaves
    inputs[-1, 4:] = 1.0, sample.background
    logits = inputs @ weights + np.append(sample.base, 0.0)
    shares = np.exp(logits - logits.max())
    right = np.append(sample.owners == sample.gold, sample.gold == -1)
    total, gold = shares.sum(), shares[right].sum()
    posterior = np.where(right, shares, 0.0) / max(gold, 1e-300)
    return float(np.log(total) - np.log(max(gold, 1e-300))), (shares / total - posterior) @ inputs


def report(samples: list[Sample], weights: Array) -> dict[str, float]:
    """Figures of the fitted numbers: likelihood, accuracy, expected calibration error in ten bins."""
    losses, sure, hit = [], [], []
    for sample in samples:
        losses.append(_gradient(sample, weights)[0])
        logits = sample.leaves @ weights[:4] + sample.base
        scores = np.full(sample.owners.max() + 2, -np.inf)
        np.logaddexp.at(scores, sample.owners, logits)
        scores[-1] = weights[4] + weights[5] * sample.background
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        best = int(shares.argmax())
        sure.append(float(shares[best]))
        hit.append(float((best if best < len(shares) - 1 else -1) == sample.gold))
    bins = np.minimum((np.array(sure) * 10).astype(int), 9)
    error = sum(
        (bins == b).mean() * abs(np.array(sure)[bins == b].mean() - np.array(hit)[bins == b].mean())
        for b in range(10)
        if (bins == b).any()
    )
    return {"nll": float(np.mean(losses)), "accuracy": float(np.mean(hit)), "ece": float(error), "n": len(samples)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=Path, default=ROOT / "tests" / "requests" / "desk_dev.jsonl")
    parser.add_argument("--write", action="store_true", help="store the numbers beside the weights")
    options = parser.parse_args()
    best: tuple[float, Calibration, dict[str, float]] | None = None
    for sharpness in SHARPNESS:
        data = list(samples(sharpness, options.requests))
        held_back = [sample for nth, sample in enumerate(data) if nth % 5 == 0]
        fitted = [sample for nth, sample in enumerate(data) if nth % 5 != 0]
        weights = fit(fitted)
        figures = report(held_back, weights)
        scale, explained, missing, bare, stop, background = (round(float(weight), 4) for weight in weights)
        calibration = Calibration(
            scale=scale,
            sharpness=sharpness,
            explained=explained,
            missing=missing,
            bare=bare,
            stop=stop,
            background=background,
        )
        print(f"sharpness {sharpness}: {figures}\n  {calibration.to_data()}")
        if best is None or figures["nll"] < best[0]:
            best = (figures["nll"], calibration, figures)
    assert best is not None  # SHARPNESS is not empty
    if options.write:
        text = json.dumps({"values": best[1].to_data(), "held_back": best[2]}, indent=2)
        (SHIPPED / "calibration.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
