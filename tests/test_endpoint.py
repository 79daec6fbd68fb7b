"""OpenAI-compatible endpoints, over real HTTP: what is asked for, what servers refuse, errors that say what to do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from small_endpoint import Fault, SmallEndpoint

from octograph.graphs.errors import InputError, OctographError, WorkerError
from octograph.graphs.sections import ModelSpec
from octograph.models import endpoint_features
from octograph.models.endpoint import Endpoint
from octograph.models.endpoint_reply import Completion

HELLO = [{"role": "user", "content": "hello there, friend"}]
SCHEMA = {
    "type": "object",
    "properties": {"color": {"enum": ["red", "green"]}},
    "required": ["color"],
    "additionalProperties": False,
}
PAINT = [
    {"role": "system", "content": '"red" is for fire\n"green" is for grass'},
    {"role": "user", "content": json.dumps({"request": "paint the grass"})},
]


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was refused in one test is not remembered in the next."""
    monkeypatch.setattr(endpoint_features, "_refused", {})


@pytest.fixture
def server() -> Iterator[SmallEndpoint]:
    """A server that does all that is asked of it."""
    with SmallEndpoint() as made:
        yield made


def spec_of(server: SmallEndpoint, **fields: Any) -> ModelSpec:
    return ModelSpec(**{"name": "small", "url": server.url, **fields})


def ask(server: SmallEndpoint, messages: Any = HELLO, options: Any = None, **fields: Any) -> Completion:
    return asyncio.run(Endpoint(spec_of(server, **fields)).complete(messages, **(options or {})))


def test_an_answer_comes_with_what_it_cost(server: SmallEndpoint) -> None:
    """Text, reason of the end, tokens used; the settings of the model go along, and nothing that isn't set."""
    done = ask(
        server, max_tokens=50, seed=7, top_p=0.5, stop=("friend",), generation={"min_p": 0.1, "temperature": None}
    )
    assert (done.text, done.finish) == ("done: hello there, ", "stop")
    assert (done.prompt_tokens, done.completion_tokens) == (3, 3)
    assert server.requests == [
        {
            "model": "small",
            "messages": HELLO,
            "max_tokens": 50,
            "seed": 7,
            "top_p": 0.5,
            "stop": ["friend"],
            "min_p": 0.1,
        }
    ]


def test_tokens_are_told_as_they_come(server: SmallEndpoint) -> None:
    """Streaming gives the same completion, with its pieces in order."""
    pieces: list[str] = []
    done = ask(server, options={"on_text": pieces.append})
    assert pieces == ["done: ", "hello ", "there, ", "friend"]
    assert done == Completion("done: hello there, friend", "stop", (), 3, 4)


def test_a_schema_and_log_probabilities_are_asked_for(server: SmallEndpoint) -> None:
    """The answer keeps to the schema; its tokens come with their alternatives."""
    done = ask(server, PAINT, {"schema": SCHEMA, "logprobs": True})
    assert json.loads(done.text) == {"color": "green"}
    assert "".join(token.text for token in done.tokens) == done.text
    choice = next(token for token in done.tokens if token.text == "gree")
    assert set(choice.alternatives) == {"gree", "red"}
    assert choice.alternatives["gree"] > choice.alternatives["red"]


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize(
    ("refuses", "left"),
    [
        ({"json_schema"}, {"json_object", "logprobs"}),
        ({"json_schema", "json_object"}, {"logprobs"}),
        ({"json_schema", "json_object", "logprobs"}, set()),
    ],
)
def test_what_a_server_refuses_is_given_up_once(refuses: set[str], left: set[str], silent: bool) -> None:
    """A 400 leads to a request without that part, the next request does not ask again, another model does."""
    with SmallEndpoint(models=("small", "other"), refuses=frozenset(refuses), silent_refusals=silent) as server:
        options = {"schema": SCHEMA, "logprobs": True}
        ask(server, PAINT, options)
        tried = len(server.requests)
        assert tried > 1
        assert _parts(server.requests[-1]) == left
        ask(server, PAINT, options)
        assert len(server.requests) == tried + 1
        assert _parts(server.requests[-1]) == left
        ask(server, PAINT, options, name="other")
        assert _parts(server.requests[tried + 1]) == {"json_schema", "logprobs"}


