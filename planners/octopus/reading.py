"""Reads a request as a set of items: what is asked for, what each item needs, and what nobody named but is needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...graphs.signature import Clues, Mention
from ...graphs.walk import Result
from .arguments import BARE, TEXTUAL, compatible
from .board import Assessment, Board, Leaf, key_of, needs_reading
from .clauses import Clause, split_clauses, without_courtesy
from .finders import find_files
from .lexicon import FUNCTION_WORDS
from .references import Form, Reference, find_references
from .spread import Piece, is_comparison, spread

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
class Reader:
    """Reads one request over one board."""

    board: Board
    inputs: Sequence[Result] = ()
    items: list[Item] = field(default_factory=list)
    _clauses: list[list[int]] = field(default_factory=list)

    def read(self, request: str) -> tuple[Item, ...]:
        """The items of a request, needs before those that need them."""
        for ordinal, clause in enumerate(split_clauses(request, self.board.verbs)):
            self._clauses.append([])
            self._read_clause(ordinal * ITEMS_A_CLAUSE, clause)
        return tuple(self.items)

    def _read_clause(self, base: int, clause: Clause) -> None:
        text = without_courtesy(clause.text)
        if _FRAGMENT.match(text) and any(self._clauses[:-1]):
            text, clause = f"that {text}", replace(clause, sequential=True)
        head, tail = split_operation(text, self.board)
        if tail:
            self._read_clause(base, replace(clause, text=head))
            self._clauses.append([])
            follower = Piece(f"that {tail}")
            item = self._read_piece(base + ITEMS_A_CLAUSE // 2, follower, replace(clause, sequential=True))
            self.items.append(item)
            self._clauses[-1] = [item.part]
            return
        pieces = spread(text, self.board, self.inputs)
        compared = len(pieces) > 1 and pieces[0].aim is not None
        parts = []
        for nth, piece in enumerate(pieces[: ITEMS_A_CLAUSE - 2]):
            item = self._read_piece(base + nth, piece, clause)
            if compared:
                item = replace(item, part=-(base + nth + 1), aim=piece.aim)
            self.items.append(item)
            parts.append(item.part)
        if compared:
            self._compare(base + len(pieces), text, parts)
            parts = [base + len(pieces)]
        self._clauses[-1] = parts

    def _compare(self, part: int, text: str, parts: list[int]) -> None:
        """The item that compares the results of `parts`, by the combiner that the wording fits best."""
        pending = tuple(self._item(needed).gives for needed in parts)
        names = [neighbor.id for neighbor in self.board.neighbors]
        probabilities = self.board.assess(text, (), pending).probabilities
        combiner = max(self.board.combiners, key=lambda card: probabilities[names.index(card.id)])
        gives = combiner.signature.gives if combiner.signature else "data"
        self.items.append(Item(part, text, needs=tuple(parts), gives=gives, leaf=combiner.id, aim=combiner.id))

    def _read_piece(self, part: int, piece: Piece, clause: Clause) -> Item:
        text = piece.text
        assessed = self.board.assess(text, self.inputs)
        bonds = self._nested(part, text)
        shift, named = 0, False
        for reference in [] if bonds else find_references(text):
            moved = replace(reference, start=reference.start + shift, end=reference.end + shift)
            bound = self._bind(moved, text, assessed, clause)
            if isinstance(bound, str):
                named = True
                text = text[: moved.start] + bound + text[moved.end :]
                shift += len(bound) - (moved.end - moved.start)
            elif bound:
                bonds.append(Bond(moved, bound))
        needs = tuple(dict.fromkeys(target for bond in bonds for target in bond.targets))
        pending = tuple(self._item(need).gives for need in needs)
        assessed = self.board.assess(text, self.inputs, pending)
        if not bonds and not named:
            text, needs = self._complete(text, assessed, clause)
            pending = tuple(self._item(need).gives for need in needs)
            assessed = self.board.assess(text, self.inputs, pending)
        needs = self._with_reading(part, text, assessed, needs)
        return Item(part, text, tuple(bonds), needs, assessed.leaf.gives, assessed.leaf.card.id, _named(text, assessed))

    def _nested(self, part: int, text: str) -> list[Bond]:
        """ "the population of the capital of France": the inner request becomes an item that the outer one needs."""
        bonds: list[Bond] = []
        for match in _INNER.finditer(text):
            inner = text[match.start() :]
            found = self.board.assess(inner)
            mentions = [
                mention for of in found.filling.mentions.values() for mention in of if mention.end > mention.start
            ]
            end = match.start() + min((mention.end for mention in mentions), default=0)
            inner = text[match.start() : end]
            if not mentions or len(inner) > 0.75 * len(text):
                continue
            found = self.board.assess(inner)
            outer = self.board.assess(text[: match.start()] + "it" + text[end:], (), (found.leaf.gives,))
            if (
                found.abstains
                or outer.abstains
                or not found.filling.complete
                or found.leaf.card.id == outer.leaf.card.id
            ):
                continue
            around = text[: match.start()] + text[end:]
            if found.leaf.gives in ("data", "boolean") or len(_content(around)) < 2:
                continue
            wanted = _wanted(self.board.assess(text[: match.start()] + "it" + text[end:]))
            if not any(compatible(kind, found.leaf.gives) for kind in wanted):
                continue
            ordinal = -(abs(part) + 1 + ITEMS_A_CLAUSE // 2 + len(bonds))
            self.items.append(
                Item(ordinal, inner, gives=found.leaf.gives, leaf=found.leaf.card.id, mentions=_named(inner, found))
            )
            bonds.append(Bond(Reference(match.start(), end, Form.THING, True), (ordinal,)))
        return bonds

    # What a reference stands for -------------------------------------------------------------------------------

    def _bind(
        self, reference: Reference, text: str, assessed: Assessment, clause: Clause
    ) -> tuple[int, ...] | str | None:
        """The items it stands for, or the words of something named before, or None for a mere filler word."""
        earlier = self._earlier()
        if not earlier:
            return None
        last = self._item(earlier[-1][-1])
        with_result = self.board.assess(text, self.inputs, (last.gives,))
        if not reference.strong and _is_filler(text, reference, assessed, with_result, last.gives):
            return None
        if reference.form is Form.SEVERAL:
            return self._several(earlier, text)
        if reference.form is Form.AMOUNT or reference.noun in _RESULT_ONLY or clause.sequential and last.gives != "boolean":
            return (last.part,)
        noun = _KIND_OF_NOUN.get(reference.noun)
        if noun is not None and last.gives == noun:
            return (last.part,)
        if noun is not None and (spoken := self._spoken_of(noun)):
            return _worded(reference, spoken)
        material = self._material_of(last) if _looks_for_text(with_result) else None
        if material is not None:
            return material if isinstance(material, tuple) else _worded(reference, material)
        return self._thing_named(reference, text, noun, with_result, last) or (last.part,)

    def _thing_named(
        self, reference: Reference, text: str, noun: str | None, with_result: Assessment, last: Item
    ) -> str | None:
        """The words of what "it" means, if the request makes better sense with them than with the last result."""
        if last.gives != "boolean" and _chance_for(with_result, last.gives) >= LIKELY:
            return None
        best, most = None, 0.0
        for kind, words in self._mentions_before():
            if noun is not None and not _names(noun, kind):
                continue
            worded = _worded(reference, words)
            about = self.board.assess(text[: reference.start] + worded + text[reference.end :], self.inputs)
            end = reference.start + len(words)
            used = any(m.start < end and reference.start < m.end for of in about.filling.mentions.values() for m in of)
            reading = kind == "file" and needs_reading(about.filling)
            if (used and about.filling.complete or reading) and not about.abstains and _sureness(about) > most:
                best, most = worded, _sureness(about)
        return best

    def _mentions_before(self) -> list[tuple[str, str]]:
        """(kind, words) of what the last two items name, latest first."""
        return [mention for item in reversed(self.items[-2:]) for mention in reversed(item.mentions)]

    def _several(self, earlier: list[list[int]], text: str) -> tuple[int, ...]:
        if re.search(r"\ball\b|\beverything\b", text, re.IGNORECASE):
            return tuple(part for parts in earlier for part in parts)
        if len(earlier[-1]) > 1:
            return tuple(earlier[-1])
        if re.search(r"\b(?:both|two)\b", text, re.IGNORECASE) and len(earlier) > 1:
            return (earlier[-2][-1], earlier[-1][-1])
        last = self._item(earlier[-1][-1])
        if last.gives in ("number", "integer", "quantity", "date") and len(earlier) > 1:
            return tuple(parts[-1] for parts in earlier)
        return (last.part,)

    def _material_of(self, item: Item) -> tuple[int, ...] | str | None:
        """What an item that works on a text works on: the file's name or the reading of it; None for other items.

        After "summarize notes.txt", "its sentiment" is the sentiment of the notes, not of the summary.
        """
        if item.gives not in TEXTUAL or item.leaf == self._reading_leaf():
            return None
        files = [words for kind, words in item.mentions if kind == "file"]
        if files:
            return files[-1]
        read = tuple(need for need in item.needs if self._item(need).leaf == self._reading_leaf())
        return read or None

    def _reading_leaf(self) -> str | None:
        reader = self._reader_of_files()
        return reader.card.id if reader else None

    def _named_before(self, wanted: tuple[str, ...], noun: str | None) -> str | None:
        """The words of the latest thing named that could be meant."""
        for item in reversed(self.items):
            for kind, words in reversed(item.mentions):
                if noun is not None and not _names(noun, kind):
                    continue
                if any(_names(want, kind) for want in wanted):
                    return words
        return None

    def _spoken_of(self, noun: str) -> str | None:
        """The words of the latest thing named that is exactly of the kind a noun says: "that country"."""
        mentions = [words for item in self.items for kind, words in item.mentions if kind == noun]
        return mentions[-1] if mentions else None

    def _earlier(self) -> list[list[int]]:
        """The parts of the clauses before the one being read."""
        return [parts for parts in self._clauses[:-1] if parts]

    # What goes without saying ----------------------------------------------------------------------------------

    def _complete(self, text: str, assessed: Assessment, clause: Clause) -> tuple[str, tuple[int, ...]]:
        """Supplies what an elliptical clause leaves out: "then sort by price", "save to hot.txt"."""
        earlier = self._earlier()
        if not earlier:
            return text, ()
        last = self._item(earlier[-1][-1])
        alone = assessed.filling.complete and _from_text(assessed) and not assessed.abstains
        if not alone or _ACTION.match(text) or clause.sequential:
            assessed = self.board.assess(text, self.inputs, (last.gives,))
        missing = [p for p in assessed.filling.missing if p.kind.name not in ("results", "choice")]
        if not missing or assessed.leaf.signature is None:
            return text, ()
        fits = any(compatible(parameter.kind.name, last.gives) for parameter in missing) and last.gives != "boolean"
        named = self._named_before(tuple(parameter.kind.name for parameter in missing), None)
        acts = clause.sequential or (bool(_ACTION.match(text)) and last.gives == "table")
        if fits and (acts or named is None):
            return text, tuple(earlier[-1]) if any(parameter.many for parameter in missing) else (last.part,)
        if named is not None:
            return f"{text.rstrip(' ?.!')} {_PREPOSITIONS.get(missing[0].kind.name, 'of')} {named}", ()
        return text, ()

    def _with_reading(self, part: int, text: str, assessed: Assessment, needs: tuple[int, ...]) -> tuple[int, ...]:
        """Adds the reading of a file whose text is needed by a worker that takes no files."""
        if self.inputs and not list(find_files(text, _NO_CLUES)):
            return needs
        files = [mention.value for mention in find_files(text, _NO_CLUES)]
        if not needs_reading(assessed.filling) or not files or any(self._item(need).gives in TEXTUAL for need in needs):
            return needs
        reader = self._reader_of_files()
        if reader is None:
            return needs
        for item in self.items:
            if item.leaf == reader.card.id and any(words == files[0] for _, words in item.mentions):
                return (*needs, item.part)
        implied = Item(
            -(abs(part) // ITEMS_A_CLAUSE * ITEMS_A_CLAUSE + ITEMS_A_CLAUSE - 1),
            f"Read {files[0]}",
            gives="text",
            leaf=reader.card.id,
            mentions=(("file", files[0]),),
            aim=self.board.neighbors[reader.owner].id,
        )
        self.items.append(implied)
        return (*needs, implied.part)

    def _reader_of_files(self) -> Leaf | None:
        for leaf in self.board.leaves:
            signature = leaf.signature
            if signature is None or signature.gives not in TEXTUAL or len(signature.parameters) > 3:
                continue
            required = [parameter.kind.name for parameter in signature.parameters if parameter.required]
            if required == ["file"] and "read" in leaf.card.id:
                return leaf
        return None

    def _item(self, part: int) -> Item:
        return next(item for item in self.items if item.part == part)


_FRAGMENT = re.compile(r"^(?:in|into|as|to)\s+\w+(?:\s+(?:per\s+)?\w+)?\W*$", re.IGNORECASE)
""" "and in weeks?": what was just found, in another form."""
_INNER = re.compile(r"(?<=\s)the\s+\w+(?:\s+\w+)?\s+of\s+", re.IGNORECASE)
_OPERATION = re.compile(
    r"^(?P<head>.{6,}?),?\s+(?P<tail>(?:divided\s+by|multiplied\s+by|times|plus|minus)\s+[\d.,]+\S*|squared|cubed"
    r"|(?:expressed\s+|measured\s+)?(?:in|into|as)\s+[\w°/]+(?:\s+(?:per\s+)?\w+)?)(?P<rest>\W*(?:roughly|approximately|please|exactly|instead)?\W*)$",
    re.IGNORECASE,
)


LIKELY = 0.25
"""From this probability on, "it" means the last result; below, rather the thing spoken of."""


def split_operation(text: str, board: Board) -> tuple[str, str]:
    """("population of Iceland", "divided by 1000"), where the best worker for the first can't do the second as well."""
    match = _OPERATION.match(text)
    if not match:
        return text, ""
    head, whole = board.assess(match["head"]), board.assess(text)
    if head.abstains or not head.filling.complete or not _from_text(head):
        return text, ""
    beyond = any(m.end > match.start("tail") for of in whole.filling.mentions.values() for m in of)
    after = board.assess(f"that {match['tail']}", (), (head.leaf.gives,))
    if beyond or after.abstains or after.leaf.card.id == head.leaf.card.id:
        return text, ""
    if match["tail"].lower().startswith(("in", "as", "exp", "mea")) and not _from_text(after):
        return text, ""
    return match["head"], match["tail"]


