"""One answer from many steps, with what could not be done and why the walk ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..graphs.model import Graph
from ..graphs.signature import Neighbor
from ..graphs.walk import Answer, Trace
from .outcome import Outcome

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
    outcome = Outcome(graph, trace.steps)
    result = outcome.result
    why = stopped or _why(outcome, reason)
    lines = [result.text] if outcome.shown else []
    lines += outcome.shortfall()
    if not outcome.shown:
        lines += _apology(why, offered)
    return Answer("\n".join(lines), result.data, trace.probability, why, trace, result.files)


def _why(outcome: Outcome, reason: str) -> str:
    if outcome.status != "done":
        return outcome.status
    return next((step.stopped for step in outcome.done if step.stopped in _PARTIAL), reason)


def _apology(why: str, offered: Iterable[Neighbor]) -> Iterator[str]:
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
