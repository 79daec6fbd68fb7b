"""The rows of a batch while they are generated: each with its own length, stop texts, sampling, listener and end.

A row samples by the Gumbel-max method (adding Gumbel noise and taking the largest is sampling), from a random source
of its own: so its text depends on its seed alone, and not on the rows it happens to share a batch with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..graphs.errors import InputError
from .emerging import EmergingText
from .packages import package
from .requests import Reply, Request

_FILTERS = {
    "top_k": "TopKLogitsWarper",
    "top_p": "TopPLogitsWarper",
    "min_p": "MinPLogitsWarper",
    "typical_p": "TypicalLogitsWarper",
}
"""Settings that sample from the more probable tokens only, and the classes of transformers that do it."""
SAMPLING = frozenset(_FILTERS)


class Row:
    """One row."""

    def __init__(self, request: Request, prompt_tokens: int, most: int, tokenizer: Any, device: str) -> None:
        self.request = request
        self.prompt_tokens = prompt_tokens
        self.most = most
        self._emerging = EmergingText(tokenizer, request.spec.stop)
        self._tokens = 0
        self._log_probability = 0.0
        self.finish: str | None = None
        self._temperature = request.spec.temperature
        if self._temperature:
            torch, classes = package("torch"), package("transformers.generation.logits_process")
            settings = {"top_p": request.spec.top_p, **request.spec.generation}
            self._filters = [
                _filter(getattr(classes, name), key, settings[key])
                for key, name in _FILTERS.items()
                if settings.get(key)
            ]
            self._source = torch.Generator(device)
            if request.spec.seed is None:
                self._source.seed()
            else:
                self._source.manual_seed(request.spec.seed)

    def sampled(self, scores: Any) -> Any:
        """Scores (1, vocabulary) of which the largest is the token to take."""
        if not self._temperature:
            return scores
        torch = package("torch")
        scores = scores / self._temperature
        for only in self._filters:
            scores = only(None, scores)
        noise = torch.empty_like(scores).exponential_(generator=self._source)
        return scores - noise.log()

    def take(self, token: int, log_probability: float, ends: bool) -> None:
        """One more token."""
        if self.finish is not None:
            return
        self._tokens += 1
        self._log_probability += log_probability
        if not ends:
            self._tell(self._emerging.add(token))
        if ends or self._emerging.stopped:
            self._end("stop")
        elif self._tokens >= self.most:
            self._end("length")

    def give_up(self) -> None:
        """Nobody waits for it any more."""
        if self.finish is None:
            self.finish = "given up"

    def reply(self) -> Reply:
        """What it has come to."""
        finish, log_probability = self.finish or "length", self._log_probability
        return Reply(self._emerging.text, self._tokens, self.prompt_tokens, finish, log_probability)

    def _end(self, finish: str) -> None:
        self.finish = finish
        self._tell(self._emerging.end())

    def _tell(self, text: str) -> None:
        if text and self.request.tell is not None:
            self.request.tell(text)


def _filter(make: Callable[[Any], Any], key: str, value: Any) -> Any:
    """Raises InputError for a value that the setting can't have."""
    try:
        return make(value)
    except (ValueError, TypeError) as error:
        raise InputError(f"generation: {key}: {error}") from error


class Rows:
    """All rows; transformers calls `choose` before each token and `ended` after it."""

    def __init__(self, rows: Sequence[Row], ends: Sequence[int], given_up: Callable[[int], bool]) -> None:
        self._rows = rows
        self._ends = frozenset(ends)
        self._given_up = given_up
        self._log_probabilities: Any = None  # (rows, vocabulary)

    def choose(self, input_ids: Any, scores: Any) -> Any:
        """Scores (rows, vocabulary) with the noise of the rows that sample."""
        torch = package("torch")
        self._log_probabilities = torch.log_softmax(scores.float(), dim=-1)
        if any(row.request.spec.temperature for row in self._rows):
            scores = torch.cat([row.sampled(scores[nth : nth + 1]) for nth, row in enumerate(self._rows)])
        return scores

    def ended(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """Which rows are done, (rows,)."""
        torch = package("torch")
        tokens = input_ids[:, -1]  # (rows,)
        logs = self._log_probabilities.gather(1, tokens[:, None])[:, 0].tolist()
        for nth, (row, token, log) in enumerate(zip(self._rows, tokens.tolist(), logs, strict=True)):
            if self._given_up(nth):
                row.give_up()
            else:
                row.take(token, log if math.isfinite(log) else 0.0, token in self._ends)
        return torch.tensor([row.finish is not None for row in self._rows], device=input_ids.device)
