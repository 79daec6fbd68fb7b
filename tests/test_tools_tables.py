"""The `tables` catalog on real files: how requests are worded, what is computed, what is drawn, and what is refused."""

from __future__ import annotations

import csv
import json
import math
import os
import shutil
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from octograph.graphs.errors import ArgumentError, WorkerError
from octograph.graphs.signature import Clues
from octograph.graphs.walk import Result
from octograph.nodes.folder import working_in
from octograph.nodes.tool import Tool
from octograph.nodes.tools import tables
from octograph.nodes.tools.sheets.columns import column_mentions
from octograph.nodes.tools.sheets.comparisons import comparisons_in
from octograph.nodes.tools.sheets.filtering import condition
from octograph.nodes.tools.sheets.table_source import Column, columns_of, opened
from octograph.planners.octopus.arguments import fill

SAMPLE_FILES = ("sales.csv", "employees.csv", "cities.csv", "weather.json", "notes.txt", "review.txt")
SAMPLES = Path(__file__).parent.parent / "graphs" / "library" / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A working folder with the sample data."""
    for name in SAMPLE_FILES:
        shutil.copy(SAMPLES / name, tmp_path)
    with working_in(tmp_path):
        yield tmp_path


@pytest.fixture(scope="module")
def samples() -> Iterator[Path]:
    """The sample data itself, for what only reads."""
    with working_in(SAMPLES):
        yield SAMPLES


def arguments(tool: Tool, request: str, *inputs: Result) -> dict[str, Any]:
    """What the planner fills a tool's parameters with."""
    return fill(tool.signature, request, inputs).arguments


def ask(tool: Tool, request: str, *inputs: Result) -> Result:
    """The tool's result for a request in words."""
    result = tool(**tool.check(arguments(tool, request, *inputs)))
    assert isinstance(result, Result)
    return result


def sales() -> list[dict[str, str]]:
    with (SAMPLES / "sales.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


SALES = (
    Column("date", "date"),
    Column("region", "text", ("North", "South", "East", "West")),
    Column("product", "text", ("Lamp", "Desk", "Rug")),
    Column("units", "number"),
    Column("unit_price", "number"),
    Column("revenue", "number"),
)


# How conditions are worded ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("where region is North", 'region = "North"'),
        ("with revenue above 500", "revenue > 500"),
        ("rows whose revenue exceeds 1,250.50", "revenue > 1250.5"),
        ("with at least 10 units", "units >= 10"),
        ("more than twelve units", "units > 12"),
        ("units between 10 and 20", "units between 10 and 20"),
        ("revenue from 100 to 200", "revenue between 100 and 200"),
        ("between 5 and 9 units", "units between 5 and 9"),
        ("unit price below $40", "unit_price < 40"),
        ("unitPrice <= 39.90", "unit_price <= 39.9"),
        ("revenue over 2.5k", "revenue > 2500"),
        ("revenue is 500 or more", "revenue >= 500"),
        ("where revenue is not above 30", "revenue <= 30"),
        ("units = 7 or 8", "units in (7, 8)"),
        ("in the North", 'region = "North"'),
        ("for the north region", 'region = "North"'),
        ("in North and South", 'region in ("North", "South")'),
        ("in the North, South or East", 'region in ("North", "South", "East")'),
        ("except the West", 'region != "West"'),
        ("region is not East", 'region != "East"'),
        ("region isn't East", 'region != "East"'),
        ("only lamps", 'product = "Lamp"'),
        ("where product contains 'am'", 'product contains "am"'),
        ("product starting with D", 'product starts with "D"'),
        ("product does not contain 'ug'", 'product not contains "ug"'),
        ("in March 2024", "date = 2024-03"),
        ("since 2023", "date >= 2023"),
        ("before 1 March 2024", "date < 2024-03-01"),
        ("after March 5, 2024", "date > 2024-03-05"),
        ("between 3 March 2024 and 10 April 2024", "date between 2024-03-03 and 2024-04-10"),
        ("from January 2024 to March 2024", "date between 2024-01 and 2024-03"),
        ("in Q3 2024", "date = 2024-Q3"),
        ("every row of May", "date = every May"),
        ("where product is empty", "product is empty"),
        ("where product is not missing", "product is not empty"),
        ("where revenue is -5", "revenue = -5"),
        ("REGION = 'north'", 'region = "north"'),
        ("region is North and revenue above 500", 'region = "North" and revenue > 500'),
        ("region is North or units under 3", 'region = "North" or units < 3'),
        ("region is North or South and revenue above 500", 'region in ("North", "South") and revenue > 500'),
        ("revenu above 500", "revenue > 500"),
        ("revenue between 1 and 3 million", "revenue between 1000000 and 3000000"),
        ("northern", 'region = "North"'),
        ("in the last quarter of 2024", "date = 2024-Q4"),
        ("in the first half of 2024", "date = H1 2024"),
        ("over $1,000", "revenue > 1000"),
    ],
)
def test_conditions_are_read_as_people_word_them(words: str, meaning: str) -> None:
    """Each wording gives the comparison it means, and that is read again as the same one."""
    found = comparisons_in(words, SALES)
    said = []
    for at, comparison in enumerate(found):
        joint = " or " if " or " in words[found[at - 1].end : comparison.start] else " and "
        said.append((joint if at else "") + str(comparison))
        assert 0 <= comparison.start < comparison.end <= len(words)
    assert "".join(said) == meaning
    assert str(condition([meaning], SALES)) == meaning


