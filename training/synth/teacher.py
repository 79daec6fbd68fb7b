"""Requests written by a language model at an OpenAI-compatible endpoint, and looked at before they are believed."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from ...engine.blocking import run_blocking
from ...graphs.clock import stopped_at
from ...graphs.errors import InputError
from ...graphs.sections import ModelSpec
from ...graphs.signature import Neighbor
from ...models.endpoint import Endpoint
from ...planners.octopus.rewriting import critical_tokens
from .generating import NONE, Job
from .grammar import TODAY
from .places import ChoicePlace
from .requests import GeneratedRequest, LabelledPart
from .wordings import arguments_in

BATCH = 8
"""Requests asked for at once."""
CALLS = 4
"""Calls under way at the same time."""
LONGEST = 1000
"""Characters of a request at most."""

_SYSTEM = (
    "You write requests that different people might send to an assistant, as training data. Invent everything freshly: "
    "concrete names, numbers and places, no placeholders. Answer with JSON only: "
    '{"requests": [{"request": "...", "queries": ["..."]}]}. "request" is what the person writes. "queries" has one '
    "entry for each tool that is to be called, in order: that part of the request alone, reworded so that it can be "
    "understood without the rest, with every number, name and negation kept as it is. Where no tool fits, it is empty."
)
_PEOPLE = (
    "a hurried office worker", "a polite elderly person", "a teenager", "a student", "a parent with no time",
    "an engineer", "someone whose first language is not English", "a traveler", "a shop owner", "a curious child",
    "a lawyer", "a nurse",
)  # fmt: skip
_MANNERS = (
    "in a few words", "in one clear sentence", "as a question", "as an order", "with some background first",
    "in two sentences", "with spelling mistakes", "all in small letters", "chatty", "formal", "indirect", "as keywords",
)  # fmt: skip
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "requests": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "request": {"type": "string"},
                    "queries": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["request", "queries"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["requests"],
    "additionalProperties": False,
}


class Teacher:
    """A language model as a source of requests."""

    def __init__(self, model: ModelSpec) -> None:
        """Raises InputError for a model without a usable endpoint."""
        self._endpoint = Endpoint(model)
        self._name = model.name

    def requests(self, job: Job, rng: Random) -> Iterator[GeneratedRequest | None]:
        """See `Source.requests`. Raises WorkerError or InputError for an endpoint that does not answer."""
        while True:
            tasks = [_task(job, rng) for _ in range(CALLS)]
            replies = run_blocking(lambda tasks=tasks: self._ask(tasks, rng))  # type: ignore[misc]
            for (calls, links, _), reply in zip(tasks, replies, strict=True):
                found = [_checked(one, job.place, calls, links, f"teacher: {self._name}") for one in _listed(reply)]
                yield from found or [None]

    async def _ask(self, tasks: Sequence[_Task], rng: Random) -> Sequence[str]:
        asked = [
            self._endpoint.complete(
                [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": prompt}],
                schema=_SCHEMA,
                seed=rng.randrange(2**31),
            )
            for _, _, prompt in tasks
        ]
        return [completion.text for completion in await asyncio.gather(*asked)]


_Task = tuple[Sequence[Neighbor], tuple[tuple[int, int], ...], str]
"""The calls that the requests should lead to, which feeds which, and what the teacher is asked."""


def _task(job: Job, rng: Random) -> _Task:
    cards, after = job.place.cards, job.place.after
    who = ", ".join(f"{rng.choice(_PEOPLE)} ({rng.choice(_MANNERS)})" for _ in range(3))
    manner = f"Write {BATCH} requests, all different, as they come from people such as: {who}."
    if not job.special:
        card = cards[job.about]
        others = _outlines([other for other in cards.values() if other.id != card.id])
        return [card], (), f"The tool:\n{_card(card)}\nNot for these, which others do:\n{others}\n{manner}"
    if job.about == NONE:
        near = "Half of them should look as if one of the tools could help, though none can."
        return [], (), f"Write requests that none of these tools can do:\n{_outlines(cards.values())}\n{near} {manner}"
    chains = [(cards[a], b) for a in cards for b in after.get(a, ()) if b.id in cards]
    pairs = [(a, b) for a in cards.values() for b in cards.values() if a.id != b.id or a.again]
    chained = bool(chains) and rng.random() < 0.5
    first, second = rng.choice(chains if chained else pairs)
    how = "the second needs the result of the first" if chained else "neither needs the result of the other"
    tools = f"1. {_card(first)}\n2. {_card(second)}"
    return [first, second], ((0, 1),) * chained, f"Each request needs both of these tools; {how}.\n{tools}\n{manner}"


def _card(card: Neighbor) -> str:
    lines = [f"{card.id}: {card.description}"]
    if card.signature and card.signature.parameters:
        lines.append("It takes " + ", ".join(f"{one.name} ({one.kind.name})" for one in card.signature.parameters))
    lines += [f"Inside: {one.id}: {one.description}" for one in card.inside[:20]]
    lines += [f"For example: {example}" for example in card.examples[:5]]
    return "\n".join(lines)


def _outlines(cards: Any) -> str:
    return "\n".join(f"{card.id}: {card.description}" for card in cards) or "(nothing else)"


def _listed(reply: str) -> list[Any]:
    """The requests in a reply, also if there is talk around the JSON; none if there is none."""
    for text in (reply, reply[reply.find("{") : reply.rfind("}") + 1]):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            continue
        listed = data.get("requests") if isinstance(data, dict) else data
        return listed if isinstance(listed, list) else []
    return []


def _checked(
    one: Any, place: ChoicePlace, calls: Sequence[Neighbor], links: tuple[tuple[int, int], ...], origin: str
) -> GeneratedRequest | None:
    """A request that has a query for each call and loses and invents nothing critical; None for any other."""
    if not isinstance(one, dict) or not isinstance(one.get("request"), str):
        return None
    request, queries = one["request"].strip(), one.get("queries")
    if not request or len(request) > LONGEST or not isinstance(queries, list) or len(queries) != len(calls):
        return None
    if not all(isinstance(query, str) and query.strip() for query in queries):
        return None
    said, passed_on = critical_tokens(request), critical_tokens("\n".join(queries))
    if calls and said != passed_on:
        return None
    with stopped_at(TODAY):
        parts = tuple(
            LabelledPart(card.id, query.strip(), arguments_in(card, query.strip()))
            for card, query in zip(calls, queries, strict=True)
        )
    return GeneratedRequest(request, place.name, parts, links, f"{origin}: {request}")


def teacher_at(name: str, url: str, key_env: str | None, temperature: float, max_tokens: int = 2048) -> ModelSpec:
    """The model called `name` at an endpoint. Raises InputError for an environment variable that is not set."""
    key = os.environ.get(key_env) if key_env else None
    if key_env and not key:
        raise InputError(f"the environment variable {key_env} is not set; it should hold the API key for {name!r}")
    return ModelSpec(name=name, url=url, key=key, backend="openai", temperature=temperature, max_tokens=max_tokens)
