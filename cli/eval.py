"""`octograph eval`: routing and planning figures on labelled requests."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .leaving import command
from .options import AsJson, Debug, Files, GraphName, OctopusName, Quiet, Tools, TrustRemoteCode
from .output import put, put_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..engine.workflow import Workflow
    from ..evaluation.cases import Case
    from ..evaluation.metrics import Figures, Outcome
    from ..evaluation.rewriting import RewritingFigures

Data = Annotated[
    Path,
    typer.Argument(
        metavar="DATA.jsonl",
        help='Labelled requests, one a line: {"query": "...", "nodes": ["a", "b"], "links": [["a", "b"]]}.',
        show_default=False,
    ),
]
Answers = Annotated[
    bool,
    typer.Option("--answers", help="Also run each request that says what its answer `contains`, and check that."),
]
Misses = Annotated[
    Path | None,
    typer.Option("--misses", metavar="FILE", help="Write what was planned wrongly there, one JSON object a line."),
]

By = Annotated[
    str | None,
    typer.Option("--by", metavar="KEY", help="Print the figures also for each value of this key of the lines."),
]

_NAMES = {
    "n": "requests",
    "top1": "first node right (top 1)",
    "top3": "among the first three",
    "node_f1": "Node-F1",
    "link_f1": "Link-F1",
    "all_nodes": "all nodes right",
    "exact": "plan exactly right",
    "abstained": "abstained where it should",
    "answered": "answers right",
    "not_an_edge": "links that are no edge",
    "ms_per_plan": "milliseconds a plan",
}


_REWRITING = {
    "critical": "  numbers, names, quotes kept",
    "complete": "  content kept",
    "nearest": "  nearest to its own request",
    "scores": "  scores and routed no worse",
    "sound": "  parses, length in bounds",
    "all_five": "  all five",
    "difference": "  words that differ",
    "copies": "  word for word the request",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("eval")(evaluate)


@command
def evaluate(
    graph: GraphName,
    data: Data,
    as_json: AsJson = False,
    answers: Answers = False,
    misses: Misses = None,
    by: By = None,
    octopus: OctopusName = None,
    files: Files = None,
    tools: Tools = None,
    trust_remote_code: TrustRemoteCode = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Plan labelled requests, and compare the plans with their labels.

    Node-F1 and Link-F1 are means over all requests of 2PR / (P + R), 0 where plan or labels are empty; a request
    labelled with no nodes is planned rightly (`exact`, `all_nodes`, `abstained`) by planning none.

    **Example:** `octograph eval desk requests.jsonl --json`
    """
    from ..engine.blocking import run_blocking
    from ..evaluation.cases import read_cases
    from ..evaluation.metrics import measure
    from ..evaluation.rewriting import rewritten
    from .opening import open_workflow

    workflow = open_workflow(graph, tools, octopus, files, trust_remote_code=trust_remote_code)
    cases = read_cases(data, workflow.graph, by)
    done = run_blocking(lambda: _measured(workflow, cases, answers, quiet))
    figures = measure(done)
    slices = {name: measure(of) for name, of in _sliced(done).items()} if by is not None else {}
    reworded = rewritten(done, workflow) if any(case.queries for case in cases) else None
    if misses is not None:
        _write_misses(misses, done)
    if as_json:
        split = {"slices": {name: asdict(of) for name, of in slices.items()}} if by is not None else {}
        said = {"rewriting": asdict(reworded)} if reworded is not None else {}
        put_json(asdict(figures) | said | split)
    else:
        parts = [_table(figures), *(f"{by}: {name}\n{_table(of)}" for name, of in slices.items())]
        put("\n\n".join(parts + ([_rewriting_table(reworded)] if reworded is not None else [])))


def _sliced(done: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    slices: dict[str, list[Outcome]] = {}
    for outcome in done:
        slices.setdefault(outcome.slice, []).append(outcome)
    return dict(sorted(slices.items()))


async def _measured(workflow: Workflow, cases: Sequence[Case], answers: bool, quiet: bool) -> list[Outcome]:
    from rich.console import Console
    from rich.progress import track

    from ..evaluation.measuring import outcomes

    console = Console(stderr=True, quiet=quiet)
    done = []
    with_progress = iter(
        track(range(len(cases)), "planning", console=console, disable=not console.is_terminal or quiet)
    )
    async for outcome in outcomes(workflow, cases, answers):
        done.append(outcome)
        next(with_progress, None)
    for _ in with_progress:
        pass
    return done


def _table(figures: Figures) -> str:
    values = asdict(figures)
    lines = []
    for key, name in _NAMES.items():
        value = values[key]
        if value is None:
            continue
        shown = (
            f"{value:,}"
            if isinstance(value, int)
            else f"{value:.1f}"
            if key == "ms_per_plan"
            else f"{100 * value:.1f} %"
        )
        lines.append(f"{name:<28}{shown:>10}")
    return "\n".join(lines)


def _rewriting_table(figures: RewritingFigures) -> str:
    """The five measures of rewritten queries, and how far these differ from the request in words."""
    values = asdict(figures)
    lines = [f"{'rewritten queries':<28}{figures.n:>10,}"]
    return "\n".join(lines + [f"{name:<28}{100 * values[key]:>8.1f} %" for key, name in _REWRITING.items()])


def _write_misses(path: Path, done: Sequence[Outcome]) -> None:
    import json

    from ..graphs.errors import InputError

    lines = [
        {
            "query": outcome.query,
            "nodes": outcome.gold.nodes,
            "links": outcome.gold.links,
            "planned_nodes": outcome.planned.nodes,
            "planned_links": outcome.planned.links,
            "ranked": outcome.ranked[:3],
            "answered": outcome.answered,
        }
        for outcome in done
        if not outcome.exact or outcome.answered is False
    ]
    try:
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from error
