"""Five measures of a rewritten query that need no judge, and how far it differs from the request in words.

Each catches another sort of fault; likeness of vectors alone is blind to a changed digit. They are checked on planted
faults in `tests/test_rewriting_measures.py`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..graphs.signature import Neighbor
from ..planners.octopus.encoder import Encoder
from ..planners.octopus.finders import stem
from ..planners.octopus.lexicon import COURTESY_ONLY, FUNCTION_WORDS, POLITE
from ..planners.octopus.rewriting import critical_tokens
from .metrics import Outcome

if TYPE_CHECKING:
    from ..engine.workflow import Workflow

RECALL = 0.95
"""Content recall from which nothing that matters is lost."""
OTHERS = 300
"""Requests among which a rewritten query must be nearest to its own."""
MOST_MEASURED = 500
"""Rewritten queries that are measured; more would change no figure and take minutes."""
SHORTEST, LONGEST = 0.5, 3.0
"""A rewritten query's length, as a factor of the request's part."""
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w'’-]*[a-z]\w*")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A rewritten query, and what it was made from."""

    part: str
    """What the node should answer: the request, or of one with several parts, the node's own."""
    query: str
    """What was written for the node."""
    node: str
    at: str
    """The place of the choice: rewrites of one place are compared with its requests and its neighbors."""
    parses: bool = True
    """Whether the output it was read from had the right form."""
    core: str | None = None
    """The part without what only carries it ("I just got home, and was wondering whether you could"), where the data
    says it: that is what may not be lost. Where it doesn't, nothing but courtesies may be."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One rewritten query, measured."""

    critical: bool
    """(1) Its numbers, negations, acronyms, names and quoted strings are those of the part, each as often."""
    recall: float
    """(2) Share of the part's content, by stems weighted by rarity, that it keeps."""
    nearest: bool
    """(3) Of many requests the nearest to it is its own."""
    scores: bool
    """(4) It scores no lower for its node than the part does, and is routed the same."""
    sound: bool
    """(5) It parses, and its length is within bounds."""
    difference: float
    """Share of its words and the part's that the other lacks; 0 for a copy."""

    @property
    def complete(self) -> bool:
        """Whether (2) holds."""
        return self.recall >= RECALL


@dataclass(frozen=True, slots=True)
class RewritingFigures:
    """Shares of rewritten queries for which each measure holds, and the mean difference in words."""

    n: int
    critical: float
    complete: float
    nearest: float
    scores: float
    sound: float
    all_five: float
    difference: float
    copies: float
    """Share that is the part word for word: copying loses nothing, so see the measures of the others too."""


