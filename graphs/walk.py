"""What a walk leaves behind: frozen records, and their one JSON form.

The trace is the log, the golden test, the evaluation record and (labelled) the training example.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from .displayed import Displayed

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """What a worker gives back."""

    text: str
    """The result in words, as the user reads it and as the next query quotes it."""
    data: Any = None
    """The same as plain JSON data (a number, a list of rows, ...), for workers down the line."""
    kind: str = "text"
    """Sort of the data: `number`, `quantity`, `date`, `table`, `picture`, `file`, `text`, ..."""
    files: tuple[str, ...] = ()
    """Files written or drawn, relative to the working folder."""
    trace: Trace | None = None
    """The walk inside, if the worker is an agent."""
    stopped: str = "done"
    """For an agent, why its walk ended; see `Answer.stopped`."""
    logprob: float | None = field(default=None, compare=False)
    """Log-probability of the text, given what was asked; None where it was not generated, or can't be told."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a node is asked: words, and the earlier results they speak of."""

    text: str
    inputs: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a decision is made."""

    node: str
    hop: int | None = None
    """The step that just ended here; None when a master is entered or asked again."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One choice of an Octopus: a neighbor (or None: stop) for one part of the request.

    Decisions about the same `part` are alternatives, most probable first; different parts are independent.
    """

    neighbor: str | None
    query: str
    probability: float
    arguments: Arguments = field(default_factory=dict)
    part: int = 0
    """Ordinal of the part of the request it serves; below 0 for a step nobody named but a later part needs."""
    parents: tuple[int, ...] = ()
    """Hops whose results it uses; these become the call's inputs."""
    query_logprob: float | None = None
    """Log-probability of the rewritten query, once the neighbor is chosen; None where the query is not generated."""


@dataclass(frozen=True, slots=True)
class Call:
    """A worker about to work: a decision (or a fixed edge) on its way."""

    hop: int
    source: str | None
    """The node whose edge is crossed; None only for the start."""
    node: str
    query: Query
    arguments: Arguments = field(default_factory=dict)
    probability: float = 1.0
    part: int = 0
    parents: tuple[int, ...] = ()
    within: int | None = None
    """The hop that entered the master this was decided at; None: the place the walk began at."""
    query_logprob: float | None = None
    """See `Decision.query_logprob`."""


