"""`kind: chat`: prompts, earlier results and pictures to an endpoint; words as they come; what goes wrong, in words."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_endpoint import Fault, SmallEndpoint
from small_models import small_chat_causal

from octograph import ArgumentError, Call, Graph, HopEnded, Query, Result, Retried, Streamed, WalkEnded, Workflow
from octograph.graphs.errors import InputError, WorkerError
from octograph.models import endpoint_features
from octograph.nodes.chat import ChatWorker, make_chat_worker
from octograph.nodes.folder import working_in
from octograph.nodes.model import ModelWorker, make_model_worker
from octograph.nodes.streaming import listener, told_to

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was refused in one test is not remembered in the next."""
    monkeypatch.setattr(endpoint_features, "_refused", {})


@pytest.fixture
def server() -> Iterator[SmallEndpoint]:
    """A server that repeats what it is told."""
    with SmallEndpoint() as made:
        yield made


def graph_at(server: SmallEndpoint, kind: str = "chat", model: Any = None, **node: Any) -> Graph:
    model = {"name": "small", "url": server.url, **(model or {})}
    return Graph("g", {"talk": {"kind": kind, "model": model, **node}})


def worker_at(server: SmallEndpoint, **options: Any) -> ChatWorker:
    graph = graph_at(server, **options)
    made = make_chat_worker(graph.nodes["talk"], graph)
    assert isinstance(made, ChatWorker)
    return made


def call_of(text: str, *inputs: Result) -> Call:
    return Call(0, None, "talk", Query(text, inputs))


@pytest.mark.parametrize("kind", ["chat", "model"])
def test_a_graph_with_a_chat_node_answers(server: SmallEndpoint, kind: str) -> None:
    """With an address, `kind: model` and `kind: chat` are the same."""
    answer = Workflow(graph_at(server, kind, {"backend": "openai"})).run("hello")
    assert (answer.text, answer.data, answer.stopped) == ("done: hello", None, "done")


async def test_prompt_system_message_settings_and_earlier_results_are_sent(server: SmallEndpoint) -> None:
    """The template around the query, the system message first, results before the query; settings as the graph says."""
    worker = worker_at(
        server,
        prompt='Answer {"briefly"}: {query}',
        model={"system": "You know the law.", "temperature": 0.5, "max_tokens": 9, "stop": ["END"]},
    )
    await worker.run(call_of("and what then?", Result("12 km")))
    sent = server.requests[-1]
    assert sent["messages"] == [
        {"role": "system", "content": "You know the law."},
        {"role": "user", "content": 'Answer {"briefly"}: Results so far:\n- 12 km\n\nand what then?'},
    ]
    assert (sent["temperature"], sent["max_tokens"], sent["stop"]) == (0.5, 9, ["END"])
    assert "stream" not in sent


async def test_pictures_go_along(server: SmallEndpoint, tmp_path: Path) -> None:
    """Those handed in and those named in the query, each once, as data URLs; never from outside the folder."""
    (tmp_path / "a.png").write_bytes(PIXEL)
    (tmp_path / "b c.jpg").write_bytes(b"jpeg")
    secret = tmp_path.parent / f"{tmp_path.name}-secret.png"
    secret.write_bytes(b"secret")
    with working_in(tmp_path):
        drawn = Result("a chart", "a.png", "picture", ("a.png",))
        await worker_at(server).run(call_of(f"what is on a.png, 'b c.jpg', missing.png and ../{secret.name}?", drawn))
        content = server.requests[-1]["messages"][-1]["content"]
        assert content[0]["type"] == "text"
        urls = [part["image_url"]["url"] for part in content[1:]]
        assert urls == [
            f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}",
            f"data:image/jpeg;base64,{base64.b64encode(b'jpeg').decode()}",
        ]
        await worker_at(server, takes=["text"]).run(call_of("what is on a.png?", drawn))
        assert isinstance(server.requests[-1]["messages"][-1]["content"], str)
        with pytest.raises(ArgumentError, match=r"missing\.png"):
            await worker_at(server, takes=["text", "image"]).run(call_of("what is on missing.png?"))


