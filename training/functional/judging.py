"""What a trained functional Octopus makes of samples: it is asked as in a walk, many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...engine.blocking import run_blocking
from ...engine.workflow import Workflow
from ...graphs.errors import WalkError
from ...graphs.model import Graph, OctopusSpec
from ...graphs.signature import Neighbor
from ...graphs.walk import Call, Decision, Place, Query, Step, Trace
from ...planners.octopus.functional import FunctionalOctopus
from ..judged import STOP, Judged, JudgedCall
from ..running import Tell, silent
from ..samples import Sample, graph_inside

TOGETHER = 64
"""Questions asked at the same time."""


def judge(workflow: Workflow, samples: Sequence[Sample], folder: Path, tell: Tell = silent) -> list[Judged]:
    """Every sample, judged by the Octopus in `folder`."""
    octopus = FunctionalOctopus(OctopusSpec(backend="functional", weights=str(folder.resolve())))
    for inside in dict.fromkeys(sample.inside for sample in samples):
        octopus.check_graph(graph_inside(workflow.graph, inside))
    return run_blocking(lambda: _all(workflow, samples, octopus, tell))


async def _all(workflow: Workflow, samples: Sequence[Sample], octopus: FunctionalOctopus, tell: Tell) -> list[Judged]:
    judged: list[Judged] = []
    for start in range(0, len(samples), TOGETHER):
        tell("asking what was held back", start, len(samples))
        some = samples[start : start + TOGETHER]
        judged += await asyncio.gather(*(_judge(workflow, sample, octopus) for sample in some))
    tell("asking what was held back", len(samples), len(samples))
    return judged


async def _judge(workflow: Workflow, sample: Sample, octopus: FunctionalOctopus) -> Judged:
    graph = graph_inside(workflow.graph, sample.inside)
    cards = workflow.neighbors(sample.at, sample.inside)
    place, trace = _asked(sample, graph)
    try:
        decisions = await octopus.choose(Query(sample.query), place, cards, trace)
    except WalkError as error:
        return Judged(sample, {}, error=str(error))
    return _judged(sample, decisions, {card.id: card for card in cards})


def _asked(sample: Sample, graph: Graph) -> tuple[Place, Trace]:
    """The place of the question, and the walk up to it."""
    steps = tuple(
        Step(hop, graph.start, call.node, call.query or sample.query, call.output, call.arguments, part=hop)
        for hop, call in enumerate(sample.done)
    )
    running: tuple[Call, ...] = ()
    hop = None if graph.nodes[sample.at].is_master else len(steps) - 1
    return Place(sample.at, hop), Trace(graph.name, sample.query, steps, (), running)


def _judged(sample: Sample, decisions: Sequence[Decision], cards: Mapping[str, Neighbor]) -> Judged:
    """The first decision of each part is what is done; those of the first part give the probabilities."""
    first = decisions[0].part if decisions else 0
    probabilities = {one.neighbor or STOP: one.probability for one in decisions if one.part == first}
    if STOP not in probabilities:
        probabilities[STOP] = max(0.0, 1 - sum(probabilities.values()))
    made: dict[int, Decision] = {}
    for decision in decisions:
        made.setdefault(decision.part, decision)
    calls = [one for one in made.values() if one.neighbor is not None]
    return Judged(
        sample,
        probabilities,
        tuple(JudgedCall(str(one.neighbor), one.query, one.arguments) for one in calls),
        outside=sum(one.neighbor not in cards for one in calls),
    )
