"""Sentences, words and syllables of plain text, as the text tools count and weigh them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .lexing import word_set

_EAST_ASIAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_EAST_ASIAN}]|[^\s—–…{_EAST_ASIAN}]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_END = re.compile(
    r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？]+[」』”]*|\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-*•]|\d{1,3}[.)])\s)"
)
_ABBREVIATIONS = word_set(
    "mr mrs ms dr prof st sr jr vs etc e.g i.e cf al fig no nos vol pp inc ltd co corp dept est approx ca jan "
    "feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m u.s u.k gen gov sen rev "
    "hon capt col lt"
)
_NEXT = re.compile(r"\s*(\S)")
STOP_WORDS = word_set(
    "a about above after again against all almost alone along already also although always am among an and "
    "another any anyone anything are aren't around as ask at away back be became because become been before "
    "being below best better between both but by call came can can't cannot come comes could couldn't day did "
    "didn't do does doesn't doing don't done down during each either else enough even ever every everyone "
    "everything few first for from further gave get gets getting give given go goes going gone good got great "
    "had hadn't has hasn't have haven't having he he'd he'll he's hence her here hers herself him himself his "
    "how however i i'd i'll i'm i've if in instead into is isn't it it's its itself just keep know last later "
    "least less let like likely little look made make makes making many may maybe me mere might mine more most "
    "much must mustn't my myself near nearly need neither never new next no nobody none nor not nothing now of "
    "off often on once one ones only onto or other others otherwise our ours ourselves out over own per perhaps "
    "please put quite rather really same say says see seem seemed seems several shall she she'd she'll she's "
    "should shouldn't since so some someone something soon still such take taken tell than that that's the "
    "their theirs them themselves then there there's therefore these they they'd they'll they're they've thing "
    "things this those though through thus to together too toward towards two under until up upon us use used "
    "very via want was wasn't way we we'd we'll we're we've well went were weren't what what's whatever when "
    "where whether which while who who's whole whom whose why will with within without won't would wouldn't yes "
    "yet you you'd you'll you're you've your yours yourself yourselves"
)


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, each as it stands there (its line breaks as blanks)."""
    return [" ".join(text[start:end].split()) for start, end in sentence_places(text)]


def sentence_places(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends; a blank line or a bullet ends one too."""
    start = 0
    for match in _END.finditer(text):
        mark = match.group()
        if mark.startswith(".") and _goes_on(text, start, match.start(), match.end()):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def tokens(text: str) -> list[str]:
    """Words as a person counts them: what blanks separate, if a letter or digit is in it."""
    return [token for token in _TOKEN.findall(text) if any(map(str.isalnum, token))]


def plain_words(text: str) -> list[str]:
    """The words made of letters, in lower case, an apostrophe inside included."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def syllables(word: str) -> int:
    """Syllables of an English word, as its vowel groups tell; at least one."""
    word = re.sub(r"[^a-z]", "", word.lower())
    if len(word) <= 3:
        return 1
    word = re.sub(r"(?:[^laeiouy]es|[^td]ed|[^l]e)$", lambda match: match.group()[0], word)
    return max(1, len(re.findall(r"[aeiouy]+", word)) + len(re.findall(r"[iu]a|io(?!u|n)|eo|ying", word)))


def _goes_on(text: str, start: int, dot: int, end: int) -> bool:
    """Whether a full stop ends no sentence: after an abbreviation or an initial, or before a small letter."""
    before = re.search(r"[\w.]*$", text[max(start, dot - 20) : dot])
    word = before.group().lower() if before else ""
    next_one = _NEXT.match(text, end)
    if next_one is None:
        return False
    following = next_one.group(1)
    if word in _ABBREVIATIONS and not (word in ("etc", "a.m", "p.m", "inc", "ltd", "co") and following.isupper()):
        return True
    if len(word) == 1 and word.isalpha() and word != "i":
        return True
    return following.islower() and len(word) <= 2 and not word.isdigit()


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(map(str.isalnum, text[start:end])):
        yield start, end
