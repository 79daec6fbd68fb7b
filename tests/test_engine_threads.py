"""Stored walks: hops are stored as they end, a walk that was broken off goes on, and checkpoints stay small."""

from __future__ import annotations

import asyncio
import json
import pickle
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from walkers import Echo, Gate, Raising, graph_of, steps, workflow_of

from octograph import HopEnded, InputError, NotRunnable, Result, Step, Trace, WorkerError, Workflow

CHAIN = ["desk -> [a, b, c]"]
SCRIPT = {"desk": ["a", "b", "c"]}


class Breaking(Echo):
    """Breaks the walk off at its first calls, as a crash would."""

    def __init__(self, name: str, times: int = 1) -> None:
        super().__init__(name)
        self.left = times

    async def run(self, call: Any) -> Result:
        if self.left:
            self.left -= 1
            raise NotRunnable("the power went out")
        return await super().run(call)


@pytest.fixture(params=["memory", "sqlite file"])
def checkpointer(request: pytest.FixtureRequest, tmp_path: Path) -> BaseCheckpointSaver[str] | Path:
    """Every place a thread may be kept in."""
    return InMemorySaver() if request.param == "memory" else tmp_path / "threads.sqlite"


def waves(saver: BaseCheckpointSaver[str], thread: str = "t") -> list[dict[str, Any]]:
    """What the checkpoints of a thread hold, oldest first."""
    stored = list(saver.list({"configurable": {"thread_id": thread}}))
    values = [item.checkpoint["channel_values"] for item in reversed(stored)]
    return [value.get("wave") or value["last"] for value in values]


async def test_a_walk_that_was_broken_off_goes_on_and_repeats_no_finished_hop(checkpointer: Any) -> None:
    """The third hop breaks off, twice; the walk goes on from there, and the answer is the whole one."""
    workers = {"a": Echo("a"), "b": Echo("b"), "c": Breaking("c", times=2)}
    workflow = workflow_of(graph_of(CHAIN), SCRIPT, workers, checkpointer=checkpointer)
    for _ in range(2):
        with pytest.raises(NotRunnable):
            await workflow.arun("q", thread="t")
    answer = await workflow.arun("q", thread="t")
    assert steps(answer) == ["a", "b", "c"]
    assert [len(workers[name].calls) for name in "abc"] == [1, 1, 1]
    assert [result.text for result in workers["c"].calls[0].query.inputs] == ["b(q)"]


async def test_another_process_goes_on_where_one_was_broken_off(tmp_path: Path) -> None:
    """A new workflow over the same SQLite file knows all that had ended."""
    file = tmp_path / "threads.sqlite"
    first = {"a": Echo("a"), "c": Breaking("c")}
    with pytest.raises(NotRunnable):
        await workflow_of(graph_of(CHAIN), SCRIPT, first, checkpointer=str(file)).arun("q", thread="t")
    second = {"a": Echo("a"), "c": Echo("c")}
    answer = await workflow_of(graph_of(CHAIN), SCRIPT, second, checkpointer=str(file)).arun("q", thread="t")
    assert answer.text == "a(q)\nb(q)\nc(q)"
    assert (second["a"].calls, len(second["c"].calls)) == ([], 1)


async def test_the_answer_is_the_same_stored_or_not(checkpointer: Any) -> None:
    """One hop function serves both forms: joins, masters, agents and abstentions come out alike."""
    inner = graph_of(["start -> [x, y]"], masters="start")
    graph = graph_of(
        ["desk -> [a, b, lower, agent]", "a => j", "b => j", "lower -> [c, d]"],
        masters="desk lower",
        agents={"agent": inner},
        limits={"hops": 30},
    )
    script = {
        "desk": [["a", "b"], ["lower", "agent"], {"neighbor": None, "query": "the rest"}],
        "lower": [["c", "d"]],
        "start": ["x", "y"],
    }
    plain = await workflow_of(graph, script).arun("q")
    stored = await workflow_of(graph, script, checkpointer=checkpointer).arun("q", thread="t")
    assert plain.text == stored.text
    assert plain.data == stored.data
    assert _timeless(plain.trace) == _timeless(stored.trace)


def _timeless(trace: Trace | None) -> list[Step]:
    """The steps without the seconds taken, in the order in which the hops began."""
    steps_inside = sorted(trace or (), key=lambda step: step.hop)
    return [replace(step, seconds=0.0, trace=_timeless(step.trace)) for step in steps_inside]


async def test_a_walk_that_has_ended_is_not_gone_on_with(checkpointer: Any) -> None:
    """The same request again is a new walk; the thread's history stays."""
    worker = Echo("a")
    workflow = workflow_of(graph_of(["desk -> a"]), {"desk": ["a"]}, {"a": worker}, checkpointer=checkpointer)
    await workflow.arun("q", thread="t")
    await workflow.arun("q", thread="t")
    assert len(worker.calls) == 2


