"""What a model may write at each point of an output: biases on its logits, 0 where it may, minus infinity where not."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from ....graphs.errors import InputError
from ....graphs.signature import Signature
from ....models.packages import package
from ....models.spelling import Spelling
from .argument_grammar import argument_grammar
from .brackets import brackets_of
from .output import CLOSING

_GRAMMARS, _BIASES = 256, 64
"""Compiled grammars, and biases of either sort, kept at hand."""


class Vocabulary:
    """The tokens of one model, sorted by what they may be used for."""

    def __init__(self, tokenizer: Any, width: int, device: str) -> None:
        """`width` is that of the logits, which may be more than the tokenizer has tokens."""
        self._tokenizer = tokenizer
        self._torch = package("torch")
        self._width = width
        self._device = device
        self.spelling = Spelling(tokenizer)
        known = min(width, len(tokenizer))
        names: list[str | None] = tokenizer.convert_ids_to_tokens(list(range(known)))
        forbidden = [id_ for id_, name in enumerate(names) if name is None or id_ in self.spelling.reserved]
        allowed = np.zeros(width, dtype=bool)
        allowed[:known] = True
        allowed[forbidden] = False
        self.ordinary = allowed
        """(width,): tokens that arguments are made of."""
        self.inside = self._bias(allowed)
        """(width,): the bias inside a rewritten query."""
        self.closing = [name is not None and name.endswith(CLOSING) for name in names]
        """Whether a token's text ends with the closing quote and bracket, by id."""
        self.quote = [name is not None and name.endswith(CLOSING[0]) for name in names]
        """Whether it ends with the quote, so that a bracket alone closes the query."""
        self.bracket = names.index(CLOSING[1]) if CLOSING[1] in names else -1
        self.brackets = brackets_of(self.spelling)
        self.end_of_text: str | None = tokenizer.eos_token
        """The tokenizer's own, if it has one."""
        self.only = lru_cache(_BIASES)(self._only)
        self.inside_or = lru_cache(_BIASES)(self._inside_or)
        self._grammar = lru_cache(_GRAMMARS)(self._compile)

    def _only(self, ids: tuple[int, ...]) -> Any:
        """(width,): the bias where nothing but these tokens may come."""
        allowed = np.zeros(self._width, dtype=bool)
        allowed[list(ids)] = True
        return self._bias(allowed)

    def _inside_or(self, ids: tuple[int, ...]) -> Any:
        """(width,): the bias where a rewritten query may go on, or one of these tokens come."""
        allowed = self.ordinary.copy()
        allowed[list(ids)] = True
        return self._bias(allowed)

    def matcher(self, signature: Signature) -> Any:
        """A fresh automaton for the arguments of a signature."""
        return self._grammar(argument_grammar(signature)).deep_copy()

    def matching(self, matcher: Any) -> Any:
        """(width,): the bias for what the automaton takes next."""
        bits = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8), bitorder="little")
        return self._bias(bits[: self._width].astype(bool) & self.ordinary)

    def token_id(self, token: str, of: str) -> int:
        """The one id of a functional token. Raises InputError if the tokenizer has none for it."""
        id_ = self.spelling.id_of(token)
        if id_ is None or id_ >= self._width:
            names = ", ".join(self._functional_looking()[:20]) or "none"
            raise InputError(
                f"the weights have no token {token} (of {of}) of its own; those they have besides text: {names}; name "
                "one of these, or weights that were trained for this graph"
            )
        return id_

    def _functional_looking(self) -> list[str]:
        """Tokens that are neither text nor named by the tokenizer as its beginning, end, padding, mask or unknown."""
        named = set(map(str, self._tokenizer.special_tokens_map.values()))
        return [text for text in self.spelling.added if text.strip() and text not in named]

    def _compile(self, grammar: str) -> Any:
        guidance = package("llguidance", "typed arguments written by a language model")
        matcher = guidance.LLMatcher(self._guide, guidance.LLMatcher.grammar_from_lark(grammar))
        if matcher.is_error():
            raise InputError(f"no grammar can be made of a signature: {matcher.get_error()}")
        return matcher

    @cached_property
    def _guide(self) -> Any:
        """The tokenizer as llguidance wants it."""
        from_tokenizer = package("llguidance.hf", "typed arguments written by a language model").from_tokenizer
        end = self._tokenizer.eos_token_id
        try:
            return from_tokenizer(self._tokenizer, n_vocab=self._width, eos_token=0 if end is None else end)
        except ValueError as error:
            raise InputError(f"typed arguments need a fast tokenizer: {error}") from error

    def _bias(self, allowed: Any) -> Any:
        bias = self._torch.full((self._width,), float("-inf"), dtype=self._torch.float32)
        bias[self._torch.from_numpy(allowed)] = 0.0
        return bias.to(self._device)


def sorted_ids(ids: Iterable[int]) -> tuple[int, ...]:
    """Ids as a key: the same set, the same bias."""
    return tuple(sorted(set(ids)))
