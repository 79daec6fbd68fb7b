"""Words that point back: "it", "that many", "its", "both", "the result", "there"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from ...graphs.walk import Result
from .clauses import MASK, READ, mask


class Form(Enum):
    """How a reference stands in its sentence, and so how it is replaced."""

    THING = "it"
    AMOUNT = "that many"
    OWNER = "its"
    SEVERAL = "both"
    PLACE = "there"
    ORDINAL = "the first"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference at `text[start:end]`."""

    start: int
    end: int
    form: Form
    strong: bool
    """True if it can only mean something said or done before; "it" may also be a mere filler ("what time is it")."""
    noun: str = ""
    """The noun it stands with, if any: "city" in "that city"."""
    nth: int = 0
    """For an ordinal, which of the earlier results."""


_RESULT_NOUNS = (
    r"results?|answers?|outcomes?|outputs?|numbers?|values?|amounts?|figures?|totals?|sums?|products?|quotients?|differences?"
    r"|averages?|means?|medians?|counts?|outcomes?"
)
_OBJECTS = (
    r"files?|document|text|summary|list|table|chart|picture|rows?|data|keywords?|expression|formula|derivative|integral|root|solutions?"
    r"|note|review|emails?|links?|entries|city|country|town|date"
)
_THINGS = (
    rf"{_OBJECTS}|day|weekday|month|year|capital|place|currency|distance|population|length|weight|temperature|duration|period|time"
    r"|words?|count|score|price|salary|revenue|headcount|folder|sentence|power"
)
_AS_OBJECT = (
    r"(?=\s*(?:$|[.,;?!)]|'s|’s)|\s+(?:in|into|to|as|by|with|on|from|is|was|are|fall|falls|for|at|and|per|of|back|up|down|out|further|please|again"
    r"|squared|cubed|plus|minus|times|divided|multiplied|sorted|using|under|sound|amount|make|sums?|equal|ascending|descending|alphabetically|a|an|more|less|larger|bigger|smaller|true|over|then|also|too)\b)"
)
"""What may follow a pronoun that stands for something."""
_POINTS = r"(?:that|this|these|those|said)"
_STOPS = r"(?=\s*(?:$|[.,;?!)]|together|up|in|to|into|under|and|as|with|by|on|all|alphabetically|from|out|at))"
_PATTERNS: tuple[tuple[Form, bool, str], ...] = (
    (
        Form.AMOUNT,
        True,
        r"\b(?:(?:that|this|so|as)\s+(?:many|much)\b(?!\s+as)|(?:that|this)\s+(?:number|amount)\s+of\b)",
    ),
    (
        Form.SEVERAL,
        True,
        r"\b(?:both|the\s+two|these\s+two|those\s+two|all\s+(?:three|of\s+(?:them|these|those)))\s+"
        rf"(?:of\s+(?:them|these|those)|{_RESULT_NOUNS}|{_THINGS})\b",
    ),
    (
        Form.SEVERAL,
        True,
        r"\b(?:both(?:\s+of\s+(?:them|these|those))?|the\s+two(?!\s+\w+\s+of)|all\s+(?:three|of\s+(?:them|these|those))|everything)"
        + _STOPS,
    ),
    (Form.SEVERAL, True, r"\b(?:these|those)\s+two\b"),
    (Form.SEVERAL, True, r"\b(?:them|these|those|they)" + _STOPS),
    (
        Form.THING,
        True,
        r"\b(?:make|turn|convert|express|call|treat|take|double|halve|square|save|write|put|store|plot|draw|chart|round)\s+(?P<it>that|this|it)\b",
    ),
    (Form.ORDINAL, True, rf"\bthe\s+(?P<nth>first|second|third)(?:\s+(?:one|{_RESULT_NOUNS}))?" + _STOPS),
    (Form.THING, True, r"\bthe\s+(?P<noun>results?|answers?|outcomes?|outputs?)\b(?!\s+(?:of|between)\b)"),
    (
        Form.THING,
        True,
        rf"\b{_POINTS}\s+(?P<noun>(?:last\s+|final\s+|previous\s+)?(?:{_RESULT_NOUNS}))\b(?!\s+(?:of|between)\b)",
    ),
    (
        Form.THING,
        True,
        rf"\bthe\s+(?P<noun>(?:last\s+|final\s+|previous\s+)?(?:{_RESULT_NOUNS}))"
        r"(?=\s*(?:$|[.,;?!)]|['’]s)|\s+(?:into|to|as|by|with|on|and|is|was|squared|cubed|plus|minus|times|under|at|up|down)\b"
        r"|\s+in\s+(?!all\b))",
    ),
    (Form.THING, True, rf"\b(?:{_POINTS}|the\s+same)\s+(?P<noun>{_THINGS})\b"),
    (
        Form.THING,
        False,
        rf"\bthe\s+(?P<noun>{_OBJECTS})\b(?!\s+(?:of|in|from|for|between|with|where|that|is|called|named)\b)",
    ),
    (
        Form.THING,
        True,
        r"\bwhat(?:ever)?\s+(?:you|u|i|we)\s+(?:get|got|find|found|obtain(?:ed)?|have)\b|\bwhat\s+comes\s+out\b",
    ),
    (Form.OWNER, True, r"\b(?:its|their)\b(?=\s+\w)"),
    (Form.PLACE, False, r"\bthere(?=\s*(?:$|[.,;?!]|now|right\s+now|today|and))"),
    (Form.THING, True, rf"\b(?:that|this)\b(?!\s+(?:is\s+(?:a|an|the)\b|way\b|time\b)){_AS_OBJECT}"),
    (
        Form.THING,
        True,
        r"(?:(?<=of)|(?<=on)|(?<=to)|(?<=from)|(?<=by)|(?<=with)|(?<=into)|(?<=than)|(?<=whether)|(?<=if))\s+(?P<it>it)\b",
    ),
    (Form.THING, False, r"\bit\b(?!['’]s|\s+(?:there|is|was|will|takes?|has|rains?|would\s+take)\b)"),
)
REFERENCES = 12
"""References of one clause that are resolved; each costs an encoding or two, and any more stay as they are."""
_NTH = {"first": 1, "second": 2, "third": 3}
_COMPILED = tuple((form, strong, re.compile(pattern, re.IGNORECASE)) for form, strong, pattern in _PATTERNS)
_EXISTENTIAL = re.compile(r"\b(?:is|are|was|were|will|do|does|how\s+\w+(?:\s+\w+)?\s+are)\s+there\b", re.IGNORECASE)


