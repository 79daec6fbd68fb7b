"""Where fixed edges meet: when a join fires, counting the branches that failed or were skipped. Pure policy over data.

The loader has seen to it that fixed edges form no loop.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..graphs.model import NodeId

Policy = int | Literal["all", "any"]
Verdict = Literal["wait", "fire", "skip", "late"]


@dataclass(slots=True)
class Round:
    """One meeting at a join: each parent arrives once, with the hop of its result or (failed, skipped) with None."""

    arrived: dict[NodeId, int | None] = field(default_factory=dict)
    settled: bool = False
    """It has fired or was skipped; who arrives now is late."""

    @property
    def results(self) -> int:
        return sum(hop is not None for hop in self.arrived.values())


def arrive(
    rounds: list[Round], parents: Collection[NodeId], policy: Policy, source: NodeId, hop: int | None
) -> tuple[Round, Verdict]:
    """Add an arrival to the first round its parent is missing from, and tell what follows. Full rounds are removed."""
    meeting = next((other for other in rounds if source not in other.arrived), None)
    if meeting is None:
        meeting = Round()
        rounds.append(meeting)
    meeting.arrived[source] = hop
    full = len(meeting.arrived) >= len(parents)
    if full:
        rounds.remove(meeting)
    if meeting.settled:
        return meeting, "late"
    if not full and (policy == "all" or meeting.results < needed(policy)):
        return meeting, "wait"
    return meeting, settle(meeting, policy)


def settle(meeting: Round, policy: Policy) -> Verdict:
    """Fire or skip a round with what has arrived."""
    meeting.settled = True
    return "fire" if meeting.results >= needed(policy) else "skip"


def needed(policy: Policy) -> int:
    """The fewest results a join can work with; `all` means all that will come, and at least one."""
    return policy if isinstance(policy, int) else 1


def foremost(waiting: Sequence[NodeId], always: Callable[[NodeId], Iterable[NodeId]]) -> list[NodeId]:
    """The waiting joins that no other waiting join leads to over fixed edges."""
    downstream: set[NodeId] = set()
    if len(waiting) > 1:
        edge = [target for join in waiting for target in always(join)]
        while edge:
            node = edge.pop()
            if node not in downstream:
                downstream.add(node)
                edge.extend(always(node))
    return [join for join in waiting if join not in downstream]
