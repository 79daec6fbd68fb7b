"""Requests while they are being made: runs of words, some of which are values that no noise may touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text."""

    text: str
    sort: str | None = None
    """What sort of value it is; None for plain words."""


Pieces = tuple[Piece, ...]


def written(pieces: Iterable[Piece]) -> str:
    """The text."""
    return "".join(piece.text for piece in pieces)


def outline(pieces: Iterable[Piece]) -> str:
    """The wording: the words in lower case, each value replaced by its sort. What shares it differs in values only."""
    return "".join(piece.text.lower() if piece.sort is None else f"<{piece.sort}>" for piece in pieces)


def framed(frame: str, *parts: Sequence[Piece]) -> Pieces:
    """The parts in a frame with a `{}` for each; a part that does not begin the frame begins with a small letter."""
    before, *between = frame.split("{}")
    pieces = [Piece(before)] if before else []
    for part, text in zip(parts, between, strict=True):
        opens = not pieces or written(pieces).rstrip()[-1:] in {".", "!", "?"}
        pieces.extend(part if opens else _small(part))
        if text:
            pieces.append(Piece(text))
    return tuple(pieces)


def _small(part: Sequence[Piece]) -> Pieces:
    first, *rest = part
    word = first.text.split(" ", 1)[0]
    if first.sort is not None or not word[1:].islower() or word.partition("'")[0] == "I":
        return tuple(part)
    return (Piece(first.text[0].lower() + first.text[1:]), *rest)