@pytest.mark.parametrize(
    "words", ["", "total revenue by region", "top 5 products by revenue", "which region is the best"]
)
def test_no_condition_is_seen_where_none_is_said(words: str) -> None:
    """Plain requests hold no comparison."""
    assert comparisons_in(words, SALES) == []


@pytest.mark.parametrize(
    "said", ["country is Spain", "region is North and country is Spain", "revenue", "drop table t"]
)
def test_a_condition_that_cannot_be_read_is_an_error_with_the_columns(said: str) -> None:
    """Nothing of a condition is ever dropped in silence."""
    with pytest.raises(ArgumentError, match="unit_price"):
        condition([said], SALES)


# How columns are worded ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Revenues", ["revenue"]),
        ("the UNIT PRICE", ["unit_price"]),
        ("unit-prices", ["unit_price"]),
        ("unitPrice", ["unit_price"]),
        ("price", ["unit_price"]),
        ("regoin", ["region"]),
        ("products by region", ["product", "region"]),
        ("sales.csv", []),
        ("turnover", ["revenue"]),
        ("`unit_price` and region", ["unit_price", "region"]),
    ],
)
def test_columns_are_matched_however_they_are_written(words: str, names: list[str]) -> None:
    """Case, plural, underscores, slips and everyday words make no difference; a file's name is no column."""
    assert [mention.column.name for mention in column_mentions(words, SALES)] == names


@pytest.mark.parametrize("name", ['x"; DROP TABLE t; --', "a'b", "`tick`", "50% off?", "日本", "select", "a b  c", "☃"])
def test_any_name_can_be_a_column(name: str, tmp_path: Path) -> None:
    """Quotes, semicolons, SQL words and other scripts are names like any other."""
    with (tmp_path / "odd.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[name, "n"], ["x", 1], ["x", 2], ["y", 4]])
    with working_in(tmp_path):
        result = tables.aggregate("odd.csv", columns=["n"], how=["sum"], by=[name])
        assert result.data["rows"] == [["x", 3], ["y", 4]]
        written = "`" + name.replace("`", "``") + "`"
        assert tables.filter_rows("odd.csv", where=[f'{written} = "y"']).data["rows"] == [["y", 4]]


# Which table is meant --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "describe sales.csv",
        "describe SALES.CSV",
        "describe the sales file",
        "Describe our sales data",
        'describe "sales.csv"',
    ],
)
def test_a_table_is_named_by_its_file_or_in_passing(words: str, samples: Path) -> None:
    """The real name of the file is found."""
    assert arguments(tables.describe, words)["table"] == "sales.csv"


def test_an_earlier_table_is_taken_when_no_file_is_named(samples: Path) -> None:
    """The latest result that is a table goes in as data; a named file wins over it."""
    old = Result("", {"columns": ["a"], "rows": [[1]]}, "table")
    new = Result("", {"columns": ["b"], "rows": [[2]]}, "table")
    assert arguments(tables.chart, "draw it", old, new)["table"] == new.data
    assert arguments(tables.describe, "describe cities.csv", old)["table"] == "cities.csv"


def test_a_file_name_with_blanks_and_quotes_is_found(tmp_path: Path) -> None:
    """Names of files that exist are recognized whatever is in them."""
    (tmp_path / "x'; drop.csv").write_text("a,b\n1,2\n")
    (tmp_path / "my best sales.csv").write_text("a,b\n3,4\n")
    with working_in(tmp_path):
        assert ask(tables.show, "show x'; drop.csv").data["rows"] == [[1, 2]]
        assert ask(tables.show, "show my best sales.csv please").data["rows"] == [[3, 4]]


