"""What a graph is: nodes, the edges between them, and the limits of a walk. Data only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

import networkx as nx
from pydantic import BaseModel, ConfigDict, Field

NodeId = str


class Section(BaseModel):
    """A part of a graph file: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OctopusSpec(Section):
    """Which Octopus decides, and how sure it has to be."""

    backend: str = "embedded"
    weights: str | None = Field(None, description="Folder of trained weights, relative to the graph file.")
    threshold: float | None = Field(
        None, ge=0, le=1, description="Abstain where the best neighbor is less probable than this."
    )
    settings: dict[str, Any] = Field(default_factory=dict, description="Further settings of the backend.")


class Limits(Section):
    """Budgets of one walk; a spent one ends it with the best answer so far."""

    hops: int = Field(12, ge=1, description="Hops of one walk, sub-graphs not counted.")
    seconds: float = Field(60.0, gt=0, description="Seconds of one walk, sub-graphs included.")
    parallel: int = Field(8, ge=1, description="Calls under way at the same time.")
    depth: int = Field(8, ge=1, description="How deep agents may be nested while walking.")


class Retry(Section):
    """How often a failing call is tried again, and how long to wait in between (exponential, with jitter)."""

    attempts: int = Field(1, ge=1, description="Tries in all; 1 means no retry.")
    wait: float = Field(0.1, ge=0, description="Seconds before the second try; doubled before each further one.")
    max_wait: float = Field(10.0, ge=0, description="Longest wait in seconds.")


class Node(Section):
    """A master or a worker. The key it has in the file is its `id`."""

    id: NodeId = Field("", exclude=True)
    kind: str = Field(description="master, tool, model, chat, agent, person, mcp, or the name of a plug-in.")
    description: str = Field("", description="What it is for, in the words of its users; the Octopus chooses by it.")
    examples: tuple[str, ...] = Field((), description="Requests this node is right for.")
    reformat: str | None = Field(
        None, description="How its query is worded: a template with {query}, or an instruction to a language model."
    )
    takes: tuple[str, ...] = Field((), description="Kinds of input it accepts; empty accepts any.")
    gives: tuple[str, ...] = Field((), description="Kinds of output it may give.")
    octopus: OctopusSpec | None = Field(None, description="The Octopus that decides here; the graph's by default.")
    join: Annotated[int, Field(ge=1)] | Literal["all", "any"] = Field(
        "all", description="When fixed edges (=>) meet here: wait for all, for any, or for this many."
    )
    retry: Retry | None = Field(None, description="Tries of a failing call; the graph's by default.")
    timeout: float | None = Field(None, gt=0, description="Seconds one try may take.")
    tool: str | None = Field(None, description="kind tool: the tool's name, such as units.convert.")
    graph: str | None = Field(None, description="kind agent: the sub-graph's file, relative to this one.")
    model: dict[str, Any] | None = Field(None, description="kinds model and chat: backend, name and settings.")
    prompt: str | None = Field(None, description="kinds model and chat: the prompt, with {query} in it.")
    settings: dict[str, Any] = Field(default_factory=dict, description="Settings of a plug-in kind.")

    @property
    def is_master(self) -> bool:
        return self.kind == "master"


class Edge(Section):
    """A hop that may be taken (`a -> b`), or always is (`a => b`)."""

    source: NodeId
    target: NodeId
    always: bool = False

    def __str__(self) -> str:
        return f"{self.source} {'=>' if self.always else '->'} {self.target}"


class Graph:
    """A graph of nodes: equal to another with the same content, whether built in code or read from YAML.

    `Graph(...)` takes finished parts and checks their structure; it raises GraphError listing every problem.
    `Graph.read(path)`, `Graph.parse(text)` and `graph.to_yaml()` are its file form.
    """

    def __init__(
        self,
        name: str,
        nodes: Iterable[Node] | Mapping[NodeId, Node | Mapping[str, Any]],
        edges: Iterable[Edge | str] = (),
        *,
        start: NodeId | None = None,
        octopus: OctopusSpec | Mapping[str, Any] | None = None,
        limits: Limits | Mapping[str, Any] | None = None,
        retry: Retry | Mapping[str, Any] | None = None,
    ) -> None:
        raise RuntimeError("filled in by the loader slice")


__all__ = ["Edge", "Graph", "Limits", "Node", "NodeId", "OctopusSpec", "Retry", "Section"]
_ = (hashlib, json, cached_property, nx)