def test_a_stream_without_usage(server: SmallEndpoint) -> None:
    """A server that does not know `stream_options` streams without them."""
    server.refuses = frozenset({"stream_options"})
    pieces: list[str] = []
    assert ask(server, options={"on_text": pieces.append}) == Completion("done: hello there, friend", "stop")
    assert len(pieces) == 4


def _parts(request: dict[str, Any]) -> set[str]:
    form = request.get("response_format", {}).get("type")
    return {part for part in (form, "logprobs" if request.get("logprobs") else None) if part}


def test_what_is_really_wrong_with_a_request_is_said_and_not_remembered(server: SmallEndpoint) -> None:
    """A prompt that is too long is asked once, and nothing is given up for it."""
    server.longest = 10
    with pytest.raises(InputError, match="maximum context length"):
        ask(server, PAINT, {"schema": SCHEMA, "logprobs": True})
    assert len(server.requests) == 1
    server.longest, server.faults = 10_000, type(server.faults)([Fault(400, "no such field: min_p")] * 6)
    with pytest.raises(InputError, match="refused \\(400\\); mend what it says: no such field: min_p"):
        ask(server, PAINT, {"schema": SCHEMA, "logprobs": True}, generation={"min_p": 1})
    server.faults.clear()
    ask(server, PAINT, {"schema": SCHEMA, "logprobs": True})
    assert _parts(server.requests[-1]) == {"json_schema", "logprobs"}


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (Fault(429, "slow down", {"Retry-After": "7"}), WorkerError, r"429.*wait 7 s.*retry.*slow down"),
        (Fault(429, headers={"Retry-After": "<b>"}), WorkerError, r"too many requests \(429\)\. Give"),
        (Fault(500, "out of memory"), WorkerError, r"server failed \(500\).*out of memory"),
        (Fault(503, body="<html>busy</html>"), WorkerError, r"server failed \(503\)"),
        (Fault(403, "not yours"), InputError, r"a key is asked for \(403\).*key: \$\{MY_KEY\}"),
        (Fault(cut_after=0), WorkerError, r"broke off|can't be reached"),
        (Fault(body="<html>a page</html>"), WorkerError, r"no chat completion.*/v1"),
        (Fault(body='{"choices": []}'), WorkerError, r"no chat completion"),
        (Fault(body="{}"), WorkerError, r"no chat completion"),
        (Fault(body='"hm"'), WorkerError, r"no chat completion"),
    ],
)
def test_errors_say_where_what_and_what_to_do(
    server: SmallEndpoint, fault: Fault, kind: type[OctographError], words: str
) -> None:
    """What another try may mend is a WorkerError; nothing is tried again behind the graph's back."""
    server.faults.append(fault)
    with pytest.raises(kind, match=words) as caught:
        ask(server)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(server.url)
    assert len(server.requests) == 1


def test_a_stream_that_is_cut_is_an_error(server: SmallEndpoint) -> None:
    """Half an answer is none, and what came of it has been told."""
    server.faults.append(Fault(cut_after=2))
    pieces: list[str] = []
    with pytest.raises(WorkerError, match="broke off"):
        ask(server, options={"on_text": pieces.append})
    assert pieces == ["done: ", "hello "]


def test_nobody_there() -> None:
    """A server that is not running is said not to be."""
    with SmallEndpoint() as server:
        url = server.url
    with pytest.raises(WorkerError, match=r"can't be reached .*start the server") as caught:
        asyncio.run(Endpoint(ModelSpec(name="small", url=url)).complete(HELLO))
    assert url in str(caught.value)


