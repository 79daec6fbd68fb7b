"""Reads a graph file and the sub-graphs it names: every problem in all of them at once, and nothing is run."""

from __future__ import annotations

import os
from pathlib import Path

from .composing import collector_paused, compose
from .draft import Draft, draft_document
from .errors import GraphError, Problem
from .findings import Findings
from .model import Graph
from .positions import Positions
from .sections import NodeId
from .source import LIBRARY, check_text, is_bare, library_names, locate, read_text
from .structure import check_structure
from .wording import shown

_DEEPEST = 50


def read_graph(name: str | os.PathLike[str]) -> Graph:
    """The graph in a file, or the library graph of that name. Raises GraphError."""
    path = locate(name)
    return _Loader(_folder_of(path)).load_top(path, str(path), read_text(path, str(path)))


def parse_graph(text: str, file: str = "<text>") -> Graph:
    """The graph in a text; its sub-graphs are looked for beside `file`, if that is a path. Raises GraphError."""
    folder = None if file.startswith("<") else _folder_of(Path(file))
    return _Loader(folder).load_top(None, file, text)


def _folder_of(path: Path) -> Path:
    try:
        return path.absolute().parent.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL: reading the file says so
        return path.parent


class _Loader:
    """Loads one top file and everything below it; a file named twice is read once."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._loaded: dict[Path, Graph | None] = {}
        self._chain: list[tuple[Path | None, str]] = []
        self._problems: list[Problem] = []

    def load_top(self, path: Path | None, file: str, text: str) -> Graph:
        with collector_paused():
            graph = self._load(path, file, text)
        if graph is None:
            raise GraphError(self._problems)
        return graph

    def _load(self, path: Path | None, file: str, text: str) -> Graph | None:
        """The graph in a text that was read from `path`; None if anything is wrong, which is then noted."""
        findings = Findings(Positions(file))
        self._chain.append((path and _resolved(path), file))
        try:
            document, findings.positions.tree = compose(check_text(text, file), findings)
            draft = draft_document(document, findings)
            adjacency = check_structure(draft, findings)
            findings.positions.prune("edges")
            agents = self._load_agents(draft, path, file, findings)
        except GraphError as error:
            self._problems += error.problems
            return None
        finally:
            self._chain.pop()
        self._problems += findings.all()
        if findings.problems or agents is None:
            return None
        return Graph._of(draft, adjacency, agents, path, findings.positions)

    def _load_agents(
        self, draft: Draft, path: Path | None, file: str, findings: Findings
    ) -> dict[NodeId, Graph] | None:
        """The sub-graph of every agent that names one; None if any of them is unusable."""
        agents: dict[NodeId, Graph] = {}
        sound = True
        for id_, node in draft.nodes.items():
            if node.graph is None or node.kind != "agent":
                continue
            where = ("nodes", id_, "graph")
            found = self._find(node.graph, path, file)
            if isinstance(found, str):
                findings.add(where, found)
                continue
            target, shown_as = found
            key = _resolved(target)
            if key not in self._loaded:
                try:
                    text = read_text(target, shown_as)
                except GraphError as error:
                    for problem in error.problems:
                        findings.add(where, f"{problem.file}: {problem.message}")
                    continue
                self._loaded[key] = self._load(target, shown_as, text)
            inner = self._loaded[key]
            sound = sound and inner is not None
            if inner is not None:
                agents[id_] = inner
        return agents if sound else None

    def _find(self, name: str, path: Path | None, file: str) -> tuple[Path, str] | str:
        """Path of a sub-graph and how errors show it; or what keeps it from being read."""
        if "\0" in name or not name.strip():
            return f"{shown(name)} is no file name"
        if is_bare(name) and name in library_names():
            target = LIBRARY / f"{name}.yaml"
            shown_as = str(target)
        elif self._root is None:
            return f"a graph given as text has no folder to find {shown(name)} in; give the file it stands for"
        else:
            folder = path.parent if path is not None else Path(file).parent
            target = folder / name
            shown_as = os.path.join(os.path.dirname(file), name)
            resolved = _resolved(target)
            home = LIBRARY if resolved.is_relative_to(LIBRARY) else self._root
            if os.path.isabs(name) or not resolved.is_relative_to(home):
                return f"{shown(name)} leads out of the folder of the top graph; sub-graphs stay inside it"
        return self._refuse_chain(target) or (target, shown_as)

    def _refuse_chain(self, target: Path) -> str:
        resolved = _resolved(target)
        paths = [path for path, _ in self._chain]
        if resolved in paths:
            names = [os.path.basename(file) for _, file in self._chain[paths.index(resolved) :]]
            return f"a graph can't contain itself: {' -> '.join([*names, names[0]])}"
        if len(self._chain) >= _DEEPEST:
            return f"sub-graphs are nested deeper than {_DEEPEST} files; flatten them"
        return ""


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()
