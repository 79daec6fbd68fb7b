"""What has been read of a request so far: its items, clause by clause, and the things they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...graphs.signature import Clues, Mention
from ...graphs.walk import Result
from .arguments import TEXTUAL, compatible
from .board import Assessment, Board
from .finders import find_files
from .references import Reference

ITEMS_A_CLAUSE = 32
"""Part ordinals of one clause; fixed, so that a walk resumed elsewhere numbers its parts alike."""


@dataclass(frozen=True, slots=True)
class Bond:
    """A reference and the items whose results it stands for."""

    reference: Reference
    targets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be done for the request."""

    part: int
    """Its ordinal; negative for an item nobody named, which is done only because another needs it."""
    text: str
    bonds: tuple[Bond, ...] = ()
    needs: tuple[int, ...] = ()
    """Items whose results it takes."""
    gives: str = "data"
    """The kind of result it is expected to give."""
    leaf: str = ""
    """The worker that would best do it."""
    mentions: tuple[tuple[str, str], ...] = ()
    """(kind, words) of the arguments its text names."""
    aim: str | None = None
    """The neighbor it is meant for, where that is settled: a file to be read, results to be compared."""


@dataclass
class Story:
    """The reading so far."""

    board: Board
    inputs: Sequence[Result] = ()
    items: list[Item] = field(default_factory=list)
    clauses: list[list[int]] = field(default_factory=list)
    """The parts of each clause; the last one is being read."""

    @property
    def earlier(self) -> list[list[int]]:
        """The parts of the clauses before the one being read."""
        return [parts for parts in self.clauses[:-1] if parts]

    @property
    def last(self) -> Item | None:
        """The latest item of the clauses before."""
        earlier = self.earlier
        return self.item(earlier[-1][-1]) if earlier else None

    def item(self, part: int) -> Item:
        return next(item for item in self.items if item.part == part)

    def gives(self, parts: Sequence[int]) -> tuple[str, ...]:
        """The kinds of results of these items."""
        return tuple(self.item(part).gives for part in parts)

    def assess(self, text: str, pending: tuple[str, ...] = ()) -> Assessment:
        return self.board.assess(text, self.inputs, pending)

    def mentions_before(self) -> list[tuple[str, str]]:
        """(kind, words) of what the last two items name, latest first."""
        return [mention for item in reversed(self.items[-2:]) for mention in reversed(item.mentions)]

    def named_before(self, wanted: Sequence[str]) -> str | None:
        """The words of the latest thing named that is of a kind wanted."""
        for item in reversed(self.items):
            for kind, words in reversed(item.mentions):
                if any(names(want, kind) for want in wanted):
                    return words
        return None

    def spoken_of(self, kind: str) -> str | None:
        """The words of the latest thing named that is exactly of this kind."""
        mentions = [words for item in self.items for named, words in item.mentions if named == kind]
        return mentions[-1] if mentions else None


def names(wanted: str, kind: str) -> bool:
    """True if words of `kind` name a value of the kind wanted, or the file that holds it."""
    if kind == "file":
        return wanted in TEXTUAL or wanted in ("file", "table")
    return kind not in TEXTUAL and wanted not in TEXTUAL and "data" not in (wanted, kind) and compatible(wanted, kind)


def named_in(text: str, assessed: Assessment) -> tuple[tuple[str, str], ...]:
    """(kind, words) of everything a text names: the best leaf's arguments, and files."""
    named: list[tuple[int, str, str]] = []
    signature = assessed.leaf.signature
    for parameter in signature.parameters if signature else ():
        found = assessed.filling.mentions.get(parameter.name, ())
        if parameter.kind.name not in ("text", "choice", "boolean"):
            named += [(m.start, parameter.kind.name, text[m.start : m.end]) for m in found if m.in_text]
    named += [(mention.start, "file", str(mention.value)) for mention in files_in(text)]
    return tuple((kind, words) for _, kind, words in sorted(set(named)))


def files_in(text: str) -> list[Mention]:
    return list(find_files(text, Clues()))


def wanted_by(assessed: Assessment) -> tuple[str, ...]:
    """The kinds the best leaf still looks for; if it has all it needs, those it would take besides."""
    signature, filling = assessed.leaf.signature, assessed.filling
    if signature is None or filling.missing:
        return tuple(parameter.kind.name for parameter in filling.missing)
    return tuple(p.kind.name for p in signature.parameters if p.name not in filling.arguments and not p.choices)


def from_text(assessed: Assessment) -> bool:
    """True if an argument of the best leaf stands in the text."""
    return any(mention.in_text for of in assessed.filling.mentions.values() for mention in of)


def sureness(assessed: Assessment) -> float:
    """P(best neighbor)."""
    return float(assessed.probabilities[assessed.ranking[0]])
