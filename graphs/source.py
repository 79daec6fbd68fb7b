"""The text of a graph file, read with care: whatever the path leads to, the end is text or a problem."""

from __future__ import annotations

import os
import re
import stat
from difflib import get_close_matches
from pathlib import Path

from .errors import GraphError, Problem, nearest

MOST_BYTES = 64 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
_LONGEST_NAME = 100
LIBRARY = Path(__file__).parent / "library"

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")


def library_names() -> tuple[str, ...]:
    """Names of the graphs that ship with Octograph."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.yaml")))


def is_bare(name: str) -> bool:
    """Whether `name` may be the name of a library graph: no folder, no suffix."""
    return bool(name) and "/" not in name and os.sep not in name and "." not in name


def locate(name: str | os.PathLike[str]) -> Path:
    """The path that `name` leads to: a file's own, or that of the library graph so called.

    Raises GraphError for a bare name that is neither.
    """
    given = os.fspath(name)
    path = Path(given)
    if not (isinstance(name, str) and is_bare(given)) or _is_file(path):
        return path
    names = library_names()
    if given in names:
        return LIBRARY / f"{given}.yaml"
    raise _unusable(
        given,
        f"no file and no graph of the library is called so{nearest(given[:_LONGEST_NAME], names)}; "
        f"the library has: {', '.join(names) or 'nothing'} (a file of your own: {given[:_LONGEST_NAME]}.yaml)",
    )


def read_text(path: Path, shown: str) -> str:
    """The text of the regular file at `path`; `shown` names it in errors. Raises GraphError."""
    return check_text(_decode(_read_bytes(path, shown), shown), shown)


def check_text(text: str, shown: str) -> str:
    """`text` itself, if it can be a graph file: its size, its lines and its characters. Raises GraphError."""
    text = text.removeprefix("\ufeff")
    if len(text) > MOST_BYTES:
        raise _unusable(shown, f"{len(text):,} characters are too many; a graph file has at most {MOST_BYTES:,}")
    if bad := _CONTROL.search(text):
        line, column = _line_and_column(text, bad.start())
        message = f"the control character U+{ord(bad.group()):04X} can't stand in a graph file; remove it"
        raise GraphError([Problem(shown, line, column, "", message)])
    for number, line_text in enumerate(text.split("\n"), start=1):
        if len(line_text) > LONGEST_LINE:
            message = f"a line of {len(line_text):,} characters is too long; at most {LONGEST_LINE:,} are read"
            raise GraphError([Problem(shown, number, 1, "", message)])
    return text


def _read_bytes(path: Path, shown: str) -> bytes:
    try:
        _refuse_irregular(os.stat(path), shown)
        # O_NONBLOCK: a pipe put in the file's place meanwhile is refused below rather than waited for
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            _refuse_irregular(os.fstat(file.fileno()), shown)
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise _unusable(shown, f"no such file{_nearest_file(path)}") from None
    except ValueError:  # a path with a NUL in it
        raise _unusable(repr(shown), "no such file: a path can't hold that character") from None
    except OSError as error:
        raise _unusable(shown, f"can't be read: {error.strerror or type(error).__name__}") from None
    if len(data) > MOST_BYTES:
        raise _unusable(shown, f"the file grew beyond {MOST_BYTES:,} bytes, the most that is read")
    return data


def _refuse_irregular(status: os.stat_result, shown: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise _unusable(shown, "is a folder; name the graph file in it")
    if not stat.S_ISREG(status.st_mode):
        raise _unusable(shown, "is not a regular file (a pipe, socket or device); graphs are read from files only")
    if status.st_size > MOST_BYTES:
        raise _unusable(shown, f"{status.st_size:,} bytes are too many; a graph file has at most {MOST_BYTES:,}")


def _decode(data: bytes, shown: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = _line_and_column(before, len(before))
        utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        found = "it looks like UTF-16" if utf16 else f"byte 0x{data[error.start]:02X} at offset {error.start}"
        message = f"not UTF-8 ({found}); save the file as UTF-8"
        raise GraphError([Problem(shown, line, column, "", message)]) from None


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _nearest_file(path: Path) -> str:
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for entry, _ in zip(entries, range(10_000), strict=False)]
    except OSError:
        return f"; nor is there a folder {str(path.parent)!r}"
    graphs = {Path(name).stem: name for name in names if name.endswith((".yaml", ".yml"))}
    close = get_close_matches(path.stem[:_LONGEST_NAME], graphs, n=1)
    return f"; did you mean {graphs[close[0]]!r}?" if close else nearest(path.name[:_LONGEST_NAME], names)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _unusable(shown: str, message: str) -> GraphError:
    return GraphError([Problem(shown, 0, 0, "", message)])
