"""One labelled question to an Octopus: what every way of training it learns from.

A file of labelled requests, or of stored walks, says what was called for a whole request; a sample is what one Octopus
is asked at one place of such a walk, and what it should say there. So all trainers learn exactly what they are asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..graphs.data_file import numbered_lines, read_data, read_each
from ..graphs.errors import InputError, nearest
from ..graphs.model import Graph, NodeId
from ..graphs.walk import Arguments

AgentPath = tuple[NodeId, ...]
"""The agents on the way down to a sub-graph; empty for the graph itself."""


@dataclass(frozen=True, slots=True)
class LabelledCall:
    """A call that should be made, or has been made before the question."""

    node: NodeId
    query: str | None = None
    """The rewritten query; None where the data does not say it."""
    arguments: Arguments = field(default_factory=dict)
    output: str = ""
    """What it gave, for calls that have been made."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled question."""

    query: str
    """What the Octopus is asked."""
    at: NodeId
    """The node that it is asked at: a master that is entered, or the worker that has just ended."""
    calls: tuple[LabelledCall, ...]
    """What should be called next, in parallel if several; empty: stop."""
    done: tuple[LabelledCall, ...] = ()
    """What has been called before, oldest first."""
    inside: AgentPath = ()
    """The agents in whose sub-graph `at` is; empty for the graph itself."""
    origin: str = ""
    """How the request came about: what shares an origin is never split between training and held back."""
    topic: str = ""
    """What it is about, finer than its node: the embedded Octopus's head learns a class for each."""

    @property
    def neighbor(self) -> NodeId | None:
        """The neighbor to choose first; None: stop."""
        return self.calls[0].node if self.calls else None

    @property
    def rewritten(self) -> str | None:
        """The query to write for it; None where there is none, or the data does not say it."""
        return self.calls[0].query if self.calls else None

    @property
    def arguments(self) -> Arguments:
        """The arguments to fill for it."""
        return self.calls[0].arguments if self.calls else {}


def read_samples(path: Path, graph: Graph) -> list[Sample]:
    """The samples in a data file, in its order.

    A line is a request in the format of `octograph eval`, one that `octograph synth` wrote, or a stored walk (a Trace
    or an Answer as JSON); a file that is one JSON object is one line. Raises InputError that lists every bad line as
    `file:line: what`.
    """
    text = read_data(path)
    lines = [(1, text)] if _is_one_object(text) else numbered_lines(text)
    return read_each(path, lines, lambda line: _samples_of(line, graph), f"nothing to learn from in it; {FORM}")


FORM = 'a line is {"query": "...", "nodes": ["a", "b"], "links": [["a", "b"]]}, or a stored walk'


def graph_inside(graph: Graph, inside: Sequence[NodeId]) -> Graph:
    """The sub-graph of an agent, however deep. Raises InputError for a node that is no agent with a sub-graph."""
    for agent in inside:
        if agent not in graph.agents:
            raise InputError(f"no agent {agent!r} with a sub-graph in {graph.name}{nearest(agent, graph.agents)}")
        graph = graph.agents[agent]
    return graph


def _is_one_object(text: str) -> bool:
    """True for a stored walk that was written over several lines."""
    if text.lstrip().startswith("{") and "\n" in text.strip():
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return False
        return True
    return False


def _samples_of(text: str, graph: Graph) -> Sequence[Sample]:
    from .labelled_requests import samples_of_request
    from .labelled_walks import samples_of_walk

    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}; {FORM}") from error
    if not isinstance(data, Mapping):
        raise InputError(f"not an object; {FORM}")
    if "steps" in data or "trace" in data:
        return samples_of_walk(data, graph)
    topic = data.get("topic", "")
    if not isinstance(topic, str):
        raise InputError("'topic' must be a text")
    return [replace(sample, topic=topic) for sample in samples_of_request(data, graph)]
