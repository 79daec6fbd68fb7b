"""Where weights are: a folder beside the graph file, this machine's cache of the hub, or the hub, in this order."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from ..graphs.errors import InputError, nearest
from .packages import package

WEIGHTS = ("*.safetensors", "*.bin")
_SMALL_FILES = ("*.json", "*.jinja", "*.txt", "*.model", "*.tiktoken", "*.py")
_HUB_NAME = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?")


def located(name: str, folder: Path | None = None, *, config: str = "config.json") -> str:
    """The absolute path of a folder of weights, or the name itself where it can only be one of the hub.

    Nothing is fetched. Raises InputError for a path that leads nowhere, or to a folder without `config`.
    """
    path = (folder or Path.cwd()) / Path(name).expanduser()
    if path.is_dir():
        if not (path / config).is_file():
            raise InputError(f"{path}: holds no {config}, so it is no folder of {_what(config)}; name another one")
        return str(path.resolve())
    if not _HUB_NAME.fullmatch(name) or name.startswith("."):
        known = sorted(entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else []
        raise InputError(
            f"no folder of {_what(config)} at {path}{nearest(path.name, known)}; name one that is there, "
            "or a name of the hub, such as organization/model"
        )
    return name


def fetched(where: str, revision: str | None = None) -> Path:
    """The folder of what `located` found, downloaded if it has to be. Raises InputError saying how to get it."""
    path = Path(where)
    if path.is_absolute():
        return path
    hub = package("huggingface_hub")
    try:
        cached = Path(hub.snapshot_download(where, revision=revision, local_files_only=True))
        if _has_weights(cached):
            return cached
    except (OSError, ValueError):
        pass
    try:
        found = Path(hub.snapshot_download(where, revision=revision, allow_patterns=[*_SMALL_FILES, WEIGHTS[0]]))
        if not _has_weights(found):
            found = Path(hub.snapshot_download(where, revision=revision, allow_patterns=[*_SMALL_FILES, WEIGHTS[1]]))
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(f"no folder {where!r} here, and {_reason(error)}; {_remedy(where, revision)}") from error
    return found


def weights_bytes(folder: Path) -> int:
    """Bytes of the files of weights in a folder: what loading them will need, before it is done."""
    for pattern in WEIGHTS:
        if found := [file.stat().st_size for file in folder.glob(pattern)]:
            return sum(found)
    return 0


def _has_weights(folder: Path) -> bool:
    """Whether weights are there, and all parts of them if they are in parts."""
    for index in folder.glob("*.index.json"):
        parts = set(json.loads(index.read_text(encoding="utf-8")).get("weight_map", {}).values())
        if all((folder / part).is_file() for part in parts):
            return True
        if index.name.startswith("model.safetensors"):
            return False
    return any(any(folder.glob(pattern)) for pattern in WEIGHTS)


def _what(config: str) -> str:
    return "a LoRA adapter" if config.startswith("adapter") else "model weights"


def _reason(error: Exception) -> str:
    """Why the hub did not give it, in our words."""
    errors = package("huggingface_hub.errors")
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        return "it is not in this machine's cache of the hub either, and HF_HUB_OFFLINE forbids to ask for it"
    if isinstance(error, errors.GatedRepoError):
        return "the hub gives it only to who has accepted its terms (then: hf auth login)"
    if isinstance(error, errors.RevisionNotFoundError):
        return "the hub has no such revision of it"
    if isinstance(error, errors.RepositoryNotFoundError):
        return "the hub knows no such model, or only for its owners (hf auth login)"
    return "it is not in this machine's cache of the hub either, and the hub can't be reached"


def _remedy(name: str, revision: str | None) -> str:
    command = f"hf download {name}" + (f" --revision {revision}" if revision else "")
    return f"get it with: {command} (on a machine that can), or name a folder that holds it"
