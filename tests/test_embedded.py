"""The embedded Octopus chooses among the neighbors and stop, hop by hop, and knows what is done."""

import asyncio

import pytest

from octograph.graphs.errors import InputError
from octograph.graphs.sections import OctopusSpec
from octograph.graphs.signature import Neighbor
from octograph.graphs.walk import Call, Place, Query, Result, Step, Trace
from octograph.planners.octopus.embedded import EmbeddedOctopus

from .small_tools import cards

OCTOPUS = EmbeddedOctopus()
CARDS = cards()
PARALLEL = "Convert 5 miles to kilometers and 70 kilograms to pounds"
CHAIN = "capital of France, and how far is that city from Berlin?"


def choose(query, *steps, at=None, running=(), neighbors=CARDS, octopus=OCTOPUS, inputs=()):
    request = Query(query, tuple(inputs))
    trace = Trace("test", query, tuple(steps), running=tuple(running))
    return list(asyncio.run(octopus.choose(request, at or Place("hub"), neighbors, trace)))


def best(decisions):
    """The most probable decision of every part."""
    found = {}
    for decision in decisions:
        found.setdefault(decision.part, decision)
    return list(found.values())


def step(part, output, node="capital", hop=0, kind="city", status="done"):
    return Step(hop, "hub", node, "q", output, kind=kind, part=part, status=status)


def test_probabilities_are_a_softmax_over_neighbors_and_stop():
    """The alternatives of a part, stop among them, add up to one, most probable first."""
    decisions = choose("capital of France")
    assert sum(decision.probability for decision in decisions) == pytest.approx(1)
    assert [d.probability for d in decisions] == sorted((d.probability for d in decisions), reverse=True)
    assert {decision.neighbor for decision in decisions} == {None, *(card.id for card in CARDS)}


def test_chooses_only_among_the_neighbors_given():
    """A worker that would fit better but is no neighbor here is never named."""
    few = tuple(card for card in CARDS if card.id in ("currency", "weekday"))
    assert {d.neighbor for d in choose("capital of France", neighbors=few)} <= {None, "currency", "weekday"}


def test_independent_parts_are_decided_together():
    """Both conversions may start at once, each with its own query and arguments."""
    first, second = best(choose(PARALLEL))
    assert (first.neighbor, first.arguments) == ("convert", {"value": "5 miles", "to": "kilometers"})
    assert (second.neighbor, second.arguments) == ("convert", {"value": "70 kilograms", "to": "pounds"})
    assert first.part != second.part


def test_a_part_waits_for_the_result_it_needs():
    """The second part of a chain is decided once the first has a result, with the result in its words."""
    (only,) = best(choose(CHAIN))
    assert only.neighbor == "capital"
    done = step(only.part, "Paris")
    (then,) = best(choose(CHAIN, done, at=Place("capital", 0)))
    assert (then.neighbor, then.query, then.parents) == ("distance", "how far is Paris from Berlin?", (0,))
    assert then.arguments == {"a": "Paris", "b": "Berlin"}


def test_nothing_is_decided_twice():
    """What is done or under way is left alone; when all is done there is nothing to decide."""
    first, second = best(choose(PARALLEL))
    running = Call(1, "hub", "convert", Query("q"), part=second.part)
    assert choose(PARALLEL, step(first.part, "8 km"), running=[running]) == []
    assert choose(PARALLEL, step(first.part, "8 km"), step(second.part, "154 lb", hop=1)) == []


def test_at_a_worker_only_what_builds_on_its_result():
    """A part that has nothing to do with a worker's result is the master's to send out."""
    request = "capital of France. What weekday is 3 May 2020?"
    first, _ = best(choose(request))
    assert choose(request, step(first.part, "Paris"), at=Place("capital", 0)) == []


def test_a_part_whose_need_failed_is_given_up():
    """What needs the result of a failed step is stopped, not guessed."""
    (only,) = best(choose(CHAIN))
    (then,) = choose(CHAIN, step(only.part, "", status="failed"))
    assert then.neighbor is None


@pytest.mark.parametrize(
    "request_", ["Book me a table for two tonight.", "tell me a joke", "asdf qwer zxcv", "play some jazz", "???"]
)
def test_abstains_where_nothing_fits(request_):
    """Stop is the most probable choice for what none of the neighbors can do."""
    assert choose(request_)[0].neighbor is None


def test_a_neighbor_that_books_tables_gets_bookings():
    """What ships as "of no particular domain" does not speak against a neighbor whose domain it is."""
    waiter = Neighbor("waiter", "Books tables in restaurants.")
    assert choose("Book me a table for two tonight.", neighbors=(*CARDS, waiter))[0].neighbor == "waiter"


def test_threshold():
    """Below the graph's threshold the Octopus stops, however the others compare."""
    strict = EmbeddedOctopus(OctopusSpec(threshold=1.0))
    decisions = choose("currency or capital of France", octopus=strict)
    assert decisions[0].neighbor is None


def test_results_handed_in_are_used():
    """An agent's Octopus draws the table that came with the query."""
    table = Result("a table", [[1.0, 2.0]], "table")
    (decision,) = best(choose("draw it as a bar chart", inputs=[table]))
    assert (decision.neighbor, decision.arguments) == ("chart", {"values": [[1.0, 2.0]], "style": "bar"})


def test_workers_without_signature_are_chosen_by_description():
    """Models and people have no parameters; their description is enough."""
    law = Neighbor("law", "Questions of law: statutes, contracts, courts.")
    physics = Neighbor("physics", "Questions of physics: forces, energy, light.")
    decisions = choose("Can a contract be void if one side was forced to sign?", neighbors=(law, physics))
    assert decisions[0].neighbor == "law"


def test_missing_weights_are_explained(tmp_path):
    """A folder without weights is bad input that says so."""
    with pytest.raises(InputError, match=r"manifest|calibration|weights"):
        choose("capital of France", octopus=EmbeddedOctopus(OctopusSpec(weights="nothing"), tmp_path))


@pytest.mark.parametrize(
    "request_", ["", " ", "\n", "?", "🐙" * 50, "a" * 5000, "and then and then", "it", '"', "((((", "\x00"]
)
def test_odd_requests_are_survived(request_):
    """Nothing that can be typed raises; every decision names a neighbor or stop."""
    for decision in choose(request_):
        assert decision.neighbor is None or decision.neighbor in {card.id for card in CARDS}