class Measures:
    """The measures against the requests of one data set and the cards of each place."""

    def __init__(
        self, parts: Mapping[str, str | None], cards: Mapping[str, Sequence[Neighbor]], encoder: Encoder
    ) -> None:
        """`parts` are requests to compare with, each with its core if that is known; `cards` those of each place."""
        self._parts = parts
        self._cards = cards
        self._encoder = encoder

    def measure(self, rewrite: Rewrite) -> Measured:
        """All measures of one rewritten query."""
        core = without_courtesy(rewrite.part) if rewrite.core is None else rewrite.core
        return Measured(
            critical=said_exactly(core) == said_exactly(rewrite.query),
            recall=self._recall(core, rewrite.query),
            nearest=self._nearest(rewrite),
            scores=self._scores(rewrite),
            sound=rewrite.parses and SHORTEST <= len(rewrite.query) / max(1, len(core)) <= LONGEST,
            difference=difference(rewrite.part, rewrite.query),
        )

    @cached_property
    def _rarity(self) -> Mapping[str, float]:
        """Stem -> log of how seldom it is among the parts (inverse document frequency)."""
        seen = Counter(stem_ for part in self._parts for stem_ in set(stems(part)))
        return {stem_: math.log((1 + len(self._parts)) / (1 + count)) + 1 for stem_, count in seen.items()}

    def _recall(self, part: str, query: str) -> float:
        wanted, kept = Counter(stems(part)), Counter(stems(query))
        most = math.log(1 + len(self._parts)) + 1
        weight = {stem_: self._rarity.get(stem_, most) * count for stem_, count in wanted.items()}
        found = sum(weight[one] * min(1.0, kept[one] / count) for one, count in wanted.items())
        return found / sum(weight.values()) if weight else 1.0

    def _nearest(self, rewrite: Rewrite) -> bool:
        others = [part for part, core in self._parts.items() if part != rewrite.part and not _same(core, rewrite.core)]
        step = max(1, len(others) // OTHERS)
        query, own, *rest = self._encoder.encode([rewrite.query, rewrite.part, *others[::step][:OTHERS]])
        return not rest or float(query @ own) >= float((np.stack(rest) @ query).max()) - 1e-6

    def _scores(self, rewrite: Rewrite) -> bool:
        cards = self._cards.get(rewrite.at, ())
        ids = [card.id for card in cards]
        if rewrite.node not in ids:
            return False
        own = ids.index(rewrite.node)
        part, query = (_card_scores(text, cards, self._encoder) for text in (rewrite.part, rewrite.query))
        copied = rewrite.part == rewrite.query
        return copied or bool(query[own] >= part[own] - 0.01 and query.argmax() == part.argmax())


def figures(measured: Sequence[Measured]) -> RewritingFigures | None:
    """The shares over some rewritten queries; None if there are none."""
    if not measured:
        return None

    def share(values: Sequence[float]) -> float:
        return sum(values) / len(values)

    return RewritingFigures(
        n=len(measured),
        critical=share([one.critical for one in measured]),
        complete=share([one.complete for one in measured]),
        nearest=share([one.nearest for one in measured]),
        scores=share([one.scores for one in measured]),
        sound=share([one.sound for one in measured]),
        all_five=share(
            [one.critical and one.complete and one.nearest and one.scores and one.sound for one in measured]
        ),
        difference=share([one.difference for one in measured]),
        copies=share([one.difference == 0 for one in measured]),
    )


def rewritten(outcomes: Iterable[Outcome], workflow: Workflow) -> RewritingFigures | None:
    """The figures of the planned queries whose requests say what they should be; None if none does.

    Of a request with several nodes, the query that the data gives for a node is the part it is compared with.
    """
    start = workflow.graph.start
    pairs = [pair for outcome in outcomes for pair in _pairs(outcome, start)]
    measures = Measures({pair.part: pair.core for pair in pairs}, {start: workflow.neighbors(start)}, Encoder())
    step = max(1, -(-len(pairs) // MOST_MEASURED))
    return figures([measures.measure(pair) for pair in pairs[::step]])


def _pairs(outcome: Outcome, start: str) -> Iterator[Rewrite]:
    planned, gold = outcome.planned.nodes, outcome.gold.nodes
    alone = len(gold) == 1
    for node, query in zip(planned, outcome.queries, strict=False):
        if gold.count(node) == planned.count(node) == 1 and len(outcome.gold_queries) == len(gold):
            wanted = outcome.gold_queries[gold.index(node)]
            yield Rewrite(outcome.query if alone else wanted, query, node, start, core=wanted)


def said_exactly(text: str) -> Counter[str]:
    """What must be said exactly: numbers, negations and exceptions, acronyms, quoted strings and names, counted."""
    return critical_tokens(text) + Counter(match.group() for match in _NAME.finditer(text))


def without_courtesy(text: str) -> str:
    """A request without "please" and "could you": what a rewritten query may leave out."""
    bare = text.strip()
    while True:
        if COURTESY_ONLY.fullmatch(bare):
            return text
        match = POLITE.match(bare)
        if match is None or not match.end():
            return bare or text
        bare = bare[match.end() :]


def stems(text: str) -> list[str]:
    """The stems of its words, function words left out."""
    return [stem(word.lower()) for word in _WORD.findall(text) if word.lower() not in FUNCTION_WORDS]


def difference(before: str, after: str) -> float:
    """1 - (words in both / words in either), each as often as it occurs."""
    first, second = (Counter(word.lower() for word in _WORD.findall(text)) for text in (before, after))
    either = (first | second).total()
    return 1 - (first & second).total() / either if either else 0.0


def _same(core: str | None, other: str | None) -> bool:
    """Whether two requests ask the same in other phrases: then the nearest may be either."""
    return core is not None and other is not None and core.lower() == other.lower()


def _card_scores(text: str, cards: Sequence[Neighbor], encoder: Encoder) -> NDArray[np.float32]:
    """(cards,): the best cosine of the text with anything a card says."""
    says = [[line for line in (card.description, *card.examples) if line] or [card.id] for card in cards]
    (vector,) = encoder.encode([text])
    return np.array([float((encoder.encode(lines) @ vector).max()) for lines in says], np.float32)
