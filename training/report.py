"""The report on trained weights: how well what was held back is judged, node by node, and how queries are reworded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..evaluation.rewriting import MOST_MEASURED, Measures, Rewrite, RewritingFigures, figures
from .calibration_figures import Calibration, calibration
from .judged import STOP, Judged, shares

if TYPE_CHECKING:
    from ..engine.workflow import Workflow


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """The questions whose right first choice is one node."""

    n: int
    accuracy: float
    """Share for which it was chosen."""
    precision: float | None
    """Share of the times it was chosen that were right; None if it never was."""
    confused_with: str | None
    """What was chosen most often instead."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report says."""

    n: int
    selection: float
    """Share of first choices that are right."""
    entering: float | None
    """The same where a request comes in; None where nothing was asked there."""
    following: float | None
    """The same after a call: mostly whether to stop, which is the easier question."""
    exact: float
    """Share of questions for which all calls are right."""
    parsed: float
    """Share of outputs that could be read."""
    outside: int
    """Calls of what is no neighbor."""
    by_node: Mapping[str, NodeFigures]
    confusion: Mapping[str, Mapping[str, int]]
    """Right first choice -> choice made -> how often."""
    calibration: Calibration
    rewriting: RewritingFigures | None
    """The five measures; None where the data has no rewritten queries, or nothing was written."""
    gold: RewritingFigures | None
    """The same of the rewritten queries in the data: what the figures above can be compared with."""


def report_on(judged: Sequence[Judged], workflow: Workflow | None = None) -> Report:
    """The report on what was held back. Without a workflow, rewritten queries are not measured."""
    share = shares(judged)
    confusion: dict[str, Counter[str]] = {}
    for one in judged:
        confusion.setdefault(_name(one, one.chosen if one.right else one.wanted), Counter())[
            _name(one, one.chosen)
        ] += 1
    written, gold = _rewriting(judged, workflow) if workflow is not None else (None, None)
    return Report(
        n=len(judged),
        selection=share["selection"],
        entering=_selection([one for one in judged if not one.sample.done]),
        following=_selection([one for one in judged if one.sample.done]),
        exact=share["exact"],
        parsed=share["parsed"],
        outside=sum(one.outside for one in judged),
        by_node={name: _of_node(name, confusion) for name in sorted(confusion)},
        confusion={name: dict(counts) for name, counts in sorted(confusion.items())},
        calibration=calibration([one.confidence for one in judged], [one.right for one in judged]),
        rewriting=written,
        gold=gold,
    )


def _selection(judged: Sequence[Judged]) -> float | None:
    return shares(judged)["selection"] if judged else None


def _name(one: Judged, node: str) -> str:
    return node if node == STOP else "/".join((*one.sample.inside, node))


def _of_node(name: str, confusion: Mapping[str, Counter[str]]) -> NodeFigures:
    row = confusion[name]
    chosen = sum(counts[name] for counts in confusion.values())
    wrong = [(count, other) for other, count in row.items() if other != name]
    return NodeFigures(
        n=row.total(),
        accuracy=row[name] / row.total(),
        precision=row[name] / chosen if chosen else None,
        confused_with=max(wrong)[1] if wrong else None,
    )


def _rewriting(judged: Sequence[Judged], workflow: Workflow) -> tuple[RewritingFigures | None, RewritingFigures | None]:
    """The measures of the queries written where one call was wanted and made, and of those in the data."""
    from ..planners.octopus.encoder import Encoder

    single = [one for one in judged if _worded(one)]
    places = {one.sample.at: (one.sample.at, one.sample.inside) for one in single}
    cards = {at: workflow.neighbors(*place) for at, place in places.items()}
    measures = Measures({one.sample.query: one.sample.calls[0].query for one in single}, cards, Encoder())
    step = max(1, -(-len(single) // MOST_MEASURED))
    rewrites, gold = [], []
    for one in single[::step]:
        sample, core = one.sample, one.sample.calls[0].query
        if sample.calls[0].query is not None:
            gold.append(Rewrite(sample.query, sample.calls[0].query, sample.calls[0].node, sample.at, core=core))
        if one.right:
            rewrites.append(Rewrite(sample.query, one.calls[0].query, one.calls[0].node, sample.at, core=core))
    return figures([measures.measure(one) for one in rewrites]), figures([measures.measure(one) for one in gold])


def _worded(one: Judged) -> bool:
    """True for a question at a master that asks for one call, which gets a reworded query and not typed arguments."""
    sample = one.sample
    return len(sample.calls) == 1 and len(one.calls) == 1 and not sample.done and not one.calls[0].arguments
