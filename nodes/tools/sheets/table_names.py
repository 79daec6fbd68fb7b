"""Finds the table a request speaks of: a file by its name or in passing ("the sales file"), or an earlier result."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from ....graphs.signature import Clues, Mention
from ....graphs.walk import Result
from ...folder import working_folder
from ..prose.lexing import brief, file_names, quotes, stems, words
from .table_source import READERS

_SUFFIXES = tuple(READERS)
_NOUN = {"file", "table", "data", "dataset", "sheet", "spreadsheet", "csv", "json", "parquet", "list", "record"}
_PREPOSITIONS = {"in", "from", "of", "the", "with", "using", "use", "on", "our", "my", "open"}
_MOST_FILES = 1000
_LEAST_SURE = 0.3


@brief
def find_tables(text: str, clues: Clues) -> Iterator[Mention]:
    """Table files that the text names, and (at no place in it) earlier results that are tables, the latest first."""
    names = _table_files()
    yield from _named(text, names)
    yield from _in_passing(text, names)
    for age, result in enumerate(reversed(clues.inputs)):
        value = table_in(result)
        if value is not None:
            yield Mention(0, 0, value, max(0.75 - age / 20, 0.5))


def table_in(result: Result) -> str | dict[str, Any] | None:
    """The table an earlier result holds: its rows, or the table file it wrote or names."""
    data = result.data
    if result.kind == "table" and isinstance(data, dict) and isinstance(data.get("rows"), list) and data.get("columns"):
        return data
    if isinstance(data, list) and data and all(isinstance(row, dict) and row.keys() == data[0].keys() for row in data):
        return {"columns": list(data[0]), "rows": [list(row.values()) for row in data]}
    if result.kind == "file":
        return next((name for name in result.files if name.lower().endswith(_SUFFIXES)), None)
    return None


def _named(text: str, names: Sequence[str]) -> Iterator[Mention]:
    lowered = {name.lower(): name for name in names}
    for name in names:
        if re.search(r"[^\w.-]", name):
            for match in re.finditer(rf"(?<![\w/]){re.escape(name)}(?!\w)", text, re.IGNORECASE):
                yield Mention(match.start(), match.end(), name)
    for quote in quotes(text):
        if quote.content.lower().endswith(_SUFFIXES):
            yield Mention(quote.start, quote.end, lowered.get(quote.content.lower(), quote.content))
    for start, end in file_names(text):
        written = text[start:end]
        if written.lower().endswith(_SUFFIXES):
            yield Mention(start, end, lowered.get(written.lower(), written), 0.98)


def _in_passing(text: str, names: Sequence[str]) -> Iterator[Mention]:
    """ "the sales file", "sales data", or just "sales" where the folder has one such table."""
    inside_names = list(file_names(text))
    listed = [word for word in words(text) if not any(start <= word.start < end for start, end in inside_names)]
    for said, named in _stems_of(tuple(names)).items():
        for at in range(len(listed) - len(said) + 1):
            run = listed[at : at + len(said)]
            if tuple(word.stem for word in run) != said or len(named) != 1:
                continue
            end, score = run[-1].end, 0.45
            following = listed[at + len(said)] if at + len(said) < len(listed) else None
            if following is not None and following.stem in _NOUN and not text[end : following.start].strip():
                end, score = following.end, 0.9
            elif at > 0 and listed[at - 1].stem in _PREPOSITIONS:
                score += 0.05
            if score < 0.9 and following is not None and text[end : following.start].isspace():
                score -= 0.0 if following.stem in _PREPOSITIONS else 0.1
            yield Mention(run[0].start, end, named[0], max(score, _LEAST_SURE))


@lru_cache(maxsize=16)
def _stems_of(names: tuple[str, ...]) -> dict[tuple[str, ...], list[str]]:
    said: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        key = stems(name.rsplit(".", 1)[0])
        if key:
            said.setdefault(key, []).append(name)
    return said


def _table_files() -> list[str]:
    try:
        with os.scandir(working_folder()) as entries:
            found = [entry.name for _, entry in zip(range(_MOST_FILES), entries, strict=False)]
    except OSError:
        return []
    return sorted(name for name in found if name.lower().endswith(_SUFFIXES))
