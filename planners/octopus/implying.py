"""What a request leaves unsaid: the request inside a request, the argument named before, the file to be read first."""

from __future__ import annotations

import itertools
import re

from .arguments import TEXTUAL, compatible
from .board import Assessment, needs_reading
from .clauses import READ, Clause
from .lexicon import ACTION, FUNCTION_WORDS, STORING
from .references import Form, Reference
from .story import ITEMS_A_CLAUSE, Bond, Item, Story, files_in, from_text, named_in, wanted_by

_INNER = re.compile(
    r"(?<=\s)the\s+(?!(?:end|start|beginning|top|bottom|rest|name|list|file|help|use|case|number)\s)\w+(?:\s+\w+)?\s+of\s+",
    re.IGNORECASE,
)
NESTED = 4
"""Requests inside a clause that are tried; each costs a few encodings."""
_PREPOSITIONS = {"table": "from", "file": "from", "date": "on", "text-input": "in", "time": "at"}


def find_nested(part: int, text: str, story: Story) -> list[Bond]:
    """ "the population of the capital of France": the inner request becomes an item that the outer one needs."""
    bonds: list[Bond] = []
    for match in itertools.islice(_INNER.finditer(text[:READ]), NESTED):
        end = _end_of_inner(text, match.start(), story)
        inner = text[match.start() : end]
        if not inner or len(inner) > 0.75 * len(text):
            continue
        before, after = text[: match.start()], text[end:]
        found = story.board.assess(inner)
        outer = story.board.assess(f"{before}it{after}", (), (found.leaf.gives,))
        if found.abstains or outer.abstains or not found.filling.complete or found.leaf.card.id == outer.leaf.card.id:
            continue
        if found.leaf.gives in ("data", "boolean") or len(_content(before + after)) < 2:
            continue
        wanted = wanted_by(story.board.assess(f"{before}it{after}"))
        if any(compatible(kind, found.leaf.gives) for kind in wanted):
            ordinal = -(abs(part) + 1 + ITEMS_A_CLAUSE // 2 + len(bonds))
            mentions = named_in(inner, found)
            story.items.append(Item(ordinal, inner, gives=found.leaf.gives, leaf=found.leaf.card.id, mentions=mentions))
            bonds.append(Bond(Reference(match.start(), end, Form.THING, True), (ordinal,)))
    return bonds


def _end_of_inner(text: str, start: int, story: Story) -> int:
    """Where the inner request is complete: after the first argument that makes it so; `start` if none does."""
    found = story.board.assess(text[start:])
    mentions = [m for filling in found.fillings.values() for of in filling.mentions.values() for m in of]
    for end in sorted({mention.end for mention in mentions if mention.in_text})[:3]:
        inner = story.board.assess(text[start : start + end])
        if inner.filling.complete and from_text(inner) and not inner.abstains:
            return start + end
    return start


def complete(text: str, assessed: Assessment, clause: Clause, story: Story) -> tuple[str, tuple[int, ...]]:
    """Supplies what an elliptical clause leaves out: "then sort by price", "save to hot.txt".

    Returns the text, perhaps longer, and the items whose results it takes.
    """
    last = story.last
    if last is None:
        return text, ()
    acts = ACTION.match(text) is not None
    alone = assessed.filling.complete and from_text(assessed) and not assessed.abstains
    if not alone or acts or clause.sequential:
        assessed = story.assess(text, (last.gives,))
    given = ("results", "choice", "text-input") if files_in(text) else ("results", "choice")
    missing = [p for p in assessed.filling.missing if p.kind.name not in given]
    if not missing or assessed.leaf.signature is None:
        return text, ()
    kinds = [parameter.kind.name for parameter in missing]
    fits = any(compatible(kind, last.gives) for kind in kinds) and last.gives != "boolean"
    named = story.named_before(kinds)
    if fits and (clause.sequential or named is None or (acts and last.gives in ("table", "data"))):
        return text, tuple(story.earlier[-1]) if any(p.many for p in missing) else (last.part,)
    if named is not None:
        return f"{text.rstrip(' ?.!')} {_PREPOSITIONS.get(kinds[0], 'of')} {named}", ()
    return text, ()


def with_reading(part: int, text: str, assessed: Assessment, needs: tuple[int, ...], story: Story) -> tuple[int, ...]:
    """Adds the reading of a file whose text is needed by a worker that takes no files."""
    files = [mention.value for mention in files_in(text)]
    reader = story.board.reader
    if reader is None or not files or not needs_reading(assessed.filling) or STORING.match(text):
        return needs
    if any(kind in TEXTUAL for kind in story.gives(needs)):
        return needs
    for item in story.items:
        if item.leaf == reader.card.id and any(words == files[0] for _, words in item.mentions):
            return (*needs, item.part)
    ordinal = -(abs(part) // ITEMS_A_CLAUSE * ITEMS_A_CLAUSE + ITEMS_A_CLAUSE - 1)
    while any(item.part == ordinal for item in story.items):
        ordinal += 1
    aim = story.board.neighbors[reader.owner].id
    mentions = (("file", str(files[0])),)
    story.items.append(Item(ordinal, f"Read {files[0]}", gives="text", leaf=reader.card.id, mentions=mentions, aim=aim))
    return (*needs, ordinal)


def _content(text: str) -> list[str]:
    """The words that are no mere function words."""
    return [word for word in re.findall(r"[^\W_]{2,}", text.lower()) if word not in FUNCTION_WORDS]
