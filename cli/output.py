"""What goes to stdout: the answer or the JSON, and nothing else."""

from __future__ import annotations

import json
import math
import sys
from typing import Any


def put(text: str) -> None:
    """Print an answer; to a terminal without what could steer it."""
    put_piece(f"{text}\n")


def put_piece(text: str) -> None:
    """Print a piece of an answer, with no line end of ours."""
    if sys.stdout is None:  # closed by the caller
        return
    if sys.stdout.isatty():
        text = "".join(character for character in text if character.isprintable() or character in "\n\t")
    print(text, end="", flush=True)


def put_json(data: Any, indent: int | None = 2) -> None:
    """Print plain data as JSON that any reader takes: infinite and undefined numbers become null."""
    if sys.stdout is not None:
        print(json.dumps(_finite(data), ensure_ascii=False, allow_nan=False, indent=indent, default=str), flush=True)


def put_bytes(content: bytes) -> None:
    """Write a file's content."""
    if sys.stdout is not None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def _finite(data: Any) -> Any:
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    if isinstance(data, dict):
        return {str(key): _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return data
