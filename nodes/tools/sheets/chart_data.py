"""Decides what a chart of a table shows when the request says only part of it: kind, labels and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....graphs.errors import ArgumentError
from .charts import MOST_BARS, MOST_SERIES, Chart, Series, dates_of
from .columns import column_named
from .table_queries import aggregated, chosen_rows, group_named, is_one_row_each, measures_of
from .table_source import Column, TableValue, columns_of

_MOST_POINTS = 5000
_MANY_BARS = 12
"""From here on bars are sorted by length: nobody looks for one among so many by its name."""


def chart_of(
    table: TableValue,
    kind: str | None,
    columns: Sequence[str],
    how: Sequence[str],
    by: Sequence[str],
    where: Sequence[str],
    n: int | None = None,
) -> Chart:
    """The chart of a table. Raises ArgumentError, listing the columns, where it can't be told what to draw."""
    known = columns_of(table)
    numeric = [column for column in known if column.type == "number"]
    if kind == "scatter":
        return _scatter(table, columns, by, where, numeric)
    if kind == "histogram":
        return _histogram(table, columns, where, numeric)
    how = [way for way in how if way != "share"] if kind == "pie" else how  # a pie shows shares as it is
    smallest = list(how) == ["min"]
    if isinstance(table, dict) and n is not None and numeric:
        table = chosen_rows(table, where, order=[((*columns, numeric[0].name)[0], not smallest)], limit=n)
    if isinstance(table, dict) and not how and not where and _is_one_row_each(table, by):
        return _as_it_is(table, kind, columns, by, known)
    if not by:
        by = _only_sensible_group(table, kind, known, columns, how)
    if (
        columns
        and (not how or n is not None)
        and len(by) == 1
        and is_one_row_each(table, group_named(by[0], table), where)
    ):
        names = [column_named(by[0], table).name, *(column_named(name, table).name for name in columns[:MOST_SERIES])]
        if names[0] not in names[1:] and by[0] == names[0]:
            order = [(names[0], False)] if n is None else [(names[1], not smallest)]
            return _grouped(chosen_rows(table, where, columns=names, order=order, limit=n), kind, 1, where)
    measures = measures_of(table, columns, how or (() if columns else ("count",)))[:MOST_SERIES]
    data = aggregated(table, measures, by[:2], where, descending=None if n is None else not smallest, limit=n)
    return _grouped(data, kind, len(by[:2]), where)


def _grouped(data: dict[str, Any], kind: str | None, groups: int, where: Sequence[str]) -> Chart:
    names = data["columns"]
    kind = kind or ("line" if names[0] in ("day", "week", "month", "quarter", "year") or _is_dated(data) else "bar")
    if groups == 2 and len(names) == 3 and kind != "pie":
        labels, series = _spread(data["rows"])
        series = series[:MOST_SERIES]
        title = f"{_sentence(names[2])} by {names[0]} and {names[1]}"
    else:
        labels = [" · ".join(map(str, row[:groups])) if groups > 1 else row[0] for row in data["rows"]]
        series = [Series(name, tuple(row[at] for row in data["rows"])) for at, name in enumerate(names) if at >= groups]
        title = f"{_sentence(' and '.join(names[groups:]))} by {' and '.join(names[:groups])}"
    if kind == "bar" and len(labels) > _MANY_BARS and len(series) == 1 and not dates_of(labels):
        order = sorted(range(len(labels)), key=lambda at: -(series[0].values[at] or 0))
        labels, series = (
            [labels[at] for at in order],
            [Series(series[0].name, tuple(series[0].values[at] for at in order))],
        )
    condition = " ".join(where)
    return _cut(Chart(kind, title, tuple(series), tuple(labels), names[0], [condition] if condition else []))


def _spread(rows: Sequence[Sequence[Any]]) -> tuple[list[Any], list[Series]]:
    """Two groups as labels and one series for each value of the second."""
    labels = list(dict.fromkeys(row[0] for row in rows))
    kinds = list(dict.fromkeys(row[1] for row in rows))
    values = {(row[0], row[1]): row[2] for row in rows}
    return labels, [Series(str(kind), tuple(values.get((label, kind)) for label in labels)) for kind in kinds]