@dataclass(frozen=True, slots=True)
class Step:
    """The record of one hop."""

    hop: int
    source: str | None
    node: str
    query: str
    output: str = ""
    arguments: Arguments = field(default_factory=dict)
    probability: float = 1.0
    data: Any = None
    kind: str = "text"
    files: tuple[str, ...] = ()
    part: int = 0
    parents: tuple[int, ...] = ()
    status: str = "done"
    """`done`, `failed`, `skipped` (a fixed edge that could not be taken) or `abstained` (no neighbor fits the part)."""
    error: str | None = None
    seconds: float = 0.0
    attempts: int = 1
    trace: Trace | None = None
    """The walk inside, if the node is an agent."""
    stopped: str = "done"
    """For an agent, why its walk ended; see `Answer.stopped`."""
    within: int | None = None
    """The hop that entered the master this was decided at; parts are counted per master. None: where the walk began."""
    query_logprob: float | None = None
    """See `Decision.query_logprob`."""
    output_logprob: float | None = None
    """log P(y | q_i; N_i), the last factor of the paper's product; see `Result.logprob`."""

    @property
    def result(self) -> Result:
        """The step's output as the next call's input."""
        return Result(self.output, self.data, self.kind, self.files, self.trace, self.stopped, self.output_logprob)

    def to_data(self) -> dict[str, Any]:
        """Plain JSON data; empty optional fields are left out."""
        data: dict[str, Any] = {
            "hop": self.hop,
            "source": self.source,
            "node": self.node,
            "query": self.query,
            "arguments": dict(self.arguments),
            "probability": self.probability,
            "output": self.output,
            "data": self.data,
            "kind": self.kind,
            "part": self.part,
            "parents": list(self.parents),
            "status": self.status,
            "seconds": self.seconds,
            "attempts": self.attempts,
        }
        if self.files:
            data["files"] = list(self.files)
        if self.error is not None:
            data["error"] = self.error
        if self.stopped != "done":
            data["stopped"] = self.stopped
        if self.within is not None:
            data["within"] = self.within
        if self.query_logprob is not None:
            data["query_logprob"] = self.query_logprob
        if self.output_logprob is not None:
            data["output_logprob"] = self.output_logprob
        if self.trace is not None:
            data["trace"] = self.trace.to_data()
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Step:
        """The inverse of `to_data`."""
        inner = data.get("trace")
        fields = {
            **data,
            "files": tuple(data.get("files", ())),
            "parents": tuple(data.get("parents", ())),
            "trace": None if inner is None else Trace.from_data(inner),
        }
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Trace(Displayed):
    """The record of a walk: its steps in the order in which they ended."""

    graph: str
    query: str
    steps: tuple[Step, ...] = ()
    inputs: tuple[Result, ...] = ()
    """Results handed in from outside (an agent's inputs)."""
    running: tuple[Call, ...] = ()
    """Calls under way; always empty once the walk has ended, and never part of the JSON."""

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def probability(self) -> float:
        """Product of the probabilities of the decisions taken, those inside agents included.

        Octopus v4 (arXiv 2404.19296), section 3: P(y | q; G) is a product over the hops, and an agent's answer one of
        a walk of its own.
        """
        inside = (step.trace.probability for step in self.steps if step.trace is not None)
        return prod(step.probability for step in self.steps) * prod(inside)

    def step(self, hop: int) -> Step:
        """The step with that hop number. Raises KeyError if there is none."""
        for step in self.steps:
            if step.hop == hop:
                return step
        raise KeyError(hop)

    def to_data(self) -> dict[str, Any]:
        return {"graph": self.graph, "query": self.query, "steps": [step.to_data() for step in self.steps]}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Trace:
        return cls(data["graph"], data["query"], tuple(Step.from_data(step) for step in data["steps"]))

    def to_json(self, **options: Any) -> str:
        return json.dumps(self.to_data(), ensure_ascii=False, default=str, **options)

    @classmethod
    def from_json(cls, text: str) -> Trace:
        return cls.from_data(json.loads(text))


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """A node of a plan."""

    id: str
    query: str
    probability: float
    inside: Plan | None = None
    """The plan inside an agent, as far as it can be told before anything has run."""


@dataclass(frozen=True, slots=True)
class Plan(Displayed):
    """A walk before it is run. `links` are pairs of positions in `nodes`; masters are not listed."""

    nodes: tuple[PlannedNode, ...] = ()
    links: tuple[tuple[int, int], ...] = ()
    probability: float = 1.0
    stopped: str = "done"

    def names(self) -> list[str]:
        """Node ids, or `id#position` where a node occurs more than once."""
        ids = [node.id for node in self.nodes]
        seen: dict[str, int] = {}
        names = []
        for id_ in ids:
            nth = seen.get(id_, 0)
            seen[id_] = nth + 1
            names.append(f"{id_}#{nth}" if ids.count(id_) > 1 else id_)
        return names

    def to_data(self) -> dict[str, Any]:
        names = self.names()
        nodes = []
        for node in self.nodes:
            data: dict[str, Any] = {"id": node.id, "query": node.query, "probability": node.probability}
            if node.inside is not None:
                data["inside"] = node.inside.to_data()
            nodes.append(data)
        return {
            "nodes": nodes,
            "links": [[names[a], names[b]] for a, b in self.links],
            "probability": self.probability,
            "stopped": self.stopped,
        }


@dataclass(frozen=True, slots=True)
class Answer(Displayed):
    """The answer of a walk."""

    text: str
    data: Any = None
    probability: float = 1.0
    """Product of the probabilities of the decisions taken (Octopus v4, arXiv 2404.19296, section 3)."""
    stopped: str = "done"
    """`done`, `abstained`, `hops`, `seconds`, `probability` or `failed`; all but `done` with the best answer so far."""
    trace: Trace = field(default_factory=lambda: Trace("", ""))
    files: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "data": self.data,
            "probability": self.probability,
            "stopped": self.stopped,
            "files": list(self.files),
            "trace": self.trace.to_data(),
        }

    def to_json(self, **options: Any) -> str:
        return json.dumps(self.to_data(), ensure_ascii=False, default=str, **options)
