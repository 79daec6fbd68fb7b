"""A functional Octopus of at most 10M parameters, trained from scratch on one core on what a grammar says of 20 nodes.

Targets: 98 % right first choices of held-back requests, every output parses, no call of what is no neighbor.

Held back are requests whose wording as a whole (its values aside) does not occur in training, and whose values are
drawn afresh; the words themselves do occur. What a model from scratch makes of words it has never seen is told apart,
for it knows no others than those it was trained on: `phrases never seen` are requests in a fifth of the carrier phrases
that is kept from training, `examples never seen` those made of one example of each node that is. `reworded` is the
share of rewritten queries that pass all five measures, `exactly` that of those which are the ones in the data.

python benchmarks/functional_training.py                  # 6 to 10 minutes of one core
python benchmarks/functional_training.py --per-node 60 --epochs 3   # a glimpse
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from octograph import Graph, Workflow
from octograph.training.functional.judging import judge
from octograph.training.functional.options import FunctionalOptions, Shape
from octograph.training.functional.training import train_functional
from octograph.training.judged import Judged
from octograph.training.labelled_requests import samples_of_request
from octograph.training.report import report_on
from octograph.training.samples import Sample
from octograph.training.synth.data_files import carriers
from octograph.training.synth.distinct import Distinct
from octograph.training.synth.generating import generate, jobs_for
from octograph.training.synth.grammar import GrammarSource
from octograph.training.synth.places import places_of
from octograph.training.synth.requests import GeneratedRequest

GRAPH = Path(__file__).parent / "household.yaml"
FIFTH = 5


def phrases(held_back: bool) -> Mapping[str, Sequence[str]]:
    """Every fifth carrier phrase for what is held back, the others for training; a bare request is in neither fifth."""
    chosen = {}
    for form, listed in carriers().items():
        if form in ("then", "and"):  # these are no mere phrases: they say whether one part builds on the other
            chosen[form] = listed
            continue
        distinct = [phrase for phrase in dict.fromkeys(listed) if phrase != "{}"]
        kept = [phrase for nth, phrase in enumerate(distinct) if (nth % FIFTH == 2) == held_back]
        chosen[form] = kept if held_back else [*kept, *(phrase for phrase in listed if phrase == "{}")]
    return chosen


def requests(graph: Graph, per_node: int, seed: int, held_back: bool) -> list[GeneratedRequest]:
    """Requests of the grammar, in the phrases of one side."""
    jobs = jobs_for(places_of(Workflow(graph)), per_node, several=0.3)
    made = generate(jobs, GrammarSource(phrases(held_back)), seed, Distinct(), Counter())
    return [request for _, request in made if request is not None]


def samples(graph: Graph, made: Iterable[GeneratedRequest]) -> list[Sample]:
    """The questions in them."""
    return [sample for request in made for sample in samples_of_request(json.loads(request.line()), graph)]


def parted(graph: Graph) -> tuple[Graph, Graph]:
    """The graph without the last example of each node, and one in which nothing but that is said of it."""
    fewer = {id_: node.model_copy(update={"examples": node.examples[:-1]}) for id_, node in graph.nodes.items()}
    last = {
        id_: node.model_copy(update={"examples": node.examples[-1:], "description": ""})
        for id_, node in graph.nodes.items()
    }
    edges = list(graph.edges)
    return Graph(graph.name, fewer, edges, start=graph.start), Graph(graph.name, last, edges, start=graph.start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-node", type=int, default=800)
    parser.add_argument("--epochs", type=float, default=3.5)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--judged", type=int, default=100, help="requests of each node that are judged")
    given = parser.parse_args()

    import torch

    torch.set_num_threads(1)
    graph, last = parted(Graph.read(GRAPH))
    unseen = [one for one in requests(last, 10, given.seed + 2, held_back=True) if len(one.parts) == 1]
    train = requests(graph, given.per_node, given.seed, held_back=False)
    wordings = {request.origin for request in train}
    held, strange = (
        [one for one in requests(graph, given.judged, given.seed + 1, unseen) if one.origin not in wordings]
        for unseen in (False, True)
    )
    shape = Shape(given.width, given.layers, heads=max(1, given.width // 32))
    options = FunctionalOptions(epochs=given.epochs, batch=32, seed=given.seed, held_back=0, shape=shape)
    workflow = Workflow(graph)
    with tempfile.TemporaryDirectory() as folder:
        began, cpu = time.perf_counter(), time.process_time()
        done = train_functional(workflow, samples(graph, train), Path(folder) / "out", options)
        minutes, cpu_minutes = (time.perf_counter() - began) / 60, (time.process_time() - cpu) / 60
        judged = [judge(workflow, samples(graph, some), Path(folder) / "out") for some in (held, strange, unseen)]
    print(
        f"{done.parameters:,} parameters, trained on {done.trained_on:,} questions of {len(train):,} requests "
        f"in {minutes:.1f} minutes ({cpu_minutes:.1f} of one core)"
    )
    print(table(*judged, workflow))


def table(judged: Sequence[Judged], phrases: Sequence[Judged], examples: Sequence[Judged], workflow: Workflow) -> str:
    """The figures, slice by slice."""
    entered = [one for one in judged if not one.sample.done]
    slices = {
        "requests": entered,
        "  that one node answers": [one for one in entered if len(one.sample.calls) == 1],
        "  that two nodes answer": [one for one in entered if len(one.sample.calls) > 1],
        "  that fit no node": [one for one in entered if not one.sample.calls],
        "after a call": [one for one in judged if one.sample.done],
        "  where something follows": [one for one in judged if one.sample.done and one.sample.calls],
        "phrases never seen": [one for one in phrases if not one.sample.done],
        "examples never seen": [one for one in examples if not one.sample.done],
    }
    lines = [
        f"{'':<28}{'n':>6}{'selection':>11}{'all calls':>11}{'parsed':>9}{'outside':>9}{'reworded':>10}{'exactly':>9}"
    ]
    for name, some in slices.items():
        report = report_on(some, workflow)
        worded = [one for one in some if one.right and len(one.calls) == len(one.sample.calls) == 1]
        exact = sum(one.calls[0].query == one.sample.rewritten for one in worded) / max(1, len(worded))
        well = percent(report.rewriting.all_five) if report.rewriting else ""
        lines.append(
            f"{name:<28}{report.n:>6,}{percent(report.selection):>11}{percent(report.exact):>11}"
            f"{percent(report.parsed):>9}{report.outside:>9}{well:>10}{percent(exact) if worded else '':>9}"
        )
    return "\n".join(lines)


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


if __name__ == "__main__":
    main()
