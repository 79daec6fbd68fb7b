"""Tables as aligned text for people: numbers to the right, long cells shortened, control characters left out."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from ....graphs.walk import Result
from ...rendering import number

ROWS_SHOWN = 20
_WIDEST = 40
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


def table_result(data: dict[str, Any], heading: str = "") -> Result:
    """Table data as a Result whose text shows at most the first `ROWS_SHOWN` rows."""
    text = aligned(data)
    return Result(f"{heading}\n{text}" if heading else text, data, "table")


def aligned(data: dict[str, Any]) -> str:
    """The head of a table as lines of equal columns, and how many rows are not shown."""
    rows = data["rows"][:ROWS_SHOWN]
    total = data.get("total", len(data["rows"]))
    if not rows:
        return f"no rows ({', '.join(data['columns'])})"
    grid = [[clean(str(name)) for name in data["columns"]], *([cell(value) for value in row] for row in rows)]
    columns = list(zip(*grid, strict=True))
    widths = [max(map(width, column)) for column in columns]
    right = [all(isinstance(row[at], (int, float)) or row[at] is None for row in rows) for at in range(len(columns))]
    lines = ["  ".join(_padded(*each) for each in zip(line, widths, right, strict=True)).rstrip() for line in grid]
    if total > len(rows):
        lines.append(f"... {total - len(rows):,} more rows ({total:,} in all)")
    return "\n".join(lines)


def cell(value: Any) -> str:
    """A cell as people read it: amounts with at most two decimals, nothing as a dash."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        rounded = round(value, 2)
        return f"{rounded:.15g}" if 100 <= abs(value) < 1e12 else number(value)
    text = clean(str(value))
    return text if width(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def clean(text: str) -> str:
    """The text on one line, without characters that would change how a terminal shows the rest."""
    return _UNPRINTABLE.sub(" ", text).strip()


def width(text: str) -> int:
    """Columns a terminal needs for the text: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, size: int, right: bool) -> str:
    blanks = " " * (size - width(text))
    return blanks + text if right else text + blanks
