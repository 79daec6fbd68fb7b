"""Answers decoded together, each within its own grammar: llguidance says which tokens may come, the model which does.

Prompts are padded at the left, keys and values cached, by transformers' own generation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ....graphs.errors import ArgumentError, InputError
from ....models.batching import GivenUp
from ....models.endpoint_reply import Token
from ....models.generating import pad_token, padded
from ....models.loading import LoadedModel
from ....models.packages import package
from .speaker import Speaker, speaker_of
from .voices import Ask, Said

_NARROW = 256
"""Where no more tokens than this may come, their probabilities are kept: these are the places of a choice."""
_SHORTNESSES = 3


@dataclass(frozen=True, slots=True)
class Question:
    """One answer to be decoded."""

    ask: Ask
    most: int
    """Tokens of the answer at most."""
    adapter: str | None = None


def decode(loaded: LoadedModel, questions: Sequence[Question], given_up: GivenUp) -> list[Said | Exception]:
    """The answers, in the order of the questions; a question that can't be asked gets its error.

    Raises InputError for weights that don't write text on.
    """
    if loaded.task != "causal":
        raise InputError(f"{loaded.place}: its task is {loaded.task}; a chat Octopus needs one that writes on (causal)")
    speaker = speaker_of(loaded)
    answers: list[Said | Exception | None] = [None] * len(questions)
    rows: list[_Row] = []
    for nth, question in enumerate(questions):
        try:
            loaded.fit(question.adapter)
            rows.append(_begun(nth, question, loaded, speaker))
        except (ArgumentError, InputError) as error:
            answers[nth] = error
    if rows:
        _run(loaded, rows, lambda row: given_up(rows[row].nth))
    for row in rows:
        answers[row.nth] = row.said(speaker)
    return [answer for answer in answers if answer is not None]


@dataclass(slots=True)
class _Row:
    """One answer under way."""

    nth: int
    prompt: list[int]
    matcher: Any
    most: int
    adapter: str | None
    ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    """Of each id, among those that the grammar allows."""
    alternatives: list[dict[int, float]] = field(default_factory=list)
    """For each id, the log-probabilities of those that could have come instead, where these are few."""
    done: bool = False

    def take(self, id_: int) -> None:
        if self.done:
            return
        self.ids.append(id_)
        self.done = not self.matcher.consume_token(id_) or self.matcher.is_stopped() or len(self.ids) >= self.most

    def said(self, speaker: Speaker) -> Said:
        tokens = [
            Token(speaker.piece(id_), log, {speaker.piece(one): other for one, other in others.items()})
            for id_, log, others in zip(self.ids, self.logprobs, self.alternatives, strict=True)
        ]
        return Said(speaker.text(self.ids), tokens)


def _begun(nth: int, question: Question, loaded: LoadedModel, speaker: Speaker) -> _Row:
    """A row with its prompt: as much as the model's context has room for is told."""
    for shortness in range(_SHORTNESSES):
        prompt = speaker.prompt(question.ask.messages(shortness))
        room = question.most if loaded.context is None else loaded.context - len(prompt)
        if room >= min(question.most, 64):
            matcher = speaker.matcher(json.dumps(question.ask.longest))
            forced: list[int] = matcher.compute_ff_tokens()
            matcher.consume_tokens(forced)
            row = _Row(nth, prompt + forced, matcher, min(room, question.most), question.adapter)
            row.ids, row.logprobs, row.alternatives = list(forced), [0.0] * len(forced), [{} for _ in forced]
            return row
    raise ArgumentError(
        f"the neighbors and the request take {len(prompt)} tokens, and {loaded.place} takes {loaded.context} with its "
        "answer; use a model with a longer context, or group the neighbors under masters of their own"
    )


def _run(loaded: LoadedModel, rows: Sequence[_Row], given_up: GivenUp) -> None:
    torch, transformers = package("torch"), package("transformers")
    inputs = padded(loaded, [row.prompt for row in rows])
    pad = pad_token(loaded)

    def choose(input_ids: Any, scores: Any) -> Any:
        """Scores (rows, vocabulary), minus infinity where the grammar allows nothing."""
        for nth, row in enumerate(rows):
            allowed = torch.tensor([pad]) if row.done else _allowed(row.matcher, scores.shape[1], torch)
            only = torch.full_like(scores[nth], float("-inf"))
            only[allowed] = scores[nth, allowed]
            scores[nth] = only
            if not row.done:
                logs = torch.log_softmax(scores[nth, allowed].float(), dim=0)
                few = len(allowed) <= _NARROW
                row.logprobs.append(float(logs.max()))
                row.alternatives.append(dict(zip(allowed.tolist(), logs.tolist(), strict=True)) if few else {})
        return scores

    def ended(input_ids: Any, scores: Any, **_: Any) -> Any:
        """Which rows are done, (rows,)."""
        for nth, (row, id_) in enumerate(zip(rows, input_ids[:, -1].tolist(), strict=True)):
            row.take(id_)
            row.done = row.done or given_up(nth)
        return torch.tensor([row.done for row in rows], device=input_ids.device)

    with loaded.at_work([row.adapter for row in rows]) as model, _no_settings(model, transformers.GenerationConfig()):
        model.generate(
            **inputs,
            max_new_tokens=max(row.most for row in rows),
            do_sample=False,
            pad_token_id=pad,
            logits_processor=transformers.LogitsProcessorList([choose]),
            stopping_criteria=transformers.StoppingCriteriaList([ended]),
        )


@contextmanager
def _no_settings(model: Any, none: Any) -> Iterator[None]:
    """Inside, the settings that came with the weights don't count: penalties bear upon the probability of a choice."""
    own, model.generation_config = model.generation_config, none
    try:
        yield
    finally:
        model.generation_config = own


def _allowed(matcher: Any, width: int, torch: Any) -> Any:
    """Ids that may come next."""
    bits = torch.frombuffer(bytearray(matcher.compute_bitmask()), dtype=torch.uint8)
    places = torch.arange(8, dtype=torch.uint8)
    return ((bits[:, None] >> places) & 1).flatten()[:width].nonzero()[:, 0]
