"""Functional tokens: one per neighbor, made from its description and examples, and the softmax over them and stop.

As in Octopus v2 (arXiv 2404.01744, section 3.1) a neighbor is one symbol of the output vocabulary; here the symbol's
row of the output matrix is not trained but read off the encoder, so a neighbor never seen before can be chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...graphs.signature import Clues, Neighbor, Signature
from ...graphs.walk import Result
from .arguments import TEXTUAL, Filling, compatible, fill
from .calibration import Calibration
from .finders import find_files, stem
from .head import Head, read_whole

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""Texts -> unit vectors, (texts, width)."""

_NO_CLUES = Clues()

_QUOTED_MATTER = re.compile(r"\"[^\"\n]{12,}\"|“[^“”\n]{12,}”|(?<!\w)'[^'\n]{12,}'(?!\w)|‘[^‘’\n]{12,}’")
_MATTER = re.compile(r"(?<=[a-z]):\s+")
IDLE = -20.0
"""Logits of a worker that combines results while there are none: as good as impossible."""
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
            return "data" if len(self.card.gives) > 1 else self.signature.gives
        return self.card.gives[0] if len(self.card.gives) == 1 else "data"


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for and against each leaf."""

    fits: NDArray[np.float64]
    """(leaves,): soft maximum of the cosine similarities to the leaf's description and examples."""
    explained: NDArray[np.float64]
    """(leaves,): share of the text that is values of the kinds it takes, times the fit: dates make no booking a sum."""
    missing: NDArray[np.float64]
    """(leaves,): required arguments that are nowhere to be found."""
    named: NDArray[np.float64]
    """(leaves,): 1 if the text says every word of the worker's name: "capital"; 2 if it begins with it: "simplify"."""
    bare: NDArray[np.float64]
    """(leaves,): 1 for a worker with a description alone, 1/2 with one example beside it, 1/3 with two, ..."""
    idle: NDArray[np.bool_]
    """(leaves,): a worker that combines results, while there are none to combine."""
    background: float
    """Soft maximum of the similarities to requests of no particular domain."""
    learned: NDArray[np.float64] | None
    """(neighbors + 1,): log P(neighbor or stop | text) of a trained head; None without one."""
    fillings: dict[str, Filling]


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
        return self.filling_of(self.leaf)

    def filling_of(self, leaf: Leaf) -> Filling:
        """What a leaf's parameters could be filled with; empty for a leaf that was not looked at."""
        return self.fillings.get(key_of(leaf), Filling())

    @property
    def abstains(self) -> bool:
        return self.stop > float(self.probabilities[self.ranking[0]])


class Board:
    """The functional tokens of one place's neighbors."""

    def __init__(
        self,
        neighbors: Sequence[Neighbor],
        embed_cards: Embed,
        embed: Embed,
        background: Vectors,
        calibration: Calibration,
        head: Head | None = None,
    ) -> None:
        self.neighbors = tuple(neighbors)
        self._embed = embed
        self._head = head
        self._calibration = calibration
        self.leaves, self._texts = _leaves(self.neighbors)
        self._matrix = embed_cards([gist(text) for text in self._texts])  # (rows, width)
        self._owner = np.array([leaf.owner for leaf in self.leaves])
        self._starts = np.array([leaf.rows.start for leaf in self.leaves])
        self._names = [
            {stem(word) for word in leaf.card.id.lower().split("_") if len(word) > 2} for leaf in self.leaves
        ]
        self.reader = next(filter(_reads_files, self.leaves), None)
        """The worker that reads a file's text, if there is one."""
        self.combiners = tuple(neighbor for neighbor in self.neighbors if combines(neighbor.signature))
        """Neighbors that can take earlier results as they are."""
        self._bare = np.array([1.0 / (1 + _examples_of(leaf.card)) for leaf in self.leaves])
        self._background = self._apart(background)
        self._assessed: dict[tuple[object, ...], Assessment] = {}
        self.verbs = frozenset(verb for leaf in self.leaves if (verb := _verb(leaf.card.description)))
        """Imperatives learned from the descriptions: one that begins "Deploys the ..." teaches "deploy"."""

    def prepare(self, texts: Sequence[str]) -> None:
        """Encode texts that will be assessed together: a batch costs about half of one by one."""
        self._embed([gist(text) for text in texts])

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
            features = self.features(text, inputs, pending, like=like)
            self._assessed[key] = self.weigh(features, self._calibration)
        return self._assessed[key]

    def features(
        self,
        text: str,
        inputs: Sequence[Result] = (),
        pending: tuple[str, ...] = (),
        *,
        like: str | None = None,
        unseen: bool = False,
    ) -> Features:
        """What is known about each leaf, before it is weighed.

        With `unseen`, functional tokens and background requests worded exactly like the text are left out, so that a
        neighbor's own examples can be used to fit and to test.
        """
        vector = self._embed([gist(like or text)])[0]  # (width,)
        sharpness = self._calibration.sharpness
        similar = np.exp(self._matrix @ vector / sharpness)  # (rows,)
        near = np.exp(self._background @ vector / sharpness) if len(self._background) else np.zeros(1)
        if unseen:
            similar[[worded == text for worded in self._texts]] = 1e-30
            near[near >= np.exp(0.9999 / sharpness)] = 1e-30
        fits = sharpness * np.log(np.add.reduceat(similar, self._starts)).astype(np.float64)  # (leaves,)
        fillings: dict[str, Filling] = {}
        explained, missing, idle = np.zeros(len(fits)), np.zeros(len(fits)), np.zeros(len(fits), bool)
        files = sum(mention.end - mention.start for mention in find_files(text, _NO_CLUES))
        for position in np.argsort(-fits)[:INSPECTED]:
            leaf = self.leaves[position]
            if leaf.signature is not None and leaf.signature.parameters:
                filling = fill(leaf.signature, text, inputs)
                fillings[key_of(leaf)] = filling
                told = filling.explained + (files if needs_reading(filling) else 0)
                explained[position] = min(1.0, told / max(1, len(text.strip()))) * max(0.0, fits[position])
                missing[position] = _wanting(filling, files > 0, pending)
                idle[position] = max(len(inputs), len(pending)) < 2 and _waits_for_results(leaf.signature, filling)
        background = sharpness * float(np.log(near.sum() + 1e-30))
        named = self._named_in(text)
        learned = self._learned(like or text)
        return Features(fits, explained, missing, named, self._bare, idle, background, learned, fillings)

    def _learned(self, text: str) -> NDArray[np.float64] | None:
        if self._head is None:
            return None
        return self._head.scores(read_whole([text], self._embed)[0], [neighbor.id for neighbor in self.neighbors])

    def weigh(self, features: Features, calibration: Calibration) -> Assessment:
        """The softmax over neighbors and stop."""
        logits = (
            calibration.scale * features.fits
            + calibration.explained * features.explained
            - calibration.missing * features.missing
            + calibration.bare * features.bare
            + calibration.named * features.named
            + np.where(features.idle, IDLE, 0.0)
        )  # (leaves,)
        scores = np.full(len(self.neighbors) + 1, -np.inf)  # (neighbors + 1,)
        np.logaddexp.at(scores, self._owner, logits)
        scores[-1] = calibration.stop + calibration.background * features.background
        if features.learned is not None and self._head is not None:
            scores = self._head.untrained * scores + self._head.trust * features.learned
        weights = np.exp(scores - scores.max())
        probabilities = weights / weights.sum()
        best = {self.leaves[position].owner: self.leaves[position] for position in np.argsort(logits, kind="stable")}
        ranking = tuple(int(index) for index in np.argsort(-probabilities[:-1], kind="stable"))
        return Assessment(probabilities, ranking, best, features.fillings)

    def _named_in(self, text: str) -> NDArray[np.float64]:
        for mention in reversed(list(find_files(text, _NO_CLUES))):
            text = text[: mention.start] + text[mention.end :]
        words = [stem(word) for word in re.findall(r"[^\W\d_]{3,}", text.lower())]
        first = set(words[:1])
        return np.array(
            [float(bool(names) and names <= set(words)) * (2.0 if names == first else 1.0) for names in self._names]
        )

    def _apart(self, background: Vectors) -> Vectors:
        """The background requests that no neighbor claims: a graph that books tables must not shy away from it."""
        if not len(background) or not len(self._matrix):
            return background
        unclaimed: Vectors = background[(background @ self._matrix.T).max(axis=1) < self._calibration.claimed]
        return unclaimed


