"""From what a model wrote to decisions: neighbors with their probabilities, rewritten queries and arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ....graphs.errors import ArgumentError
from ....graphs.signature import Neighbor, Signature
from ....graphs.walk import Arguments, Decision, Result
from ..argument_schema import fitted
from ..arguments import Filling, fill
from ..asking import Question
from ..rewriting import reformatted
from .asked import Choice, Written
from .output import FunctionCall

Spoken = tuple[FunctionCall, float]
"""A call with the log-probability of its argument."""


def decisions_of(
    question: Question, written: Written, by_token: Mapping[str, Neighbor], least: float
) -> list[Decision]:
    """The decisions, one part for each call, the alternatives of a part most probable first.

    Where something has been done already, stop is no decision: nothing follows, and nothing is left unanswered.

    Args:
        least: Probability below which a neighbor is not called.
    """
    follows = bool(question.parents)
    decisions: list[Decision] = []
    for nth, choice in enumerate(written.choices):
        call = written.calls[nth] if written.calls else None
        sure = call is not None and choice.probabilities[choice.token] >= least
        if not sure and (follows or nth):
            continue
        spoken = dict(written.alternatives) if nth == 0 else {}
        if call is not None:
            spoken[choice.token] = (call, choice.logprob)
        decisions += _part(question, choice, by_token, spoken, question.part + nth, written.stop)
    return decisions


def _part(
    question: Question,
    choice: Choice,
    by_token: Mapping[str, Neighbor],
    spoken: Mapping[str, Spoken],
    part: int,
    stop: str | None,
) -> list[Decision]:
    """What was chosen first (a rounding error must not reorder it), then the alternatives."""
    ranking = sorted(choice.probabilities, key=lambda token: (token != choice.token, -choice.probabilities[token]))
    decisions = []
    for token in ranking:
        probability = choice.probabilities[token]
        if token in by_token:
            decisions.append(_toward(question, by_token[token], probability, spoken.get(token), part))
        elif token == stop:
            decisions.append(Decision(None, question.request, probability, part=part, parents=question.parents))
    return decisions


def _toward(question: Question, neighbor: Neighbor, probability: float, spoken: Spoken | None, part: int) -> Decision:
    call, logprob = spoken if spoken is not None else (None, None)
    inputs = _inputs(question)
    if neighbor.signature is None:
        written = call.query.strip() if call is not None else ""
        query = written or reformatted(neighbor, question.request, Filling())
        arguments: Arguments = {}
    else:
        found = fill(neighbor.signature, question.request, inputs)
        arguments = found.arguments
        if call is not None:
            arguments = _arguments(neighbor.signature, call.arguments or {}, found.arguments)
        query = reformatted(neighbor, question.request, Filling(dict(arguments), found.mentions))
    return Decision(neighbor.id, query, probability, arguments, part, question.parents, logprob)


def _arguments(signature: Signature, written: Arguments, found: Arguments) -> Arguments:
    """What the model wrote; what it had to leave out (earlier results, what ran into the limit) as it can be found."""
    try:
        said = fitted(signature, dict(written))
    except ArgumentError:
        said = {}
    lacking = {one.name for one in signature.parameters if one.required} - set(said)
    return dict(said) | {name: found[name] for name in lacking if name in found}


def _inputs(question: Question) -> Sequence[Result]:
    """What the call will be handed: the results it builds on, else those handed in."""
    return tuple(step.result for step in question.done if step.hop in question.parents) or question.inputs
