"""Draws charts that can be read: a title, named axes, no label over another, and never over an existing file."""

from __future__ import annotations

import datetime as dt
import os
import re
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....graphs.errors import ArgumentError, MissingExtra, WorkerError
from ...folder import inside, working_folder
from ...rendering import number
from .table_text import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLORS = ("#3b6ea8", "#e0803a", "#4f9d69", "#b5495b", "#7b62a3", "#8c6d4f", "#d17fa8", "#6b7780", "#a8a13c", "#3aa6b0")
_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "svg.fonttype": "path",
    "svg.hashsalt": "octograph",
    "text.parse_math": False,
}
_INK, _GRID = "#2b2f36", "#dfe3e8"
MOST_BARS, MOST_SLICES, MOST_SERIES = 40, 9, 6
_LONGEST_LABEL = 28
_MOST_NAMES = 1000
_drawing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of one column, one for each label."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. A scatter takes its x from the first series, a histogram has no labels."""

    kind: str
    title: str
    series: tuple[Series, ...]
    labels: tuple[Any, ...] = ()
    label_name: str = ""
    notes: list[str] = field(default_factory=list)


def draw(chart: Chart, name: str | None = None) -> str:
    """Draw into the working folder; gives the file's name, which is never that of a file already there.

    Raises ArgumentError for a name outside the folder or of another format than PNG and SVG.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("Drawing charts", "tools", "matplotlib") from error
    wanted = name or "chart.png"
    path = inside(wanted, must_exist=False)
    suffix = path.suffix.lower()
    if suffix not in (".png", ".svg"):
        raise ArgumentError(f"can't draw {wanted!r}; charts are .png or .svg files")
    from matplotlib import rc_context

    with _drawing, rc_context(_STYLE):
        figure = Figure(figsize=_size(chart), dpi=120, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _DRAWN[chart.kind](axes, chart)
        title = _short(chart.title, 70)
        axes.set_title(
            title, loc="center" if chart.kind == "pie" else "left", color=_INK, fontsize=13, pad=14, weight="bold"
        )
        if chart.notes:
            figure.text(0.995, 0.005, "; ".join(chart.notes), ha="right", va="bottom", fontsize=7.5, color="#6b7780")
        file, path = _new_file(path)
        with file, warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph")  # a letter the font lacks is drawn as a box
            figure.savefig(
                file,
                format=suffix[1:],
                bbox_inches="tight",
                pad_inches=0.2,
                metadata={"Date": None} if suffix == ".svg" else None,
            )
    return path.relative_to(working_folder().resolve()).as_posix()


def _size(chart: Chart) -> tuple[float, float]:
    if chart.kind == "pie":
        return 7.2, 4.8
    if chart.kind == "bar" and _lies(chart):
        return 8.0, max(3.6, min(14.0, 1.6 + 0.34 * len(chart.labels)))
    return 8.0, 4.6


def _bar(axes: Axes, chart: Chart) -> None:
    labels, count = [_label(label) for label in chart.labels], len(chart.series)
    lies, thick = _lies(chart), 0.72 / count
    for nth, series in enumerate(chart.series):
        places = [at + (nth - (count - 1) / 2) * thick for at in range(len(labels))]
        heights = [value if value is not None else 0.0 for value in series.values]
        color = _COLORS[nth % len(_COLORS)]
        bars = (axes.barh if lies else axes.bar)(
            places, heights, thick * 0.94, color=color, label=_short(series.name, 30)
        )
        if len(labels) * count <= 14:
            shown = [_compact(value) if value is not None else "" for value in series.values]
            axes.bar_label(bars, labels=shown, padding=3, fontsize=8.5, color=_INK)
    if lies:
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.4, -0.6)
    else:
        axes.set_xticks(range(len(labels)), labels)
    (axes.margins(x=0.12) if lies else axes.margins(y=0.12))
    _named(axes, chart, lies=lies)


def _line(axes: Axes, chart: Chart) -> None:
    dates = dates_of(chart.labels)
    places: Sequence[Any] = dates or range(len(chart.labels))
    for nth, series in enumerate(chart.series):
        values = [float("nan") if value is None else value for value in series.values]
        marker = "o" if len(values) <= 40 else ""
        color = _COLORS[nth % len(_COLORS)]
        axes.plot(
            places, values, color=color, linewidth=1.8, marker=marker, markersize=4.5, label=_short(series.name, 30)
        )
    if dates:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

        locator = AutoDateLocator(minticks=3, maxticks=9)  # type: ignore[no-untyped-call]  # matplotlib's own gap
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]  # the same
    else:
        step = max(1, -(-len(chart.labels) // 12))
        ticks = list(range(0, len(chart.labels), step))
        slanted = sum(len(_label(chart.labels[at])) for at in ticks) > 75
        axes.set_xticks(ticks, [_label(chart.labels[at]) for at in ticks], rotation=35 if slanted else 0)
        if slanted:
            for tick in axes.get_xticklabels():
                tick.set_horizontalalignment("right")
    axes.margins(y=0.12)
    _named(axes, chart)


def _pie(axes: Axes, chart: Chart) -> None:
    pairs = [(label, value) for label, value in zip(chart.labels, chart.series[0].values, strict=True) if value]
    if any(value < 0 for _, value in pairs):
        raise ArgumentError(f"a pie chart can't show the negative values of {chart.series[0].name!r}; draw a bar chart")
    if not pairs:
        raise ArgumentError("a pie chart needs at least one value above zero")
    pairs.sort(key=lambda pair: -pair[1])
    if len(pairs) > MOST_SLICES:
        rest = pairs[MOST_SLICES - 1 :]
        pairs = [*pairs[: MOST_SLICES - 1], (f"{len(rest)} others", sum(value for _, value in rest))]
    values = [value for _, value in pairs]
    colors = [_COLORS[at % len(_COLORS)] for at in range(len(pairs))]
    edge = {"edgecolor": "white", "linewidth": 1.5}
    wedges, *_ = axes.pie(values, startangle=90, counterclock=False, colors=colors, wedgeprops=edge)
    total = sum(values)
    shown = [f"{_label(label)}: {_compact(value)} ({value / total:.0%})" for label, value in pairs]
    axes.legend(
        wedges, shown, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=10, labelcolor=_INK
    )


def _scatter(axes: Axes, chart: Chart) -> None:
    across, up = chart.series[0], chart.series[1]
    pairs = [(x, y) for x, y in zip(across.values, up.values, strict=True) if x is not None and y is not None]
    axes.scatter([x for x, _ in pairs], [y for _, y in pairs], s=26, color=_COLORS[0], alpha=0.65, linewidths=0)
    axes.margins(0.06)
    _styled(axes)
    axes.grid(axis="x", color=_GRID, linewidth=0.8)
    axes.set_xlabel(_axis_name(across.name))
    axes.set_ylabel(_axis_name(up.name))
    axes.xaxis.set_major_formatter(lambda value, _: _compact(value))


def _histogram(axes: Axes, chart: Chart) -> None:
    import numpy as np

    values = np.array([value for value in chart.series[0].values if value is not None], dtype=float)
    if not len(values):
        raise ArgumentError(f"column {chart.series[0].name!r} has no numbers to draw")
    bins: Any = min(30, max(5, round(2 * len(values) ** (1 / 3))))
    axes.hist(values, bins=bins, color=_COLORS[0], edgecolor="white", linewidth=1.0)
    _styled(axes)
    axes.set_xlabel(_axis_name(chart.series[0].name))
    axes.set_ylabel("Number of rows")
    axes.xaxis.set_major_formatter(lambda value, _: _compact(value))


_DRAWN = {"bar": _bar, "line": _line, "pie": _pie, "scatter": _scatter, "histogram": _histogram}


def _styled(axes: Axes, *, lies: bool = False) -> None:
    axes.spines[["top", "right", "bottom" if lies else "left"]].set_visible(False)
    axes.spines[["left" if lies else "bottom"]].set_color("#9aa3ad")
    axes.grid(axis="x" if lies else "y", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_INK, length=0, labelsize=9.5)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set_color(_INK)
        axis.label.set_fontsize(10.5)
    amounts = axes.xaxis if lies else axes.yaxis
    amounts.set_major_formatter(lambda value, _: _compact(value))


def _named(axes: Axes, chart: Chart, *, lies: bool = False) -> None:
    _styled(axes, lies=lies)
    amount = _axis_name(chart.series[0].name) if len(chart.series) == 1 else ""
    across, up = (amount, _axis_name(chart.label_name)) if lies else (_axis_name(chart.label_name), amount)
    axes.set_xlabel(across, labelpad=8)
    axes.set_ylabel(up, labelpad=8)
    if len(chart.series) > 1:
        axes.legend(frameon=False, fontsize=9.5, loc="best", labelcolor=_INK)


def _lies(chart: Chart) -> bool:
    """Long or many labels are read on lying bars; upright they would run into each other."""
    lengths = [len(_label(label)) for label in chart.labels]
    return len(lengths) > 12 or sum(lengths) > 70 or max(lengths, default=0) > 16


def dates_of(labels: Sequence[Any]) -> list[dt.date]:
    """The labels as dates if all of them are (2024-03 counts as its first day), else nothing."""
    found = []
    for label in labels:
        match = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?(?:T.*)?", str(label))
        if match is None:
            return []
        found.append(dt.date(int(match.group(1)), int(match.group(2)), int(match.group(3) or 1)))
    return found


def _label(label: Any) -> str:
    if label is None:
        return "(none)"
    if isinstance(label, bool):
        return "yes" if label else "no"
    return _short(number(label) if isinstance(label, float) else str(label), _LONGEST_LABEL)


def _short(text: str, most: int) -> str:
    text = clean(text) or "(empty)"
    return text if len(text) <= most else text[: most - 1] + "…"


def _axis_name(name: str) -> str:
    name = _short(name.replace("_", " "), 50)
    return name[:1].upper() + name[1:]


def _compact(value: float) -> str:
    """Amounts with thousands separators, and no more decimals than help: 45,210 but 0.25."""
    if abs(value) >= 1e9:
        return f"{value / 1e9:,.4g} bn"
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.4g} M"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return number(round(value, 2)) if abs(value) >= 0.1 or value == 0 else number(value)


def _new_file(path: Path) -> tuple[Any, Path]:
    """A file that did not exist, opened: `chart.png`, else `chart-2.png` and so on."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for nth in range(1, _MOST_NAMES):
            free = path if nth == 1 else path.with_name(f"{path.stem}-{nth}{path.suffix}")
            try:
                return os.fdopen(os.open(free, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb"), free
            except FileExistsError:
                continue
    except OSError as error:
        raise WorkerError(f"can't write {path.name!r}: {error.strerror or error}") from error
    raise WorkerError(f"there are {_MOST_NAMES - 1} charts called {path.name!r} already; name the file differently")