def _as_it_is(
    table: dict[str, Any], kind: str | None, columns: Sequence[str], by: Sequence[str], known: Sequence[Column]
) -> Chart:
    """A table that is a result already: its first column of words or dates against its numbers."""
    ranked = [table["ranked_by"]] if table.get("ranked_by") in [column.name for column in known] else []
    numeric = [column.name for column in known if column.type == "number" and not column.ids]
    chosen = [column_named(name, table).name for name in columns] or ranked or numeric
    named = [column_named(name, table).name for name in by] or [
        c.name for c in known if c.name not in chosen and c.type != "number"
    ]
    if not columns and not named and len(numeric) > 1:
        named, chosen = chosen[:1], chosen[1:]
    shown = [name for name in chosen if name in numeric and name not in named]
    if not shown or not table["rows"]:
        raise ArgumentError(f"the table has nothing to draw; columns: {', '.join(column.name for column in known)}")
    places = {column.name: at for at, column in enumerate(known)}
    labels = _labels([[row[places[name]] for name in named] for row in table["rows"]])
    series = [Series(name, tuple(_amount(row[places[name]]) for row in table["rows"])) for name in shown[:MOST_SERIES]]
    dated = bool(named) and known[places[named[0]]].type in ("date", "datetime")
    timed = dated or (bool(named) and named[0] in ("week", "month", "quarter", "year"))
    series = series[:1] if kind == "pie" or ranked else series
    title = _sentence(" and ".join(one.name for one in series)) + (f" by {named[0]}" if named else "")
    return _cut(
        Chart(
            kind or ("line" if timed and not ranked else "bar"),
            title,
            tuple(series),
            tuple(labels),
            named[0] if named else "row",
        )
    )


def _labels(rows: Sequence[Sequence[Any]]) -> list[Any]:
    """The fewest leading columns that tell the rows apart, at most three."""
    if not rows or not rows[0]:
        return list(range(1, len(rows) + 1))
    for width in range(1, min(3, len(rows[0])) + 1):
        labels = [row[0] if width == 1 else " · ".join(map(str, row[:width])) for row in rows]
        if len(set(map(str, labels))) == len(labels):
            return labels
    return [row[0] for row in rows]


def _scatter(
    table: TableValue, columns: Sequence[str], by: Sequence[str], where: Sequence[str], numeric: Sequence[Column]
) -> Chart:
    """`price against units`: the first named goes up, the second across."""
    named = [*columns, *by] or ([column.name for column in numeric] if len(numeric) == 2 else [])
    if len(named) < 2:
        raise ArgumentError(
            "a scatter plot needs two columns of numbers, such as 'price against units'; columns of numbers: "
            + (", ".join(column.name for column in numeric) or "none")
        )
    up, across = (_numbers(table, name) for name in named[:2])
    data = chosen_rows(table, where, columns=[across, up], limit=_MOST_POINTS)
    series = [Series(name, tuple(_amount(row[at]) for row in data["rows"])) for at, name in enumerate((across, up))]
    return Chart("scatter", f"{_sentence(up)} against {across}", tuple(series), notes=list(where))


def _histogram(table: TableValue, columns: Sequence[str], where: Sequence[str], numeric: Sequence[Column]) -> Chart:
    named = list(columns) or ([numeric[0].name] if len(numeric) == 1 else [])
    if not named:
        raise ArgumentError(
            f"which column's distribution? Columns of numbers: {', '.join(column.name for column in numeric) or 'none'}"
        )
    name = _numbers(table, named[0])
    data = chosen_rows(table, where, columns=[name])
    return Chart(
        "histogram",
        f"Distribution of {name}",
        (Series(name, tuple(_amount(row[0]) for row in data["rows"])),),
        notes=list(where),
    )


def _numbers(table: TableValue, name: str) -> str:
    column = column_named(name, table)
    if column.type != "number":
        raise ArgumentError(f"column {column.name!r} holds {column.type}, not numbers")
    return column.name


def _only_sensible_group(
    table: TableValue, kind: str | None, known: Sequence[Column], columns: Sequence[str], how: Sequence[str]
) -> list[str]:
    """Without a group a line goes over the dates, and bars need to be told."""
    dated = next((column.name for column in known if column.type in ("date", "datetime")), None)
    if dated and (kind == "line" or (kind is None and columns and not how)):
        return [dated]
    words = [column.name for column in known if column.type == "text"]
    if len(words) == 1 and columns:
        return words
    numbers = ", ".join(column.name for column in known if column.type == "number")
    raise ArgumentError(
        "what is the chart to show? Say for example 'total revenue by region'; columns: "
        f"{', '.join(column.name for column in known)} (numbers: {numbers or 'none'})"
    )


def _is_one_row_each(table: dict[str, Any], by: Sequence[str]) -> bool:
    if not by:
        return True
    try:
        places = [table["columns"].index(column_named(name, table).name) for name in by]
    except (ArgumentError, ValueError):
        return False
    keys = [tuple(str(row[at]) for at in places) for row in table["rows"]]
    return len(set(keys)) == len(keys)


def _is_dated(data: dict[str, Any]) -> bool:
    return bool(data["rows"]) and bool(dates_of([row[0] for row in data["rows"]]))


def _cut(chart: Chart) -> Chart:
    most = MOST_BARS if chart.kind == "bar" else _MOST_POINTS
    if not chart.labels:
        raise ArgumentError("no rows are left to draw")
    if len(chart.labels) <= most:
        return chart
    series = tuple(Series(one.name, one.values[:most]) for one in chart.series)
    notes = [*chart.notes, f"the first {most} of {len(chart.labels)}"]
    return Chart(chart.kind, chart.title, series, chart.labels[:most], chart.label_name, notes)


def _amount(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _sentence(name: str) -> str:
    name = name.replace("_", " ")
    return name[:1].upper() + name[1:]
