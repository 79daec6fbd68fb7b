"""One walk: where it begins, what is asked of whom, how branches go on, end and come back to their master."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from walkers import Echo, Gate, Raising, graph_of, opening, steps, workflow_of

from octograph import (
    Decision,
    NotAnEdge,
    NotRunnable,
    Result,
    ScriptedOctopus,
    WalkError,
    WorkerError,
    Workflow,
)


class Noting:
    """An Octopus that notes every question and decides nothing but the first time, at the start."""

    def __init__(self, first: Sequence[Any]) -> None:
        self.first = list(first)
        self.asked: list[tuple[str, int | None, int, int]] = []

    async def choose(self, query: Any, at: Any, neighbors: Any, trace: Any) -> Sequence[Decision]:
        self.asked.append((at.node, at.hop, len(trace.steps), len(trace.running)))
        first, self.first = self.first, []
        return [Decision(node, query.text, 0.9, part=part) for part, node in enumerate(first)]


async def test_a_master_at_the_start_is_asked_and_a_worker_there_is_called() -> None:
    """A walk that begins at a master makes a decision first; one that begins at a worker calls it with the query."""
    passed = await workflow_of(graph_of(["desk -> math"]), {"desk": ["math"]}).arun("add")
    called = await workflow_of(graph_of(["math -> units"]), {"math": []}, {"math": Echo("math")}).arun("add")
    assert [(step.source, step.node, step.query) for step in passed.trace] == [("desk", "math", "add")]
    assert [(step.source, step.node, step.query) for step in called.trace] == [(None, "math", "add")]
    assert called.text == "math(add)"


async def test_a_chain_hands_each_result_to_the_next() -> None:
    """A decision that builds on a hop hands that hop's result to the worker as an input."""
    units = Echo("units")
    script = {"desk": ["math", {"neighbor": "units", "query": "12 m in feet"}]}
    answer = await workflow_of(graph_of(["desk -> [math, units]"]), script, {"units": units}).arun("slope, in feet")
    assert steps(answer) == ["math", "units"]
    assert units.calls[0].query.text == "12 m in feet"
    assert units.calls[0].query.inputs == (Result("math(slope, in feet)", data={"by": "math"}),)
    assert answer.trace.step(1).parents == (0,)


async def test_a_worker_with_neighbors_is_a_place_of_decision() -> None:
    """After a worker with `->` edges a decision is due there, before the master above it is asked again."""
    octopus = Noting(["math"])
    graph = graph_of(["desk -> math", "math -> units"])
    await workflow_of(graph, octopus).arun("q")
    assert [(node, hop) for node, hop, *_ in octopus.asked] == [("desk", None), ("math", 0), ("desk", None)]


async def test_a_master_is_asked_again_once_for_each_branch_that_ends_and_never_in_vain() -> None:
    """Branches that end together ask once; an answer without anything new is not asked for again."""
    octopus = Noting(["a", "b", "c"])
    await workflow_of(graph_of(["desk -> [a, b, c]"]), octopus).arun("q")
    ends = [ended for _, _, ended, _ in octopus.asked]
    assert ends == sorted(set(ends))
    assert ends[-1] == 3


async def test_a_next_neighbor_that_is_no_edge_of_the_worker_is_reached_through_the_master() -> None:
    """`math` has no edge to `law`, and the walk gets there all the same, from the desk."""
    graph = graph_of(["desk -> [math, law]", "math -> units"])
    answer = await workflow_of(graph, {"desk": ["math", "law"], "math": []}).arun("q")
    assert [(step.source, step.node) for step in answer.trace] == [("desk", "math"), ("desk", "law")]


async def test_parallel_calls_overlap() -> None:
    """Two parts decided at once are under way at the same time: each waits for the other to have begun."""
    left, right = Gate(), Gate()
    workflow = workflow_of(graph_of(["desk -> [a, b]"]), {"desk": [["a", "b"]]}, {"a": left, "b": right})
    walk = asyncio.create_task(workflow.arun("q"))
    await left.entered.wait()
    await right.entered.wait()
    right.opened.set()
    left.opened.set()
    answer = await walk
    assert sorted(steps(answer)) == ["a", "b"]


async def test_a_branch_goes_on_while_another_is_still_under_way() -> None:
    """There is no barrier: what follows `fast` runs and ends before `slow` does."""
    gates = {"slow": Gate()}
    graph = graph_of(["desk -> [slow, fast]", "fast => then"])
    workflow = workflow_of(graph, {"desk": [["slow", "fast"]]}, gates)
    answer = await opening(workflow, gates, {"then": "slow"})
    assert steps(answer) == ["fast", "then", "slow"]


