"""Retry policies, in tenacity's own parts; tenacity is imported and entered only once a call has failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ..graphs.errors import ArgumentError, InputError, NotRunnable
from ..graphs.model import Retry

if TYPE_CHECKING:
    from tenacity import RetryCallState
    from tenacity.retry import RetryBaseT
    from tenacity.stop import StopBaseT
    from tenacity.wait import WaitBaseT

Value = TypeVar("Value")
OnRetry = Callable[[int, BaseException], None]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When to stop trying, how long to wait, and what is worth another try: tenacity's parts, composed as there.

    Example:
        >>> from tenacity import stop_after_attempt, stop_after_delay, wait_fixed
        >>> policy = RetryPolicy(stop_after_attempt(5) | stop_after_delay(30), wait_fixed(1))
    """

    stop: StopBaseT
    wait: WaitBaseT
    when: RetryBaseT | None = None
    """None: anything but a bad argument, a bad request or a worker that can't run."""


def policy_of(retry: Retry) -> RetryPolicy:
    """The policy a graph file describes: so many attempts, with exponential waits and jitter in between."""
    from tenacity import stop_after_attempt, wait_exponential, wait_random

    growing = wait_exponential(multiplier=retry.wait) + wait_random(0, retry.wait / 2)
    return RetryPolicy(stop_after_attempt(retry.attempts), lambda state: min(retry.max_wait, growing(state)))


def worth_retrying(error: BaseException) -> bool:
    """False for what another try can't change."""
    return isinstance(error, Exception) and not isinstance(error, (ArgumentError, InputError, NotRunnable))


async def retry(
    policy: RetryPolicy, attempt: Callable[[], Awaitable[Value]], failed: BaseException, on_retry: OnRetry
) -> tuple[Value, int]:
    """The value of a later attempt and how many there were, the one that `failed` included.

    Raises the error of the last attempt, with the number of attempts in its `attempts`.
    """
    from tenacity import AsyncRetrying, retry_if_exception

    earlier: list[BaseException] = [failed]

    async def again() -> Value:
        if earlier:
            raise earlier.pop()
        return await attempt()

    def before_sleep(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if error is not None:
            on_retry(state.attempt_number, error)

    retrying = AsyncRetrying(
        stop=policy.stop,
        wait=policy.wait,
        retry=policy.when or retry_if_exception(worth_retrying),
        before_sleep=before_sleep,
        reraise=True,
    )
    try:
        value: Value = await retrying(again)
    except Exception as error:
        error.attempts = retrying.statistics["attempt_number"]  # type: ignore[attr-defined]  # read by `execute`
        raise
    return value, retrying.statistics["attempt_number"]
