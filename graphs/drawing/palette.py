"""The colors of drawings: one tint a kind of node, in a light and a dark version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tint:
    """Fill and edge of a box."""

    fill: str
    edge: str


@dataclass(frozen=True, slots=True)
class Palette:
    """Colors for one background."""

    paper: str
    ink: str
    faint: str
    line: str
    taken: str
    failed: str
    frame: str
    tints: dict[str, Tint]

    def tint(self, kind: str) -> Tint:
        return self.tints.get(kind, self.tints["worker"])


LIGHT = Palette(
    paper="#ffffff",
    ink="#1b2330",
    faint="#5a6675",
    line="#8491a3",
    taken="#c2410c",
    failed="#b42318",
    frame="#f6f8fb",
    tints={
        "master": Tint("#ebe9ff", "#6d5bd0"),
        "agent": Tint("#e0f5f1", "#0f8f7c"),
        "tool": Tint("#e8f1fd", "#3b78c4"),
        "model": Tint("#fdebf6", "#b83b8c"),
        "chat": Tint("#fdebf6", "#b83b8c"),
        "person": Tint("#fff1de", "#b96f12"),
        "request": Tint("#f3f4f6", "#6b7686"),
        "worker": Tint("#eef1f5", "#6b7686"),
    },
)

DARK = Palette(
    paper="#12161d",
    ink="#e8ecf2",
    faint="#a3afbf",
    line="#73808f",
    taken="#fb923c",
    failed="#f97066",
    frame="#181e27",
    tints={
        "master": Tint("#2b2756", "#9d8ff2"),
        "agent": Tint("#0f3a35", "#3cc4ae"),
        "tool": Tint("#17304f", "#6aa5ec"),
        "model": Tint("#45193a", "#e57abf"),
        "chat": Tint("#45193a", "#e57abf"),
        "person": Tint("#432c0b", "#e3a04a"),
        "request": Tint("#262d37", "#93a0b1"),
        "worker": Tint("#232a34", "#93a0b1"),
    },
)
