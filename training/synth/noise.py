"""How people really type: slips, no capitals, no full stops. Values are never touched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from .pieces import Piece, Pieces

_NEAR = dict(
    pair.split(":")
    for pair in "q:wa w:qes e:wrd r:etf t:ryg y:tuh u:yij i:uok o:ipl p:ol a:qsz s:adwx d:sfec f:dgrv g:fhtb h:gjyn "
    "j:hkum k:jli l:kop z:asx x:zsc c:xdv v:cfb b:vgn n:bhm m:njk".split()
)
"""Letter -> letters beside it on the keyboard."""
_WORD = re.compile(r"[a-z]{4,}")
_KEPT = frozenset("with without except unless none never that this from then".split())
"""Words that a slip would change the meaning of."""
SLIPS, SMALL, LOUD, LARGE, UNENDED = 0.25, 0.25, 0.01, 0.4, 0.25
"""Shares of requests with a slip, all in small letters, all in capitals, with a first capital, without an end mark."""


def noisy(pieces: Sequence[Piece], rng: Random) -> Pieces:
    """The request as somebody in a hurry would type it, or somebody careful."""
    words = tuple(pieces)
    if rng.random() < SLIPS:
        words = misspelled(words, rng)
    draw = rng.random()
    if draw < SMALL:
        words = tuple(Piece(one.text.lower()) if one.sort is None else one for one in words)
    elif draw < SMALL + LOUD:
        words = tuple(Piece(one.text.upper()) if one.sort is None else one for one in words)
    elif draw < SMALL + LOUD + LARGE:
        words = _capital(words)
    return _unended(words) if rng.random() < UNENDED else words


def misspelled(pieces: Sequence[Piece], rng: Random) -> Pieces:
    """One word of four letters or more with a slip in it: a letter lost, doubled, exchanged or missed by a key."""
    places = [
        (nth, match)
        for nth, piece in enumerate(pieces)
        if piece.sort is None
        for match in _WORD.finditer(piece.text)
        if match.group() not in _KEPT
    ]
    if not places:
        return tuple(pieces)
    nth, match = rng.choice(places)
    text = pieces[nth].text
    slipped = text[: match.start()] + slip(match.group(), rng) + text[match.end() :]
    return (*pieces[:nth], Piece(slipped), *pieces[nth + 1 :])


def slip(word: str, rng: Random) -> str:
    """The word (of three letters or more, in small ones) with a letter lost, doubled, exchanged or missed by a key."""
    at = rng.randrange(1, len(word) - 1)
    how = rng.randrange(4)
    if how == 0:
        return word[:at] + word[at + 1 :]
    if how == 1:
        return word[:at] + word[at] + word[at:]
    if how == 2:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + rng.choice(_NEAR[word[at]]) + word[at + 1 :]


def _capital(pieces: Pieces) -> Pieces:
    first, *rest = pieces
    return (Piece(first.text[:1].upper() + first.text[1:]), *rest) if first.sort is None else pieces


def _unended(pieces: Pieces) -> Pieces:
    *rest, last = pieces
    return (*rest, Piece(last.text.rstrip(".!? ") or last.text)) if last.sort is None else pieces
