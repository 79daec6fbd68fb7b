"""What every Octopus must keep to, whichever backend: it is asked, and chooses among the neighbors of a place."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from functional_models import TOKENS, random_weights
from small_chat_models import long_chat_causal
from small_endpoint import SmallEndpoint
from small_tools import cards

from octograph import Decision, OctopusSpec, Place, Query, Result, Step, Trace
from octograph.graphs.registry import known, load
from octograph.planners.seams import Octopus

REQUESTS = (
    "Convert 5 miles to kilometers.",
    "Convert 5 miles to kilometers and 70 kilograms to pounds.",
    "How many days are there between 3 March 2024 and 1 May 2024, and how many hours is that?",
    "What is the capital of France, and what is the distance from there to Berlin?",
    "Which is further from Paris, Madrid or Berlin?",
    "Book me a table for two tonight.",
    "capital",
    "¿?",
    "x" * 3000,
)
SETTINGS: dict[str, dict[str, Any]] = {
    "scripted": {"script": {"desk": [["capital", "convert"], "weekday"]}},
    "chat on this machine": {"longest": 12, "calls": 1},
}
CHAT = ("chat at an endpoint", "chat on this machine")
NEIGHBORS = [replace(card, token=token) for card, token in zip(cards(), TOKENS, strict=False)]
IDS = {card.id for card in NEIGHBORS}
DESK = Place("desk")


@pytest.fixture(scope="module", params=[*(name for name in known("octograph.octopuses") if name != "chat"), *CHAT])
def octopus(request: pytest.FixtureRequest) -> Iterator[Octopus]:
    """Every Octopus that is installed, made the way the engine makes it."""
    backend, settings = request.param.split()[0], SETTINGS.get(request.param, {})
    with model_of(request.param) as model:
        spec = OctopusSpec(backend=backend, settings=settings, model=model)
        made: Octopus = load("octograph.octopuses", backend)(spec, None)
        yield made


@contextmanager
def model_of(name: str) -> Iterator[dict[str, Any] | None]:
    """The language model of an Octopus that needs one: behind a server of its own, or built here."""
    if name == "chat at an endpoint":
        with SmallEndpoint() as server:
            yield {"name": "small", "url": server.url}
    elif name == "chat on this machine":
        import torch

        torch.set_num_threads(1)
        yield {"name": str(long_chat_causal())}
    elif name == "functional":
        yield {"name": str(random_weights()), "max_tokens": 60}
    else:
        yield None


def ask(octopus: Octopus, text: str, steps: Sequence[Step] = (), at: Place = DESK) -> list[Decision]:
    return list(asyncio.run(octopus.choose(Query(text), at, NEIGHBORS, Trace("test", text, tuple(steps)))))


def done(decision: Decision, hop: int) -> Step:
    return Step(
        hop,
        "desk",
        decision.neighbor or "desk",
        decision.query,
        "12 km",
        decision.arguments,
        decision.probability,
        part=decision.part,
        parents=decision.parents,
        status="done" if decision.neighbor else "abstained",
    )


def test_it_is_an_octopus(octopus: Octopus) -> None:
    """It has the shape of the seam."""
    assert isinstance(octopus, Octopus)


@pytest.mark.parametrize("text", REQUESTS, ids=lambda text: text[:20])
def test_it_chooses_among_the_neighbors_with_probabilities(octopus: Octopus, text: str) -> None:
    """Neighbors of the place or stop, nothing else; alternatives of a part add up to at most 1."""
    decisions = ask(octopus, text)
    totals: dict[int, float] = defaultdict(float)
    for decision in decisions:
        assert decision.neighbor is None or decision.neighbor in IDS
        assert 0 <= decision.probability <= 1
        assert isinstance(decision.query, str)
        assert isinstance(decision.part, int)
        totals[decision.part] += decision.probability
        if decision.neighbor is not None:
            signature = next(card for card in NEIGHBORS if card.id == decision.neighbor).signature
            assert signature is not None
            assert set(decision.arguments) <= {parameter.name for parameter in signature.parameters}
    if not isinstance_of_scripted(octopus):  # what is scripted is certain, alternatives and all
        assert all(total <= 1 + 1e-6 for part, total in totals.items() if part >= 0)


def isinstance_of_scripted(octopus: Octopus) -> bool:
    return type(octopus).__name__ == "ScriptedOctopus"


@pytest.mark.parametrize("text", REQUESTS[:5], ids=lambda text: text[:20])
def test_the_same_question_has_the_same_answer(octopus: Octopus, text: str) -> None:
    """Asked twice, it decides the same: walks can be told again."""
    assert ask(octopus, text) == ask(octopus, text)


@pytest.mark.parametrize("text", REQUESTS[:7], ids=lambda text: text[:20])
def test_it_comes_to_an_end_and_decides_nothing_twice(octopus: Octopus, text: str) -> None:
    """Asked again after each step, it has soon nothing left; parts done are not decided again; parents have ended."""
    steps: list[Step] = []
    for _ in range(8):
        decisions = ask(octopus, text, steps)
        finished = {step.part for step in steps if step.part >= 0}
        assert not {decision.part for decision in decisions if decision.neighbor is not None} & finished
        best: dict[int, Decision] = {}
        for decision in decisions:
            assert set(decision.parents) <= {step.hop for step in steps}
            if decision.part not in best or decision.probability > best[decision.part].probability:
                best[decision.part] = decision
        if not best or all(decision.neighbor is None for decision in best.values()):
            return
        steps += [done(decision, len(steps) + nth) for nth, decision in enumerate(best.values())]
    raise AssertionError(f"still deciding after {len(steps)} steps: {[step.node for step in steps]}")


def test_what_is_under_way_is_not_decided_again(octopus: Octopus) -> None:
    """With every part it just decided running, it has nothing to decide for those."""
    from octograph import Call

    text = REQUESTS[1]
    first = [decision for decision in ask(octopus, text) if decision.neighbor is not None]
    running = tuple(
        Call(hop, "desk", decision.neighbor or "", Query(decision.query), part=decision.part)
        for hop, decision in enumerate({decision.part: decision for decision in first}.values())
    )
    trace = Trace("test", text, running=running)
    again = asyncio.run(octopus.choose(Query(text), DESK, NEIGHBORS, trace))
    assert not {decision.part for decision in again} & {call.part for call in running}


def test_questions_asked_at_once_do_not_mix(octopus: Octopus) -> None:
    """Many walks share one Octopus."""

    async def all_at_once() -> list[Sequence[Decision]]:
        return await asyncio.gather(
            *(octopus.choose(Query(text), DESK, NEIGHBORS, Trace("test", text)) for text in REQUESTS[:5])
        )

    for together, text in zip(asyncio.run(all_at_once()), REQUESTS[:5], strict=True):
        assert_alike(list(together), ask(octopus, text))


def assert_alike(some: Sequence[Decision], others: Sequence[Decision]) -> None:
    """The same but for the rounding of a model that answers in batches: random weights may then word it otherwise."""
    chances = [{(one.part, one.neighbor): one.probability for one in decisions} for decisions in (some, others)]
    assert chances[0] == pytest.approx(chances[1], abs=1e-3)
    if [one.query_logprob for one in some] == [None] * len(some):
        assert some == others


def test_what_was_handed_in_may_be_used_and_is_left_alone(octopus: Octopus) -> None:
    """Results from outside are there for the Octopus of an agent; it changes none of what it is given."""
    given = Result("12 km", 12, "quantity")
    trace = Trace("test", "convert it to miles", inputs=(given,))
    before = repr(trace)
    asyncio.run(octopus.choose(Query("convert it to miles", (given,)), DESK, NEIGHBORS, trace))
    assert repr(trace) == before
