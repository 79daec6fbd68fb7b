"""Keeps vectors on disk by content, so that a graph's descriptions are embedded once.

Losing the cache costs a little time and nothing else: whatever goes wrong with the file, the encoder is asked again.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

VARIABLE = "OCTOGRAPH_CACHE"
"""The environment variable that moves the cache to another folder."""
KEPT = 20_000
"""Vectors in the file (32 MB); the oldest make room."""
PATIENCE = 0.5
"""Seconds to wait for another process that is writing."""
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""SQLite's codes for a file that holds no such table; any other failure may pass by itself."""
AT_ONCE = 500
"""Keys asked for in one statement."""

_log = logging.getLogger(__name__)


class TextEncoder(Protocol):
    """What a cache stands in front of."""

    @property
    def fingerprint(self) -> str:
        """Names the weights."""

    @property
    def width(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(texts, width), each of length 1."""


class VectorCache:
    """Vectors by encoder and text in one SQLite file, shared by any number of threads and processes."""

    def __init__(self, folder: Path | None = None, kept: int = KEPT) -> None:
        folder = folder or find_cache_folder()
        self._file = folder / "vectors.sqlite" if folder else None
        self._kept = kept
        self._complained = False

    def embed_cached(self, encoder: TextEncoder, texts: Sequence[str]) -> Vectors:
        """What `encoder.encode(texts)` gives, asking it only for texts that are not in the cache."""
        keys = {text: _make_key(encoder.fingerprint, text) for text in texts}
        known = self.get(list(keys.values()), encoder.width)
        missing = [text for text, key in keys.items() if key not in known]
        if missing:
            fresh = {keys[text]: vector for text, vector in zip(missing, encoder.encode(missing), strict=True)}
            self.put(fresh)
            known.update(fresh)
        if not texts:
            return np.empty((0, encoder.width), np.float32)
        return np.stack([known[keys[text]] for text in texts])

    def get(self, keys: Sequence[bytes], width: int) -> dict[bytes, Vectors]:
        """The vectors that are in the file, whole and of unit length."""
        found: dict[bytes, Vectors] = {}
        with self._tolerating():
            if not self._file or not self._file.exists():
                return found
            with contextlib.closing(self._open(self._file)) as connection:
                for key, blob in _read(connection, keys):
                    vector = _read_vector(blob, width)
                    if vector is not None:
                        found[key] = vector
        return found

    def put(self, vectors: Mapping[bytes, Vectors]) -> None:
        """Writes the vectors, and drops the oldest beyond the limit."""
        if not self._file:
            return
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()]
        with self._tolerating():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(self._open(self._file)) as connection, connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key BLOB UNIQUE NOT NULL, vector BLOB NOT NULL)"
                )
                connection.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
                newest = "SELECT max(rowid) FROM vectors"
                connection.execute(f"DELETE FROM vectors WHERE rowid <= ({newest}) - ?", (self._kept,))

    def _open(self, file: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(file, timeout=PATIENCE)
        connection.execute("PRAGMA synchronous = OFF")  # a cache may be lost, and is checked when it is read
        return connection

    @contextlib.contextmanager
    def _tolerating(self) -> Iterator[None]:
        """Whatever fails inside is said once; a damaged file is removed, to be written anew."""
        try:
            yield
        except (sqlite3.Error, OSError) as problem:
            if getattr(problem, "sqlite_errorcode", 0) & 0xFF not in DAMAGE:  # locked, read-only, full, no such folder
                self._complain("the vector cache %s is not used: %s", problem)
                return
            self._complain("the vector cache %s was damaged and is made anew: %s", problem)
            with contextlib.suppress(OSError):
                if self._file:
                    self._file.unlink(missing_ok=True)

    def _complain(self, message: str, problem: Exception) -> None:
        if not self._complained:
            self._complained = True
            _log.warning(message, self._file, problem)


def find_cache_folder() -> Path | None:
    """`$OCTOGRAPH_CACHE`, or the platform's place for caches; None where there is no home."""
    import platformdirs

    try:
        moved = os.environ.get(VARIABLE)
        return Path(moved).expanduser() if moved else platformdirs.user_cache_path("octograph")
    except (OSError, RuntimeError, KeyError):
        return None


def _read(connection: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, object]]:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'vectors'").fetchone():
        return  # another process has only just made the file
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        marks = ",".join("?" * len(some))
        yield from connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)


def _make_key(fingerprint: str, text: str) -> bytes:
    return hashlib.sha256(f"{fingerprint}\0{text}".encode("utf-8", "surrogatepass")).digest()


def _read_vector(blob: object, width: int) -> Vectors | None:
    if not isinstance(blob, bytes) or len(blob) != 4 * width:
        return None
    vector = np.frombuffer(blob, "<f4").astype(np.float32)
    return vector if abs(float(vector @ vector) - 1) < 1e-3 else None
