"""An Octopus that decides what it was told: for tests, documentation and benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...graphs.errors import InputError, WalkError, nearest
from ...graphs.model import OctopusSpec
from ...graphs.signature import Neighbor
from ...graphs.walk import Decision, Place, Query, Step, Trace

Line = str | None | Decision | Mapping[str, Any]
"""A node to go to, None (or "stop") to abstain, a Decision, or a mapping with the fields of one."""
Rule = Callable[[Query, Place, Sequence[Neighbor], Trace], Sequence[Line]]
Script = Sequence[Line | Sequence[Line]]


class ScriptedOctopus:
    """Decides by a script: a list for every place, a mapping from node to list, or a function.

    Each entry is one decision, or a list of decisions made at once (parts that run in parallel); a decision that is
    just a node's id passes on the query and, after the first, builds on the step before it. Where in its script a
    walk is, is read off the trace: so each walk starts it anew, and one resumed from a checkpoint goes on where it was.
    Once the script is through, there is nothing left to do.

    Example:
        >>> octopus = ScriptedOctopus({"desk": ["math", "units"]})
        >>> octopus = ScriptedOctopus({"desk": [["math", "law"], {"neighbor": "units", "query": "12 m in ft"}]})

    In YAML: `octopus: {backend: scripted, settings: {script: {desk: [math, units]}}}`.
    """

    def __init__(self, script: Script | Mapping[str, Script] | Rule | OctopusSpec, folder: Path | None = None) -> None:
        """Raises InputError if `script` is a spec without a script in its settings, or no script at all."""
        if isinstance(script, OctopusSpec):
            script = script.settings.get("script", ())
        if isinstance(script, str) or not (callable(script) or isinstance(script, (Mapping, Sequence))):
            raise InputError(f"a script is a list, a mapping from node to list, or a function; not {script!r}")
        if not callable(script) and not script:
            raise InputError("the script is empty; write for example settings: {script: {desk: [math, units]}}")
        self._script = script

    async def choose(self, query: Query, at: Place, neighbors: Sequence[Neighbor], trace: Trace) -> Sequence[Decision]:
        """The next decisions of the script. Raises WalkError if it has none for a master that was just entered."""
        script = self._script
        if callable(script):
            return _decisions(script(query, at, neighbors, trace), query, len(trace.steps), ())
        if not isinstance(script, Mapping):
            queue, taken = script, _taken(trace, None, neighbors)
        elif at.node in script or at.hop is not None:
            queue, taken = script.get(at.node, ()), _taken(trace, at.node, neighbors)
        else:
            hint = nearest(at.node, script)
            raise WalkError(f"the script of this Octopus has nothing for {at.node!r}{hint}; it has {', '.join(script)}")
        return () if trace.running else _next(queue, taken, query, at)


def _next(queue: Script, taken: Sequence[Step], query: Query, at: Place) -> Sequence[Decision]:
    """The entry after those taken, building on the step it is decided at, else on the steps of the entry before it."""
    position, before = 0, 0
    for entry in queue:
        lines = [entry] if entry is None or isinstance(entry, (str, Decision, Mapping)) else list(entry)
        if position == len(taken):
            done = tuple(step.hop for step in taken[before:] if step.status == "done")
            return _decisions(lines, query, position, done if at.hop is None else (at.hop,))
        before, position = position, position + len(lines)
    return ()


def _taken(trace: Trace, node: str | None, neighbors: Sequence[Neighbor]) -> Sequence[Step]:
    """The steps this script decided on, at `node` or anywhere, in the order in which it did."""
    ids = {neighbor.id for neighbor in neighbors}
    steps = (step for step in trace.steps if step.source is not None and step.status != "skipped")
    if node is not None:
        steps = (step for step in steps if step.source == node and (step.node in ids or step.node == node))
    return sorted(steps, key=lambda step: step.hop)


def _decisions(lines: Sequence[Line], query: Query, part: int, parents: tuple[int, ...]) -> list[Decision]:
    return [_decision(line, query, part + nth, parents) for nth, line in enumerate(lines)]


def _decision(line: Line, query: Query, part: int, parents: tuple[int, ...]) -> Decision:
    if isinstance(line, Decision):
        return line
    if isinstance(line, Mapping):
        known = {"neighbor", "query", "probability", "arguments", "part", "parents"}
        for name in line:
            if name not in known:
                raise InputError(f"a scripted decision has no field {name!r}{nearest(name, known)}")
        fields = {"query": query.text, "probability": 1.0, "part": part, "parents": parents, **line}
        fields["parents"] = tuple(fields["parents"])
        return Decision(**{"neighbor": None, **fields})
    return Decision(None if line in (None, "stop") else line, query.text, 1.0, part=part, parents=parents)
