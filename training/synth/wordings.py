"""What can be said to a node: its examples, its description and its signature, with places for other values.

A value found in an example is replaced by another of its sort, so that a few examples become many requests; the
arguments are then read from the new words by the same finders that fill them in a walk, and a wording whose values
they would not find again is not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from ...graphs.signature import Clues, Mention, Neighbor, Parameter
from ...planners.octopus.arguments import fill
from ...planners.octopus.finders import FINDERS
from ...planners.octopus.lexicon import AUXILIARIES, IMPERATIVES, QUESTION_WORDS
from .data_files import values
from .pieces import Piece, Pieces, written
from .values import MAKERS, another, value_for

IMPERATIVE, QUESTION, STATEMENT, PHRASE, TOPIC = "imperative", "question", "statement", "phrase", "topic"
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value."""

    sort: str
    text: str
    """The value that stands there in the wording the slot was found in."""
    parameter: str | None = None


@dataclass(frozen=True)
class Wording:
    """One way to ask for something: words and slots in turn."""

    parts: tuple[str | Slot, ...]
    form: str
    """Which carriers fit it: imperative, question, statement, phrase or topic."""
    card: Neighbor
    source: str
    """example, description or signature."""
    filled: frozenset[str] = field(default=frozenset())
    """The parameters that were filled from the words the slots were found in."""

    def said(self, rng: Random) -> tuple[Pieces, Mapping[str, Any]] | None:
        """The wording with fresh values, and the arguments in them; None if none fit."""
        for _ in range(_TRIES):
            pieces = tuple(
                Piece(part) if isinstance(part, str) else Piece(another(part.text, part.sort, rng), part.sort)
                for part in self.parts
            )
            arguments = arguments_in(self.card, written(pieces))
            if self.filled <= arguments.keys() and not _repeats(pieces):
                return pieces, arguments
        return None


def _repeats(pieces: Pieces) -> bool:
    """True if a value stands there twice: nobody asks for feet in feet, or for the way from Oslo to Oslo."""
    values = [piece.text for piece in pieces if piece.sort is not None]
    return any(one.endswith(other) for at, one in enumerate(values) for to, other in enumerate(values) if at != to)


def arguments_in(card: Neighbor, text: str) -> Mapping[str, Any]:
    """The arguments that a walk would find in these words."""
    return {} if card.signature is None else fill(card.signature, text).arguments


def wordings_of(card: Neighbor) -> list[Wording]:
    """Every wording for a node; for an agent, also those of the workers inside."""
    found: dict[str, Wording] = {}
    for example in card.examples:
        _keep(found, _from_example(card, example))
    for wording in _from_description(card):
        _keep(found, wording)
    for wording in _from_signature(card):
        _keep(found, wording)
    for worker in card.inside:
        for wording in wordings_of(worker):
            _keep(found, wording)
    return list(found.values())


def _keep(found: dict[str, Wording], wording: Wording) -> None:
    key = "".join(part.lower() if isinstance(part, str) else f"<{part.sort}>" for part in wording.parts)
    found.setdefault(key, wording)


def form_of(text: str) -> str:
    """How a wording is built, by its first word."""
    word = text.lower().split(" ", 1)[0].strip(",.:;!?'\"")
    if word in QUESTION_WORDS or word in AUXILIARIES:
        return QUESTION
    if _STATES.match(text):
        return STATEMENT
    return IMPERATIVE if word in IMPERATIVES or word in _FURTHER_VERBS else PHRASE


_STATES = re.compile(
    r"(?:i|we|he|she|they|it|someone|somebody|nobody)\b|(?:the|my|our)(?: \w+){1,5} (?:is|are|was|looks?|needs?)\b",
    re.IGNORECASE,
)
_FURTHER_VERBS = frozenset(
    "wake ring lock unlock mow water hoover vacuum mop wash rinse dry wipe dim light cool heat wear invite nudge "
    "dial phone skip shuffle pause restart stop snooze navigate avoid remember forget don't let arm forward drop text "
    "talk".split()
)
"""Verbs that orders begin with, besides those the embedded Octopus reads requests by."""


def _from_example(card: Neighbor, example: str) -> Wording:
    text = example.strip().rstrip("?.! ")
    filling = fill(card.signature, text) if card.signature else None
    mentions: list[tuple[Mention, str, str | None]] = []
    for name, places in (filling.mentions if filling else {}).items():
        kind = _parameter(card, name).kind.name
        mentions += [(mention, kind, name) for mention in places if mention.in_text]
    known = [name for _, _, name in mentions]
    for sort, found in _plain_values(text):
        mentions += [(mention, sort, None) for mention in found]
    filled = frozenset(name for name in known if name is not None)
    return Wording(tuple(_parted(text, mentions)), form_of(text), card, "example", filled)


def _parameter(card: Neighbor, name: str) -> Parameter:
    assert card.signature is not None
    return next(parameter for parameter in card.signature.parameters if parameter.name == name)