_NO_CLUES = Clues()
_PREPOSITIONS = {"table": "from", "file": "from", "date": "on", "text-input": "in", "time": "at"}
_KIND_OF_NOUN = {
    "date": "date",
    "day": "date",
    "city": "city",
    "capital": "city",
    "town": "city",
    "country": "country",
    "place": "place",
    "file": "file",
    "document": "file",
    "text": "file",
    "note": "file",
    "review": "file",
}
_RESULT_ONLY = frozenset(
    "result results answer answers number value total sum product difference summary chart picture keywords table list derivative "
    "integral distance count score average mean median outcome output amount figure quotient population currency".split()
)
_ACTION = re.compile(
    r"^\W*(?:draw|plot|chart|graph|save|write|store|put|append|add|sort|show|convert|multiply|divide|square|double|halve|round|raise|"
    r"visuali[sz]e|differentiate|integrate|simplify|evaluate|expand|factor|count|summari[sz]e|filter|export|subtract|turn|express|"
    r"translate|send|e-?mail|compare|read|reverse|copy|take|display|render|make)\b",
    re.IGNORECASE,
)


def _names(wanted: str, kind: str) -> bool:
    """True if words of `kind` name a value of the kind wanted, or the file that holds it."""
    if kind == "file":
        return wanted in TEXTUAL or wanted in ("file", "table")
    return kind not in TEXTUAL and compatible(wanted, kind) and wanted not in TEXTUAL and "data" not in (wanted, kind)


