"""`octograph train`: an Octopus that chooses in a graph, or a worker that answers in it, from labelled data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from .leaving import INTERRUPTED, command, complain
from .opening import open_workflow
from .options import Debug, GraphName, Quiet, Tools, TrustRemoteCode
from .output import put

if TYPE_CHECKING:
    from ..engine.workflow import Workflow
    from ..graphs.sections import ModelSpec
    from ..training.functional.options import FunctionalOptions
    from ..training.report import Report
    from ..training.running import Tell
    from ..training.workers.options import Objective, WorkerOptions

EMBEDDED = "embedded"

Data = Annotated[
    Path,
    typer.Argument(
        metavar="DATA.jsonl",
        help="Labelled requests (of octograph synth, or as octograph eval reads them), stored walks, or with --worker "
        "prompts and answers.",
        show_default=False,
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder that is written.")]
Base = Annotated[
    str,
    typer.Option(
        "--base",
        metavar="embedded|new|MODEL",
        help="embedded: a head on the encoder that ships, in seconds. new: a small language model from scratch. "
        "Else a folder or hub name of a causal language model.",
    ),
]
Method = Annotated[Literal["lora", "full"], typer.Option("--method", help="Train LoRA adapters, or all weights.")]
Epochs = Annotated[float | None, typer.Option("--epochs", min=0.01, help="Rounds over the data.", show_default="3")]
Batch = Annotated[int | None, typer.Option("--batch", min=1, help="Examples a step.", show_default="16, workers 8")]
Rate = Annotated[
    float | None, typer.Option("--lr", min=0, help="Learning rate.", show_default="by base, method and objective")
]
Seed = Annotated[int, typer.Option("--seed", help="The same seed and data give the same weights on one machine.")]
TokenWeight = Annotated[
    float, typer.Option("--token-weight", min=0, help="Weight of functional tokens in the loss; others weigh 1.")
]
HeldBack = Annotated[
    float, typer.Option("--held-back", min=0, max=0.9, help="Share of the data that the report is about.")
]
Patience = Annotated[
    int | None,
    typer.Option("--patience", min=1, help="Stop when the loss on what is held back stays up for so many looks."),
]
Rank = Annotated[int, typer.Option("--rank", min=1, help="Rank of the LoRA matrices.")]
Width = Annotated[int, typer.Option("--width", min=16, help="--base new: width of the model.")]
Layers = Annotated[int, typer.Option("--layers", min=1, help="--base new: layers of the model.")]
PromptText = Annotated[
    str | None, typer.Option("--prompt", help="What the model is asked, with {query} in it.", show_default=False)
]
Worker = Annotated[
    str | None, typer.Option("--worker", metavar="NODE", help="Train the language model of this node instead.")
]
ObjectiveName = Annotated[
    Literal["sft", "dpo", "distill"],
    typer.Option("--objective", help="--worker: learn answers, preferences between answers, or a teacher's answers."),
]
TeacherName = Annotated[
    str | None, typer.Option("--teacher", metavar="MODEL", help="--objective distill: the model that answers.")
]
Url = Annotated[str | None, typer.Option("--url", help="The teacher's OpenAI-compatible endpoint.")]
KeyName = Annotated[
    str | None, typer.Option("--key-env", metavar="NAME", help="Environment variable with the endpoint's API key.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a training that was broken off.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what was trained there before.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train")(train)


@command
def train(
    graph: GraphName,
    data: Data,
    output: Output,
    base: Base = EMBEDDED,
    method: Method = "lora",
    epochs: Epochs = None,
    batch: Batch = None,
    lr: Rate = None,
    seed: Seed = 0,
    token_weight: TokenWeight = 1.0,
    held_back: HeldBack = 0.1,
    patience: Patience = None,
    rank: Rank = 16,
    width: Width = 128,
    layers: Layers = 4,
    prompt: PromptText = None,
    worker: Worker = None,
    objective: ObjectiveName = "sft",
    teacher: TeacherName = None,
    url: Url = None,
    key_env: KeyName = None,
    resume: Resume = False,
    force: Force = False,
    tools: Tools = None,
    trust_remote_code: TrustRemoteCode = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Train an Octopus for a graph, or a worker of it.

    The folder DIR is then an Octopus: `octograph run GRAPH --octopus DIR`. A report lies in it: report.md, report.json
    and, as a picture, which choices are taken for which. With --worker it is for `model:` or `adapter:` of the node.

    **Example:** `octograph train desk desk.jsonl -o trained --base embedded`
    """
    from ..models.trust import trusting_remote_code
    from .training_progress import TrainingView

    sizes = {name: value for name, value in (("epochs", epochs), ("batch", batch)) if value is not None}
    common: dict[str, Any] = {**sizes, "lr": lr, "seed": seed, "rank": rank, "held_back": held_back, "method": method}
    spec = _teacher(objective if worker is not None else "none", teacher, url, key_env)
    try:
        with TrainingView(quiet) as view, trusting_remote_code(trust_remote_code):
            if worker is not None:
                chosen = _worker_options(base, objective, common)
                said = _worker(graph, worker, data, output, chosen, spec, resume, force, view.tell)
            elif base == EMBEDDED:
                said = _head(open_workflow(graph, tools), data, output, seed, held_back, resume or force, view.tell)
            else:
                more = {"token_weight": token_weight, "patience": patience, "prompt": prompt}
                options = _functional_options(base, width, layers, common | more)
                said = _functional(open_workflow(graph, tools), data, output, options, resume, force, view.tell)
    except KeyboardInterrupt:
        complain(f"broken off; what was trained so far is in {output}, go on with --resume")
        raise SystemExit(INTERRUPTED) from None
    put(said)


