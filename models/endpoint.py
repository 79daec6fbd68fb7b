"""A language model behind any OpenAI-compatible endpoint: vLLM, llama.cpp, Ollama, LoRAX, or a service.

One class turns a ModelSpec into requests: structured output, log-probabilities and streaming where the server has
them, an adapter's name with the request, and errors in words.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..graphs.errors import InputError
from ..graphs.sections import ModelSpec
from . import endpoint_errors as errors
from .endpoint_clients import client_of
from .endpoint_features import (
    JSON_OBJECT,
    JSON_SCHEMA,
    LOGPROBS,
    STREAM_OPTIONS,
    Parts,
    next_to_leave_out,
    refused_by,
    remember,
)
from .endpoint_reply import Completion, completion_of, put_together

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

Message = Mapping[str, Any]
"""`role` and `content`, as the chat completions API has them."""
TOP = 20
"""Alternatives asked for at each token: the most that servers give."""
_REFUSALS = (400, 415, 422, 501)
"""How servers say that they don't take a part of a request."""
_ADAPTER_FIELD = "adapter_field"


@dataclass(frozen=True)
class Endpoint:
    """One model at one endpoint, as a graph describes it."""

    spec: ModelSpec

    def __post_init__(self) -> None:
        if not self.spec.url:
            raise InputError(
                f"model {self.spec.name!r} is to be had from an endpoint, and has no url; "
                f"write for example url: http://localhost:8000/v1"
            )

    @property
    def model(self) -> str:
        """The name that goes with a request: the adapter's where there is one, as vLLM and LoRAX have it."""
        adapter, field = self.spec.adapter, self.spec.generation.get(_ADAPTER_FIELD)
        return self.spec.name if adapter is None or field else adapter

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        schema: Mapping[str, Any] | None = None,
        logprobs: bool = False,
        on_text: Callable[[str], None] | None = None,
        **settings: Any,
    ) -> Completion:
        """The model's answer.

        Args:
            messages: The conversation.
            schema: JSON schema of the answer. A server that does not take it is asked for a JSON object, then for
                plain text: whoever asks must check what comes.
            logprobs: Ask for the log-probabilities of the tokens and their alternatives.
            on_text: Called with every piece of text as it comes.
            settings: Request fields instead of the model's own, such as `temperature`.

        Raises:
            WorkerError: for what another try may mend: unreachable, too slow, too busy, broken off.
            InputError: for a refused key, an unknown model, a request that the server can't take.
        """
        url, spec = str(self.spec.url), self.spec
        wanted = _wanted(schema is not None, logprobs, on_text is not None)
        left_out = refused_by(url, self.model) & wanted
        client = await client_of(url, spec.key)
        while True:
            body = {**self._body(), **settings, **_fields(wanted - left_out, schema)}
            try:
                completion = await self._send(client, messages, body, on_text)
            except _Refused as refusal:
                less = next_to_leave_out(wanted, left_out, refusal.message) if refusal.optional else None
                if less is None:
                    raise await self._error(client, refusal.error) from None
                left_out = less
            else:
                remember(url, self.model, left_out)
                return completion

    def _body(self) -> dict[str, Any]:
        """The fields every request has; `generation` overrides them, and null there leaves one out."""
        spec = self.spec
        body: dict[str, Any] = {
            "max_tokens": spec.max_tokens,
            "temperature": spec.temperature,
            "top_p": spec.top_p,
            "seed": spec.seed,
            "stop": list(spec.stop) or None,
            **spec.generation,
        }
        field = body.pop(_ADAPTER_FIELD, None)
        if field and spec.adapter is not None:
            body[str(field)] = spec.adapter
        return {name: value for name, value in body.items() if value is not None}

    async def _send(
        self,
        client: AsyncOpenAI,
        messages: Sequence[Message],
        body: Mapping[str, Any],
        on_text: Callable[[str], None] | None,
    ) -> Completion:
        import openai

        url, create = str(self.spec.url), client.chat.completions.create
        asked: Any = list(messages)
        try:
            if on_text is None:
                reply = await create(model=self.model, messages=asked, extra_body=dict(body))
                return completion_of(url, reply)
            stream: AsyncIterator[Any] = await create(
                model=self.model, messages=asked, stream=True, extra_body=dict(body)
            )
            return await put_together(url, stream, on_text)
        except openai.APIStatusError as error:
            raise _Refused(error) from None
        except openai.APITimeoutError:
            raise errors.too_slow(url) from None
        except openai.APIConnectionError as error:
            raise self._cut(error) from None
        except openai.APIError as error:
            raise errors.broken_off(url, errors.without_key(error.message, self.spec.key)) from None
        except ValueError as error:  # what claims to be JSON and is not
            raise errors.not_a_completion(url, errors.without_key(str(error), self.spec.key)) from None

    def _cut(self, error: Exception) -> Exception:
        url, cause = str(self.spec.url), error.__cause__
        if type(cause).__name__ in ("RemoteProtocolError", "ReadError", "WriteError"):
            return errors.broken_off(url, str(cause) or type(cause).__name__)
        return errors.unreachable(url, error)

    async def _error(self, client: AsyncOpenAI, error: APIStatusError) -> Exception:
        known = await _models(client) if error.status_code == 404 else ()
        return errors.of_status(str(self.spec.url), self.model, self.spec.key, error, known)


def at_endpoint(model: ModelSpec) -> bool:
    """Whether a model is asked over HTTP: as its backend says, else wherever it has an address."""
    return model.backend == "openai" or (model.backend is None and model.url is not None)


class _Refused(Exception):
    """A status other than success, on its way to be understood."""

    def __init__(self, error: APIStatusError) -> None:
        self.error = error
        self.optional = error.status_code in _REFUSALS
        self.message = f"{error.message} {error.body}"
        super().__init__()


def _wanted(structured: bool, logprobs: bool, streaming: bool) -> Parts:
    """The optional parts of a request."""
    parts = [JSON_SCHEMA, JSON_OBJECT] if structured else []
    return frozenset(parts + [LOGPROBS] * logprobs + [STREAM_OPTIONS] * streaming)


def _fields(parts: Parts, schema: Mapping[str, Any] | None) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if JSON_SCHEMA in parts:
        form = {"name": "answer", "schema": schema, "strict": True}
        fields["response_format"] = {"type": JSON_SCHEMA, "json_schema": form}
    elif JSON_OBJECT in parts:
        fields["response_format"] = {"type": JSON_OBJECT}
    if LOGPROBS in parts:
        fields |= {"logprobs": True, "top_logprobs": TOP}
    if STREAM_OPTIONS in parts:
        fields["stream_options"] = {"include_usage": True}
    return fields


async def _models(client: AsyncOpenAI) -> Sequence[str]:
    """The models a server lists; none where it lists none."""
    import openai

    try:
        page = await client.models.list(timeout=5)
        return [model.id for model in page.data]
    except (openai.OpenAIError, AttributeError, TypeError, ValueError):
        return ()
