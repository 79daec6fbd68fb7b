"""Whether the parts of a graph fit: ends, starts, reach, ports, tokens, joins and loops. Looks, and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .adjacency import Adjacency
from .draft import Draft
from .findings import Findings
from .positions import Path, spell
from .sections import Node
from .wording import shown

_Find = Iterator[tuple[Path, str]]


class _Ends:
    """The draft's edges, known ends only, and the ids that unsound edges were probably meant for."""

    def __init__(self, draft: Draft, findings: Findings) -> None:
        self.draft = draft
        self.meant: set[str] = set()
        ids = draft.ids
        bad = {
            ordinal for ordinal, (source, target, _) in enumerate(draft.edges) if source not in ids or target not in ids
        }
        for ordinal in sorted(bad):
            for end in dict.fromkeys(draft.edges[ordinal][:2]):
                if end in ids:
                    self.meant.add(end)
                else:
                    findings.add(self.place(ordinal), f"no node {shown(end)}{findings.hint(end, ids)}")
                    self.meant.add(findings.closest(end, ids))
        for text in draft.unread:
            self.meant.update(re.findall(r"[\w.-]+", text[:1000]))
        self.meant &= ids.keys()
        sound = [edge for ordinal, edge in enumerate(draft.edges) if ordinal not in bad] if bad else draft.edges
        self.ordinals = [ordinal for ordinal in range(len(draft.edges)) if ordinal not in bad] if bad else None
        self.adjacency = Adjacency(sound)
        self._first: dict[tuple[str, ...], int] | None = None

    def place(self, ordinal: int) -> Path:
        return "edges", self.draft.items[ordinal]

    def place_of(self, source: str, target: str) -> Path:
        """Where the edge between two nodes was written first."""
        if self._first is None:
            self._first = {}
            for ordinal, edge in enumerate(self.draft.edges):
                self._first.setdefault(edge[:2], ordinal)
        return self.place(self._first[source, target])


def check_structure(draft: Draft, findings: Findings) -> Adjacency:
    """Note everything that does not fit, and return the edges by their ends."""
    ends = _Ends(draft, findings)
    checks: tuple[Callable[[Draft, _Ends], _Find], ...] = (
        _repeated_edges,
        _lonely_masters,
        _fixed_edges_of_masters,
        _endless_loops,
        _joins,
        _ports,
        _tokens,
    )
    for check in checks:
        for path, message in check(draft, ends):
            findings.add(path, message)
    _check_start(draft, ends, findings)
    return ends.adjacency


def _check_start(draft: Draft, ends: _Ends, findings: Findings) -> None:
    start = draft.start
    if start is None or not draft.ids:
        return
    if start not in draft.ids:
        findings.add(("start",), f"no node {shown(start)}{findings.hint(start, draft.ids)}")
        return
    reached = ends.adjacency.reachable({start, *ends.meant})
    if len(reached) < len(draft.ids):
        for id_ in draft.ids:
            if id_ not in reached:
                message = f"can't be reached from the start {start!r}; add an edge to it, or remove it"
                findings.add(("nodes", id_), message, at_key=True)


def _repeated_edges(draft: Draft, ends: _Ends) -> _Find:
    for edge, sound_ordinal, first_always in ends.adjacency.repeated:
        ordinal = ends.ordinals[sound_ordinal] if ends.ordinals else sound_ordinal
        first = ends.place_of(edge.source, edge.target)
        where = spell(first)
        if first_always == edge.always:
            yield ends.place(ordinal), f"{edge} is given twice, first in {where}; remove one"
        else:
            yield (
                ends.place(ordinal),
                f"{edge.source} leads to {edge.target} already, by the other kind of edge in {where}; "
                f"keep => (always taken) or -> (may be taken)",
            )


def _lonely_masters(draft: Draft, ends: _Ends) -> _Find:
    for id_, node in draft.nodes.items():
        if node.is_master and not ends.adjacency.targets(id_) and id_ not in ends.meant:
            yield ("nodes", id_), f"a master without neighbors can choose nothing; add an edge {id_} -> ..."


def _fixed_edges_of_masters(draft: Draft, ends: _Ends) -> _Find:
    for source, targets in ends.adjacency.always.items():
        node = draft.nodes.get(source)
        if node is not None and node.is_master:
            for target in targets:
                yield (
                    ends.place_of(source, target),
                    f"{source} is a master, and a master chooses; write {source} -> {target}, "
                    f"or make {source} a worker",
                )


def _endless_loops(draft: Draft, ends: _Ends) -> _Find:
    for loop in ends.adjacency.fixed_loops():
        around = [*loop, loop[0]]
        names = around if len(around) <= 10 else [*around[:8], "...", around[-1]]
        yield (
            ends.place_of(loop[-1], loop[0]),
            f"the loop {' => '.join(names)} never ends; make one of its edges a choice (->)",
        )


def _joins(draft: Draft, ends: _Ends) -> _Find:
    for id_, node in draft.nodes.items():
        if "join" not in node.model_fields_set:
            continue
        parents = ends.adjacency.parents.get(id_, ())
        path = ("nodes", id_, "join")
        if len(parents) < 2 and id_ not in ends.meant:
            yield path, f"join needs two or more fixed edges (=>) into {id_}, found {len(parents)}; remove it"
        elif isinstance(node.join, int) and node.join > len(parents) >= 2 and id_ not in ends.meant:
            yield path, f"waits for {node.join} of {len(parents)} fixed edges (=>); it would wait forever"


def _ports(draft: Draft, ends: _Ends) -> _Find:
    giving = {id_: node for id_, node in draft.nodes.items() if node.gives and not node.is_master}
    if not giving:
        return
    for source, node in giving.items():
        for target in ends.adjacency.targets(source):
            other = draft.nodes.get(target)
            if other is not None and target != source and _clash(node, other):
                yield (
                    ends.place_of(source, target),
                    f"{source} gives {', '.join(node.gives)}, but {target} takes only {', '.join(other.takes)}; "
                    f"change a port, or put a worker between them",
                )


def _tokens(draft: Draft, ends: _Ends) -> _Find:
    owners: dict[str, str] = {}
    for id_, node in draft.nodes.items():
        if node.token is not None and owners.setdefault(node.token, id_) != id_:
            yield (
                ("nodes", id_, "token"),
                f"{node.token} is the token of {owners[node.token]!r}; give each node its own",
            )


def _clash(source: Node, target: Node) -> bool:
    return bool(target.takes) and not target.is_master and not set(source.gives) & set(target.takes)