def test_silence_ends(server: SmallEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that says nothing for too long is too slow."""
    monkeypatch.setattr("octograph.models.endpoint_clients.ANSWER_SECONDS", 0.05)
    server.faults.append(Fault(wait=1.0))
    with pytest.raises(WorkerError, match="no answer in time"):
        ask(server)


def test_an_unknown_model_is_told_the_known_ones(server: SmallEndpoint) -> None:
    """With the nearest; a server that lists none says what it can."""
    server.models = ("llama-small", "qwen-small")
    with pytest.raises(InputError, match="no model 'lama-small'; did you mean 'llama-small'\\?; the server has llama-"):
        ask(server, name="lama-small")
    server.models = ()
    with pytest.raises(InputError, match=r"not found .*The model `x` does not exist"):
        ask(server, name="x")


def test_a_key_goes_to_its_endpoint_and_shows_nowhere(
    server: SmallEndpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in a message, though the server repeats it; not in the error's causes, the log, nor the printed spec."""
    caplog.set_level("DEBUG")
    server.key = "right-key-1234"
    assert ask(server, key="right-key-1234").text
    with pytest.raises(InputError, match="the key was refused") as caught:
        ask(server, key="wrong-key-5678")
    shown = [str(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__), caplog.text]
    assert not any("wrong-key-5678" in text for text in shown)
    monkeypatch.setenv("OPENAI_API_KEY", "from-the-environment")
    monkeypatch.setenv("OPENAI_ORG_ID", "my-org")
    server.key = None
    ask(server)
    assert "from-the-environment" not in str(server.headers[-1])
    assert "my-org" not in str(server.headers[-1])


def test_secrets_in_an_address_do_not_show() -> None:
    """User, password and query of a url are left out of messages."""
    with pytest.raises(WorkerError) as caught:
        asyncio.run(Endpoint(ModelSpec(name="x", url="http://me:secret@127.0.0.1:9/v1?token=abc")).complete(HELLO))
    assert "127.0.0.1:9/v1" in str(caught.value)
    assert not any(text in str(caught.value) for text in ("me:", "secret", "abc"))


def test_an_address_is_needed() -> None:
    """Nothing is sent to an address nobody wrote."""
    with pytest.raises(InputError, match="http://"):
        Endpoint(ModelSpec(name="x"))


def test_an_adapter_goes_with_the_request(server: SmallEndpoint) -> None:
    """As the model's name, which vLLM and LoRAX take; or as a field of its own, where the model says which."""
    server.models = ("small", "law-lora")
    ask(server, adapter="law-lora")
    assert server.requests[-1]["model"] == "law-lora"
    ask(server, adapter="law-lora", generation={"adapter_field": "adapter_id"})
    assert (server.requests[-1]["model"], server.requests[-1]["adapter_id"]) == ("small", "law-lora")
    assert "adapter_field" not in server.requests[-1]


def test_an_empty_answer_is_one_only_if_the_model_chose_it(server: SmallEndpoint) -> None:
    """All tokens spent on thinking: the remedy is named."""
    server.say = lambda body: ""
    assert ask(server).text == ""
    message = {"role": "assistant", "content": None}
    server.faults.append(Fault(body=json.dumps({"choices": [{"message": message, "finish_reason": "length"}]})))
    with pytest.raises(WorkerError, match="max_tokens"):
        ask(server)


async def test_many_at_once_share_one_client(server: SmallEndpoint) -> None:
    """Concurrent requests get each their own answer."""
    endpoint = Endpoint(spec_of(server))
    answers = await asyncio.gather(
        *(endpoint.complete([{"role": "user", "content": f"number {nth}"}]) for nth in range(20))
    )
    assert [answer.text for answer in answers] == [f"done: number {nth}" for nth in range(20)]


async def test_a_request_can_be_cancelled(server: SmallEndpoint) -> None:
    """Cancelling ends the wait at once."""
    server.faults.append(Fault(wait=2.0))
    task = asyncio.create_task(Endpoint(spec_of(server)).complete(HELLO))
    while not server.requests:
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
