"""`octograph synth`: labelled requests for a graph, to train and to evaluate with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .leaving import INTERRUPTED, command, complain
from .options import Debug, GraphName, Quiet, Tools

if TYPE_CHECKING:
    from ..training.synth.generating import Job, Source
    from ..training.synth.requests import GeneratedRequest

Output = Annotated[Path, typer.Option("--output", "-o", metavar="DATA.jsonl", help="Where the requests go.")]
PerNode = Annotated[int, typer.Option("--per-node", metavar="N", min=1, help="Requests for each node.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed makes the same requests (without a teacher).")]
Several = Annotated[
    float, typer.Option("--several", min=0, max=10, help="Requests of two parts, as a share of those of one.")
]
Unfit = Annotated[
    float, typer.Option("--none", min=0, max=10, help="Requests that fit no node, as a share of those that fit one.")
]
TeacherName = Annotated[
    str | None,
    typer.Option("--teacher", metavar="MODEL", help="A language model at --url that writes them, not the grammar."),
]
Url = Annotated[
    str | None, typer.Option("--url", help="The teacher's OpenAI-compatible endpoint, as http://localhost:8000/v1.")
]
KeyName = Annotated[
    str | None, typer.Option("--key-env", metavar="NAME", help="Environment variable with the endpoint's API key.")
]
Temperature = Annotated[float, typer.Option("--temperature", min=0, max=2, help="How freely the teacher writes.")]
Alike = Annotated[
    float | None,
    typer.Option(
        "--alike",
        min=0,
        max=1,
        help="Leave out requests whose vectors have this cosine or more.  [default: 0.95 with a teacher, else 1]",
        show_default=False,
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a file that was broken off.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("synth")(synth)


@command
def synth(
    graph: GraphName,
    output: Output,
    per_node: PerNode = 50,
    seed: Seed = 0,
    several: Several = 0.2,
    none: Unfit = 0.1,
    teacher: TeacherName = None,
    url: Url = None,
    key_env: KeyName = None,
    temperature: Temperature = 1.0,
    alike: Alike = None,
    resume: Resume = False,
    force: Force = False,
    tools: Tools = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Make labelled requests for a graph, from what it says of its nodes.

    Without a teacher a grammar makes them, from descriptions, examples and signatures: the same every time. Agents get
    requests for their insides too. An interrupted run keeps what it has made; go on with --resume.

    **Example:** `octograph synth desk -o desk.jsonl --per-node 200`
    """
    from ..training.synth.distinct import ALIKE, Distinct
    from ..training.synth.generating import generate, jobs_for, read_made, write_requests
    from ..training.synth.places import places_of
    from .opening import open_workflow

    source = _source(teacher, url, key_env, temperature)
    jobs = jobs_for(places_of(open_workflow(graph, tools)), per_node, several, none)
    distinct = Distinct(alike if alike is not None else ALIKE if teacher else 1.0)
    _check_output(output, resume, force)
    made = read_made(output, jobs, distinct) if resume and output.exists() else Counter[str]()
    view = _View(sum(job.count for job in jobs), made.total(), quiet)
    try:
        with view:
            write_requests(output, generate(jobs, source, seed, distinct, made), resume, view.tick)
    except KeyboardInterrupt:
        # by the file: the interruption may have come between counting a request and writing it
        kept = read_made(output, jobs, Distinct(1.0)).total() if output.exists() else 0
        complain(f"{kept:,} requests are kept in {output}; go on with --resume")
        raise SystemExit(INTERRUPTED) from None
    view.sum_up(made.total(), output)


def _source(teacher: str | None, url: str | None, key_env: str | None, temperature: float) -> Source:
    from ..graphs.errors import InputError

    if teacher is None:
        if url or key_env:
            raise InputError("--url and --key-env belong to a teacher; name its model: --teacher MODEL")
        from ..training.synth.grammar import GrammarSource

        return GrammarSource()
    if url is None:
        raise InputError("--teacher needs --url, the endpoint it is to be had from, as http://localhost:8000/v1")
    from ..training.synth.teacher import Teacher, teacher_at

    return Teacher(teacher_at(teacher, url, key_env, temperature))


def _check_output(output: Path, resume: bool, force: bool) -> None:
    from ..graphs.errors import InputError

    if resume and force:
        raise InputError("--resume keeps the file and --force replaces it; give one of them")
    if output.exists() and not (resume or force) and output.is_file():
        raise InputError(f"{output} is there already; --resume goes on with it, --force replaces it")


class _View:
    """The progress of synth on stderr: a bar in a terminal, and a line at the end."""

    def __init__(self, total: int, done: int, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = Console(stderr=True, quiet=quiet, highlight=False, emoji=False, markup=False)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=self._console, disable=not self._console.is_terminal or quiet)
        self._task = self._progress.add_task("requests", total=total, completed=done)
        self._short: list[str] = []

    def __enter__(self) -> _View:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def tick(self, job: Job, request: GeneratedRequest | None) -> None:
        """Take notice of a request, or of a job that ended early."""
        if request is None:
            self._short.append(f"{job.place.name}: {job.about}")
        self._progress.update(
            self._task, advance=int(request is not None), description=f"{job.place.name}: {job.about}"
        )

    def sum_up(self, total: int, output: Path) -> None:
        """Say what there is now."""
        self._console.print(f"{total:,} requests in {output}", soft_wrap=True)
        if self._short:
            less = ", ".join(self._short[:8]) + (" ..." if len(self._short) > 8 else "")
            self._console.print(
                f"fewer than asked for, since their descriptions and examples give no more: {less}", soft_wrap=True
            )
