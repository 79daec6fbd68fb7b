"""Functional tokens: one per neighbor, made from its description and examples, and the softmax over them and stop.

As in Octopus v2 (arXiv 2404.01744, section 3.1) a neighbor is one symbol of the output vocabulary; here the symbol's
row of the output matrix is not trained but read off the encoder, so a neighbor never seen before can be chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...graphs.signature import Clues, Neighbor, Signature
from ...graphs.walk import Result
from .arguments import Filling, compatible, fill
from .calibration import Calibration
from .finders import find_files

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""Texts -> unit vectors, (texts, width)."""

_NO_CLUES = Clues()

INSPECTED = 10
"""Leaves, best first, whose arguments are looked for in the text; filling costs about 0.1 ms a leaf."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A worker that would do the work in the end: a neighbor itself, or one of the workers inside an agent."""

    owner: int
    """Position of the neighbor it belongs to."""
    card: Neighbor
    rows: slice
    """Its rows in the board's matrix."""

    @property
    def signature(self) -> Signature | None:
        return self.card.signature

    @property
    def gives(self) -> str:
        """The kind of its results, `data` if it may be any."""
        if self.signature is not None:
            return self.signature.gives
        return self.card.gives[0] if len(self.card.gives) == 1 else "data"


@dataclass(frozen=True, slots=True)
class Assessment:
    """How well each neighbor fits a text."""

    probabilities: NDArray[np.float64]
    """(neighbors + 1,): P(neighbor | text) and, last, P(stop | text); they add up to 1."""
    ranking: tuple[int, ...]
    """Neighbors by probability, best first."""
    leaves: dict[int, Leaf]
    """Neighbor -> its best leaf."""
    fillings: dict[str, Filling]
    """Leaf id -> what its parameters could be filled with, for the leaves that were looked at."""

    @property
    def stop(self) -> float:
        return float(self.probabilities[-1])

    @property
    def leaf(self) -> Leaf:
        """The best leaf of the best neighbor."""
        return self.leaves[self.ranking[0]]

    @property
    def filling(self) -> Filling:
        return self.fillings.get(key_of(self.leaf), Filling())

    @property
    def abstains(self) -> bool:
        return self.stop > float(self.probabilities[self.ranking[0]])


class Board:
    """The functional tokens of one place's neighbors."""

    def __init__(
        self, neighbors: Sequence[Neighbor], embed_cards: Embed, embed: Embed, background: Vectors, calibration: Calibration
    ) -> None:
        self.neighbors = tuple(neighbors)
        self._embed = embed
        self._calibration = calibration
        self.leaves, texts = _leaves(self.neighbors)
        self._matrix = embed_cards(texts)  # (rows, width)
        self._owner = np.array([leaf.owner for leaf in self.leaves])
        self._starts = np.array([leaf.rows.start for leaf in self.leaves])
        self._background = self._apart(background)
        self._assessed: dict[tuple[object, ...], Assessment] = {}
        self.verbs = frozenset(verb for leaf in self.leaves if (verb := _verb(leaf.card.description)))
        """Imperatives learned from the descriptions: one that begins "Deploys the ..." teaches "deploy"."""

    def assess(
        self, text: str, inputs: Sequence[Result] = (), pending: tuple[str, ...] = (), *, like: str | None = None
    ) -> Assessment:
        """P(neighbor or stop | text).

        `pending` are kinds of results that will be handed in, though they are not known yet. `like` is the wording to
        compare with the functional tokens where it differs from the text whose arguments count.
        """
        key = (text, like, pending, tuple(map(id, inputs)))
        if key not in self._assessed:
            if len(self._assessed) >= 512:
                self._assessed.clear()
            self._assessed[key] = self._assess(text, inputs, pending, like or text)
        return self._assessed[key]

    def _assess(self, text: str, inputs: Sequence[Result], pending: tuple[str, ...], like: str) -> Assessment:
        calibration = self._calibration
        vector = self._embed([like])[0]  # (width,)
        similar = np.exp(self._matrix @ vector / calibration.sharpness)  # (rows,)
        fits = calibration.sharpness * np.log(np.add.reduceat(similar, self._starts))  # (leaves,)
        logits = calibration.scale * fits.astype(np.float64)
        fillings: dict[str, Filling] = {}
        for position in np.argsort(-fits)[:INSPECTED]:
            leaf = self.leaves[position]
            if leaf.signature is not None and leaf.signature.parameters:
                filling = fill(leaf.signature, text, inputs)
                fillings[key_of(leaf)] = filling
                logits[position] += self._evidence(filling, leaf.signature, text, pending)
        scores = np.full(len(self.neighbors) + 1, -np.inf)
        best: dict[int, Leaf] = {}
        for position in np.argsort(logits):
            leaf = self.leaves[position]
            scores[leaf.owner] = np.logaddexp(scores[leaf.owner], logits[position])
            best[leaf.owner] = leaf
        scores[-1] = self._stop(vector)
        weights = np.exp(scores - scores.max())
        probabilities = weights / weights.sum()
        ranking = tuple(int(index) for index in np.argsort(-probabilities[:-1], kind="stable"))
        return Assessment(probabilities, ranking, best, fillings)

    def _evidence(self, filling: Filling, signature: Signature, text: str, pending: tuple[str, ...]) -> float:
        """What the arguments found (and not found) say for a leaf, in logits."""
        calibration = self._calibration
        missing = 0
        waiting = list(pending)
        for parameter in filling.missing:
            if parameter.kind.name == "results" and len(waiting) < 2:
                return calibration.without_results
            fitting = next((kind for kind in waiting if compatible(parameter.kind.name, kind)), None)
            readable = parameter.kind.name == "text-input" and any(True for _ in find_files(text, _NO_CLUES))
            if fitting is None and not readable and parameter.kind.name != "results":
                missing += 1
        share = min(1.0, filling.consumed / max(1, len(text.strip())))
        return calibration.consumed * share - calibration.missing * missing

    def _stop(self, vector: Vectors) -> float:
        calibration = self._calibration
        if not len(self._background):
            return calibration.stop
        similar = np.exp(self._background @ vector / calibration.sharpness)
        return calibration.stop + calibration.background * float(calibration.sharpness * np.log(similar.sum()))

    def _apart(self, background: Vectors) -> Vectors:
        """The background requests that no neighbor claims: a graph that books tables must not shy away from it."""
        if not len(background) or not len(self._matrix):
            return background
        return background[(background @ self._matrix.T).max(axis=1) < self._calibration.claimed]


def key_of(leaf: Leaf) -> str:
    return f"{leaf.owner}/{leaf.card.id}"


def _leaves(neighbors: Sequence[Neighbor]) -> tuple[list[Leaf], list[str]]:
    leaves: list[Leaf] = []
    texts: list[str] = []
    for owner, neighbor in enumerate(neighbors):
        for card in (neighbor, *neighbor.inside):
            own = [card.description or card.id.replace("_", " "), *card.examples]
            leaves.append(Leaf(owner, card, slice(len(texts), len(texts) + len(own))))
            texts += own
    return leaves, texts


def _verb(description: str) -> str:
    words = description.split()
    first = words[0].lower() if words else ""
    return first[:-1] if first.isalpha() and first.endswith("s") and not first.endswith("ss") and len(first) > 3 else ""
