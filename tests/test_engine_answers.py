"""One answer from many steps: what is shown, in which order, and what is said about the rest."""

from __future__ import annotations

from typing import Any

import pytest
from walkers import graph_of

from octograph import Answer, Step, Trace
from octograph.engine.answer import compose

GRAPH = graph_of(["desk -> [a, b, c, lower]", "lower -> [x, y]", "a -> d", "c => e"], masters="desk lower")


def answer_of(*steps: Step, stopped: str | None = None, reason: str = "done") -> Answer:
    return compose(GRAPH, Trace("test", "q", steps), stopped, reason, ())


def done(hop: int, node: str, output: str, part: int = 0, source: str = "desk", **fields: Any) -> Step:
    return Step(hop, source, node, "q", output, part=part, **fields)


def test_parts_are_answered_in_their_order_however_they_ended() -> None:
    """The second part ended first: the text still follows the request."""
    assert answer_of(done(1, "b", "two", part=1), done(0, "a", "one", part=0)).text == "one\ntwo"


def test_each_part_that_was_asked_for_is_shown_though_another_builds_on_it() -> None:
    """The slope and the same in feet: both were asked for, so both are shown, and both are data."""
    answer = answer_of(done(0, "a", "12", data=12), done(1, "b", "39.37 ft", part=1, parents=(0,), data=39.37))
    assert (answer.text, answer.data) == ("12\n39.37 ft", [12, 39.37])


def test_a_later_step_of_the_same_part_replaces_the_earlier_one() -> None:
    """A table that was then sorted is one answer."""
    assert answer_of(done(0, "a", "table"), done(1, "b", "sorted", parents=(0,))).text == "sorted"


def test_a_step_nobody_asked_for_is_shown_only_if_nothing_was_made_of_it() -> None:
    """An implied step (part -1) serves the one after it; if nothing came of that, it is the best there is."""
    assert (
        answer_of(done(0, "a", "text of the file", part=-1), done(1, "b", "positive", parents=(0,))).text == "positive"
    )
    assert answer_of(done(0, "a", "text of the file", part=-1)).text == "text of the file"


def test_a_worker_that_passed_its_part_on_is_not_shown() -> None:
    """From `a` the walk went to its neighbor `d` for the same part, without using the result."""
    assert answer_of(done(0, "a", "half"), done(1, "d", "whole", source="a")).text == "whole"


def test_the_same_output_is_not_repeated() -> None:
    """Two parts with one answer are said once; the data keeps both."""
    answer = answer_of(done(0, "a", "yes", data=True), done(1, "b", "yes", part=1, data=True))
    assert (answer.text, answer.data) == ("yes", [True, True])


def test_parts_below_a_master_come_in_the_place_of_its_part() -> None:
    """The lower master's two parts stand where its own part stands among those of the upper one."""
    answer = answer_of(
        done(2, "c", "last", part=1),
        done(0, "lower", "q", part=0),
        done(3, "y", "second", part=1, source="lower", within=0),
        done(4, "x", "first", part=0, source="lower", within=0),
    )
    assert answer.text == "first\nsecond\nlast"


def test_what_was_made_of_a_lower_masters_outcome_replaces_it_if_nobody_asked_for_it() -> None:
    """The lower master's part was implied, and a later part used its outcome."""
    answer = answer_of(
        done(0, "lower", "q", part=-1),
        done(1, "x", "raw", source="lower", within=0),
        done(2, "b", "made of it", parents=(0,)),
    )
    assert answer.text == "made of it"


def test_what_a_fixed_edge_took_further_is_not_shown() -> None:
    """The output of `c` went over `c => e`, even though another part was counted for `e`."""
    answer = answer_of(done(0, "c", "raw"), done(1, "e", "stored", part=1, source="c", parents=(0,)))
    assert answer.text == "stored"


def test_the_probability_is_the_product_over_the_decisions() -> None:
    """P = product of P(N_i, q_i): two decisions of 0.5 and 0.8 make 0.4."""
    answer = answer_of(done(0, "a", "x", probability=0.5), done(1, "b", "y", part=1, probability=0.8))
    assert answer.probability == pytest.approx(0.4)


def test_failures_and_abstentions_are_sentences_after_the_outputs() -> None:
    """What could not be done is said after what was, each reason once."""
    failed = Step(1, "desk", "b", "the rest", part=1, status="failed", error="no such file")
    declined = Step(2, "desk", "desk", "a pony", part=2, status="abstained")
    answer = answer_of(done(0, "a", "done"), failed, declined)
    assert answer.text == "done\nNothing here can do “a pony”.\nb could not do “the rest”: no such file"
    assert answer.stopped == "done"


def test_a_partial_answer_inside_makes_the_answer_partial() -> None:
    """An agent that ran out of hops marks the answer; a strategy's reason stands if there is none."""
    assert answer_of(done(0, "a", "x", stopped="hops")).stopped == "hops"
    assert answer_of(done(0, "a", "x"), reason="probability").stopped == "probability"
    assert answer_of(done(0, "a", "x"), stopped="seconds").stopped == "seconds"


def test_long_walks_are_composed_in_time_that_grows_with_their_length() -> None:
    """Twenty thousand steps in a chain are no trouble, and all but the last are left out."""
    steps = [done(hop, "a", f"{hop}", parents=(hop - 1,) if hop else ()) for hop in range(20_000)]
    assert answer_of(*steps).text == "19999"
