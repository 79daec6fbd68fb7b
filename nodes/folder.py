"""The one working folder that file and table tools see, and the guard that keeps them inside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from ..graphs.errors import ArgumentError, nearest

_folder: ContextVar[Path | None] = ContextVar("octograph_folder", default=None)


@contextmanager
def working_in(folder: Path) -> Iterator[Path]:
    """Make `folder` the working folder of every walk started in this context."""
    token = _folder.set(folder.resolve())
    try:
        yield folder
    finally:
        _folder.reset(token)


def working_folder() -> Path:
    """The working folder: the one set by `working_in`, else the current directory."""
    return _folder.get() or Path.cwd()


def inside(name: str, *, must_exist: bool = True) -> Path:
    """The path of `name` in the working folder, links resolved.

    Raises ArgumentError for a path that leaves the folder and, with `must_exist`, for one that is not there.
    """
    root = working_folder().resolve()
    try:
        path = (root / name).resolve()
        there = path.exists()
    except (OSError, ValueError, RuntimeError) as error:  # too long, a null character, a circle of links
        raise ArgumentError(f"{name[:80]!r} can't be a file's name: {error}") from error
    if not path.is_relative_to(root):
        raise ArgumentError(f"{name!r} is outside the working folder {root}; files are only read and written inside it")
    if must_exist and not there:
        known = sorted(entry.name for entry in root.iterdir()) if root.is_dir() else []
        raise ArgumentError(f"no file {name!r} in {root}{nearest(name, known)}")
    return path
