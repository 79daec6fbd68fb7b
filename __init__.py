"""Octograph: one answer from many small models.

A graph of models, agents and tools is walked hop by hop by a local model that may pick only among the current
node's neighbors. The names below are loaded when they are first used, so that importing octograph is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engine.events import Decided, Event, HopEnded, HopStarted, Retried, Streamed, WalkEnded
    from .engine.retrying import RetryPolicy
    from .engine.workflow import Workflow
    from .graphs.errors import (
        ArgumentError,
        GraphError,
        InputError,
        MissingExtra,
        NotAnEdge,
        NotRunnable,
        OctographError,
        Problem,
        WalkError,
        WorkerError,
        WorkerTimeout,
    )
    from .graphs.model import Edge, Graph, Limits, Node, OctopusSpec, Retry
    from .graphs.signature import Clues, Kind, Mention
    from .graphs.walk import Answer, Call, Decision, Place, Plan, PlannedNode, Query, Result, Step, Trace
    from .nodes.tool import Tool, tool
    from .planners.greedy import Greedy
    from .planners.octopus.scripted import ScriptedOctopus
    from .planners.seams import Stop

_ROOMS = {
    "engine.events": ("Decided", "Event", "HopEnded", "HopStarted", "Retried", "Streamed", "WalkEnded"),
    "engine.retrying": ("RetryPolicy",),
    "engine.workflow": ("Workflow",),
    "graphs.errors": (
        "ArgumentError",
        "GraphError",
        "InputError",
        "MissingExtra",
        "NotAnEdge",
        "NotRunnable",
        "OctographError",
        "Problem",
        "WalkError",
        "WorkerError",
        "WorkerTimeout",
    ),
    "graphs.model": ("Edge", "Graph", "Limits", "Node", "OctopusSpec", "Retry"),
    "graphs.signature": ("Clues", "Kind", "Mention"),
    "graphs.walk": (
        "Answer",
        "Call",
        "Decision",
        "Place",
        "Plan",
        "PlannedNode",
        "Query",
        "Result",
        "Step",
        "Trace",
    ),
    "nodes.tool": ("Tool", "tool"),
    "planners.greedy": ("Greedy",),
    "planners.octopus.scripted": ("ScriptedOctopus",),
    "planners.seams": ("Stop",),
}
_ROOM = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Answer",
    "ArgumentError",
    "Call",
    "Clues",
    "Decided",
    "Decision",
    "Edge",
    "Event",
    "Graph",
    "GraphError",
    "Greedy",
    "HopEnded",
    "HopStarted",
    "InputError",
    "Kind",
    "Limits",
    "Mention",
    "MissingExtra",
    "Node",
    "NotAnEdge",
    "NotRunnable",
    "OctographError",
    "OctopusSpec",
    "Place",
    "Plan",
    "PlannedNode",
    "Problem",
    "Query",
    "Result",
    "Retried",
    "Retry",
    "RetryPolicy",
    "ScriptedOctopus",
    "Step",
    "Stop",
    "Streamed",
    "Tool",
    "Trace",
    "WalkEnded",
    "WalkError",
    "WorkerError",
    "WorkerTimeout",
    "Workflow",
    "tool",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_ROOM[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
