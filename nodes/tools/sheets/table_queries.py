"""What the table tools ask of a table, as SQL with quoted names and bound values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ....graphs.errors import ArgumentError
from .column_roles import part_of_date
from .columns import column_named, no_column
from .concepts import is_per_row
from .filtering import condition
from .table_source import Column, TableValue, check_whole, columns_of, fetch, identifier, opened

_SQL_OF_WAY = {
    "sum": "fsum(CAST({} AS DOUBLE))",
    "mean": "favg(CAST({} AS DOUBLE))",
    "median": "median(CAST({} AS DOUBLE))",
    "min": "min({})",
    "max": "max({})",
    "count": "count({})",
    "distinct": "count(DISTINCT {})",
    "share": "100 * fsum(CAST({0} AS DOUBLE)) / nullif(sum(fsum(CAST({0} AS DOUBLE))) OVER (), 0)",
}
_LABELS = {"sum": "total", "mean": "average", "count": "number of", "distinct": "different"}
_PARTS = {
    "day": "CAST({} AS DATE)",
    "week": "CAST(date_trunc('week', {}) AS DATE)",
    "month": "strftime({}, '%Y-%m')",
    "quarter": "concat(year({0}), '-Q', quarter({0}))",
    "year": "year({})",
    "weekday": "dayname({})",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A column computed one way; without a column, the rows are counted."""

    way: str
    column: Column | None = None

    @property
    def label(self) -> str:
        if self.way == "share":
            return f"share of {self.column.name} (%)" if self.column else "share (%)"
        return f"{_LABELS.get(self.way, self.way)} {self.column.name}" if self.column else "count"

    @property
    def sql(self) -> str:
        counted = "1" if self.way == "share" else "*"
        return _SQL_OF_WAY[self.way].format(self.column.sql if self.column else counted)


@dataclass(frozen=True, slots=True)
class Group:
    """What rows are put together by: a column, or a part of a date."""

    label: str
    sql: str
    order: str


def chosen_rows(
    table: TableValue,
    where: Sequence[str] = (),
    *,
    order: Sequence[tuple[str, bool]] = (),
    columns: Sequence[str] = (),
    limit: int | None = None,
    offset: int = 0,
) -> dict[str, Any]:
    """Rows of a table: filtered, sorted by `(column, descending)` pairs, cut to some columns and rows."""
    if where or order:
        check_whole(table)
    filtered, values = _where(table, where)
    chosen = ", ".join(identifier(column_named(name, table).name) for name in columns) or "*"
    orders = [f"{column_named(name, table).sql} {'DESC' if down else 'ASC'} NULLS LAST" for name, down in order]
    sql = f"SELECT {chosen} FROM t{filtered}"
    if orders:
        sql += " ORDER BY " + ", ".join(orders)
    if limit is not None:
        sql += f" LIMIT {int(limit)} OFFSET {int(offset)}"
    with opened(table) as connection:
        return fetch(connection, sql, values)


def count_rows(table: TableValue, where: Sequence[str] = ()) -> int:
    """How many rows a table has (of those that satisfy the condition)."""
    if isinstance(table, dict) and not where:
        return int(table.get("total", len(table.get("rows", ()))))
    filtered, values = _where(table, where)
    with opened(table) as connection:
        return int(fetch(connection, f"SELECT count(*) FROM t{filtered}", values)["rows"][0][0])


def is_one_row_each(table: TableValue, group: Group, where: Sequence[str] = ()) -> bool:
    """Whether no two of the rows share a group, so that there is nothing to add up."""
    filtered, values = _where(table, where)
    with opened(table) as connection:
        counts = fetch(connection, f"SELECT count(*), count(DISTINCT {group.sql}) FROM t{filtered}", values)
    rows, groups = counts["rows"][0]
    return bool(rows == groups)


