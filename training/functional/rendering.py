"""Samples as the token ids that a model is trained on, by the very prompts and outputs that it will be served with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...graphs.errors import ArgumentError
from ...graphs.model import NodeId
from ...graphs.signature import Neighbor, Signature
from ...models.pieces import Piece, shown
from ...models.spelling import Spelling
from ...planners.octopus.argument_schema import HANDED_ON, fitted
from ...planners.octopus.functional.brackets import brackets_of
from ...planners.octopus.functional.output import FunctionCall, Marks, call_to, render
from ...planners.octopus.functional.prompting import Done, Template
from ..samples import AgentPath, LabelledCall, Sample
from .weighting import IGNORED


@dataclass(frozen=True, slots=True)
class Rendered:
    """One example for the trainer."""

    input_ids: list[int]
    labels: list[int]
    """IGNORED for the prompt: only what the Octopus says is learned."""


@dataclass(frozen=True)
class Level:
    """One graph or sub-graph: what its nodes are called, and what they take."""

    tokens: Mapping[NodeId, str]
    cards: Mapping[NodeId, Neighbor]


class Renderer:
    """Renders samples for one tokenizer."""

    def __init__(self, tokenizer: Any, template: Template, marks: Marks, levels: Mapping[AgentPath, Level]) -> None:
        self._spelling = Spelling(tokenizer)
        brackets_of(self._spelling)  # a tokenizer that can't spell a call is refused here
        self._template = template.as_chat(tokenizer)
        self._marks = marks
        self._levels = levels

    def text(self, sample: Sample) -> str:
        """The whole example, for people and for making a tokenizer."""
        prompt, output = pieces_of(sample, self._levels[sample.inside], self._template, self._marks)
        return shown([*prompt, *output])

    def render(self, sample: Sample, room: int | None) -> Rendered | None:
        """The example in at most `room` tokens (of a prompt too long the middle is left out); None if it has no place.

        What the data does not say (a query that isn't given, an argument that is required and missing) ends what is
        learned: the choice of the node still is.
        """
        prompt, output = pieces_of(sample, self._levels[sample.inside], self._template, self._marks)
        said = self._spelling.ids(output)
        if room is not None and len(said) >= room - 8:
            return None
        asked = self._spelling.prompt(prompt, None if room is None else room - len(said))
        return Rendered([*asked, *said], [IGNORED] * len(asked) + said)


def pieces_of(
    sample: Sample, level: Level, template: Template, marks: Marks
) -> tuple[Sequence[Piece], Sequence[Piece]]:
    """The prompt, and the output up to where the data says it."""
    done = [Done(_done_call(call, sample, level), call.output) for call in sample.done]
    prompt = template.prompt(sample.query, done)
    calls: list[FunctionCall] = []
    for call in sample.calls:
        made = _call(call, level)
        if made is None:
            spelled = render(calls, marks)[:-1] if calls else ()
            return prompt, (*spelled, Piece(level.tokens[call.node], ours=True))
        calls.append(made)
    return prompt, render(calls, marks)


def _call(call: LabelledCall, level: Level) -> FunctionCall | None:
    """The call as it should be written; None if the data does not say all of it."""
    token, signature = level.tokens[call.node], _signature(call.node, level)
    if signature is None:
        return None if call.query is None else FunctionCall(token, call.query)
    try:
        arguments = fitted(signature, dict(call.arguments))
    except ArgumentError:
        return None
    written = [parameter for parameter in signature.parameters if parameter.kind.name not in HANDED_ON]
    if any(parameter.required and parameter.name not in arguments for parameter in written):
        return None
    return call_to(token, signature, call.query or "", arguments)


def _done_call(call: LabelledCall, sample: Sample, level: Level) -> FunctionCall:
    """A call that has been made, as a walk shows it: with its arguments if it had any, else with its query."""
    token = level.tokens.get(call.node, call.node)
    query = sample.query if call.query is None or _signature(call.node, level) else call.query
    return FunctionCall(token, query, dict(call.arguments) or None)


def _signature(node: NodeId, level: Level) -> Signature | None:
    return level.cards[node].signature if node in level.cards else None
