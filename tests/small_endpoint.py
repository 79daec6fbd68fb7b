"""A real HTTP server with the chat completions API, for tests: what it honors, refuses and breaks is said by the test.

It thinks by a rule (see `small_endpoint_thinking`), so that what it answers depends on what it was sent.
"""

from __future__ import annotations

import json
import math
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from small_endpoint_thinking import Piece, Thinking


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request: a status, a body that is none, silence, or a connection that is cut."""

    status: int = 200
    message: str = "as told"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    """Sent as it is, with the status."""
    cut_after: int | None = None
    """Pieces of a stream that are sent before the connection is cut; 0 cuts at once."""
    wait: float = 0.0
    """Seconds of silence first."""


@dataclass
class SmallEndpoint:
    """Use it as a context manager; `url` is then its address."""

    models: Sequence[str] = ("small",)
    key: str | None = None
    """The key that is asked for."""
    refuses: frozenset[str] = frozenset()
    """Of json_schema, json_object, logprobs, stream_options: what is answered with 400."""
    silent_refusals: bool = False
    """Refuse without saying what."""
    honors_schema: bool = True
    logprobs: bool = True
    longest: int = 1_000_000
    """Characters of a conversation at most."""
    say: Callable[[dict[str, Any]], str] | None = None
    """What to answer to a request, where no schema is honored."""
    faults: deque[Fault] = field(default_factory=deque)
    """The next one is taken by the next request."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """The bodies that came, oldest first."""
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/v1"

    def __enter__(self) -> SmallEndpoint:
        handler = type("Handler", (_Handler,), {"endpoint": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, body: dict[str, Any]) -> list[Piece]:
        """What the model says."""
        form = body.get("response_format", {})
        if form.get("type") == "json_schema" and self.honors_schema:
            return self.thinking(body).pieces(form["json_schema"]["schema"])
        text = self.say(body) if self.say else f"done: {_text(body['messages'][-1])}"
        for stop in body.get("stop") or ():
            text = text.partition(stop)[0]
        return [Piece(text)]

    def thinking(self, body: Mapping[str, Any]) -> Thinking:
        """The rule, with what this conversation says."""
        texts = [_text(message) for message in body["messages"]]
        asked = next(text for text in reversed(texts) if '"request"' in text)
        request = json.loads(asked)
        return Thinking("\n".join(texts[:1]), request["request"], over=bool(request.get("done")))


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client that has gone is none of the server's business."""