def find_references(text: str) -> list[Reference]:
    """The first references of a clause, in order; quoted text and file names hold none."""
    masked = mask(text)[:READ]
    masked = _EXISTENTIAL.sub(lambda match: MASK * len(match.group()), masked)
    found: list[Reference] = []
    for form, strong, pattern in _COMPILED:
        for match in pattern.finditer(masked):
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                groups = match.groupdict()
                noun = (groups.get("noun") or "").split(" ")[-1].lower()
                nth = _NTH.get((groups.get("nth") or "").lower(), 0)
                start, end = match.span("it") if groups.get("it") else match.span()
                found.append(Reference(start, end, form, strong, noun, nth))
    return sorted(found, key=lambda reference: reference.start)[:REFERENCES]


LONGEST = 80
"""Characters of a result that may stand in a query; a longer one, or a table, is handed over beside it."""
WORDS = 4
"""Words of a text that may stand in a query; a whole sentence would break the one around it."""


def in_place(result: Result) -> str | None:
    """The words that can stand for a result inside a sentence, None if it has to be handed over beside the query."""
    if result.kind in ("picture", "file") and result.files:
        return result.files[0]
    if result.kind in ("table", "text-input") or "\n" in result.text or not 0 < len(result.text) <= LONGEST:
        return None
    if result.kind == "text" and (len(result.text.split()) > WORDS or ", " in result.text):
        return None
    return result.text


def replace_references(text: str, bound: list[tuple[Reference, list[Result]]], *, bare: bool = False) -> str:
    """`text` with each reference replaced by what it stands for; one that can't stand there is left as it is.

    With `bare`, a quantity is reduced to its number, for a worker that reckons without units.
    """
    for reference, results in sorted(bound, key=lambda pair: -pair[0].start):
        words = [_number(result) if bare else in_place(result) for result in results]
        if not words or None in words:
            continue
        text = (
            text[: reference.start]
            + worded(reference, " and ".join(filter(None, words)), text[reference.end :])
            + text[reference.end :]
        )
    return text


_AMOUNT = re.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)


def _number(result: Result) -> str | None:
    words = in_place(result)
    amount = _AMOUNT.match(words) if words and result.kind in ("quantity", "number", "integer") else None
    return amount.group() if amount else words


def worded(reference: Reference, joined: str, after: str = "") -> str:
    """Words in the form of the reference they replace; `after` is the text that follows it."""
    if reference.form is Form.OWNER:
        return joined if after.startswith(" value") else f"{joined}'s"
    if reference.form is Form.PLACE:
        return f"in {joined}"
    if reference.noun == "power":
        return f"the power of {joined}"
    if reference.form is Form.AMOUNT:
        amount = _AMOUNT.match(joined)
        return amount.group() if amount and re.match(r"\s+\w", after) else joined
    return joined
