"""Rows of one batch decoded together, a token at a time over the cache of keys and values.

All prompts go through the model once; then each row writes what its automaton allows. Rows that are done leave the
batch, and what is certain (the bracket and quote behind a functional token) is not asked for but shown with the next.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from ....models.batching import GivenUp
from ....models.loading import LoadedModel
from ....models.packages import package
from .row import Row


def write_outputs(
    loaded: LoadedModel, rows: Sequence[Row], prompts: Sequence[Sequence[int]], given_up: GivenUp = lambda nth: False
) -> list[list[Row]]:
    """Have the model write all rows to their end; prompts[i] is what rows[i] answers.

    Returns for each row itself, and its siblings: the alternatives that its question asked for. A row that nobody
    waits for any more is left as it is.
    """
    families = [[row] for row in rows]
    with loaded.at_work([row.asked.adapter for row in rows]) as model:
        batch = _Batch(loaded, model, list(rows))
        scores = batch.read(prompts)
        _take(batch.rows, scores)
        batch.keep(_with_siblings(families))
        while batch.rows:
            scores = batch.read(batch.next_ids())
            _take(batch.rows, scores)
            gone = {id(row) for nth, family in enumerate(families) if given_up(nth) for row in family}
            batch.keep([(nth, row) for nth, row in enumerate(batch.rows) if not row.done and id(row) not in gone])
    return families


class _Batch:
    """The rows still being written, and what the model remembers of each."""

    def __init__(self, loaded: LoadedModel, model: Any, rows: list[Row]) -> None:
        self.rows = rows
        self._torch = package("torch")
        self._loaded = loaded
        self._model = model
        takes = inspect.signature(model.forward).parameters
        self._remembers = "past_key_values" in takes
        self._takes_positions = "position_ids" in takes
        self._last_only = {"logits_to_keep": 1} if "logits_to_keep" in takes else {}
        self._cache: Any = None
        self._mask: Any = None  # (rows, tokens so far)
        self._seen: Any = None  # (rows, tokens so far), for models without such a cache

    def read(self, ids: Sequence[Sequence[int]]) -> Any:
        """(rows, width): the logits behind these ids, as many for each row, or prompts of any lengths."""
        torch, device = self._torch, self._loaded.device
        longest = max(map(len, ids))
        padded = [[0] * (longest - len(row)) + list(row) for row in ids]
        shown = torch.tensor(padded, device=device)
        mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in ids], device=device)
        self._mask = mask if self._mask is None else torch.cat([self._mask, mask], dim=1)
        if not self._remembers:
            self._seen = shown if self._seen is None else torch.cat([self._seen, shown], dim=1)
            shown = self._seen
        given: dict[str, Any] = {"input_ids": shown, "attention_mask": self._mask, "use_cache": self._remembers}
        if self._remembers:
            given["past_key_values"] = self._cache
        if self._takes_positions:
            given["position_ids"] = (self._mask.cumsum(1) - 1).clamp(min=0)[:, -shown.shape[1] :]
        adapters = [row.asked.adapter for row in self.rows]
        with self._loaded.adapters.for_rows(adapters if any(adapters) else ()):
            output = self._model(**given, **self._last_only)
        self._cache = output.past_key_values if self._remembers else None
        return output.logits[:, -1].float()

    def next_ids(self) -> list[list[int]]:
        """For each row as many of its fresh ids as all of them have."""
        count = min(len(row.fresh) for row in self.rows)
        return [[row.fresh.popleft() for _ in range(count)] for row in self.rows]

    def keep(self, kept: Sequence[tuple[int, Row]]) -> None:
        """Go on with these rows, each with the place in the batch whose memory it has."""
        if [place for place, _ in kept] != list(range(len(self.rows))) and kept:
            places = self._torch.tensor([place for place, _ in kept], device=self._loaded.device)
            self._mask = self._mask[places]
            if self._remembers:
                self._cache.reorder_cache(places)
            else:
                self._seen = self._seen[places]
        self.rows = [row for _, row in kept]


def _take(rows: Sequence[Row], logits: Any) -> None:
    """Each row that has been shown all it has written takes its most probable next token."""
    biases = [row.vocabulary.inside if row.fresh else row.bias() for row in rows]
    alike = all(bias is biases[0] for bias in biases)
    scores = logits + (biases[0] if alike else package("torch").stack(biases))
    best, ids = scores.max(dim=-1)
    totals = scores.logsumexp(dim=-1)
    logprobs = (best - totals).tolist()
    for nth, (row, id_) in enumerate(zip(rows, ids.tolist(), strict=True)):
        if row.fresh:
            continue
        follows = row.may_follow
        try:
            if row.choosing or (row.ending and id_ in follows):
                among = scores[nth, list(follows)]
                ended = 0.0 if row.choosing else float(among.logsumexp(0) - totals[nth])
                row.choose(id_, among.double().softmax(0).tolist(), ended)
            else:
                row.write(id_, logprobs[nth])
        except Exception as error:
            row.fail(error)


def _with_siblings(families: list[list[Row]]) -> list[tuple[int, Row]]:
    """The rows that go on, with the siblings that were asked for, each with the place of its prompt."""
    kept: list[tuple[int, Row]] = []
    for place, family in enumerate(families):
        row = family[0]
        if row.fault is not None:
            continue
        chances = row.choices[0].probabilities
        ids = {row.letters.names[id_]: id_ for id_ in row.letters.options}
        ranking = sorted((token for token in chances if token in ids), key=lambda token: -chances[token])
        asked = row.asked.alternatives if row.asked.alternatives > 1 else 0
        wanted = [token for token in ranking[:asked] if token != row.choices[0].token]
        family += [row.sibling(ids[token]) for token in wanted]
        kept += [(place, one) for one in family if not one.done]
    return kept
