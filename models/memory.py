"""How much memory models may take: what `OCTOGRAPH_MODEL_MEMORY` says, else four fifths of what the device has."""

from __future__ import annotations

import os
import re
from typing import Any

from ..graphs.errors import InputError
from .packages import package

VARIABLE = "OCTOGRAPH_MODEL_MEMORY"
SHARE = 0.8
"""Of the device's memory; the rest is for activations, caches of keys and values, and everybody else."""
_UNITS = {"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}


def memory_budget(device: str) -> int:
    """Bytes that weights may take on a device (`cpu`, `cuda:0`, `mps`). InputError if the setting is no amount."""
    said = os.environ.get(VARIABLE)
    if said:
        return bytes_of(said)
    return int(SHARE * _memory_of(device))


def bytes_of(text: str) -> int:
    """`8GB`, `512 MiB` or a plain number as bytes. Raises InputError for anything else."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]I?)?B?\s*", text, re.IGNORECASE)
    if match is None:
        raise InputError(f"{VARIABLE}: {text!r} is no amount of memory; write it as in {VARIABLE}=8GB")
    return int(float(match[1]) * _UNITS[(match[2] or "").upper()])


def shown_bytes(count: float) -> str:
    """Bytes as people read them."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} bytes"


def bytes_held(module: Any) -> int:
    """Bytes of a module's parameters and buffers, tied ones counted once."""
    tensors = {id(tensor): tensor for tensor in (*module.parameters(), *module.buffers())}
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())


def _memory_of(device: str) -> int:
    if device.startswith("cuda"):
        return int(package("torch").cuda.get_device_properties(device).total_memory)
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # no POSIX here
        return int(package("psutil").virtual_memory().total)  # comes with accelerate
