"""The `tables` catalog: describe, show, filter, aggregate, sort, rank and draw CSV, TSV, Parquet and JSON tables."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...graphs.errors import ArgumentError
from ...graphs.signature import Kind
from ...graphs.walk import Result
from ..tool import tool
from .sheets.chart_data import chart_of
from .sheets.charts import draw
from .sheets.column_roles import (
    find_groups,
    find_measures,
    find_ranked_groups,
    find_ranking_columns,
    find_shown_columns,
    find_sort_columns,
)
from .sheets.columns import column_named
from .sheets.filtering import columns_in, find_conditions, find_group_conditions
from .sheets.table_names import find_tables
from .sheets.table_queries import (
    Measure,
    aggregated,
    chosen_rows,
    count_rows,
    group_named,
    is_one_row_each,
    measures_of,
    share_of_rows,
)
from .sheets.table_source import TableValue, columns_of, identifier, opened, plain
from .sheets.table_text import cell, table_result
from .sheets.table_words import (
    find_aggregations,
    find_charts,
    find_counts,
    find_directions,
    find_ends,
    find_last,
    find_pictures,
    find_statistics,
    find_top_counts,
)

_AFTER = ("table",)
Way = Literal["sum", "mean", "median", "min", "max", "count", "distinct", "share"]
Table = Annotated[TableValue, Kind("table", find=find_tables), "a CSV, TSV, Parquet or JSON file, or an earlier table"]
Conditions = Annotated[
    list[str],
    Kind("condition", find=find_conditions, cues=("where", "whose", "with", "only", "if"), after=_AFTER),
    "a condition such as region is North",
]
GroupConditions = Annotated[list[str], Kind("group-condition", find=find_group_conditions, after=_AFTER)]
Measures = Annotated[list[str], Kind("measure", find=find_measures, after=_AFTER), "the columns to compute"]
Groups = Annotated[list[str], Kind("group", find=find_groups, cues=("by", "per", "each"), after=_AFTER)]
Ways = Annotated[list[Way], Kind("aggregation", find=find_aggregations, after=_AFTER)]
Statistic = Annotated[Way | None, Kind("statistic", find=find_statistics, after=_AFTER)]
SortColumns = Annotated[list[str], Kind("sort-column", find=find_sort_columns, cues=("by",), after=_AFTER), "a column"]
RankingColumn = Annotated[str | None, Kind("ranking-column", find=find_ranking_columns, cues=("by",), after=_AFTER)]
RankedGroup = Annotated[str | None, Kind("ranked-group", find=find_ranked_groups, after=_AFTER)]
ShownColumns = Annotated[list[str], Kind("shown-column", find=find_shown_columns, after=_AFTER)]
Direction = Annotated[Literal["ascending", "descending"] | None, Kind("direction", find=find_directions, after=_AFTER)]
End = Annotated[Literal["largest", "smallest"] | None, Kind("end", find=find_ends, after=("table", "column"))]
RowCount = Annotated[int, Kind("row-count", find=find_counts, after=_AFTER), "a number of rows"]
TopCount = Annotated[int | None, Kind("top-count", find=find_top_counts, after=_AFTER)]
AtEnd = Annotated[bool, Kind("at-end", find=find_last)]
ChartKind = Annotated[Literal["bar", "line", "pie", "scatter", "histogram"] | None, Kind("chart", find=find_charts)]
Picture = Annotated[str | None, Kind("picture-name", find=find_pictures, cues=("to", "as", "in", "into"))]
TableResult = Annotated[Result, Kind("table")]
_MOST_SHOWN = 1000


@tool(
    "tables.describe",
    examples=[
        "describe sales.csv",
        "What columns does employees.csv have?",
        "which fields are in data.parquet and what types are they",
        "give me an overview of the orders table",
        "how is survey.json structured?",
        "basic statistics of measurements.tsv",
        "what is in customers.csv, how many rows and columns",
        "summary statistics for scores.csv",
        "tell me about the columns of log.jsonl",
    ],
)
def describe(table: Table) -> TableResult:
    """Describes a table: its columns, their types, the number of rows, and minimum, maximum and mean of each."""
    columns = columns_of(table)
    parts = [
        f"SELECT {at}, count(*) - count({column.sql}), count(DISTINCT {column.sql}), "
        f"CAST(min({column.sql}) AS VARCHAR), CAST(max({column.sql}) AS VARCHAR), "
        + (f"favg(CAST({column.sql} AS DOUBLE))" if column.type == "number" else "NULL::DOUBLE")
        + " FROM t"
        for at, column in enumerate(columns)
    ]
    rows = []
    with opened(table) as connection:
        total = connection.execute("SELECT count(*) FROM t").fetchall()[0][0]
        for part, column in zip(parts, columns, strict=True):
            _, empty, distinct, least, most, mean = connection.execute(part).fetchall()[0]
            rows.append([column.name, column.type, least, most, _rounded(mean), distinct, empty])
    names = ["column", "type", "min", "max", "mean", "different", "empty"]
    name = table if isinstance(table, str) else "the table"
    return table_result({"columns": names, "rows": rows}, f"{name}: {total:,} rows, {len(columns)} columns")


@tool(
    "tables.show",
    examples=[
        "show me the first 5 rows of sales.csv",
        "preview employees.csv",
        "what does orders.csv look like",
        "display the top ten lines of data.parquet",
        "print the table in results.json",
        "let me see the last 3 rows of log.csv",
        "open the customers table",
        "show only the name and salary columns of staff.csv",
        "head of measurements.tsv",
    ],
)
def show(table: Table, n: RowCount = 10, last: AtEnd = False, columns: ShownColumns = []) -> TableResult:  # noqa: B006
    """Shows the first rows of a table as they are, or the last ones, or some of its columns."""
    n = min(max(n, 1), _MOST_SHOWN)
    offset = max(0, count_rows(table) - n) if last else 0
    return table_result(chosen_rows(table, columns=columns, limit=n, offset=offset))


@tool(
    "tables.filter",
    examples=[
        "rows of sales.csv where region is North and revenue above 500",
        "filter employees.csv to the Sales department",
        "which orders in orders.csv are over 1,000 euros",
        "only the entries from March 2024 in sales.csv",
        "find all customers in customers.csv whose city is Lisbon",
        "list people in staff.csv older than 40",
        "keep just the rows with more than 10 units",
        "products in stock.csv containing 'pro'",
        "get records between 10 and 20 degrees from weather.json",
        "which rows of survey.csv have an empty comment",
    ],
)
def filter_rows(table: Table, where: Conditions) -> TableResult:
    """Chooses the rows of a table that satisfy a condition: equal, above, below, between, containing, in a period."""
    if not where:
        raise ArgumentError(f"which rows? Say a condition such as 'region is North'; columns: {_names(table)}")
    data = chosen_rows(table, where)
    if not data["rows"]:
        return Result(_nothing_found(table, where), data, "table")
    count = data.get("total", len(data["rows"]))
    return table_result(data, f"{count:,} row{'' if count == 1 else 's'}")


@tool(
    "tables.aggregate",
    examples=[
        "From sales.csv give me total revenue by region",
        "average price per product in shop.csv",
        "how many orders per region are in orders.csv",
        "what's the total revenue in sales.csv",
        "median salary for each department, staff.csv",
        "highest temperature in each city from weather.json",
        "sum of units by month for 2024 in sales.csv",
        "number of employees grouped by city",
        "give me the headcount of each team from staff.csv",
        "mean score per class and teacher in scores.csv",
        "count the rows in log.csv where status is failed",
        "how much did we earn in the North in March, sales.csv",
    ],
)
def aggregate(
    table: Table,
    columns: Measures = [],  # noqa: B006
    how: Ways = [],  # noqa: B006
    by: Groups = [],  # noqa: B006
    where: Conditions = [],  # noqa: B006
    having: GroupConditions = [],  # noqa: B006
    direction: Direction = None,
) -> TableResult:
    """Computes totals, averages, medians, counts, highest or lowest values of a table, over all rows or by groups."""
    by = list(dict.fromkeys(by))
    if where and not (columns or how or by or having):  # nothing is computed: the rows themselves are asked for
        return filter_rows(table, where)  # type: ignore[no-any-return]
    measures = measures_of(table, columns or columns_in(having, table), how)
    descending = None if direction is None else direction == "descending"
    if measures[0].way == "share" and not by:
        percent = share_of_rows(table, measures[0], where)
        return Result("nothing to divide" if percent is None else f"{cell(percent)}%", percent, "number")
    data = aggregated(table, measures, by, where, having=having, descending=descending)
    if by:
        return table_result(data) if data["rows"] else Result(_nothing_found(table, [*where, *having]), data, "table")
    values = data["rows"][0] if data["rows"] else [None]
    if len(values) > 1:
        return table_result(data)
    if values[0] is None:
        return Result(_nothing_found(table, where), None, "text")
    kind = "number" if isinstance(values[0], (int, float)) and not isinstance(values[0], bool) else "text"
    return Result(cell(values[0]), values[0], kind)


@tool(
    "tables.sort",
    examples=[
        "sort sales.csv by revenue descending",
        "order employees.csv by salary, highest first",
        "sort the products in stock.csv from cheapest to most expensive",
        "arrange customers.csv alphabetically by name",
        "rank the rows of scores.csv by points",
        "sort weather.json by date, newest first",
        "put staff.csv in order of age",
        "sort it by population from largest to smallest",
        "orders.csv sorted by region and then by amount",
    ],
)
def sort(table: Table, columns: SortColumns, direction: Direction = None, where: Conditions = []) -> TableResult:  # noqa: B006
    """Sorts all rows of a table by one or more columns, ascending or descending."""
    if not columns:
        raise ArgumentError(f"by which column? Columns: {_names(table)}")
    named = [column_named(name, table).name for name in columns]
    data = chosen_rows(table, where, order=[(name, direction == "descending") for name in named])
    return table_result({**data, "ranked_by": named[0]})


@tool(
    "tables.top",
    examples=[
        "top 5 products by revenue in sales.csv",
        "which region sold the most units, sales.csv",
        "the three cheapest items in stock.csv",
        "bottom 3 stores by profit in stores.csv",
        "who are the ten highest paid people in staff.csv",
        "the 5 largest orders in orders.csv",
        "hottest days in weather.json",
        "best-selling product in March 2024 from sales.csv",
        "which department has the lowest average salary in employees.csv",
        "5 most recent entries of log.csv",
    ],
)
def top(
    table: Table,
    column: RankingColumn = None,
    n: RowCount | None = None,
    by: RankedGroup = None,
    how: Statistic = None,
    end: End = None,
    where: Conditions = [],  # noqa: B006
) -> TableResult:
    """Ranks rows or groups of a table by a column and gives the top or bottom few: largest, best, cheapest, latest."""
    how = "count" if how == "distinct" and column is None else how
    if how is not None and n is None and (by is None or end is None):  # nothing is ranked: figures are asked for
        result = aggregate(table, [column] if column else [], [how], [by] if by else [], where)
        assert isinstance(result, Result)
        return result
    if column is None and how is None and where:
        return filter_rows(table, where)  # type: ignore[no-any-return]
    end = end or "largest"
    n = min(max(5 if n is None else n, 1), _MOST_SHOWN)
    if column is None and how not in ("count", "distinct"):
        column = measures_of(table, [], [])[0].column.name  # type: ignore[union-attr]
    if by is None:
        return _top_rows(table, column, n, end, where)
    names = [column] if column else []
    measure = measures_of(table, names, [how] if how else [])[0]
    group = group_named(by, table)
    if how is None and measure.column and is_one_row_each(table, group, where):
        if group.label != by:
            return _top_rows(table, column, n, end, where)
        shown = [group.label, measure.column.name]
        data = chosen_rows(table, where, order=[(shown[1], end == "largest")], columns=shown, limit=n)
    else:
        if how is None and measure.column and measure.way == "mean":
            measure = Measure("max" if end == "largest" else "min", measure.column)
        data = aggregated(table, [measure], [by], where, descending=end == "largest", limit=n)
    if not data["rows"]:
        return Result(_nothing_found(table, where), data, "table")
    if len(data["rows"]) == 1:
        label, value = data["rows"][0]
        return Result(f"{cell(label)} ({cell(value)})", {**data, "ranked_by": data["columns"][1]}, "table")
    return table_result({**data, "ranked_by": data["columns"][1]})


@tool(
    "tables.chart",
    examples=[
        "draw a bar chart of total revenue by region from sales.csv",
        "plot it as a line chart",
        "make a pie chart of units per product in sales.csv",
        "draw it as a bar chart",
        "histogram of prices in stock.csv",
        "scatter plot of weight against height from people.csv",
        "visualize monthly revenue from sales.csv",
        "graph the result",
        "chart the temperature over time in weather.json as svg",
        "show me a picture of the average salary per department, save it as pay.png",
    ],
    idempotent=False,
)
def chart(
    table: Table,
    kind: ChartKind = None,
    columns: Measures = [],  # noqa: B006
    how: Ways = [],  # noqa: B006
    by: Groups = [],  # noqa: B006
    where: Conditions = [],  # noqa: B006
    n: TopCount = None,
    name: Picture = None,
) -> Annotated[Result, Kind("picture")]:
    """Draws a chart of a table or an earlier result as a picture: bar, line or pie chart, scatter plot, histogram."""
    path = draw(chart_of(table, kind, columns, how, by, where, n), name)
    return Result(path, {"path": path}, "picture", (path,))


def _top_rows(table: TableValue, column: str | None, n: int, end: str, where: list[str]) -> Result:
    named = column_named(column, table).name if column else columns_of(table)[0].name
    data = chosen_rows(table, where, order=[(named, end == "largest")], limit=n)
    if not data["rows"]:
        return Result(_nothing_found(table, where), data, "table")
    return table_result({**data, "ranked_by": named})


def _nothing_found(table: TableValue, where: list[str]) -> str:
    """No rows, and the values there are for the columns the condition names: the usual slip is in those."""
    said = " ".join(where)
    hints = [
        f"{column.name} has {', '.join(column.values[:8])}{', ...' if len(column.values) > 8 else ''}"
        for column in columns_of(table)
        if column.values and (column.name in said or identifier(column.name) in said)
    ]
    return f"no rows{f' where {said}' if said else ''}" + (f" ({'; '.join(hints)})" if hints else "")


def _names(table: TableValue) -> str:
    return ", ".join(column.name for column in columns_of(table))


def _rounded(value: Any) -> Any:
    value = plain(value)
    return float(f"{value:.6g}") if isinstance(value, float) else value
