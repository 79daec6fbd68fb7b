"""From YAML text to plain data and the place of every part of it, in one pass over libyaml's events.

Events rather than a loader: nothing is constructed, nesting costs no recursion, and an alias costs no expansion.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from .errors import GraphError
from .findings import Findings
from .positions import Branch, Mark, Path, Place, mark
from .scalars import meaning
from .wording import shown, sort_of

# libyaml's parser; where PyYAML was built without it, its own gives the same events, slower
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEEPEST = 50
MOST_VALUES = 5_000_000
MOST_ALIASED = 10_000

_NO_KEY = object()
_OPENING = (MappingStartEvent, SequenceStartEvent)
_CLOSING = (MappingEndEvent, SequenceEndEvent)

_SYNTAX = {
    "mapping values are not allowed in this context": (
        "': ' can't stand here; put text that holds ': ' in quotes, or mend the indentation"
    ),
    "could not find expected ':'": "a key without ': ' and a value",
    "found unexpected end of stream": "a quote that is opened is not closed before the end of the file",
    "found undefined tag handle": "YAML tags (!...) are refused: a graph file is data only",
}


@dataclass(slots=True)
class _Frame:
    """A mapping or list whose end has not come yet."""

    value: Any
    children: Any
    mark: Mark
    anchor: str | None
    values_before: int
    key: Any = _NO_KEY
    key_mark: Mark = 0
    dropped: list[object] = field(default_factory=list)
    """Stand-ins for keys that can't be kept: their values are read past and dropped."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the garbage collector, which only costs time while nothing but data is built."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def compose(text: str, findings: Findings) -> tuple[Any, Place]:
    """The document in `text` as plain data (duplicate keys dropped), and its places.

    What can be read past goes into `findings`; raises GraphError for what can't.
    """
    try:
        return _Composer(text, findings).document()
    except yaml.MarkedYAMLError as error:
        _note_syntax(error, text, findings)
    except yaml.YAMLError as error:
        findings.add((), f"not valid YAML: {' '.join(str(error).split())[:200]}")
    raise GraphError(findings.all())