def _functional_options(base: str, width: int, layers: int, options: dict[str, Any]) -> FunctionalOptions:
    from ..training.functional.options import FunctionalOptions, Shape

    return FunctionalOptions(base=base, shape=Shape(width, layers, heads=max(1, width // 32)), **options)


def _functional(
    workflow: Workflow,
    data: Path,
    output: Path,
    options: FunctionalOptions,
    resume: bool,
    force: bool,
    tell: Tell,
) -> str:
    from ..training.runs import train_functional_octopus

    return _summary(train_functional_octopus(workflow, data, output, options, resume, force, tell), output)


def _head(workflow: Workflow, data: Path, output: Path, seed: int, held_back: float, force: bool, tell: Tell) -> str:
    from ..training.head import HeadOptions
    from ..training.runs import train_embedded_head

    return _summary(train_embedded_head(workflow, data, output, HeadOptions(held_back, seed), force, tell), output)


def _worker_options(base: str, objective: Objective, options: dict[str, Any]) -> WorkerOptions:
    from ..graphs.errors import InputError
    from ..training.workers.options import WorkerOptions

    if base in (EMBEDDED, "new"):
        raise InputError("--worker needs --base, a folder or hub name of the language model to train")
    return WorkerOptions(base, objective, **options)


def _worker(
    graph: str,
    name: str,
    data: Path,
    output: Path,
    options: WorkerOptions,
    teacher: ModelSpec | None,
    resume: bool,
    force: bool,
    tell: Tell,
) -> str:
    from ..graphs.model import Graph
    from ..training.workers.training import train_worker, worker_node

    trained = train_worker(worker_node(Graph.read(graph), name), data, output, options, teacher, resume, force, tell)
    lines = [f"trained {name} on {trained.lessons:,} examples"]
    lines += [f"{key.replace('_', ' ')}: {value:.3f}" for key, value in trained.figures.items()]
    use = f"adapter: {output}" if trained.adapter else f"name: {output}"
    return "\n".join([*lines, f"use it as model: {{{use}}} of the node"])


def _teacher(objective: str, name: str | None, url: str | None, key_env: str | None) -> ModelSpec | None:
    from ..graphs.errors import InputError

    if objective != "distill":
        if name or url or key_env:
            raise InputError("--teacher, --url and --key-env belong to --objective distill")
        return None
    if name is None or url is None:
        raise InputError("--objective distill needs --teacher MODEL and --url, the endpoint it is to be had from")
    from ..training.synth.teacher import teacher_at

    return teacher_at(name, url, key_env, temperature=0.0)


def _summary(report: Report, output: Path) -> str:
    lines = [f"{'questions held back':<28}{report.n:>10,}"]
    if report.n:
        figures = {
            "right first choice": f"{100 * report.selection:.1f} %",
            "  where a request comes in": _share(report.entering),
            "  after a call": _share(report.following),
            "all calls right": f"{100 * report.exact:.1f} %",
            "outputs that could be read": f"{100 * report.parsed:.1f} %",
            "calls of no neighbor": f"{report.outside:,}",
            "calibration error": f"{report.calibration.error:.3f}",
        }
        if report.rewriting is not None:
            figures["rewritten well (all five)"] = f"{100 * report.rewriting.all_five:.1f} %"
        lines += [f"{name:<28}{value:>10}" for name, value in figures.items() if value]
    return "\n".join([*lines, f"report: {output / 'report.md'}"])


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f} %"
