"""Splits a request into clauses: the spans of the text that each ask for something.

Only what is certain from the words is split here (sentences, "then", "and" before a verb or a question word);
coordinations such as "France and Spain" are left to `spread`, which looks at what the neighbors can take.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from .lexicon import ABBREVIATIONS, AUXILIARIES, COURTESY_ONLY, IMPERATIVES, POLITE, QUESTION_WORDS


@dataclass(frozen=True, slots=True)
class Clause:
    """A span of the request: `request[start:end] == text`."""

    text: str
    start: int
    end: int
    sequential: bool = False
    """True if a word such as "then" says that it comes after, and builds on, what stands before."""
    precedes: bool = False
    """True if words such as "but before that" say that it comes before the clause it follows."""


READ = 4000
"""Characters of a request or a clause that are looked at for where it falls apart; the rest stays with the last."""
CLAUSES = 24
"""Clauses of one request; what comes after belongs to the last, so that no request costs minutes."""
_AHEAD = 300
"""Characters after a connective that tell whether a clause begins there."""

MASK = "\0"
"""Stands for a character that is protected: it is part of no word and of no connective."""
_QUOTES = "\"“«`'‘"

_PROTECTED = (
    re.compile(r'"[^"\n]*"|“[^“”\n]*”|«[^«»\n]*»|`[^`]*`|(?<![\w])\'[^\'\n]+\'(?!\w)|‘[^‘’\n]+’(?!\w)'),
    re.compile(r"\b(?:https?://|www\.)\S+|\b[\w.+-]{1,64}@[\w-]+\.[\w.]+"),
    re.compile(r"\([^()\n]*\)|\[[^\[\]\n]*\]|\{[^{}\n]*\}"),
    re.compile(r"\d[\d,]{0,40}\.\d+|\d{1,3}(?:,\d{3})+(?!\d)|\b\d{1,2}\.\d{1,2}\.\d{2,4}"),
    re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(ABBREVIATIONS))) + r")\.(?=\W|$)", re.IGNORECASE),
    re.compile(r"(?<![\w.\-/\\])[\w\-/\\]+\.[A-Za-z][A-Za-z0-9]{0,6}\b(?!\()"),
    re.compile(r"\b[ap]\.m\.?|\bU\.S\.?(?:A\.?)?|\b[A-Z]\.(?=\s?[A-Z])", re.IGNORECASE),
    re.compile(
        r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|"
        r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?\s+\d{1,2}(?:st|nd|rd|th)?,\s+\d{4}",
        re.IGNORECASE,
    ),
)
"""Spans inside which nothing is split: quotes, addresses, brackets, file names, numbers, abbreviations, dates."""

_BOUND_AND = (
    re.compile(r"\b(?:between|either)\s[^.?!;]{1,60}?\s(and|or)\s", re.IGNORECASE),
    re.compile(r"=\s*+[^,.;=]{1,20}?[,\s]\s*+(and)\s++[^.;=]{1,30}="),
)
"""An "and" that holds two arguments of one clause together: "between A and B", a system of equations."""

_SENTENCE = re.compile(r"(?<=[.?!;])[\"”')\]]*\s+|(?:(?<!\s)[^\S\n]++)?\n(?:\s*\n)?\s*+(?![a-z])|(?<=[.?!;])$")
_NUMBERING = re.compile(r"^\s*(?:\(?(?:\d{1,2}|[a-h])[.)]|[-*•])\s+")
_SEQUENCE = (
    r"(?:(?:and\s+)?(?:then|after\s+that|afterwards?|after\s+which|subsequently|followed\s+by|from\s+there"
    r"|once\s+(?:that\s+is\s+|that's\s+|you\s+(?:are\s+|have\s+)?)?done)|(?:and|,|;)\s*(?:next|finally|lastly))\b,?"
)
_ADDITION = (
    r"(?:(?:and\s+)?(?:additionally|furthermore|moreover|as\s+well\s+as|on\s+top\s+of\s+that"
    r"|in\s+addition|besides\s+that|(?:quite\s+)?apart\s+from\s+(?:that|this))|(?:and|,|;)\s*(?:also|plus))\b[,:]?"
)
_PRECEDENCE = r"(?:(?:but|and)\s+)?(?:before\s+(?:that|this|doing\s+(?:that|so))|beforehand)\b,?|but\s+first\b,?"
SPACE = r"(?:(?<!\s)\s++)"
"""A whole run of spaces, tried only from its start, so that a search through many spaces stays linear."""
_BREAK = rf"{SPACE}?[,;:\-–—]\s*+"
_CONNECTOR = re.compile(
    rf"(?P<precedence>(?<![\s,;:\-–—])[\s,;:\-–—]++(?:{_PRECEDENCE})\s+)"
    rf"|(?P<sequence>(?:{_BREAK}|{SPACE}){_SEQUENCE}\s+|{_BREAK}(?:and\s+)?(?:next|finally|lastly)\b,?\s+)"
    rf"|(?P<addition>(?:{_BREAK}|{SPACE}){_ADDITION}\s+|{_BREAK}(?:and\s+)?(?:also|plus|besides)\b[,:]?\s+)"
    rf"|(?P<weak>{SPACE}?,\s*+(?:and|or|but|so)\s+|{SPACE}(?:and|but)\s+|{SPACE}?&\s*|{SPACE}?,\s+|{SPACE}[-–—]{{1,2}}\s+)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"^[\s.]*(?:(?P<precedence>{_PRECEDENCE})|(?P<sequence>(?:and\s+)?(?:{_SEQUENCE}|next|finally|lastly))|{_ADDITION}"
    r"|also|plus|besides|too|and|so|but|or|first(?:ly|\s+of\s+all)?|(?:second|third)(?:ly|(?=[,:]))|separately|meanwhile)(?=[\s,:])[\s,:]*",
    re.IGNORECASE,
)
CONDITION = re.compile(r"^\s*(?:if|given|assuming|suppose|when|since|for|with|using|considering)\b", re.IGNORECASE)
_PREFACE = re.compile(r"^\s*(?:of|from|in|out\s+of|on|among|within)\s+(?:\S+\s*){1,4}$", re.IGNORECASE)
_STATEMENT = re.compile(
    r"^\W*(?:[^\W_]+\s+){1,6}?(?:is|are|was|were|am|has|have|had|starts?|begins?|began|lasts?|takes?|took|signed|born|weighs?|costs?"
    r"|measures?|ends?|opens?|closes?|earns?|got|made|paid|scored|earned|opened|closed|started|ended|moved|walked|recorded|measured|weighed|sold|bought|drove|lives?|works?)\s[^?]*$|^\W*(?:i['’]m|it['’]s|there['’]s|we['’]re)\s|^\W*a\s+\w+\s+at\s",
    re.IGNORECASE,
)
_EQUATION = re.compile(r"^(?=[^=]*[a-z])[\w\s+\-*/^().²³]++=[\w\s+\-*/^().²³]++\W*+$")
_CRITICAL = re.compile(rf"[\d{MASK}]|\b(?:[Nn](?:ot?|ever|one)|[Ww]ithout|[Ee]xcept|[Uu]nless|\w+n['’]t|[A-Z]{{2,}})\b")
"""What no statement that is dropped may hold: numbers, quoted strings, names of files, negations, acronyms."""
_GOES_ON = re.compile(
    r"^(?:runs?|lasts?|ends?|starts?|costs?|weighs?|is|was|has|had|takes?|took|lives?|works?)\s", re.IGNORECASE
)
_QUOTE_ONLY = re.compile(r"^\W*(?:\"[^\"]*\"|“[^”]*”|'[^']*'|`[^`]*`|[\w\-/]+\.[A-Za-z]\w{0,7})\W*$")
_POINTING_BACK = re.compile(
    r"^(?:(?:that|this)\s+(?:many|much|in|as|to|number|amount|result|value|squared|cubed|times|plus|minus|divided|multiplied)\b"
    r"|the\s+(?:result|answer)s?\b|(?:the\s+|an?\s+)?\w+(?:\s+\w+){0,3}?\s+(?:of|in|for|from|at|there)\s+(?:it|them|now|both|(?:that|this)(?:\s+\w+)?)\s*(?:$|[.,;?!]))",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:(?<=^)|(?<=\s))\(?(\d{1,2})[.)]\s+(?=\S)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def split_clauses(request: str, verbs: Collection[str] = ()) -> list[Clause]:
    """The clauses of a request, in order; never empty for a request with a word in it.

    `verbs` adds imperatives known from the graph at hand to the built-in lexicon.
    """
    masked = mask(request)
    clauses: list[Clause] = []
    for start, end in _sentences(request, masked, verbs):
        clauses += _inside_sentence(request, masked, start, end, verbs)
    clauses = _at_most(CLAUSES, request, [clause for clause in clauses if not COURTESY_ONLY.match(clause.text)])
    return _in_order(_with_statements(request, masked, clauses, verbs)) or (
        [Clause(request, 0, len(request))] if request.strip() else []
    )


def _at_most(number: int, request: str, clauses: list[Clause]) -> list[Clause]:
    """The first clauses, the last of them with all that follows."""
    if len(clauses) <= number:
        return clauses
    last, end = clauses[number - 1], clauses[-1].end
    return [*clauses[: number - 1], replace(last, text=request[last.start : end], end=end)]


def _with_statements(request: str, masked: str, clauses: list[Clause], verbs: Collection[str]) -> list[Clause]:
    """Clauses with what is merely stated joined to the request it is stated for: "I am 182 cm tall. In feet?"."""
    joined: list[Clause] = []
    stated: Clause | None = None
    for nth, clause in enumerate(clauses):
        start = stated.start if stated else clause.start
        merged = Clause(request[start : clause.end], start, clause.end, (stated or clause).sequential, clause.precedes)
        following = nth + 1 < len(clauses)
        states = is_statement(masked[clause.start : clause.end], verbs) or (stated and _GOES_ON.match(clause.text))
        if following and states and clauses[nth + 1].start > clause.end and not clauses[nth + 1].precedes:
            stated = merged
        elif following or not joined or not states or _CRITICAL.search(masked, start, clause.end):
            joined.append(merged)
            stated = None
    return joined


def is_statement(text: str, verbs: Collection[str] = ()) -> bool:
    """True for a sentence that tells rather than asks: "My course starts on Monday", "x + 2 = 9"."""
    if text.rstrip().endswith("?") or _POINTING_BACK.match(text) or starts_clause(without_courtesy(text), verbs):
        return False
    return bool(_STATEMENT.match(text) or _EQUATION.match(text))


def _in_order(clauses: list[Clause]) -> list[Clause]:
    """Clauses in the order in which they are to be done: "X, but before that Y" is Y, then X."""
    ordered: list[Clause] = []
    for clause in clauses:
        if clause.precedes and ordered:
            ordered.insert(len(ordered) - 1, clause)
        else:
            ordered.append(clause)
    return ordered


def mask(text: str) -> str:
    """`text` with every protected character replaced, so that positions stay the same and nothing splits there."""
    masked = text
    for pattern in _PROTECTED:
        masked = pattern.sub(lambda match: MASK * len(match.group()), masked)
    for pattern in _BOUND_AND:
        for match in list(pattern.finditer(masked)):
            start, end = match.span(1)
            masked = masked[:start] + MASK * (end - start) + masked[end:]
    return masked


def starts_clause(text: str, verbs: Collection[str] = ()) -> bool:
    """True if the text begins like a request: a question word, a verb in the imperative, "can you", "I want"."""
    text = _without_courtesy(text).lstrip(" \t\"'“(¿-")
    words = [match.group().lower().replace("’", "'") for match in itertools.islice(_WORD.finditer(text), 2)]
    if not words or not text[0].isalpha():
        return False
    first = words[0]
    if first in QUESTION_WORDS or first in IMPERATIVES or first in verbs:
        return True
    if first in AUXILIARIES and len(words) > 1:
        return True
    return first in ("i", "we") and len(words) > 1 and words[1] in ("want", "need", "would", "wanna", "have")


def without_courtesy(text: str) -> str:
    """The clause without greetings, "please" and opening connectives; numbers and names are never touched."""
    text = _NUMBERING.sub("", text.strip())
    previous = None
    while previous != text:
        previous = text
        text = _OPENING.sub("", text, count=1)
        text = _without_courtesy(text)
    trimmed = re.sub(
        r"(?:(?<![\s,])[\s,]++)?\b(?:please|pls|plz|too|as\s+well|though|afterwards|thx|cheers|for me"
        r"|thanks?(?: you)?(?: (?:a lot|so much|in advance))?)\s*[.!?]*\s*$",
        "",
        text,
        flags=re.IGNORECASE,
    )
    return (trimmed if _WORD.search(trimmed) or re.search(r"\d", trimmed) else text).strip(" ,;")


def _without_courtesy(text: str) -> str:
    previous = None
    while previous != text:
        previous = text
        match = POLITE.match(text)
        if match and match.end() < len(text):
            text = text[match.end() :]
    return text


def _sentences(request: str, masked: str, verbs: Collection[str]) -> list[tuple[int, int]]:
    """Spans of sentences; what follows a colon as material to work on ("Summarize: ...") stays with its sentence."""
    spans: list[tuple[int, int]] = []
    start = 0
    payload = _payload_start(request, masked, verbs)
    for match in _boundaries(masked):
        if match.start() >= (READ if payload is None else min(READ, payload)):
            break
        if match.end() > start:
            spans.append((start, match.start()))
        start = match.end()
    if start < len(request):
        spans.append((start, len(request)))
    joined: list[tuple[int, int]] = []
    for first, last in (_trim(request, *span) for span in spans):
        if joined and _QUOTE_ONLY.match(request[first:last]):
            joined[-1] = (joined[-1][0], last)
        elif first < last:
            joined.append((first, last))
    return joined


def _boundaries(masked: str) -> list[re.Match[str]]:
    """Ends of sentences, and the numbers of a list 1. 2. 3. wherever they stand."""
    items = list(_ITEM.finditer(masked))
    listed = [match for nth, match in enumerate(items, 1) if int(match.group(1)) == nth]
    listed = listed if len(listed) == len(items) and len(items) > 1 else []
    inside = {position for match in listed for position in range(match.start(), match.end() + 1)}
    ends = [match for match in _SENTENCE.finditer(masked) if match.start() not in inside]
    return sorted([*ends, *listed], key=lambda match: match.start())


def _payload_start(request: str, masked: str, verbs: Collection[str]) -> int | None:
    match = re.search(r"(?<!\d):\s+|:\n", masked)
    if match is None:
        return None
    lead, rest = request[: match.start()], request[match.end() :]
    lead = re.split(r"[.?!]\s+", lead)[-1]
    if len(rest.split()) < 3 or rest[0] in _QUOTES or _NUMBERING.match(rest):
        return None
    if starts_clause(rest, verbs) or not starts_clause(lead, verbs):
        return None
    return match.end()


def _inside_sentence(request: str, masked: str, start: int, end: int, verbs: Collection[str]) -> list[Clause]:
    payload = _payload_start(request[start:end], masked[start:end], verbs)
    stop = min(READ, end if payload is None else start + payload)
    opening = _OPENING.match(request[start:end])
    marks = _marks(opening)
    clauses, left = [], start
    for match in _CONNECTOR.finditer(masked, start + (opening.end() if opening else 0), stop):
        before, after = request[left : match.start()], request[match.end() : min(end, match.end() + _AHEAD)]
        if match.start() <= left or not _splits(match, before, after, request[start:end].endswith("?"), verbs):
            continue
        clauses.append((left, match.start(), marks))
        left, marks = match.end(), _marks(match)
    clauses.append((left, end, marks))
    spans = [(*_trim(request, first, last), marked) for first, last, marked in clauses]
    return [Clause(request[first:last], first, last, *marked) for first, last, marked in spans if first < last]


def _marks(match: re.Match[str] | None) -> tuple[bool, bool]:
    """(sequential, precedes) of the clause that a connective opens."""
    return (bool(match and match.group("sequence")), bool(match and match.group("precedence")))


def _splits(match: re.Match[str], before: str, after: str, asks: bool, verbs: Collection[str]) -> bool:
    if not _WORD.search(before) and not re.search(r"\d", before):
        return False
    if CONDITION.match(before) and not starts_clause(before, verbs):
        return False
    if match.group("sequence") or match.group("addition") or match.group("precedence"):
        return len(after.split()) >= 2 and (len(before.split()) >= 2 or re.search(r"\d", before) is not None)
    words = _WORD.findall(after)
    if words and words[0].lower() in ("its", "their", "his", "her") and len(words) > 1:
        return starts_clause(without_courtesy(before), verbs) or len(before.split()) > 2
    if _POINTING_BACK.match(after):
        return len(before.split()) > 1
    if not starts_clause(_OPENING.sub("", after, count=1), verbs):
        return False
    if _PREFACE.match(before):
        return False
    comma = "," in match.group() and "and" not in match.group().lower()
    if comma and len(words) <= 2 and not re.search(r"\d", after):
        return False
    return not (comma and words and words[0].lower() in ("which", "who", "where", "when", "that") and not asks)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \t\r\n,;":
        start += 1
    while end > start and text[end - 1] in " \t\r\n,;":
        end -= 1
    return start, end
