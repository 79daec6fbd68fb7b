"""Text on its way to a tokenizer, in pieces: what people and models wrote, and what the template says.

Only in our own pieces does `<nexa_end>` mean the token of that name; in anybody else's words it is ten characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Piece(NamedTuple):
    """A run of text of one origin."""

    text: str
    ours: bool = False
    """True where the names of tokens mean these tokens: in templates and calls, never in a request or a result."""


Pieces = tuple[Piece, ...]


def shown(pieces: Sequence[Piece]) -> str:
    """The pieces as one text, for people."""
    return "".join(piece.text for piece in pieces)


def joined(pieces: Sequence[Piece]) -> Pieces:
    """The same with neighbors of one origin made one, and without empty pieces."""
    together: list[Piece] = []
    for piece in pieces:
        if together and together[-1].ours == piece.ours:
            together[-1] = Piece(together[-1].text + piece.text, piece.ours)
        elif piece.text:
            together.append(piece)
    return tuple(together)
