"""How a worker is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Objective = Literal["sft", "dpo", "distill"]


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """Everything that decides how the training goes."""

    base: str
    """A folder or hub name of a causal language model, or of a LoRA adapter to go on with."""
    objective: Objective = "sft"
    """`sft` learns answers; `dpo` which of two answers is preferred; `distill` what a teacher answers."""
    method: Literal["lora", "full"] = "lora"
    epochs: float = 3.0
    batch: int = 8
    lr: float | None = None
    """Learning rate; None: 2e-4 for LoRA and 5e-5 in full, a tenth of that for DPO."""
    seed: int = 0
    rank: int = 16
    beta: float = 0.1
    """DPO: how strongly the weights are held to those they started from (Rafailov et al. 2023, arXiv 2305.18290)."""
    held_back: float = 0.1

    @property
    def rate(self) -> float:
        """The learning rate."""
        if self.lr is not None:
            return self.lr
        return (2e-4 if self.method == "lora" else 5e-5) * (0.1 if self.objective == "dpo" else 1)
