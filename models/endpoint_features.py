"""What a server refuses of the optional parts of a request: asked for once, given up step by step, and remembered.

Servers differ in what they take of structured output, log-probabilities and usage; most say 400 to the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

JSON_SCHEMA, JSON_OBJECT, LOGPROBS, STREAM_OPTIONS = "json_schema", "json_object", "logprobs", "stream_options"
Parts = frozenset[str]

_WORDS: Mapping[str, tuple[str, ...]] = {
    LOGPROBS: ("logprob",),
    STREAM_OPTIONS: ("stream_options", "include_usage"),
    JSON_SCHEMA: ("json_schema", "response_format", "schema", "grammar", "guided", "structured"),
    JSON_OBJECT: ("json_object", "response_format"),
}
"""Words by which a server's message is known to speak of a part."""
_HOPELESS = ("context length", "context_length", "context size", "maximum context", "too long", "too many tokens")
_STEPS: tuple[tuple[Parts, ...], ...] = (
    (frozenset(), frozenset({JSON_SCHEMA}), frozenset({JSON_SCHEMA, JSON_OBJECT})),
    (frozenset(), frozenset({LOGPROBS})),
    (frozenset(), frozenset({STREAM_OPTIONS})),
)
"""What may be left out; where the server does not say what it objects to, the last of these goes first."""

_refused: dict[tuple[str, str], Parts] = {}


def refused_by(url: str, model: str) -> Parts:
    """What this model at this server is known to refuse, in this process."""
    return _refused.get((url, model), frozenset())


def remember(url: str, model: str, refused: Parts) -> None:
    """Don't ask for this again."""
    if refused:
        _refused[url, model] = refused_by(url, model) | refused


def next_to_leave_out(wanted: Parts, left_out: Parts, message: str) -> Parts | None:
    """What to leave out after another refusal; None where nothing is left to try.

    Args:
        wanted: All optional parts that the caller could do with; JSON_OBJECT stands in for JSON_SCHEMA.
        left_out: Those that were left out of the request that was refused.
        message: What the server said. A prompt that is too long stays too long, whatever is left out.
    """
    message = message.lower()
    if any(words in message for words in _HOPELESS):
        return None
    for part, words in _WORDS.items():
        sent = part in wanted - left_out and (part != JSON_OBJECT or JSON_SCHEMA in left_out)
        if sent and any(word in message for word in words):
            return left_out | {part}
    order = [parts for parts in (frozenset().union(*steps) for steps in product(*_STEPS)) if parts <= wanted]
    later = order[order.index(left_out) + 1 :]
    return later[0] if later else None