# Requests, end to end --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("total revenue in sales.csv", {"columns": ["revenue"], "how": ["sum"]}),
        ("what are the average units by region, sales.csv", {"columns": ["units"], "how": ["mean"], "by": ["region"]}),
        ("how many orders per product are in sales.csv", {"how": ["count"], "by": ["product"]}),
        (
            "how many units were sold in each region (sales.csv)",
            {"columns": ["units"], "how": ["sum"], "by": ["region"]},
        ),
        ("how many different products are in sales.csv", {"columns": ["product"], "how": ["distinct"]}),
        ("median price for every product of sales.csv", {"columns": ["price"], "how": ["median"], "by": ["product"]}),
        ("min and max price by product in sales.csv", {"columns": ["price"], "how": ["min", "max"], "by": ["product"]}),
        ("sales.csv: revenue by region and product", {"columns": ["revenue"], "by": ["region", "product"]}),
        ("monthly revenue of sales.csv", {"columns": ["revenue"], "by": ["month of date"]}),
        ("sum of units per weekday in sales.csv", {"columns": ["units"], "how": ["sum"], "by": ["weekday of date"]}),
        (
            "total revenue in the North by product for March 2024, sales.csv",
            {
                "columns": ["revenue"],
                "how": ["sum"],
                "by": ["product"],
                "where": ['region = "North"', "and date = 2024-03"],
            },
        ),
        (
            "revenue by region except the West in sales.csv",
            {"columns": ["revenue"], "by": ["region"], "where": ['region != "West"']},
        ),
        (
            "regions with a total revenue above 20,000 in sales.csv",
            {"how": ["sum"], "by": ["region"], "having": ["revenue > 20000"]},
        ),
        ("TOTAL UNITS BY REGOIN SALES.CSV", {"columns": ["units"], "how": ["sum"], "by": ["region"]}),
        ("whats the avarage age in employees.csv", {"columns": ["age"], "how": ["mean"]}),
        ("headcount per city, employees.csv", {"how": ["count"], "by": ["city"]}),
        (
            "what share of revenue has each region in sales.csv",
            {"columns": ["revenue"], "how": ["share"], "by": ["region"]},
        ),
        ("average revenue per order in sales.csv", {"columns": ["revenue"], "how": ["mean"]}),
        ("which departments are there in employees.csv", {"how": ["count"], "by": ["department"]}),
        ("how old are people on average in employees.csv", {"columns": ["age"], "how": ["mean"]}),
        (
            "how much did we sell in the East, sales.csv",
            {"columns": ["revenue"], "how": ["sum"], "where": ['region = "East"']},
        ),
        (
            "total revenue and average price by region in sales.csv",
            {"columns": ["revenue", "price"], "how": ["sum", "mean"], "by": ["region"]},
        ),
    ],
)
def test_wordings_of_aggregations(request_: str, expected: dict[str, Any], samples: Path) -> None:
    """The planner's filling of `aggregate` from words alone."""
    filled = arguments(tables.aggregate, request_)
    assert filled.pop("table") in ("sales.csv", "employees.csv")
    assert filled == expected


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("top 3 products by revenue in sales.csv", {"n": 3, "column": "revenue", "by": "product", "end": "largest"}),
        (
            "which product sold the fewest units, sales.csv",
            {"n": 1, "column": "units", "by": "product", "end": "smallest"},
        ),
        ("the two cheapest products of sales.csv", {"n": 2, "column": "price", "by": "product", "end": "smallest"}),
        (
            "four coldest days from weather.json",
            {"n": 4, "column": "temperature", "by": "day of date", "end": "smallest"},
        ),
        ("top 2 months by revenue, sales.csv", {"n": 2, "column": "revenue", "by": "month of date", "end": "largest"}),
        ("who was hired first in employees.csv", {"n": 1, "column": "hired", "end": "smallest"}),
        (
            "which country has the most cities in cities.csv",
            {"n": 1, "by": "country", "how": "count", "end": "largest"},
        ),
        ("the biggest order in sales.csv", {"n": 1, "column": "revenue", "end": "largest"}),
        ("largest cities in cities.csv", {"column": "population", "by": "city", "end": "largest"}),
        (
            "which department has the highest average age in employees.csv",
            {"n": 1, "column": "age", "by": "department", "how": "mean", "end": "largest"},
        ),
    ],
)
def test_wordings_of_rankings(request_: str, expected: dict[str, Any], samples: Path) -> None:
    """The planner's filling of `top`: what is ranked, by what, which end, how many."""
    filled = arguments(tables.top, request_)
    filled.pop("table")
    assert filled == expected


@pytest.mark.parametrize(
    ("request_", "columns", "direction"),
    [
        ("sort sales.csv by revenue descending", ["revenue"], "descending"),
        ("sort employees.csv by department, then by name", ["department", "name"], None),
        ("order cities.csv from largest to smallest population", ["population"], "descending"),
        ("sort employees.csv youngest first", ["age"], "ascending"),
        ("cities.csv alphabetically by country", ["country"], "ascending"),
        ("arrange weather.json by date, newest first", ["date"], "descending"),
    ],
)
def test_wordings_of_sorting(request_: str, columns: list[str], direction: str | None, samples: Path) -> None:
    """The planner's filling of `sort`."""
    filled = arguments(tables.sort, request_)
    assert (filled["columns"], filled.get("direction")) == (columns, direction)


