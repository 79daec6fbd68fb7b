"""Which requests are held back: by a hash of their origin, so that near relatives are never on both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from .samples import Sample


def is_held_back(group: str, share: float, seed: int = 0) -> bool:
    """Whether what belongs to a group is in the share held back; more data moves none to the other side."""
    digest = hashlib.sha256(f"{seed} {group}".encode()).hexdigest()
    return int(digest[:8], 16) / 2**32 < share


def split(samples: Sequence[Sample], share: float, seed: int = 0) -> tuple[list[Sample], list[Sample]]:
    """The samples to train on, and those held back.

    Samples of one request, and requests of one wording with other values, are on the same side.
    """
    held = [is_held_back(sample.origin or sample.query, share, seed) for sample in samples]
    kept = [sample for sample, is_held in zip(samples, held, strict=True) if not is_held]
    return kept, [sample for sample, is_held in zip(samples, held, strict=True) if is_held]
