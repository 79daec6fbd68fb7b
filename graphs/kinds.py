"""The kinds a node can be, and the keys that belong to some of them only."""

from __future__ import annotations

from .registry import known

MASTER = "master"
WORKER_KINDS = ("tool", "model", "chat", "agent", "person", "mcp")
BACKENDS = ("embedded", "functional", "chat", "scripted")

_BUILT_IN = frozenset((MASTER, *WORKER_KINDS))
_OWNERS = {
    "tool": ("tool", "mcp"),
    "graph": ("agent",),
    "model": ("model", "chat"),
    "prompt": ("model", "chat", "person"),
    "settings": ("model", "chat", "person", "mcp"),
}
"""Which built-in kinds a key belongs to. A plug-in's kind may use all of them but `graph`."""


def known_kinds() -> tuple[str, ...]:
    """Every kind a node can be: built-in and registered. Nothing is imported."""
    return tuple(dict.fromkeys((MASTER, *WORKER_KINDS, *known("octograph.workers"))))


def known_backends() -> tuple[str, ...]:
    """Every Octopus a graph can name: built-in and registered. Nothing is imported."""
    return tuple(dict.fromkeys((*BACKENDS, *known("octograph.octopuses"))))


def owners(key: str, kind: str) -> tuple[str, ...]:
    """The kinds that `key` belongs to, if `kind` is none of them; empty if the key is fine there."""
    of = _OWNERS.get(key, ())
    if kind in of or (kind not in _BUILT_IN and key != "graph"):
        return ()
    return of
