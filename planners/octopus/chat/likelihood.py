"""How probable each neighbor was, from the tokens of an answer where it names one.

At every token of the name, the tokens that could have stood there instead are sorted by the names they lead to, and the
probability is normalized over those: P(neighbor or stop | request, walk so far), as if nothing else could be said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from math import exp

from ....models.endpoint_reply import Token
from .repairing import Span

_Branch = tuple[float, list[str]]
"""Probability of a piece of a name, and the names it leads to."""


def odds_at(tokens: Sequence[Token], text: str, span: Span, names: Iterable[str]) -> dict[str, float] | None:
    """Name -> probability, adding up to 1; None where the tokens don't tell.

    A token that several names share, and that was not taken, says nothing about which of them was meant: they share its
    probability equally.

    Args:
        tokens: The tokens of the answer with their alternatives.
        text: The answer, which has the name at `span`, as a JSON string.
        names: All that can be chosen.
    """
    said = [_bytes(token.text) for token in tokens]
    within = _in_bytes(said, text, span)
    place = None if within is None else _token_at(said, within.start)
    left = {name: _bytes(json.dumps(name, ensure_ascii=False)) for name in names}
    odds = dict.fromkeys(left, 0.0)
    mass = 1.0
    while len(left) > 1:
        if place is None or place[0] >= len(tokens):
            return None
        nth, before = place
        branches = _branches(tokens[nth], before, left)
        taken = said[nth][len(before) :]
        total = sum(probability for probability, _ in branches.values())
        if taken not in branches or total <= 0:
            return None
        for piece, (probability, reached) in branches.items():
            if piece != taken:
                for name in reached:
                    odds[name] += mass * probability / total / len(reached)
        probability, reached = branches[taken]
        mass *= probability / total
        left = {name: left[name][len(taken) :] for name in reached}
        place = nth + 1, b""
    for name in left:
        odds[name] += mass
    return odds


def logprob_of(tokens: Sequence[Token], text: str, span: Span) -> float | None:
    """The log-probability of what the answer has between the quotation marks at `span`; None if it can't be told."""
    said = [_bytes(token.text) for token in tokens]
    within = _in_bytes(said, text, span)
    if within is None:
        return None
    total, end = 0.0, 0
    for token, piece in zip(tokens, said, strict=True):
        start, end = end, end + len(piece)
        if end > within.start + 1 and start < within.end - 1:
            total += token.logprob
    return min(total, 0.0)


def _in_bytes(said: Sequence[bytes], text: str, span: Span) -> Span | None:
    """The span among the bytes of all tokens; None if the answer is not there."""
    begin = b"".join(said).find(_bytes(text))
    if begin < 0:
        return None
    return Span(begin + len(_bytes(text[: span.start])), begin + len(_bytes(text[: span.end])))


def _bytes(text: str) -> bytes:
    """Tokens may hold parts of a character, as surrogates."""
    return text.encode("utf-8", "surrogateescape") if not text.isascii() else text.encode()


def _token_at(said: Sequence[bytes], place: int) -> tuple[int, bytes] | None:
    """The token that holds the byte at `place`, and what of it stands before that."""
    end = 0
    for nth, token in enumerate(said):
        start, end = end, end + len(token)
        if end > place:
            return nth, token[: place - start]
    return None


def _branches(token: Token, before: bytes, left: Mapping[str, bytes]) -> dict[bytes, _Branch]:
    """Piece of a name -> its branch, for all that could stand in the token's place."""
    branches: dict[bytes, _Branch] = {}
    for text, logprob in {token.text: token.logprob, **token.alternatives}.items():
        piece = _bytes(text)
        if not piece.startswith(before) or len(piece) == len(before):
            continue
        piece = piece[len(before) :]
        reached = [name for name, rest in left.items() if rest.startswith(piece) or piece.startswith(rest)]
        if reached:
            branches[piece] = (exp(min(logprob, 0.0)), reached)
    return branches