async def test_a_picture_can_be_too_large(
    server: SmallEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused before anything is sent."""
    monkeypatch.setattr("octograph.nodes.chat.LARGEST_PICTURE", 10)
    (tmp_path / "a.png").write_bytes(PIXEL)
    with working_in(tmp_path), pytest.raises(ArgumentError, match="larger than"):
        await worker_at(server).run(call_of("look at a.png"))
    assert server.requests == []


async def test_json_that_was_asked_for_is_data(server: SmallEndpoint) -> None:
    """With a response format the answer is read as JSON too; without one, text stays text."""
    server.say = lambda body: '```json\n{"a": [1, 2]}\n```'
    asked = {"generation": {"response_format": {"type": "json_object"}}}
    assert (await worker_at(server, model=asked).run(call_of("q"))).data == {"a": [1, 2]}
    assert (await worker_at(server).run(call_of("q"))).data is None
    server.say = lambda body: '{"a": '
    assert (await worker_at(server, model=asked).run(call_of("q"))).data is None


async def test_silence_is_an_error(server: SmallEndpoint) -> None:
    """A worker that says nothing has not answered."""
    server.say = lambda body: "  \n"
    with pytest.raises(WorkerError, match="small answered nothing"):
        await worker_at(server).run(call_of("q"))


async def test_words_are_heard_as_they_come(server: SmallEndpoint) -> None:
    """Where somebody listens the endpoint streams, and the pieces add up to the result."""
    pieces: list[str] = []
    with told_to(pieces.append):
        result = await worker_at(server).run(call_of("one two"))
    assert pieces == ["done: ", "one ", "two"]
    assert result.text == "done: one two"
    assert listener() is None


async def test_a_watched_walk_streams(server: SmallEndpoint) -> None:
    """Streamed events between start and end of the hop; a walk that nobody watches asks for no stream."""
    workflow = Workflow(graph_at(server))
    events = [event async for event in workflow.stream("one two")]
    streamed = [event for event in events if isinstance(event, Streamed)]
    assert "".join(event.text for event in streamed) == "done: one two"
    assert {event.call.node for event in streamed} == {"talk"}
    kinds = [type(event) for event in events]
    assert kinds.index(Streamed) < kinds.index(HopEnded)
    assert server.requests[-1]["stream"] is True
    await workflow.arun("one two")
    assert "stream" not in server.requests[-1]


async def test_a_retry_begins_anew(server: SmallEndpoint) -> None:
    """What came before a Retried event counts for nothing; what comes after it adds up to the result."""
    server.faults.append(Fault(cut_after=2))
    workflow = Workflow(graph_at(server, retry={"attempts": 2, "wait": 0}))
    heard = ""
    async for event in workflow.stream("one two three"):
        match event:
            case Streamed(text=text):
                heard += text
            case Retried():
                assert heard == "done: one "
                heard = ""
            case WalkEnded(answer):
                assert (answer.text, answer.trace.steps[0].attempts) == ("done: one two three", 2)
    assert heard == "done: one two three"


async def test_what_an_ended_attempt_still_says_goes_nowhere() -> None:
    """A worker's thread may outlive its attempt; nobody hears it then."""
    heard: list[str] = []
    with told_to(heard.append):
        tell = listener()
        assert tell is not None
        tell("in time")
    tell("too late")
    assert heard == ["in time"]


def test_a_failing_endpoint_is_a_failed_step_without_secrets(
    server: SmallEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trace says what to do; the key is in none of it."""
    monkeypatch.setenv("MY_KEY", "wrong-key-5678")
    server.key = "right"
    answer = Workflow(graph_at(server, model={"key": "${MY_KEY}"}, retry={"attempts": 3, "wait": 0})).run("q")
    assert answer.stopped == "failed"
    assert "the key was refused" in answer.text
    assert "wrong-key-5678" not in json.dumps(answer.to_data())
    assert len(server.requests) == 1  # a wrong key stays wrong


@pytest.mark.parametrize(
    ("model", "node", "words"),
    [
        (None, {}, "needs a model"),
        ({"name": "x", "backend": "openai"}, {}, "has no url"),
        ({"name": "x", "url": "http://localhost:1/v1"}, {"prompt": "Tell a joke"}, r"holds no \{query\}"),
    ],
)
def test_settings_that_can_not_be_used_are_refused(model: Any, node: dict[str, Any], words: str) -> None:
    """Before anything is asked."""
    graph = Graph("g", {"talk": {"kind": "chat", **({"model": model} if model else {}), **node}})
    with pytest.raises(InputError, match=words):
        make_chat_worker(graph.nodes["talk"], graph)


async def test_without_an_address_the_weights_are_on_this_machine() -> None:
    """`kind: chat` with a folder of weights speaks through its chat template; `backend` overrules the address."""
    import torch

    torch.set_num_threads(1)
    model: dict[str, Any] = {"name": str(small_chat_causal()), "max_tokens": 5}
    graph = Graph("g", {"talk": {"kind": "chat", "model": model}})
    worker = make_chat_worker(graph.nodes["talk"], graph)
    assert isinstance(worker, ModelWorker)
    assert (await worker.run(call_of("hello"))).text
    both = {**model, "url": "http://localhost:1/v1", "backend": "transformers"}
    graph = Graph("g", {"talk": {"kind": "model", "model": both}})
    assert isinstance(make_model_worker(graph.nodes["talk"], graph), ModelWorker)
