"""The clock, injected: everything that asks for "now" asks here, so a test or a replay can set it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_fixed: ContextVar[dt.datetime | None] = ContextVar("octograph_now", default=None)


def now() -> dt.datetime:
    """The current local time, timezone-aware; the time set by `stopped_at` where one is set."""
    return _fixed.get() or dt.datetime.now().astimezone()


@contextmanager
def stopped_at(moment: dt.datetime) -> Iterator[dt.datetime]:
    """Stop the clock at `moment` in this context (tests, golden traces, replays)."""
    token = _fixed.set(moment if moment.tzinfo else moment.astimezone())
    try:
        yield moment
    finally:
        _fixed.reset(token)