class _Composer:
    def __init__(self, text: str, findings: Findings) -> None:
        self._next: Callable[[], Any] = _Parser(text).get_event
        self._findings = findings
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, Place, int] | None] = {}
        self._values = 0
        self._aliased = 0

    def document(self) -> tuple[Any, Place]:
        stack, next_event = self._stack, self._next
        root: tuple[Any, Place] | None = None
        while True:
            event = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                start = event.start_mark
                place: Place = mark(start.line, start.column)
                value: Any = event.value
                self._values += 1
                if self._values > MOST_VALUES:
                    self._refuse(event, f"more than {MOST_VALUES:,} values; split the graph into sub-graphs")
                if event.implicit[0]:
                    value = meaning(value)
                if event.tag is not None or event.anchor is not None:
                    self._check_tag(event)
                    if event.anchor is not None:
                        self._anchors[event.anchor] = value, place, 1
            elif kind in _OPENING:
                self._open(event, kind is MappingStartEvent)
                continue
            elif kind in _CLOSING:
                value, place = self._close()
            elif kind is AliasEvent:
                value, place = self._follow(event)
            elif kind is DocumentStartEvent:
                if root is not None:
                    self._refuse(event, "a second document starts here; a graph file holds one")
                continue
            elif kind is StreamEndEvent:
                return root if root is not None else (None, 0)
            else:
                continue
            if not stack:
                root = value, place
                continue
            frame = stack[-1]
            if type(frame.value) is list:
                frame.value.append(value)
                frame.children.append(place)
            elif frame.key is _NO_KEY:
                self._take_key(frame, value, place, event)
            else:
                frame.value[frame.key] = value
                frame.children[frame.key] = frame.key_mark, place
                frame.key = _NO_KEY

    def _open(self, event: Any, is_mapping: bool) -> None:
        self._check_tag(event)
        if len(self._stack) >= DEEPEST:
            del self._stack[3:]  # enough of the path to find it
            self._refuse(event, f"nested deeper than {DEEPEST} levels; flatten it")
        if self._stack and type(self._stack[-1].value) is dict and self._stack[-1].key is _NO_KEY:
            self._refuse(event, "a key must be text, found a list or mapping")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        start = event.start_mark
        value: Any = {} if is_mapping else []
        children: Any = {} if is_mapping else []
        self._stack.append(_Frame(value, children, mark(start.line, start.column), event.anchor, self._values))
        self._values += 1

    def _close(self) -> tuple[Any, Place]:
        frame = self._stack.pop()
        for key in frame.dropped:
            del frame.value[key], frame.children[key]
        place = Branch(frame.mark, frame.children)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = frame.value, place, self._values - frame.values_before
        return frame.value, place

    def _follow(self, event: Any) -> tuple[Any, Place]:
        """The value an alias stands for, shared rather than copied; what it would expand to is counted."""
        if event.anchor not in self._anchors:
            self._refuse(event, f"the alias *{event.anchor} names no anchor above it")
        anchored = self._anchors[event.anchor]
        if anchored is None:
            self._refuse(event, f"the alias *{event.anchor} stands inside its own anchor: it would never end")
        value, place, size = anchored
        self._values += size
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            self._refuse(
                event, f"aliases (*{event.anchor}) expand to more than {MOST_ALIASED:,} values; write them out"
            )
        return value, place

    def _take_key(self, frame: _Frame, key: Any, place: Place, event: Any) -> None:
        if not isinstance(place, int):
            self._refuse(event, "a key must be text, found a list or mapping")
        if not isinstance(key, str):
            raw = event.value if type(event) is ScalarEvent else str(key)
            what = "nothing" if key is None else sort_of(key)
            self._note(event, f'YAML reads the key {raw or "left empty"} as {what}; quote it: "{raw}"')
            key = raw
        if key == "<<" and event.implicit[0]:
            self._note(event, "merge keys (<<) are not read; write the keys out")
            key = object()
            frame.dropped.append(key)
        if key in frame.value:
            line, column = divmod(frame.children[key][0], mark(1, 0))
            self._note(event, f"{shown(key)} is given twice, first at {line + 1}:{column + 1}; remove or rename one")
            key = object()
            frame.dropped.append(key)
        frame.key, frame.key_mark = key, place

    def _check_tag(self, event: Any) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._note(event, f"the YAML tag {tag[:80]} is refused: a graph file is data only; remove it")

    def _note(self, event: Any, message: str) -> None:
        self._findings.add_at(event.start_mark.line + 1, event.start_mark.column + 1, self._path(), message)

    def _refuse(self, event: Any, message: str) -> NoReturn:
        self._note(event, message)
        raise GraphError(self._findings.all())

    def _path(self) -> Path:
        parts: list[str | int] = []
        for frame in self._stack:
            if type(frame.value) is list:
                parts.append(len(frame.value))
            elif isinstance(frame.key, str):
                parts.append(frame.key)
        return tuple(parts)


def _note_syntax(error: yaml.MarkedYAMLError, text: str, findings: Findings) -> None:
    place = error.problem_mark or error.context_mark
    line, column = (place.line, place.column) if place else (0, 0)
    lines = text.splitlines()
    own = lines[line] if line < len(lines) else ""
    problem = error.problem or ""
    context = f" {error.context}" if error.context else ""
    if "\t" in own[: len(own) - len(own.lstrip())] or own[column : column + 1] == "\t":
        message = "a tab can't be used for indentation; use spaces"
    else:
        message = _SYNTAX.get(problem, f"not valid YAML: {problem}{context}")
    if error.context_mark and (error.context_mark.line, error.context_mark.column) != (line, column):
        message += f" (the part began at {error.context_mark.line + 1}:{error.context_mark.column + 1})"
    findings.add_at(line + 1, column + 1, (), message)
