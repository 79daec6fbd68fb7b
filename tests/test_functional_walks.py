"""Whole walks with a functional Octopus: two levels, parallel calls, typed arguments, and the product of it all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import functional_models
import pytest
from functional_models import CASES, QUOTED, TOKENS, TOOLS
from walkers import Echo

from octograph import Answer, Graph, OctopusSpec, Place, Query, Result, Step, Trace, Workflow
from octograph.graphs.signature import Kind, Neighbor, Parameter, Signature
from octograph.planners.octopus.functional import FunctionalOctopus
from octograph.planners.octopus.functional.output import FunctionCall

WORKERS = ("law", "units", "archive")


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """The models are too small for more."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def workflow() -> Workflow:
    """The desk, with an Octopus that knows its walks by heart."""
    graph = functional_models.desk(functional_models.knowing_weights())
    return Workflow(graph, tools=TOOLS, workers={name: Echo(name) for name in WORKERS})


def calls(answer: Answer) -> list[tuple[str, str]]:
    return [(step.node, step.query) for step in sorted(answer.trace, key=lambda step: step.hop)]


async def test_an_octopus_chooses_an_agent_and_the_agent_one_of_its_functions(workflow: Workflow) -> None:
    """Two levels of functional tokens: at the first the query is rewritten, at the second arguments are filled."""
    answer = await workflow.arun("How is the weather in Paris over three days?")
    assert answer.text == "sun in Paris for 3 days"
    (outer,) = answer.trace
    assert (outer.node, outer.query) == ("travel", "weather in Paris, 3 days")
    assert outer.trace is not None
    (inner,) = outer.trace
    assert (inner.node, inner.arguments) == ("weather", {"city": "Paris", "days": 3})


async def test_an_agent_calls_two_functions_at_once(workflow: Workflow) -> None:
    """Parallel function calling within one output; an optional argument that was left out has its default."""
    answer = await workflow.arun("Get me from Oslo to Rome, and tell me the weather")
    assert answer.text == "flights from Oslo to Rome\nsun in Rome for 1 days"
    inner = answer.trace.step(0).trace
    assert inner is not None
    assert [(step.node, step.arguments, step.parents) for step in inner] == [
        ("flights", {"start": "Oslo", "end": "Rome"}, ()),
        ("weather", {"city": "Rome"}, ()),
    ]


async def test_a_self_connection_is_called_in_parallel(workflow: Workflow) -> None:
    """One output calls the same neighbor twice, each time with a query of its own."""
    answer = await workflow.arun("5 miles in km and 70 kg in pounds")
    assert answer.text == "units(5 mi to km)\nunits(70 kg to lb)"
    assert [(step.part, step.parents) for step in answer.trace] == [(0, ()), (1, ())]


async def test_a_worker_is_followed_by_its_neighbor_where_the_request_asks_for_it(workflow: Workflow) -> None:
    """Asked again behind the worker, with the walk so far: file it, or stop, as the request says."""
    filed = await workflow.arun("Explain leases and file it")
    assert calls(filed) == [("law", "What is a lease?"), ("archive", "File: a lease's meaning")]
    assert filed.trace.step(1).parents == (0,)
    assert calls(await workflow.arun("My landlord wants more rent, may he?")) == [("law", "May the rent be raised?")]


async def test_a_query_may_hold_anything(workflow: Workflow) -> None:
    """Quotes, parentheses, a newline, an emoji and the spelling of the end token reach the worker whole."""
    assert calls(await workflow.arun(QUOTED)) == [("law", QUOTED)]


async def test_stop_is_abstaining(workflow: Workflow) -> None:
    """A request that fits no neighbor is said to fit none, at either level."""
    answer = await workflow.arun("Sing me a song")
    assert (answer.stopped, [step.status for step in answer.trace]) == ("abstained", ["abstained"])
    assert answer.text.startswith("Nothing here can do “Sing me a song”.")


async def test_the_probability_of_the_walk_is_the_product_over_both_levels(workflow: Workflow) -> None:
    """P(y | q; G) as in the paper; each hop also says how sure the rewriting was, and stored walks keep that."""
    answer = await workflow.arun("Get me from Oslo to Rome, and tell me the weather")
    outer = answer.trace.step(0)
    assert outer.trace is not None
    hops = [outer, *outer.trace]
    assert answer.probability == pytest.approx(prod(step.probability for step in hops))
    assert 0.5 < answer.probability < 1
    for step in hops:
        assert step.query_logprob is not None
        assert -1 < step.query_logprob < 0
    again = Trace.from_data(json.loads(answer.trace.to_json()))
    assert again.step(0).query_logprob == outer.query_logprob
    assert again.probability == answer.probability


def test_a_trace_from_before_knows_no_log_probability() -> None:
    """Walks stored by earlier releases are still read, and what is not known is not written."""
    data = Trace("g", "q", (Step(0, None, "a", "q"),)).to_data()
    assert "query_logprob" not in data["steps"][0]
    assert Trace.from_data(data).step(0).query_logprob is None


async def test_plans_are_made_at_both_levels(workflow: Workflow) -> None:
    """A plan is a walk that is not run: the functions inside the agent are planned with it."""
    plan = await workflow.aplan("Get me from Oslo to Rome, and tell me the weather")
    (travel,) = plan.nodes
    assert travel.inside is not None
    assert [node.id for node in travel.inside.nodes] == ["flights", "weather"]


async def test_many_walks_at_once_do_not_mix(workflow: Workflow) -> None:
    """Their decisions are made in common batches, and each gets its own."""
    requests = [case.request for case in CASES[:10] if not case.done]
    answers = await asyncio.gather(*(workflow.arun(request) for request in requests * 3))
    alone = [await workflow.arun(request) for request in requests]
    assert [answer.text for answer in answers] == [answer.text for answer in alone] * 3


