"""What is to be drawn, before any format or place is chosen: boxes, the lines between them, frames around some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["plain", "taken", "idle", "failed"]
"""`taken` and `failed` by a walk; `idle` is what a walk left aside."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node of a graph, or a step of a walk."""

    key: str
    title: str
    kind: str = "tool"
    """Node kind, or for a walk `request`; it sets the box's shape and color."""
    lines: tuple[str, ...] = ()
    """Further lines under the title."""
    badge: str = ""
    """Short text in the corner: hop numbers and probabilities."""
    note: str = ""
    """The long text, shown as a tooltip where the format has them."""
    frame: str | None = None
    """Key of the frame it stands in."""
    state: State = "plain"
    start: bool = False

    @property
    def heading(self) -> str:
        """Title and badge in one text."""
        return f"{self.title} ({self.badge})" if self.badge else self.title


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow from box to box; either end may also be a frame."""

    source: str
    target: str
    always: bool = False
    state: State = "plain"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame around the inside of an agent."""

    key: str
    title: str
    badge: str = ""
    note: str = ""
    frame: str | None = None
    """Key of the frame it stands in itself."""
    state: State = "plain"

    @property
    def heading(self) -> str:
        """Title and badge in one text."""
        return f"{self.title} ({self.badge})" if self.badge else self.title


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything to be drawn; keys are unique over boxes and frames."""

    title: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...] = ()
    frames: tuple[Frame, ...] = ()
    direction: Literal["right", "down"] = "right"
    """Where arrows point."""

    def anchors(self) -> dict[str, str]:
        """For each frame a box inside it, the start if there is one (for formats that can't tie a line to a frame)."""
        outside = {frame.key: frame.frame for frame in self.frames}
        anchors: dict[str, str] = {}
        for box in sorted(self.boxes, key=lambda box: not box.start):
            frame = box.frame
            while frame is not None:
                anchors.setdefault(frame, box.key)
                frame = outside[frame]
        return anchors
