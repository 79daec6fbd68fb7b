"""A graph in the making: what a file or a program gave, each part checked by itself, faults noted and passed over.

How the parts fit together is checked next, in `structure`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from .arrows import EdgeError, fault_of_id, read_arrow, read_edge_mapping
from .findings import Findings
from .kinds import known_backends, known_kinds, owners
from .positions import Path
from .secrets import FromEnvironment, refuse_references
from .sections import Edge, Limits, ModelSpec, Node, NodeId, OctopusSpec, Retry, Section
from .wording import explain, mismatch, shown, unknown_key

VERSION = 1
KEYS = ("octograph", "name", "start", "octopus", "limits", "retry", "nodes", "edges")

SectionT = TypeVar("SectionT", bound=Section)


@dataclass
class Draft:
    """The parts of a graph. `nodes` holds the sound ones, `ids` all that were declared."""

    name: str = ""
    start: NodeId | None = None
    octopus: OctopusSpec = field(default_factory=OctopusSpec)
    limits: Limits = field(default_factory=Limits)
    retry: Retry = field(default_factory=Retry)
    nodes: dict[NodeId, Node] = field(default_factory=dict)
    ids: dict[NodeId, None] = field(default_factory=dict)
    edges: list[tuple[NodeId, NodeId, bool]] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    """For each edge, which item of the edge list it was written in."""
    unread: list[str] = field(default_factory=list)
    """Edges that could not be read, as text: what they name is not called unreachable on top."""


def draft_document(document: Any, findings: Findings) -> Draft:
    """The parts of a file's document."""
    draft = Draft()
    if document is None:
        findings.add((), "the file is empty; a graph file begins with: octograph: 1")
        return draft
    if not isinstance(document, dict):
        findings.add((), mismatch("a graph (octograph, name, start, nodes, edges)", document))
        return draft
    for key in document:
        if key not in KEYS:
            findings.add((key,), unknown_key(key, KEYS, findings.closest), at_key=True)
    _check_version(document, findings)
    for key in ("name", "start", "nodes"):
        if key not in document:
            findings.add((), f"needs {key!r}")
    draft.name = _text(document, "name", findings)
    draft.start = _text(document, "start", findings) or None
    draft.octopus = read_section(OctopusSpec, document.get("octopus"), ("octopus",), findings)
    draft.limits = read_section(Limits, document.get("limits"), ("limits",), findings)
    draft.retry = read_section(Retry, document.get("retry"), ("retry",), findings)
    check_backend(draft.octopus, ("octopus",), findings)
    if "nodes" in document:
        nodes = document["nodes"]
        if not isinstance(nodes, dict) or not nodes:
            findings.add(("nodes",), mismatch("nodes by their ids", nodes))
        else:
            take_nodes(draft, nodes, findings)
    edges = document.get("edges")
    if isinstance(edges, list):
        take_edges(draft, edges, findings)
    elif edges is not None:
        findings.add(("edges",), mismatch("a list", edges))
        draft.unread = list(draft.ids)
    return draft


def _check_version(document: dict[str, Any], findings: Findings) -> None:
    if "octograph" not in document:
        findings.add((), f"needs 'octograph'; begin the file with: octograph: {VERSION}")
        return
    version = document["octograph"]
    if type(version) is not int:
        findings.add(("octograph",), f"{mismatch('the version of the format', version)}; write octograph: {VERSION}")
    elif version != VERSION:
        findings.add(
            ("octograph",), f"version {shown(version)} is not known here; this release reads version {VERSION}"
        )


def _text(document: dict[str, Any], key: str, findings: Findings) -> str:
    if key not in document:
        return ""
    value = document[key]
    if not isinstance(value, str) or not value.strip():
        findings.add((key,), mismatch("text", value))
        return ""
    try:
        return refuse_references(value)
    except ValueError as error:
        findings.add((key,), str(error))
        return ""


def read_section(section: type[SectionT], value: Any, path: Path, findings: Findings) -> SectionT:
    """`value` as a section; its defaults where it is left out or unsound."""
    if isinstance(value, section):
        return value
    if value is None:
        return section()
    if not isinstance(value, Mapping):
        findings.add(path, mismatch("keys and values", value))
        return section()
    try:
        read = section.model_validate(dict(value))
        _check_key(value, read, path, findings)
        return read
    except ValidationError as error:
        for inner, message, at_key in explain(error, section, findings.closest):
            findings.add((*path, *inner), message, at_key=at_key)
        return section()


