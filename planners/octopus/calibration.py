"""The few numbers of the embedded Octopus that are fitted rather than guessed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ...graphs.errors import InputError


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the evidence for a neighbor, in logits.

    Fitted by `training/encoder/fit_calibration.py` by maximum likelihood on labelled requests;
    `weights/calibration.json` holds the values with the figures they were fitted to.
    """

    scale: float = 18.0
    """Logits a unit of cosine similarity: the inverse of the softmax temperature."""
    sharpness: float = 0.05
    """How far the nearest example outweighs the others: sharpness * logsumexp(similarities / sharpness)."""
    explained: float = 2.0
    """For a tool whose arguments make up the whole text."""
    missing: float = 2.5
    """Against a tool, for each required argument that is nowhere to be found."""
    named: float = 1.0
    """For a worker whose name stands in the text."""
    bare: float = 2.0
    """For a worker that has no examples, or few, and so can't come as close."""
    stop: float = 2.0
    """The logit of stop, before the background is looked at."""
    background: float = 12.0
    """Logits a unit of similarity to requests of no particular domain."""
    claimed: float = 0.62
    """Background requests at least this similar to a neighbor are its own, and do not speak for stop."""
    threshold: float = 0.0
    """A neighbor less probable than this is not taken."""

    @classmethod
    def read(cls, path: Path) -> Calibration:
        """Raises InputError if the file is missing, damaged or holds an unknown number."""
        known = {field.name for field in fields(cls)}
        try:
            values = json.loads(path.read_text(encoding="utf-8"))["values"]
            return cls(**{name: float(value) for name, value in values.items() if name in known})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path}: not a calibration file ({error}); fit one with training/encoder/fit_calibration.py"
            ) from error

    def to_data(self) -> dict[str, float]:
        return asdict(self)
