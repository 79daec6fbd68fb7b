"""Conditions on the rows of a table as data: what they say in words, and the SQL with every value bound."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from ...rendering import number
from .periods import Period
from .table_source import Column

Value = float | str | bool | Period
OPPOSITES = {
    "=": "!=",
    ">": "<=",
    ">=": "<",
    "between": "not between",
    "in": "not in",
    "contains": "not contains",
    "starts with": "not starts with",
    "ends with": "not ends with",
    "is empty": "is not empty",
}
OPPOSITES |= {opposite: operator for operator, opposite in OPPOSITES.items()}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column compared with values: `revenue > 500`, read at `text[start:end]`."""

    column: Column
    operator: str
    values: tuple[Value, ...] = ()
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """The comparison in the form that is read again as the same one."""
        shown = [_shown(value) for value in self.values]
        name = _shown_name(self.column.name)
        if self.operator.endswith("between"):
            return f"{name} {self.operator} {shown[0]} and {shown[1]}"
        if self.operator.endswith("in"):
            return f"{name} {self.operator} ({', '.join(shown)})"
        return " ".join([name, self.operator, *shown])

    def sql(self) -> tuple[str, list[Any]]:
        """An SQL expression and the values of its parameters."""
        if self.operator in _NEGATED:
            positive = Comparison(self.column, OPPOSITES[self.operator], self.values)
            expression, values = positive.sql()
            return f"NOT coalesce({expression}, false)", values
        if self.operator == "is empty":
            return f"(({self.column.sql}) IS NULL OR trim(CAST({self.column.sql} AS VARCHAR)) = '')", []
        if self.operator == "in":
            parts = [Comparison(self.column, "=", (value,)).sql() for value in self.values]
            return "(" + " OR ".join(part for part, _ in parts) + ")", [value for _, bound in parts for value in bound]
        if isinstance(self.values[0], Period):
            return self._period_sql()
        if isinstance(self.values[0], str):
            return self._text_sql(self.values[0])
        if self.operator == "between":
            return f"({self.column.sql} BETWEEN ? AND ?)", sorted(self.values)
        return f"({self.column.sql} {self.operator} ?)", [self.values[0]]

    def _period_sql(self) -> tuple[str, list[Any]]:
        column, first = self.column.sql, self.values[0]
        last = self.values[-1]
        assert isinstance(first, Period) and isinstance(last, Period)  # noqa: PT018 (for the type checker)
        if first.month is not None:
            return f"(month({column}) = ?)", [first.month]
        if self.operator == ">":
            return f"({column} >= CAST(? AS DATE))", [first.end]
        if self.operator == ">=":
            return f"({column} >= CAST(? AS DATE))", [first.start]
        if self.operator == "<":
            return f"({column} < CAST(? AS DATE))", [first.start]
        if self.operator == "<=":
            return f"({column} < CAST(? AS DATE))", [first.end]
        start, end = min(first.start, last.start), max(first.end, last.end)
        return f"({column} >= CAST(? AS DATE) AND {column} < CAST(? AS DATE))", [start, end]

    def _text_sql(self, value: str) -> tuple[str, list[Any]]:
        cell = f"lower(trim(CAST({self.column.sql} AS VARCHAR)))"
        function = {"contains": "contains", "starts with": "starts_with", "ends with": "ends_with"}.get(self.operator)
        if function:
            return f"{function}({cell}, lower(?))", [value]
        return f"({cell} = lower(trim(?)))", [value]


_NEGATED = {"!=", "not between", "not in", "not contains", "not starts with", "not ends with", "is not empty"}


@dataclass(frozen=True, slots=True)
class Condition:
    """What rows have to satisfy: any of the alternatives, each with all of its comparisons."""

    alternatives: tuple[tuple[Comparison, ...], ...]

    def __str__(self) -> str:
        return " or ".join(" and ".join(map(str, all_of)) for all_of in self.alternatives)

    def sql(self) -> tuple[str, list[Any]]:
        """An SQL expression and the values of its parameters, in order."""
        alternatives, values = [], []
        for all_of in self.alternatives:
            parts = []
            for comparison in all_of:
                part, bound = comparison.sql()
                parts.append(part)
                values += bound
            alternatives.append("(" + " AND ".join(parts) + ")")
        return "(" + " OR ".join(alternatives) + ")", values


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return number(value) if float(number(value)) == value else repr(value)
    return str(value)


def _shown_name(name: str) -> str:
    return name if re.fullmatch(r"[^\W\d]\w*", name) else "`" + name.replace("`", "``") + "`"
