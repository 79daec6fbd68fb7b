"""From samples to a folder that is an Octopus: tokens assigned, text rendered, a model trained and written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...engine.workflow import Workflow
from ...graphs.errors import InputError
from ...graphs.model import Graph
from ...models.pieces import Piece
from ...planners.octopus.functional.prompting import TEMPLATE, Template
from ...planners.octopus.trained import FILE, Trained, TrainedGraph, outline
from ..output_folder import data_digest, open_folder
from ..packages import package
from ..running import CHECKPOINTS, Tell, disk_watched, quiet, silent
from ..samples import AgentPath, Sample, graph_inside
from ..splitting import split
from .assigning import MARKS, assigned, token_list
from .fitting import fit
from .options import NEW, FunctionalOptions
from .rendering import Level, Renderer, pieces_of
from .starting import add_tokens, start

_TOKENIZER = "tokenizer"
LONGEST = 2048
"""Tokens of an example at most, even if the model could take more."""


@dataclass(frozen=True, slots=True)
class TrainedFunctional:
    """What came of it."""

    trained_on: int
    """Samples."""
    held_back: tuple[Sample, ...]
    left_out: int
    """Samples too long for the model."""
    parameters: int | None
    """None for a training that had ended before."""


def train_functional(
    workflow: Workflow,
    samples: Sequence[Sample],
    out: Path,
    options: FunctionalOptions | None = None,
    resume: bool = False,
    force: bool = False,
    tell: Tell = silent,
) -> TrainedFunctional:
    """Train on the samples and write the folder `out`: weights, tokenizer and `octograph.json`.

    A base that lacks functional tokens gets them, and whole weights are written; one that has them all (trained so
    before) and `lora` make a small adapter, so that one base can serve many masters. Raises InputError for a base that
    can't be used, data in which there is nothing to choose, and an `out` that is something else.
    """
    for name in ("torch", "transformers", "trl", "datasets", "peft"):
        package(name)
    with quiet():
        return _train(workflow, samples, out, options or FunctionalOptions(), resume, force, tell)


def _train(
    workflow: Workflow,
    samples: Sequence[Sample],
    out: Path,
    options: FunctionalOptions,
    resume: bool,
    force: bool,
    tell: Tell,
) -> TrainedFunctional:
    kept, held = split(samples, options.held_back, options.seed)
    _check(kept)
    graphs = assigned(workflow.graph)
    begun = {**asdict(options), "graph": graphs[0].fingerprint, "data": data_digest(samples)}
    resume = open_folder(out, begun, resume, force)
    if resume and (out / FILE).is_file():  # only the report was missing
        return TrainedFunctional(len(kept), tuple(held), 0, None)
    levels = _levels(workflow, samples, graphs)
    template = Template(options.prompt or TEMPLATE)
    tell("preparing", 0, 1)
    learned = _learned_tokenizer(out) if resume and options.base == NEW else None
    model, tokenizer = start(options, _texts(kept, levels, template), learned)
    tokenizer.save_pretrained(out / CHECKPOINTS / _TOKENIZER)
    tokens = token_list(graphs)
    new = add_tokens(model, tokenizer, _meanings(workflow.graph, graphs, tokens))
    renderer = Renderer(tokenizer, template, MARKS, levels)
    room = min(LONGEST, getattr(model.config, "max_position_embeddings", LONGEST))
    rendered = [renderer.render(sample, room) for sample in kept]
    train = [one for one in rendered if one is not None]
    watched = [one for sample in held if (one := renderer.render(sample, room)) is not None]
    functional = tokenizer.convert_tokens_to_ids(tokens)
    model = fit(model, tokenizer, train, watched, functional, out, options, bool(new), resume, tell)
    _write(model, tokenizer, out, graphs, template, options)
    shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
    parameters = sum(weight.numel() for weight in model.parameters())
    return TrainedFunctional(len(train), tuple(held), len(kept) - len(train), parameters)


def _check(kept: Sequence[Sample]) -> None:
    if len({sample.neighbor for sample in kept}) < 2:
        raise InputError(
            "the data names one node only, and there is nothing to learn from it; give requests for others too"
        )


def _levels(workflow: Workflow, samples: Sequence[Sample], graphs: Sequence[TrainedGraph]) -> Mapping[AgentPath, Level]:
    """What nodes are called and take, for every graph and sub-graph that a sample is about."""
    by_content = {one.fingerprint: one for one in graphs}
    levels = {}
    for inside in dict.fromkeys(sample.inside for sample in samples):
        graph = graph_inside(workflow.graph, inside)
        trained = by_content[TrainedGraph(graph.name, outline(graph)).fingerprint]
        cards = {card.id: card for id_ in graph.nodes for card in workflow.neighbors(id_, inside)}
        levels[inside] = Level(trained.tokens, cards)
    return levels


def _texts(samples: Sequence[Sample], levels: Mapping[AgentPath, Level], template: Template) -> Iterator[str]:
    """Everything the model will read and write, but for functional tokens: what a new tokenizer is learned from."""
    for sample in samples:
        level = levels[sample.inside]
        functional = {*level.tokens.values(), *MARKS}
        for pieces in pieces_of(sample, level, template, MARKS):
            yield from (text for text, _ in map(Piece._make, pieces) if text not in functional)


def _learned_tokenizer(out: Path) -> Any:
    """The tokenizer that the checkpoints belong to, if there is one: learning it anew may give another."""
    folder = out / CHECKPOINTS / _TOKENIZER
    return package("transformers").AutoTokenizer.from_pretrained(folder) if folder.is_dir() else None


def _meanings(graph: Graph, graphs: Sequence[TrainedGraph], tokens: Sequence[str]) -> Mapping[str, str]:
    """Functional token -> what its node is for, in words."""
    meanings = dict.fromkeys(tokens, "")
    nodes = {(one.name, id_): node for one in _all(graph) for id_, node in one.nodes.items()}
    for trained in graphs:
        for id_, token in trained.tokens.items():
            meanings[token] = nodes[trained.name, id_].description or id_.replace("_", " ")
    return meanings


def _all(graph: Graph) -> Iterator[Graph]:
    yield graph
    for inside in graph.agents.values():
        yield from _all(inside)


def _write(
    model: Any,
    tokenizer: Any,
    out: Path,
    graphs: Sequence[TrainedGraph],
    template: Template,
    options: FunctionalOptions,
) -> None:
    with disk_watched(out):
        model.save_pretrained(out)
        tokenizer.save_pretrained(out)
        adapter = (out / "adapter_config.json").is_file()
        base = (str(Path(options.base).resolve()) if Path(options.base).is_dir() else options.base) if adapter else None
        settings = {"prompt": template.text, "end": MARKS.end, "stop": MARKS.stop}
        Trained("functional", tuple(graphs), base, settings).write(out)
