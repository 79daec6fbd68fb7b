"""Finds the text a text tool is to work on: an earlier result, a quotation, or what follows a colon."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....graphs.signature import Clues, Mention
from ....graphs.walk import Result
from .lexing import LONGEST, blanked, file_names, quotes

_COLON = re.compile(r":(?=\s|[\"“„«'‘])\s*")
_TARGET_BEFORE = re.compile(r"\b(?:to|into|as|called|named)\s+$", re.IGNORECASE)
_MOST_BEFORE_COLON = 160
_MARKS = {'"': '"', "“": "”", "„": "“”", "«": "»", "'": "'", "‘": "’"}
REFERENCE = re.compile(
    r"\b(?:it|its|this|that|them|these|those|(?:the|that|this) (?:text|file|result|summary|output|content|document|"
    r"note|review|message|letter|paragraph|answer)s?)\b",
    re.IGNORECASE,
)
_QUOTED_ARGUMENT = re.compile(
    r"\b(?:words?|terms?|phrase|string|letters?|replace|replacing|substitute|change|with|by|to|of|does|do|"
    r"occurrences of|times|every|all|each|remove|delete)\s*$",
    re.IGNORECASE,
)
_NO_BEGINNING = re.compile(r"^(?:to|in|for|of|at|on|from|by|with|as|there|here|and|or|not|so|too|very)\b", re.I)
_NOT_TEXT = re.compile(
    r"^(?:the|my|this|that|these|those|an?|it|them|his|her|our|your|its|their|each|all|some)\b", re.I
)
_SOUGHT = re.compile(
    r"\b(?:search|find|look|grep|scan|contain|mention|appear|occur|how often|times|replace|written|folder|files)", re.I
)
_LEADS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\b(?:convert|change|turn|make|put|write|set)\s+(?P<text>.+?)\s+(?:in|to|into)?\s*(?:all\s+)?"
        r"(?:upper|lower|title|sentence|capital|small|caps)[\s-]?(?:case|letters|caps)?\W*$",
        r"\b(?:uppercase|lowercase|capitalize|reverse|summari[sz]e)\s+(?P<text>.+)$",
        r"\b(?:sentiment|mood|tone|keywords?|key words|readability|summary|words|sentences|characters|letters|lines|"
        r"addresses|emails|e-mails|links|urls|dates|hashtags|amounts|numbers)\s+(?:are\s+)?(?:there\s+)?"
        r"(?:of|in|from|for|on|does)\s+(?P<text>.+?)(?:\s+have)?\s*\?*$",
        r"\bhow\s+(?:positive|negative|happy|angry|readable|easy|hard|difficult)\s+is\s+"
        r"(?P<text>.+?)(?:\s+to read)?\s*\?*$",
        r"\bis\s+(?P<text>.+?)\s+(?:positive|negative|neutral)\b",
    )
)


def find_text_input(text: str, clues: Clues) -> Iterator[Mention]:
    """The text to work on; nothing where the request names a file, which has to be read first.

    An earlier result comes without a place in the text. A quotation that is another argument (the word to count,
    to find, to replace) or a file's name does not count.
    """
    results = list(reversed(clues.inputs))
    chosen = next((result for result in results if result.kind == "text"), results[0] if results else None)
    if chosen is not None:
        start, end = _named_file(text, chosen)
        yield Mention(start, end, chosen.text, 0.85 if chosen.kind == "text" else 0.5)
    refers = chosen is not None and bool(REFERENCE.search(_without_quotes(text)))
    found = payload(text) or _longest_quotation(text)
    if found is not None:
        start, end = found
        yield Mention(start, end, text[start:end], 0.6 if refers else 0.9)
    elif chosen is None and not list(file_names(text)):
        yield from _after_lead(text)


def _named_file(text: str, result: Result) -> tuple[int, int]:
    """Where the text names the file that the result was read from (any file, if nothing is known); else no place."""
    path = result.data.get("path", "") if isinstance(result.data, dict) else "" if result.data is not None else None
    for start, end in file_names(text):
        if text[start:end] == path or (path is None and not _TARGET_BEFORE.search(text[:start])):
            return start, end
    return 0, 0


def wording(text: str) -> str:
    """The request with the text it brings along blanked, so that only the instruction is left."""
    found = payload(text)
    plain = text if found is None else blanked(text, iter([found]))
    return _without_quotes(plain)


def _without_quotes(text: str) -> str:
    return blanked(text, ((quote.start, quote.end) for quote in quotes(text)))


def payload(text: str) -> tuple[int, int] | None:
    """Where the text stands that follows a colon at the end of the request, without its quotation marks."""
    quoted = [(quote.start, quote.end) for quote in quotes(text)]
    for match in _COLON.finditer(text[:_MOST_BEFORE_COLON]):
        if any(start < match.start() < end for start, end in quoted):
            continue
        start, end = match.end(), len(text.rstrip())
        if start >= end or not text[: match.start()].strip():
            continue
        mark = text[start]
        if mark in _MARKS:
            close = text.rfind(_MARKS[mark][-1], start + 1)
            if close > start and not text[close + 1 : end].strip(" .!?"):
                return start + 1, close
            return None
        if any(map(str.isalnum, text[start:end])):
            return start, end
    return None


def _longest_quotation(text: str) -> tuple[int, int] | None:
    places = []
    for quote in quotes(text):
        if is_file_name(quote.content) or not quote.content.strip():
            continue
        start = text.index(quote.content, quote.start)
        an_argument = bool(_QUOTED_ARGUMENT.search(text[max(0, quote.start - 40) : quote.start]))
        places.append((not an_argument, len(quote.content), start, start + len(quote.content)))
    if not places:
        return None
    sure, _, start, end = max(places)
    sought = _SOUGHT.search(_without_quotes(text))
    by_itself = not sought and len(places) == 1 and re.search(r"\b(?:of|words?)\s*$", text[: start - 1], re.IGNORECASE)
    return (start, end) if sure or (by_itself and not list(file_names(text[: start - 1] + text[end:]))) else None


def _after_lead(text: str) -> Iterator[Mention]:
    if len(text) > LONGEST:
        return
    for lead in _LEADS:
        if match := lead.search(text):
            said = match.group("text").strip()
            few = 5 if _NOT_TEXT.match(said) else 2
            if len(said.split()) >= few and not _NO_BEGINNING.match(said) and not REFERENCE.fullmatch(said):
                start = match.start("text") + match.group("text").index(said)
                yield Mention(start, start + len(said), said, 0.4)
                return


def is_file_name(content: str) -> bool:
    """Whether a quotation is a file's name and no text."""
    return any(end - start >= len(content.strip()) - 2 for start, end in file_names(content)) or bool(
        re.fullmatch(r"[^\n]{1,80}\.(?:txt|md|csv|json|log|html?|xml|ya?ml|py|rst)", content.strip())
    )
