"""One language model in memory: read from a folder with its tokenizer, put on its device, for one thread at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..graphs.errors import InputError
from ..graphs.sections import ModelSpec
from .adapters import Adapters, Room
from .building import building
from .memory import bytes_held
from .packages import package
from .spelling import Spelling
from .tasks import LOADERS, Task, task_of
from .trust import remote_code_trusted


@dataclass
class LoadedModel:
    """Weights, tokenizer and adapters. Borrow one from a `Shelf`; keep no reference to it after that."""

    place: str
    """The folder or hub name it came from."""
    model: Any
    tokenizer: Any
    processor: Any | None
    """For vision-language models: prepares pictures and text together."""
    task: Task
    device: str
    context: int | None
    """Tokens it can take at most, prompt and answer together; None if nothing limits it."""
    adapters: Adapters
    weights: int
    """Bytes of the base alone."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def bytes(self) -> int:
        """Bytes in memory, adapters included."""
        return self.weights + self.adapters.bytes

    @cached_property
    def spelling(self) -> Spelling:
        """How its tokenizer spells what people wrote; made when first needed, for it takes a second."""
        return Spelling(self.tokenizer)

    def fit(self, adapter: str | None) -> None:
        """Have an adapter in memory before its request joins a batch: one that does not fit then fails nobody else.

        Raises InputError for one that the model can't take.
        """
        if adapter is not None:
            with self.lock:
                if adapter not in self.adapters.loaded:
                    self.adapters.ensure([adapter])

    @contextmanager
    def at_work(self, adapters: Sequence[str | None] = ()) -> Iterator[Any]:
        """The model, for this thread alone and without gradients; row i of a batch goes through `adapters[i]`.

        Adapters are named as `located(name, folder, config=adapters.CONFIG)` gives them; None is the base itself.
        """
        torch = package("torch")
        with self.lock, self.adapters.for_rows(adapters), torch.inference_mode():
            yield self.model


def load(place: str, folder: Path, spec: ModelSpec, device: str, room: Room) -> LoadedModel:
    """Read a model. Raises InputError for a folder that is damaged or not what `spec` says."""
    transformers = package("transformers")
    trusted = remote_code_trusted()
    config = read_config(place, folder)
    task = spec.task or task_of(config, place)
    try:
        with building():
            processor = None
            if task == "vision":
                processor = transformers.AutoProcessor.from_pretrained(folder, trust_remote_code=trusted)
            tokenizer = getattr(processor, "tokenizer", None)
            if tokenizer is None:
                tokenizer = transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=trusted)
            model, notes = getattr(transformers, LOADERS[task]).from_pretrained(
                folder, config=config, trust_remote_code=trusted, output_loading_info=True, **_settings(spec, device)
            )
    except InputError:
        raise
    except Exception as error:
        raise _unloadable(place, error) from error
    if missing := sorted(notes["missing_keys"]):
        raise InputError(
            f"{place}: the weights lack {missing[0]}"
            + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
            + f", so they are damaged, or were not trained for {task}; fetch them again, or name other ones"
        )
    if spec.quantization is None:
        model.to(device)
    model.eval()
    _settle(getattr(model, "generation_config", None))
    adapters = Adapters(model, device, room)
    context = _context(model, tokenizer)
    return LoadedModel(place, model, tokenizer, processor, task, device, context, adapters, bytes_held(model))


def read_config(place: str, folder: Path) -> Any:
    """The configuration of the model in a folder. Raises InputError if it can't be read."""
    transformers = package("transformers")
    try:
        with building():
            return transformers.AutoConfig.from_pretrained(folder, trust_remote_code=remote_code_trusted())
    except Exception as error:
        raise _unloadable(place, error) from error


def device_of(spec: ModelSpec) -> str:
    """The device a model goes to: `cuda:0`, `mps`, `cpu`. Raises InputError for one that is not here."""
    torch = package("torch")
    wanted = spec.device
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    kind, _, number = wanted.partition(":")
    here = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if kind not in here or (number and not number.isdigit()):
        raise InputError(f"device {wanted!r} is not known; write auto, cpu, cuda, cuda:1 or mps")
    if not here[kind] or (kind == "cuda" and int(number or 0) >= torch.cuda.device_count()):
        there = ", ".join(name for name, is_here in here.items() if is_here)
        raise InputError(f"device {wanted!r} is not on this machine (there is: {there}); write device: auto")
    return f"cuda:{number or 0}" if kind == "cuda" else kind


def _settings(spec: ModelSpec, device: str) -> dict[str, Any]:
    torch = package("torch")
    settings: dict[str, Any] = {"dtype": "auto" if spec.dtype == "auto" else getattr(torch, spec.dtype)}
    if spec.quantization is not None:
        if find_spec("bitsandbytes") is None:
            raise InputError(
                f"quantization: {spec.quantization} needs the package 'bitsandbytes', which is not installed; install "
                "it with: pip install bitsandbytes, or leave quantization out"
            )
        bits = package("transformers").BitsAndBytesConfig
        eight = spec.quantization == "8bit"
        settings["quantization_config"] = bits(
            load_in_8bit=eight, load_in_4bit=not eight, bnb_4bit_compute_dtype=torch.bfloat16
        )
    if device != "cpu":
        settings["device_map"] = {"": device}
    return settings


def _settle(generation: Any) -> None:
    """Sampling is ours, row by row: what the weights say about it would only be warned about."""
    if generation is not None:
        generation.do_sample, generation.max_length = False, None
        for name in ("temperature", "top_p", "top_k", "min_p", "typical_p"):
            setattr(generation, name, None)


def _context(model: Any, tokenizer: Any) -> int | None:
    text = model.config.get_text_config()
    limits = [getattr(text, "max_position_embeddings", None), getattr(tokenizer, "model_max_length", None)]
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None:
            limits.append(module.num_embeddings - module.padding_idx - 1)  # RoBERTa counts from there
    known = [limit for limit in limits if isinstance(limit, int) and 0 < limit < 10**9]
    return min(known, default=None)


def _unloadable(place: str, error: Exception) -> InputError:
    """An error of transformers in one line, with our remedy where it asks for trust."""
    text = " ".join(str(error).split())
    if "trust_remote_code" in text:
        return InputError(
            f"{place}: the model brings Python code of its own, which is not run unless you trust it: "
            "--trust-remote-code, or Workflow(..., trust_remote_code=True)"
        )
    return InputError(f"{place}: the model can't be loaded ({text[:300]}); if its files are damaged, fetch them again")
