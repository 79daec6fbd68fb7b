"""Who gets the questions of which subject: routing measured on labelled questions, before anybody answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..graphs.walk import Decision
from .mmlu import Question

if TYPE_CHECKING:
    from ..engine.workflow import Workflow

Shares = Mapping[str, float]
"""Who gets a question, and how probably, by node id; what is missing to 1 goes to nobody."""
Confusion = Mapping[str, Shares]
"""The mean shares by subject."""


@dataclass(frozen=True, slots=True)
class Routed:
    """A question, and what the Octopus of the start made of it."""

    question: Question
    shares: Shares
    chosen: str | None
    """The most probable, as a walk decides; None: nobody."""


async def route(workflow: Workflow, questions: Iterable[Question]) -> list[Routed]:
    """Every question decided on, in order; nothing is walked."""
    return [routed(question, await workflow.adecide(question.query)) for question in questions]


def routed(question: Question, decisions: Sequence[Decision]) -> Routed:
    """The alternatives for the part of the question that is decided first; stopping is nobody."""
    alternatives = [decision for decision in decisions if decision.part == decisions[0].part]
    split: dict[str, float] = defaultdict(float)
    for decision in alternatives:
        if decision.neighbor is not None:
            split[decision.neighbor] += decision.probability
    chosen = max(alternatives, key=lambda decision: decision.probability, default=None)
    return Routed(question, dict(split), chosen.neighbor if chosen else None)


def confusion(pairs: Iterable[tuple[str, Shares]]) -> Confusion:
    """The mean shares of every subject, from the (subject, shares) of single questions.

    >>> confusion([("algebra", {"math": 1.0}), ("algebra", {"math": 0.5, "physics": 0.5})])
    {'algebra': {'math': 0.75, 'physics': 0.25}}
    """
    number: Counter[str] = Counter()
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for subject, split in pairs:
        number[subject] += 1
        for node, share in split.items():
            sums[subject][node] += share
    return {subject: {node: share / n for node, share in sums[subject].items()} for subject, n in number.items()}
