"""The log of a walk: structlog events bound to the run and the hop. Costs one level check while nobody listens.

Switch it on with the standard library, `logging.getLogger("octograph").setLevel(logging.INFO)` and a handler; how
events look is structlog's configuration. Settings, prompts, arguments and outputs are never logged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from .events import Decided, Event, HopEnded, HopStarted, Retried, WalkEnded

_LOGGER = logging.getLogger("octograph")

Watch = Callable[[Event], None]


def journal(run: str, graph: str, watch: Watch | None) -> Watch | None:
    """`watch`, with every event also logged if anybody listens to the log."""
    if not _LOGGER.isEnabledFor(logging.INFO):
        return watch
    import structlog

    log = structlog.wrap_logger(_LOGGER, wrapper_class=structlog.stdlib.BoundLogger).bind(run=run, graph=graph)
    log.info("walk started")

    def write(event: Event) -> None:
        _write(log, event)
        if watch is not None:
            watch(event)

    return write


def _write(log: Any, event: Event) -> None:
    match event:
        case Decided(at, decisions, inside):
            chosen = [(decision.neighbor, round(decision.probability, 3)) for decision in decisions]
            log.info("decided", hop=at.hop, node=at.node, chosen=chosen, **_inside(inside))
        case HopStarted(call, inside):
            log.info("hop started", hop=call.hop, source=call.source, node=call.node, **_inside(inside))
        case HopEnded(step, inside):
            log.info(
                "hop ended",
                hop=step.hop,
                node=step.node,
                status=step.status,
                seconds=round(step.seconds, 6),
                attempts=step.attempts,
                **_inside(inside),
            )
        case Retried(call, attempt, _, inside):
            log.warning("retry", hop=call.hop, node=call.node, attempt=attempt, **_inside(inside))
        case WalkEnded(answer):
            log.info(
                "walk ended", stopped=answer.stopped, hops=len(answer.trace), probability=round(answer.probability, 6)
            )


def _inside(inside: tuple[str, ...]) -> dict[str, str]:
    return {"inside": "/".join(inside)} if inside else {}
