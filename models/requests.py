"""What a model on this machine is asked, and what it says: plain records, the same for every task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..graphs.sections import ModelSpec
from .pieces import Piece, Pieces, shown


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model, with the settings of the node that asks it."""

    said: str | Pieces
    """Pieces tell what people wrote, in which control tokens are just characters; all of a plain text is the node's."""
    spec: ModelSpec
    adapter: str | None = None
    """Place of a LoRA adapter, as `located` gives it."""
    pictures: tuple[Path, ...] = ()
    tell: Callable[[str], None] | None = None
    """Hears the text as it is generated, in the thread that generates it."""

    @property
    def pieces(self) -> Pieces:
        return (Piece(self.said, ours=True),) if isinstance(self.said, str) else self.said

    @property
    def text(self) -> str:
        return self.said if isinstance(self.said, str) else shown(self.said)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said."""

    text: str
    tokens: int = 0
    """Tokens generated, the end token included."""
    prompt_tokens: int = 0
    finish: str = "stop"
    """`stop` (it ended by itself or at a stop text), `length` (no tokens left) or `given up`."""
    log_probability: float | None = None
    """Of what was generated, tokens that end it included; None where it can't be told."""
    scores: Mapping[str, float] | tuple[Mapping[str, float], ...] | None = None
    """For classes, and for each mask: what else it could be, with its probability, the most probable first."""
