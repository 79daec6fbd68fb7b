"""What a reference stands for: an earlier result, a thing named before, or nothing at all.

"It" after "is the 25th a holiday" is the date if a weekday is asked for, since a yes or no has none: of the readings
the one is taken with which the request makes sense to the workers at hand.
"""

from __future__ import annotations

import re

from .arguments import BARE, SPATIAL, TEXTUAL, compatible
from .board import Assessment, key_of, needs_reading
from .clauses import Clause
from .lexicon import ACTION
from .references import Form, Reference, worded
from .spread import COMBINING
from .story import Item, Story, from_text, names, sureness, wanted_by

LIKELY = 0.25
"""From this probability on, "it" means the last result; below, rather the thing spoken of."""

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
    "result results answer answers number value total sum product difference summary chart picture keywords table list "
    "derivative integral distance count score average mean median outcome output amount figure quotient population "
    "currency power links emails".split()
)


def bind(
    reference: Reference, text: str, alone: Assessment, clause: Clause, story: Story
) -> tuple[int, ...] | str | None:
    """The items it stands for, or the words of something named before, or None for a mere filler word.

    `alone` is the assessment of the text with the reference as it stands.
    """
    last = story.last
    if last is None:
        return None
    with_result = story.assess(text, (last.gives,))
    if not reference.strong and _is_filler(text, reference, alone, with_result, last.gives):
        return None
    if reference.form is Form.ORDINAL:
        parts = [part for parts in story.earlier for part in parts if part >= 0]
        return (parts[reference.nth - 1],) if reference.nth <= len(parts) else None
    if reference.form is Form.SEVERAL or (
        COMBINING.match(text) and last.gives in BARE | {"quantity"} and _numberless(text)
    ):
        return _several(story, last, text)
    if reference.form is Form.AMOUNT or reference.noun in _RESULT_ONLY:
        return (last.part,)
    if reference.form is Form.PLACE and last.gives in SPATIAL:
        return (last.part,)
    if clause.sequential and last.gives != "boolean":
        return (last.part,)
    noun = _KIND_OF_NOUN.get(reference.noun)
    if noun is not None and last.gives == noun:
        return (last.part,)
    if noun is not None and (spoken := story.spoken_of(noun)):
        return worded(reference, spoken)
    material = _material_of(last, story) if _looks_for_text(with_result) else None
    if material is not None:
        return material if isinstance(material, tuple) else worded(reference, material)
    return _thing_named(reference, text, noun, with_result, last, story) or (last.part,)


def _thing_named(
    reference: Reference, text: str, noun: str | None, with_result: Assessment, last: Item, story: Story
) -> str | None:
    """The words of what "it" means, if the last result is an unlikely reading and they are a possible one."""
    if last.gives != "boolean" and _chance_for(with_result, last.gives) >= LIKELY:
        return None
    best, most = None, 0.0
    for kind, words in story.mentions_before():
        if noun is not None and not names(noun, kind):
            continue
        about = story.assess(text[: reference.start] + worded(reference, words) + text[reference.end :])
        end = reference.start + len(words)
        used = any(m.start < end and reference.start < m.end for of in about.filling.mentions.values() for m in of)
        reading = kind == "file" and needs_reading(about.filling)
        if ((used and about.filling.complete) or reading) and not about.abstains and sureness(about) > most:
            best, most = worded(reference, words), sureness(about)
    return best


def _several(story: Story, last: Item, text: str) -> tuple[int, ...]:
    earlier = story.earlier
    if re.search(r"\ball\b|\beverything\b", text, re.IGNORECASE):
        return tuple(part for parts in earlier for part in parts)
    if len(earlier[-1]) > 1:
        return tuple(earlier[-1])
    if re.search(r"\b(?:both|two)\b", text, re.IGNORECASE) and len(earlier) > 1:
        return (earlier[-2][-1], earlier[-1][-1])
    if last.gives in BARE | {"quantity", "date"} and len(earlier) > 1:
        return tuple(parts[-1] for parts in earlier)
    return (last.part,)


def _material_of(item: Item, story: Story) -> tuple[int, ...] | str | None:
    """What an item that works on a text works on: the file's name or the reading of it; None for other items.

    After "summarize notes.txt", "its sentiment" is the sentiment of the notes, not of the summary.
    """
    reader = story.board.reader
    read = any(reader and story.item(need).leaf == reader.card.id for need in item.needs)
    if (item.gives not in TEXTUAL and not read) or (reader and item.leaf == reader.card.id):
        return None
    files = [words for kind, words in item.mentions if kind == "file"]
    if files:
        return files[-1]
    return tuple(need for need in item.needs if reader and story.item(need).leaf == reader.card.id) or None


def _is_filler(text: str, reference: Reference, alone: Assessment, with_result: Assessment, given: str) -> bool:
    """True if a weak reference stands for nothing: the request is complete without it."""
    if alone.leaf.signature is None or alone.abstains or not alone.filling.complete or not from_text(alone):
        return False
    if ACTION.match(text) and reference.form is Form.THING:  # "draw it", "save that in x.txt"
        return False
    invited = with_result.leaf is not alone.leaf and any(compatible(kind, given) for kind in wanted_by(with_result))
    return not invited


def _chance_for(assessed: Assessment, given: str) -> float:
    """P(a neighbor whose best worker has use for a value of the kind given)."""
    chance = 0.0
    for index, leaf in assessed.leaves.items():
        filling = assessed.fillings.get(key_of(leaf))
        required = [p for p in leaf.signature.parameters if p.required] if leaf.signature else []
        open_to = [
            p.kind.name for p in required if filling and (p.name not in filling.arguments or p.kind.name in BARE)
        ]
        if any(compatible(kind, given) for kind in open_to):
            chance += float(assessed.probabilities[index])
    return chance


def _looks_for_text(assessed: Assessment) -> bool:
    return any(kind in TEXTUAL for kind in wanted_by(assessed)) and needs_reading(assessed.filling)


def _numberless(text: str) -> bool:
    return not re.search(r"\d", text)
