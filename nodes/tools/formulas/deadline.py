"""Ends a computation that takes too long, in the thread it runs in, so that no thread is left behind working.

The exception is set from a watching thread; it reaches pure Python code (sympy) at the next bytecode, which
is why the numbers themselves are bounded beforehand. It is no `Exception`, so library code can't swallow it.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

from ....graphs.errors import WorkerError

T = TypeVar("T")


class _TimeUpError(BaseException):
    """Raised inside the computation when its time is up."""


def within(seconds: float, compute: Callable[[], T], what: str) -> T:
    """The value of `compute()`. Raises WorkerError, naming `what`, if it takes longer than `seconds`."""
    watch = _Watch(seconds, threading.get_ident())
    try:
        watch.start()
        try:
            return compute()
        finally:
            watch.end()
    except _TimeUpError:
        watch.end()
        raise WorkerError(f"{what} took longer than {seconds:g} s and was stopped; try a simpler one") from None


class _Watch:
    """Raises _TimeUpError in a thread from a moment on, again and again, until it is told to end."""

    def __init__(self, seconds: float, thread: int) -> None:
        self._seconds = seconds
        self._thread = ctypes.c_ulong(thread)
        self._over = threading.Event()
        self._turn = threading.Lock()

    def start(self) -> None:
        threading.Thread(target=self._watch, name="octograph-deadline", daemon=True).start()

    def end(self) -> None:
        """Stop watching, and take back an exception that is set but not raised yet."""
        self._over.set()
        with self._turn:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, None)

    def _watch(self) -> None:
        wait = self._seconds
        while not self._over.wait(wait):
            with self._turn:
                if not self._over.is_set():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, ctypes.py_object(_TimeUpError))
            wait = 0.05
