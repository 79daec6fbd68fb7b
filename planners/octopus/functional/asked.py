"""A question to a model with functional tokens, and what it wrote: plain data on both sides of the queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ....graphs.signature import Signature
from .output import FunctionCall
from .prompting import Done, Template


@dataclass(frozen=True, slots=True)
class Option:
    """A neighbor that may be called."""

    node: str
    token: str
    signature: Signature | None = None
    """Typed arguments are written by it; None: a rewritten query is."""
    again: bool = False
    """It may be called more than once in one output."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question."""

    template: Template
    request: str
    options: tuple[Option, ...]
    done: tuple[Done, ...] = ()
    given: tuple[str, ...] = ()
    end: str | None = None
    """The end token; None: the usual one, or the tokenizer's own end of text."""
    stop: str | None = None
    """The stop token; None: the usual one, if the weights have it."""
    needed: bool = True
    """False where nothing need be called: weights that can't say stop are then not asked."""
    longest: int = 256
    """Tokens of the output at most."""
    calls: int = 1
    """Calls of the output at most."""
    alternatives: int = 1
    """Of how many of the most probable options the argument is written."""
    adapter: str | None = None


@dataclass(slots=True)
class Choice:
    """What was chosen at one point of an output."""

    probabilities: Mapping[str, float]
    """Functional token -> probability among all that could be chosen; stop, or end, among them."""
    token: str
    logprob: float = 0.0
    """Log-probability of the argument behind it, its end included."""


@dataclass(frozen=True, slots=True)
class Written:
    """One output: its calls, none if it says stop, and what was chosen at each (at a stop, one choice)."""

    calls: tuple[FunctionCall, ...]
    choices: tuple[Choice, ...]
    alternatives: Mapping[str, tuple[FunctionCall, float]] = field(default_factory=dict)
    """Functional token -> the call that would have begun with it, and the log-probability of its argument."""
    stop: str | None = None
    """The stop token, if the weights have one."""
    ids: tuple[int, ...] = ()
    """The output as the model wrote it."""
