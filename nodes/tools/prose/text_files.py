"""Reads and writes text files of the working folder: regular, of bounded size, in any usual encoding, not hidden."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ....graphs.errors import ArgumentError, WorkerError
from ...folder import inside, working_folder

MOST_BYTES = 2_000_000
MOST_ENTRIES = 5_000
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_text(name: str) -> str:
    """The text of a file. Raises ArgumentError if it is no regular file, too large, or not text."""
    return decoded(existing_file(name), name)


def decoded(path: Path, name: str) -> str:
    """The text of a file whose place is known to be inside the folder."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ArgumentError(f"{name!r} has {size:,} bytes; text files of up to {MOST_BYTES:,} bytes are read")
        content = path.read_bytes()
    except OSError as error:
        raise WorkerError(f"can't read {name!r}: {error.strerror or error}") from error
    text = _text(content)
    if text is None:
        raise ArgumentError(f"{name!r} is not a text file; only texts are read")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def write_text(name: str, text: str, *, overwrite: bool) -> str:
    """Write a new file, or with `overwrite` also over an old one; gives its name in the folder.

    Raises ArgumentError for a hidden file, a folder, or a file that is there and may not be overwritten.
    """
    path = new_place(name)
    content = text.encode("utf-8", "replace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if overwrite:
            _replace(path, content)
        else:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
                file.write(content)
    except FileExistsError as error:
        raise ArgumentError(
            f"{name!r} is there already; choose another name, or say that it is to be overwritten"
        ) from error
    except OSError as error:
        raise WorkerError(f"can't write {name!r}: {error.strerror or error}") from error
    return relative(path)


def append_text(name: str, text: str) -> str:
    """Add lines at the end of a text file, which is made if it is not there; gives its name in the folder."""
    path = new_place(name)
    if path.exists():
        before = read_text(name)
        if before and not before.endswith("\n"):
            text = "\n" + text
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write((text if text.endswith("\n") else text + "\n").encode("utf-8", "replace"))
    except OSError as error:
        raise WorkerError(f"can't write {name!r}: {error.strerror or error}") from error
    return relative(path)


def existing_file(name: str) -> Path:
    """The place of a regular file. Raises ArgumentError for anything else."""
    path = inside(_checked(name))
    if not path.is_file():
        raise ArgumentError(f"{name!r} is {'a folder' if path.is_dir() else 'not a regular file'}, not a file to read")
    return path


def new_place(name: str) -> Path:
    """Where a file of that name may be written. Raises ArgumentError for hidden files, folders and devices."""
    path = inside(_checked(name), must_exist=False)
    if any(part.startswith(".") for part in path.relative_to(working_folder().resolve()).parts):
        raise ArgumentError(f"{name!r} is hidden; hidden files and folders are not written")
    if path == working_folder().resolve() or (path.exists() and not path.is_file()):
        raise ArgumentError(f"{name!r} is not a file that can be written")
    return path


def relative(path: Path) -> str:
    """A place inside the working folder, as its users name it."""
    return path.relative_to(working_folder().resolve()).as_posix()


def files_below(folder: Path) -> Iterator[Path]:
    """Every regular, visible file at any depth, sorted; at most `MOST_ENTRIES`. Links out of the folder don't count."""
    root = working_folder().resolve()
    seen = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            seen += 1
            if seen > MOST_ENTRIES:
                return
            if not name.startswith(".") and path.is_file() and path.resolve().is_relative_to(root):
                yield path


def is_text(path: Path) -> bool:
    """Whether the head of a file reads as text."""
    try:
        with path.open("rb") as file:
            return _text(file.read(4096), cut=True) is not None
    except OSError:
        return False


def _text(content: bytes, *, cut: bool = False) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                return content.decode(encoding, "ignore") if cut else None
    if b"\x00" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if cut and error.start >= len(content) - 4:
            return content[: error.start].decode("utf-8")
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in content)
    return content.decode("cp1252", "replace") if controls == 0 else None


def _checked(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > 1000:
        raise ArgumentError(f"{name[:80]!r} is not a file name")
    return name.strip()


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file, then swap: a reader sees the old content or the new, never half of it."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".octograph-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
