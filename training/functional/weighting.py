"""The loss of Octopus v2: cross-entropy in which functional tokens may weigh more than all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..packages import package

IGNORED = -100
"""The label of a token that is not learned."""


def weighted_loss(logits: Any, labels: Any, weights: Any, count: Any) -> Any:
    """Mean over the labelled tokens of weight x negative log-likelihood (arXiv 2404.01744, section 4.6, equation 3).

    Args:
        logits: (batch, length, vocabulary)
        labels: (batch, length), IGNORED where nothing is learned
        weights: (vocabulary,)
        count: Labelled tokens of the whole step.
    """
    functional = package("torch").nn.functional
    predicted = logits[:, :-1].float().flatten(0, 1)  # (batch * (length - 1), vocabulary)
    wanted = labels[:, 1:].flatten()
    losses = functional.cross_entropy(predicted, wanted, weights, ignore_index=IGNORED, reduction="sum")
    return losses / count


def token_weights(size: int, functional: Sequence[int], weight: float) -> Any:
    """(size,): `weight` for the functional tokens, 1 for the others."""
    weights = package("torch").ones(size)
    weights[list(functional)] = weight
    return weights


def weighted_trainer(functional: Sequence[int], weight: float) -> Any:
    """TRL's SFT trainer; for a weight other than 1, with this loss."""
    trainer: Any = package("trl").SFTTrainer
    if weight == 1:
        return trainer

    class WeightedTrainer(trainer):  # type: ignore[misc]
        """Counts functional tokens for more."""

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            labels = inputs["labels"]
            outputs = model(**{name: value for name, value in inputs.items() if name != "labels"}, use_cache=False)
            weights = token_weights(outputs.logits.shape[-1], functional, weight).to(outputs.logits.device)
            count = (labels[:, 1:] != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
            loss = weighted_loss(outputs.logits, labels, weights, count)
            return (loss, outputs) if return_outputs else loss

    return WeightedTrainer
