"""MMLU on paper: what a graph's workers should get right, from their published scores and from how it routes.

    python -m octograph.evaluation.expected_mmlu GRAPH LABELLED.jsonl [--scores FILE] [--weights file|test] [--json]

No worker is run: expected accuracy = Σ_subject weight · Σ_node P(node | subject) · score(worker of node, subject).
A worker whose score nobody published makes a range of it, from all of its answers wrong to all right.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..engine.workflow import Workflow
from ..graphs.errors import InputError, OctographError, nearest
from ..graphs.model import Graph
from .confusion import Confusion, Routed, confusion, route
from .mmlu import Question, read_questions
from .published_scores import SHIPPED, Published, Range, read_published

Workers = Mapping[str, str | None]
"""The model behind each worker, by node id."""
_ROUTINGS = {"top1": "top-1", "by_probability": "by probability", "perfect": "perfect"}


def expected(routes: Confusion, weights: Mapping[str, float], workers: Workers, published: Published) -> Range:
    """The expected share of right answers over the subjects of `weights`; what nobody gets is wrong."""
    low = high = 0.0
    for subject, weight in weights.items():
        for node, share in routes[subject].items():
            score = published.of(workers.get(node)).on(subject)
            low, high = low + weight * share * score.low, high + weight * share * score.high
    total = sum(weights.values())
    return Range(low / total, high / total)


def figures(
    routed: Sequence[Routed], workers: Workers, published: Published, weights: Mapping[str, float]
) -> dict[str, Any]:
    """Expected accuracy by field and in all for three ways to route, and with every question to one worker."""
    subjects = [one.question.subject for one in routed]
    perfect = confusion((one.question.subject, {one.question.field: 1.0}) for one in routed)
    routings = {
        "top1": confusion((one.question.subject, {one.chosen: 1.0} if one.chosen else {}) for one in routed),
        "by_probability": confusion((one.question.subject, one.shares) for one in routed),
        "perfect": perfect,
    }
    alone = alone_on(weights, workers, published)
    certain = [model for model, share in alone.items() if share.low == share.high]

    def row(weighed: Mapping[str, float]) -> dict[str, Any]:
        right = {
            subject: sum(min(routings["top1"][subject].get(node, 0.0), share) for node, share in of.items())
            for subject, of in perfect.items()
        }
        share = sum(right[subject] * weight for subject, weight in weighed.items()) / sum(weighed.values())
        accuracy = {name: expected(routes, weighed, workers, published) for name, routes in routings.items()}
        return {"routed_right": share} | accuracy

    fields = {
        node: {subject: weights[subject] * perfect[subject][node] for subject in subjects if node in perfect[subject]}
        for node in workers
    }
    return {
        "n": len(routed),
        "subjects": len(weights),
        "all": row(weights),
        "fields": {node: row(weighed) for node, weighed in fields.items() if weighed},
        "alone": alone,
        "best_alone": max(certain, key=lambda model: alone[model].low, default=None),
        "published": {model: published.of(model).known for model in alone},
        "sources": {model: published.of(model).source for model in alone},
    }


def alone_on(weights: Mapping[str, float], workers: Workers, published: Published) -> dict[str, Range]:
    """The expected accuracy of each model, if it got every question."""
    nodes = {model: node for node, model in workers.items() if model is not None}
    return {
        model: expected({subject: {node: 1.0} for subject in weights}, weights, workers, published)
        for model, node in nodes.items()
    }


def weights_of(questions: Iterable[Question], sizes: Mapping[str, int] | None = None) -> dict[str, float]:
    """How much each subject counts: as many questions as there are of it here, or with `sizes` as many as it has there.

    Raises InputError that names the subjects without a size.
    """
    counted = Counter(question.subject for question in questions)
    if sizes is None:
        return {subject: float(number) for subject, number in counted.items()}
    if missing := [subject for subject in counted if subject not in sizes]:
        raise InputError("\n".join(f"no subject {name!r} in the test part{nearest(name, sizes)}" for name in missing))
    return {subject: float(sizes[subject]) for subject in counted}


def workers_of(graph: Graph, questions: Sequence[Question]) -> Workers:
    """The models of a graph's workers. Raises InputError if a question belongs to none of them."""
    workers = {id_: node.model.name if node.model else None for id_, node in graph.nodes.items() if not node.is_master}
    if strange := sorted({question.field for question in questions} - set(workers)):
        named = "\n".join(f"no worker {name!r} in {graph.name}{nearest(name, workers)}" for name in strange)
        raise InputError(f"{named}\nevery question's 'nodes' must begin with the worker that should get it")
    return workers


def table(data: Mapping[str, Any]) -> str:
    """The figures as text, in percent."""
    lines = [f"{data['n']} questions of {data['subjects']} subjects; expected from published scores, not measured", ""]
    lines.append(_line("", ["routed right", *_ROUTINGS.values()]))
    for name, row in [*data["fields"].items(), ("all", data["all"])]:
        lines.append(_line(name, [f"{100 * row['routed_right']:.1f}", *(str(row[key]) for key in _ROUTINGS)]))
    lines += ["", "every question to one worker, and how its score is published"]
    for model, share in sorted(data["alone"].items(), key=lambda item: item[1], reverse=True):
        best = ", the best known" if model == data["best_alone"] else ""
        lines.append(f"{model:<44}{share!s:>12}  {data['published'][model]}{best}")
    return "\n".join(lines)


def _line(name: str, cells: Iterable[str]) -> str:
    return f"{name:<18}" + "".join(f"{cell:>16}" for cell in cells)


def main() -> None:
    parser = argparse.ArgumentParser(description="Expected MMLU of a graph from published scores; no worker is run.")
    parser.add_argument("graph")
    parser.add_argument("labelled", type=Path, help="questions with answer, subject and nodes, one JSON object a line")
    parser.add_argument("--scores", type=Path, default=SHIPPED, help="published scores (default: those shipped)")
    parser.add_argument(
        "--weights", choices=["file", "test"], default="file", help="subjects count by their number here, or in MMLU"
    )
    parser.add_argument("--octopus")
    parser.add_argument("--json", action="store_true", help="also where each score is from")
    options = parser.parse_args()
    try:
        published, questions = read_published(options.scores), read_questions(options.labelled)
        if not questions:
            raise InputError(f"{options.labelled}: no questions in it")
        workflow = Workflow(options.graph, octopus=options.octopus)
        workers = workers_of(workflow.graph, questions)
        weights = weights_of(questions, published.test_questions if options.weights == "test" else None)
        data = figures(asyncio.run(route(workflow, questions)), workers, published, weights)
    except OctographError as error:
        raise SystemExit(str(error)) from error
    print(json.dumps(data, indent=2) if options.json else table(data))


if __name__ == "__main__":
    main()