@pytest.mark.parametrize(
    ("request_", "kind", "columns", "by"),
    [
        ("bar chart of total revenue by region from sales.csv", "bar", ["revenue"], ["region"]),
        ("make a pie graph of units per product, sales.csv", "pie", ["units"], ["product"]),
        ("plot revenue over time as a line, sales.csv", "line", ["revenue"], ["date"]),
        ("scatterplot of price against units in sales.csv", "scatter", ["price", "units"], []),
        ("show me the distribution of salaries in employees.csv", "histogram", ["salary"], []),
        ("chart temperature by date from weather.json", None, ["temperature"], ["date"]),
    ],
)
def test_wordings_of_charts(request_: str, kind: str | None, columns: list[str], by: list[str], samples: Path) -> None:
    """The planner's filling of `chart`."""
    filled = arguments(tables.chart, request_)
    assert (filled.get("kind"), filled.get("columns", []), filled.get("by", [])) == (kind, columns, by)


def test_the_total_by_region_is_right(samples: Path) -> None:
    """Totals by group equal those of plain Python, and the answer shows them."""
    totals: defaultdict[str, float] = defaultdict(float)
    for row in sales():
        totals[row["region"]] += float(row["revenue"])
    result = ask(tables.aggregate, "From sales.csv give me total revenue by region")
    assert result.kind == "table"
    assert result.data["columns"] == ["region", "total revenue"]
    assert dict(result.data["rows"]) == {region: pytest.approx(total) for region, total in totals.items()}
    assert "North" in result.text


def test_one_number_is_given_as_a_number(samples: Path) -> None:
    """Without groups the answer is one short value that the next part of a request can quote."""
    result = ask(tables.aggregate, "what is the total revenue in sales.csv?")
    assert result.kind == "number"
    assert result.data == pytest.approx(sum(float(row["revenue"]) for row in sales()))
    assert float(result.text) == pytest.approx(result.data, abs=0.01)
    assert ask(tables.aggregate, "how many rows are in sales.csv").text == "200"
    assert ask(tables.aggregate, "earliest date in sales.csv").text == "2024-01-02"


def test_conditions_on_groups_keep_the_groups_that_satisfy_them(samples: Path) -> None:
    """`total revenue above ...` is about the totals, not about single rows."""
    everything = ask(tables.aggregate, "total revenue by region in sales.csv").data["rows"]
    kept = ask(tables.aggregate, "regions with total revenue above 40000, sales.csv").data["rows"]
    assert kept == [row for row in everything if row[1] > 40000]


def test_filtering_gives_the_rows_that_python_gives(samples: Path) -> None:
    """The condition holds for every row given, and for no other."""
    result = ask(tables.filter_rows, "rows of sales.csv where region is North and revenue above 500")
    expected = [row for row in sales() if row["region"] == "North" and float(row["revenue"]) > 500]
    assert [row[0] for row in result.data["rows"]] == [row["date"] for row in expected]


def test_nothing_found_names_the_values_there_are(samples: Path) -> None:
    """A misspelled value is the usual reason for no rows, so the answer shows the right ones."""
    result = tables.filter_rows("sales.csv", where=['region = "Nroth"'])
    assert result.data["rows"] == []
    assert "North" in result.text


@pytest.mark.parametrize("tool", [tables.aggregate, tables.chart])
@pytest.mark.parametrize(
    "request_",
    [
        "total profit by region in sales.csv",
        "total revenue by country in sales.csv",
        "the average of sales.csv",
        "total revenue by region for Acme in sales.csv",
        "total revenue by region in the summer of 2024, sales.csv",
        "total revenue where country is Spain in sales.csv",
        "total revenue where country is Spain and region is North, sales.csv",
        "total revenue where region is North and country is Spain, sales.csv",
        "total revenue of orders over 99 in sales.csv where weight is 5",
    ],
)
def test_unknown_columns_are_errors_that_list_the_known(tool: Tool, request_: str, folder: Path) -> None:
    """A column that isn't there is never left out in silence."""
    with pytest.raises(ArgumentError, match="revenue"):
        ask(tool, request_)


def test_shares_are_percentages(samples: Path) -> None:
    """Of all groups together, or of everything where one part is asked for."""
    shares = ask(tables.aggregate, "share of revenue by region in sales.csv").data["rows"]
    assert sum(row[1] for row in shares) == pytest.approx(100)
    north = ask(tables.aggregate, "what percentage of revenue comes from the North in sales.csv")
    assert north.data == pytest.approx(dict(shares)["North"])
    assert north.text.endswith("%")