async def test_another_request_in_the_same_thread_is_a_new_walk(checkpointer: Any) -> None:
    """What was broken off is only gone on with for the same request."""
    workers = {"a": Echo("a"), "b": Breaking("b")}
    workflow = workflow_of(graph_of(CHAIN), {"desk": ["a", "b"]}, workers, checkpointer=checkpointer)
    with pytest.raises(NotRunnable):
        await workflow.arun("one", thread="t")
    answer = await workflow.arun("two", thread="t")
    assert answer.text == "a(two)\nb(two)"


async def test_threads_do_not_mix(checkpointer: Any) -> None:
    """Each thread has a walk of its own."""
    workers = {"a": Echo("a"), "b": Breaking("b")}
    workflow = workflow_of(graph_of(CHAIN), {"desk": ["a", "b"]}, workers, checkpointer=checkpointer)
    with pytest.raises(NotRunnable):
        await workflow.arun("q", thread="one")
    await workflow.arun("q", thread="two")
    assert len(workers["a"].calls) == 2


async def test_two_walks_in_one_thread_at_once_do_not_mix() -> None:
    """Both break off after a hop of their own; going on with the last one takes up its steps only."""
    saver = InMemorySaver()
    meeting = asyncio.Barrier(2)

    class Meeting(Breaking):
        async def run(self, call: Any) -> Result:
            if self.left:
                await meeting.wait()
            return await super().run(call)

    workers = {"a": Echo("a"), "b": Meeting("b", times=2)}
    workflow = workflow_of(graph_of(CHAIN), {"desk": ["a", "b"]}, workers, checkpointer=saver)
    broken = await asyncio.gather(*(workflow.arun("q", thread="t") for _ in range(2)), return_exceptions=True)
    assert [type(error) for error in broken] == [NotRunnable, NotRunnable]
    answer = await workflow.arun("q", thread="t")
    assert steps(answer) == ["a", "b"]


async def test_a_graph_that_has_changed_begins_anew(checkpointer: Any) -> None:
    """What was to be done goes over an edge that is gone: the walk is not gone on with."""
    script = {"desk": [["a", "b"], "c"]}
    workers = {"b": Breaking("b")}
    with pytest.raises(NotRunnable):
        await workflow_of(graph_of(CHAIN), script, workers, checkpointer=checkpointer).arun("q", thread="t")
    smaller = workflow_of(graph_of(["desk -> a"]), {"desk": ["a"]}, checkpointer=checkpointer)
    assert (await smaller.arun("q", thread="t")).text == "a(q)"


async def test_each_hop_is_stored_before_the_next_one_begins() -> None:
    """When the second worker is called, the checkpointer holds the first one's step."""
    saver = InMemorySaver()
    found: list[list[str]] = []

    class Looking(Echo):
        async def run(self, call: Any) -> Result:
            found.append([step["node"] for wave in waves(saver) for step in wave["steps"]])
            return await super().run(call)

    workers = {name: Looking(name) for name in "abc"}
    await workflow_of(graph_of(CHAIN), SCRIPT, workers, checkpointer=saver).arun("q", thread="t")
    assert found == [[], ["a"], ["a", "b"]]


async def test_calls_under_way_are_begun_again_and_those_that_ended_are_not() -> None:
    """Of two parallel calls one had ended when the walk was cancelled: only the other one runs again."""
    saver = InMemorySaver()
    gate, quick = Gate(), Echo("b")
    graph = graph_of(["desk -> [a, b]"])
    workflow = workflow_of(graph, {"desk": [["a", "b"]]}, {"a": gate, "b": quick}, checkpointer=saver)

    async def until_b_has_ended() -> None:
        async for event in workflow.stream("q", thread="t"):
            if isinstance(event, HopEnded):
                while not waves(saver)[-1]["steps"]:  # the step is stored once the hop is over
                    await asyncio.sleep(0)
                return

    await asyncio.wait_for(until_b_has_ended(), 10)
    gate.opened.set()
    answer = await workflow.arun("q", thread="t")
    assert sorted(steps(answer)) == ["a", "b"]
    assert len(quick.calls) == 1


async def test_what_ended_beside_a_call_that_broke_the_walk_off_is_kept() -> None:
    """Two calls end in the same moment, one of them with an error that ends the walk: the other is not repeated."""
    workers = {"a": Echo("a"), "b": Breaking("b")}
    graph = graph_of(["desk -> [a, b]"])
    workflow = workflow_of(graph, {"desk": [["a", "b"]]}, workers, checkpointer=InMemorySaver())
    with pytest.raises(NotRunnable):
        await workflow.arun("q", thread="t")
    assert (await workflow.arun("q", thread="t")).text == "a(q)\nb(q)"
    assert len(workers["a"].calls) == 1


