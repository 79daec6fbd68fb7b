"""What can be watched of a walk while it runs: frozen events, in the order in which things happen."""

from __future__ import annotations

from dataclasses import dataclass

from ..graphs.walk import Answer, Call, Decision, Place, Step


@dataclass(frozen=True, slots=True)
class Decided:
    """The Octopus of a place was asked, and these decisions are carried out (none: the branch ends)."""

    at: Place
    decisions: tuple[Decision, ...]
    inside: tuple[str, ...] = ()
    """The agents this happens in, outermost first; empty in the walk itself."""


@dataclass(frozen=True, slots=True)
class HopStarted:
    """A call is under way."""

    call: Call
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HopEnded:
    """A step has ended: it is done, failed, skipped or abstained."""

    step: Step
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Streamed:
    """A worker has said a piece of its result; the step at its end holds all of it."""

    call: Call
    text: str
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retried:
    """A call has failed and will be tried again: what it has streamed so far counts for nothing."""

    call: Call
    attempt: int
    """The attempt that failed, counted from 1."""
    error: str
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WalkEnded:
    """The walk is over; always the last event."""

    answer: Answer


Event = Decided | HopStarted | HopEnded | Streamed | Retried | WalkEnded
