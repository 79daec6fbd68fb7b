"""From lessons to weights of a worker: the node's own prompt around every query, then TRL's SFT or DPO trainer."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...graphs.errors import InputError, nearest
from ...graphs.model import Graph, Node
from ...graphs.sections import ModelSpec
from ...graphs.walk import Call, Query
from ...models.adapters import CONFIG
from ...models.loading import LoadedModel, read_config
from ...models.locating import fetched, located
from ...models.requests import Request
from ...models.tasks import task_of
from ...models.trust import remote_code_trusted
from ...models.wording import worded_text
from ...nodes.prompting import prompt_of
from ..functional.fitting import lora
from ..output_folder import open_folder
from ..packages import package
from ..running import CHECKPOINTS, Tell, disk_watched, progress, quiet, run, settings, silent, steps_of
from .distilling import taught
from .lessons import Lesson, read_lessons, split_lessons
from .options import WorkerOptions


@dataclass(frozen=True, slots=True)
class TrainedWorker:
    """What came of it."""

    lessons: int
    held_back: int
    figures: Mapping[str, float]
    """On what was held back, before and after: `perplexity` of the answers, or `preferred`, the share of pairs in
    which the better answer has become more likely than the other, compared with the start."""
    adapter: bool
    """Whether the folder is for `adapter:` of the node's model, or for `model:`."""


def worker_node(graph: Graph, name: str) -> Node:
    """The node that is trained. Raises InputError for one that is not there, or has no language model."""
    if name not in graph.nodes:
        raise InputError(f"no node {name!r} in {graph.name}{nearest(name, graph.nodes)}")
    node = graph.nodes[name]
    if node.kind not in ("model", "chat"):
        models = [id_ for id_, other in graph.nodes.items() if other.kind in ("model", "chat")]
        there = ", ".join(models) or "none"
        raise InputError(f"{name!r} is of kind {node.kind}; only language models can be trained (here: {there})")
    return node


def train_worker(
    node: Node,
    data: Path,
    out: Path,
    options: WorkerOptions,
    teacher: ModelSpec | None = None,
    resume: bool = False,
    force: bool = False,
    tell: Tell = silent,
) -> TrainedWorker:
    """Train the model of a node on the lessons in a file, and write the folder `out`.

    Raises InputError for data, a base or a folder that can't be used, WorkerError for a teacher that does not answer.
    """
    for name in ("torch", "transformers", "trl", "datasets", "peft"):
        package(name)
    lessons = read_lessons(data, options.objective)
    resume = open_folder(out, {**asdict(options), "node": node.id, "lessons": len(lessons)}, resume, force)
    if options.objective == "distill":
        if teacher is None:
            raise InputError("to distill needs a teacher: its model, and the url it is to be had from")
        lessons = taught(lessons, node, teacher, out, tell)
    tell("preparing", 0, 1)
    with quiet():
        return _train(node, lessons, out, options, resume, tell)


def _train(
    node: Node, lessons: Sequence[Lesson], out: Path, options: WorkerOptions, resume: bool, tell: Tell
) -> TrainedWorker:
    package("transformers").set_seed(options.seed)
    model, tokenizer, name = _base(options)
    kept, held = split_lessons(lessons, options.held_back, options.seed)
    prompts = _Prompts(node, model, tokenizer)
    make = _dpo if options.objective == "dpo" else _sft
    trainer = make(model, tokenizer, prompts.rows(kept, options), prompts.rows(held, options), out, options)
    trainer.add_callback(progress(tell))
    trainer.remove_callback(package("transformers").PrinterCallback)
    before = _figures(trainer, options) if held else {}
    run(trainer, out, resume)
    after = _figures(trainer, options) if held else {}
    trained = trainer.accelerator.unwrap_model(trainer.model)
    with disk_watched(out):
        adapter = hasattr(trained, "peft_config")
        trained.save_pretrained(out, **({"selected_adapters": ["default"]} if adapter else {}))
        tokenizer.save_pretrained(out)
        figures = {f"{key}_before": value for key, value in before.items()} | after
        facts = {"base": name, "objective": options.objective, "lessons": len(kept), "held_back": len(held)}
        report = json.dumps({**facts, **figures}, indent=2)
        (out / "report.json").write_text(report + "\n", encoding="utf-8")
    shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
    return TrainedWorker(len(kept), len(held), figures, adapter)