def _check_key(value: Mapping[Any, Any], read: Section, path: Path, findings: Findings) -> None:
    """A key is a secret, and no part of a file; a ModelSpec made in Python may hold one."""
    model, octopus = getattr(read, "model", None), value.get("octopus")
    if isinstance(octopus, Mapping) and isinstance(read, Node) and read.octopus is not None:
        _check_key(octopus, read.octopus, (*path, "octopus"), findings)
    written_out = isinstance(model, ModelSpec) and model.key is not None and not isinstance(model.key, FromEnvironment)
    if written_out and isinstance(value.get("model"), Mapping):
        message = "a key stays out of the file; write ${NAME}, and set NAME in the environment"
        findings.add((*path, "model", "key"), message)


def check_backend(octopus: OctopusSpec | None, path: Path, findings: Findings) -> None:
    if octopus is not None and octopus.backend not in known_backends():
        hint = findings.hint(octopus.backend, known_backends())
        findings.add((*path, "backend"), f"no Octopus {shown(octopus.backend)}{hint}")


def take_nodes(draft: Draft, nodes: Mapping[Any, Any], findings: Findings) -> None:
    """Add nodes by id: finished ones, or the keys and values of each."""
    kinds = known_kinds()
    for id_, value in nodes.items():
        path: Path = ("nodes", id_ if isinstance(id_, str) else str(id_))
        if not isinstance(id_, str):
            findings.add(path, mismatch("text", id_), at_key=True)
            continue
        if fault := fault_of_id(id_):
            findings.add(path, fault, at_key=True)
        draft.ids[id_] = None
        node = _node(id_, value, path, findings)
        kind = node.kind if node is not None else value.get("kind") if isinstance(value, Mapping) else None
        if isinstance(kind, str):
            if kind not in kinds:
                findings.add((*path, "kind"), f"no kind {shown(kind)}{findings.hint(kind, kinds)}")
                continue
            _check_keys(node.model_fields_set if node is not None else value, kind, path, findings)
        if node is not None:
            check_backend(node.octopus, (*path, "octopus"), findings)
            draft.nodes[id_] = node


def _check_keys(keys: Iterable[str], kind: str, path: Path, findings: Findings) -> None:
    for key in keys:
        if of := owners(key, kind):
            findings.add(
                (*path, key),
                f"{key!r} is for {_listed(of)}, and this node is of kind {kind}; remove it, or change the kind",
                at_key=True,
            )


def _listed(kinds: Sequence[str]) -> str:
    if len(kinds) == 1:
        return f"kind {kinds[0]}"
    return f"kinds {', '.join(kinds[:-1])} and {kinds[-1]}"


def _node(id_: NodeId, value: Any, path: Path, findings: Findings) -> Node | None:
    if isinstance(value, Node):
        if value.id == id_:
            return value
        if value.id:
            findings.add(path, f"the node given under this id calls itself {shown(value.id)}; use one id")
        return value.model_copy(update={"id": id_})
    if not isinstance(value, Mapping):
        findings.add(path, f"{mismatch('keys and values', value)}; a node needs a kind")
        return None
    if "id" in value:
        findings.add((*path, "id"), "unknown key 'id'; the key of the node is its id", at_key=True)
    try:
        node = Node.model_validate({**value, "id": id_})
        _check_key(value, node, path, findings)
        return node
    except ValidationError as error:
        for inner, message, at_key in explain(error, Node, findings.closest):
            findings.add((*path, *inner), message, at_key=at_key)
        return None


def take_edges(draft: Draft, edges: Iterable[Any], findings: Findings) -> None:
    """Add edges: finished ones, texts with an arrow, or mappings."""
    add, note = draft.edges.append, draft.items.append
    for item, edge in enumerate(edges):
        if type(edge) is Edge:
            add(edge)
            note(item)
            continue
        try:
            if isinstance(edge, str):
                source, targets, always = read_arrow(edge)
            elif isinstance(edge, Mapping):
                source, targets, always = read_edge_mapping(edge, findings.closest)
            else:
                raise EdgeError(mismatch("an edge", edge) + "; write a -> b")
        except EdgeError as error:
            findings.add(("edges", item, *error.path), str(error), at_key=error.at_key)
            draft.unread.append(str(edge))
            continue
        for target in targets:
            add((source, target, always))
            note(item)
