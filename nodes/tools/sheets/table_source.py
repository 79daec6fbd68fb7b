"""Opens one table, a file or an earlier result, in a DuckDB that can see nothing else."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....graphs.errors import ArgumentError, MissingExtra, WorkerError
from ...folder import inside
from ...rendering import as_data

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TableValue = str | dict[str, Any]
"""A table file's name in the working folder, or `{"columns": [...], "rows": [[...]]}`."""

READERS = {
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".parquet": "read_parquet",
    ".json": "read_json",
    ".jsonl": "read_json",
    ".ndjson": "read_json",
}
MOST_BYTES = 512 * 1024 * 1024
MOST_ROWS = 10_000
"""Rows handed on to the next worker; a longer result says so and refuses further arithmetic."""
_SAMPLE_ROWS = 5_000
_FEW_VALUES = 60
_WHOLE_FILE_BYTES = 32 * 1024 * 1024
_NUMBER_LIKE = r"[-+]?\s?[$€£¥]?\s?[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?\s?[%$€£¥]?"
_TYPES = {
    "number": re.compile(r"U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DOUBLE|FLOAT|REAL|DECIMAL.*|BIGNUM|VARINT"),
    "date": re.compile(r"DATE"),
    "datetime": re.compile(r"TIMESTAMP.*"),
    "boolean": re.compile(r"BOOLEAN"),
    "text": re.compile(r"VARCHAR|ENUM.*|UUID"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    type: str
    """`number`, `text`, `date`, `datetime`, `boolean` or `other`."""
    values: tuple[str, ...] = ()
    """The different values of a text column, where the head of the table has only a few."""
    written: bool = False
    """True for numbers written as text (`$1,200`), which have to be read first."""
    ids: bool = False
    """True for numbers that only tell rows apart, such as an order number: never added up unasked."""

    unique: bool = False
    """True for text that no two rows share, as far as the head of the table tells: it names the rows."""
    source: str = ""
    """The name it has in SQL, where that differs."""

    @property
    def sql(self) -> str:
        """The column as an SQL expression of its type."""
        name = identifier(self.source or self.name)
        if self.written:
            return f"TRY_CAST(regexp_replace({name}, '[^0-9.+-]', '', 'g') AS DOUBLE)"
        return name


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def opened(table: TableValue) -> Iterator[DuckDBPyConnection]:
    """A database whose only content is the view or table `t`; files, network and settings are out of reach.

    Raises ArgumentError for a table that can't be one, WorkerError for a file that can't be read as one.
    """
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtra("Reading tables", "tools", "duckdb") from error
    name = table if isinstance(table, str) else "the table"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2,
        "memory_limit": "1GB",
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(":memory:", config=settings)
    try:
        if isinstance(table, str):
            _open_file(connection, table_file(table))
        else:
            _open_rows(connection, table)
        yield connection
    except duckdb.Error as error:
        raise WorkerError(f"{name}: {_reason(error)}") from error
    finally:
        connection.close()


def table_file(name: str) -> Path:
    """The table file called `name`. Raises ArgumentError if it is no file, no table, empty or too large."""
    path = inside(name)
    if not path.is_file():
        raise ArgumentError(f"{name!r} is not a file")
    if path.suffix.lower() not in READERS:
        raise ArgumentError(f"{name!r} is not a table; tables are {', '.join(READERS)} files")
    size = path.stat().st_size
    if size == 0:
        raise ArgumentError(f"{name!r} is empty")
    if size > MOST_BYTES:
        raise ArgumentError(f"{name!r} has {size:,} bytes; tables of up to {MOST_BYTES:,} bytes are read")
    return path


def columns_of(table: TableValue) -> tuple[Column, ...]:
    """The columns of a table, in order. Raises as `opened` does."""
    if isinstance(table, str):
        path = table_file(table)
        status = path.stat()
        return _file_columns(table, path, status.st_mtime_ns, status.st_size)
    names, rows = _parts(table)
    return tuple(
        Column(name, _KINDS[_sql_type(values)], _few([value for value in values if isinstance(value, str)]))
        for name, values in zip(names, _by_column(names, rows), strict=True)
    )


def check_whole(table: TableValue) -> None:
    """Refuse to compute with an earlier result of which only the head was handed on."""
    if isinstance(table, dict) and table.get("total", 0) > len(table.get("rows", ())):
        raise ArgumentError(
            f"only the first {len(table['rows']):,} of {table['total']:,} rows were handed on, so the result would "
            "be wrong; say the condition and the calculation in one sentence about the file itself"
        )


def fetch(connection: DuckDBPyConnection, sql: str, values: Sequence[Any] = ()) -> dict[str, Any]:
    """The result of a query as table data, at most `MOST_ROWS` rows (then with the `total`)."""
    cursor = connection.execute(sql, list(values))
    names = [entry[0] for entry in cursor.description or ()]
    rows = cursor.fetchmany(MOST_ROWS)
    data: dict[str, Any] = {"columns": names, "rows": [[plain(cell) for cell in row] for row in rows]}
    if len(rows) == MOST_ROWS:
        rest = 0
        while more := cursor.fetchmany(MOST_ROWS):
            rest += len(more)
        if rest:
            data["total"] = MOST_ROWS + rest
    return data


def plain(cell: Any) -> Any:
    """A cell as plain JSON data; numbers that JSON has no word for are None."""
    if isinstance(cell, Decimal):
        cell = int(cell) if cell == cell.to_integral_value() and cell.as_tuple().exponent == 0 else float(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    return as_data(cell)


def _open_file(connection: DuckDBPyConnection, path: Path) -> None:
    import duckdb

    literal = _literal(str(path))
    connection.execute("SET temp_directory = ''")
    connection.execute(f"SET allowed_paths = [{literal}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    reader = READERS[path.suffix.lower()]
    attempts = [""]
    small = path.stat().st_size <= _WHOLE_FILE_BYTES
    if reader == "read_csv":
        sample = -1 if small else 20_480
        attempts = [
            f", header = true, sample_size = {sample}{more}"
            for more in ("", ", encoding = 'latin-1'", ", strict_mode = false, null_padding = true")
        ]
    made = "TABLE" if small else "VIEW"
    for number, options in enumerate(attempts, 1):
        try:
            connection.execute(f"CREATE {made} t AS SELECT * FROM {reader}({literal}{options})")
            return
        except duckdb.Error:
            if number == len(attempts):
                raise


def _open_rows(connection: DuckDBPyConnection, table: dict[str, Any]) -> None:
    names, rows = _parts(table)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    columns = _by_column(names, rows)
    types = [_sql_type(values) for values in columns]
    chosen = ", ".join(f"unnest(?::{type_}[]) AS {identifier(name)}" for name, type_ in zip(names, types, strict=True))
    values = [[_cell(cell, type_) for cell in cells] for cells, type_ in zip(columns, types, strict=True)]
    connection.execute(f"CREATE TABLE t AS SELECT {chosen}", values)


def _parts(table: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """Column names and rows of table data. Raises ArgumentError if it is not in the shape of a table."""
    names, rows = table.get("columns"), table.get("rows")
    if not isinstance(names, list) or not names or not isinstance(rows, list):
        raise ArgumentError('the table needs "columns" (a list of names) and "rows" (a list of lists)')
    if any(not isinstance(row, list) or len(row) != len(names) for row in rows):
        raise ArgumentError(f"every row of the table needs {len(names)} cells, one for each column")
    seen: dict[str, int] = {}
    distinct = []
    for name in map(str, names):
        nth = seen[name.lower()] = seen.get(name.lower(), 0) + 1
        distinct.append(name if nth == 1 else f"{name}_{nth}")
    return distinct, rows


def _by_column(names: list[str], rows: list[list[Any]]) -> list[list[Any]]:
    return [[row[at] for row in rows] for at in range(len(names))]


_KINDS = {"BIGINT": "number", "DOUBLE": "number", "BOOLEAN": "boolean", "DATE": "date", "VARCHAR": "text"}


def _sql_type(values: Sequence[Any]) -> str:
    """The narrowest type that holds every value of a column."""
    present = [value for value in values if value is not None]
    if not present:
        return "VARCHAR"
    if all(isinstance(value, bool) for value in present):
        return "BOOLEAN"
    if all(isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 for value in present):
        return "BIGINT"
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in present):
        return "DOUBLE"
    return "DATE" if all(_is_date(value) for value in present) else "VARCHAR"


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _cell(value: Any, type_: str) -> Any:
    if value is None or type_ != "VARCHAR":
        return float(value) if type_ == "DOUBLE" and value is not None else value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


@lru_cache(maxsize=64)
def _file_columns(name: str, path: Path, changed: int, size: int) -> tuple[Column, ...]:
    """The header of a file; `changed` and `size` make a changed file a new one."""
    with opened(name) as connection:
        described = connection.execute("DESCRIBE t").fetchall()
        sample = connection.execute(f"SELECT * FROM t LIMIT {_SAMPLE_ROWS}").fetchall()
    columns = []
    for at, (column, sql_type, *_) in enumerate(described):
        type_ = next((kind for kind, names in _TYPES.items() if names.fullmatch(sql_type)), "other")
        cells = [row[at] for row in sample if row[at] is not None]
        written = type_ == "text" and bool(cells) and all(_is_written_number(str(cell)) for cell in cells)
        columns.append(
            Column(
                column,
                "number" if written else type_,
                _few(cells) if type_ == "text" and not written else (),
                written,
                type_ == "number" and bool(re.search(r"(?:^|[\W_])(?:id|no|nr|zip|code|key)$", column, re.IGNORECASE)),
                type_ == "text" and len(sample) > 1 and len(set(cells)) == len(sample),
            )
        )
    return tuple(columns)


def _is_written_number(text: str) -> bool:
    text = text.strip()
    return any(map(str.isdigit, text)) and not _is_code(text) and bool(re.fullmatch(_NUMBER_LIKE, text))


def _is_code(text: str) -> bool:
    """Leading zeros mean something in a postal code or an article number, and nothing in an amount."""
    return len(text) > 1 and text[0] == "0" and text[1].isdigit()


def _few(values: Sequence[Any]) -> tuple[str, ...]:
    different = dict.fromkeys(str(value) for value in values)
    return tuple(different) if len(different) <= _FEW_VALUES else ()


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _reason(error: Exception) -> str:
    """DuckDB's message without its advice about settings nobody can change here."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines[:4] if not line.startswith(("Original Line", "Possible", "LINE"))]
    return "can't be read as a table: " + ("; ".join(told[:2]) or type(error).__name__)[:300]
