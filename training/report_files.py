"""The report as files: `report.json` for programs, `report.md` and `confusion.png` for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..evaluation.rewriting import RewritingFigures
from ..graphs.errors import InputError
from .packages import package
from .report import Report

LARGEST = 60
"""Choices in the picture at most: of more, those most often confused."""

_MEASURES = {
    "critical": "numbers, negations, names and quotes kept exactly",
    "complete": "content kept (recall of stems by rarity >= 0.95)",
    "nearest": "nearest of 300 requests is its own",
    "scores": "scores no lower for its node, routed the same",
    "sound": "parses, length within 0.5 to 3 times",
    "all_five": "all five",
    "difference": "words that differ (0 is a copy)",
    "copies": "word for word the request",
}


def write_report(report: Report, out: Path, facts: Mapping[str, Any]) -> None:
    """Write the three files; `facts` (what was trained, on how much) open them.

    Raises InputError where they can't be written.
    """
    try:
        data = {**facts, **asdict(report)}
        (out / "report.json").write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (out / "report.md").write_text(as_markdown(report, facts), encoding="utf-8")
        draw_confusion(report.confusion, out / "confusion.png")
    except OSError as error:
        raise InputError(f"{out}: the report can't be written: {error.strerror or error}") from error


def as_markdown(report: Report, facts: Mapping[str, Any]) -> str:
    """The report to read."""
    lines = ["# What was trained", ""]
    lines += [f"- {name.replace('_', ' ')}: {value}" for name, value in facts.items() if value not in (None, "")]
    lines += ["", f"# Judged on {report.n:,} questions held back", ""]
    lines += _table(
        ("figure", "value"),
        [
            ("right first choice", _percent(report.selection)),
            ("right where a request comes in", _percent(report.entering)),
            ("right after a call", _percent(report.following)),
            ("all calls right", _percent(report.exact)),
            ("outputs that could be read", _percent(report.parsed)),
            ("calls of what is no neighbor", f"{report.outside:,}"),
            ("expected calibration error", f"{report.calibration.error:.3f}"),
        ],
    )
    lines += ["", "## By node", ""]
    lines += _table(
        ("node", "questions", "right", "right when chosen", "most often taken for"),
        [
            (name, f"{one.n:,}", _percent(one.accuracy), _percent(one.precision), one.confused_with or "")
            for name, one in report.by_node.items()
        ],
    )
    lines += ["", "![Which choice was right, and which was made](confusion.png)", "", "## Calibration", ""]
    lines += _table(
        ("probability", "choices", "mean probability", "right"),
        [
            (f"{one.low:.1f} to {one.high:.1f}", f"{one.n:,}", f"{one.confidence:.3f}", _percent(one.accuracy))
            for one in report.calibration.bins
        ],
    )
    if report.rewriting is not None or report.gold is not None:
        lines += ["", "## Rewritten queries", "", *_rewriting(report.rewriting, report.gold)]
    return "\n".join(lines) + "\n"


def _rewriting(written: RewritingFigures | None, gold: RewritingFigures | None) -> list[str]:
    columns = [asdict(one) if one is not None else {} for one in (written, gold)]
    counts = [f"{column.get('n', 0):,}" for column in columns]
    rows = [(text, *(_percent(column.get(key)) for column in columns)) for key, text in _MEASURES.items()]
    return _table(("share of queries", "written", "in the data"), [("queries", *counts), *rows])


def draw_confusion(confusion: Mapping[str, Mapping[str, int]], file: Path) -> None:
    """The confusion matrix as a picture: a row for each right choice, a column for each made, shares of the row."""
    package("matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = _names(confusion)
    rows = [[confusion.get(right, {}).get(made, 0) for made in names] for right in names]
    parts = [[count / max(1, sum(row)) for count in row] for row in rows]
    size = max(4.0, 2.0 + 0.32 * len(names))
    figure = Figure(figsize=(size, size), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.imshow(parts, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("made")
    axes.set_ylabel("right")
    for y, row in enumerate(rows):
        for x, count in enumerate(row):
            if count:
                axes.text(x, y, str(count), ha="center", va="center", size=7, color="w" if parts[y][x] > 0.5 else "k")
    figure.savefig(file, dpi=110)


def _names(confusion: Mapping[str, Mapping[str, int]]) -> list[str]:
    """All choices, or those with the most confusions."""
    names = sorted({*confusion, *(made for row in confusion.values() for made in row)})
    if len(names) <= LARGEST:
        return names
    wrong = dict.fromkeys(names, 0)
    for right, row in confusion.items():
        for made, count in row.items():
            if made != right:
                wrong[right] += count
                wrong[made] += count
    return sorted(sorted(names, key=lambda name: -wrong[name])[:LARGEST])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return [line(head), line(["---"] * len(head)), *map(line, rows)]


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f} %"
