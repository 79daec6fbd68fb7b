"""The command line, called as a terminal calls it: in this process where that is enough, else in one of its own."""

from __future__ import annotations

import importlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from octograph.cli import main

EXAMPLES = Path(__file__).parent.parent / "examples"
SHOP = ("--tools", "shop_tools")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def octograph(*arguments: str, stdin: str = "", folder: Path | None = None) -> Ended:
    """Run a command in this process, from `folder`."""
    out, err = _Captured(), _Captured()
    with _set_up(arguments, stdin, folder or EXAMPLES), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
    return Ended(code, out.text(), err.text())


def start(
    *arguments: str, folder: Path | None = None, prepare: Callable[[], None] | None = None, **environment: str
) -> subprocess.Popen[bytes]:
    """Start a command as a process, its three streams piped."""
    command = [sys.executable, "-m", "octograph", *arguments]
    pipe = subprocess.PIPE
    inherited = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    return subprocess.Popen(
        command,
        cwd=folder or EXAMPLES,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env=inherited | environment,
        preexec_fn=prepare,
    )


class _Captured(io.TextIOWrapper):
    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding="utf-8", write_through=True)

    def text(self) -> str:
        return self._bytes.getvalue().decode("utf-8", "replace")


@contextmanager
def _set_up(arguments: tuple[str, ...], stdin: str, folder: Path) -> Iterator[None]:
    before = (sys.argv, sys.stdin, os.getcwd(), list(sys.path))
    sys.argv, sys.stdin = ["octograph", *arguments], io.StringIO(stdin)
    os.chdir(folder)
    try:
        yield
    finally:
        sys.argv, sys.stdin, here, sys.path[:] = before
        os.chdir(here)
        forget_modules(folder)


def forget_modules(folder: Path) -> None:
    """Let the next test import its own module of the same name."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).parent == folder:
            del sys.modules[name]
    importlib.invalidate_caches()