@pytest.mark.parametrize("again", [True, False])
async def test_the_same_neighbor_runs_in_parallel_only_with_a_self_connection(again: bool) -> None:
    """With `a -> a` two calls overlap; without, they run one after the other, and none is dropped."""
    most = now = 0

    class Counting:
        async def run(self, call: Any) -> Result:
            nonlocal most, now
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1
            return Result(call.query.text)

    edges = ["desk -> a", "a -> a"] if again else ["desk -> a"]
    script = {"desk": [[{"neighbor": "a", "query": "one"}, {"neighbor": "a", "query": "two"}]], "a": []}
    answer = await workflow_of(graph_of(edges), script, {"a": Counting()}).arun("q")
    assert most == (2 if again else 1)
    assert answer.text == "one\ntwo"


async def test_limits_parallel_is_kept() -> None:
    """No more calls are under way than the graph allows; the others follow in order."""
    gates = {name: Gate() for name in "abc"}
    graph = graph_of(["desk -> [a, b, c]"], limits={"parallel": 2})
    walk = asyncio.create_task(workflow_of(graph, {"desk": [["a", "b", "c"]]}, gates).arun("q"))
    await gates["a"].entered.wait()
    await gates["b"].entered.wait()
    await asyncio.sleep(0)
    assert not gates["c"].entered.is_set()
    gates["b"].opened.set()
    await gates["c"].entered.wait()
    gates["a"].opened.set()
    gates["c"].opened.set()
    assert sorted(steps(await walk)) == ["a", "b", "c"]


async def test_masters_below_masters_have_requests_and_parts_of_their_own() -> None:
    """A lower master sees only what it was asked; to the upper one it looks like a worker with one result."""
    seen: dict[str, list[Any]] = {"desk": [], "sciences": []}

    def script(query: Any, at: Any, neighbors: Any, trace: Any) -> list[Any]:
        seen[at.node].append((query.text, [(step.node, step.part, step.output) for step in trace.steps]))
        plans = {
            "desk": [{"neighbor": "sciences", "query": "x and y", "part": 0}],
            "sciences": [{"neighbor": "x", "part": 0}, {"neighbor": "y", "part": 1}],
        }
        if at.node == "desk" and trace.steps:
            last = {"neighbor": "law", "query": "it", "part": 1, "parents": [trace.steps[0].hop]}
            return [last] if len(trace.steps) == 1 else []
        return plans[at.node] if not trace.steps else []

    law = Echo("law")
    graph = graph_of(["desk -> [sciences, law]", "sciences -> [x, y]"], masters="desk sciences")
    answer = await workflow_of(graph, script, {"law": law}).arun("x, y, then law")
    assert seen["sciences"][0] == ("x and y", [])
    assert seen["desk"][1] == ("x, y, then law", [("sciences", 0, "x(x and y)\ny(x and y)")])
    assert law.calls[0].query.inputs[0].text == "x(x and y)\ny(x and y)"
    assert answer.text == "x(x and y)\ny(x and y)\nlaw(it)"
    assert [step.within for step in answer.trace] == [None, 0, 0, None]


async def test_a_master_that_can_do_nothing_abstains_for_the_one_above() -> None:
    """A lower master without a decision is not tried for ever: the part counts as tried, and the answer says so."""
    graph = graph_of(["desk -> [lower, a]", "lower -> b"], masters="desk lower")
    answer = await workflow_of(graph, {"desk": ["lower", "a"], "lower": [None]}).arun("q")
    assert steps(answer, "abstained") == ["lower"]
    assert answer.text == "a(q)\nNothing here can do “q”."


async def test_when_nothing_fits_the_answer_declines_and_lists_what_can_be_done() -> None:
    """Nothing is guessed: the answer is `abstained` and names the neighbors of the start."""
    graph = graph_of(["desk -> [math, law]"], settings={"math": {"description": "Sums."}})
    for script in ({"desk": [None]}, lambda *_: []):
        answer = await workflow_of(graph, script).arun("Book a table")
        assert answer.stopped == "abstained"
        assert answer.text == "Nothing here can do “Book a table”.\nIt can do this:\n- math: Sums.\n- law"
        assert answer.data is None


async def test_a_part_nobody_can_do_is_named_beside_what_was_done() -> None:
    """One part is answered, the other declined: the answer has both."""
    script = {"desk": [["math", {"neighbor": None, "query": "book a table", "probability": 0.5}]]}
    answer = await workflow_of(graph_of(["desk -> math"]), script).arun("sum, and book a table")
    assert answer.text == "math(sum, and book a table)\nNothing here can do “book a table”."
    assert (answer.stopped, answer.probability) == ("done", 0.5)


async def test_stopping_at_a_worker_below_a_master_is_no_abstention() -> None:
    """A worker's place that can't go on leaves the part to the master, which still can."""
    graph = graph_of(["desk -> [a, b]", "a -> c"])
    answer = await workflow_of(graph, {"desk": ["a", "b"], "a": [None]}).arun("q")
    assert steps(answer) == ["a", "b"]
    assert steps(answer, "abstained") == []