def _parted(text: str, mentions: Sequence[tuple[Mention, str, str | None]]) -> Iterator[str | Slot]:
    """The text around those mentions that another value can stand for; the first of overlapping ones counts."""
    free = bytearray(len(text))
    kept = []
    for mention, sort, name in mentions:
        if (sort in MAKERS or sort == "person") and not any(free[mention.start : mention.end]):
            free[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
            kept.append((mention, sort, name))
    end = 0
    for mention, sort, name in sorted(kept, key=lambda one: one[0].start):
        if mention.start > end:
            yield text[end : mention.start]
        yield Slot(sort, text[mention.start : mention.end], name)
        end = mention.end
    if end < len(text):
        yield text[end:]


def _plain_values(text: str) -> Iterator[tuple[str, Iterable[Mention]]]:
    """Values that stand in any text, whatever a signature may say."""
    for sort in ("quoted", "email", "url", "file", "date", "time", "duration", "number"):
        plain = _PLAIN.get(sort)
        yield (
            sort,
            [one for one in FINDERS[sort](text, Clues()) if not plain or plain.search(text[one.start : one.end])],
        )
    for sort in ("city", "country", "person"):
        yield sort, [Mention(*match.span(), match.group()) for match in _names(sort).finditer(text)]


_PLAIN = {"date": re.compile(r"\d"), "number": re.compile(r"\d"), "time": re.compile(r":|[ap]\.?m\b", re.IGNORECASE)}
"""What shows that a value is meant where no signature says so: "two" and "at 5" may be anything."""


@cache
def _names(sort: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(values()[sort], key=len, reverse=True)))})\b")


def _from_description(card: Neighbor) -> Iterator[Wording]:
    """What the description says it does, as an order; what it lists, as topics."""
    for sentence in re.split(r"(?<=[.!?])\s+", card.description.strip()):
        said, _, listed = sentence.rstrip(".!? ").partition(":")
        text = bare_verb(said)
        if card.signature is None and form_of(text) == PHRASE and text.count(",") > 1:
            text, listed = "", f"{text}, {listed}"
        if len(text.split()) > 1:
            yield _with_slots(card, text, form_of(text), "description")
        for topic in re.split(r",\s*(?:and\s+|or\s+)?|;\s*|\s+(?:and|-)\s+", listed) if card.signature is None else ():
            if 0 < len(topic.split()) < 6:
                yield Wording((topic.strip(),), TOPIC, card, "description")


def bare_verb(sentence: str) -> str:
    """ "Converts a quantity" is what it does; "convert a quantity" is what it is told to do."""
    word, _, rest = sentence.strip().partition(" ")
    verb = _bare(word)
    if verb is None:
        return sentence.strip()
    return f"{verb} {re.sub(_SECOND_VERB, lambda match: _bare(match.group()) or match.group(), rest)}"


_SECOND_VERB = re.compile(r"(?<=\band )\w+s\b(?= (?:the|an?|it|them|which|whether|how|what)\b)")


def _bare(word: str) -> str | None:
    lower = word.lower()
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        verb = lower.removesuffix(ending) + instead
        if lower.endswith(ending) and verb in IMPERATIVES:
            return verb
    return None


def _with_slots(card: Neighbor, text: str, form: str, source: str) -> Wording:
    """A wording in which "a country" is a slot where a parameter is called, or is of the kind, country."""
    parts: list[str | Slot] = [text]
    for parameter in card.signature.parameters if card.signature else ():
        value = value_for(parameter, Random(0))
        if value is None or parameter.choices:
            continue
        nouns = "|".join(re.escape(word) for word in dict.fromkeys((parameter.name, parameter.kind.name)))
        noun = re.compile(rf"\b(?:an?|another)\s+(?:{nouns})\b(?!\s+of\b)", re.IGNORECASE)
        for nth, part in enumerate(parts):
            if isinstance(part, str) and (match := noun.search(part)):
                slot = Slot(parameter.kind.name, value, parameter.name)
                parts[nth : nth + 1] = [part[: match.start()], slot, part[match.end() :]]
                break
    filled = frozenset(part.parameter for part in parts if isinstance(part, Slot) and part.parameter)
    return Wording(tuple(part for part in parts if part), form, card, source, filled)


def _from_signature(card: Neighbor) -> Iterator[Wording]:
    """The node's name, then its required parameters, each behind a word that marks it."""
    required = [parameter for parameter in card.signature.parameters if parameter.required] if card.signature else []
    made = [(parameter, value_for(parameter, Random(0))) for parameter in required]
    if not made or any(value is None for _, value in made):
        return
    parts: list[str | Slot] = [" ".join(re.split(r"[\W_]+", card.id))]
    for nth, (parameter, value) in enumerate(made):
        cue = parameter.kind.cues[0] + " " if parameter.kind.cues else "and " if nth else ""
        parts += [f" {cue}", Slot(parameter.kind.name, value or "", parameter.name)]
    text = "".join(part if isinstance(part, str) else part.text for part in parts)
    if {parameter.name for parameter in required} <= arguments_in(card, text).keys():
        yield Wording(tuple(parts), form_of(text), card, "signature", frozenset(p.name for p in required))