def aggregated(
    table: TableValue,
    measures: Sequence[Measure],
    by: Sequence[str] = (),
    where: Sequence[str] = (),
    *,
    having: Sequence[str] = (),
    descending: bool | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """The measures of each group, sorted by group or, if `descending` says how, by the first measure."""
    check_whole(table)
    filtered, values = _where(table, where)
    groups = [group_named(name, table) for name in by]
    labels = _distinct_labels([*(group.label for group in groups), *(measure.label for measure in measures)])
    terms = [*(group.sql for group in groups), *(measure.sql for measure in measures)]
    chosen = ", ".join(f"{term} AS {identifier(label)}" for term, label in zip(terms, labels, strict=True))
    sql = f"SELECT {chosen} FROM t{filtered}"
    if groups:
        sql += " GROUP BY " + ", ".join(group.sql for group in groups)
        first = f"{measures[0].sql} {'DESC' if descending else 'ASC'} NULLS LAST, " if descending is not None else ""
        sql += f" ORDER BY {first}" + ", ".join(f"{group.order} NULLS LAST" for group in groups)
    if having:
        kept = condition(having, _measure_columns(measures, labels[len(groups) :]))
        if kept is not None:
            expression, bound = kept.sql()
            sql, values = f"SELECT * FROM ({sql}) AS t WHERE {expression}", [*values, *bound]
    if limit is not None:
        sql += f" LIMIT {int(limit)}"
    with opened(table) as connection:
        data = fetch(connection, sql, values)
    data["rows"] = [[_rounded(value) for value in row] for row in data["rows"]]
    return data


def share_of_rows(table: TableValue, measure: Measure, where: Sequence[str]) -> float | None:
    """How many percent of a column's total (or of all rows) fall to the rows that satisfy the condition."""
    check_whole(table)
    total = Measure("sum", measure.column) if measure.column else Measure("count")
    part, whole = (aggregated(table, [total], (), chosen)["rows"][0][0] for chosen in (where, ()))
    return float(f"{100 * (part or 0) / whole:.12g}") if whole else None


def group_named(name: str, table: TableValue) -> Group:
    """The group called `name`: a column, or `month of date`. Raises ArgumentError that lists the columns."""
    columns = columns_of(table)
    exact = next((column for column in columns if column.name == name), None)
    part = part_of_date(name, columns) if exact is None else None
    if part is None:
        column = exact or column_named(name, table)
        return Group(column.name, column.sql, column.sql)
    unit, dates = part
    expression = _PARTS[unit].format(dates.sql)
    return Group(unit, expression, f"min(isodow({dates.sql}))" if unit == "weekday" else expression)


def measures_of(table: TableValue, names: Sequence[str], ways: Sequence[str]) -> list[Measure]:
    """Columns and ways of computing as pairs; a missing way is the total, or the average where totals say nothing.

    Raises ArgumentError, listing the columns, for an unknown column and for arithmetic with text.
    """
    columns = [_measure_column(name, table) for name in names]
    ways = ["share"] if "share" in ways else ways
    if not columns:
        if ways == ["share"]:
            return [Measure("share")]
        unsaid = [way for way in ways if way != "count"]
        if not unsaid and ways:
            return [Measure("count")]
        columns = [_only_numeric(table)]
    if len(ways) == len(columns):
        pairs = list(zip(ways, columns, strict=True))
    elif ways:
        pairs = [(way, column) for column in columns for way in ways]
    else:
        pairs = [("mean" if is_per_row(column.name) else "sum", column) for column in columns]
    for way, column in pairs:
        if way in ("sum", "mean", "median", "share") and column.type != "number":
            raise ArgumentError(
                f"column {column.name!r} holds {column.type}, which has no {way}; columns of numbers: "
                f"{_numeric_names(table)}"
            )
    return [Measure(way, column) for way, column in dict.fromkeys(pairs)]


def _measure_column(name: str, table: TableValue) -> Column:
    try:
        return column_named(name, table)
    except ArgumentError:
        raise no_column(name, columns_of(table)) from None


def _only_numeric(table: TableValue) -> Column:
    numeric = [column for column in columns_of(table) if column.type == "number" and not column.ids]
    if len(numeric) == 1:
        return numeric[0]
    raise ArgumentError(f"which column is to be computed? Columns of numbers: {_numeric_names(table)}")


def _numeric_names(table: TableValue) -> str:
    return ", ".join(column.name for column in columns_of(table) if column.type == "number") or "none"


def _where(table: TableValue, where: Sequence[str]) -> tuple[str, list[Any]]:
    if not where:
        return "", []
    found = condition(where, columns_of(table))
    if found is None:
        return "", []
    expression, values = found.sql()
    return f" WHERE {expression}", values


def _measure_columns(measures: Sequence[Measure], labels: Sequence[str]) -> list[Column]:
    """The measures under the names of their source columns, for conditions on groups."""
    return [
        Column(measure.column.name if measure.column else label, "number", source=label)
        for measure, label in zip(measures, labels, strict=True)
    ]


def _distinct_labels(labels: Sequence[str]) -> list[str]:
    return [label if label not in labels[:at] else f"{label} ({at + 1})" for at, label in enumerate(labels)]


def _rounded(value: Any) -> Any:
    """Sums and averages to twelve digits, which is more than their inputs had, and whole ones as integers."""
    if not isinstance(value, float):
        return value
    value = float(f"{value:.12g}")
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
