"""`${NAME}` in a graph: replaced from the environment, yet never shown, written back or hashed.

What a file says stays with the value (`written`), so whatever prints, writes or compares a graph uses that.
"""

from __future__ import annotations

import os
import re
from typing import Any

Path = tuple[str | int, ...]

_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_MOST_BITS = 3400
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class FromEnvironment(str):
    """Text with values of environment variables in it; its repr is what the file says."""

    written: str

    def __new__(cls, value: str, written: str = "") -> FromEnvironment:
        text = super().__new__(cls, value)
        text.written = written
        return text

    def __repr__(self) -> str:
        return repr(self.written)


def reveal(text: str) -> str:
    """`text` with `${NAME}` replaced and `$${` unescaped. Raises ValueError that names an unset variable."""
    if "${" not in text or isinstance(text, FromEnvironment):
        return text
    return FromEnvironment(_REFERENCE.sub(_value, text), text)


class DataError(ValueError):
    """Plain data with something wrong in it: every fault with its path inside the data."""

    def __init__(self, faults: list[tuple[Path, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(message for _, message in faults))


def reveal_all(data: Any) -> Any:
    """A copy of plain data (mappings, lists, scalars) with every text in it revealed.

    Raises DataError for unset variables and for anything that is not plain data.
    """
    faults: list[tuple[Path, str]] = []
    copy = _copied(data, (), faults)
    if faults:
        raise DataError(faults)
    return copy


def _copied(data: Any, path: Path, faults: list[tuple[Path, str]]) -> Any:
    if isinstance(data, str):
        try:
            check_characters(data)
            return reveal(data)
        except ValueError as error:
            faults.append((path, str(error)))
            return data
    if isinstance(data, int) and data.bit_length() > _MOST_BITS:
        faults.append((path, "a whole number of more than a thousand digits; quote it to make it text"))
    if data is None or isinstance(data, (bool, int, float)):
        return data
    if isinstance(data, dict):
        faults += ((path, f"keys must be text, found {key!r}") for key in data if not isinstance(key, str))
        return {key: _copied(item, (*path, key), faults) for key, item in data.items()}
    if isinstance(data, (list, tuple)):
        return [_copied(item, (*path, index), faults) for index, item in enumerate(data)]
    faults.append((path, f"expected plain data (text, numbers, lists, mappings), found {type(data).__name__}"))
    return data


def check_characters(text: str) -> None:
    """Raises ValueError for text that no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"holds half a character (a lone surrogate) at position {error.start}; remove it") from None


def refuse_references(text: str) -> str:
    """`text` with `$${` unescaped. Raises ValueError where it holds a `${NAME}`: this text is shown to people."""
    if "${" not in text or isinstance(text, FromEnvironment):
        return text
    if any(match.group() != "$${" for match in _REFERENCE.finditer(text)):
        raise ValueError(
            "${...} can't stand here, because this text is shown in answers and traces; "
            "it can in model, prompt, settings and weights (write $${ for a plain ${)"
        )
    return FromEnvironment(text.replace("$${", "${"), text)


def written(text: str) -> str:
    """`text` as a graph file has it: references as they were, a plain `${` escaped."""
    return text.written if isinstance(text, FromEnvironment) else str(text).replace("${", "$${")


def _value(match: re.Match[str]) -> str:
    if match.group() == "$${":
        return "${"
    name, closed = match.groups()
    if not closed or not _NAME.fullmatch(name):
        raise ValueError(f"{match.group()[:60]} is no reference; write ${{NAME}}, or $${{ for a plain ${{")
    if name not in os.environ:
        raise ValueError(
            f"the environment variable {name} is not set; set it, or write $${{{name}}} for the plain text"
        )
    return os.environ[name]
