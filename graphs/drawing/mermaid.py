"""A picture as Mermaid text, which GitHub, GitLab and many editors show as a diagram."""

from __future__ import annotations

from collections.abc import Iterator

from .lettering import one_line
from .palette import LIGHT
from .picture import Box, Picture

_MARKUP = frozenset('#&<>"`\\{}[]|*_~')
_SHAPES = {"master": '(["{}"])', "model": '("{}")', "chat": '("{}")', "agent": '[["{}"]]', "request": '>"{}"]'}


def to_mermaid(picture: Picture) -> str:
    """The flowchart of a picture. Names and texts can't break out of their quotes."""
    keys = [*(box.key for box in picture.boxes), *(frame.key for frame in picture.frames)]
    ids = {key: f"n{number}" for number, key in enumerate(keys)}
    lines = [f"flowchart {'TD' if picture.direction == 'down' else 'LR'}", *_contents(picture, None, ids, "  ")]
    anchors = picture.anchors()
    taken = []
    for number, line in enumerate(picture.lines):
        source, target = line.source, line.target
        if source == target:  # Mermaid can't draw a loop on a subgraph
            source = target = anchors.get(source, source)
        lines.append(f"  {ids[source]} {'==>' if line.always else '-->'} {ids[target]}")
        if line.state == "taken":
            taken.append(str(number))
    used = {_style_of(box) for box in picture.boxes}
    for kind in sorted(used & LIGHT.tints.keys()):
        tint = LIGHT.tint(kind)
        lines.append(f"  classDef {kind} fill:{tint.fill},stroke:{tint.edge},color:{LIGHT.ink}")
    states = {item.key: item.state for item in picture.boxes} | {item.key: item.state for item in picture.frames}
    for state, color in (("taken", LIGHT.taken), ("failed", LIGHT.failed)):
        members = [ids[key] for key, its in states.items() if its == state]
        if members:
            lines += [f"  classDef {state} stroke:{color},stroke-width:3px", f"  class {','.join(members)} {state}"]
    if taken:
        lines.append(f"  linkStyle {','.join(taken)} stroke:{LIGHT.taken},stroke-width:3px")
    return "\n".join(lines) + "\n"


def _contents(picture: Picture, frame: str | None, ids: dict[str, str], indent: str) -> Iterator[str]:
    for box in picture.boxes:
        if box.frame == frame:
            texts = [box.heading, *box.lines]
            shape = _SHAPES.get(box.kind, '["{}"]').format("<br/>".join(map(_quoted, texts)))
            yield f"{indent}{ids[box.key]}{shape}:::{_style_of(box)}"
    for inner in picture.frames:
        if inner.frame == frame:
            yield f'{indent}subgraph {ids[inner.key]}["{_quoted(inner.heading)}"]'
            yield from _contents(picture, inner.key, ids, indent + "  ")
            yield f"{indent}end"


def _style_of(box: Box) -> str:
    return box.kind if box.kind in LIGHT.tints else "worker"


def _quoted(text: str) -> str:
    """Text inside Mermaid's quotes: what it would read as markup is written by number."""
    return "".join(f"#{ord(character)};" if character in _MARKUP else character for character in one_line(text))
