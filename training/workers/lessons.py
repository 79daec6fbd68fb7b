"""What a worker learns from: one JSON object a line, every bad line named by its place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...graphs.data_file import numbered_lines, read_data, read_each
from ...graphs.errors import InputError
from ..splitting import is_held_back
from .options import Objective

_FORMS: dict[Objective, tuple[str, ...]] = {
    "sft": ("prompt", "completion"),
    "dpo": ("prompt", "chosen", "rejected"),
    "distill": ("prompt",),
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing to learn."""

    prompt: str
    """The query, as the node gets it: the node's own prompt is put around it."""
    answer: str = ""
    """The answer to learn, or the one that is preferred."""
    rejected: str = ""
    """The answer it is preferred to."""


def read_lessons(path: Path, objective: Objective) -> list[Lesson]:
    """The lessons in a file, in its order. Raises InputError that lists every bad line as `file:line: what`."""
    names = _FORMS[objective]
    form = "a line is {" + ", ".join(f'"{name}": "..."' for name in names) + "}"
    lines = numbered_lines(read_data(path))
    return read_each(path, lines, lambda line: [_lesson(line, names, form)], f"nothing to learn from in it; {form}")


def split_lessons(lessons: Sequence[Lesson], share: float, seed: int) -> tuple[list[Lesson], list[Lesson]]:
    """Those to train on, and those held back: by a hash of the prompt, so that no prompt is on both sides."""
    kept, held = list[Lesson](), list[Lesson]()
    for lesson in lessons:
        (held if is_held_back(lesson.prompt, share, seed) else kept).append(lesson)
    return (kept, held) if kept else (list(lessons), [])


def _lesson(line: str, names: Sequence[str], form: str) -> Lesson:
    try:
        data: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}; {form}") from error
    if not isinstance(data, dict):
        raise InputError(f"not an object; {form}")
    for name in names:
        if not isinstance(data.get(name), str) or not data[name].strip():
            raise InputError(f"{name!r} must be a text that isn't empty; {form}")
    values = [data[name] for name in names]
    if len(values) == 3 and values[1] == values[2]:
        raise InputError("'chosen' and 'rejected' are the same, so nothing can be preferred")
    return Lesson(*values)
