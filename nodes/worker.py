"""The seam every worker kind fills: one coroutine from a call to a result."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ..graphs.walk import Call, Result


@runtime_checkable
class Worker(Protocol):
    """A node that does work.

    `run` raises `WorkerError` for what went wrong on purpose (`ArgumentError` where a retry would change
    nothing); any other exception counts as a fault of the worker and is retried as its policy says.
    """

    async def run(self, call: Call) -> Result: ...
