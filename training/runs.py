"""One call each: read the data, train, judge what was held back, and write the report beside the weights."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from .output_folder import data_digest, open_folder
from .packages import package
from .report import Report, report_on
from .report_files import write_report
from .running import Tell, silent
from .samples import read_samples

if TYPE_CHECKING:
    from ..engine.workflow import Workflow
    from .functional.options import FunctionalOptions
    from .head import HeadOptions


def train_functional_octopus(
    workflow: Workflow,
    data: Path,
    out: Path,
    options: FunctionalOptions,
    resume: bool = False,
    force: bool = False,
    tell: Tell = silent,
) -> Report:
    """Train a language model to choose in the graph. `out` is then an Octopus, with its report.

    Raises InputError for data, a base or a folder that can't be used.
    """
    from .functional.judging import judge
    from .functional.training import train_functional

    package("matplotlib")
    trained = train_functional(workflow, read_samples(data, workflow.graph), out, options, resume, force, tell)
    report = report_on(judge(workflow, trained.held_back, out, tell), workflow)
    facts = {
        "graph": workflow.graph.name,
        "base": options.base,
        "method": "full" if options.full else "lora",
        "parameters": trained.parameters,
        "trained_on": trained.trained_on,
        "too_long": trained.left_out or None,
    }
    write_report(report, out, facts)
    return report


def train_embedded_head(
    workflow: Workflow, data: Path, out: Path, options: HeadOptions, force: bool = False, tell: Tell = silent
) -> Report:
    """Train the head of the embedded Octopus. `out` is then an Octopus, with its report.

    Raises InputError for data or a folder that can't be used.
    """
    from .head import train_head
    from .head_report import judged_by_head

    package("matplotlib")
    samples = read_samples(data, workflow.graph)
    open_folder(out, {**asdict(options), "data": data_digest(samples)}, force=force)
    trained = train_head(workflow, samples, out, options, tell)
    report = report_on(judged_by_head(trained.held_back, workflow.graph.start))
    write_report(report, out, {"graph": workflow.graph.name, "base": "embedded", "trained_on": trained.examples})
    return report
