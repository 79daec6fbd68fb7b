"""Takes coordinations apart: "5 miles to km and 70 kg to pounds" is two calls, "add 5 and 7" is one.

Whether an "and" joins two requests or two arguments can't be told from the words alone; it is told by what the best
tool can take. A clause is taken apart only if every piece is complete by itself.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...graphs.signature import Clues, Mention, Parameter, Signature
from ...graphs.walk import Result
from .arguments import Filling, fill
from .board import Assessment, Board, combines, needs_reading
from .clauses import CONDITION, READ, SPACE, mask, starts_clause
from .finders import find_files, find_quoted
from .references import find_references

PIECES = 15
"""Pieces of one clause; if there are more values, the last piece has those that remain."""

_AND = re.compile(
    rf"{SPACE}?,\s*+(?:and|as\s+well\s+as|plus)\s+|{SPACE}(?:and|as\s+well\s+as)\s+|{SPACE}?&\s*"
    rf"|{SPACE}(?:plus|\+)\s+(?=[a-z]{{3}})|{SPACE}?[,;]\s+(?!(?:to|in|of|for|from|with|by|at|on|please)\b)",
    re.IGNORECASE,
)
_GLUE = re.compile(
    r"[\s,&]*(?:and|or|vs\.?|versus|nor)?\s*(?:the\s+|in\s+|of\s+|for\s+|to\s+|from\s+)?[\s,]*", re.IGNORECASE
)
_OR = re.compile(r"\b(?:or|vs\.?|versus)\b", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"^\W*(?:which|who|what['’]?s?|whats)\b.*\bor\b", re.IGNORECASE | re.DOTALL)
_ASKING = re.compile(r"\b(?:which|who|whats?|where|whether|is|are|does|do|has|have|compare|between)\b", re.IGNORECASE)
_COMPARATIVE = re.compile(
    r"\b(?:\w{2,}(?:er|ier|est)|more|most|less|least|fewer|fewest|further|farther|furthest|better|worse|best|worst|compare|bigger|larger)\b",
    re.IGNORECASE,
)
_STATED = re.compile(r"[.!]\s+\w")
"""A statement and the request it is made for."""
_BETWEEN = re.compile(r"\bbetween\s(.{1,80}?\sand\s\S+(?:\s\S+){0,2})", re.IGNORECASE)
LONGEST = 200
"""Characters of a clause in which several things asked about one argument are looked for."""
COMBINING = re.compile(
    r"^\W*(?:add|sum|total|multiply|subtract|divide|combine|merge|join|concatenate|compare|put\s+together)\b",
    re.IGNORECASE,
)
"""Verbs whose coordinated objects belong together: "add 84 and 225"."""
_COMBINATION = re.compile(
    r"\b(?:sum|total|product|difference|average|mean|median|ratio|quotient|gcd|lcm|divisor|multiple)\s+(?:of|between)\b|"
    r"^\W*(?:add|multiply|subtract|divide)\b",
    re.IGNORECASE,
)
_COMPARE_WORD = re.compile(r"^\W*compare\b", re.IGNORECASE)
_SAME_OF = re.compile(r"^(?:the\s+)?(?:that|those|one|ones|same)\s+(?:of|for|in)\s+", re.IGNORECASE)
_SMALL = re.compile(
    r"^(?:the|a|an|of|for|in|from|to|at|on|with|between|is|was|about|also|then|and|too)$", re.IGNORECASE
)
_HEADS = re.compile(
    r"^(?P<lead>.*?\b)"
    r"(?P<heads>(?:the\s+)?[\w' ]{3,40}?(?:,\s*+[\w' ]{3,34}){0,12}?,?\s+and\s+(?:the\s+)?[\w' ]{3,40}?)"
    r"\s+(?P<link>of|for|in|between|from)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One request out of a coordination."""

    text: str
    aim: str | None = None
    """The worker that is to do it, if it is only wanted to be compared with its siblings."""


def spread(text: str, board: Board, inputs: Sequence[Result] = ()) -> list[Piece]:
    """The pieces of a clause; the clause itself, alone, if it is one request."""
    whole = board.assess(text, inputs)
    if whole.leaf.signature is None or len(text) > READ:
        return [Piece(text)]
    if is_comparison(text):
        compared = _alternatives(text, board, whole)
        return [Piece(piece, whole.leaf.card.id) for piece in compared] if len(compared) > 1 else [Piece(text)]
    pieces = _segments(text, board, whole) or _shared(text, board, whole) or _heads(text, board)
    return [Piece(piece) for piece in pieces or [text]]


def is_comparison(text: str) -> bool:
    """True for "which is further ...", "is A larger than B", "compare A and B"."""
    asking = _ASKING.search(text)
    compares = asking and _COMPARATIVE.search(text, asking.end())
    return bool(compares or _ALTERNATIVES.match(text)) and bool(
        _OR.search(text) or _COMPARE_WORD.match(text) or re.search(r"\bthan\b", text, re.IGNORECASE)
    )


