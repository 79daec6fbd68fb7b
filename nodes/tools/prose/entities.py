"""Finds e-mail addresses, links, amounts of money, dates, phone numbers and tags in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_AMOUNT = r"\d{1,15}(?:[.,\u00a0 ]\d{3}){0,5}(?:[.,]\d{1,4})?(?:\s?(?:thousand|million|billion|k|m|bn)\b)?"
_PATTERNS = {
    "link": r"\b(?:https?|ftp)://[^\s<>\"'“”]{1,2000}|\bwww\.[\w-]+\.[^\s<>\"'“”]{1,2000}",
    "email": r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}",
    "money": rf"(?:[$€£¥₹]|\b(?:USD|EUR|GBP|CHF|JPY|US\$))\s?{_AMOUNT}|"
    rf"(?<![\w.,]){_AMOUNT}\s?(?:[€$£¥₹]|(?:euros?|dollars?|pounds|cents|francs?|yen|USD|EUR|GBP|CHF|JPY)\b)",
    "date": rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?\b|"
    rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?\b|\b{_MONTH}\s+\d{{4}}\b|"
    r"\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d\d)\b",
    "phone": r"(?<![\w.,$€£])(?:\+\d{1,3}|\(\d{2,5}\)|0\d|\d{3})(?:[\s./-]?\(?\d{2,5}\)?){2,5}(?![\w,]|\.\d)",
    "hashtag": r"(?<![\w&])#[^\W\d]\w{0,99}",
    "mention": r"(?<![\w.@/])@[^\W\d]\w{1,49}(?![\w@]|\.\w)",
}
KINDS = tuple(_PATTERNS)
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _PATTERNS.items()}


@dataclass(frozen=True, slots=True)
class Entity:
    """Something found at `text[start:end]`."""

    kind: str
    text: str
    start: int
    end: int


def entities_in(text: str, kinds: Sequence[str] = KINDS) -> list[Entity]:
    """Everything of these kinds, in the order of the text; the same thing is listed once.

    Kinds that explain a place better come first: digits in a link or in a date are no phone number.
    """
    taken = bytearray(len(text))
    found: list[Entity] = []
    for kind in KINDS:
        for entity in _matches(kind, text):
            if not any(taken[entity.start : entity.end]):
                taken[entity.start : entity.end] = b"x" * (entity.end - entity.start)
                found.append(entity)
    seen: set[tuple[str, str]] = set()
    listed = []
    for entity in sorted(found, key=lambda entity: entity.start):
        if entity.kind in kinds and (entity.kind, entity.text.lower()) not in seen:
            seen.add((entity.kind, entity.text.lower()))
            listed.append(entity)
    return listed


def _matches(kind: str, text: str) -> Iterator[Entity]:
    for match in _COMPILED[kind].finditer(text):
        said = match.group().rstrip(" .,;:!?\u00a0")
        if kind == "link":
            while said.endswith(")") and said.count(")") > said.count("("):
                said = said[:-1].rstrip(".,;:!?")
        if kind == "phone" and not 7 <= sum(map(str.isdigit, said)) <= 15:
            continue
        yield Entity(kind, said, match.start(), match.start() + len(said))
