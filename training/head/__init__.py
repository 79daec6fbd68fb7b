"""Training the head of the embedded Octopus (`octograph train --base embedded`)."""

from .training import HeadOptions, TrainedOn, train_head

__all__ = ["HeadOptions", "TrainedOn", "train_head"]
