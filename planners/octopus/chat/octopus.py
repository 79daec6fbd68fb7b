"""The Octopus that asks an instruct model: the answer is checked, asked for once more with its error, or rejected.

P(neighbor or stop | request, walk so far) comes from the log-probabilities of the model where they are given, else from
the shares of several samples; with neither, what was chosen counts as certain.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ....graphs.errors import InputError, WalkError
from ....graphs.sections import OctopusSpec
from ....graphs.signature import Neighbor
from ....graphs.walk import Arguments, Decision, Place, Query, Result, Trace
from ....models.endpoint import Endpoint, at_endpoint
from ..arguments import Filling, fill
from ..asking import Question, question_at
from ..rewriting import reformatted
from .answer_schema import answer_schema, stop_word
from .completing import completed
from .likelihood import logprob_of, odds_at
from .prompting import Message, messages_of
from .reading import Choice, NotAnAnswer, read_answer
from .settings import read_settings
from .voices import Ask, EndpointVoice, Said, Voice, with_room

_LEAST = 1e-6
"""Alternatives that are less probable than this are not worth mentioning."""
Odds = dict[str, float]


class ChatOctopus:
    """Chooses among the neighbors in structured output, rewrites the query and writes typed arguments."""

    def __init__(self, spec: OctopusSpec | None = None, folder: Path | None = None) -> None:
        """Nothing is loaded or asked yet. Raises InputError for settings that can't be used."""
        spec = spec or OctopusSpec(backend="chat")
        self._settings = read_settings(spec.settings)
        if spec.model is None:
            raise InputError(
                "the chat Octopus needs a language model: octopus: {backend: chat, model: {name: qwen3, "
                "url: http://localhost:11434/v1}}, or just the folder or hub name of weights"
            )
        model = with_room(spec.model)
        if spec.adapter is not None:
            model = model.model_copy(update={"adapter": spec.adapter})
        self._name = model.name
        self._voice: Voice
        if at_endpoint(model):
            self._voice = EndpointVoice(Endpoint(model))
        else:
            from .local import LocalVoice

            self._voice = LocalVoice(model, folder)

    async def choose(self, query: Query, at: Place, neighbors: Sequence[Neighbor], trace: Trace) -> Sequence[Decision]:
        """See `Octopus.choose`. Raises WalkError for a model that does not answer what it was asked."""
        question = question_at(query, at, neighbors, trace, self._settings.rounds)
        if question is None or not question.neighbors:
            return ()
        stop = stop_word(question.neighbors)
        ask = self._ask(question, stop)
        said, choices = await self._answer(ask, question, stop)
        odds = [self._odds(said, choice, question, stop) for choice in choices]
        if odds[0] is None and self._settings.samples > 1:
            odds = await self._shares(ask, choices, question, stop)
        decisions: list[Decision] = []
        for nth, (choice, chances) in enumerate(zip(choices, odds, strict=True)):
            chosen = choice.neighbor.id if choice.neighbor else stop
            for decision in _decisions(question, nth, choice, chances or {chosen: 1.0}):
                if decision.neighbor == chosen and choice.query_at is not None and said.tokens:
                    logprob = logprob_of(said.tokens, said.text, choice.query_at)
                    decision = replace(decision, query_logprob=logprob)
                decisions.append(decision)
        return decisions

    def fill(self, query: Query, neighbor: Neighbor) -> Arguments:
        """See `FillsArguments.fill`: by rule, for no question is worth asking where nothing is to be chosen."""
        return {} if neighbor.signature is None else fill(neighbor.signature, query.text, query.inputs).arguments

    def _ask(self, question: Question, stop: str) -> Ask:
        settings = self._settings
        return Ask(
            partial(messages_of, question, stop, settings),
            answer_schema(question.neighbors, stop, settings.calls),
            answer_schema(question.neighbors, stop, settings.calls, settings.longest),
        )

    async def _answer(self, ask: Ask, question: Question, stop: str) -> tuple[Said, list[Choice]]:
        """What the model says, and what that means; asked once more with what is wrong with it."""
        said = await self._voice.say(ask)
        try:
            return said, self._read(said, question, stop)
        except NotAnAnswer as error:
            if self._voice.checked:
                raise self._rejected(said, error) from None
            said = await self._voice.say(replace(ask, messages=partial(_again, ask, said.text, str(error))))
        try:
            return said, self._read(said, question, stop)
        except NotAnAnswer as error:
            raise self._rejected(said, error) from None

    def _read(self, said: Said, question: Question, stop: str) -> list[Choice]:
        return read_answer(said.text, question.neighbors, stop, self._settings.calls)

    def _rejected(self, said: Said, error: NotAnAnswer) -> WalkError:
        came = " ".join(said.text.split())
        came = came if len(came) <= 200 else came[:199] + "…"
        return WalkError(f"the model {self._name} was asked where to go and answered {came!r}: {error}")

    def _odds(self, said: Said, choice: Choice, question: Question, stop: str) -> Odds | None:
        if not said.tokens or choice.name_at is None:
            return None
        names = [*(neighbor.id for neighbor in question.neighbors), stop]
        return odds_at(said.tokens, said.text, choice.name_at, names)

    async def _shares(self, ask: Ask, choices: Sequence[Choice], question: Question, stop: str) -> list[Odds | None]:
        """For each choice the share of samples that make it; alternatives can be told only where one call is made."""
        asked = range(self._settings.samples)
        said = await asyncio.gather(*(self._voice.say(replace(ask, sample=nth)) for nth in asked))
        answers: list[list[str]] = []
        for one in said:
            try:
                read = self._read(one, question, stop)
            except NotAnAnswer:
                continue
            answers.append([choice.neighbor.id if choice.neighbor else stop for choice in read])
        if not answers:
            return [None] * len(choices)
        if len(choices) == 1:
            counted = Counter(answer[0] for answer in answers)
            return [{name: count / len(answers) for name, count in counted.items()}]
        names = [choice.neighbor.id if choice.neighbor else stop for choice in choices]
        return [{name: sum(name in answer for answer in answers) / len(answers)} for name in names]