def _alternatives(text: str, board: Board, whole: Assessment) -> list[str]:
    """One request for each thing compared, where a neighbor here can compare the results."""
    if combines(whole.leaf.signature) or not board.combiners:
        return []
    pieces = _shared(text, board, whole, comparing=True)
    return [re.sub(r"^\W*compare\s+", "", piece, flags=re.IGNORECASE) for piece in pieces]


def _shared(text: str, board: Board, whole: Assessment, *, comparing: bool = False) -> list[str]:
    """ "capital of Finland and Greece": a coordination of values of one parameter, each put in its place in turn."""
    signature = whole.leaf.signature
    if signature is None or whole.abstains:
        return []
    if not comparing and (COMBINING.match(text) or _COMBINATION.search(text)):
        return []
    for parameter in signature.parameters:
        if parameter.many or parameter.kind.name in ("text", "choice", "boolean", "results", "table"):
            continue
        group = _coordinated(text, parameter, whole)
        if len(group) < 2:
            continue
        start, end = group[0].start, group[-1].end
        ends = [mention.end for mention in group[: PIECES - 1]] + [end] * (len(group) >= PIECES)
        pieces = [text[:start] + text[m.start : stop] + text[end:] for m, stop in zip(group, ends, strict=False)]
        if all(_filled_from(piece, signature) for piece in pieces):
            return [re.sub(r"\b(?:both|either)\s+", "", piece) for piece in pieces]
    return []


def _coordinated(text: str, parameter: Parameter, whole: Assessment) -> list[Mention]:
    """The values of the parameter's kind that stand side by side, without those other parameters of it need."""
    filling, signature = whole.filling, whole.leaf.signature
    same = [
        other.name for other in (signature.parameters if signature else ()) if other.kind.name == parameter.kind.name
    ]
    used = [mention for name in {parameter.name, *same} for mention in filling.mentions.get(name, ())]
    spare = list(filling.spare.get(parameter.name, ()))
    for name in same:
        spare += [mention for mention in filling.spare.get(name, ()) if mention not in spare]
    matter = _matter(text)
    free = [m for m in (*used, *spare) if m.in_text and not any(a < m.end and m.start < b for a, b in matter)]
    found = sorted({(m.start, m.end): m for m in free}.values(), key=lambda m: m.start)
    needed_elsewhere = sum(1 for name in same if name != parameter.name and filling.mentions.get(name))
    runs: list[list[Mention]] = []
    for mention in found:
        between = text[runs[-1][-1].end : mention.start] if runs else ""
        if runs and _GLUE.fullmatch(between) and re.search(r"[,&]|\b(?:and|or|vs|versus)\b", between, re.IGNORECASE):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    run = max(runs, key=len, default=[])
    outside = len(found) - len(run)
    keep = len(run) - max(0, needed_elsewhere - outside)
    return run[len(run) - keep :] if keep >= 2 else []


def _matter(text: str) -> list[tuple[int, int]]:
    """Spans that are worked on rather than asked: quoted text, and what stands between "between" and its "and"."""
    spans = [(mention.start, mention.end) for mention in find_quoted(text, Clues())]
    return spans + [match.span(1) for match in _BETWEEN.finditer(text)]


def _segments(text: str, board: Board, whole: Assessment) -> list[str]:
    """ "5 miles to kilometers and 70 kilograms to pounds", "capital of Brazil and the currency of Japan"."""
    held = _held_together(text, whole)
    cuts = [cut for cut in _AND.finditer(mask(text)) if not any(a < cut.end() and cut.start() < b for a, b in held)]
    if not 0 < len(cuts) <= 12 or CONDITION.match(text) or _STATED.search(mask(text)):
        return []
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(text)]
    board.prepare([text[start:end].strip() for start, end in zip(starts, ends, strict=True)])
    pieces: list[str] = []
    left = 0
    while left < len(starts):
        for right in range(left, len(starts)):
            piece = _standing_alone(text[starts[left] : ends[right]].strip(), pieces, board)
            if piece is not None:
                pieces.append(piece)
                left = right + 1
                break
        else:
            return []
    return pieces if len(pieces) > 1 else []


def _held_together(text: str, whole: Assessment) -> list[tuple[int, int]]:
    """Spans inside which an "and" joins values of one argument of the best worker."""
    if whole.abstains:
        return []
    of_many = [p.name for p in whole.leaf.signature.parameters if p.many] if whole.leaf.signature else []
    spans: list[tuple[int, int]] = []
    for name, mentions in whole.filling.mentions.items():
        found = [mention for mention in mentions if mention.in_text]
        spans += [
            (mention.start, mention.end) for mention in found if isinstance(mention.value, list) or name in of_many
        ]
        if name in of_many:
            spans += [(a.end, b.start) for a, b in itertools.pairwise(found) if _GLUE.fullmatch(text[a.end : b.start])]
    return spans


