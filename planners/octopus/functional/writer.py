"""A language model that writes functional tokens: one for all places that use its weights, asked in batches."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from ....graphs.errors import InputError, WalkError
from ....graphs.sections import ModelSpec
from ....models.batching import Batcher, GivenUp
from ....models.loading import LoadedModel
from ....models.shelf import Shelf, shared_shelf
from ....models.trust import remote_code_trusted
from .asked import Asked, Written
from .decoding import write_outputs
from .lettering import Lettering
from .prompting import Template
from .row import Row
from .vocabulary import Vocabulary

LEAST_PROMPT = 16
"""Tokens that a request must have room for."""


class Writer:
    """One base model with all its adapters; concurrent questions are answered together."""

    def __init__(self, spec: ModelSpec, shelf: Shelf | None = None) -> None:
        """Nothing is loaded before the first question. `spec.name` is a path, or a name of the hub."""
        self._spec = spec
        self._shelf = shelf
        self._vocabularies: WeakKeyDictionary[Any, Vocabulary] = WeakKeyDictionary()
        self._batcher: Batcher[Asked, Written] = Batcher(self._answer, spec.batch)

    async def __call__(self, asked: Asked) -> Written:
        """What the model writes. Raises InputError for weights that can't be loaded, or don't know a token."""
        return await self._batcher(asked)

    def answer(self, asked: Sequence[Asked]) -> list[Written | Exception]:
        """The same for a batch, at once and in this thread."""
        return self._answer(asked, lambda nth: False)

    def _answer(self, asked: Sequence[Asked], given_up: GivenUp) -> list[Written | Exception]:
        with (self._shelf or shared_shelf()).lend(self._spec) as loaded, loaded.lock:
            vocabulary = self._vocabulary(loaded)
            return _written(loaded, vocabulary, asked, given_up)

    def _vocabulary(self, loaded: LoadedModel) -> Vocabulary:
        known = self._vocabularies.get(loaded.model)
        if known is None:
            if loaded.task != "causal":
                raise InputError(
                    f"{loaded.place}: a {loaded.task} model writes no functional tokens; name a causal one"
                )
            width = loaded.model.get_output_embeddings().out_features
            known = self._vocabularies[loaded.model] = Vocabulary(loaded.tokenizer, width, loaded.device)
        return known


def _written(
    loaded: LoadedModel, vocabulary: Vocabulary, asked: Sequence[Asked], given_up: GivenUp
) -> list[Written | Exception]:
    """One answer for each question; an exception for one that can't be asked, and for no other."""
    answers: list[Written | Exception] = [Written((), ())] * len(asked)
    rows: dict[int, Row] = {}
    prompts: list[list[int]] = []
    for nth, one in enumerate(asked):
        try:
            letters = Lettering.of(one, vocabulary)
            if letters.marks.stop is None and not one.needed:
                continue
            loaded.fit(one.adapter)
            prompts.append(_prompt(loaded, vocabulary, one))
            rows[nth] = Row(one, letters, vocabulary, one.calls)
        except Exception as error:
            answers[nth] = error
    if rows:
        numbers = list(rows)
        families = write_outputs(loaded, list(rows.values()), prompts, lambda nth: given_up(numbers[nth]))
        for nth, family in zip(numbers, families, strict=True):
            answers[nth] = _answer_of(family)
    return answers


def _prompt(loaded: LoadedModel, vocabulary: Vocabulary, asked: Asked) -> list[int]:
    template: Template = asked.template.as_chat(loaded.tokenizer)
    room = None if loaded.context is None else loaded.context - asked.longest
    if room is not None and room < LEAST_PROMPT:
        raise InputError(
            f"{loaded.place}: takes {loaded.context} tokens in all, too few for an output of {asked.longest}; "
            "set max_tokens of the model lower"
        )
    return vocabulary.spelling.prompt(template.prompt(asked.request, asked.done, asked.given), room)


def _answer_of(family: Sequence[Row]) -> Written | Exception:
    row, *siblings = family
    if row.fault is not None or not row.done:
        return row.fault or WalkError("given up before it was written")
    whole = [one for one in siblings if one.fault is None]
    alternatives = {one.choices[0].token: (one.calls()[0], one.choices[0].logprob) for one in whole}
    return Written(tuple(row.calls()), tuple(row.choices), alternatives, row.letters.marks.stop, tuple(row.ids))


_writers: dict[Hashable, Writer] = {}
_lock = threading.Lock()


def shared_writer(spec: ModelSpec) -> Writer:
    """The one Writer of this process for these weights on this device, whichever graphs use it."""
    settings = ("name", "revision", "task", "dtype", "device", "quantization", "batch")
    key = (*(getattr(spec, name) for name in settings), remote_code_trusted())
    with _lock:
        if key not in _writers:
            _writers[key] = Writer(spec)
        return _writers[key]
