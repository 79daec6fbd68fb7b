"""Batches of what is asked at the same time: nothing waits, nothing is lost, nobody gets another's answer or error."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octograph.models.batching import Batcher, GivenUp


class Doubling:
    """Answers numbers with their doubles, and keeps the batches; odd numbers above 100 are errors."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.began = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.gone: list[list[int]] = []

    def __call__(self, items: Sequence[int], given_up: GivenUp) -> list[int | Exception]:
        self.batches.append(list(items))
        self.began.set()
        self.go_on.wait()
        self.gone.append([item for nth, item in enumerate(items) if given_up(nth)])
        return [ValueError(str(item)) if item > 100 and item % 2 else 2 * item for item in items]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 200), max_size=30), st.integers(1, 8))
def test_each_gets_its_own(items: list[int], most: int) -> None:
    """Answers and errors go to who asked, in batches no larger than allowed, in the order of asking."""
    answer = Doubling()

    async def main() -> list[int | BaseException]:
        batcher = Batcher(answer, most)
        return await asyncio.gather(*map(batcher, items), return_exceptions=True)

    for item, value in zip(items, asyncio.run(main()), strict=True):
        if item > 100 and item % 2:
            assert isinstance(value, ValueError)
            assert str(value) == str(item)
        else:
            assert value == 2 * item
    assert [item for batch in answer.batches for item in batch] == items
    assert all(len(batch) <= most for batch in answer.batches)
    assert len(answer.batches) == -(-len(items) // most), "calls started together are answered together"


async def test_what_comes_meanwhile_is_the_next_batch() -> None:
    """While the model is at work calls queue up, and then go in together."""
    answer = Doubling()
    answer.go_on.clear()
    batcher = Batcher(answer, 8)
    first = asyncio.create_task(batcher(1))
    await asyncio.to_thread(answer.began.wait)
    later = [asyncio.create_task(batcher(item)) for item in (2, 3, 4)]
    await asyncio.sleep(0)
    answer.go_on.set()
    assert await asyncio.gather(first, *later) == [2, 4, 6, 8]
    assert answer.batches == [[1], [2, 3, 4]]


async def test_only_what_is_alike_goes_together() -> None:
    """Different sorts take turns; the one that has waited longest goes first."""
    answer = Doubling()
    batcher = Batcher(answer, 8, alike=lambda item: item % 2)
    await asyncio.gather(*map(batcher, [1, 2, 3, 4, 5]))
    assert answer.batches == [[1, 3, 5], [2, 4]]


async def test_a_call_that_is_given_up_is_known_to_be() -> None:
    """One under way can be stopped by whoever answers; one still in the queue is not asked at all."""
    answer = Doubling()
    answer.go_on.clear()
    batcher = Batcher(answer, 1)
    under_way, queued, kept = (asyncio.create_task(batcher(item)) for item in (1, 2, 3))
    await asyncio.to_thread(answer.began.wait)
    for task in (under_way, queued):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    answer.go_on.set()
    assert await kept == 6
    assert answer.batches == [[1], [3]]
    assert answer.gone == [[1], []]


async def test_an_error_of_the_whole_batch_reaches_everyone() -> None:
    """And the next batch is answered all the same."""

    def answer(items: Sequence[int], given_up: GivenUp) -> list[int | Exception]:
        if 0 in items:
            raise RuntimeError("broken")
        return list(items)

    batcher = Batcher(answer, 8)
    values = await asyncio.gather(batcher(0), batcher(1), return_exceptions=True)
    assert [str(value) for value in values] == ["broken", "broken"]
    assert await batcher(1) == 1


def test_several_loops_may_ask() -> None:
    """Walks in threads of their own share a queue."""
    answer = Doubling()
    batcher = Batcher(answer, 4)
    values: list[int] = []

    async def ask(item: int) -> None:
        values.extend(await asyncio.gather(batcher(item), batcher(item + 1)))

    threads = [threading.Thread(target=lambda item=item: asyncio.run(ask(item))) for item in range(0, 20, 2)]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(values) == list(range(0, 40, 2))


PROGRAM = """
import asyncio, sys, threading, torch
from octograph.models.batching import Batcher

began, matrix = threading.Event(), torch.ones(1000, 1000)

def answer(items, given_up):
    while not given_up(0):
        began.set()
        for _ in range(20):
            matrix @ matrix
    return items

async def main():
    asyncio.create_task(Batcher(answer)(1))
    await asyncio.sleep(0)
    await asyncio.to_thread(began.wait)

asyncio.run(main())
sys.exit(3)
"""


def test_a_program_may_end_while_a_model_is_at_work() -> None:
    """The thread is let out of the library's C++ first: the program is not aborted, and keeps its exit code."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (3, "")