async def test_a_walk_out_of_hops_goes_on_when_it_is_given_more(checkpointer: Any) -> None:
    """Nothing is thrown away: the hops that were made count, and the walk ends where it would have."""
    workers = {name: Echo(name) for name in "abc"}
    workflow = workflow_of(graph_of(CHAIN), SCRIPT, workers, checkpointer=checkpointer)
    assert (await workflow.arun("q", thread="t", max_hops=2)).stopped == "hops"
    answer = await workflow.arun("q", thread="t", max_hops=9)
    assert (answer.text, answer.stopped) == ("a(q)\nb(q)\nc(q)", "done")
    assert [len(workers[name].calls) for name in "abc"] == [1, 1, 1]


async def test_a_walk_out_of_time_goes_on(checkpointer: Any) -> None:
    """The call that was cancelled is begun again with fresh time; what had ended is kept."""
    gate, first = Gate(), Echo("a")
    workflow = workflow_of(graph_of(CHAIN), {"desk": ["a", "b"]}, {"a": first, "b": gate}, checkpointer=checkpointer)
    assert (await workflow.arun("q", thread="t", seconds=0.3)).stopped == "seconds"
    gate.opened.set()
    answer = await workflow.arun("q", thread="t")
    assert (answer.text, answer.stopped, len(first.calls)) == ("a(q)\nopened for q", "done", 1)


async def test_the_walk_inside_an_agent_goes_on_too() -> None:
    """Broken off inside an agent, two levels down: no finished hop is repeated there either, and nothing is left."""
    saver = InMemorySaver()
    inner = graph_of(["start -> [x, y]"], masters="start", name="inner")
    middle = graph_of(["start -> deeper"], masters="start", name="middle", agents={"deeper": inner})
    graph = graph_of(["desk -> agent"], agents={"agent": middle})
    workers = {"agent/deeper/x": Echo("x"), "agent/deeper/y": Breaking("y")}

    def script(query: Any, at: Any, neighbors: Any, trace: Any) -> list[Any]:
        return [neighbor.id for neighbor in neighbors][len(trace.steps) :][:1]

    workflow = workflow_of(graph, script, workers, checkpointer=saver)
    with pytest.raises(NotRunnable):
        await workflow.arun("q", thread="t")
    answer = await workflow.arun("q", thread="t")
    assert answer.text == "x(q)\ny(q)"
    assert len(workers["agent/deeper/x"].calls) == 1
    assert {item.config["configurable"]["thread_id"] for item in saver.list(None)} == {"t"}


async def test_checkpoints_hold_plain_strict_data_whatever_the_workers_give() -> None:
    """Odd results are turned into plain data; a strict serializer reads everything back, and there is no pickle."""
    saver = InMemorySaver(serde=JsonPlusSerializer(allowed_msgpack_modules=None, pickle_fallback=False))

    class Odd:
        async def run(self, call: Any) -> Result:
            return Result("odd", data={"set": {1, 2}, 3: Path("x"), "complex": 1j})

    script = {"desk": [{"neighbor": "a", "arguments": {"path": Path("y")}}, "b"]}
    workers = {"a": Odd(), "b": Breaking("b")}
    workflow = workflow_of(graph_of(["desk -> [a, b]"]), script, workers, checkpointer=saver)
    with pytest.raises(NotRunnable):
        await workflow.arun("q", thread="t")
    stored = waves(saver)
    assert json.loads(json.dumps(stored)) == stored
    answer = await workflow.arun("q", thread="t")
    assert answer.trace.step(0).data == {"set": [1, 2], "3": "x", "complex": "1j"}


async def test_checkpoints_stay_small() -> None:
    """After two thousand different nodes a checkpoint is as small as at the start, at most 2 KB."""
    names = [f"node{number}" for number in range(2000)]
    edges = [f"{source} -> {target}" for source, target in pairwise(names)]
    graph = graph_of(edges, masters="", limits={"hops": 2000, "seconds": 600})
    saver = InMemorySaver()
    answer = await workflow_of(graph, lambda *given: [given[2][0].id], checkpointer=saver).arun("q", thread="t")
    assert len(answer.trace) == 2000
    serde = JsonPlusSerializer()
    last = next(saver.list({"configurable": {"thread_id": "t"}}, limit=1))
    assert len(serde.dumps_typed(last.checkpoint)[1]) + len(serde.dumps_typed(dict(last.metadata))[1]) <= 2048


