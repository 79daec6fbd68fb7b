"""The text of a data file that a user names (a walk, labelled requests), bounded so that no device fills memory."""

from __future__ import annotations

from pathlib import Path

from .errors import InputError

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