def _reads_files(leaf: Leaf) -> bool:
    """True for a worker that needs nothing but a file and gives its text."""
    signature = leaf.signature
    if signature is None or signature.gives not in TEXTUAL or "read" not in leaf.card.id:
        return False
    return [parameter.kind.name for parameter in signature.parameters if parameter.required] == ["file"]


def gist(text: str) -> str:
    """The text without the matter it is about: long quoted strings and what follows a colon say nothing of the task."""
    text = _QUOTED_MATTER.sub('"this text"', text)
    match = _MATTER.search(text)
    long = match is not None and len(re.findall(r"[^\W\d_]{3,}", text[match.end() :])) >= 4
    return text[: match.start()] + ": this text" if match and long else text


def _examples_of(card: Neighbor) -> int:
    """The examples of a card, those inside it as well."""
    return len(card.examples) + sum(map(_examples_of, card.inside))


def combines(signature: Signature | None) -> bool:
    """True for a worker that can take earlier results as they are: a comparison, a sum."""
    return signature is not None and any(parameter.kind.name == "results" for parameter in signature.parameters)


def _waits_for_results(signature: Signature, filling: Filling) -> bool:
    """True if earlier results are all it could work on: the text holds no values for it."""
    vague = {parameter.name for parameter in signature.parameters if parameter.choices}
    return combines(signature) and not any(of for name, of in filling.mentions.items() if name not in vague)


def needs_reading(filling: Filling) -> bool:
    """True for a worker that looks for text to work on, which a file named in the request may hold."""
    return any(parameter.kind.name == "text-input" for parameter in filling.missing)


def _wanting(filling: Filling, readable: bool, pending: tuple[str, ...]) -> int:
    """Required arguments that neither the text nor a coming result nor a file to be read can give."""
    wanting = 0
    for parameter in filling.missing:
        kind = parameter.kind.name
        given = (kind == "text-input" and readable) or any(compatible(kind, coming) for coming in pending)
        wanting += kind != "results" and not given
    return wanting


def key_of(leaf: Leaf) -> str:
    return f"{leaf.owner}/{leaf.card.id}"


def _leaves(neighbors: Sequence[Neighbor]) -> tuple[list[Leaf], list[str]]:
    leaves: list[Leaf] = []
    texts: list[str] = []
    for owner, neighbor in enumerate(neighbors):
        for card in (neighbor, *neighbor.inside):
            name = card.id.replace("_", " ").replace("-", " ")
            own = [card.description or name, *card.examples] if card.examples else [card.description or name, name]
            leaves.append(Leaf(owner, card, slice(len(texts), len(texts) + len(own))))
            texts += own
    return leaves, texts


def _verb(description: str) -> str:
    words = description.split()
    first = words[0].lower() if words else ""
    return first[:-1] if first.isalpha() and first.endswith("s") and not first.endswith("ss") and len(first) > 3 else ""
