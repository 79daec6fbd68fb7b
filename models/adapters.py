"""LoRA adapters on one base model: loaded when first needed, the least recently used out first, one for each row.

The layers are peft's; which adapter a row goes through is told to them by a hook that stays (LoRA: arXiv 2106.09685).
"""

from __future__ import annotations

import time
import warnings
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from ..graphs.errors import InputError
from .building import building
from .locating import fetched, weights_bytes
from .lora_rows import BASE, add_rows, per_row
from .memory import shown_bytes
from .packages import package

CONFIG = "adapter_config.json"


class Room(Protocol):
    """Whoever keeps the budget that adapters count towards."""

    def free(self) -> int:
        """Bytes left."""
        ...

    def unload_idle(self, before: float) -> bool:
        """Unload one model that nobody has used since that moment of `time.monotonic`; False if there is none."""
        ...


@dataclass(slots=True)
class _Adapter:
    name: str
    """As peft knows it."""
    bytes: int
    used: float


class Adapters:
    """The adapters of one model. Not for several threads at once: its model's lock guards it."""

    def __init__(self, model: Any, device: str, room: Room) -> None:
        self._model = model
        self._device = device
        self._room = room
        self._peft: Any = None
        self._loaded: OrderedDict[str, _Adapter] = OrderedDict()
        """By place, least recently used first."""
        self._numbers = count()
        self._rows: list[str] = [BASE]
        self._hooked: set[int] = set()

    @property
    def bytes(self) -> int:
        return sum(adapter.bytes for adapter in tuple(self._loaded.values()))

    @property
    def loaded(self) -> tuple[str, ...]:
        """The places of those in memory, least recently used first."""
        return tuple(self._loaded)

    def ensure(self, places: Sequence[str]) -> None:
        """Have the adapters at these places (as `located` gives them) in memory.

        Raises InputError for one that is not there, is no plain LoRA adapter, or does not fit the model or the budget.
        """
        for place in dict.fromkeys(places):
            if place not in self._loaded:
                folder = fetched(place)
                self._make_room(weights_bytes(folder), keep=places, place=place)
                self._load(place, folder)
            self._loaded[place].used = time.monotonic()
            self._loaded.move_to_end(place)

    @contextmanager
    def for_rows(self, places: Sequence[str | None]) -> Iterator[None]:
        """Inside, row i of every batch goes through the adapter at `places[i]`, or through none; none given: all base.

        A batch of k times as many rows (beams) has k neighboring rows for each place.
        """
        self.ensure([place for place in places if place is not None])
        before = self._rows
        self._rows = [BASE if place is None else self._loaded[place].name for place in places] or [BASE]
        try:
            yield
        finally:
            self._rows = before

    def _make_room(self, needed: int, keep: Sequence[str], place: str) -> None:
        while self._room.free() < needed:
            oldest = next((known for known in self._loaded if known not in keep), None)
            if self._room.unload_idle(time.monotonic() if oldest is None else self._loaded[oldest].used):
                continue
            if oldest is None:
                raise InputError(
                    f"{place}: the adapter needs {shown_bytes(needed)}, and {shown_bytes(max(0, self._room.free()))} "
                    "of the memory for models is left; raise OCTOGRAPH_MODEL_MEMORY, or make smaller batches"
                )
            self._peft.delete_adapter(self._loaded.pop(oldest).name)

    def _load(self, place: str, folder: Path) -> None:
        peft = package("peft", "a LoRA adapter")
        name = f"adapter{next(self._numbers)}"
        try:
            config = peft.PeftConfig.from_pretrained(folder)
            _check_plain(config)
            config.inference_mode = True
            lazily = {"autocast_adapter_dtype": False, "low_cpu_mem_usage": True}
            with building(), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what peft and transformers mean to change some day
                if self._peft is None:
                    self._peft = peft.PeftModel(self._model, config, name, **lazily)
                loaded = self._peft.load_adapter(folder, name, torch_device=self._device, **lazily)
            if lacking := loaded.missing_keys or loaded.unexpected_keys:
                raise ValueError(f"its weights are for other layers, such as {lacking[0]}")
            if any(name in layer.lora_variant for layer in self._layers()):
                raise ValueError("it is a variant of LoRA, which can't be switched for each request")
        except Exception as error:
            if self._peft is not None and name in self._peft.peft_config:
                self._peft.delete_adapter(name)
            reason = " ".join(str(error).split())[:200]
            base = getattr(self._model.config, "name_or_path", "") or type(self._model).__name__
            raise InputError(
                f"{place}: no LoRA adapter that the model {base} can take: {reason}; name the base it was trained on"
            ) from error
        self._loaded[place] = _Adapter(name, weights_bytes(folder), time.monotonic())
        self._hook_layers()

    def _hook_layers(self) -> None:
        for layer in self._layers():
            if id(layer) not in self._hooked:
                self._hooked.add(id(layer))
                linear = isinstance(layer.get_base_layer(), package("torch").nn.Linear)
                layer.register_forward_pre_hook(self._leave_to_us if linear else self._leave_to_peft, with_kwargs=True)
                if linear:
                    layer.register_forward_hook(self._add_rows)

    def _layers(self) -> Iterator[Any]:
        """The layers that adapters have been put on."""
        lora_layer = package("peft.tuners.lora").LoraLayer
        return (module for module in self._model.modules() if isinstance(module, lora_layer))

    def _leave_to_us(self, layer: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        return args, {**kwargs, "adapter_names": [BASE] * len(args[0])}

    def _add_rows(self, layer: Any, args: Any, output: Any) -> None:
        add_rows(layer, per_row(self._rows, len(args[0])), args[0], output)

    def _leave_to_peft(self, layer: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        return args, {**kwargs, "adapter_names": per_row(self._rows, len(args[0]))}


_WHOLE = ("modules_to_save", "trainable_token_indices", "layer_replication", "target_parameters", "lora_bias")
"""What an adapter may hold besides plain LoRA, and can't be switched for each row."""


def _check_plain(config: Any) -> None:
    """Raises ValueError for an adapter that is more than, or other than, plain LoRA."""
    if config.peft_type != "LORA":
        raise ValueError(f"it is of type {getattr(config.peft_type, 'value', config.peft_type)}")
    more = [name for name in _WHOLE if getattr(config, name, None)]
    if more or config.bias != "none":
        raise ValueError(
            f"besides LoRA it holds {', '.join(more) or 'biases'}, which can't be switched for each request; "
            "merge it into its base (merge_and_unload of peft), and name the result as the model"
        )