def _content(text: str) -> list[str]:
    """The words that are no mere function words."""
    return [word for word in re.findall(r"[^\W_]{2,}", text.lower()) if word not in FUNCTION_WORDS]


def _is_filler(text: str, reference: Reference, alone: Assessment, with_result: Assessment, given: str) -> bool:
    """True if a weak reference stands for nothing: the request is complete without it."""
    if alone.leaf.signature is None or alone.abstains or not alone.filling.complete or not _from_text(alone):
        return False
    if _acts_on_object(text, reference):
        return False
    invited = with_result.leaf is not alone.leaf and any(compatible(kind, given) for kind in _wanted(with_result))
    return not invited


def _wanted(assessed: Assessment) -> tuple[str, ...]:
    """The kinds the best leaf still looks for; if it has all it needs, those it would take besides."""
    signature, filling = assessed.leaf.signature, assessed.filling
    if signature is None or filling.missing:
        return tuple(parameter.kind.name for parameter in filling.missing)
    return tuple(p.kind.name for p in signature.parameters if p.name not in filling.arguments and not p.choices)


def _chance_for(assessed: Assessment, given: str) -> float:
    """P(a neighbor whose best worker still looks for a value of the kind given)."""
    chance = 0.0
    for index, leaf in assessed.leaves.items():
        filling = assessed.fillings.get(key_of(leaf))
        required = [p for p in leaf.signature.parameters if p.required] if leaf.signature else []
        open_to = [p.kind.name for p in required if p.name not in (filling.arguments if filling else ()) or p.kind.name in BARE]
        if filling and any(compatible(kind, given) for kind in open_to):
            chance += float(assessed.probabilities[index])
    return chance


