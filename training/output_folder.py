"""The folder that training writes: never another one's work overwritten, and gone on with only as it was begun."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..graphs.errors import InputError
from ..planners.octopus.trained import FILE
from .running import CHECKPOINTS
from .samples import Sample

RUN = "training.json"
"""What the training in a folder was begun with."""


def open_folder(out: Path, begun: Mapping[str, Any], resume: bool = False, force: bool = False) -> bool:
    """Make the folder ready; True if a training in it is to be gone on with.

    Raises InputError for a folder that holds something else, a training that was begun otherwise, or a place where
    nothing can be written.
    """
    begun = json.loads(json.dumps(begun, default=str))
    there = _begun(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not (resume or force):
            raise InputError(f"{out} is there already; --resume goes on with it, --force replaces it")
        if not out.is_dir() or there is None:
            raise InputError(f"{out}: nothing that octograph train has begun; name another folder")
        if resume:
            _check_same(out, there, begun)
            return True
    try:
        if force and there is not None:
            _clear(out)
        out.mkdir(parents=True, exist_ok=True)
        (out / RUN).write_text(json.dumps(begun, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: can't be written: {error.strerror}; name another folder") from error
    return False


def data_digest(samples: Sequence[Sample]) -> str:
    """Names the data: the same samples in the same order."""
    return hashlib.sha256("\n".join(map(repr, samples)).encode()).hexdigest()[:16]


def _clear(out: Path) -> None:
    """Remove what another training may not have written anew; what is none of training's is left alone."""
    shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)
    for pattern in (FILE, "config.json", "adapter_*", "*.safetensors", "*.npz", "report.*", "confusion.png"):
        for path in out.glob(pattern):
            path.unlink()


def _begun(out: Path) -> Mapping[str, Any] | None:
    try:
        begun = json.loads((out / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {} if (out / FILE).is_file() else None
    return begun if isinstance(begun, dict) else None


def _check_same(out: Path, there: Mapping[str, Any], begun: Mapping[str, Any]) -> None:
    differing = [name for name in begun if there.get(name) != begun[name]]
    if differing:
        was = ", ".join(f"{name} {there.get(name)!r} (now {begun[name]!r})" for name in differing)
        raise InputError(f"{out}: was begun with {was}; say the same again, or --force to begin anew")
