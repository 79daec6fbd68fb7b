"""Random valid graphs for Hypothesis: cycles, self-connections, fixed edges, joins, agents, settings of every sort."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from octograph.graphs.model import Edge, Graph

WORKER_KINDS = ("tool", "model", "chat", "agent", "person", "mcp")
_LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Z"), exclude_characters="$")
_ANY = st.characters(codec="utf-8", exclude_characters="$")


def ids() -> st.SearchStrategy[str]:
    """Ids: plain, in other scripts, and words that YAML takes for something else."""
    awkward = st.sampled_from(["no", "on", "null", "1", "1.5", "0x1f", "-", "--", "...", "größe", "数学", "हिन्दी", "y"])
    plain = st.text("abcxyz019_.-", min_size=1, max_size=8)
    return (awkward | plain).filter(lambda name: name != "stop")


def words(max_size: int = 30) -> st.SearchStrategy[str]:
    """Text of a description or prompt, odd white space and line breaks included."""
    return st.text(_LETTERS, max_size=max_size) | st.text(_ANY, max_size=max_size)


def plain_data() -> st.SearchStrategy[dict[str, Any]]:
    """Settings: JSON-like data, three levels deep at most."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words(10)
    values = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words(6), inner, max_size=3), max_leaves=6
    )
    return st.dictionaries(words(8), values, max_size=3)


def _optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def _octopuses() -> st.SearchStrategy[dict[str, Any]]:
    return _optional(
        backend=st.sampled_from(["embedded", "scripted", "functional", "chat"]),
        threshold=st.floats(0, 1),
        weights=words(8),
        settings=plain_data(),
    )


def _retries() -> st.SearchStrategy[dict[str, Any]]:
    return _optional(attempts=st.integers(1, 9), wait=st.floats(0, 5), max_wait=st.integers(0, 9))


def _models() -> st.SearchStrategy[Any]:
    """A language model, by name or with its settings."""
    settings = _optional(
        backend=st.sampled_from(["transformers", "openai"]),
        url=words().map("http://localhost/{}".format),
        adapter=words(),
        max_tokens=st.integers(1, 4096),
        temperature=st.floats(0, 2),
        stop=st.lists(words(5), max_size=2),
        chat=st.booleans(),
        generation=plain_data(),
    )
    names = words().filter(str.strip)
    return names | st.builds(lambda name, more: {"name": name, **more}, names, settings)


@st.composite
def _nodes(draw: st.DrawFn, id_: str, kind: str) -> dict[str, Any]:
    ports = st.lists(st.sampled_from(["table", "picture", "number"]), max_size=2, unique=True)
    fields: dict[str, st.SearchStrategy[Any]] = {
        "description": words(),
        "examples": st.lists(words(), max_size=2),
        "reformat": words(),
        "octopus": _octopuses(),
        "takes": ports.map(lambda kinds: ["text", *kinds]),
        "gives": ports.map(lambda kinds: [*kinds, "text"]),
        "retry": _retries(),
        "timeout": st.floats(0.01, 1e6),
    }
    if kind in ("tool", "mcp"):
        fields["tool"] = words(10)
    if kind in ("model", "chat"):
        fields |= {"model": _models(), "prompt": words(), "token": st.just(f"<{id_}>")}
    if kind in ("model", "chat", "person", "mcp"):
        fields["settings"] = plain_data()
    return {"kind": kind, **draw(_optional(**fields))}


@st.composite
def graphs(draw: st.DrawFn, max_nodes: int = 6, depth: int = 1, bare: bool = False) -> Graph:
    """A valid graph of up to `max_nodes` nodes; agents hold graphs up to `depth` levels down.

    With `bare`, nodes have a kind and a description only (for tests that walk rather than write).
    """
    names = draw(st.lists(ids(), min_size=1, max_size=max_nodes, unique=True))
    kinds = {name: draw(st.sampled_from(["master", *WORKER_KINDS])) for name in names}
    if len(names) == 1 and kinds[names[0]] == "master":
        kinds[names[0]] = "tool"
    order = {name: position for position, name in enumerate(names)}
    edges: dict[tuple[str, str], bool] = {}

    def connect(source: str, target: str) -> None:
        # fixed edges lead forward only, so no loop consists of them alone; a master has none
        forward = kinds[source] != "master" and order[source] < order[target]
        edges.setdefault((source, target), forward and draw(st.booleans()))

    for position in range(1, len(names)):
        connect(names[draw(st.integers(0, position - 1))], names[position])
    for _ in range(draw(st.integers(0, 2 * len(names)))):
        connect(draw(st.sampled_from(names)), draw(st.sampled_from(names)))
    for name in names:
        if kinds[name] == "master" and not any(source == name for source, _ in edges):
            connect(name, draw(st.sampled_from(names)))
    nodes = {
        name: {"kind": kind, "description": draw(words())} if bare else draw(_nodes(name, kind))
        for name, kind in kinds.items()
    }
    for name in names:
        fixed = sum(always for (_, target), always in edges.items() if target == name)
        if fixed >= 2:
            nodes[name]["join"] = draw(st.sampled_from(["all", "any", *range(1, fixed + 1)]))
    agents = {
        name: draw(graphs(max_nodes=3, depth=depth - 1, bare=bare))
        for name in names
        if depth and kinds[name] == "agent" and draw(st.booleans())
    }
    return Graph(
        draw(words(12).filter(str.strip)),
        nodes,
        [Edge(source, target, always) for (source, target), always in edges.items()],
        start=names[0],
        octopus=None if bare else draw(_octopuses()),
        limits=None if bare else draw(_optional(hops=st.integers(1, 99), seconds=st.floats(0.1, 1e6))),
        retry=None if bare else draw(_retries()),
        agents=agents,
    )
