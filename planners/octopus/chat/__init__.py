"""The chat Octopus: a model at an endpoint or on this machine answers in JSON that allows only the neighbors."""

from .octopus import ChatOctopus

__all__ = ["ChatOctopus"]
