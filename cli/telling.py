"""What `octograph run --stream` prints on stdout while a walk goes on: words as they are said, or an event a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from .output import put, put_json, put_piece

if TYPE_CHECKING:
    from ..engine.events import Event, Streamed
    from ..graphs.walk import Answer, Step


class Teller(Protocol):
    """Tells of a walk as it happens."""

    def tell(self, event: Event) -> None: ...

    def end(self, answer: Answer) -> None: ...


class JsonTeller:
    """An event a line; what was streamed before a `Retried` of the same hop counts for nothing."""

    def tell(self, event: Event) -> None:
        put_json(event_data(event), indent=None)

    def end(self, answer: Answer) -> None:
        put_json({"event": "WalkEnded", "answer": answer.to_data()}, indent=None)


class TextTeller:
    """Each result after the name of its node, word by word where its worker streams, then the answer.

    Of workers that speak at the same time one is heard live, and the others when it has ended. An answer that was
    heard live just before is not repeated.
    """

    def __init__(self) -> None:
        self._live: int | None = None
        """The hop whose words are being printed."""
        self._waiting: list[str] = []
        """Results to print once it has ended."""
        self._heard = ""

    def tell(self, event: Event) -> None:
        from ..engine.events import HopEnded, Retried, Streamed, WalkEnded

        if isinstance(event, WalkEnded) or event.inside:
            return
        if isinstance(event, Streamed):
            self._hear(event)
        elif isinstance(event, HopEnded):
            self._end_hop(event.step)
        elif isinstance(event, Retried) and event.call.hop == self._live:
            self._hang_up(" … (failed; again)")

    def end(self, answer: Answer) -> None:
        self._hang_up()
        if answer.text and answer.text.strip() != self._heard.strip():
            put(f"\n{answer.text}")

    def _hear(self, event: Streamed) -> None:
        if self._live is None:
            self._live, self._heard = event.call.hop, ""
            put_piece(f"{event.call.node}: ")
        if self._live == event.call.hop:
            self._heard += event.text
            put_piece(event.text)

    def _end_hop(self, step: Step) -> None:
        if step.hop == self._live:
            self._hang_up("" if step.status == "done" else " …")
        elif step.status == "done":
            self._waiting.append(f"{step.node}: {step.output}")
        if self._live is None:
            self._print_waiting()

    def _hang_up(self, last: str = "") -> None:
        if self._live is not None:
            self._live = None
            put(last)
        self._print_waiting()

    def _print_waiting(self) -> None:
        for line in self._waiting:
            self._heard = ""
            put(line)
        self._waiting.clear()


def event_data(event: Event) -> dict[str, Any]:
    """An event as plain JSON data."""
    from ..engine.events import Decided, HopEnded, HopStarted, Retried, Streamed, WalkEnded

    data: dict[str, Any] = {"event": type(event).__name__}
    if isinstance(event, WalkEnded):
        return data | {"answer": event.answer.to_data()}
    data["inside"] = list(event.inside)
    if isinstance(event, HopEnded):
        return data | {"step": event.step.to_data()}
    if isinstance(event, Decided):
        decisions = [
            {"neighbor": one.neighbor, "query": one.query, "probability": one.probability, "part": one.part}
            for one in event.decisions
        ]
        return data | {"at": event.at.node, "decisions": decisions}
    call = event.call
    if isinstance(event, Streamed):
        return data | {"hop": call.hop, "node": call.node, "text": event.text}
    data |= {"hop": call.hop, "source": call.source, "node": call.node, "query": call.query.text}
    if isinstance(event, Retried):
        return data | {"attempt": event.attempt, "error": event.error}
    assert isinstance(event, HopStarted)
    return data | {"arguments": dict(call.arguments), "probability": call.probability}