async def test_below_the_threshold_nothing_is_called() -> None:
    """An unsure choice is a stop, and a further call that is unsure is not made."""
    octopus = {"backend": "functional", "model": str(functional_models.random_weights()), "threshold": 0.999}
    nodes: dict[str, Any] = {"desk": {"kind": "master"}}
    nodes |= {f"n{nth}": {"kind": "person", "token": token} for nth, token in enumerate(TOKENS)}
    graph = Graph("desk", nodes, [f"desk -> [{', '.join(list(nodes)[1:])}]"], octopus=octopus)
    answer = await Workflow(graph, workers={name: Echo(name) for name in list(nodes)[1:]}).arun("hello")
    assert [step.status for step in answer.trace] == ["abstained"]


async def test_masters_may_have_adapters_of_their_own() -> None:
    """One base, an Octopus for each master: the same words go another way at each, through another LoRA adapter."""
    request = "Which country has the longest coast?"
    passed_on = functional_models.Case(request, [FunctionCall(TOKENS[10], request)])
    answered = functional_models.Case(request, [FunctionCall(TOKENS[3], "the country with the longest coast")])
    adapters = {
        name: {
            "backend": "functional",
            "model": {"name": str(functional_models.random_weights()), "max_tokens": 60},
            "adapter": str(functional_models.knowing_adapter(name, [case])),
        }
        for name, case in (("desk", passed_on), ("sub", answered))
    }
    nodes: dict[str, Any] = {
        "desk": {"kind": "master", "octopus": adapters["desk"]},
        "sub": {"kind": "master", "octopus": adapters["sub"], "token": TOKENS[10]},
        "atlas": {"kind": "person", "token": TOKENS[3]},
        "other": {"kind": "person", "token": TOKENS[4]},
    }
    graph = Graph("desk", nodes, ["desk -> [sub, other]", "sub -> [atlas, other]"])
    plan = await Workflow(graph).aplan(request)
    assert [(node.id, node.query) for node in plan.nodes] == [("atlas", "the country with the longest coast")]


async def choose(octopus: FunctionalOctopus, text: str, *neighbors: Neighbor, inputs: tuple[Result, ...] = ()) -> Any:
    return await octopus.choose(Query(text, inputs), Place("desk"), neighbors, Trace("desk", text, inputs=inputs))


def knowing(**settings: Any) -> FunctionalOctopus:
    return FunctionalOctopus(
        OctopusSpec(backend="functional", model=str(functional_models.knowing_weights()), settings=settings)
    )


async def test_the_alternatives_of_a_choice_are_told_too() -> None:
    """Most probable first, with the request as their query; or with queries of their own, where settings ask for it."""
    cards = [Neighbor("travel", token=TOKENS[0]), Neighbor("law", token=TOKENS[1]), Neighbor("units", token=TOKENS[2])]
    request = "My landlord wants more rent, may he?"
    first, *others = await choose(knowing(), request, *cards)
    assert (first.neighbor, first.query) == ("law", "May the rent be raised?")
    assert {one.neighbor for one in others} == {"travel", "units", None}
    assert [one.probability for one in others] == sorted((one.probability for one in others), reverse=True)
    assert {one.query for one in others} == {request}
    assert {one.query_logprob for one in others} == {None}
    assert first.probability + sum(one.probability for one in others) == pytest.approx(1)
    written = {one.neighbor: one for one in await choose(knowing(alternatives=2), request, *cards)}
    second = next(one.neighbor for one in others if one.neighbor is not None)
    assert written["law"].query == "May the rent be raised?"
    assert written[second].query_logprob is not None


async def test_a_parallel_call_has_alternatives_of_its_own() -> None:
    """Each call of an output is a part, so that a strategy can choose for each."""
    cards = [Neighbor("units", token=TOKENS[2], again=True), Neighbor("law", token=TOKENS[1])]
    decisions = await choose(knowing(), "5 miles in km and 70 kg in pounds", *cards)
    best = {one.part: one for one in reversed(decisions)}
    assert [(best[part].neighbor, best[part].query) for part in sorted(best)] == [
        ("units", "5 mi to km"),
        ("units", "70 kg to lb"),
    ]
    assert len(await choose(knowing(calls=1), "5 miles in km and 70 kg in pounds", *cards)) == 3


async def test_what_no_model_writes_down_is_found() -> None:
    """Earlier results come with the call; a form with {query} words what a tool is asked."""
    signature = Signature((Parameter("city", Kind("city")), Parameter("seen", Kind("results"))))
    card = Neighbor("weather", token=TOKENS[4], signature=signature, reformat="Please: {query}")
    first, *_ = await choose(knowing(), "Weather for Nice", card, inputs=(Result("before", 3, "number"),))
    assert first.arguments["seen"] == [{"text": "before", "data": 3, "kind": "number"}]
    assert first.query == "Please: Weather for Nice"


def test_a_graph_file_is_enough(tmp_path: Path) -> None:
    """Weights beside the file, tokens in it; no Python of the user's own."""
    (tmp_path / "octopus").symlink_to(functional_models.knowing_weights())
    (tmp_path / "desk.yaml").write_text(
        """
        octograph: 1
        name: desk
        start: desk
        octopus: {backend: functional, model: octopus}
        nodes:
          desk: {kind: master}
          law: {kind: person, token: "<nexa_1>"}
          units: {kind: person, token: "<nexa_2>"}
        edges: ["desk -> [law, units]"]
        """,
        encoding="utf-8",
    )
    plan = Workflow(tmp_path / "desk.yaml").plan("My landlord wants more rent, may he?")
    assert [(node.id, node.query) for node in plan.nodes] == [("law", "May the rent be raised?")]
