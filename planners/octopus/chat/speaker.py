"""How one model is spoken to: messages in its chat template, answers in its grammar, tokens as text.

What people wrote is spelled so that it can't pass for the template's own marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from ....graphs.errors import InputError
from ....models.loading import LoadedModel
from ....models.packages import package
from ....models.pieces import Piece
from ....models.spelling import Spelling
from .prompting import Message

_FEATURE = "an answer within a grammar"
_GRAMMARS = 256
"""Compiled grammars kept at hand."""
_SLOT = re.compile("¿([0-9]+)¿")

_speakers: WeakKeyDictionary[Any, Speaker] = WeakKeyDictionary()


def speaker_of(loaded: LoadedModel) -> Speaker:
    """The speaker of a model, made when it is first needed; it takes a second for large vocabularies."""
    speaker = _speakers.get(loaded.model)
    if speaker is None:
        width = loaded.model.get_output_embeddings().weight.shape[0]
        speaker = _speakers[loaded.model] = Speaker(loaded.tokenizer, width)
    return speaker


class Speaker:
    """The tokenizer of one model, with its chat template and the grammars of answers."""

    def __init__(self, tokenizer: Any, width: int) -> None:
        """`width` is that of the logits. Raises InputError for a tokenizer that grammars can't be made for."""
        self._tokenizer = tokenizer
        self._spelling = Spelling(tokenizer)
        guidance = package("llguidance", _FEATURE)
        end = tokenizer.eos_token_id
        try:
            self._guide = package("llguidance.hf", _FEATURE).from_tokenizer(
                tokenizer, n_vocab=width, eos_token=0 if end is None else end
            )
        except ValueError as error:
            raise InputError(f"{_FEATURE} needs a fast tokenizer: {error}") from error
        self._compiler = guidance.JsonCompiler(separators=(", ", ": "), whitespace_flexible=False)
        self._matcher_class = guidance.LLMatcher
        self._compiled = lru_cache(_GRAMMARS)(self._compile)

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """The ids of a conversation that the model is to answer."""
        return self._spelling.prompt(tuple(self._pieces(messages)))

    def matcher(self, schema: str) -> Any:
        """A fresh automaton for the JSON that a schema allows, its white space fixed."""
        return self._compiled(schema).deep_copy()

    def text(self, ids: Sequence[int]) -> str:
        """The text of an answer."""
        said: bytes = self._guide.decode_bytes(self._without_end(ids))
        return said.decode("utf-8", "replace")

    def piece(self, id_: int) -> str:
        """The text of a token; parts of a character as surrogates."""
        said: bytes = self._guide.decode_bytes(self._without_end([id_]))
        return said.decode("utf-8", "surrogateescape")

    def _without_end(self, ids: Sequence[int]) -> list[int]:
        return [id_ for id_ in ids if not self._guide.is_special_token(id_)]

    def _compile(self, schema: str) -> Any:
        matcher = self._matcher_class(self._guide, self._compiler.compile(schema))
        if matcher.is_error():
            raise InputError(f"no grammar can be made of the neighbors: {matcher.get_error()}")
        return matcher

    def _pieces(self, messages: Sequence[Message]) -> list[Piece]:
        """The template around the messages, and the messages."""
        contents = [str(message["content"]) for message in messages]
        if not getattr(self._tokenizer, "chat_template", None):
            return [Piece("\n\n".join(contents) + "\n\n")]
        rendered = self._rendered([{**message, "content": f"¿{nth}¿"} for nth, message in enumerate(messages)])
        if rendered is None:  # the template knows no system role
            together = f"{contents[0]}\n\n{contents[1]}"
            rest = [{**message, "content": f"¿{nth}¿"} for nth, message in enumerate(messages[1:], 1)]
            contents[1] = together
            rendered = self._rendered(rest)
        if rendered is None:
            return [Piece("\n\n".join(contents) + "\n\n")]
        parts = _SLOT.split(rendered)
        return [
            Piece(part, ours=True) if nth % 2 == 0 else Piece(contents[int(part)]) for nth, part in enumerate(parts)
        ]

    def _rendered(self, messages: Sequence[Message]) -> str | None:
        """The template with every message in it; None if it takes them not or leaves one out."""
        try:
            text: str = self._tokenizer.apply_chat_template(
                list(messages), tokenize=False, add_generation_prompt=True, enable_thinking=False
            )
        except Exception:  # templates raise errors of their own
            return None
        return text if len(_SLOT.findall(text)) == len(messages) else None