def test_a_question_for_rows_or_figures_is_answered_wherever_it_lands(samples: Path) -> None:
    """A ranking without rank is a figure or a list, an aggregation of nothing is a list."""
    assert ask(tables.top, "how many people were hired after 2018, employees.csv").text == "14"
    everybody = ask(tables.top, "average salary by city in employees.csv, sorted from highest to lowest").data["rows"]
    assert len(everybody) == 6
    assert everybody == sorted(everybody, key=lambda row: -row[1])
    between = ask(tables.aggregate, "which employees in employees.csv are between 30 and 40 years old")
    assert {30 <= row[3] <= 40 for row in between.data["rows"]} == {True}


def test_text_is_not_added_up(samples: Path) -> None:
    """Arithmetic with a column of words says which columns hold numbers."""
    with pytest.raises(ArgumentError, match="units, price, revenue"):
        tables.aggregate("sales.csv", columns=["region"], how=["sum"])


def test_ranking_rows_and_groups(samples: Path) -> None:
    """Groups are added up, rows are taken as they are, and one winner is one line."""
    rows = ask(tables.top, "top 4 orders by revenue in sales.csv").data["rows"]
    assert [row[-1] for row in rows] == sorted((float(row["revenue"]) for row in sales()), reverse=True)[:4]
    units: Counter[str] = Counter()
    for row in sales():
        units[row["region"]] += int(row["units"])
    region, most = units.most_common(1)[0]
    assert ask(tables.top, "which region sold the most units in sales.csv").text == f"{region} ({most})"
    oldest = ask(tables.top, "the oldest employee in employees.csv").data["rows"]
    assert len(oldest) == 1


def test_show_and_describe(samples: Path) -> None:
    """First rows, last rows, some columns; and what the columns are like."""
    assert [row[0] for row in ask(tables.show, "first 3 rows of sales.csv").data["rows"]] == [
        r["date"] for r in sales()[:3]
    ]
    assert [row[0] for row in ask(tables.show, "last two rows of sales.csv").data["rows"]] == [
        r["date"] for r in sales()[-2:]
    ]
    assert ask(tables.show, "show the name and salary columns of employees.csv").data["columns"] == ["name", "salary"]
    described = ask(tables.describe, "describe weather.json")
    assert [row[:2] for row in described.data["rows"]][:2] == [["date", "date"], ["temperature", "number"]]
    assert described.text.startswith("weather.json: 31 rows, 5 columns")


def test_a_chain_of_results_needs_no_file(samples: Path) -> None:
    """An earlier table can be sorted, filtered, ranked and aggregated again."""
    totals = ask(tables.aggregate, "total revenue by region and product in sales.csv")
    ordered = ask(tables.sort, "sort it by revenue, highest first", totals)
    values = [row[2] for row in ordered.data["rows"]]
    assert values == sorted(values, reverse=True)
    north = ask(tables.filter_rows, "only the North", totals)
    assert {row[0] for row in north.data["rows"]} == {"North"}
    again = ask(tables.aggregate, "total revenue by region", north)
    assert again.data["rows"][0][1] == pytest.approx(sum(row[2] for row in north.data["rows"]))


# Formats and dirty data ------------------------------------------------------------------------------------------


def test_every_format_gives_the_same_answer(tmp_path: Path) -> None:
    """CSV, TSV, semicolons, Parquet, JSON and JSON lines hold the same table."""
    rows = [{"city": "Oslo", "n": 3}, {"city": "Rome", "n": 4}, {"city": "Oslo", "n": 5}]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    (tmp_path / "b.jsonl").write_text("\n".join(map(json.dumps, rows)))
    for name, separator in (("c.csv", ","), ("d.tsv", "\t"), ("e.csv", ";")):
        lines = [separator.join(["city", "n"]), *(f"{row['city']}{separator}{row['n']}" for row in rows)]
        (tmp_path / name).write_text("\n".join(lines))
    duckdb.sql(f"COPY (SELECT * FROM '{tmp_path}/c.csv') TO '{tmp_path}/f.parquet' (FORMAT parquet)")
    with working_in(tmp_path):
        for file in sorted(tmp_path.iterdir()):
            result = ask(tables.aggregate, f"total n by city in {file.name}")
            assert result.data["rows"] == [["Oslo", 8], ["Rome", 4]], file.name


def test_amounts_written_for_people_are_numbers(tmp_path: Path) -> None:
    """Currency signs and thousands separators don't stop a sum; postal codes are no amounts."""
    (tmp_path / "bills.csv").write_text('shop,amount,zip\nA,"$1,200.50",01069\nB,"$99.50",80331\n')
    with working_in(tmp_path):
        assert ask(tables.aggregate, "total amount in bills.csv").data == 1300
        assert {column.name: column.type for column in columns_of("bills.csv")}["zip"] == "text"