def _standing_alone(segment: str, before: list[str], board: Board) -> str | None:
    """The segment as a request of its own, led in like the one before it where it has no head; None if it is none."""
    assessed = board.assess(segment)
    signature = assessed.leaf.signature
    headless = bool(before) and (_headless(segment, assessed) or _SAME_OF.match(segment) is not None)
    filled = _fills(assessed) or _to_be_read(segment, assessed)
    if not headless and not assessed.abstains and filled and not _lacks_company(segment):
        return re.sub(r"^\W*(?:both|either)\s+", "", segment) if not before or signature is not None else None
    if not before:
        return None
    lead = _lead(before[-1], board)
    rest = _SAME_OF.sub("", segment)
    if lead is None or not (headless or rest != segment) or COMBINING.match(lead):
        return None
    piece = (
        lead + re.sub(r"^(?:of|for|in|from|to)\s+", "", rest)
        if lead.rstrip().lower().endswith((" of", " for", " in", " from", " to", ":"))
        else lead + rest
    )
    previous = board.assess(before[-1])
    if previous.leaf.signature is None or _takes_many(previous):
        return None
    return piece if _filled_from(piece, previous.leaf.signature) else None


def _to_be_read(segment: str, assessed: Assessment) -> bool:
    """True for "a summary of notes.txt": the text it lacks is in a file, or in what "it" is."""
    if not needs_reading(assessed.filling):
        return False
    return bool(list(find_files(segment, Clues()))) or any(found.strong for found in find_references(segment))


def _lacks_company(segment: str) -> bool:
    """True for "the sum of 3": what combines values has not got them all yet."""
    return bool(_COMBINATION.search(segment)) and len(re.findall(r"\d[\d,.]*|(?<!['’])\b[b-z]\b", segment)) == 1


def _takes_many(assessed: Assessment) -> bool:
    """True for a worker that takes all the values it is given in one call, such as a sum."""
    signature = assessed.leaf.signature
    filling = assessed.filling
    return signature is not None and any(
        parameter.name in filling.mentions and (parameter.many or isinstance(filling.arguments[parameter.name], list))
        for parameter in signature.parameters
    )


def _headless(segment: str, assessed: Assessment) -> bool:
    """True if the segment begins, small words aside, with an argument: it says what, but not what to do with it."""
    if starts_clause(segment):
        return False
    first = _first_argument(assessed)
    if first is None:
        return False
    return all(_SMALL.match(word) for word in re.findall(r"\w+", segment[:first]))


def _first_argument(assessed: Assessment) -> int | None:
    """Where the first argument begins in the text, required ones before others; None if none came from the text."""
    signature, mentions = assessed.leaf.signature, assessed.filling.mentions
    required = [parameter.name for parameter in signature.parameters if parameter.required] if signature else []
    starts = [m.start for name in required for m in mentions.get(name, ()) if m.in_text]
    return min(starts or [m.start for of in mentions.values() for m in of if m.in_text], default=None)


def _lead(text: str, board: Board) -> str | None:
    """What stands before the first argument of a request: "Convert ", "capital of "."""
    assessed = board.assess(text)
    first = _first_argument(assessed)
    return None if first is None else text[:first]


def _fills(assessed: Assessment) -> bool:
    """True if every required argument of the best leaf stands in the text."""
    signature = assessed.leaf.signature
    return signature is not None and _all_found(assessed.filling, signature)


def _filled_from(text: str, signature: Signature) -> bool:
    return _all_found(fill(signature, text), signature)


def _all_found(filling: Filling, signature: Signature) -> bool:
    required = [parameter for parameter in signature.parameters if parameter.required and parameter.kind.name != "text"]
    in_text = {name for name, mentions in filling.mentions.items() if any(m.in_text for m in mentions)}
    return filling.complete and bool(in_text) and all(parameter.name in in_text for parameter in required)


def _heads(text: str, board: Board) -> list[str]:
    """ "the capital and the currency of Japan": several things asked about one argument."""
    match = _HEADS.match(text) if len(text) <= LONGEST and not _matter(text) else None
    if not match or is_comparison(text):
        return []
    heads = [head.strip() for head in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", match["heads"]) if head.strip()]
    if len(heads) > PIECES:
        return []
    lead = match["lead"]
    pieces = [f"{lead if nth == 0 else ''}{head} {match['link']} {match['rest']}" for nth, head in enumerate(heads)]
    assessed = [board.assess(piece) for piece in pieces]
    if any(one.abstains or not _fills(one) for one in assessed):
        return []
    answers = {(one.leaf.card.id, repr(one.filling.arguments)) for one in assessed}
    return pieces if len(answers) == len(pieces) else []
