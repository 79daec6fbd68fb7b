"""Requests made by rule: a node's own words, in the phrases and with the slips that people use, alone or several."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from ...graphs.clock import stopped_at
from ...graphs.model import NodeId
from ...graphs.signature import Neighbor
from ...planners.octopus.arguments import compatible
from .data_files import carriers, elsewhere
from .generating import SEVERAL, Job
from .noise import noisy
from .pieces import Piece, Pieces, framed, outline, written
from .places import ChoicePlace
from .requests import GeneratedRequest, LabelledPart
from .values import MAKERS
from .wordings import Wording, arguments_in, form_of, wordings_of

TODAY = dt.datetime(2026, 1, 7, 12)
"""The day on which requests are made: what "tomorrow" means must not depend on when the grammar is run."""
CONTEXT, CLOSING = 0.25, 0.1
"""Shares of requests with a sentence before or after that asks for nothing."""
GREETING, ENDING = 0.2, 0.15
"""Shares of phrases that open with a greeting, or end with a thank-you, besides what the phrase itself has of these."""
TRIES = 20


@dataclass(frozen=True)
class Part:
    """One part of a request: what the user says, and what the node should get."""

    card: Neighbor
    said: Pieces
    form: str
    wanted: str
    arguments: Mapping[str, Any]

    def label(self, output: str = "") -> LabelledPart:
        return LabelledPart(self.card.id, self.wanted, self.arguments, output)


Phrases = Mapping[str, Sequence[str]]
"""Form of a wording (or `then`, `and`, `context`, `closing`) -> phrases, `{}` where it stands."""


class Grammar:
    """Makes requests for one place."""

    def __init__(self, place: ChoicePlace, phrases: Phrases | None = None) -> None:
        """`phrases` carry the wordings, by form; those in `data/carriers.json` if left out."""
        self._place = place
        self._phrases = phrases or carriers()
        self._wordings: dict[NodeId, list[Wording]] = {}

    def about(self, node: NodeId, rng: Random) -> GeneratedRequest | None:
        """A request that one node answers; None where nothing is said of it to make one from."""
        with stopped_at(TODAY):
            part = self._part(self._place.cards[node], rng)
        return None if part is None else self._request(self._carried(part, rng), rng, (part.label(),))

    def several(self, rng: Random) -> GeneratedRequest | None:
        """A request of two parts: one after the other along an edge, or beside each other."""
        with stopped_at(TODAY):
            chained = self._chains and rng.random() < 0.5
            return self._chain(rng) if chained else self._beside(rng)

    def elsewhere(self, rng: Random) -> GeneratedRequest | None:
        """A request that nothing here can do."""
        text = rng.choice(self._elsewhere)
        return self._request(framed(self._frame(form_of(text), rng), (Piece(text),)), rng, ())

    @cached_property
    def _elsewhere(self) -> Sequence[str]:
        from .strangers import strangers_to

        return strangers_to(self._place.cards.values(), elsewhere())

    @cached_property
    def _chains(self) -> list[tuple[Neighbor, Neighbor]]:
        cards = self._place.cards
        return [(cards[a], b) for a in cards for b in self._place.after.get(a, ()) if b.id in cards]

    def _of(self, card: Neighbor) -> list[Wording]:
        if card.id not in self._wordings:
            shared = {topic for other in self._place.cards.values() if other.id != card.id for topic in _topics(other)}
            found = wordings_of(card)
            self._wordings[card.id] = [one for one in found if one.form != "topic" or one.parts[0] not in shared]
        return self._wordings[card.id]

    def _part(self, card: Neighbor, rng: Random) -> Part | None:
        wordings = self._of(card)
        for _ in range(TRIES if wordings else 0):
            wording = rng.choice(wordings)
            said = wording.said(rng)
            if said is not None:
                pieces, arguments = said
                wanted = written(pieces)
                return Part(card, pieces, wording.form, wanted, arguments)
        return None

    def _carried(self, part: Part, rng: Random) -> Pieces:
        return framed(self._frame(part.form, rng), part.said)

    def _frame(self, form: str, rng: Random) -> str:
        """A phrase of that form, perhaps with a greeting before it or something polite behind it."""
        frame = rng.choice(self._phrases[form])
        if rng.random() < GREETING and "," not in frame:
            frame = f"{rng.choice(self._phrases['greeting'])}, {frame}"
        if rng.random() < ENDING and frame.endswith("{}"):
            frame = f"{frame}{rng.choice((' ', ', '))}{rng.choice(self._phrases['ending'])}"
        return frame

    def _context(self, rng: Random) -> str:
        """A sentence that asks for nothing."""
        sort = rng.choice(("context", "subject", "subject", "where"))
        if sort == "context":
            return str(rng.choice(self._phrases["context"]))
        if sort == "where":
            return f"{rng.choice(('I am', 'I’m', 'We are'))} {rng.choice(self._phrases['where'])}."
        subject, predicate = rng.choice(self._phrases["subject"]), rng.choice(self._phrases["predicate"])
        return f"{subject[0].upper()}{subject[1:]} {predicate}."

    def _chain(self, rng: Random) -> GeneratedRequest | None:
        """Two parts, the second about the result of the first where it has a place for one."""
        first_card, second_card = rng.choice(self._chains)
        first, second = self._part(first_card, rng), self._part(second_card, rng)
        if first is None or second is None:
            return None
        gives = (*first_card.gives, *((first_card.signature.gives,) if first_card.signature else ()))
        output = _output(gives, rng)
        said, wanted = second.said, second.wanted
        for nth, piece in enumerate(second.said):
            if piece.sort is not None and output and any(compatible(piece.sort, kind) for kind in gives):
                it = Piece(rng.choice(("it", "that", "the result", "this")), "reference")
                said = (*said[:nth], it, *said[nth + 1 :])
                wanted = written((*second.said[:nth], Piece(output), *second.said[nth + 1 :]))
                break
        then = LabelledPart(second_card.id, wanted, arguments_in(second_card, wanted))
        pieces = framed(rng.choice(self._phrases["then"]), self._lead(first, rng), said)
        return self._request(pieces, rng, (first.label(output), then), ((0, 1),))

    def _beside(self, rng: Random) -> GeneratedRequest | None:
        cards = list(self._place.cards.values())
        one = rng.choice(cards)
        others = [card for card in cards if card.id != one.id or card.again]
        if not others:
            return None
        first, second = self._part(one, rng), self._part(rng.choice(others), rng)
        if first is None or second is None or first.wanted == second.wanted:
            return None
        pieces = framed(rng.choice(self._phrases["and"]), self._lead(first, rng), second.said)
        return self._request(pieces, rng, (first.label(), second.label()))

    def _lead(self, part: Part, rng: Random) -> Pieces:
        """The first part of several: sometimes with a phrase before it, never with one behind."""
        opening = [frame for frame in self._phrases[part.form] if frame.endswith("{}")]
        return framed(rng.choice(opening), part.said) if rng.random() < 0.4 else part.said

    def _request(
        self,
        pieces: Pieces,
        rng: Random,
        parts: tuple[LabelledPart, ...],
        links: tuple[tuple[int, int], ...] = (),
    ) -> GeneratedRequest:
        origin = f"grammar: {outline(pieces)}"
        if rng.random() < CONTEXT:
            pieces = framed(f"{self._context(rng)} {{}}", pieces)
        if rng.random() < CLOSING:
            end = "" if written(pieces)[-1:] in "?.!" else "."
            pieces = (*pieces, Piece(f"{end} {rng.choice(self._phrases['closing'])}"))
        return GeneratedRequest(written(noisy(pieces, rng)), self._place.name, parts, links, origin)


def _topics(card: Neighbor) -> Iterator[str]:
    for wording in wordings_of(card):
        if wording.form == "topic" and isinstance(wording.parts[0], str):
            yield wording.parts[0]


def _output(gives: Sequence[str], rng: Random) -> str:
    maker: Callable[[Random], str] | None = next((MAKERS[kind] for kind in gives if kind in MAKERS), None)
    return "" if maker is None else maker(rng).strip("\"'“”")


class GrammarSource:
    """The grammars of all places, as a source of requests."""

    def __init__(self, phrases: Phrases | None = None) -> None:
        self._phrases = phrases
        self._grammars: dict[str, Grammar] = {}

    def requests(self, job: Job, rng: Random) -> Iterator[GeneratedRequest | None]:
        """See `Source.requests`."""
        grammar = self._grammars.setdefault(job.place.name, Grammar(job.place, self._phrases))
        while True:
            if not job.special:
                yield grammar.about(job.about, rng)
            else:
                yield grammar.several(rng) if job.about == SEVERAL else grammar.elsewhere(rng)