def test_latin_letters_and_empty_cells(tmp_path: Path) -> None:
    """A file in another encoding is read, and an empty cell is nothing, not zero."""
    (tmp_path / "towns.csv").write_bytes("town,people\nKöln,5\nLiège,\nÅrhus,7\n".encode("latin-1"))
    with working_in(tmp_path):
        assert tables.show("towns.csv").data["rows"] == [["Köln", 5], ["Liège", None], ["Århus", 7]]
        assert tables.aggregate("towns.csv", columns=["people"], how=["mean"]).data == 6
        assert tables.filter_rows("towns.csv", where=["people is empty"]).data["rows"] == [["Liège", None]]


def test_formulas_and_control_characters_stay_harmless_text(tmp_path: Path) -> None:
    """A cell is never computed, and never moves the cursor of the terminal it is shown in."""
    (tmp_path / "f.csv").write_text('name,n\n=1+1,1\n"@SUM(A1)",2\n\x1b[31mred\u202e,3\n')
    with working_in(tmp_path):
        result = tables.show("f.csv")
    assert [row[0] for row in result.data["rows"]][:2] == ["=1+1", "@SUM(A1)"]
    assert "\x1b" not in result.text
    assert "\u202e" not in result.text


# Attacks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../secret.csv", "/etc/passwd", "/etc/hosts.csv", "link.csv", "sub/../../secret.csv", "loop.csv"]
)
def test_nothing_outside_the_folder_is_read(name: str, tmp_path: Path) -> None:
    """Paths, absolute names, links out of the folder and circles of links are refused, not followed."""
    inner = tmp_path / "work"
    (inner / "sub").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("a\n1\n")
    os.symlink(tmp_path / "secret.csv", inner / "link.csv")
    os.symlink("loop.csv", inner / "loop.csv")
    with working_in(inner), pytest.raises(ArgumentError):
        tables.show(name)


@pytest.mark.parametrize(
    "name", ["nul\x00.csv", "a" * 5000 + ".csv", "", ".", "notes.txt", "none.csv", "empty.csv", "dir.csv"]
)
def test_what_is_no_table_is_an_argument_error(name: str, tmp_path: Path) -> None:
    """No name, however broken, gives a traceback."""
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "dir.csv").mkdir()
    with working_in(tmp_path), pytest.raises(ArgumentError):
        tables.show(name)


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_binary_rubbish_is_a_worker_error(suffix: str, tmp_path: Path) -> None:
    """Bytes that are no table end in a message of ours."""
    (tmp_path / f"rubbish{suffix}").write_bytes(bytes(range(256)) * 40)
    with working_in(tmp_path), pytest.raises(WorkerError, match="rubbish"):
        tables.show(f"rubbish{suffix}")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """The limit is checked on the size, so even a sparse file of a terabyte costs nothing."""
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(2**40)
    with working_in(tmp_path), pytest.raises(ArgumentError, match="bytes"):
        tables.show("huge.csv")


def test_the_database_sees_one_file_and_nothing_else(folder: Path) -> None:
    """Inside the database no other file, network, setting or extension is in reach."""
    forbidden = [
        "SELECT * FROM read_csv('/etc/passwd')",
        f"SELECT * FROM read_csv('{folder}/employees.csv')",
        f"SELECT * FROM '{folder}/cities.csv'",
        f"COPY t TO '{folder}/out.csv'",
        f"ATTACH '{folder}/x.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELECT * FROM glob('/etc/*')",
    ]
    for table in ("sales.csv", {"columns": ["a"], "rows": [[1]]}):
        with opened(table) as database:
            for statement in forbidden:
                with pytest.raises(duckdb.Error):
                    database.execute(statement)


