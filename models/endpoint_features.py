"""What a server refuses of the optional parts of a request: asked for once, given up one by one, and remembered.

Servers differ in what they take of structured output, log-probabilities and usage; most say 400 to the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

JSON_SCHEMA, JSON_OBJECT, LOGPROBS, STREAM_OPTIONS = "json_schema", "json_object", "logprobs", "stream_options"

_WORDS: Mapping[str, tuple[str, ...]] = {
    LOGPROBS: ("logprob",),
    STREAM_OPTIONS: ("stream_options", "include_usage"),
    JSON_SCHEMA: ("json_schema", "response_format", "schema", "grammar", "guided", "structured"),
    JSON_OBJECT: ("json_object", "response_format"),
}
"""Words by which a server's message is known to speak of a part; tried in this order where it speaks of none."""
_HOPELESS = ("context length", "context_length", "context size", "maximum context", "too long", "too many tokens")

_refused: dict[tuple[str, str], frozenset[str]] = {}


def refused_by(url: str, model: str) -> frozenset[str]:
    """What this model at this server is known to refuse, in this process."""
    return _refused.get((url, model), frozenset())


def remember(url: str, model: str, refused: frozenset[str]) -> None:
    """Don't ask for this again."""
    if refused:
        _refused[url, model] = refused_by(url, model) | refused


def next_to_give_up(used: Iterable[str], message: str) -> str | None:
    """The part to leave out after a refusal, the one that `message` speaks of first; None where nothing is left.

    A prompt that is too long stays too long, whatever is left out.
    """
    message = message.lower()
    if any(words in message for words in _HOPELESS):
        return None
    parts = [part for part in _WORDS if part in set(used)]
    named = [part for part in parts if any(word in message for word in _WORDS[part])]
    return next(iter(named or sorted(parts, key=_LEAST_NEEDED.index)), None)


_LEAST_NEEDED = (JSON_SCHEMA, LOGPROBS, JSON_OBJECT, STREAM_OPTIONS)
"""Where the server does not say what it objects to, the most often unknown part goes first."""
