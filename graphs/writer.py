"""A graph as the text of a graph file, and a graph with its sub-graphs as files: reading them gives an equal graph."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .canonical import section_data
from .errors import GraphError, InputError
from .secrets import written
from .source import is_bare, library_names

if TYPE_CHECKING:
    from .model import Graph

_WIDTH = 100

_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def to_yaml(graph: Graph) -> str:
    """The text of the graph's file. An agent without a file of its own is given the name it will be written to."""
    document: dict[str, Any] = {"octograph": 1, "name": written(graph.name), "start": graph.start}
    for key, section in (("octopus", graph.octopus), ("limits", graph.limits), ("retry", graph.retry)):
        if data := section_data(section):
            document[key] = data
    nodes = {id_: section_data(node) for id_, node in graph.nodes.items()}
    for id_ in graph.agents:
        nodes[id_].setdefault("graph", file_of_agent(graph, id_))
    document["nodes"] = nodes
    if len(graph.edges):
        document["edges"] = list(_arrows(graph))
    text: str = yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH
    )
    return text


def file_of_agent(graph: Graph, id_: str) -> str:
    """Where an agent's sub-graph stands, relative to the graph's own file."""
    given = graph.nodes[id_].graph
    if given is not None:
        return given
    stem = re.sub(r"[^\w-]+", "-", graph.name)[:80]
    return f"{stem}.{id_}.yaml"


def write_graph(graph: Graph, path: Path) -> None:
    """Write the graph to `path` and its sub-graphs to the files it names, each all at once or not at all.

    A sub-graph's file that is there already stays if it holds an equal graph. Raises InputError if it holds
    another one, and where a file can't be written.
    """
    top = Path(os.path.abspath(path))
    files: dict[Path, Graph] = {}
    named: set[Path] = set()
    _place(graph, top, top.parent, files, named)
    unchanged = {file for file in files if file != top and _holds(file, files[file])}
    for file in sorted(named - unchanged - {top}):
        if file.exists():
            raise InputError(f"{file}: is there already, and is not this sub-graph; remove it, or write elsewhere")
    for file, content in files.items():
        if file not in unchanged:
            _replace(file, to_yaml(content))


def _place(graph: Graph, file: Path, root: Path, files: dict[Path, Graph], named: set[Path]) -> None:
    """Note the file of the graph and of each sub-graph, and which of the files were named by hand."""
    if file in files:
        if files[file] != graph:
            raise InputError(f"{file}: two sub-graphs would be written here; give their agents a graph: of their own")
        return
    files[file] = graph
    for id_, inner in graph.agents.items():
        name = file_of_agent(graph, id_)
        if is_bare(name) and name in library_names():
            continue
        target = Path(os.path.normpath(file.parent / name))
        if not target.is_relative_to(root):
            raise InputError(f"{target}: the sub-graph of {id_!r} would be written outside {root}")
        if graph.nodes[id_].graph is not None:
            named.add(target)
        _place(inner, target, root, files, named)


def _holds(file: Path, graph: Graph) -> bool:
    try:
        return file.exists() and type(graph).read(file) == graph
    except GraphError:
        return False


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8", newline="\n")
        os.replace(draft, file)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            draft.unlink(missing_ok=True)
        raise InputError(f"{file}: can't be written: {getattr(error, 'strerror', None) or error}") from None


def _arrows(graph: Graph) -> Iterator[str]:
    for source in graph.nodes:
        for arrow, targets in (("->", graph.neighbors(source)), ("=>", graph.always(source))):
            line: list[str] = []
            for target in targets:
                if line and sum(map(len, line)) + 2 * len(line) + len(source) + len(target) > _WIDTH - 12:
                    yield _arrow(source, arrow, line)
                    line = []
                line.append(target)
            if line:
                yield _arrow(source, arrow, line)


def _arrow(source: str, arrow: str, targets: list[str]) -> str:
    return f"{source} {arrow} {targets[0] if len(targets) == 1 else '[' + ', '.join(targets) + ']'}"
