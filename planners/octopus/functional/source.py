"""Where the weights of a functional Octopus are: a base, an adapter on it or none, what they know of their graph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ....graphs.errors import InputError
from ....graphs.sections import ModelSpec, OctopusSpec
from ....models.adapters import CONFIG
from ....models.endpoint import at_endpoint
from ....models.locating import located
from ..trained import FILE, Trained


@dataclass(frozen=True, slots=True)
class Source:
    """What to load."""

    model: ModelSpec
    """The base; its `name` is a path, or a name of the hub."""
    adapter: str | None = None
    """Where the LoRA adapter is, if there is one."""
    trained: Trained | None = None
    """What `octograph train` has written beside the weights; None for weights from elsewhere."""
    folder: Path | None = None
    """Where that was found, for messages."""


def source_of(spec: OctopusSpec, folder: Path | None) -> Source:
    """The weights that an Octopus's section names. Nothing is loaded.

    Raises InputError if it names none, or some that aren't there.
    """
    if spec.model is not None and at_endpoint(spec.model):
        raise InputError(
            "the functional Octopus reads its probabilities off the model itself, on this machine; leave url and "
            "backend: openai out, or write octopus: {backend: chat, ...}"
        )
    if spec.weights is not None:
        return _trained_source(spec, (folder or Path()) / spec.weights, folder)
    if spec.model is None:
        raise InputError(
            "the functional Octopus needs a language model: octopus: {backend: functional, model: NAME_OR_FOLDER}, "
            "or weights: DIR for a folder that octograph train has written"
        )
    base = located(spec.model.name, folder)
    adapter = _adapter(spec, folder)
    beside = _first_trained([adapter, base])
    model = spec.model.model_copy(update={"name": base, "adapter": None})
    return Source(model, adapter, _read(beside) if beside else None, beside)


def _trained_source(spec: OctopusSpec, weights: Path, folder: Path | None) -> Source:
    trained = _read(weights)
    if (weights / "config.json").is_file():
        return Source(_model(spec, str(weights.resolve())), _adapter(spec, folder), trained, weights)
    if not (weights / CONFIG).is_file():
        raise InputError(f"{weights}: holds neither model weights (config.json) nor a LoRA adapter ({CONFIG})")
    if _adapter(spec, folder) is not None:
        raise InputError(f"{weights}: is an adapter itself, and adapter: names another; leave one of them out")
    if trained.base is None and spec.model is None:
        raise InputError(f"{weights}: is an adapter, and its {FILE} names no base; say the base as model:")
    if spec.model is not None:
        base = located(spec.model.name, folder)
    else:
        inside = weights / (trained.base or "")
        base = str(inside.resolve()) if inside.is_dir() else located(trained.base or "", folder)
    return Source(_model(spec, base), located(str(weights.resolve()), config=CONFIG), trained, weights)


def _model(spec: OctopusSpec, name: str) -> ModelSpec:
    """The settings of the model, if there are any, with these weights."""
    if spec.model is None:
        return ModelSpec(name=name)
    return spec.model.model_copy(update={"name": name, "adapter": None})


def _adapter(spec: OctopusSpec, folder: Path | None) -> str | None:
    named = spec.adapter or (spec.model.adapter if spec.model is not None else None)
    return None if named is None else located(named, folder, config=CONFIG)


def _first_trained(places: list[str | None]) -> Path | None:
    return next((Path(place) for place in places if place is not None and (Path(place) / FILE).is_file()), None)


def _read(folder: Path) -> Trained:
    trained = Trained.read(folder)
    if trained.backend != "functional":
        raise InputError(
            f"{folder}: trained for the backend {trained.backend}; write octopus: {{backend: {trained.backend}}}"
        )
    return trained
