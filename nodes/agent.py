"""An agent as a worker: a graph of its own is walked inside, and its answer is the result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ..graphs.errors import Abstained, WorkerError
from ..graphs.walk import Answer, Call, Result


@dataclass(frozen=True, slots=True)
class AgentWorker:
    """Hands its query to a walk of its sub-graph; the engine brings the walk."""

    walk: Callable[[Call], Awaitable[Answer]]

    async def run(self, call: Call) -> Result:
        """The answer inside. Raises WorkerError, with the walk inside in its `trace`, if there is none."""
        answer = await self.walk(call)
        if answer.stopped in ("abstained", "failed") or not any(step.status == "done" for step in answer.trace):
            error = (Abstained if answer.stopped == "abstained" else WorkerError)(_reason(answer))
            error.trace = answer.trace
            raise error
        kind = next((step.kind for step in reversed(answer.trace.steps) if step.status == "done"), "text")
        return Result(answer.text, answer.data, kind, answer.files, answer.trace, answer.stopped)


def _reason(answer: Answer) -> str:
    if answer.stopped == "abstained":
        return f"nothing in {answer.trace.graph!r} can do that"
    failed = [step.error for step in answer.trace if step.status == "failed" and step.error]
    return failed[0] if len(failed) == 1 else answer.text