def _looks_for_text(assessed: Assessment) -> bool:
    return any(kind in TEXTUAL for kind in _wanted(assessed)) and needs_reading(assessed.filling)


def _sureness(assessed: Assessment) -> float:
    return float(assessed.probabilities[assessed.ranking[0]])


def _worded(reference: Reference, words: str) -> str:
    """The words in the form of the reference they replace."""
    if reference.form is Form.OWNER:
        return f"{words}'s"
    return f"in {words}" if reference.form is Form.PLACE else words


def _acts_on_object(text: str, reference: Reference) -> bool:
    """True for "draw it", "save that in x.txt": a verb whose object the reference is."""
    return bool(_ACTION.match(text)) and reference.form is Form.THING


def _from_text(assessed: Assessment) -> bool:
    return any(mention.end > mention.start for mentions in assessed.filling.mentions.values() for mention in mentions)


def _named(text: str, assessed: Assessment) -> tuple[tuple[str, str], ...]:
    """(kind, words) of everything the text names: the best leaf's arguments, and files."""
    named: list[tuple[int, str, str]] = []
    signature = assessed.leaf.signature
    if signature is not None:
        for parameter in signature.parameters:
            for mention in assessed.filling.mentions.get(parameter.name, ()):
                if mention.end > mention.start and parameter.kind.name not in ("text", "choice", "boolean"):
                    named.append((mention.start, parameter.kind.name, text[mention.start : mention.end]))
    for mention in _files(text):
        named.append((mention.start, "file", str(mention.value)))
    return tuple((kind, words) for _, kind, words in sorted(set(named)))


def _files(text: str) -> list[Mention]:
    return list(find_files(text, _NO_CLUES))


__all__ = ["Bond", "Item", "Reader", "is_comparison"]
