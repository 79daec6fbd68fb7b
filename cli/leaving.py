"""How the command line ends: every error is words and an exit code; a traceback is always a bug of Octograph."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ..graphs.errors import GraphError, OctographError

DONE, FAILED, BAD_INPUT, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141
_REPORT = "this is a bug of Octograph; please report it with the command and what --debug prints"

Command = TypeVar("Command", bound=Callable[..., None])


def command(function: Command) -> Command:
    """Make what a command raises an exit code and lines on stderr; `--debug` lets tracebacks through."""

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        with leave_quietly(debug=kwargs.get("debug", False)):
            function(*args, **kwargs)

    return guarded  # type: ignore[return-value]  # wraps keeps the signature that typer reads


@contextmanager
def leave_quietly(debug: bool = False) -> Iterator[None]:
    """Turn exceptions into exit codes: 1 a failed walk, 2 bad input, 130 an interrupt, 141 a closed pipe."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except GraphError as error:
        if debug:
            raise
        raise SystemExit(complain(*map(str, error.problems))) from None
    except OctographError as error:
        if debug:
            raise
        raise SystemExit(complain(str(error), code=error.exit_code)) from None
    except BrokenPipeError:
        _drop_output()
        raise SystemExit(PIPE_CLOSED) from None
    except OSError as error:  # a full disk, a folder without permission: not ours to mend
        if debug:
            raise
        _drop_output()
        where = f"{error.filename}: " if error.filename else ""
        raise SystemExit(complain(f"octograph: {where}{error.strerror or error}", code=FAILED)) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        if debug or _is_usage(error):
            raise
        what = " ".join(str(error).split())[:300]
        raise SystemExit(complain(f"octograph: {type(error).__name__}: {what}", _REPORT, code=FAILED)) from None


def complain(*lines: str, code: int = BAD_INPUT) -> int:
    """Write lines to stderr, without what could steer a terminal; returns the exit code."""
    for line in lines if sys.stderr is not None else ():
        sys.stderr.write("".join(map(_tame, line)) + "\n")
    return code


def _tame(character: str) -> str:
    return character if character.isprintable() or character in "\n\t" else f"\\x{ord(character):02x}"


def _is_usage(error: Exception) -> bool:
    """typer's own exceptions (wrong usage, an exit) are typer's to show."""
    return type(error).__module__.partition(".")[0] in {"typer", "click"}


def _drop_output() -> None:
    """If stdout can't be written any more, let what is left in its buffer go nowhere."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
