"""Reads a pretrained BERT from a folder, and refuses one it would export wrongly."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FILES = ("model.safetensors", "config.json", "tokenizer.json")


class WeightsError(Exception):
    """The folder does not hold the weights that were asked for."""


@dataclass(frozen=True)
class Bert:
    """The numbers of a BERT encoder; matrices are turned to (inputs, outputs)."""

    tensors: dict[str, Floats]
    layers: int
    heads: int
    epsilon: float

    @property
    def width(self) -> int:
        """Length of a hidden state, and of an embedding."""
        return int(self.tensors["embeddings.word_embeddings.weight"].shape[1])

    def matrix(self, *names: str) -> Floats:
        """The weight matrices of the named layers side by side, (inputs, outputs)."""
        return np.concatenate([self.tensors[f"{name}.weight"].T for name in names], axis=1)

    def bias(self, *names: str) -> Floats:
        """The biases of the named layers, one after the other."""
        return np.concatenate([self.tensors[f"{name}.bias"] for name in names])


def sha256(path: Path) -> str:
    """The checksum of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_bert(folder: Path, expected_sha256: str | None) -> Bert:
    """Reads `model.safetensors` and `config.json`; `expected_sha256` of None takes any weights."""
    from safetensors.numpy import load_file

    for name in FILES:
        if not (folder / name).is_file():
            raise WeightsError(f"{folder} has no {name}; --weights must name a folder with {', '.join(FILES)}")
    found = sha256(folder / "model.safetensors")
    if expected_sha256 is not None and found != expected_sha256:
        raise WeightsError(
            f"{folder / 'model.safetensors'} has sha256 {found}, expected {expected_sha256}; "
            "fetch the weights again, or pass --any-weights to export other ones"
        )
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    for key, supported in (("hidden_act", "gelu"), ("position_embedding_type", "absolute")):
        if config.get(key, supported) != supported:
            raise WeightsError(f"{folder / 'config.json'}: {key} is {config[key]!r}; only {supported!r} is exported")
    tensors = {
        name.removeprefix("bert."): np.asarray(tensor, np.float32)
        for name, tensor in load_file(folder / "model.safetensors").items()
    }
    return Bert(tensors, config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"])
