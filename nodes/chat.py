"""`kind: chat`: a node whose work is done by a language model behind an OpenAI-compatible endpoint, or a local one.

An address (`url`) means the endpoint there; without one the weights are on this machine, as with `kind: model`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..graphs.errors import ArgumentError, InputError, WorkerError
from ..graphs.model import Graph
from ..graphs.sections import Node
from ..graphs.walk import Call, Result
from ..models.endpoint import Endpoint, at_endpoint
from .prompting import Prompt, check_prompt, prompt_of
from .seeing import pictures_of
from .streaming import listener
from .worker import Worker

LARGEST_PICTURE = 20_000_000
"""Bytes of one picture at most."""
_PICTURES = frozenset({"picture", "image"})


@dataclass(frozen=True)
class ChatWorker:
    """Asks the endpoint of its node; words are told as they come where somebody listens."""

    node: Node
    endpoint: Endpoint

    async def run(self, call: Call) -> Result:
        """What the model answers; `data` is the same read as JSON, where the node's settings ask for JSON.

        Raises WorkerError if the endpoint fails or nothing is said, ArgumentError for a picture that can't be sent.
        """
        messages = await self._messages(call)
        completion = await self.endpoint.complete(messages, on_text=listener())
        text = completion.text.strip()
        if not text:
            raise WorkerError(f"{self.endpoint.model} answered nothing")
        asked_for_json = "response_format" in self.endpoint.spec.generation
        return Result(text, _read_json(text) if asked_for_json else None)

    async def _messages(self, call: Call) -> Sequence[dict[str, Any]]:
        prompt: Prompt = prompt_of(self.node, call)
        messages: list[dict[str, Any]] = list(prompt.messages())
        takes = {kind.lower() for kind in self.node.takes}
        if takes and not takes & _PICTURES:
            return messages
        pictures = pictures_of(call.query, strict=bool(takes))
        if pictures:
            sent = [await asyncio.to_thread(_as_url, picture) for picture in pictures]
            shown = [{"type": "image_url", "image_url": {"url": url}} for url in sent]
            messages[-1]["content"] = [{"type": "text", "text": prompt.text}, *shown]
        return messages


def make_chat_worker(node: Node, graph: Graph) -> Worker:
    """The worker of a node, for weights on this machine that of `kind: model`.

    Raises InputError for a node without a model, or with settings that can't be used.
    """
    if node.model is None:
        raise InputError(
            f"node {node.id!r}: kind {node.kind} needs a model, as in "
            "model: {name: qwen3, url: http://localhost:11434/v1}, or just the folder or hub name of weights"
        )
    if not at_endpoint(node.model):
        from .model import make_model_worker

        return make_model_worker(node, graph)
    check_prompt(node)
    return ChatWorker(node, Endpoint(node.model))


def _as_url(picture: Path) -> str:
    """A picture as a data URL."""
    if picture.stat().st_size > LARGEST_PICTURE:
        raise ArgumentError(f"{picture.name} is larger than {LARGEST_PICTURE / 1e6:g} MB; make it smaller")
    kind = mimetypes.guess_type(picture.name)[0] or "image/png"
    return f"data:{kind};base64,{base64.b64encode(picture.read_bytes()).decode()}"


def _read_json(text: str) -> Any:
    """The value a text holds, also inside a code fence; None if it holds none."""
    body = text.removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        return json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
