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
        last = {self._path(step): step.hop for step in sorted(self.done, key=lambda step: step.hop)}
        used = self._used()
        chosen = [
            step
            for step in self.done
            if step.hop not in used or (last[self._path(step)] == step.hop and self._asked_for(step))
        ]
        return sorted(chosen, key=lambda step: (self._path(step), step.hop))

    def shortfall(self) -> list[str]:
        """A sentence for every part that was not done, with the reason."""
        answered = {self._path(step) for step in self.done}
        missing = [step for step in self.steps if self._path(step) not in answered]
        abstained = (f"Nothing here can do “{step.query}”." for step in missing if step.status == "abstained")
        failed = (
            f"{step.node} could not do “{step.query}”: {step.error}" for step in missing if step.status == "failed"
        )
        return list(dict.fromkeys((*abstained, *failed)))

    def _path(self, step: Step) -> tuple[int, ...]:
        parts = [step.part]
        while step.within in self._by_hop:
            step = self._by_hop[step.within]
            parts.append(step.part)
        return tuple(reversed(parts))

    def _asked_for(self, step: Step) -> bool:
        """False for a step nobody named, and for one whose output a fixed edge took further."""
        targets = self._graph.always(step.node)
        return min(self._path(step)) >= 0 and not any(
            step.hop in other.parents and other.node in targets for other in self.done
        )

    def _used(self) -> set[int]:
        """Hops whose outputs something else was made of, or whose worker passed the same part on to a neighbor."""
        used = {hop for step in self.done for hop in step.parents} | set(self._left_behind())
        masters = {hop for hop in used if hop in self._by_hop and self._graph.nodes[self._by_hop[hop].node].is_master}
        if masters:
            used |= {step.hop for step in self.done if masters & set(self._above(step))}
        return used

    def _left_behind(self) -> Iterator[int]:
        for step in self.done:
            if step.source is not None and not self._graph.nodes[step.source].is_master:
                before = [
                    other.hop
                    for other in self.done
                    if other.node == step.source and other.hop < step.hop and self._path(other) == self._path(step)
                ]
                yield from before[-1:]

    def _above(self, step: Step) -> Iterator[int]:
        while step.within in self._by_hop:
            step = self._by_hop[step.within]
            yield step.hop
