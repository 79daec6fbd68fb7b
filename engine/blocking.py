"""Async walks for callers that are not: `run` works in a script, and inside a running loop (a notebook) as well."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Event, Thread
from typing import Any, TypeVar

Value = TypeVar("Value")


def run_blocking(main: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
    """The value of a coroutine. Ctrl-C cancels it and is raised once it has seen that."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _run(main)
    return _run_beside(main)


def _run(main: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(_DaemonThreads())
        return runner.run(main())


def _run_beside(main: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
    """Run in a loop of another thread while this one, whose loop is busy running us, waits."""
    result: Future[Value] = Future()
    began = Event()
    cancel: list[Callable[[], object]] = []

    async def cancellable() -> Value:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        cancel.append(lambda: loop.call_soon_threadsafe(task.cancel))
        began.set()
        return await main()

    def work() -> None:
        try:
            result.set_result(_run(cancellable))
        except BaseException as error:
            result.set_exception(error)
        finally:
            began.set()

    thread = Thread(target=copy_context().run, args=(work,), name="octograph walk", daemon=True)
    thread.start()
    try:
        return result.result()
    except KeyboardInterrupt:
        began.wait()
        if cancel and thread.is_alive():
            cancel[0]()
            thread.join()
        raise


class _DaemonThreads(ThreadPoolExecutor):
    """Threads nobody waits for: a tool that never returns holds up neither the answer nor the end of the program."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        Thread(target=work, name="octograph worker", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=cancel_futures)
