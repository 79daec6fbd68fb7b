"""The simplest strategy: for each part of the request, the most probable decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..graphs.walk import Decision, Trace
from .seams import Stop


@dataclass(frozen=True, slots=True)
class Greedy:
    """Takes the most probable decision of each part, and stops a part whose best one is too improbable."""

    threshold: float = 0.0
    """Probability below which a neighbor is not taken; stop must always be less probable than the neighbor."""

    def next(self, trace: Trace, decisions: Sequence[Decision]) -> Sequence[Decision] | Stop:
        """The decision of each part, in the order of the parts; `neighbor` None where that part is to stop."""
        best: dict[int, Decision] = {}
        for decision in decisions:
            rival = best.get(decision.part)
            if rival is None or decision.probability > rival.probability:
                best[decision.part] = decision
        if not best:
            return Stop()
        return [self._sure(best[part], decisions) for part in sorted(best)]

    def _sure(self, best: Decision, decisions: Sequence[Decision]) -> Decision:
        if best.neighbor is None or best.probability >= self.threshold:
            return best
        rivals = [decision for decision in decisions if decision.part == best.part]
        stops = [decision for decision in rivals if decision.neighbor is None]
        left = max(0.0, 1.0 - sum(decision.probability for decision in rivals))
        return stops[0] if stops else Decision(None, best.query, left, part=best.part)