@pytest.mark.parametrize(
    "value",
    ["x'; DROP TABLE t; --", 'x" OR 1=1', "'", '"', "\\", "%", "North' OR '1'='1", "'); SELECT 1; --", "é\u202e☃"],
)
def test_values_are_bound_never_spliced(value: str, tmp_path: Path) -> None:
    """A value full of quotes and SQL finds exactly the row that holds it."""
    with (tmp_path / "v.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["name", "n"], [value, 1], ["other", 2]])
    with working_in(tmp_path):
        rows = tables.filter_rows("v.csv", where=[f"name = {json.dumps(value, ensure_ascii=False)}"]).data["rows"]
    assert [row[1] for row in rows] == [1]


def test_a_result_that_was_cut_is_not_computed_with(tmp_path: Path) -> None:
    """Of very many rows only the head is handed on, and a sum over the head would be wrong."""
    (tmp_path / "many.csv").write_text("n\n" + "\n".join(map(str, range(12_000))))
    with working_in(tmp_path):
        result = tables.filter_rows("many.csv", where=["n >= 0"])
        assert (len(result.data["rows"]), result.data["total"]) == (10_000, 12_000)
        assert "12,000" in result.text
        with pytest.raises(ArgumentError, match="one sentence"):
            tables.aggregate(result.data, columns=["n"], how=["sum"])
        assert tables.aggregate("many.csv", columns=["n"], how=["sum"], where=["n >= 0"]).data == sum(range(12_000))


@pytest.mark.parametrize(
    "table", [{}, {"columns": []}, {"columns": ["a"], "rows": [[1, 2]]}, {"columns": "a", "rows": 5}]
)
def test_data_that_is_no_table_is_an_argument_error(table: dict[str, Any]) -> None:
    """Rows and columns have to agree."""
    with pytest.raises(ArgumentError):
        tables.show(table)


# Charts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        "bar chart of total revenue by region and product from sales.csv",
        "line chart of revenue over time, sales.csv",
        "pie chart of population by country from cities.csv",
        "scatter plot of salary against age in employees.csv",
        "histogram of revenue in sales.csv",
        "plot population by city from cities.csv",
        "bar chart of the top 3 products by revenue from sales.csv",
        "make a bar graph of the 5 biggest cities of cities.csv",
    ],
)
def test_each_kind_of_chart_is_a_picture(request_: str, folder: Path) -> None:
    """A PNG of some size lies in the folder, under the name that the answer gives."""
    result = ask(tables.chart, request_)
    content = (folder / result.text).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) > 5_000
    assert (result.kind, result.files, result.data) == ("picture", (result.text,), {"path": result.text})


def test_a_result_is_drawn_and_no_file_is_overwritten(folder: Path) -> None:
    """chart.png, then chart-2.png; a named file keeps its name, an existing one its content."""
    totals = ask(tables.aggregate, "total revenue by region in sales.csv")
    assert [ask(tables.chart, "draw it as a bar chart", totals).text for _ in range(2)] == ["chart.png", "chart-2.png"]
    assert ask(tables.chart, "draw it, save it as regions.svg", totals).text == "regions.svg"
    assert (folder / "regions.svg").read_text(encoding="utf-8").startswith("<?xml")
    before = (folder / "chart.png").read_bytes()
    assert ask(tables.chart, "draw it to chart.png", totals).text == "chart-3.png"
    assert (folder / "chart.png").read_bytes() == before


@pytest.mark.parametrize("name", ["../x.png", "/tmp/x.png", "chart.exe", "chart", "sales.csv"])
def test_pictures_are_only_drawn_inside_and_as_pictures(name: str, folder: Path) -> None:
    """Another place or another format is refused."""
    with pytest.raises(ArgumentError):
        tables.chart("sales.csv", columns=["revenue"], by=["region"], name=name)


def test_labels_are_drawn_as_they_are(folder: Path) -> None:
    """Dollar signs are no formulas, and long, wide or empty labels and missing numbers stop nothing."""
    rows = [["$x^2$ and $", 1.5], ["_hidden" * 20, 2], ["", None], ["日本 \x1b[31m", 3], [None, 4]]
    for kind in ("bar", "line", "pie"):
        result = tables.chart({"columns": ["$name$", "n"], "rows": rows}, kind=kind, name=f"{kind}.svg")
        assert (folder / result.text).stat().st_size > 1000


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("pie", {"columns": ["a", "n"], "rows": [["x", -1], ["y", 2]]}),
        ("pie", {"columns": ["a", "n"], "rows": [["x", 0]]}),
        ("bar", {"columns": ["a", "b"], "rows": [["x", "y"]]}),
        ("bar", {"columns": ["a", "n"], "rows": []}),
        ("scatter", {"columns": ["a", "n"], "rows": [["x", 1]]}),
    ],
)
def test_what_can_not_be_drawn_is_said(kind: str, table: dict[str, Any], folder: Path) -> None:
    """No empty or misleading picture is left behind."""
    with pytest.raises(ArgumentError):
        tables.chart(table, kind=kind)
    assert not list(folder.glob("chart*"))


# Properties ------------------------------------------------------------------------------------------------------

CELLS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "C c", "d'd", 'e"e']), st.floats(-1e6, 1e6).map(lambda x: round(x, 3))),
    min_size=1,
    max_size=40,
)


def as_table(rows: list[tuple[str, float]]) -> dict[str, Any]:
    return {"columns": ["key", "value"], "rows": [list(row) for row in rows]}


