"""Asking a model: one queue before each set of weights, so that nodes which share them are answered together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from functools import cache
from pathlib import Path

from ..graphs.sections import ModelSpec
from .batching import Batcher, GivenUp
from .generating import generate
from .judging import classify, fill_masks
from .loading import LoadedModel, read_config
from .locating import fetched, located
from .requests import Reply, Request
from .shelf import Shelf, shared_shelf
from .tasks import Task, task_of
from .trust import remote_code_trusted

_ANSWERS: dict[Task, Callable[[LoadedModel, Sequence[Request], GivenUp], list[Reply | Exception]]] = {
    "causal": generate,
    "seq2seq": generate,
    "vision": generate,
    "masked": fill_masks,
    "classification": classify,
}


class Desk:
    """Takes questions to the models of one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._queues: dict[Hashable, Batcher[Request, Reply]] = {}
        self._tasks: dict[Hashable, Task] = {}

    async def ask(self, request: Request, folder: Path | None = None) -> Reply:
        """The reply of the model that `request.spec` names, relative to `folder`; cancelling stops the generation.

        Raises InputError if there is no such model, ArgumentError for a request that does not fit it.
        """
        key = _key(request.spec, folder)
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = self._queue(request.spec, folder)
        return await queue(request)

    async def task(self, spec: ModelSpec, folder: Path | None = None) -> Task:
        """What the model does; its weights are not loaded for this. Raises InputError if it is not there."""
        key = _key(spec, folder)
        task = spec.task or self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = await asyncio.to_thread(_read_task, spec, folder)
        return task

    def _queue(self, spec: ModelSpec, folder: Path | None) -> Batcher[Request, Reply]:
        def answer(requests: Sequence[Request], given_up: GivenUp) -> Sequence[Reply | Exception]:
            with self._shelf.lend(spec, folder) as loaded:
                return _ANSWERS[loaded.task](loaded, requests, given_up)

        return Batcher(answer, spec.batch, _sort)


def _key(spec: ModelSpec, folder: Path | None) -> Hashable:
    """What tells one queue from another; unlike the shelf's key it needs no torch, for which the loop would wait."""
    where = located(spec.name, folder)
    trusted = remote_code_trusted()
    return where, spec.revision, spec.task, spec.dtype, spec.device, spec.quantization, spec.batch, trusted


def _read_task(spec: ModelSpec, folder: Path | None) -> Task:
    where = located(spec.name, folder)
    return task_of(read_config(where, fetched(where, spec.revision)), where)


def _sort(request: Request) -> Hashable:
    """Requests of one sort can be generated together; a tower that sees knows no rows, so it has one adapter."""
    adapter = request.adapter if request.pictures else None
    return repr(sorted(request.spec.generation.items())), len(request.pictures), adapter


@cache
def shared_desk() -> Desk:
    """The desk before this process's own shelf."""
    return Desk(shared_shelf())
