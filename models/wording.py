"""A request as the tokens a model was trained to read: through its chat template, or as plain text."""

from __future__ import annotations

from typing import Any

from ..graphs.errors import ArgumentError, InputError
from .loading import LoadedModel
from .requests import Request

_PROBE = "\N{INVERTED QUESTION MARK}probe\N{INVERTED QUESTION MARK}"


def token_ids(loaded: LoadedModel, request: Request) -> list[int]:
    """The tokens of a request. Raises ArgumentError if they leave no room for an answer."""
    text, worded = worded_text(loaded, request)
    with loaded.lock:
        ids: list[int] = loaded.tokenizer(text, add_special_tokens=not worded, verbose=False)["input_ids"]
    check_length(loaded, len(ids))
    return ids


def worded_text(loaded: LoadedModel, request: Request) -> tuple[str, bool]:
    """The text that goes in, and whether it holds its special tokens already."""
    spec, speaker = request.spec, loaded.tokenizer
    if loaded.processor is not None and getattr(loaded.processor, "chat_template", None):
        speaker = loaded.processor
    template = getattr(speaker, "chat_template", None)
    if spec.chat and not template:
        raise InputError(f"{loaded.place}: chat: true, and the weights bring no chat template; write chat: false")
    if template and (spec.chat or (spec.chat is None and not _worded_already(speaker, request.text))):
        return _as_chat(speaker, request, pictures=speaker is loaded.processor), True
    text = f"{spec.system}\n\n{request.text}" if spec.system else request.text
    first = loaded.tokenizer.bos_token
    return text, bool(first) and text.startswith(first)


def check_length(loaded: LoadedModel, tokens: int) -> None:
    """Raises ArgumentError where a prompt fills the context."""
    if loaded.context is not None and tokens >= loaded.context:
        raise ArgumentError(
            f"the prompt has {tokens} tokens, and {loaded.place} takes {loaded.context} with its answer; "
            "shorten the request, or use a model with a longer context"
        )


def _as_chat(speaker: Any, request: Request, pictures: bool) -> str:
    said: Any = request.text
    if pictures:
        said = [*({"type": "image"} for _ in request.pictures), {"type": "text", "text": request.text}]
    user, system = {"role": "user", "content": said}, request.spec.system
    if not system:
        return _rendered(speaker, [user])
    told: Any = [{"type": "text", "text": system}] if pictures else system
    try:
        return _rendered(speaker, [{"role": "system", "content": told}, user])
    except Exception:  # templates without a system role raise errors of their own
        user["content"] = [*said, {"type": "text", "text": system}] if pictures else f"{system}\n\n{said}"
        return _rendered(speaker, [user])


def _worded_already(speaker: Any, text: str) -> bool:
    """Whether a prompt was written with the marks of the chat template in it, such as `[INST] {query} [/INST]`."""
    try:
        rendered = _rendered(speaker, [{"role": "user", "content": _PROBE}])
    except Exception:  # a template that wants content in parts
        return False
    before, _, after = rendered.partition(_PROBE)
    first = getattr(speaker, "bos_token", None) or ""
    marks = [before.removeprefix(first).strip(), after.strip()]
    return any(mark and mark in text for mark in marks)


def _rendered(speaker: Any, messages: list[dict[str, Any]]) -> str:
    text: str = speaker.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return text
