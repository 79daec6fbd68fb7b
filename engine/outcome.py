"""What came of some steps: which outputs count, in which order, and what could not be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from ..graphs.model import Graph
from ..graphs.walk import Result, Step


class Outcome:
    """The steps of a walk, or of what one master in it was asked, by what became of them.

    A part's path counts it from the outermost master down, since each master counts the parts of its own request.
    """

    def __init__(self, graph: Graph, steps: Sequence[Step]) -> None:
        self._graph = graph
        self._by_hop = {step.hop: step for step in steps}
        self.steps = steps
        self.done = [step for step in steps if step.status == "done" and not graph.nodes[step.node].is_master]

    @property
    def status(self) -> str:
        """`done` if anything was, else `failed` if anything was tried, else `abstained`."""
        if self.done:
            return "done"
        return "failed" if any(step.status == "failed" for step in self.steps) else "abstained"

    @property
    def result(self) -> Result:
        """What is shown, as one result."""
        data = [step.data for step in self.shown]
        return Result(
            "\n".join(dict.fromkeys(step.output for step in self.shown)),
            data[0] if len(data) == 1 else data or None,
            self.shown[-1].kind if self.shown else "text",
            tuple(dict.fromkeys(file for step in self.done for file in step.files)),
        )

    @cached_property
    def shown(self) -> list[Step]:
        """Outputs nothing else was made of, and the last one of each part that was asked for, by part."""
        by_hop = sorted(self.done, key=lambda step: step.hop)
        last = {self._paths[step.hop]: step.hop for step in by_hop}
        used, piped = self._used(by_hop), self._piped()
        chosen = [
            step
            for step in by_hop
            if step.hop not in used
            or (last[self._paths[step.hop]] == step.hop and min(self._paths[step.hop]) >= 0 and step.hop not in piped)
        ]
        return sorted(chosen, key=lambda step: (self._paths[step.hop], step.hop))

    def shortfall(self) -> list[str]:
        """A sentence for every part that was not done, with the reason."""
        answered = {self._paths[step.hop] for step in self.done}
        missing = [step for step in self.steps if self._paths[step.hop] not in answered]
        abstained = (f"Nothing here can do “{step.query}”." for step in missing if step.status == "abstained")
        failed = (
            f"{step.node} could not do “{step.query}”: {step.error}" for step in missing if step.status == "failed"
        )
        return list(dict.fromkeys((*abstained, *failed)))

    @cached_property
    def _paths(self) -> dict[int, tuple[int, ...]]:
        """Each hop's part, after those of the masters above it."""
        paths: dict[int, tuple[int, ...]] = {}
        for step in sorted(self.steps, key=lambda step: step.hop):  # a master is entered before what is below it
            above = paths.get(step.within, ()) if step.within is not None else ()
            paths[step.hop] = (*above, step.part)
        return paths

    def _used(self, by_hop: Sequence[Step]) -> set[int]:
        """Hops whose outputs something else was made of, or whose worker passed the same part on to a neighbor."""
        used = {hop for step in by_hop for hop in step.parents}
        last: dict[tuple[str, tuple[int, ...]], int] = {}
        for step in by_hop:
            path = self._paths[step.hop]
            if step.source is not None and (step.source, path) in last:
                used.add(last[step.source, path])
            last[step.node, path] = step.hop
        masters = {hop for hop in used if hop in self._by_hop and self._graph.nodes[self._by_hop[hop].node].is_master}
        if masters:
            used |= {step.hop for step in by_hop if masters.intersection(self._above(step))}
        return used

    def _piped(self) -> set[int]:
        """Hops whose outputs a fixed edge took further."""
        return {
            hop
            for step in self.done
            for hop in step.parents
            if hop in self._by_hop and step.node in self._graph.always(self._by_hop[hop].node)
        }

    def _above(self, step: Step) -> Iterator[int]:
        while step.within in self._by_hop:
            yield step.within
            step = self._by_hop[step.within]
