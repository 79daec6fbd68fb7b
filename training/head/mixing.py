"""How far to trust a trained head beside the untrained functional tokens: two factors, by maximum likelihood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ...engine.workflow import Workflow
from ...graphs.model import NodeId
from ...graphs.signature import Neighbor
from ...planners.octopus.embedded import EmbeddedOctopus
from ...planners.octopus.head import STOP, Head
from ..samples import graph_inside
from .examples import Example

Array = NDArray[np.float64]

TRUSTS = (0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0)
UNTRAINED = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """A held-back request: what was wanted, and how likely each choice was judged."""

    text: str
    wanted: NodeId
    """`STOP` for a request that fits no neighbor."""
    choices: tuple[NodeId, ...]
    """The neighbors, then stop."""
    learned: Array
    """(choices,): log-probabilities of the head alone."""
    untrained: Array
    """(choices,): log-probabilities of the functional tokens alone."""
    probabilities: Array
    """(choices,): of the two together."""

    @property
    def ranking(self) -> tuple[NodeId, ...]:
        """The choices, most probable first."""
        return tuple(self.choices[position] for position in np.argsort(-self.probabilities, kind="stable"))


@dataclass(frozen=True, slots=True)
class Mix:
    """The best factors, and what comes of them."""

    trust: float
    untrained: float
    loss: float
    """Mean negative log-likelihood."""
    judged: tuple[Judged, ...]


def judge(
    workflow: Workflow,
    octopus: EmbeddedOctopus,
    examples: Sequence[Example],
    vectors: NDArray[np.float32],
    head: Head,
) -> tuple[Judged, ...]:
    """What the head and the untrained functional tokens make of some examples, each apart."""
    return tuple(_judged(workflow, octopus, examples, vectors, head))


def mix(judged: Sequence[Judged]) -> Mix:
    """The factors under which what was wanted is most likely."""
    tried = [_mixed(judged, trust, untrained) for trust, untrained in product(TRUSTS, UNTRAINED)]
    return min(tried, key=lambda one: one.loss)


def _mixed(judged: Sequence[Judged], trust: float, untrained: float) -> Mix:
    weighed = tuple(replace(one, probabilities=_together(one, trust, untrained)) for one in judged)
    likelihoods = [one.probabilities[one.choices.index(one.wanted)] for one in weighed]
    return Mix(trust, untrained, float(-np.mean(np.log(np.maximum(likelihoods, 1e-12)))), weighed)


def _together(one: Judged, trust: float, untrained: float) -> Array:
    scores = trust * one.learned + (untrained * one.untrained if untrained else 0.0)
    weights = np.exp(scores - scores.max())
    shares: Array = weights / weights.sum()
    return shares


def _judged(
    workflow: Workflow,
    octopus: EmbeddedOctopus,
    examples: Sequence[Example],
    vectors: NDArray[np.float32],
    head: Head,
) -> Iterator[Judged]:
    for example, vector in zip(examples, vectors, strict=True):
        cards = _cards(workflow, example)
        ids = tuple(card.id for card in cards)
        own = head.of(graph_inside(workflow.graph, example.inside).name)
        if own is None or (example.wanted.node != STOP and example.wanted.node not in ids):
            continue
        learned = own.scores(vector, ids)
        untrained = np.log(np.maximum(octopus.board(cards).assess(example.text).probabilities, 1e-12))
        yield Judged(example.text, example.wanted.node, (*ids, STOP), learned, untrained, np.exp(learned))


def _cards(workflow: Workflow, example: Example) -> Sequence[Neighbor]:
    return workflow.neighbors(example.at, example.inside)
