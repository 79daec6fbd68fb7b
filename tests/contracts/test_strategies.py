"""What every strategy must keep to: a pure choice among decisions, at most one for each part."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from octograph import Decision, Stop, Trace
from octograph.graphs.registry import known, load
from octograph.planners.seams import Strategy

TRACE = Trace("test", "q")


def decisions() -> st.SearchStrategy[list[Decision]]:
    """Alternatives for a few parts, in any order."""
    one = st.builds(
        Decision,
        neighbor=st.sampled_from(["a", "b", "c", None]),
        query=st.sampled_from(["q", "r"]),
        probability=st.floats(0, 1),
        part=st.integers(-1, 3),
    )
    return st.lists(one, max_size=12)


@pytest.fixture(params=known("octograph.strategies"))
def name(request: pytest.FixtureRequest) -> str:
    """Every strategy that is installed."""
    return str(request.param)


def make(name: str, **options: float) -> Strategy:
    made: Strategy = load("octograph.strategies", name)(**options)
    return made


def test_it_is_a_strategy(name: str) -> None:
    """It is made without options, or with a threshold, and has the shape of the seam."""
    assert isinstance(make(name), Strategy)
    assert isinstance(make(name, threshold=0.5), Strategy)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the fixture is a name
@given(given_decisions=decisions())
def test_it_carries_out_at_most_one_decision_for_each_part(name: str, given_decisions: list[Decision]) -> None:
    """What it chooses was offered, or is a stop for a part that was; parts are chosen once; asked twice, the same."""
    strategy = make(name, threshold=0.3)
    before = list(given_decisions)
    chosen = strategy.next(TRACE, given_decisions)
    assert given_decisions == before
    assert strategy.next(TRACE, given_decisions) == chosen
    if isinstance(chosen, Stop):
        return
    parts = [decision.part for decision in chosen]
    assert len(parts) == len(set(parts))
    for decision in chosen:
        assert decision.part in {offered.part for offered in given_decisions}
        assert decision in given_decisions or decision.neighbor is None
        assert decision.neighbor is None or decision.probability >= 0.3
        assert 0 <= decision.probability <= 1


def test_nothing_to_choose_from_is_a_stop(name: str) -> None:
    """No decisions: stop, for no special reason."""
    assert make(name).next(TRACE, []) == Stop("done")


def test_a_stop_that_is_most_probable_wins(name: str) -> None:
    """Declining is a decision like any other."""
    offered = [Decision("a", "q", 0.3), Decision(None, "q", 0.6), Decision("b", "q", 0.1)]
    assert make(name).next(TRACE, offered) == [offered[1]]
