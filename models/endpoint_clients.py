"""HTTP clients of OpenAI-compatible endpoints: one per event loop, address and key, with its pool of connections.

A pool belongs to the loop it was opened in, so each loop has its own, and closes it when the loop shuts down.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from importlib import import_module
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from openai import AsyncOpenAI

CONNECT_SECONDS = 10.0
"""Longest wait for a connection."""
ANSWER_SECONDS = 600.0
"""Longest silence of a server; a node's own `timeout` and the walk's seconds end a call sooner."""

_Open = dict[tuple[str, str], tuple["AsyncOpenAI", AsyncIterator[None]]]
_open: WeakKeyDictionary[asyncio.AbstractEventLoop, _Open] = WeakKeyDictionary()


async def client_of(url: str, key: str | None) -> AsyncOpenAI:
    """The running loop's client of `url`; without a key it sends none of the environment's."""
    if "openai" not in sys.modules:
        await asyncio.to_thread(import_module, "openai")  # it takes a second, in which others go on
    clients = _open.setdefault(asyncio.get_running_loop(), {})
    entry = clients.get((url, key or ""))
    if entry is None:
        client = _client(url, key)
        closing = _closing(client)
        entry = clients[url, key or ""] = (client, closing)
        await anext(closing)
    return entry[0]


async def _closing(client: AsyncOpenAI) -> AsyncIterator[None]:
    """Suspended while the loop lives; the loop closes its asynchronous generators, and so the client, at its end."""
    try:
        yield
    finally:
        await client.close()


def _client(url: str, key: str | None) -> AsyncOpenAI:
    from openai import AsyncOpenAI, Omit, Timeout

    return AsyncOpenAI(
        base_url=url,
        api_key=key or "none",
        max_retries=0,  # the graph's own policy says how often a call is tried
        timeout=Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
        default_headers={"OpenAI-Organization": Omit(), "OpenAI-Project": Omit()},  # type: ignore[dict-item]
    )
