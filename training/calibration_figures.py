"""Whether probabilities mean what they say: expected calibration error and the reliability table (Guo et al. 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The choices whose probability lies in one tenth of the range."""

    low: float
    high: float
    n: int
    confidence: float
    """Mean probability."""
    accuracy: float
    """Share that is right."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far probabilities and shares of right choices lie apart."""

    error: float
    """Mean distance of confidence and accuracy over the bins, weighted by their sizes (ECE)."""
    bins: tuple[Bin, ...]
    """Those that are not empty, lowest first."""


def calibration(confidences: Sequence[float], right: Sequence[bool]) -> Calibration:
    """The calibration of some choices, each with its probability."""
    sorted_in: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, is_right in zip(confidences, right, strict=True):
        sorted_in[min(BINS - 1, int(confidence * BINS))].append((confidence, is_right))
    bins = tuple(_bin(number, members) for number, members in enumerate(sorted_in) if members)
    error = sum(one.n * abs(one.confidence - one.accuracy) for one in bins) / max(1, len(confidences))
    return Calibration(error, bins)


def _bin(number: int, members: Sequence[tuple[float, bool]]) -> Bin:
    confidence = sum(confidence for confidence, _ in members) / len(members)
    accuracy = sum(is_right for _, is_right in members) / len(members)
    return Bin(number / BINS, (number + 1) / BINS, len(members), confidence, accuracy)
