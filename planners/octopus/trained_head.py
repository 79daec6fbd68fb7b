"""A folder with a trained head of the embedded Octopus: which graph it is for, and how requests are read for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ...graphs.errors import InputError, nearest
from ...graphs.model import Graph
from .trained import FILE, Trained, TrainedGraph

BACKEND = "embedded"
Reading = Literal["parts", "whole"]
READINGS: tuple[Reading, ...] = ("parts", "whole")
SETTINGS = ("reading",)


@dataclass(frozen=True, slots=True)
class TrainedHead:
    """The folder, and what `octograph.json` in it says."""

    folder: Path
    trained: Trained

    @property
    def has_encoder(self) -> bool:
        """Whether the encoder was tuned with it, and stands beside it."""
        return (self.folder / "encoder.onnx").is_file()

    def check(self, graph: Graph) -> TrainedGraph:
        """What it was trained for. Raises InputError if that is not this graph."""
        return self.trained.of(graph, self.folder)


def trained_in(folder: Path) -> TrainedHead | None:
    """The trained head in a folder; None for a folder of encoder weights. Raises InputError for weights of others."""
    if not (folder / FILE).is_file():
        return None
    trained = Trained.read(folder)
    if trained.backend != BACKEND:
        remedy = f"write octopus: {{backend: {trained.backend}}}"
        raise InputError(f"{folder}: these weights are for the {trained.backend} Octopus; {remedy}")
    return TrainedHead(folder, trained)


def reads_whole(settings: Mapping[str, Any], head: TrainedHead | None) -> bool:
    """Whether a request is taken as it is (`reading: whole`) or read in parts.

    The graph's own settings go first, then what the head was trained with. Raises InputError for unknown settings.
    """
    for key in settings:
        if key not in SETTINGS:
            raise InputError(f"octopus: settings: no {key!r} for backend embedded{nearest(key, SETTINGS)}")
    told = settings.get("reading", head.trained.settings.get("reading", "parts") if head else "parts")
    if told not in READINGS:
        raise InputError(f"octopus: settings: reading must be {' or '.join(READINGS)}, not {told!r}")
    return bool(told == "whole")
