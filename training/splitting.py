"""Which samples are held back: by a hash of their origin, so that near relatives are never on both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from .samples import Sample


def is_held_back(sample: Sample, share: float, seed: int = 0) -> bool:
    """Whether a sample belongs to the share held back.

    Samples of one request, and requests of one wording with other values, are on the same side; more data moves none
    to the other.
    """
    group = sample.origin or sample.query
    digest = hashlib.sha256(f"{seed} {group}".encode()).hexdigest()
    return int(digest[:8], 16) / 2**32 < share


def split(samples: Sequence[Sample], share: float, seed: int = 0) -> tuple[list[Sample], list[Sample]]:
    """The samples to train on, and those held back."""
    held = [is_held_back(sample, share, seed) for sample in samples]
    kept = [sample for sample, is_held in zip(samples, held, strict=True) if not is_held]
    return kept, [sample for sample, is_held in zip(samples, held, strict=True) if is_held]
