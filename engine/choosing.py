"""Which Octopus and which strategy decide: what the caller hands in, else what the graph names, each loaded once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ..graphs.errors import InputError, nearest
from ..graphs.model import OctopusSpec
from ..graphs.registry import known, load
from ..planners.octopus.trained import FILE, Trained
from ..planners.seams import Octopus, Strategy

OCTOPUSES = "octograph.octopuses"
"""Entry-point group; each loads to a function `(spec, folder of the graph file or None) -> Octopus`."""
STRATEGIES = "octograph.strategies"
"""Entry-point group; each loads to a function `(threshold=...) -> Strategy`; no threshold if nobody set one."""


def octopus_chooser(given: Octopus | str | Path | None) -> Callable[[OctopusSpec, Path | None], Octopus]:
    """How the Octopus for a spec is found. An Octopus, backend or folder of weights handed in decides everywhere.

    Raises InputError for a text that is neither a known backend nor a folder.
    """
    if given is not None and not isinstance(given, (str, Path)):
        return lambda spec, folder: given
    change = _change(given)
    made: dict[str, Octopus] = {}

    def choose(spec: OctopusSpec, folder: Path | None) -> Octopus:
        spec = change(spec)
        key = json.dumps([spec.model_dump(), str(folder)], sort_keys=True, default=str)
        if key not in made:
            made[key] = load(OCTOPUSES, spec.backend)(spec, folder)
        return made[key]

    return choose


def strategy_chooser(given: Strategy | str) -> Callable[[OctopusSpec], Strategy]:
    """How the strategy for a spec is found. Raises InputError for an unknown name."""
    if not isinstance(given, str):
        return lambda spec: given
    make = load(STRATEGIES, given)

    def choose(spec: OctopusSpec) -> Strategy:
        strategy: Strategy = make() if spec.threshold is None else make(threshold=spec.threshold)
        return strategy

    return choose


def _change(given: str | Path | None) -> Callable[[OctopusSpec], OctopusSpec]:
    if given is None:
        return lambda spec: spec
    if isinstance(given, str) and given in known(OCTOPUSES):
        backend = given
        return lambda spec: spec if spec.backend == backend else OctopusSpec(backend=backend, threshold=spec.threshold)
    folder = Path(given)
    if given == "" or not folder.is_dir():
        backends = known(OCTOPUSES)
        raise InputError(
            f"no Octopus {str(given)!r}{nearest(str(given), backends)}; "
            f"give a backend ({', '.join(backends)}) or a folder of trained weights"
        )
    weights, backend = str(folder.resolve()), "embedded"
    if (folder / FILE).is_file():
        backend = Trained.read(folder).backend
    elif (folder / "config.json").is_file() or (folder / "adapter_config.json").is_file():
        raise InputError(
            f"{folder}: holds a language model and no {FILE}, so octograph train has not written it; name it in the "
            "graph, as in octopus: {backend: functional, model: FOLDER}, or backend: chat"
        )
    return lambda spec: OctopusSpec(backend=backend, weights=weights, threshold=spec.threshold)
