"""What a graph names and this program would have to find: the tools, checked before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from types import ModuleType

from ..graphs.errors import GraphError, InputError, Problem
from ..graphs.model import Graph
from ..nodes.catalog import Catalog
from ..nodes.tool import Tool


def check_tools(graph: Graph, tools: Iterable[Tool | ModuleType | str] = ()) -> None:
    """Look for every tool a graph names, among `tools` and the catalogs. Raises GraphError listing what is wrong."""
    problems = list(tool_problems(graph, Catalog(tools)))
    if problems:
        raise GraphError(problems)


def tool_problems(graph: Graph, catalog: Catalog, given: Collection[str] = ()) -> Iterator[Problem]:
    """A problem, with its place, for every tool that can't be found or used, sub-graphs included.

    `given` are workers handed in by hand, as `node` or `agent/node`: their tools are not looked for.
    """
    return _problems(graph, catalog, given, "", {}, set())


def _problems(
    graph: Graph, catalog: Catalog, given: Collection[str], prefix: str, faults: dict[str, str | None], seen: set[int]
) -> Iterator[Problem]:
    if id(graph) in seen and not any(path.startswith(prefix) for path in given):
        return  # a sub-graph that is used twice is checked once
    seen.add(id(graph))
    for id_, node in graph.nodes.items():
        name = node.tool
        if name is None or f"{prefix}{id_}" in given:
            continue
        if name not in faults:
            faults[name] = _fault(catalog, name)
        message = faults[name]
        if message is not None:
            yield graph.problem(("nodes", id_, "tool"), message)
    for id_, inside in graph.agents.items():
        if f"{prefix}{id_}" not in given:
            yield from _problems(inside, catalog, given, f"{prefix}{id_}/", faults, seen)


def _fault(catalog: Catalog, name: str) -> str | None:
    try:
        catalog.find(name).signature  # noqa: B018  # reading it checks the types of the parameters
    except (InputError, TypeError) as error:
        return str(error)
    except Exception as error:  # a stranger's module may fail in any way
        return f"tool {name!r} can't be loaded: {type(error).__name__}: {error}"
    return None
