"""How a functional Octopus is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NEW = "new"
"""As a base: a small model made from scratch, with a tokenizer of its own."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a model made from scratch: a Llama with tied embeddings."""

    width: int = 128
    layers: int = 4
    heads: int = 4
    vocabulary: int = 2048
    """Tokens at most, learned from the data; the functional ones come on top."""
    context: int = 1024


@dataclass(frozen=True, slots=True)
class FunctionalOptions:
    """Everything that decides how the training goes; the same options and data give the same weights on one machine."""

    base: str = NEW
    """A folder or hub name of a causal language model, or `new`."""
    method: Literal["lora", "full"] = "lora"
    """Whether all weights are trained, or low-rank adapters and the rows of the vocabulary. A new model is trained in
    full."""
    epochs: float = 3.0
    batch: int = 16
    lr: float | None = None
    """Learning rate; None: 2e-3 for a new model, 2e-4 for LoRA, 5e-5 in full."""
    seed: int = 0
    token_weight: float = 1.0
    """Weight of functional tokens in the loss; all others weigh 1 (Octopus v2, arXiv 2404.01744, section 4.6)."""
    rank: int = 16
    """Rank of the LoRA matrices."""
    held_back: float = 0.1
    """Share of the requests that is not trained on, and that the report is about."""
    patience: int | None = None
    """Stop when the loss on what is held back has not fallen for so many looks at it; the best weights are kept."""
    prompt: str | None = None
    """The prompt, with {query} in it; None: the usual one."""
    shape: Shape = Shape()

    @property
    def rate(self) -> float:
        """The learning rate."""
        if self.lr is not None:
            return self.lr
        return 2e-3 if self.base == NEW else 2e-4 if self.method == "lora" else 5e-5

    @property
    def full(self) -> bool:
        """Whether all weights are trained."""
        return self.method == "full" or self.base == NEW
