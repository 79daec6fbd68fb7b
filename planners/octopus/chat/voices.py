"""Where the model of a chat Octopus speaks: the question to it, what it says, and how an endpoint is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ....graphs.sections import ModelSpec
from ....models.endpoint import Endpoint
from ....models.endpoint_reply import Token
from .prompting import Message

LEAST_TOKENS = 1024
"""Tokens of an answer, where the graph does not say how many: several calls with arguments take many."""
WARMTH = 0.7
"""Temperature of samples, where the graph sets none."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a model."""

    messages: Callable[[int], Sequence[Message]]
    """The conversation by shortness, from 0 (everything told) to 2, for models with a short context."""
    schema: Mapping[str, Any]
    longest: Mapping[str, Any]
    """The schema with every field bounded."""
    sample: int | None = None
    """Number of the sample; None asks for the most probable answer."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer."""

    text: str
    tokens: Sequence[Token] = ()
    """Empty where probabilities are not to be had."""


class Voice(Protocol):
    """A model that answers."""

    @property
    def checked(self) -> bool:
        """True if the answer always keeps to the schema: there is no use in asking again."""
        ...

    async def say(self, ask: Ask) -> Said:
        """The model's answer to a question."""
        ...


@dataclass(frozen=True)
class EndpointVoice:
    """A model behind an OpenAI-compatible endpoint."""

    endpoint: Endpoint
    checked: bool = False

    async def say(self, ask: Ask) -> Said:
        completion = await self.endpoint.complete(
            ask.messages(0), schema=ask.schema, logprobs=ask.sample is None, **self._settings(ask)
        )
        return Said(completion.text, completion.tokens)

    def _settings(self, ask: Ask) -> dict[str, Any]:
        if ask.sample is None:
            return {}
        spec = self.endpoint.spec
        seed = None if spec.seed is None else spec.seed + ask.sample
        return {"temperature": spec.temperature or WARMTH} | ({} if seed is None else {"seed": seed})


def with_room(spec: ModelSpec) -> ModelSpec:
    """The model with room for an answer, where the graph does not say how much."""
    named = "max_tokens" in spec.model_fields_set or {"max_tokens", "max_completion_tokens"} & spec.generation.keys()
    return spec if named else spec.model_copy(update={"max_tokens": LEAST_TOKENS})
