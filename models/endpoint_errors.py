"""What went wrong at an endpoint, in words: where, what, and what to do. A key never shows.

What another try may mend is a WorkerError; a wrong key, an unknown model and a request that the server can't take are
InputErrors, which no policy tries again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from ..graphs.errors import InputError, OctographError, WorkerError, nearest

if TYPE_CHECKING:
    from openai import APIStatusError

_LISTED = 20
_LONGEST = 400
_BEARER = re.compile(r"(?i)\b(bearer|api[-_ ]?key[\"']?\s*[:=])\s*\S+")


def shown_url(url: str) -> str:
    """An address without what may be secret in it: user, password and query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def without_key(text: str, key: str | None) -> str:
    """`text` without the key, and shortened."""
    if key and len(key) >= 4:
        text = text.replace(key, "***")
    text = " ".join(_BEARER.sub(r"\1 ***", text).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def unreachable(url: str, error: BaseException) -> WorkerError:
    """Nobody answers at the address."""
    cause = error.__cause__ or error
    reason = str(cause) or type(cause).__name__
    return WorkerError(f"{shown_url(url)}: can't be reached ({reason}); start the server, or mend the model's url")


def too_slow(url: str) -> WorkerError:
    """The server is silent."""
    return WorkerError(f"{shown_url(url)}: no answer in time; see whether the server is busy, or give the node a retry")


def broken_off(url: str, reason: str) -> WorkerError:
    """The answer did not come to its end."""
    return WorkerError(f"{shown_url(url)}: the answer broke off ({reason}); see the server's log, or give a retry")


def not_a_completion(url: str, found: str) -> WorkerError:
    """Something answered, but no chat completion."""
    where = shown_url(url)
    return WorkerError(f"{where}: answered with {found}, which is no chat completion; an address often ends in /v1")


def of_status(url: str, model: str, key: str | None, error: APIStatusError, known: Sequence[str]) -> OctographError:
    """The error for a status that is none of success. `known` are the models the server lists, if it does."""
    where, status = shown_url(url), error.status_code
    said = without_key(_message(error), key)
    if status in (401, 403):
        how = "the key was refused" if key else "a key is asked for"
        return InputError(f"{where}: {how} ({status}); set the model's key, as in key: ${{MY_KEY}}. It said: {said}")
    if status == 404 and known:
        listed = ", ".join(known[:_LISTED]) + (" ..." if len(known) > _LISTED else "")
        return InputError(f"{where}: no model {model!r}{nearest(model, known)}; the server has {listed}")
    if status == 404:
        return InputError(f"{where}: not found (model {model!r}); mend the model's name or url. It said: {said}")
    if status == 429:
        wait = error.response.headers.get("retry-after", "")
        when = f" It asks to wait {wait} s." if re.fullmatch(r"[\d.]{1,9}", wait) else ""
        return WorkerError(f"{where}: too many requests (429).{when} Give the node a retry. It said: {said}")
    if status >= 500:
        return WorkerError(f"{where}: the server failed ({status}); see its log, or give a retry. It said: {said}")
    return InputError(f"{where}: the request was refused ({status}); mend what it says: {said}")


def _message(error: APIStatusError) -> str:
    body = error.body
    if isinstance(body, dict):
        body = body.get("message") or body.get("detail") or body
    return str(body or error.message)