@settings(max_examples=25, deadline=None)
@given(CELLS)
def test_aggregates_equal_those_of_python(rows: list[tuple[str, float]]) -> None:
    """Sum, mean, median, extremes and count of each group."""
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for key, value in rows:
        groups[key].append(value)
    ways = ["sum", "mean", "median", "min", "max", "count"]
    result = tables.aggregate(as_table(rows), columns=["value"], how=ways, by=["key"])
    python = [math.fsum, statistics.fmean, statistics.median, min, max, len]
    for key, *values in result.data["rows"]:
        assert values == pytest.approx([way(groups[key]) for way in python], rel=1e-9, abs=1e-6)
    assert {row[0] for row in result.data["rows"]} == set(groups)


@settings(max_examples=25, deadline=None)
@given(CELLS, st.integers(-1_000_000, 1_000_000), st.sampled_from(["above", "at least", "below", "at most"]))
def test_filtered_rows_are_those_that_satisfy_the_condition(
    rows: list[tuple[str, float]], bound: int, how: str
) -> None:
    """Every comparison in words means what it says, also for negative bounds."""
    holds = {
        "above": lambda value: value > bound,
        "at least": lambda value: value >= bound,
        "below": lambda value: value < bound,
        "at most": lambda value: value <= bound,
    }[how]
    result = tables.filter_rows(as_table(rows), where=[f"value {how} {bound}"])
    assert result.data["rows"] == [list(row) for row in rows if holds(row[1])]


@settings(max_examples=25, deadline=None)
@given(CELLS, st.booleans())
def test_sorting_keeps_every_row(rows: list[tuple[str, float]], down: bool) -> None:
    """The same rows, in order."""
    result = tables.sort(as_table(rows), columns=["value"], direction="descending" if down else "ascending")
    values = [row[1] for row in result.data["rows"]]
    assert values == sorted((row[1] for row in rows), reverse=down)
    assert Counter(map(tuple, result.data["rows"])) == Counter(rows)


COMPARED = st.one_of(
    st.builds(
        lambda o, v: f"revenue {o} {v}", st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.integers(-99999, 99999)
    ),
    st.builds(lambda a, b: f"units between {a} and {b}", st.integers(0, 99), st.integers(0, 99)),
    st.builds(
        lambda o, v: f"region {o} {json.dumps(v, ensure_ascii=False)}",
        st.sampled_from(["=", "!=", "contains", "not contains", "starts with", "ends with"]),
        st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(str.strip),
    ),
    st.dates().filter(lambda day: 1900 <= day.year < 2200).map(lambda day: f"date >= {day}"),
    st.sampled_from(
        ["product is empty", "product is not empty", "date = 2024-03", "date != every May", "date = 2024-Q2"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(COMPARED, min_size=1, max_size=4), st.lists(st.sampled_from(["and", "or"]), min_size=3, max_size=3))
def test_a_condition_is_read_as_it_is_written(parts: list[str], joints: list[str]) -> None:
    """What a finder hands on is read again by the tool as the very same condition."""
    said = parts[0] + "".join(f" {joint} {part}" for joint, part in zip(joints, parts[1:], strict=False))
    assert str(condition([said], SALES)) == said


SAID = (
    "total average revenue by region where is North and or above 500 between top 5 most sales.csv 'x' \" in March 2024 "
    "not of per each first , . ? : ; -1 1e9 `units` units price highest over time weekday İ ß 日本 \x00 \u202e"
)
WORDS = st.sampled_from(SAID.split())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.lists(WORDS, max_size=25).map(" ".join), st.text(max_size=80)))
@example("where where where")
@example("revenue between")
@example("region is `")
def test_finders_never_fail_and_their_places_lie_in_the_text(samples: Path, text: str) -> None:
    """Whatever the text, each finder gives places inside it."""
    clues = Clues((), {"table": "sales.csv"})
    for tool in (
        tables.describe,
        tables.show,
        tables.filter_rows,
        tables.aggregate,
        tables.sort,
        tables.top,
        tables.chart,
    ):
        for parameter in tool.signature.parameters:
            assert parameter.kind.find is not None
            for mention in parameter.kind.find(text, clues):
                assert 0 <= mention.start <= mention.end <= len(text)
                assert 0 < mention.score <= 1


def test_examples_of_a_tool_are_enough_and_none_is_shared() -> None:
    """Each tool brings eight to a dozen wordings of its own."""
    tools = [value for value in vars(tables).values() if isinstance(value, Tool)]
    wordings = [wording for tool in tools for wording in tool.examples]
    assert all(8 <= len(tool.examples) <= 12 for tool in tools)
    assert len(set(wordings)) == len(wordings)


def test_the_sample_data_holds_together() -> None:
    """Revenue is units times price, and every file is what its name says."""
    rows = sales()
    assert len(rows) == 200
    assert all(math.isclose(int(r["units"]) * float(r["price"]), float(r["revenue"]), abs_tol=0.005) for r in rows)
    assert len(json.loads((SAMPLES / "weather.json").read_text(encoding="utf-8"))) == 31
