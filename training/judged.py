"""A held-back question and what a trained Octopus made of it: the same record whatever was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..graphs.walk import Arguments
from .samples import Sample

STOP = "(stop)"
"""The choice of no neighbor, among the ids of nodes."""


@dataclass(frozen=True, slots=True)
class JudgedCall:
    """A call that the Octopus decided on."""

    node: str
    query: str
    arguments: Arguments = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, judged."""

    sample: Sample
    probabilities: Mapping[str, float]
    """Node id, or STOP -> its probability as the first choice."""
    calls: tuple[JudgedCall, ...] = ()
    """What the Octopus would call; none where it stops."""
    error: str | None = None
    """What was wrong with an output that could not be read."""
    outside: int = 0
    """Calls of what is no neighbor."""

    @property
    def wanted(self) -> str:
        """The first choice that is right."""
        return self.sample.neighbor or STOP

    @property
    def chosen(self) -> str:
        """The first choice made."""
        return self.calls[0].node if self.calls else STOP

    @property
    def right(self) -> bool:
        """Whether it is one of those wanted: calls made at once have no order."""
        return self.error is None and self.chosen in ({call.node for call in self.sample.calls} or {STOP})

    @property
    def exact(self) -> bool:
        """Whether all calls are those wanted, each as often."""
        wanted = sorted(call.node for call in self.sample.calls)
        return self.error is None and sorted(call.node for call in self.calls) == wanted

    @property
    def confidence(self) -> float:
        """The probability of the choice made."""
        return self.probabilities.get(self.chosen, 0.0)


def shares(judged: Sequence[Judged]) -> Mapping[str, float]:
    """Share of right first choices, of wholly right calls, and of outputs that could be read."""
    count = max(1, len(judged))
    return {
        "selection": sum(one.right for one in judged) / count,
        "exact": sum(one.exact for one in judged) / count,
        "parsed": sum(one.error is None for one in judged) / count,
    }