async def test_a_failed_hop_is_stored_like_any_other(checkpointer: Any) -> None:
    """A failure is a result too: it is not tried again when the walk goes on."""
    workers = {"a": Raising(WorkerError("broken")), "b": Breaking("b")}
    workflow = workflow_of(graph_of(CHAIN), {"desk": ["a", "b"]}, workers, checkpointer=checkpointer)
    with pytest.raises(NotRunnable):
        await workflow.arun("q", thread="t")
    answer = await workflow.arun("q", thread="t")
    assert answer.text == "b(q)\na could not do “q”: broken"
    assert workers["a"].calls == 1


async def test_masters_below_masters_are_found_again(checkpointer: Any) -> None:
    """Two lower masters, the second building on the outcome of the first: what was handed to it is there again."""
    graph = graph_of(["desk -> [one, two]", "one -> a", "two -> [b, c]"], masters="desk one two")
    script = {
        "desk": ["one", {"neighbor": "two", "query": "on that", "parents": [0]}],
        "one": ["a"],
        "two": [{"neighbor": "b"}, {"neighbor": "c", "parents": []}],
    }
    workers = {"c": Breaking("c")}
    workflow = workflow_of(graph, script, workers, checkpointer=checkpointer)
    with pytest.raises(NotRunnable):
        await workflow.arun("q", thread="t")
    answer = await workflow.arun("q", thread="t")
    assert answer.text == "a(q)\nb(on that)\nc(on that)"
    assert [result.text for result in workers["c"].calls[0].query.inputs] == ["a(q)"]


async def test_a_waiting_join_survives(checkpointer: Any) -> None:
    """One branch had arrived at the join when the walk broke off; it fires with both."""
    join = Echo("j")
    workers = {"j": join, "b": Breaking("b")}
    graph = graph_of(["desk -> [a, b]", "a => j", "b => j"])
    workflow = workflow_of(graph, {"desk": ["a", "b"]}, workers, checkpointer=checkpointer)
    with pytest.raises(NotRunnable):
        await workflow.arun("q", thread="t")
    await workflow.arun("q", thread="t")
    assert [call.query.text for call in join.calls] == ["a(q)\nb(q)"]


async def test_walks_of_many_threads_run_at_once() -> None:
    """One workflow and one checkpointer serve many threads concurrently."""
    workflow = workflow_of(graph_of(CHAIN), SCRIPT, checkpointer=InMemorySaver())
    answers = await asyncio.gather(*(workflow.arun(f"q{number}", thread=str(number)) for number in range(20)))
    assert [answer.text.splitlines()[0] for answer in answers] == [f"a(q{number})" for number in range(20)]


def test_run_stores_from_a_plain_script_too(checkpointer: Any) -> None:
    """`run` brings its own event loop each time, and the thread goes on all the same."""
    workers = {"c": Breaking("c")}
    workflow = workflow_of(graph_of(CHAIN), SCRIPT, workers, checkpointer=checkpointer)
    with pytest.raises(NotRunnable):
        workflow.run("q", thread="t")
    assert workflow.run("q", thread="t").text == "a(q)\nb(q)\nc(q)"


async def test_a_thread_without_a_checkpointer_is_refused() -> None:
    """There is nowhere to store it."""
    with pytest.raises(InputError, match="give the workflow a checkpointer"):
        await workflow_of(graph_of(CHAIN), SCRIPT).arun("q", thread="t")


async def test_a_file_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    """What is no SQLite file is left as it is, and the error says which file it is and what to do."""
    notes = tmp_path / "notes.sqlite"
    notes.write_text("Buy milk. " * 100)
    for place in (notes, tmp_path):
        workflow = workflow_of(graph_of(CHAIN), SCRIPT, checkpointer=place)
        with pytest.raises(InputError, match=r"can't be stored there: .*; move the file away"):
            await workflow.arun("q", thread="t")
    assert notes.read_text().startswith("Buy milk.")


async def test_a_thread_is_named_in_text(checkpointer: Any) -> None:
    """A name that can't be written down is refused."""
    with pytest.raises(InputError, match="the name of the thread is not UTF-8"):
        await workflow_of(graph_of(CHAIN), SCRIPT, checkpointer=checkpointer).arun("q", thread="\udcff")


def test_a_checkpointer_that_is_not_asynchronous_is_refused(tmp_path: Path) -> None:
    """LangGraph's plain SqliteSaver has an asynchronous form, and the error names it."""
    with SqliteSaver.from_conn_string(str(tmp_path / "x.sqlite")) as saver:
        workflow: Workflow = workflow_of(graph_of(CHAIN), SCRIPT, checkpointer=saver)
        with pytest.raises(InputError, match="AsyncSqliteSaver"):
            workflow.run("q", thread="t")


@pytest.fixture(autouse=True)
def _no_pickle(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pickle anywhere: what would use it fails."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("pickle was used")

    for name in ("dumps", "loads", "dump", "load"):
        monkeypatch.setattr(pickle, name, refuse)