@pytest.mark.parametrize("chosen", ["law", "mthh"])
async def test_a_decision_that_leaves_the_edges_is_refused(chosen: str) -> None:
    """A node that is not a neighbor, known or not, ends the walk with an error that names the neighbors."""
    graph = graph_of(["desk -> math", "math -> law"])
    with pytest.raises(NotAnEdge, match=f"{chosen}.*math"):
        await workflow_of(graph, {"desk": [chosen]}).arun("q")


async def test_a_call_that_leaves_the_edges_is_refused_even_if_the_decision_slipped_through() -> None:
    """The second check stands by itself: with the first one blinded, the call is still not run."""
    law = Echo("law")
    workflow = workflow_of(graph_of(["desk -> math", "math -> law"]), {"desk": ["law"]}, {"law": law})
    crew = workflow._crew
    crew._neighbors["desk"] = {"math": crew.card("math"), "law": crew.card("law")}
    with pytest.raises(NotAnEdge, match=r"from 'desk' to 'law'.*no such edge"):
        await workflow.arun("q")
    assert law.calls == []


async def test_a_failing_octopus_is_an_error_that_names_its_node() -> None:
    """What an Octopus raises comes out as a WalkError, with the cause kept."""

    def broken(*_: Any) -> list[Any]:
        raise ValueError("no tokens left")

    with pytest.raises(WalkError, match="Octopus of 'desk' failed: ValueError: no tokens left") as raised:
        await workflow_of(graph_of(["desk -> a"]), broken).arun("q")
    assert isinstance(raised.value.__cause__, ValueError)


async def test_building_on_a_hop_that_never_was_is_an_error() -> None:
    """A decision whose parents don't exist is a fault of the Octopus, and said to be."""
    with pytest.raises(WalkError, match="hop 7, which has not ended"):
        await workflow_of(graph_of(["desk -> a"]), {"desk": [{"neighbor": "a", "parents": [7]}]}).arun("q")


async def test_a_worker_without_implementation_can_be_planned_but_not_run() -> None:
    """Running it is an error naming the node, its kind and the remedy."""
    workflow = Workflow(graph_of(["desk -> law"]), octopus=ScriptedOctopus({"desk": ["law"]}))
    assert [node.id for node in (await workflow.aplan("q")).nodes] == ["law"]
    with pytest.raises(NotRunnable, match=r"'law' \(kind model\).*workers=\{'law': worker\}"):
        await workflow.arun("q")


async def test_a_failed_step_is_recorded_and_the_other_parts_go_on() -> None:
    """One worker fails: its reason is in the trace and in the answer, beside the other part's result."""
    script = {"desk": [["a", "b"]]}
    workers = {"a": Raising(WorkerError("no unit 'parsecc'"))}
    answer = await workflow_of(graph_of(["desk -> [a, b]"]), script, workers).arun("q")
    failed = next(step for step in answer.trace if step.status == "failed")
    assert (failed.node, failed.error) == ("a", "no unit 'parsecc'")
    assert answer.text == "b(q)\na could not do “q”: no unit 'parsecc'"
    assert answer.stopped == "done"


async def test_a_walk_in_which_everything_fails_says_so() -> None:
    """No step gave an answer: `failed`, with every reason, also of errors nobody foresaw."""
    script = {"desk": [["a", "b"]]}
    workers = {"a": Raising(WorkerError("out of order")), "b": Raising(ZeroDivisionError())}
    answer = await workflow_of(graph_of(["desk -> [a, b]"]), script, workers).arun("q")
    assert answer.stopped == "failed"
    assert answer.text == "a could not do “q”: out of order\nb could not do “q”: ZeroDivisionError"


@pytest.mark.parametrize("error", [SystemExit(3), asyncio.CancelledError("inside")])
async def test_a_worker_that_exits_or_cancels_itself_has_failed(error: BaseException) -> None:
    """Neither ends the program or the walk: alone or beside another, it is a failed step."""
    graph = graph_of(["desk -> [a, b]"])
    for chosen in ("a", ["a", "b"]):
        answer = await workflow_of(graph, {"desk": [chosen]}, {"a": Raising(error)}).arun("q")
        assert steps(answer, "failed") == ["a"]
        assert type(error).__name__ in answer.text


async def test_a_part_that_failed_and_was_then_done_by_another_is_answered() -> None:
    """The Octopus may send the same part elsewhere after a failure; the failure is then not in the answer."""
    decided = [{"neighbor": "a", "part": 0}, {"neighbor": "b", "part": 0}]
    workers = {"a": Raising(WorkerError("broken"))}
    answer = await workflow_of(graph_of(["desk -> [a, b]"]), {"desk": decided}, workers).arun("q")
    assert (answer.text, answer.stopped) == ("b(q)", "done")
