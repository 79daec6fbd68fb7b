"""A folder of encoder weights, and what to say when it is not whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...graphs.errors import InputError

REMEDY = "install the package again, or make the weights as the README beside them says"


@dataclass(frozen=True)
class Manifest:
    """What the exporter wrote down about the files."""

    width: int
    """The length of a vector."""
    tokens: int
    """Longer texts are cut to this many tokens."""
    sizes: dict[str, int]
    sums: dict[str, str]
    """File name -> sha256 in hex."""


class WeightsFolder:
    """`encoder.onnx`, `tokenizer.json` and the `manifest.json` that vouches for them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.model = folder / "encoder.onnx"
        self.tokenizer = folder / "tokenizer.json"

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest. Raises InputError if it is missing or damaged."""
        path = self._folder / "manifest.json"
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            files = {path.name: data["files"][path.name] for path in (self.model, self.tokenizer)}
            return Manifest(
                width=int(data["width"]),
                tokens=int(data["tokens"]),
                sizes={name: int(file["bytes"]) for name, file in files.items()},
                sums={name: str(file["sha256"]) for name, file in files.items()},
            )
        except OSError as problem:
            raise InputError(f"{path}: can't read the encoder's weights ({problem.strerror}); {REMEDY}") from problem
        except (ValueError, KeyError, TypeError) as problem:
            whole = "name a folder that holds encoder.onnx, tokenizer.json and manifest.json"
            remedy = REMEDY if self.model.exists() or path.exists() else whole
            raise InputError(f"{path}: no manifest of encoder weights; {remedy}") from problem

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits that change whenever the vectors may."""
        sums = self.manifest.sums
        named = f"{self.manifest.tokens} " + " ".join(sums[name] for name in sorted(sums))
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    def check_sizes(self) -> None:
        """Raises InputError for a missing or incomplete file; quick, so done at every load."""
        for name, expected in self.manifest.sizes.items():
            path = self._folder / name
            try:
                size = path.stat().st_size
            except OSError as problem:
                raise InputError(f"{path}: the encoder's weights are missing; {REMEDY}") from problem
            if size != expected:
                raise InputError(f"{path}: the encoder's weights have {size} bytes instead of {expected}; {REMEDY}")

    def damaged(self) -> list[Path]:
        """The files whose content is not what was exported; reads them all."""
        return [
            self._folder / name
            for name, expected in self.manifest.sums.items()
            if hashlib.sha256((self._folder / name).read_bytes()).hexdigest() != expected
        ]

    def explain(self, problem: str) -> str:
        """The message for weights that could not be loaded."""
        try:
            damaged = self.damaged()
        except OSError as unreadable:
            return f"{unreadable.filename}: the encoder's weights can't be read ({unreadable.strerror}); {REMEDY}"
        if damaged:
            return f"{damaged[0]}: the encoder's weights are damaged (checksum differs); {REMEDY}"
        return f"{self.model}: the encoder can't be loaded ({problem}); a newer onnxruntime may be needed"
