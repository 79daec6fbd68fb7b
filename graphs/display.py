"""How traces, answers, plans and graphs show themselves: as a tree in a terminal, as a drawing in a notebook."""

from __future__ import annotations

import io
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from .drawing.from_walk import percent
from .drawing.lettering import one_line, shorten

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from .model import Graph
    from .walk import Answer, Plan, Step, Trace

_WIDE = 100
"""Characters of a text form, which no terminal tells the width of."""
_ROWS = 60
"""Rows of a graph's table; more are only counted."""


def in_terminal(subject: Any) -> Any:
    """What rich prints for a trace, answer, plan or graph."""
    from .walk import Answer, Plan, Trace

    if isinstance(subject, Answer):
        return _answer(subject)
    if isinstance(subject, Trace):
        return _trace(subject)
    if isinstance(subject, Plan):
        return _plan(subject)
    return _graph(subject)


def in_words(subject: Any) -> str:
    """The same as plain text, without colors; of an answer only its text."""
    from rich.console import Console

    from .walk import Answer

    if isinstance(subject, Answer):
        return subject.text
    written = io.StringIO()
    Console(file=written, width=_WIDE, color_system=None, highlight=False, emoji=False).print(in_terminal(subject))
    return written.getvalue().rstrip("\n")


def in_notebook(subject: Any) -> str:
    """The same as HTML: a drawing (a table where that would be too large), everything in it escaped."""
    from .drawing import draw
    from .errors import InputError
    from .walk import Answer

    try:
        drawing = f'<div style="overflow:auto">{draw(subject).decode()}</div>'
    except InputError:
        drawing = f"<pre>{escape(in_words(subject))}</pre>"
    if isinstance(subject, Answer):
        return f'<p style="white-space:pre-wrap">{escape(subject.text)}</p>{drawing}'
    return drawing


def step_line(step: Step) -> Text:
    """A step on one line: hop, node, probability, query, what it uses, what came out, how long it took."""
    from rich.text import Text

    line = Text(overflow="fold")
    line.append(f"{step.hop} ", "dim")
    line.append(one_line(step.node), "bold red" if step.status == "failed" else "bold")
    line.append(f" {percent(step.probability)} ", "cyan")
    line.append(f"“{shorten(step.query, 160)}”")
    if step.parents:
        line.append(f" ← {', '.join(map(str, step.parents))}", "dim")
    if step.status == "done":
        line.append(" → ", "dim")
        line.append(shorten(step.output, 160), "green")
    else:
        why = step.error or step.output or ("nothing here fits" if step.status == "abstained" else "no result")
        line.append(f" {step.status}: {shorten(why, 300)}", "red" if step.status == "failed" else "yellow")
    tries = f", {step.attempts} tries" if step.attempts > 1 else ""
    line.append(f"  {duration(step.seconds)}{tries}", "dim")
    return line


def duration(seconds: float) -> str:
    """A time as people read it.

    >>> duration(0.0004), duration(0.0123), duration(3.21)
    ('<1 ms', '12 ms', '3.2 s')
    """
    if seconds < 0.001:
        return "<1 ms"
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def counted(graph: Graph) -> str:
    """The size of a graph in words: `1 node, 0 edges`."""
    sizes = {"node": len(graph.nodes), "edge": len(graph.edges)}
    return ", ".join(f"{size:,} {what}{'' if size == 1 else 's'}" for what, size in sizes.items())


def _trace(trace: Trace) -> Tree:
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(f"{one_line(trace.graph)}: {one_line(trace.query)}", "bold"), guide_style="dim")
    grow(tree, trace.steps)
    return tree


def grow(tree: Tree, steps: Iterable[Step]) -> None:
    """Add a branch for each step, with the walks inside agents below them."""
    for step in steps:
        branch = tree.add(step_line(step))
        if step.trace is not None:
            grow(branch, step.trace.steps)


def _answer(answer: Answer) -> Any:
    from rich.console import Group
    from rich.text import Text

    end = f"{answer.stopped}, {percent(answer.probability)}"
    return Group(Text(answer.text, "bold"), Text(end, "dim"), _trace(answer.trace))


def _plan(plan: Plan) -> Tree:
    from rich.text import Text
    from rich.tree import Tree

    end = "" if plan.stopped == "done" else f", {plan.stopped}"
    tree = Tree(Text(f"plan, {percent(plan.probability)}{end}", "bold"), guide_style="dim")
    _grow_plan(tree, plan)
    return tree


def _grow_plan(tree: Tree, plan: Plan) -> None:
    from rich.text import Text

    for number, node in enumerate(plan.nodes):
        line = Text(overflow="fold")
        line.append(f"{number} ", "dim")
        line.append(one_line(node.id), "bold")
        line.append(f" {percent(node.probability)} ", "cyan")
        line.append(f"“{shorten(node.query, 160)}”")
        feeding = [str(a) for a, b in plan.links if b == number]
        if feeding:
            line.append(f" ← {', '.join(feeding)}", "dim")
        branch = tree.add(line)
        if node.inside is not None:
            _grow_plan(branch, node.inside)


def _graph(graph: Graph) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(f"{graph.name} ({counted(graph)})"), title_justify="left")
    for column in ("node", "kind", "may go to", "description"):
        table.add_column(column, overflow="fold")
    targets: dict[str, list[str]] = {}
    for edge in graph.edges:
        targets.setdefault(edge.source, []).append(("⇒ " if edge.always else "") + edge.target)
    for number, node in enumerate(graph.nodes.values()):
        if number == _ROWS:
            table.add_row(f"… {len(graph.nodes) - _ROWS} more", "", "", "")
            break
        cells = (node.id, node.kind, shorten(", ".join(targets.get(node.id, ())), 80), shorten(node.description, 80))
        table.add_row(*(Text(one_line(cell)) for cell in cells))
    return table
