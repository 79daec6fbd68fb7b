"""A request as the tokens a model was trained to read: through its chat template, or as plain text.

Somebody who types `</s>` or `<|im_end|>` into a request has typed characters; only the node's own prompt and the chat
template can say these tokens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..graphs.errors import ArgumentError, InputError
from .loading import LoadedModel
from .pieces import Piece, Pieces
from .requests import Request

_PROBE = "\N{INVERTED QUESTION MARK}probe\N{INVERTED QUESTION MARK}"


def token_ids(loaded: LoadedModel, request: Request) -> list[int]:
    """The tokens of a request. Raises ArgumentError if they leave no room for an answer."""
    text, worded = worded_text(loaded, request)
    with loaded.lock:
        ids: list[int] = loaded.tokenizer(text, add_special_tokens=not worded, verbose=False)["input_ids"]
    if not all(piece.ours for piece in request.pieces):
        ids = _as_meant(loaded, request, ids)
    check_length(loaded, len(ids))
    return ids


def worded_text(loaded: LoadedModel, request: Request) -> tuple[str, bool]:
    """The text that goes in, and whether it holds its special tokens already."""
    return _worded(loaded, request, request.text)


def with_broken_marks(loaded: LoadedModel, request: Request) -> Request:
    """The same with a space in each name of a control token that somebody wrote: for processors, which take text."""
    names = sorted((name for name in loaded.spelling.added if len(name.strip()) > 1), key=len, reverse=True)
    pieces = []
    for text, ours in request.pieces:
        for name in names if not ours else ():
            text = text.replace(name, f"{name[0]} {name[1:]}")
        pieces.append(Piece(text, ours))
    return replace(request, said=tuple(pieces))


def check_length(loaded: LoadedModel, tokens: int) -> None:
    """Raises ArgumentError where a prompt fills the context."""
    if loaded.context is not None and tokens >= loaded.context:
        raise ArgumentError(
            f"the prompt has {tokens} tokens, and {loaded.place} takes {loaded.context} with its answer; "
            "shorten the request, or use a model with a longer context"
        )


def _as_meant(loaded: LoadedModel, request: Request, ids: list[int]) -> list[int]:
    """`ids`, those of the whole text, if it holds the control tokens that are meant; else those of its pieces."""
    spelling = loaded.spelling
    pieces, worded = _framed(loaded, request)
    apart = spelling.ids(pieces)
    if not worded:
        apart = [*spelling.begin, *apart, *spelling.finish]
    control = spelling.reserved - {loaded.tokenizer.unk_token_id}
    meant = [id_ for id_ in apart if id_ in control]
    return ids if [id_ for id_ in ids if id_ in control] == meant else apart


def _framed(loaded: LoadedModel, request: Request) -> tuple[Pieces, bool]:
    """The text that goes in by origin, and whether it holds its special tokens already."""
    frame, worded = _worded(loaded, request, _PROBE)
    before, found, after = frame.partition(_PROBE)
    if not found or _PROBE in after:  # a template that does more with a text than repeat it
        return (Piece(worded_text(loaded, with_broken_marks(loaded, request))[0], ours=True),), worded
    return (Piece(before, ours=True), *request.pieces, Piece(after, ours=True)), worded


def _worded(loaded: LoadedModel, request: Request, content: str) -> tuple[str, bool]:
    """`content` in what stands around the text of a request, and whether that holds its special tokens already."""
    spec, speaker = request.spec, loaded.tokenizer
    if loaded.processor is not None and getattr(loaded.processor, "chat_template", None):
        speaker = loaded.processor
    template = getattr(speaker, "chat_template", None)
    if spec.chat and not template:
        raise InputError(f"{loaded.place}: chat: true, and the weights bring no chat template; write chat: false")
    ours = "".join(piece.text for piece in request.pieces if piece.ours)
    if template and (spec.chat or (spec.chat is None and not _worded_already(speaker, ours))):
        return _as_chat(speaker, request, content, pictures=speaker is loaded.processor), True
    first = loaded.tokenizer.bos_token
    beginning = spec.system or next((piece.text for piece in request.pieces[:1] if piece.ours), "")
    text = f"{spec.system}\n\n{content}" if spec.system else content
    return text, bool(first) and beginning.startswith(first)


def _as_chat(speaker: Any, request: Request, content: str, pictures: bool) -> str:
    said: Any = content
    if pictures:
        said = [*({"type": "image"} for _ in request.pictures), {"type": "text", "text": content}]
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
