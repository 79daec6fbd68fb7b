"""What a language model is asked at a place of a walk: whether there is anything to decide, and what it builds on.

The functional and the chat Octopus read a walk alike: a master is asked when it is entered and, for as many rounds as
are allowed, again with the results so far; a worker that has just ended is asked what should follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...graphs.signature import Neighbor
from ...graphs.walk import Place, Query, Result, Step, Trace


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a language model."""

    request: str
    done: tuple[Step, ...]
    """Steps that have ended, oldest first: what the model is told of the walk so far."""
    inputs: tuple[Result, ...]
    """Results handed in from outside."""
    parents: tuple[int, ...]
    """Hops whose results the next calls build on."""
    part: int
    """Ordinal of the first part to be decided."""
    neighbors: tuple[Neighbor, ...]


def question_at(
    query: Query, at: Place, neighbors: Sequence[Neighbor], trace: Trace, rounds: int = 1
) -> Question | None:
    """The question to ask at `at`, or None where nothing can be decided here and now.

    Args:
        rounds: How often a master is asked; 1 asks only when it is entered.
    """
    ended = [step for step in trace.steps if step.status != "skipped"]
    done = tuple(step for step in ended if step.status == "done")
    parts = [step.part for step in ended] + [call.part for call in trace.running]
    part = 1 + max(parts, default=-1)
    if at.hop is not None:
        last = next((step for step in done if step.hop == at.hop), None)
        if last is None:
            return None
        return Question(query.text, done, tuple(query.inputs), (at.hop,), part, tuple(neighbors))
    if trace.running or (ended and not _another_round(ended, at, rounds)):
        return None
    return Question(query.text, done, tuple(query.inputs), tuple(step.hop for step in done), part, tuple(neighbors))


def _another_round(ended: Sequence[Step], at: Place, rounds: int) -> bool:
    """True if the master may be asked again: the last round brought something, and not all rounds are used up."""
    own = [step for step in ended if step.source == at.node]
    asked = len({step.parents for step in own})  # the calls of one round build on the same steps
    return 0 < asked < rounds and all(step.status == "done" for step in own)
