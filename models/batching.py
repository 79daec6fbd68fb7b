"""Calls made at the same time, answered together: whatever is queued when the model is free becomes its next batch.

Nobody waits for a batch to fill. The first call merely lets the event loop finish its turn, so that calls started
together (`asyncio.gather`) are together in the queue.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakSet

Item = TypeVar("Item")
Value = TypeVar("Value")

GivenUp = Callable[[int], bool]
"""Whether nobody waits any more for the answer to the nth item of a batch."""
Answer = Callable[[Sequence[Item], GivenUp], Sequence["Value | Exception"]]
"""Answers a batch, in its order; an exception is raised for the one who asked, and for nobody else."""


_LAST_SECONDS = 20
"""How long the end of the program waits for batches under way, which end at their next token."""
_at_work: WeakSet[threading.Thread] = WeakSet()
_leaving = threading.Event()


@atexit.register
def _leave() -> None:
    """A thread that is still inside a library's C++ when Python ends would abort the program."""
    _leaving.set()
    until = time.monotonic() + _LAST_SECONDS
    for thread in tuple(_at_work):
        thread.join(max(0.0, until - time.monotonic()))


@dataclass(eq=False, slots=True)
class _Waiting(Generic[Item, Value]):
    item: Item
    future: Future[Value] = field(default_factory=Future)
    context: Context = field(default_factory=copy_context)


class Batcher(Generic[Item, Value]):
    """A queue before something that answers batches in one thread; may be asked from several loops and threads."""

    def __init__(
        self, answer: Answer[Item, Value], most: int = 8, alike: Callable[[Item], Hashable] = lambda item: None
    ) -> None:
        """At most `most` items are answered together, and only those for which `alike` gives the same."""
        self._answer = answer
        self._most = most
        self._alike = alike
        self._queue: deque[_Waiting[Item, Value]] = deque()
        self._lock = threading.Lock()
        self._working = False

    async def __call__(self, item: Item) -> Value:
        """The answer to one item. Cancelling gives it up, also where its batch has begun."""
        waiting: _Waiting[Item, Value] = _Waiting(item)
        with self._lock:
            self._queue.append(waiting)
        asyncio.get_running_loop().call_soon(self._begin)
        return await asyncio.wrap_future(waiting.future)

    def _begin(self) -> None:
        with self._lock:
            if self._working or not self._queue:
                return
            self._working = True
        thread = threading.Thread(target=self._work, name="octograph model", daemon=True)
        _at_work.add(thread)
        thread.start()

    def _work(self) -> None:
        while batch := self._next_batch():
            batch[0].context.run(self._answer_batch, batch)

    def _next_batch(self) -> list[_Waiting[Item, Value]]:
        with self._lock:
            waiting = [] if _leaving.is_set() else [one for one in self._queue if not one.future.cancelled()]
            batch: list[_Waiting[Item, Value]] = []
            if waiting:
                sort = self._alike(waiting[0].item)
                batch = [one for one in waiting if self._alike(one.item) == sort][: self._most]
            taken = set(map(id, batch))
            self._queue = deque(one for one in waiting if id(one) not in taken)
            self._working = bool(batch)
            return batch

    def _answer_batch(self, batch: Sequence[_Waiting[Item, Value]]) -> None:
        values: Sequence[Value | Exception]
        try:
            values = self._answer(
                [one.item for one in batch], lambda nth: _leaving.is_set() or batch[nth].future.cancelled()
            )
        except Exception as error:
            values = [error] * len(batch)
        for one, value in zip(batch, values, strict=True):
            try:
                if isinstance(value, Exception):
                    one.future.set_exception(value)
                else:
                    one.future.set_result(value)
            except InvalidStateError:
                pass  # given up
