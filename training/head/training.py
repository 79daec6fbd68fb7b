"""Trains the head of the embedded Octopus on labelled requests: seconds on a CPU, the same numbers every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...engine.workflow import Workflow
from ...graphs.errors import InputError
from ...graphs.model import Graph, OctopusSpec
from ...planners.octopus.embedded import EmbeddedOctopus
from ...planners.octopus.encoder import SHIPPED, Encoder
from ...planners.octopus.head import Head, read_whole
from ...planners.octopus.trained import Trained, TrainedGraph, outline
from ..samples import Sample
from ..splitting import is_held_back
from .examples import Example, RequestClass, examples_of
from .fitting import Regression, fit_regression, softmax
from .mixing import Judged, judge, mix

DECAYS = (1e-5, 3e-5, 1e-4, 3e-4)
"""Penalties tried; which one is best depends on how much data there is."""
FEWEST = 8
"""Below so many held-back requests nothing can be chosen by them; the middle of everything is taken."""
BATCH = 128

Tell = Callable[[str, int, int], None]
"""Progress: what is being done, how much of it is done, how much there is."""


@dataclass(frozen=True, slots=True)
class HeadOptions:
    """How the head is trained."""

    held_back: float = 0.1
    """Share of the requests that settings are chosen by and figures are measured on."""
    seed: int = 0
    """Decides which requests are held back."""


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """What came of it."""

    examples: int
    held_back: tuple[Judged, ...]
    """Requests that were not learned from, and how the head judged them; the weights written learn from them too."""
    decay: float
    trust: float
    untrained: float
    reading: str


def train_head(
    workflow: Workflow,
    samples: Sequence[Sample],
    out: Path,
    options: HeadOptions | None = None,
    tell: Tell = lambda what, done, of: None,
) -> TrainedOn:
    """Train on the samples and write the folder `out`, which is then an `--octopus`.

    A part is held back to choose the penalty and how far the untrained functional tokens are still listened to; then
    all of the data is learned. Raises InputError where there is nothing to tell apart.
    """
    options = options or HeadOptions()
    examples = list(dict.fromkeys(examples_of(samples, workflow.graph)))
    classes = sorted({example.wanted for example in examples})
    if len(classes) < 2:
        raise InputError(
            "the data names one node only, and there is nothing to learn from it; give requests for others too"
        )
    encoder = Encoder(SHIPPED)
    vectors = _encoded(encoder, examples, tell)
    wanted = np.array([classes.index(example.wanted) for example in examples])
    held = held_back_of(examples, options)
    decay, judged, (trust, untrained) = _choose(workflow, examples, vectors, wanted, classes, held)
    final = fit_regression(vectors, wanted, len(classes), decay)
    reading = "whole" if _takes_requests_whole(samples) else "parts"
    _head(final, classes, trust, untrained).write(out)
    graphs = tuple(TrainedGraph(graph.name, outline(graph)) for graph in _graphs(workflow.graph))
    Trained("embedded", graphs, settings={"reading": reading}).write(out)
    return TrainedOn(len(examples), judged, decay, trust, untrained, reading)


def _choose(
    workflow: Workflow,
    examples: Sequence[Example],
    vectors: NDArray[np.float32],
    wanted: NDArray[np.int64],
    classes: Sequence[RequestClass],
    held: NDArray[np.bool_],
) -> tuple[float, tuple[Judged, ...], tuple[float, float]]:
    """The penalty, the held-back requests as judged with it, and the mix with the untrained functional tokens."""
    if held.sum() < FEWEST:
        return DECAYS[1], (), (1.0, 0.0)
    fitted = {decay: fit_regression(vectors[~held], wanted[~held], len(classes), decay) for decay in DECAYS}
    best = min(DECAYS, key=lambda decay: _loss(fitted[decay], vectors[held], wanted[held]))
    kept = [example for example, is_held in zip(examples, held, strict=True) if is_held]
    mixed = mix(judge(workflow, EmbeddedOctopus(OctopusSpec()), kept, vectors[held], _head(fitted[best], classes)))
    return best, mixed.judged, (mixed.trust, mixed.untrained)


def _loss(fitted: Regression, vectors: NDArray[np.float32], wanted: NDArray[np.int64]) -> float:
    """Mean negative log-likelihood of the classes."""
    shares = softmax(fitted.logits(vectors))
    return float(-np.log(np.maximum(shares[np.arange(len(wanted)), wanted], 1e-12)).mean())


def _head(fitted: Regression, classes: Sequence[RequestClass], trust: float = 1.0, untrained: float = 0.0) -> Head:
    return Head(
        tuple(one.node for one in classes),
        tuple(one.graph for one in classes),
        fitted.weights.astype(np.float32),
        fitted.bias.astype(np.float32),
        trust,
        untrained,
    )


def _encoded(encoder: Encoder, examples: Sequence[Example], tell: Tell) -> NDArray[np.float32]:
    """(examples, width)"""
    parts = []
    for start in range(0, len(examples), BATCH):
        tell("reading", start, len(examples))
        parts.append(read_whole([example.text for example in examples[start : start + BATCH]], encoder.encode))
    tell("reading", len(examples), len(examples))
    return np.concatenate(parts)


def held_back_of(examples: Sequence[Example], options: HeadOptions) -> NDArray[np.bool_]:
    """Which examples are held back: by a hash of the group, so that more data moves none to the other side."""
    return np.array([is_held_back(example.group, options.held_back, options.seed) for example in examples])


def _takes_requests_whole(samples: Sequence[Sample]) -> bool:
    """True if no request of the data asks for more than one call: then none is taken apart."""
    return not any(len(sample.calls) > 1 or sample.done for sample in samples)


def _graphs(graph: Graph) -> Iterator[Graph]:
    """The graph and, once each, the sub-graphs of its agents."""
    seen: dict[str, Graph] = {}
    waiting = [graph]
    while waiting:
        one = waiting.pop()
        if one.name not in seen:
            seen[one.name] = one
            waiting.extend(one.agents.values())
    yield from seen.values()
