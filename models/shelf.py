"""Where loaded models stand: each set of weights once, lent to who needs it, unloaded for want of room when idle."""

from __future__ import annotations

import gc
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ..graphs.errors import InputError
from ..graphs.sections import ModelSpec
from .loading import LoadedModel, device_of, load
from .locating import fetched, located, weights_bytes
from .memory import VARIABLE, memory_budget, shown_bytes
from .packages import package
from .trust import remote_code_trusted

_PATIENCE = 300
"""Seconds that a model waits for others to be given back."""
_BYTES: dict[Any, float] = {"float32": 4, "float16": 2, "bfloat16": 2}
"""Of one weight."""


@dataclass(slots=True)
class _Place:
    """One set of weights on the shelf, or on its way there."""

    device: str
    expected: int
    users: int = 0
    used: float = 0.0
    loaded: LoadedModel | None = None
    loading: threading.Lock = field(default_factory=threading.Lock)

    @property
    def bytes(self) -> int:
        return self.expected if self.loaded is None else self.loaded.bytes


class Shelf:
    """Models by their weights, type, device and quantization; settings of generation make no difference."""

    def __init__(self, memory: int | None = None) -> None:
        """`memory` is the budget in bytes for each device; None asks `OCTOGRAPH_MODEL_MEMORY`, or the machine."""
        self._memory = memory
        self._changed = threading.Condition(threading.RLock())
        self._places: OrderedDict[Hashable, _Place] = OrderedDict()
        self._mine = threading.local()

    @contextmanager
    def lend(self, spec: ModelSpec, folder: Path | None = None) -> Iterator[LoadedModel]:
        """The model of `spec`, loaded if it is not yet; it is not unloaded while it is lent.

        `folder` is the one that the model's name is relative to. Blocks while loading, and while no room can be made
        because others are at work. Raises InputError if the model is not there, is damaged or can't fit.
        """
        key = self.key(spec, folder)
        place = self._take(key, spec, folder)
        try:
            with place.loading:
                if place.loaded is None:
                    where = located(spec.name, folder)
                    files = fetched(where, spec.revision)
                    self._make_room(place, _expected(files, spec))
                    room = _Room(self, place.device)
                    place.loaded = load(where, files, spec, place.device, room)
            yield place.loaded
        finally:
            self._give_back(key, place)

    def key(self, spec: ModelSpec, folder: Path | None = None) -> Hashable:
        """What tells one set of weights in memory from another."""
        where = located(spec.name, folder)
        return where, spec.revision, spec.task, spec.dtype, device_of(spec), spec.quantization, remote_code_trusted()

    @property
    def loaded(self) -> tuple[str, ...]:
        """The folders or hub names of the models in memory, least recently used first."""
        with self._changed:
            return tuple(place.loaded.place for place in self._places.values() if place.loaded is not None)

    def free(self, device: str) -> int:
        """Bytes of the budget that nothing on the device takes."""
        with self._changed:
            taken = sum(place.bytes for place in self._places.values() if place.device == device)
        return self._budget(device) - taken

    def unload_idle(self, device: str, before: float) -> bool:
        """Unload the model on the device that was used longest ago, if nobody uses it and that was before `before`."""
        with self._changed:
            for key, place in self._places.items():
                if place.device == device and not place.users and place.used <= before:
                    del self._places[key]
                    place.loaded = None
                    break
            else:
                return False
        _give_memory_back(device)
        return True

    def clear(self) -> None:
        """Unload every model that nobody uses."""
        for device in {place.device for place in self._places.values()}:
            while self.unload_idle(device, time.monotonic()):
                pass

    def _take(self, key: Hashable, spec: ModelSpec, folder: Path | None) -> _Place:
        with self._changed:
            place = self._places.get(key)
            if place is None:
                place = self._places[key] = _Place(device_of(spec), 0)
            place.users += 1
            self._places.move_to_end(key)
            self._mine.lent = getattr(self._mine, "lent", 0) + 1
            return place

    def _give_back(self, key: Hashable, place: _Place) -> None:
        with self._changed:
            place.users -= 1
            place.used = time.monotonic()
            self._mine.lent -= 1
            if place.loaded is None and not place.users and self._places.get(key) is place:
                del self._places[key]  # it could not be loaded
            self._changed.notify_all()

    def _make_room(self, place: _Place, needed: int) -> None:
        budget = self._budget(place.device)
        if needed > budget:
            raise InputError(
                f"the model needs {shown_bytes(needed)} and {shown_bytes(budget)} is the budget for models; "
                f"raise {VARIABLE}, or load it smaller (dtype: bfloat16, quantization: 8bit or 4bit)"
            )
        with self._changed:
            while self.free(place.device) < needed:
                if self.unload_idle(place.device, time.monotonic()):
                    continue
                if self._mine.lent > 1:
                    raise InputError(
                        f"two models are needed at once, and the budget of {shown_bytes(budget)} holds one of them; "
                        f"raise {VARIABLE}"
                    )
                if not self._changed.wait(_PATIENCE):
                    raise InputError(
                        f"no room for {shown_bytes(needed)} in {_PATIENCE} seconds, for other models are at work; "
                        f"raise {VARIABLE}"
                    )
            place.expected = needed

    def _budget(self, device: str) -> int:
        return memory_budget(device) if self._memory is None else self._memory


@dataclass(frozen=True, slots=True)
class _Room:
    """The shelf, as the adapters of a model on it see it."""

    shelf: Shelf
    device: str

    def free(self) -> int:
        return self.shelf.free(self.device)

    def unload_idle(self, before: float) -> bool:
        return self.shelf.unload_idle(self.device, before)


@cache
def shared_shelf() -> Shelf:
    """The shelf of this process: what one node has loaded, all others find there."""
    return Shelf()


def _expected(files: Path, spec: ModelSpec) -> int:
    """Bytes that the weights will take, from the size of their files and the type they were saved in."""
    try:
        config = json.loads((files / "config.json").read_text(encoding="utf-8"))
        saved = config.get("dtype") or config.get("torch_dtype")
    except (OSError, ValueError, AttributeError):
        saved = None  # loading says what is wrong with it
    if spec.quantization is not None:
        wanted = 1 if spec.quantization == "8bit" else 0.6  # embeddings and scales included
    else:
        wanted = _BYTES.get(spec.dtype, _BYTES.get(saved, 1))
    return int(weights_bytes(files) * wanted / _BYTES.get(saved, wanted))


def _give_memory_back(device: str) -> None:
    gc.collect()
    if device.startswith("cuda"):
        package("torch").cuda.empty_cache()
