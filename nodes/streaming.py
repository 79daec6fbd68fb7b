"""Text of a worker as it comes: the engine listens to one attempt at a time, a worker tells whoever listens.

A worker asks `listener()` and, where it is None, need not stream at all.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

Tell = Callable[[str], None]

_listener: ContextVar[Tell | None] = ContextVar("octograph_listener", default=None)


def listener() -> Tell | None:
    """Whom to tell each piece of text, from any thread; None if nobody listens."""
    return _listener.get()


@contextmanager
def told_to(hear: Tell) -> Iterator[None]:
    """Have `hear` called, in this event loop, with the text of the worker that runs inside; never after its end.

    An attempt that was given up may go on for a while in a thread of its own: what it says then goes nowhere.
    """
    loop, thread = asyncio.get_running_loop(), threading.get_ident()
    listening = True

    def in_loop(text: str) -> None:
        if listening:
            hear(text)

    def tell(text: str) -> None:
        if threading.get_ident() == thread:
            in_loop(text)
        else:
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(in_loop, text)

    token = _listener.set(tell)
    try:
        yield
    finally:
        listening = False
        _listener.reset(token)
