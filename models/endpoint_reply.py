"""What an endpoint answered: the text, why it ended, its tokens and their cost, whole or put together from a stream.

Nothing is taken on trust: a server may leave out any part, and may not be an endpoint at all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..graphs.errors import WorkerError
from .endpoint_errors import broken_off, not_a_completion, shown_url


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an answer, with the log-probabilities of what could have stood in its place."""

    text: str
    """Parts of a character are surrogates."""
    logprob: float
    alternatives: Mapping[str, float] = field(default_factory=dict)
    """Text -> log-probability, the token itself included where the server lists it."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer."""

    text: str
    finish: str
    """`stop`, `length` (out of tokens), or another reason of the server's."""
    tokens: tuple[Token, ...] = ()
    """Empty where the server gives no log-probabilities."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


def completion_of(url: str, reply: Any) -> Completion:
    """A reply that came as a whole. Raises WorkerError if it is no chat completion."""
    choices = getattr(reply, "choices", None)
    if not choices or getattr(choices[0], "message", None) is None:
        raise not_a_completion(url, f"{type(reply).__name__} without choices" if choices is None else "no choices")
    choice = choices[0]
    text, finish = choice.message.content or "", choice.finish_reason or "stop"
    if not text:
        _check_said(url, finish, getattr(choice.message, "refusal", None))
    usage = getattr(reply, "usage", None)
    return Completion(text, finish, _tokens(choice.logprobs), *_used(usage))


async def put_together(url: str, stream: AsyncIterator[Any], on_text: Callable[[str], None]) -> Completion:
    """A reply that comes piece by piece. Raises WorkerError if it ends before its end."""
    pieces: list[str] = []
    tokens: list[Token] = []
    finish, usage, seen = "", None, False
    async for chunk in stream:
        usage = getattr(chunk, "usage", None) or usage
        for choice in getattr(chunk, "choices", None) or ():
            seen = True
            finish = choice.finish_reason or finish
            tokens += _tokens(getattr(choice, "logprobs", None))
            piece = choice.delta.content if choice.delta else None
            if piece:
                pieces.append(piece)
                on_text(piece)
    if not seen:
        raise not_a_completion(url, "no choices")
    if not finish:
        raise broken_off(url, "no end came")
    if not pieces:
        _check_said(url, finish, None)
    return Completion("".join(pieces), finish, tuple(tokens), *_used(usage))


def _check_said(url: str, finish: str, refusal: str | None) -> None:
    """An answer without text is one only if the model stopped on its own."""
    if refusal:
        raise WorkerError(f"{shown_url(url)}: the model refused: {' '.join(refusal.split())[:200]}")
    if finish == "length":
        raise WorkerError(f"{shown_url(url)}: all tokens went into thinking; allow more with the model's max_tokens")
    if finish not in ("stop", "eos_token", "stop_sequence"):
        raise WorkerError(f"{shown_url(url)}: nothing was said (finish reason {finish!r})")


def _tokens(logprobs: Any) -> tuple[Token, ...]:
    content = getattr(logprobs, "content", None) or ()
    return tuple(
        Token(_said(one), one.logprob, {_said(other): other.logprob for other in one.top_logprobs or ()})
        for one in content
        if isinstance(one.token, str) and isinstance(one.logprob, (int, float))
    )


def _said(token: Any) -> str:
    """The text of a token, from its bytes where they are given: it may be a part of a character."""
    given = getattr(token, "bytes", None)
    return bytes(given).decode("utf-8", "surrogateescape") if given else str(token.token)


def _used(usage: Any) -> tuple[int | None, int | None]:
    return getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
