"""The figures of planning and routing, as GNN4TaskPlan (arXiv 2405.19119) defines Node-F1 and Link-F1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..graphs.walk import Plan

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Labels:
    """Which nodes a request calls, and which of them feeds which; by node id, masters not listed."""

    nodes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was planned for one request, beside what should have been."""

    query: str
    gold: Labels
    planned: Labels
    ranked: tuple[str, ...] = ()
    """Neighbors of the start, most probable first; as many as the Octopus names."""
    seconds: float = 0.0
    not_an_edge: int = 0
    """Links of the plan that nothing in the graph carries."""
    answered: bool | None = None
    """Whether the answer said what it should; None if the request was not run."""
    slice: str = ""
    """See `Case.slice`."""
    queries: tuple[str, ...] = ()
    """The query planned for each node of the plan."""
    gold_queries: tuple[str, ...] = ()
    """See `Case.queries`."""

    @property
    def exact(self) -> bool:
        """Whether every node (as often as it should be called) and every link is right."""
        planned, gold = self.planned, self.gold
        return sorted(planned.nodes) == sorted(gold.nodes) and sorted(planned.links) == sorted(gold.links)


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over requests; None where no request counts."""

    n: int
    top1: float | None
    """Share of requests whose first node is the most probable neighbor at the start (those with nodes count)."""
    top3: float | None
    node_f1: float
    """Mean of 2PR / (P + R) over all requests; 0 where either side is empty."""
    link_f1: float
    all_nodes: float
    """Share of requests whose set of nodes is right."""
    exact: float
    """Share whose nodes (each as often as it should be) and links are all right."""
    not_an_edge: int
    ms_per_plan: float
    """Mean milliseconds."""
    abstained: float | None
    """Share of the requests that should call no node whose plan is empty."""
    answered: float | None
    """Share of the requests that were run whose answer says what it should."""


def labels_of(plan: Plan) -> Labels:
    """The nodes and links of a plan, by node id."""
    ids = tuple(node.id for node in plan.nodes)
    return Labels(ids, tuple((ids[a], ids[b]) for a, b in plan.links))


def plain(name: str) -> str:
    """The node id in a name by position: `units#1`, the second call of `units`, is `units`."""
    id_, mark, position = name.rpartition("#")
    return id_ if mark and position.isdigit() else name


def f1(planned: Sequence[object], gold: Sequence[object]) -> float:
    """2PR / (P + R), with P = |planned ∩ gold| / len(planned) and R = |planned ∩ gold| / len(gold).

    >>> f1(["a", "b"], ["a"]), f1([], []), round(f1(["a", "b", "b"], ["a", "b"]), 3)
    (0.6666666666666666, 0.0, 0.8)
    """
    right = len(set(planned) & set(gold))
    return 2 * right / (len(planned) + len(gold)) if right else 0.0


def measure(outcomes: Iterable[Outcome]) -> Figures:
    """All figures of some outcomes. An empty plan where no node should be called is right, though its F1 is 0."""
    done = list(outcomes)
    routed = [outcome for outcome in done if outcome.gold.nodes]
    refused = [outcome for outcome in done if not outcome.gold.nodes]
    return Figures(
        n=len(done),
        top1=_mean([outcome.gold.nodes[0] in outcome.ranked[:1] for outcome in routed]),
        top3=_mean([outcome.gold.nodes[0] in outcome.ranked[:3] for outcome in routed]),
        node_f1=_mean([f1(outcome.planned.nodes, outcome.gold.nodes) for outcome in done]) or 0.0,
        link_f1=_mean([f1(outcome.planned.links, outcome.gold.links) for outcome in done]) or 0.0,
        all_nodes=_mean([set(outcome.planned.nodes) == set(outcome.gold.nodes) for outcome in done]) or 0.0,
        exact=_mean([outcome.exact for outcome in done]) or 0.0,
        not_an_edge=sum(outcome.not_an_edge for outcome in done),
        ms_per_plan=1000 * (_mean([outcome.seconds for outcome in done]) or 0.0),
        abstained=_mean([not outcome.planned.nodes for outcome in refused]),
        answered=_mean([outcome.answered for outcome in done if outcome.answered is not None]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
