"""Keeps out what has been said before: the same words, or (for a teacher's requests) nearly the same meaning."""

from __future__ import annotations

import re

import numpy as np

from ...planners.octopus.encoder import Vectors
from .strangers import encoder

ALIKE = 0.95
"""Cosine, by the shipped encoder, from which two requests of a teacher say the same in nearly the same words."""


class Distinct:
    """Remembers requests and tells whether another says something new.

    Two requests are the same if their words are, whatever their case and punctuation; with `alike` below 1, also if
    the cosine of their vectors is at least that. A grammar's requests differ in values on purpose ("5 miles", "7
    miles"), and a model learns to copy values from just that: for those leave `alike` at 1.
    """

    def __init__(self, alike: float = 1.0) -> None:
        self._alike = alike
        self._words: set[str] = set()
        self._vectors: list[Vectors] = []

    def add(self, request: str) -> bool:
        """Remember a request; False if it is nothing new."""
        words = " ".join(re.findall(r"\w+", request.lower())) or request
        if words in self._words:
            return False
        if self._alike < 1:
            (vector,) = encoder().encode([request])
            if self._vectors and float((np.stack(self._vectors) @ vector).max()) >= self._alike:
                return False
            self._vectors.append(vector)
        self._words.add(words)
        return True
