"""What a chat Octopus may be told in `settings`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ....graphs.errors import InputError, nearest


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """How the model is asked."""

    rounds: int = 3
    """How often a master is asked, each time with the results so far; 1 makes a plain router of it."""
    calls: int = 4
    """Calls that one answer may make, to run in parallel."""
    samples: int = 1
    """Answers drawn where the server gives no log-probabilities: the share of a choice is its probability."""
    examples: int = 3
    """Of each neighbor, how many example requests the model is shown."""
    longest: int = 1000
    """Characters of a rewritten query or an argument that a model on this machine may write."""


def read_settings(written: Mapping[str, Any]) -> ChatSettings:
    """The settings of the graph file. Raises InputError for an unknown name and for a value that means nothing."""
    known = [field.name for field in fields(ChatSettings)]
    for name, value in written.items():
        if name not in known:
            raise InputError(f"settings: {name!r} is unknown{nearest(name, known)}; there are {', '.join(known)}")
        least = 0 if name == "examples" else 1
        if type(value) is not int or not least <= value <= 100_000:
            raise InputError(f"settings: {name} is a whole number of at least {least}, not {value!r}")
    return ChatSettings(**written)
