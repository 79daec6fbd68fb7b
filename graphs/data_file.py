"""The text of a data file that a user names (a walk, labelled requests), bounded so that no device fills memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from .errors import InputError

Item = TypeVar("Item")

MOST_BYTES = 256 * 1024 * 1024


def read_data(path: Path, most: int = MOST_BYTES) -> str:
    """The UTF-8 text at `path`, which may also be a pipe. Raises InputError that names the path."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from error
    if len(data) > most:
        raise InputError(f"{path}: longer than {most:,} bytes, the most that is read; split it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text (byte {error.start})") from error


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that aren't blank, with their numbers, counted from 1."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def read_each(
    path: Path, lines: Iterable[tuple[int, str]], read: Callable[[str], Iterable[Item]], nothing: str
) -> list[Item]:
    """What `read` makes of every line, in order.

    Raises InputError that lists every line `read` refuses as `file:line: what`, or says `nothing` of a file in which
    there is none.
    """
    items, problems = list[Item](), list[str]()
    for number, line in lines:
        try:
            items.extend(read(line))
        except InputError as error:
            problems.append(f"{path}:{number}: {error}")
    if not items and not problems:
        problems.append(f"{path}: {nothing}")
    if problems:
        raise InputError("\n".join(problems))
    return items
