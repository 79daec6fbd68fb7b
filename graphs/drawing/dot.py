"""A picture as DOT, the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from .lettering import one_line
from .palette import LIGHT
from .picture import Box, Line, Picture


def to_dot(picture: Picture) -> str:
    """The digraph of a picture; agents are clusters. Names and texts can't break out of their quotes."""
    ids = {item.key: f"n{number}" for number, item in enumerate(picture.boxes)}
    clusters = {frame.key: f"cluster_{number}" for number, frame in enumerate(picture.frames)}
    anchors = picture.anchors()
    lines = [
        f"digraph {_quoted(picture.title)} {{",
        f'  graph [rankdir={"TB" if picture.direction == "down" else "LR"}, compound=true, fontname="Helvetica"];',
        '  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11];',
        f'  edge [color="{LIGHT.line}", arrowsize=0.8];',
        *_contents(picture, None, ids, clusters, "  "),
        *(_edge(line, ids, clusters, anchors) for line in picture.lines),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _contents(
    picture: Picture, frame: str | None, ids: dict[str, str], clusters: dict[str, str], indent: str
) -> Iterator[str]:
    for box in picture.boxes:
        if box.frame == frame:
            yield f"{indent}{ids[box.key]} [{_look(box)}];"
    for inner in picture.frames:
        if inner.frame == frame:
            yield f"{indent}subgraph {clusters[inner.key]} {{"
            color = LIGHT.tint("agent").edge
            yield f'{indent}  label={_quoted(inner.heading)}; style="rounded,dashed"; color="{color}";'
            yield from _contents(picture, inner.key, ids, clusters, indent + "  ")
            yield f"{indent}}}"


def _look(box: Box) -> str:
    tint = LIGHT.tint(box.kind)
    edge = {"taken": LIGHT.taken, "failed": LIGHT.failed}.get(box.state, tint.edge)
    width = 2.5 if box.start or box.state in {"taken", "failed"} else 1.2
    label = _quoted("\n".join([box.heading, *box.lines]))
    tooltip = _quoted(box.note or box.title)
    return f'label={label}, tooltip={tooltip}, fillcolor="{tint.fill}", color="{edge}", penwidth={width}'


def _edge(line: Line, ids: dict[str, str], clusters: dict[str, str], anchors: dict[str, str]) -> str:
    source, target = anchors.get(line.source, line.source), anchors.get(line.target, line.target)
    looks = []
    if line.source in clusters and line.source != line.target:
        looks.append(f"ltail={clusters[line.source]}")
    if line.target in clusters and line.source != line.target:
        looks.append(f"lhead={clusters[line.target]}")
    if line.state == "taken":
        looks.append(f'color="{LIGHT.taken}"')
    if line.always or line.state == "taken":
        looks.append(f"penwidth={3 if line.always else 2}")
    return f"  {ids[source]} -> {ids[target]}" + (f" [{', '.join(looks)}];" if looks else ";")


def _quoted(text: str) -> str:
    lines = (one_line(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + "\\n".join(lines) + '"'
