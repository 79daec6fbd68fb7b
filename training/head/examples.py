"""What the head learns from: texts with the class of request each is, read off samples of any kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...graphs.model import Graph, NodeId
from ...planners.octopus.head import STOP
from ..samples import AgentPath, Sample, graph_inside


@dataclass(frozen=True, slots=True, order=True)
class RequestClass:
    """What the softmax chooses among: a topic of a node, or stop, in one graph."""

    graph: str
    node: NodeId
    """`STOP` for requests that fit no node."""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """One text, and where it belongs."""

    text: str
    wanted: RequestClass
    inside: AgentPath
    at: NodeId
    group: str
    """Examples of one group are never split between training and held back."""


def examples_of(samples: Iterable[Sample], graph: Graph) -> Iterator[Example]:
    """The examples in some samples.

    A call's rewritten query is an example of its node; where the data has none, the request itself, if one call is
    all it asks for. A request with several calls and no queries teaches nothing about a single text, and is left out.
    """
    for sample in samples:
        name = graph_inside(graph, sample.inside).name
        group = sample.origin or sample.query
        if not sample.calls:
            if not sample.done:  # after a call it means that all is done, not that the text fits nothing
                yield Example(sample.query, RequestClass(name, STOP), sample.inside, sample.at, group)
            continue
        alone = len(sample.calls) == 1 and not sample.done
        for call in sample.calls:
            wanted = RequestClass(name, call.node, sample.topic)
            texts = dict.fromkeys(text for text in (sample.query if alone else None, call.query) if text)
            for text in texts:
                yield Example(text, wanted, sample.inside, sample.at, group)
