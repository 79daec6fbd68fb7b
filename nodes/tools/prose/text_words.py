"""Finds what a text tool is to do: how many sentences, which counts, which entities, which change of letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....graphs.signature import Clues, Mention
from ..numbers.numerals import numeral_at
from .lexing import brief, file_names, quotes
from .text_input import wording

_SENTENCES = re.compile(
    r"[\s-]*(?:(?:short|long|brief|simple|complete|key|main|important)\s+)?(?:sentences?|lines?)\b", re.I
)
_KEYWORDS = re.compile(
    r"\s+(?:(?:main|most|important|best|top|central|key|relevant|frequent|common)\s+)*"
    r"(?:keywords?|keyphrases?|words?|terms?|topics?|tags?|phrases?|themes?|concepts?|buzzwords?)\b",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"\b(?:in|as|with|to)\s+(?:a|one|1|just a|a single)\s+(?:single\s+|short\s+)?(?:sentence|line)\b", re.I
)
_FEW = re.compile(r"\ba (?:few|couple of) (?:short )?(?:sentences|lines)\b", re.IGNORECASE)
_WITHOUT_SPACES = "(?:without|excluding|not counting|except|minus) (?:the )?(?:blanks|spaces|whitespace)"
_COUNTS = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), name)
    for pattern, name in (
        (rf"(?:characters?|chars?|letters?) {_WITHOUT_SPACES}", "characters without spaces"),
        (r"words?(?: ?count)?|word-count", "words"),
        (r"sentences?", "sentences"),
        (r"characters?|chars?|symbols", "characters"),
        (r"letters?", "letters"),
        (r"lines?", "lines"),
        (r"paragraphs?", "paragraphs"),
    )
)  # fmt: skip
_BARE = r"(?P<bare>[^\W_][\w'’-]*(?:\s+(?!appears?\b|occurs?\b|comes?\b|shows?\b|used\b|mentioned\b)[\w'’-]+){0,3}?)"
_WORD_COUNTED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:how (?:many times|often)|number of times)\s+(?:does|do|is|are|did|has|have)?\s*"
        rf"(?:the\s+)?(?:word|term|phrase|name|letter)?\s*(?:{_BARE})\s+"
        r"(?:appears?|occurs?|comes? up|shows? up|used|mentioned|written|found|been)\b",
        r"\b(?:occurrences|mentions|instances|frequency)\s+of\s+(?:the\s+)?(?:word|term|phrase|name)?\s*"
        r"(?P<bare>[^\W_][\w'’-]*)",
        r"\bcount\s+(?:the\s+)?(?:word|term|phrase)\s+(?P<bare>[^\W_][\w'’-]*)",
    )
)
_COUNTING = re.compile(
    r"\b(?:how (?:many times|often)|number of times|occurrences of|mentions of|count(?: the)?(?: word| term| phrase))\b"
    r"[^\"'“‘«]{0,30}$",
    re.IGNORECASE,
)
_ENTITIES = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), name)
    for pattern, name in (
        (r"e-?mails?(?: addresse?s?)?|mail addresses|email address", "email"),
        (r"links?|urls?|web ?(?:sites?|pages?|addresses)|hyperlinks?", "link"),
        (r"amounts?(?: of money)?|money|prices?|costs?|sums? of money|currency amounts", "money"),
        (r"dates?", "date"),
        (r"(?:tele)?phone(?: numbers?)?|phones|telephone numbers?|mobile numbers?", "phone"),
        (r"hash ?tags?", "hashtag"),
        (r"(?:user )?handles?|@-?mentions?|user ?names", "mention"),
    )
)
_CHANGES = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), name)
    for pattern, name in (
        (r"upper[\s-]?case|all[\s-]caps|in caps|capital letters|capitals|block letters|upcase", "upper"),
        (r"lower[\s-]?case|small letters|downcase", "lower"),
        (r"title[\s-]?case|headline|capitali[sz]e(?: each| every)?(?: words?)?|as a title", "title"),
        (r"sentence[\s-]?case", "sentence"),
        (r"revers(?:e[ds]?|ing)|backwards?|back to front", "reverse"),
        (r"clean(?:ed|ing)?(?: up)?|trim(?:med)?|tidy(?: up)?|(?:extra|double) (?:spaces|blanks|whitespace)", "clean"),
    )
)
_REPLACE = re.compile(
    r"\b(?:replace|substitute|swap|change|exchange)\s+(?:(?:every|each|all|the|any|occurrences? of|words?|of)\s+)*"
    r"(?P<old>\"[^\"]+\"|'[^']+'|“[^”]+”|‘[^’]+’|[\w'’-]+)\s+(?:with|by|to|into|for)\s+(?:the\s+)?(?:word\s+)?"
    r"(?P<new>\"[^\"]*\"|'[^']*'|“[^”]*”|‘[^’]*’|[\w'’-]+)",
    re.IGNORECASE,
)


@brief
def find_sentence_counts(text: str, clues: Clues) -> Iterator[Mention]:
    """How many sentences are wanted: `in two sentences`, `3-sentence summary`, `in a few lines`."""
    plain = wording(text)
    for start, end, value in _numbers_before(plain, _SENTENCES):
        if not plain[:start].lower().rstrip().endswith(("how many", "first", "last")):
            yield Mention(start, end, value)
    for match in _ONE.finditer(plain):
        yield Mention(match.start(), match.end(), 1, 0.9)
    for match in _FEW.finditer(plain):
        yield Mention(match.start(), match.end(), 3, 0.9)


@brief
def find_keyword_counts(text: str, clues: Clues) -> Iterator[Mention]:
    """How many keywords are wanted: `five keywords`, `the 3 main topics`, `top 10`."""
    plain = wording(text)
    found = [Mention(start, end, value) for start, end, value in _numbers_before(plain, _KEYWORDS)]
    for match in re.finditer(r"\btop\s+(?=\w)", plain, re.IGNORECASE):
        numeral = numeral_at(plain, match.end())
        if numeral and numeral.value.denominator == 1 and all(m.start != numeral.start for m in found):
            found.append(Mention(numeral.start, numeral.end, int(numeral.value), 0.8))
    return iter(found)


@brief
def find_counts_wanted(text: str, clues: Clues) -> Iterator[Mention]:
    """What is to be counted: words, sentences, characters, letters, lines or paragraphs."""
    yield from _named(wording(text), _COUNTS)


@brief
def find_counted_words(text: str, clues: Clues) -> Iterator[Mention]:
    """The word whose occurrences are to be counted: `how often does "budget" appear`."""
    for quote in quotes(text):
        if _COUNTING.search(text[: quote.start]) and quote.content.strip():
            yield Mention(quote.start, quote.end, quote.content.strip())
            return
    plain = wording(text)
    for pattern in _WORD_COUNTED:
        if (match := pattern.search(plain)) and match.group("bare"):
            yield Mention(match.start("bare"), match.end("bare"), match.group("bare"), 0.8)
            return


@brief
def find_entity_kinds(text: str, clues: Clues) -> Iterator[Mention]:
    """Which entities are wanted: e-mail addresses, links, amounts of money, dates, phone numbers, hashtags."""
    yield from _named(wording(text), _ENTITIES)


@brief
def find_changes(text: str, clues: Clues) -> Iterator[Mention]:
    """What to do with the letters: upper, lower, title, sentence, reverse or clean."""
    yield from _named(wording(text), _CHANGES)


@brief
def find_old(text: str, clues: Clues) -> Iterator[Mention]:
    """What is to be replaced: `replace CAT with dog`."""
    yield from _side(text, "old")


@brief
def find_new(text: str, clues: Clues) -> Iterator[Mention]:
    """What it is to be replaced with: `replace cat with DOG`."""
    yield from _side(text, "new")


def _side(text: str, group: str) -> Iterator[Mention]:
    if match := _REPLACE.search(text):
        said = match.group(group)
        bare = said[1:-1] if said[0] in "\"'“‘" else said
        yield Mention(match.start(group), match.end(group), bare)


def _named(plain: str, lexicon: tuple[tuple[re.Pattern[str], str], ...]) -> Iterator[Mention]:
    files = list(file_names(plain))
    taken: list[tuple[int, int]] = []
    found: dict[str, Mention] = {}
    for pattern, name in lexicon:
        for match in pattern.finditer(plain):
            if all(match.end() <= start or end <= match.start() for start, end in [*taken, *files]):
                taken.append(match.span())
                found.setdefault(name, Mention(match.start(), match.end(), name))
    return iter(sorted(found.values(), key=lambda mention: mention.start))


def _numbers_before(plain: str, noun: re.Pattern[str]) -> Iterator[tuple[int, int, int]]:
    for match in re.finditer(r"(?<![\w.,])\w", plain):
        numeral = numeral_at(plain, match.start())
        if numeral and numeral.value.denominator == 1 and numeral.value > 0 and noun.match(plain, numeral.end):
            yield numeral.start, numeral.end, int(numeral.value)
