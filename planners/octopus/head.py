"""A trained head of the embedded Octopus: what labelled requests teach about who a request is for.

A linear softmax over classes on the encoder's vector; each class belongs to a node, and a node may have many (the
topics of a field). A node's score is the sum over its classes' probabilities, never an average: a field is as wide as
its topics, and a request needs to be near only one of them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...graphs.errors import InputError
from .encoder import Vectors

FILE = "head.npz"
STOP = ""
"""Stands for stop among the nodes of the classes."""
WINDOW = 85
"""Words that are sure to fit into the encoder's 128 tokens; longer requests are read in windows of so many."""
REST = 12
"""A rest shorter than this is not worth a window of its own."""
LONGEST = 12
"""Windows of a request that are read at most."""

Array = NDArray[np.float64]
Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True)
class Head:
    """The trained numbers."""

    nodes: tuple[str, ...]
    """(classes,): the node each class belongs to, `STOP` for requests that fit none."""
    graphs: tuple[str, ...]
    """(classes,): the graph that node is in; a head may know a graph and the sub-graphs of its agents."""
    weights: NDArray[np.float32]
    """(width, classes)"""
    bias: NDArray[np.float32]
    """(classes,)"""
    trust: float = 1.0
    """Factor of the learned log-probabilities where they are added to the logits of the functional tokens."""
    untrained: float = 0.0
    """Factor of the functional tokens' own logits, made from descriptions and examples alone."""

    def of(self, graph: str) -> Head | None:
        """The part of it that belongs to one graph; None if it knows nothing about it."""
        own = [position for position, name in enumerate(self.graphs) if name == graph]
        if not own:
            return None
        nodes = tuple(self.nodes[position] for position in own)
        return replace(self, nodes=nodes, graphs=(graph,) * len(own), weights=self.weights[:, own], bias=self.bias[own])

    def scores(self, vector: NDArray[np.float32], neighbors: Sequence[str]) -> Array:
        """(neighbors + 1,): log P(neighbor | text), then log P(stop | text), over these alone.

        A neighbor it was not trained for gets the mean of the others' log-probabilities, which speaks neither for nor
        against it; stop, if not trained for, minus infinity.
        """
        logits = (vector @ self.weights + self.bias).astype(np.float64)  # (classes,)
        ids = [*neighbors, STOP]
        scores = np.full(len(ids), -np.inf)
        for position, id_ in enumerate(ids):
            own = logits[[node == id_ for node in self.nodes]]
            if own.size:
                scores[position] = _logsumexp(own)
        trained = np.isfinite(scores)
        if trained.any():
            scores[trained] -= _logsumexp(scores[trained])
        known = scores[:-1][trained[:-1]]
        scores[:-1][~trained[:-1]] = known.mean() if known.size else 0.0
        return scores

    def write(self, folder: Path) -> None:
        """Write the numbers; who they are for stands in `octograph.json` beside them."""
        data = io.BytesIO()
        np.savez_compressed(
            data,
            nodes=np.array(self.nodes, dtype=np.str_),
            graphs=np.array(self.graphs, dtype=np.str_),
            weights=self.weights.astype(np.float16),
            bias=self.bias.astype(np.float32),
            mix=np.array([self.trust, self.untrained], dtype=np.float64),
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_bytes(data.getvalue())

    @classmethod
    def read(cls, folder: Path, width: int) -> Head:
        """The head in `folder`, for vectors of `width`. Raises InputError if it is missing, damaged or for others."""
        path = folder / FILE
        try:
            with np.load(path, allow_pickle=False) as data:
                nodes, graphs = tuple(map(str, data["nodes"])), tuple(map(str, data["graphs"]))
                weights, bias = data["weights"].astype(np.float32), data["bias"].astype(np.float32)
                trust, untrained = map(float, data["mix"])
        except OSError as error:
            raise InputError(f"{path}: can't be read ({error.strerror or error}); {_REMEDY}") from error
        except Exception as error:  # numpy and zipfile raise what they like for a damaged file
            raise InputError(f"{path}: damaged, or no head of an Octopus ({error!r}); {_REMEDY}") from error
        if weights.shape != (width, len(nodes)) or bias.shape != (len(nodes),) or len(graphs) != len(nodes):
            made = f"{weights.shape[0]} numbers a text, not {width}"
            raise InputError(f"{path}: made for another encoder ({made}); {_REMEDY}")
        return cls(nodes, graphs, weights, bias, trust, untrained)


_REMEDY = "train again with: octograph train GRAPH DATA.jsonl --base embedded -o DIR"


def read_whole(texts: Sequence[str], embed: Embed) -> Vectors:
    """(texts, width): unit vectors of whole texts; the mean over windows where one is longer than the encoder reads."""
    windows = [_windows(text) for text in texts]
    vectors = embed([window for of in windows for window in of])  # (windows, width)
    means = np.empty((len(texts), vectors.shape[1]), np.float32)
    start = 0
    for row, of in enumerate(windows):
        means[row] = vectors[start : start + len(of)].mean(axis=0)
        start += len(of)
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return means


def _windows(text: str) -> list[str]:
    words = text.split(" ")
    starts = range(0, max(1, len(words) - REST), WINDOW)
    ends = [*starts[1:], len(words)]
    return [" ".join(words[start:end]) for start, end in zip(starts, ends, strict=True)][:LONGEST]


def _logsumexp(values: Array) -> float:
    most = float(values.max())
    return most + float(np.log(np.exp(values - most).sum()))
