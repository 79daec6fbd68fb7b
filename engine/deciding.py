"""One decision: the Octopus of a place is asked, the strategy chooses, and only edges of the graph become calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..graphs.errors import NotAnEdge, OctographError, WalkError, WorkerError, nearest
from ..graphs.model import NodeId
from ..graphs.walk import Call, Decision, Query, Step
from ..planners.seams import Stop
from .advancing import note
from .crew import Crew
from .masking import masked
from .retrying import RetryPolicy, retry
from .viewing import inputs_of, view
from .walking import Due, Walk, end_branch, finished, served, worth_asking

PolicyAt = Callable[[NodeId], RetryPolicy | None]


async def decide(walk: Walk, crew: Crew, due: Due, policy_at: PolicyAt) -> Sequence[Decision] | None:
    """Ask at the place that is due and put the calls decided on into the walk.

    An Octopus that can't be reached (WorkerError) is asked again as the policy of the place says. Returns the decisions
    carried out, or None where there was nothing to ask. Raises NotAnEdge if a decision leaves the edges of the graph.
    """
    if not worth_asking(walk, due):
        _leave(walk, due)
        return None
    chosen = await _choose(walk, crew, due, policy_at)
    calls = [call for call in (_carry_out(walk, crew, due, decision) for decision in chosen) if call is not None]
    walk.ready.extend(calls)
    if due.place.hop is None:
        walk.scopes[due.within].asked = len(walk.steps)
    if not calls:
        _leave(walk, due)
    return chosen


async def _choose(walk: Walk, crew: Crew, due: Due, policy_at: PolicyAt) -> Sequence[Decision]:
    node = due.place.node
    cards = crew.cards(node)
    if not cards:
        return _nothing(walk, due)
    trace = view(walk, due.within)

    async def ask() -> Sequence[Decision]:
        return await crew.octopus(node).choose(walk.scopes[due.within].query, due.place, cards, trace)

    try:
        try:
            decisions = await ask()
        except WorkerError as error:
            policy = policy_at(node)
            if policy is None:
                raise
            decisions, _ = await retry(policy, ask, error, lambda number, failure: None)
        chosen = crew.strategy(node).next(trace, decisions) if decisions else Stop()
    except OctographError:
        raise
    except Exception as error:
        message = masked(f"{type(error).__name__}: {error}", crew.spec(node))
        raise WalkError(f"the Octopus of {node!r} failed: {message}") from error
    if isinstance(chosen, Stop):
        if chosen.reason != "done" and not _may_pass_back(walk, due):
            walk.reason = chosen.reason
        return _nothing(walk, due)
    return chosen or _nothing(walk, due)


def _carry_out(walk: Walk, crew: Crew, due: Due, decision: Decision) -> Call | None:
    node = due.place.node
    if decision.neighbor is None:
        if not _may_pass_back(walk, due) and decision.part >= 0 and not served(walk, decision.part, due.within):
            _abstain(walk, due, decision)
        return None
    if decision.neighbor not in crew.neighbors(node):
        known = crew.neighbors(node)
        raise NotAnEdge(
            f"the Octopus of {node!r} chose {decision.neighbor!r}, which is not one of its neighbors"
            f"{nearest(str(decision.neighbor), known)}; they are {', '.join(list(known)[:20])}"
        )
    return Call(
        walk.take_hop(),
        node,
        decision.neighbor,
        Query(decision.query, inputs_of(walk, decision.parents, due.within)),
        decision.arguments,
        decision.probability,
        decision.part,
        decision.parents,
        due.within,
        decision.query_logprob,
    )


def _nothing(walk: Walk, due: Due) -> Sequence[Decision]:
    """No decision; at a master that is entered, that means abstaining on all it was asked."""
    scope = walk.scopes[due.within]
    first = due.place.hop is None and scope.asked < 0
    if first and finished(walk, due.within) and not any(step.within == due.within for step in walk.steps):
        return (Decision(None, scope.query.text, 1.0),)
    return ()


def _may_pass_back(walk: Walk, due: Due) -> bool:
    """True at a worker below a master: what can't be done from here is the master's to decide."""
    return due.place.hop is not None and walk.scopes[due.within].master is not None


def _abstain(walk: Walk, due: Due, decision: Decision) -> None:
    node = due.place.node
    note(
        walk,
        Step(
            walk.take_hop(),
            node,
            node,
            decision.query,
            probability=decision.probability,
            part=decision.part,
            status="abstained",
            within=due.within,
        ),
    )


def _leave(walk: Walk, due: Due) -> None:
    """Go back to who waits for this branch: the master of the scope or, once all is said there, the one outside it."""
    if due.place.hop is not None:
        end_branch(walk, due.within)
    elif due.within is not None and finished(walk, due.within):
        end_branch(walk, walk.scopes[due.within].outer)