def _base(options: WorkerOptions) -> tuple[Any, Any, str]:
    """The model to start from (an adapter goes on being trained), its tokenizer, and the name of the weights."""
    transformers, torch = package("transformers"), package("torch")
    given = Path(options.base).expanduser()
    adapter = given if (given / CONFIG).is_file() and not (given / "config.json").is_file() else None
    place = located(_base_of(adapter) if adapter else options.base)
    folder = fetched(place)
    task = task_of(read_config(place, folder), place)
    if task != "causal":
        raise InputError(f"--base {options.base}: a model for {task}; a worker that is trained here writes text")
    dtype = torch.bfloat16 if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else torch.float32
    trusted = remote_code_trusted()
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, trust_remote_code=trusted)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=trusted)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    if adapter is not None:
        model = package("peft").PeftModel.from_pretrained(model, adapter, is_trainable=True)
        if options.method == "full":
            model = model.merge_and_unload()
    return model, tokenizer, place


def _base_of(adapter: Path) -> str:
    try:
        return str(json.loads((adapter / CONFIG).read_text(encoding="utf-8"))["base_model_name_or_path"])
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{adapter / CONFIG}: names no base ({error!r})") from error


class _Prompts:
    """Queries as the node's model will be asked them."""

    def __init__(self, node: Node, model: Any, tokenizer: Any) -> None:
        self._node = node
        self._spec = node.model or ModelSpec(name=node.id)
        adapters: Any = None
        self._loaded = LoadedModel(node.id, model, tokenizer, None, "causal", "cpu", None, adapters, 0)

    def rows(self, lessons: Sequence[Lesson], options: WorkerOptions) -> Any:
        """The lessons as the data set of the trainer."""
        prompts = [self._text(lesson.prompt) for lesson in lessons]
        answers = "chosen" if options.objective == "dpo" else "completion"
        columns = {"prompt": prompts, answers: [lesson.answer for lesson in lessons]}
        if options.objective == "dpo":
            columns["rejected"] = [lesson.rejected for lesson in lessons]
        return package("datasets").Dataset.from_dict(columns)

    def _text(self, query: str) -> str:
        """What the model reads; what the tokenizer puts before every text is left to it."""
        text = prompt_of(self._node, Call(0, None, self._node.id, Query(query))).text
        worded, _ = worded_text(self._loaded, Request(text, self._spec))
        tokenizer = self._loaded.tokenizer
        first, begins = tokenizer.bos_token, tokenizer("")["input_ids"][:1] == [tokenizer.bos_token_id]
        return worded.removeprefix(first) if first and begins else worded


def _sft(model: Any, tokenizer: Any, train: Any, held: Any, out: Path, options: WorkerOptions) -> Any:
    trl = package("trl")
    arguments = trl.SFTConfig(**_arguments(train, out, options), max_length=_room(model), packing=False)
    return trl.SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=held if len(held) else None,
        processing_class=tokenizer,
        peft_config=_adapter(model, options),
    )


def _dpo(model: Any, tokenizer: Any, train: Any, held: Any, out: Path, options: WorkerOptions) -> Any:
    trl = package("trl")
    arguments = trl.DPOConfig(**_arguments(train, out, options), max_length=_room(model), beta=options.beta)
    return trl.DPOTrainer(
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=held if len(held) else None,
        processing_class=tokenizer,
        peft_config=_adapter(model, options),
    )


def _adapter(model: Any, options: WorkerOptions) -> Any:
    if options.method == "full" or hasattr(model, "peft_config"):
        return None
    return lora(model, options.rank)


def _arguments(train: Any, out: Path, options: WorkerOptions) -> dict[str, Any]:
    steps = steps_of(len(train), options.batch, options.epochs)
    return settings(out, steps, options.epochs, options.batch, options.rate, options.seed)


def _room(model: Any) -> int:
    return min(2048, getattr(model.config, "max_position_embeddings", 2048))


def _figures(trainer: Any, options: WorkerOptions) -> dict[str, float]:
    """What is measured on the lessons held back."""
    measured = trainer.evaluate()
    if options.objective == "dpo":
        return {
            "preferred": float(measured["eval_rewards/accuracies"]),
            "margin": float(measured["eval_rewards/margins"]),
        }
    return {"perplexity": math.exp(min(50.0, float(measured["eval_loss"])))}
