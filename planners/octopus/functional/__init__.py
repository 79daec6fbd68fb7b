"""The Octopus of the paper: a language model with one functional token for each neighbor."""

from .octopus import FunctionalOctopus

__all__ = ["FunctionalOctopus"]