def _decisions(question: Question, nth: int, choice: Choice, odds: Odds) -> list[Decision]:
    """The alternatives for one call, most probable first. Where something is done already, stop means to be done."""
    if choice.neighbor is None and question.done:
        return []
    part, parents = question.part + nth, question.parents
    text = choice.query or question.request
    known = {neighbor.id: neighbor for neighbor in question.neighbors}
    decisions = []
    for name, probability in sorted(odds.items(), key=lambda item: -item[1]):
        neighbor = known.get(name)
        chosen = neighbor == choice.neighbor
        if (probability < _LEAST and not chosen) or (neighbor is None and question.done):
            continue
        if neighbor is None:
            decisions.append(Decision(None, text, min(probability, 1.0), part=part, parents=parents))
            continue
        arguments: Arguments = {}
        if chosen and neighbor.signature is not None:
            arguments = completed(neighbor.signature, choice.arguments, text, _inputs(question))
        query = reformatted(neighbor, text, Filling(dict(arguments)))
        decisions.append(Decision(name, query, min(probability, 1.0), arguments, part, parents))
    return decisions


def _inputs(question: Question) -> tuple[Result, ...]:
    """Results that the next calls are given."""
    results = tuple(step.result for step in question.done if step.hop in question.parents)
    return results or question.inputs


def _again(ask: Ask, text: str, problem: str, shortness: int) -> Sequence[Message]:
    """The conversation, with an answer that can't be used and what is wrong with it."""
    return [
        *ask.messages(shortness),
        {"role": "assistant", "content": text},
        {"role": "user", "content": f"That can't be used: {problem}. Answer again, with one JSON object as described."},
    ]
