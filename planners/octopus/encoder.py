"""Turns texts into vectors with the small sentence encoder that ships with the package.

A text's vector does not depend on the batch it is in, so vectors can be kept, compared and cached by text.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...graphs.errors import InputError
from .weights_folder import WeightsFolder

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # ships no types
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

SHIPPED = Path(__file__).parent / "weights"
REMEMBERED = 4096
"""Texts whose vectors are kept in memory (6 MB)."""
CHARACTERS = 8192
"""Longer texts are cut before they are tokenized; far more than the tokens that are read."""
PADDING = 8
"""Texts this many tokens apart may share a batch: starting another costs about as much as 12 tokens."""
BATCH_TOKENS = 256
"""A larger batch would leave the CPU's cache and gain nothing."""


class Encoder:
    """The sentence encoder, loaded when it is first needed; safe to share between threads."""

    def __init__(self, folder: Path = SHIPPED, threads: int = 1) -> None:
        self._folder = WeightsFolder(folder)
        self._threads = threads
        self._loading = threading.Lock()
        self._loaded: tuple[Tokenizer, InferenceSession] | None = None
        self._remembering = threading.Lock()
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def fingerprint(self) -> str:
        """Names the weights: vectors of equal fingerprints may be compared."""
        return self._folder.fingerprint

    @property
    def width(self) -> int:
        """The length of a vector."""
        return self._folder.manifest.width

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of the texts in their order, (texts, width), each of length 1."""
        if isinstance(texts, str):
            raise TypeError("encode takes a sequence of texts, not one text: encode([text])")
        found = self._recall(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            fresh = self._compute(missing)
            found.update(fresh)
            self._remember(fresh)
        if not texts:
            return np.empty((0, self.width), np.float32)
        return np.stack([found[text] for text in texts])

    def load(self) -> None:
        """Loads the weights now rather than at the first text. Raises InputError if they are missing or damaged."""
        self._model()

    def _recall(self, texts: Sequence[str]) -> dict[str, Vectors]:
        with self._remembering:
            found = {text: self._vectors[text] for text in texts if text in self._vectors}
            for text in found:
                self._vectors.move_to_end(text)
        return found

    def _remember(self, fresh: dict[str, Vectors]) -> None:
        with self._remembering:
            self._vectors.update(fresh)
            while len(self._vectors) > REMEMBERED:
                self._vectors.popitem(last=False)

    def _compute(self, texts: Sequence[str]) -> dict[str, Vectors]:
        tokenizer, session = self._model()
        rows = [tokenizer.encode(_readable(text)).ids for text in texts]
        vectors: dict[str, Vectors] = {}
        for batch in _group_by_length([len(row) for row in rows]):
            ids = np.zeros((len(batch), max(len(rows[index]) for index in batch)), np.int64)  # (batch, length)
            mask = np.zeros_like(ids)
            for line, index in enumerate(batch):
                ids[line, : len(rows[index])] = rows[index]
                mask[line, : len(rows[index])] = 1
            (embeddings,) = session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})
            for index, vector in zip(batch, embeddings, strict=True):
                vectors[texts[index]] = vector.copy()
        return vectors

    def _model(self) -> tuple[Tokenizer, InferenceSession]:
        if self._loaded is None:
            with self._loading:
                if self._loaded is None:
                    self._loaded = self._open()
        return self._loaded

    def _open(self) -> tuple[Tokenizer, InferenceSession]:
        self._folder.check_sizes()
        try:
            return self._open_tokenizer(), self._open_session()
        except Exception as problem:  # both libraries raise their own types, tokenizers a bare Exception
            raise InputError(self._folder.explain(str(problem))) from problem

    def _open_tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder.tokenizer))
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._folder.manifest.tokens)
        return tokenizer

    def _open_session(self) -> InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3  # errors only: its warnings are about hardware that is not used
        return onnxruntime.InferenceSession(str(self._folder.model), options, providers=["CPUExecutionProvider"])


def _readable(text: str) -> str:
    """The start of the text, with what is no valid Unicode (lone surrogates) replaced."""
    return text[:CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _group_by_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices in batches of nearly equal lengths, longest first."""
    batch: list[int] = []
    longest = 0
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batch and (longest - lengths[index] > PADDING or (len(batch) + 1) * longest > BATCH_TOKENS):
            yield batch
            batch = []
        if not batch:
            longest = lengths[index]
        batch.append(index)
    if batch:
        yield batch
