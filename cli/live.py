"""The walk, live, on stderr: a growing tree in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..engine.events import Event, HopEnded, HopStarted, Retried, Streamed
from ..graphs.display import duration, grow, step_line
from ..graphs.drawing.from_walk import percent
from ..graphs.drawing.lettering import one_line, shorten

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.live import Live
    from rich.text import Text
    from rich.tree import Tree

    from ..graphs.walk import Answer, Call, Step

_SLOW = 8
"""Refreshes a second."""
_TAIL = 120
"""Characters shown of what a worker is saying."""


@dataclass
class WalkView:
    """Shows the events of one walk; `tree` is for terminals, without it every hop is a line when it has ended."""

    console: Console
    tree: bool = False
    steps: list[Step] = field(default_factory=list)
    """The steps of the walk itself that have ended so far."""
    _branches: dict[int, Tree] = field(default_factory=dict)
    _running: dict[int, Call] = field(default_factory=dict)
    _said: dict[int, str] = field(default_factory=dict)
    """By hop, the end of what a worker under way has said so far."""
    _live: Live | None = None

    def __enter__(self) -> WalkView:
        if self.tree:
            from rich.live import Live
            from rich.tree import Tree

            self._root = Tree("", hide_root=True, guide_style="dim")
            self._live = Live(self._root, console=self.console, refresh_per_second=_SLOW, redirect_stdout=False)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def see(self, event: Event) -> None:
        """Take notice of one event."""
        if isinstance(event, HopEnded) and not event.inside:
            self.steps.append(event.step)
        if self._live is not None:
            self._grow(event)
        elif isinstance(event, HopEnded) and not event.inside:
            self._print(event.step, 0)
        elif isinstance(event, Retried):
            self.console.print(_retried(event), soft_wrap=True)

    def end(self, answer: Answer, seconds: float, folder: Path) -> None:
        """Say how the walk ended, and which files it wrote or read in `folder`."""
        self.__exit__()
        from rich.text import Text

        how = "" if answer.stopped == "done" else f"{answer.stopped}, "
        self.console.print(Text(f"{how}{percent(answer.probability)}, {duration(seconds)}", "dim"), soft_wrap=True)
        for file in answer.files:
            self.console.print(Text(f"file: {one_line(str(folder / file))}", "dim"), soft_wrap=True)

    def _print(self, step: Step, level: int) -> None:
        line = step_line(step)
        line.pad_left(4 * level)
        self.console.print(line, soft_wrap=True)
        for inner in step.trace or ():
            self._print(inner, level + 1)

    def _grow(self, event: Event) -> None:
        if isinstance(event, HopStarted):
            if not event.inside:
                self._running[event.call.hop] = event.call
                self._branches[event.call.hop] = self._root.add(_started(event.call))
        elif isinstance(event, Streamed):
            self._hear(event)
        elif isinstance(event, HopEnded) and not event.inside:
            self._running.pop(event.step.hop, None)
            self._said.pop(event.step.hop, None)
            branch = self._branches.pop(event.step.hop, None) or self._root.add("")
            branch.label = step_line(event.step)
            branch.children.clear()
            grow(branch, event.step.trace or ())
        elif isinstance(event, (HopEnded, Retried)):
            if isinstance(event, Retried) and not event.inside:
                self._said.pop(event.call.hop, None)
            agent = self._branch_of(event.inside)
            if agent is not None:
                agent.add(step_line(event.step) if isinstance(event, HopEnded) else _retried(event))

    def _hear(self, event: Streamed) -> None:
        """Show the last words of what a worker is saying; inside an agent only its steps are shown."""
        hop = event.call.hop
        if not event.inside and hop in self._branches:
            self._said[hop] = (self._said.get(hop, "") + event.text)[-_TAIL:]
            self._branches[hop].label = _started(event.call, self._said[hop])

    def _branch_of(self, inside: tuple[str, ...]) -> Tree | None:
        """Where something inside an agent is shown while it runs; nowhere if two calls of that agent are under way."""
        hops = [hop for hop, call in self._running.items() if inside and call.node == inside[0]]
        return self._branches[hops[0]] if len(hops) == 1 else None


def walk_view(quiet: bool, plain: bool = False) -> WalkView:
    """The view for this program's stderr; `plain` asks for lines even in a terminal."""
    from rich.console import Console

    console = Console(stderr=True, quiet=quiet or sys.stderr is None, highlight=False, emoji=False, markup=False)
    return WalkView(console, tree=console.is_terminal and not plain and not quiet)


def _started(call: Call, said: str = "") -> Text:
    from rich.text import Text

    line = Text(overflow="fold")
    line.append(f"{call.hop} ", "dim")
    line.append(one_line(call.node), "bold")
    line.append(f" {percent(call.probability)} ", "cyan")
    line.append(f"“{shorten(call.query.text, 160)}” …")
    if said:
        line.append(f" {one_line(said)}", "dim")
    return line


def _retried(event: Retried) -> Text:
    from rich.text import Text

    return Text(f"{event.call.node}: try {event.attempt} failed, trying again: {shorten(event.error, 200)}", "yellow")
