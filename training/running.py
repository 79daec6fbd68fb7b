"""What every training by TRL has in common: its settings, its checkpoints, its progress, and silence besides."""

from __future__ import annotations

import logging
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..graphs.errors import InputError
from .packages import package

CHECKPOINTS = "checkpoints"
"""The folder of checkpoints, removed when training has ended well."""
LOOKS = 10
"""Checkpoints, and looks at what is held back, in one training."""
_LEAST_ROOM = 16 * 1024 * 1024
"""Bytes below which a failed write is the disk's fault."""

Tell = Callable[[str, int, int], None]
"""Progress: what is being done, how much of it is done, how much there is."""


def silent(what: str, done: int, of: int) -> None:
    """Tells nobody."""


def steps_of(examples: int, batch: int, epochs: float) -> int:
    """Steps of a whole training."""
    return max(1, round(epochs * -(-examples // batch)))


def settings(out: Path, steps: int, epochs: float, batch: int, rate: float, seed: int) -> dict[str, Any]:
    """The arguments of any of TRL's trainers, for the device at hand."""
    torch = package("torch")
    gpu = torch.cuda.is_available()
    every = max(1, steps // LOOKS)
    return {
        "output_dir": str(out / CHECKPOINTS),
        "num_train_epochs": epochs,
        "per_device_train_batch_size": batch,
        "per_device_eval_batch_size": batch,
        "learning_rate": rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": max(1, steps // 20),
        "weight_decay": 0.01,
        "seed": seed,
        "data_seed": seed,
        "save_strategy": "steps",
        "save_steps": every,
        "save_total_limit": 2,
        "logging_steps": every,
        "report_to": "none",
        "disable_tqdm": True,
        "use_cpu": not gpu,
        "bf16": gpu and torch.cuda.is_bf16_supported(),
        "dataloader_pin_memory": gpu,
        "activation_checkpointing": gpu,
    }


def run(trainer: Any, out: Path, resume: bool) -> None:
    """Train, from the newest checkpoint if there is one to go on from.

    Raises InputError where the disk is full; the last whole checkpoint is kept.
    """
    checkpoint = last_checkpoint(out) if resume else None
    with disk_watched(out):
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))


def last_checkpoint(out: Path) -> Path | None:
    """The newest checkpoint that was written to its end."""
    found = [folder for folder in (out / CHECKPOINTS).glob("checkpoint-*") if (folder / "trainer_state.json").is_file()]
    return max(found, key=lambda folder: int(folder.name.rpartition("-")[2]), default=None)


@contextmanager
def disk_watched(out: Path) -> Iterator[None]:
    """Says in words that nothing more can be written: the libraries' own errors for it are of many kinds."""
    try:
        yield
    except Exception as error:
        full = "No space left" in str(error) or shutil.disk_usage(out).free < _LEAST_ROOM
        if full or isinstance(error, PermissionError):
            why = "the disk is full" if full else "it may not be written to"
            raise InputError(f"{out}: {why}; make room, then go on with --resume") from error
        raise


def progress(tell: Tell) -> Any:
    """A callback that tells of every step."""
    callback: Any = package("transformers").TrainerCallback

    class Progress(callback):  # type: ignore[misc]
        """Tells of every step."""

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            tell("training", state.global_step, state.max_steps)

    return Progress()


@contextmanager
def quiet() -> Iterator[None]:
    """Without the libraries' bars and advice on stderr; ours says what is to be said."""
    reporting = package("transformers").utils.logging
    bars, level = reporting.is_progress_bar_enabled(), reporting.get_verbosity()
    datasets = package("datasets")
    others = [logging.getLogger(name) for name in ("trl", "accelerate", "peft", "datasets")]
    levels = [other.level for other in others]
    reporting.disable_progress_bar()
    reporting.set_verbosity_error()
    datasets.disable_progress_bars()
    for other in others:
        other.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for other, before in zip(others, levels, strict=True):
            other.setLevel(before)
        reporting.set_verbosity(level)
        datasets.enable_progress_bars()
        if bars:
            reporting.enable_progress_bar()
