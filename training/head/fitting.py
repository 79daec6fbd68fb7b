"""Softmax regression by gradient descent over the whole data at once: a few seconds for thousands of requests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MOMENTUM, _SCALE = 0.9, 0.99
RATE = 0.5
STEPS = 300


@dataclass(frozen=True, slots=True)
class Regression:
    """P(class | vector) = softmax(vector @ weights + bias)."""

    weights: Array
    """(width, classes)"""
    bias: Array
    """(classes,)"""

    def logits(self, vectors: NDArray[np.floating]) -> Array:
        """(samples, classes)"""
        scores: Array = vectors @ self.weights + self.bias
        return scores


def fit_regression(
    vectors: NDArray[np.floating], classes: NDArray[np.int64], count: int, decay: float, steps: int = STEPS
) -> Regression:
    """The regression of least cross-entropy plus `decay / 2 * |weights|²`, by Adam (arXiv 1412.6980).

    Args:
        vectors: (samples, width), unit vectors.
        classes: (samples,), in [0, count).
        decay: Weight of the penalty; what keeps rare classes modest.
    """
    samples, width = vectors.shape
    weights, bias = np.zeros((width, count)), np.zeros(count)
    means = [np.zeros_like(weights), np.zeros_like(bias)]
    squares = [np.zeros_like(weights), np.zeros_like(bias)]
    wanted = np.eye(count)[classes]  # (samples, classes)
    inputs = np.asarray(vectors, np.float64)
    for step in range(1, steps + 1):
        error = (softmax(inputs @ weights + bias) - wanted) / samples
        gradients = (inputs.T @ error + decay * weights, error.sum(axis=0))
        rate = RATE * (1 - step / steps)
        for values, gradient, mean, square in zip((weights, bias), gradients, means, squares, strict=True):
            mean += (1 - _MOMENTUM) * (gradient - mean)
            square += (1 - _SCALE) * (gradient**2 - square)
            values -= rate * (mean / (1 - _MOMENTUM**step)) / (np.sqrt(square / (1 - _SCALE**step)) + 1e-8)
    return Regression(weights, bias)


def softmax(logits: Array) -> Array:
    """(samples, classes): each row adds up to 1."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Array = weights / weights.sum(axis=1, keepdims=True)
    return shares
