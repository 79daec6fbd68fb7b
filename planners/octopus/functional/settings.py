"""What a functional Octopus may be told in `settings`, by the graph file or by the weights themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....graphs.errors import InputError, nearest
from .prompting import TEMPLATE, Template

_TEXTS, _WHOLES = ("prompt", "end", "stop"), ("rounds", "calls", "alternatives")
_KNOWN = (*_TEXTS, "chat", *_WHOLES)


@dataclass(frozen=True, slots=True)
class FunctionalSettings:
    """How the weights are asked."""

    template: Template
    end: str | None = None
    """The token that ends an output; None: the usual one, or the tokenizer's own end of text."""
    stop: str | None = None
    """The token that says that no neighbor fits; None: the usual one, if the weights have it."""
    rounds: int = 1
    """How often a master is asked, each time with the results so far."""
    calls: int = 8
    """Calls that one output may make, to run in parallel."""
    alternatives: int = 1
    """Of how many of the most probable neighbors the rewritten query is written out; the others get the request."""


def read_settings(written: Mapping[str, Any], learned: Mapping[str, Any]) -> FunctionalSettings:
    """The settings of the graph file, over those that came with the weights (of which only the known ones count).

    Raises InputError for an unknown name and for a value that means nothing.
    """
    for name in written:
        if name not in _KNOWN:
            raise InputError(f"settings: {name!r} is unknown{nearest(name, _KNOWN)}; there are {', '.join(_KNOWN)}")
    said = {name: value for name, value in learned.items() if name in _KNOWN} | dict(written)
    said = {name: value for name, value in said.items() if value is not None}
    for name in _TEXTS:
        if not isinstance(said.get(name, "text"), str) or said.get(name) == "":
            raise InputError(f"settings: {name} is a text that isn't empty, not {said[name]!r}")
    for name in _WHOLES:
        if type(said.get(name, 1)) is not int or not 1 <= said.get(name, 1) <= 100:
            raise InputError(f"settings: {name} is a whole number from 1 to 100, not {said[name]!r}")
    if type(said.get("chat", True)) is not bool:
        raise InputError(f"settings: chat is true or false, not {said['chat']!r}")
    template = Template(said.pop("prompt", TEMPLATE), said.pop("chat", False))
    return FunctionalSettings(template, **said)
