"""Plans every labelled request (and runs it, if asked to), and keeps what came out beside what should have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from ..graphs.errors import WalkError
from ..graphs.model import Graph
from ..graphs.walk import Decision, Plan
from .cases import Case
from .metrics import Labels, Outcome, labels_of

if TYPE_CHECKING:
    from ..engine.workflow import Workflow


async def outcomes(workflow: Workflow, cases: Iterable[Case], answer: bool = False) -> AsyncIterator[Outcome]:
    """One outcome a case, in order. With `answer` each request is also run, and its answer looked at."""
    for case in cases:
        began = perf_counter()
        plan = await _plan(workflow, case.query)
        planned, queries = labels_of(plan), tuple(node.query for node in plan.nodes)
        seconds = perf_counter() - began
        ranked = rank(await workflow.adecide(case.query))
        right = await _answers(workflow, case) if answer and case.contains else None
        wrong = not_an_edge(planned, workflow.graph)
        yield Outcome(case.query, case.gold, planned, ranked, seconds, wrong, right, case.slice, queries, case.queries)


def rank(decisions: Sequence[Decision]) -> tuple[str, ...]:
    """The neighbors for the part that is decided first, most probable first; stopping is not one."""
    first = decisions[0].part if decisions else 0
    alternatives = sorted(
        (decision for decision in decisions if decision.part == first), key=lambda one: one.probability, reverse=True
    )
    return tuple(dict.fromkeys(one.neighbor for one in alternatives if one.neighbor is not None))


def not_an_edge(planned: Labels, graph: Graph) -> int:
    """How many links of a plan are no edge of the graph."""
    return sum(not graph.has_edge(source, target) for source, target in planned.links)


def has_all(text: str, contains: Iterable[Sequence[str]]) -> bool:
    """Whether a text holds one alternative of every entry, in any case.

    >>> has_all("39.3701 ft", [["39.37"], ["feet", "ft"]])
    True
    """
    plain = text.casefold()
    return all(any(one.casefold() in plain for one in alternatives) for alternatives in contains)


async def _plan(workflow: Workflow, query: str) -> Plan:
    try:
        return await workflow.aplan(query)
    except WalkError:  # a request that can't even be planned is planned wrongly
        return Plan()


async def _answers(workflow: Workflow, case: Case) -> bool:
    try:
        answer = await workflow.arun(case.query)
    except WalkError:
        return False
    return has_all(answer.text, case.contains)
