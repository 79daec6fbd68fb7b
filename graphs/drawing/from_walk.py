"""The picture of a walk: the request, then a box a step, tied by what feeds what; agents are frames."""

from __future__ import annotations

from ..walk import Plan, Step, Trace
from .lettering import shorten, wrap
from .picture import Box, Frame, Line, Picture, State

_WIDE = 40
_REQUEST = "request"


def picture_of_trace(trace: Trace) -> Picture:
    """Every step with its hop number, probability, query and output; `trace` may be a running walk's."""
    boxes, lines, frames = [_request(trace.query)], list[Line](), list[Frame]()
    _steps(trace, "", None, boxes, lines, frames)
    return Picture(f"{trace.graph}: {trace.query}", tuple(boxes), tuple(lines), tuple(frames), "down")


def picture_of_plan(plan: Plan, query: str = "") -> Picture:
    """The steps of a plan with their probabilities and queries."""
    boxes, lines, frames = [_request(query)], list[Line](), list[Frame]()
    _planned(plan, "", None, boxes, lines, frames)
    return Picture(f"plan: {query}" if query else "plan", tuple(boxes), tuple(lines), tuple(frames), "down")


def percent(probability: float) -> str:
    """A probability as people read it: 98 %, 99.9 % and never a rounded 100 %.

    >>> percent(1), percent(0.984), percent(0.9996), percent(0.0004)
    ('100 %', '98 %', '>99.9 %', '<0.1 %')
    """
    share = 100 * probability
    if share in (0.0, 100.0):
        return f"{share:.0f} %"
    if share > 99.9:
        return ">99.9 %"
    if share < 0.1:
        return "<0.1 %"
    return f"{share:.1f} %" if share > 99 or share < 1 else f"{share:.0f} %"


def _request(query: str) -> Box:
    return Box(_REQUEST, "request", "request", wrap(query, _WIDE + 8, 4), note=query, start=True)


def _steps(
    trace: Trace, prefix: str, frame: str | None, boxes: list[Box], lines: list[Line], frames: list[Frame]
) -> None:
    hops = {step.hop for step in trace.steps}
    for step in trace.steps:
        key = f"{prefix}{step.hop}"
        title, badge, state = f"{step.hop} {step.node}", percent(step.probability), _state(step)
        if step.trace is not None and step.trace.steps:
            frames.append(Frame(key, f"{title}: {shorten(step.query, _WIDE)}", badge, _note(step), frame, state))
            _steps(step.trace, f"{key}.", key, boxes, lines, frames)
        else:
            boxes.append(Box(key, title, _kind(step), _texts(step), badge, _note(step), frame, state))
        parents = [f"{prefix}{hop}" for hop in step.parents if hop in hops]
        if not parents and frame is None:
            parents = [_REQUEST]
        lines += [Line(parent, key, state="failed" if state == "failed" else "plain") for parent in parents]


def _kind(step: Step) -> str:
    if step.status == "abstained":
        return "request"
    return "agent" if step.trace is not None else "tool"


def _state(step: Step) -> State:
    if step.status == "failed":
        return "failed"
    return "plain" if step.status == "done" else "idle"


def _texts(step: Step) -> tuple[str, ...]:
    said = step.error if step.error is not None else step.output
    outcome = "" if step.status == "done" else f"{step.status}: " if said else step.status
    return (*wrap(step.query, _WIDE, 2), *wrap(f"→ {outcome}{said}", _WIDE, 5))


def _note(step: Step) -> str:
    arguments = ", ".join(f"{name}={value!r}" for name, value in step.arguments.items())
    said = step.error if step.error is not None else step.output
    return f"{step.query} | {arguments} | {said} | {1000 * step.seconds:.0f} ms"


def _planned(
    plan: Plan, prefix: str, frame: str | None, boxes: list[Box], lines: list[Line], frames: list[Frame]
) -> None:
    fed = {target for _, target in plan.links}
    for number, node in enumerate(plan.nodes):
        key, badge = f"{prefix}{number}", percent(node.probability)
        if node.inside is not None and node.inside.nodes:
            frames.append(Frame(key, f"{node.id}: {shorten(node.query, _WIDE)}", badge, node.query, frame))
            _planned(node.inside, f"{key}.", key, boxes, lines, frames)
        else:
            boxes.append(Box(key, node.id, "tool", wrap(node.query, _WIDE, 3), badge, node.query, frame))
        if number not in fed and frame is None:
            lines.append(Line(_REQUEST, key))
    lines += [Line(f"{prefix}{source}", f"{prefix}{target}") for source, target in plan.links]
