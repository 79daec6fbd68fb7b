"""How a walk begins and what follows from a step: fixed edges, joins, skipped branches, decisions due. No I/O."""

from __future__ import annotations

from ..graphs.model import Graph, NodeId
from ..graphs.walk import Call, Place, Query, Step
from .joins import Round, Verdict, arrive, foremost, needed, settle
from .walking import Due, Scope, Walk, end_branch


def begin(graph: Graph, query: Query) -> Walk:
    """A walk about to start: a decision is due at a master, a worker is called with the query as it is."""
    walk = Walk(graph, query)
    if graph.nodes[graph.start].is_master:
        walk.scopes[None] = Scope(graph.start, query)
        walk.due.append(Due(Place(graph.start), None))
    else:
        walk.scopes[None] = Scope(None, query)
        walk.ready.append(Call(walk.take_hop(), None, graph.start, query))
    return walk


def enter(walk: Walk, call: Call) -> Step:
    """Record the hop into a master and open its scope: a decision is due there."""
    step = Step(
        call.hop,
        call.source,
        call.node,
        call.query.text,
        call.query.text,
        probability=call.probability,
        part=call.part,
        parents=call.parents,
        within=call.within,
        query_logprob=call.query_logprob,
    )
    note(walk, step)
    walk.scopes[call.hop] = Scope(call.node, call.query, call.within, walk.scopes[call.within].depth + 1)
    walk.due.append(Due(Place(call.node), call.hop))
    return step


def record(walk: Walk, step: Step) -> None:
    """Add a worker's step that has ended to the walk, and everything that follows from it."""
    walk.running.pop(step.hop, None)
    note(walk, step)
    if step.status != "done":
        skip_after(walk, step)
        end_branch(walk, step.within)
        return
    always = walk.graph.always(step.node)
    for target in always:
        follow(walk, step, target)
    if walk.graph.neighbors(step.node):
        walk.due.append(Due(Place(step.node, step.hop), step.within))
    elif not always:
        end_branch(walk, step.within)


def note(walk: Walk, step: Step) -> None:
    """Add a step to the records, with nothing following from it."""
    walk.steps.append(step)
    walk.by_hop[step.hop] = step


def follow(walk: Walk, step: Step, target: NodeId) -> None:
    """Cross a fixed edge: the step's output is the target's query, unless the target waits for others to join."""
    if len(walk.graph.always_parents(target)) > 1:
        verdict, skipped = _arrive(walk, target, step, step.hop)
        if skipped is not None:
            skip_after(walk, skipped)
        if verdict != "fire":
            end_branch(walk, step.within)
        return
    query = Query(step.output, (step.result,))
    walk.ready.append(
        Call(walk.take_hop(), step.node, target, query, part=step.part, parents=(step.hop,), within=step.within)
    )


def skip_after(walk: Walk, step: Step) -> None:
    """Record what can't be done because `step` gave no result, over fixed edges and as far as joins let it spread."""
    broken = [step]
    while broken:
        source = broken.pop(0)
        for target in walk.graph.always(source.node):
            if len(walk.graph.always_parents(target)) > 1:
                _, skipped = _arrive(walk, target, source, None)
                if skipped is not None:
                    broken.append(skipped)
            else:
                broken.append(_skip(walk, target, f"{source.node!r} gave no result", source))


def fire_waiting(walk: Walk) -> bool:
    """Settle the foremost joins that wait for branches that will never come. False if no join waits."""
    waiting = [join for join, rounds in walk.joins.items() if any(not meeting.settled for meeting in rounds)]
    for join in foremost(waiting, walk.graph.always):
        meeting = next(meeting for meeting in walk.joins[join] if not meeting.settled)
        if settle(meeting, walk.graph.nodes[join].join) == "fire":
            _fire(walk, join, meeting)
        else:
            skip_after(walk, _unmet(walk, join, meeting))
    return bool(waiting)


def _arrive(walk: Walk, join: NodeId, parent: Step, hop: int | None) -> tuple[Verdict, Step | None]:
    """One arrival at a join. Returns what follows, with the record of the join if it is skipped."""
    rounds = walk.joins.setdefault(join, [])
    node = walk.graph.nodes[join]
    meeting, verdict = arrive(rounds, walk.graph.always_parents(join), node.join, parent.node, hop)
    if not rounds:
        del walk.joins[join]
    if verdict == "fire":
        _fire(walk, join, meeting)
    elif verdict == "skip":
        return verdict, _unmet(walk, join, meeting)
    elif verdict == "late" and hop is not None:
        _skip(walk, join, "late: the branches that came before were enough", parent)
    return verdict, None


def _fire(walk: Walk, join: NodeId, meeting: Round) -> None:
    hops = (meeting.arrived.get(parent) for parent in walk.graph.always_parents(join))
    steps = [walk.by_hop[hop] for hop in hops if hop is not None]
    within = min((step.within for step in steps), key=lambda scope: walk.scopes[scope].depth)
    walk.ready.append(
        Call(
            walk.take_hop(),
            steps[-1].node,
            join,
            Query("\n".join(step.output for step in steps), tuple(step.result for step in steps)),
            part=max(step.part for step in steps if step.within == within),
            parents=tuple(step.hop for step in steps),
            within=within,
        )
    )


def _unmet(walk: Walk, join: NodeId, meeting: Round) -> Step:
    policy, parents = walk.graph.nodes[join].join, walk.graph.always_parents(join)
    reason = f"joins at least {needed(policy)} of {len(parents)} results, and {meeting.results} came"
    last = max((step for step in walk.steps if step.node in meeting.arrived), key=lambda step: step.hop)
    return _skip(walk, join, reason, last)


def _skip(walk: Walk, node: NodeId, reason: str, after: Step) -> Step:
    step = Step(
        walk.take_hop(),
        after.node,
        node,
        after.output,
        probability=1.0,
        part=after.part,
        status="skipped",
        error=reason,
        within=after.within,
    )
    note(walk, step)
    return step