class _Handler(BaseHTTPRequestHandler):
    endpoint: SmallEndpoint
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        listed = [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in self.endpoint.models]
        self._send(200, {"object": "list", "data": listed})

    def do_POST(self) -> None:
        endpoint = self.endpoint
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        endpoint.requests.append(body)
        endpoint.headers.append(dict(self.headers))
        fault = endpoint.faults.popleft() if endpoint.faults else Fault()
        time.sleep(fault.wait)
        if fault.cut_after == 0:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault.body is not None:
            self._send_raw(fault.status, fault.body.encode(), fault.headers, "text/html")
        elif fault.status != 200:
            self._refuse(fault.status, fault.message, fault.headers)
        elif problem := self._problem(body):
            self._refuse(*problem)
        elif body.get("stream"):
            self._stream(body, endpoint.answer(body), fault.cut_after)
        else:
            self._whole(body, endpoint.answer(body))

    def _problem(self, body: dict[str, Any]) -> tuple[int, str] | None:
        endpoint = self.endpoint
        if endpoint.key is not None and self.headers["Authorization"] != f"Bearer {endpoint.key}":
            return 401, f"Incorrect API key provided: {self.headers['Authorization']}"
        if body["model"] not in endpoint.models:
            return 404, f"The model `{body['model']}` does not exist."
        if sum(len(_text(message)) for message in body["messages"]) > endpoint.longest:
            return 400, "This model's maximum context length is exceeded."
        form = body.get("response_format", {}).get("type")
        asked = {form, *(name for name in ("logprobs", "stream_options") if body.get(name))}
        refused = sorted(asked & endpoint.refuses, key=str)
        if refused:
            return 400, "Bad request." if endpoint.silent_refusals else f"{refused[0]} is not supported"
        return None

    def _whole(self, body: dict[str, Any], pieces: Sequence[Piece]) -> None:
        text, finish = _limited("".join(piece.text for piece in pieces), body)
        choice: dict[str, Any] = {"index": 0, "finish_reason": finish}
        choice["message"] = {"role": "assistant", "content": text}
        choice["logprobs"] = None
        if body.get("logprobs") and self.endpoint.logprobs:
            choice["logprobs"] = {"content": [_scored(*token) for token in tokens_of(pieces)]}
        self._send(200, {**_head(body), "object": "chat.completion", "choices": [choice], "usage": _usage(body, text)})

    def _stream(self, body: dict[str, Any], pieces: Sequence[Piece], cut_after: int | None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        text, finish = _limited("".join(piece.text for piece in pieces), body)
        for nth, token in enumerate(re.findall(r"\S+\s*|\s+", text)):
            if nth == cut_after:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self._event(body, {"delta": {"content": token}, "finish_reason": None})
        self._event(body, {"delta": {}, "finish_reason": finish})
        if body.get("stream_options", {}).get("include_usage"):
            self._chunk({**_head(body), "object": "chat.completion.chunk", "choices": [], "usage": _usage(body, text)})
        self._write(b"data: [DONE]\n\n")
        self._write(b"")

    def _event(self, body: dict[str, Any], choice: dict[str, Any]) -> None:
        self._chunk({**_head(body), "object": "chat.completion.chunk", "choices": [{"index": 0, **choice}]})

    def _chunk(self, data: dict[str, Any]) -> None:
        self._write(b"data: " + json.dumps(data).encode() + b"\n\n")

    def _write(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _refuse(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        error = {"message": message, "type": "invalid_request_error", "code": status}
        self._send(status, {"error": error}, headers)

    def _send(self, status: int, data: dict[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self._send_raw(status, json.dumps(data).encode(), headers or {}, "application/json")

    def _send_raw(self, status: int, content: bytes, headers: Mapping[str, str], kind: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def tokens_of(pieces: Sequence[Piece]) -> Iterator[tuple[str, Mapping[str, float]]]:
    """The answer in tokens of up to 4 characters, each with the probabilities of what could stand in its place."""
    for piece in pieces:
        said = ""
        odds = {json.dumps(value): probability for value, probability in piece.choice.items()}
        for token in _split(piece.text):
            open_ = {value: mass for value, mass in odds.items() if value.startswith(said)}
            nexts: dict[str, float] = {}
            for value, mass in open_.items():
                following = next(_split(value[len(said) :]), "")
                nexts[following] = nexts.get(following, 0.0) + mass / sum(open_.values())
            yield token, nexts or {token: 1.0}
            said += token


def _split(text: str) -> Iterator[str]:
    return (match.group() for match in re.finditer(r"\w{1,4}|\W", text))


def _scored(token: str, nexts: Mapping[str, float]) -> dict[str, Any]:
    tops = [{"token": text, "logprob": math.log(odds), "bytes": None} for text, odds in nexts.items()]
    return {"token": token, "logprob": math.log(nexts[token]), "bytes": None, "top_logprobs": tops}


def _head(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": "1", "created": 0, "model": body["model"]}


def _usage(body: Mapping[str, Any], text: str) -> dict[str, int]:
    asked = sum(len(_text(message).split()) for message in body["messages"])
    return {"prompt_tokens": asked, "completion_tokens": len(text.split()), "total_tokens": asked + len(text.split())}


def _limited(text: str, body: Mapping[str, Any]) -> tuple[str, str]:
    words = re.findall(r"\S+\s*|\s+", text)
    most = body.get("max_tokens") or len(words)
    return ("".join(words[:most]), "length") if len(words) > most else (text, "stop")


def _text(message: Mapping[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)
