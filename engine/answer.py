"""One answer from many steps: which outputs are shown, in which order, and what could not be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from ..graphs.model import Graph
from ..graphs.signature import Neighbor
from ..graphs.walk import Answer, Step, Trace

_LISTED = 20
_SPENT = {
    "hops": "The walk ran out of hops before anything was answered; allow more with limits.hops or --max-hops.",
    "seconds": "The walk ran out of time before anything was answered; allow more with limits.seconds.",
}
_PARTIAL = ("hops", "seconds", "probability")


def compose(graph: Graph, trace: Trace, stopped: str | None, reason: str, offered: Iterable[Neighbor]) -> Answer:
    """The answer of a walk that has ended.

    Args:
        graph: The graph that was walked.
        trace: The steps of the walk.
        stopped: The budget that was spent, if one was.
        reason: Why the strategy stopped; `done` if there was nothing left to do.
        offered: What the graph can do, for an answer that has to decline.
    """
    records = _Records(graph, trace.steps)
    shown = records.shown()
    why = stopped or _why(records, shown, reason)
    data = [step.data for step in shown]
    return Answer(
        "\n".join([*dict.fromkeys(step.output for step in shown), *_shortfall(records, shown, why, offered)]),
        data[0] if len(data) == 1 else data or None,
        prod(step.probability for step in trace.steps),
        why,
        trace,
        tuple(dict.fromkeys(file for step in records.done for file in step.files)),
    )


class _Records:
    """The steps of a walk by what became of them. A part's path counts it from the outermost master down."""

    def __init__(self, graph: Graph, steps: Sequence[Step]) -> None:
        self._graph = graph
        self._by_hop = {step.hop: step for step in steps}
        self.steps = steps
        self.done = [step for step in steps if step.status == "done" and not graph.nodes[step.node].is_master]

    def shown(self) -> list[Step]:
        """Outputs nothing else was made of, and the last one of each part that was asked for, by part."""
        last = {self.path(step): step.hop for step in sorted(self.done, key=lambda step: step.hop)}
        used = {hop for step in self.done for hop in step.parents} | set(self._left_behind())
        chosen = [
            step
            for step in self.done
            if step.hop not in used or (step.part >= 0 and last[self.path(step)] == step.hop and not self._piped(step))
        ]
        return sorted(chosen, key=lambda step: (self.path(step), step.hop))

    def path(self, step: Step) -> tuple[int, ...]:
        parts = [step.part]
        while step.within is not None:
            step = self._by_hop[step.within]
            parts.append(step.part)
        return tuple(reversed(parts))

    def _left_behind(self) -> Iterable[int]:
        """Hops whose worker passed the same part of the request on to a neighbor."""
        for step in self.done:
            if step.source is not None and not self._graph.nodes[step.source].is_master:
                before = [
                    other.hop
                    for other in self.done
                    if other.node == step.source and other.hop < step.hop and self.path(other) == self.path(step)
                ]
                yield from before[-1:]

    def _piped(self, step: Step) -> bool:
        """True if a fixed edge took the output further."""
        targets = self._graph.always(step.node)
        return any(step.hop in other.parents and other.node in targets for other in self.done)


def _why(records: _Records, shown: Sequence[Step], reason: str) -> str:
    if not shown:
        return "failed" if any(step.status == "failed" for step in records.steps) else "abstained"
    return next((step.stopped for step in records.done if step.stopped in _PARTIAL), reason)


def _shortfall(records: _Records, shown: Sequence[Step], why: str, offered: Iterable[Neighbor]) -> Iterable[str]:
    """Sentences that say what was not done, and why."""
    answered = {records.path(step) for step in records.done}
    missing = [step for step in records.steps if records.path(step) not in answered]
    yield from dict.fromkeys(f"Nothing here can do “{step.query}”." for step in missing if step.status == "abstained")
    yield from dict.fromkeys(
        f"{step.node} could not do “{step.query}”: {step.error}" for step in missing if step.status == "failed"
    )
    if shown:
        return
    if why in _SPENT:
        yield _SPENT[why]
    elif why == "abstained":
        cards = list(offered)
        yield "It can do this:"
        yield from (
            f"- {card.id}: {card.description}" if card.description else f"- {card.id}" for card in cards[:_LISTED]
        )
        if len(cards) > _LISTED:
            yield f"- and {len(cards) - _LISTED} more"
