"""Labelled requests: one JSON object a line, every bad line named by its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..graphs.data_file import numbered_lines, read_data, read_each
from ..graphs.errors import InputError, nearest
from ..graphs.model import Graph
from .metrics import Labels, plain


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled request."""

    query: str
    gold: Labels
    contains: tuple[tuple[str, ...], ...] = ()
    """What a right answer says, in any case: one alternative of each entry."""
    slice: str = ""
    """The value of the key that figures are split by, if there is one."""
    queries: tuple[str, ...] = ()
    """What each node of the gold plan should be asked; empty if the data does not say it."""


def read_cases(path: Path, graph: Graph, by: str | None = None) -> list[Case]:
    """The labelled requests of a file, in its order. With `by`, each line must have that key, to split the figures by.

    Lines that `octograph synth` made for the inside of an agent (`at`) are left out: no request enters there. Raises
    InputError that lists every bad line as `file:line: what`.
    """

    def read(line: str) -> list[Case]:
        case = _case(line, graph, by)
        return [] if case is None else [case]

    return read_each(path, numbered_lines(read_data(path)), read, f"no requests in it; a line is {_FORM}")


_FORM = '{"query": "...", "nodes": ["a", "b"], "links": [["a", "b"]]}'


def _case(text: str, graph: Graph, by: str | None) -> Case | None:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"not JSON: {error}; a line is {_FORM}") from error
    if not isinstance(data, Mapping):
        raise InputError(f"not an object; a line is {_FORM}")
    if "/" in str(data.get("at", "")):
        return None
    query = data.get("query")
    if not isinstance(query, str) or not query.strip():
        raise InputError(f"'query' must be a text that isn't empty; a line is {_FORM}")
    nodes = data.get("nodes")
    if not isinstance(nodes, list) or not all(isinstance(node, str) for node in nodes):
        raise InputError(f"'nodes' must be a list of node ids; a line is {_FORM}")
    for node in nodes:
        _check_node(node, graph)
    links = data.get("links", [])
    if not isinstance(links, list) or not all(_is_pair(link) for link in links):
        raise InputError(f"'links' must be a list of pairs of node ids; a line is {_FORM}")
    for end in (end for link in links for end in link):
        if plain(end) not in nodes:
            raise InputError(f"a link names {end!r}, which is not among its 'nodes'{nearest(end, nodes)}")
    gold = Labels(tuple(nodes), tuple((plain(a), plain(b)) for a, b in links))
    if by is not None and not isinstance(data.get(by), (str, int, bool)):
        raise InputError(f"no {by!r} to split the figures by; it has {', '.join(data)}")
    part = str(data[by]) if by is not None else ""
    return Case(query, gold, _contains(data.get("contains", [])), part, _queries(data.get("calls"), gold))


def _queries(calls: Any, gold: Labels) -> tuple[str, ...]:
    """The query of each call, where the data gives one for each node."""
    if not isinstance(calls, list) or not all(isinstance(call, Mapping) for call in calls):
        return ()
    queries = tuple(call["query"] for call in calls if isinstance(call.get("query"), str))
    return queries if len(queries) == len(gold.nodes) else ()


def _check_node(node: str, graph: Graph) -> None:
    if node not in graph.nodes:
        raise InputError(f"no node {node!r} in {graph.name}{nearest(node, graph.nodes)}")
    if graph.nodes[node].is_master:
        raise InputError(f"{node!r} is a master; 'nodes' lists workers only")


def _is_pair(link: Any) -> bool:
    return isinstance(link, list) and len(link) == 2 and all(isinstance(end, str) for end in link)


def _contains(entries: Any) -> tuple[tuple[str, ...], ...]:
    if not isinstance(entries, list):
        raise InputError("'contains' must be a list of texts, or of lists of alternatives")
    return tuple(tuple(map(str, entry)) if isinstance(entry, list) else (str(entry),) for entry in entries)
