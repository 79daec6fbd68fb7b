"""Whether weights may bring code of their own to run: never, unless the caller says so for what happens inside a block.

A graph file can't say it: reading and walking somebody's graph must not run somebody's Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_trusted: ContextVar[bool] = ContextVar("octograph_trust_remote_code", default=False)


@contextmanager
def trusting_remote_code(trusted: bool = True) -> Iterator[None]:
    """Let models that are loaded inside run the Python that comes with their weights (or, with False, not)."""
    token = _trusted.set(trusted)
    try:
        yield
    finally:
        _trusted.reset(token)


def remote_code_trusted() -> bool:
    """True inside `trusting_remote_code()`."""
    return _trusted.get()
