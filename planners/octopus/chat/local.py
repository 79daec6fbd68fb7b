"""An instruct model on this machine as the voice of a chat Octopus: questions decoded together, each in its grammar.

The grammar allows what the schema allows and nothing else, so whatever a request says, the answer can be read.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ....graphs.sections import ModelSpec
from ....models.adapters import CONFIG
from ....models.batching import Batcher, GivenUp
from ....models.locating import located
from ....models.shelf import Shelf, shared_shelf
from .decoding import Question, decode
from .voices import Ask, Said


@dataclass(frozen=True)
class LocalVoice:
    """A model of the process's own shelf; one base serves many Octopuses, each through its own adapter."""

    spec: ModelSpec
    folder: Path | None
    checked: bool = True

    async def say(self, ask: Ask) -> Said:
        adapter = self.spec.adapter
        place = None if adapter is None else located(adapter, self.folder, config=CONFIG)
        question = Question(ask, self.spec.max_tokens, place)
        return await _shared_queues().of(self.spec, self.folder)(question)


class _Queues:
    """One queue before each set of weights, whichever Octopuses ask."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._queues: dict[Hashable, Batcher[Question, Said]] = {}

    def of(self, spec: ModelSpec, folder: Path | None) -> Batcher[Question, Said]:
        key = self._shelf.key(spec, folder), spec.batch
        if key not in self._queues:

            def answer(questions: Sequence[Question], given_up: GivenUp) -> Sequence[Said | Exception]:
                with self._shelf.lend(spec, folder) as loaded:
                    return decode(loaded, questions, given_up)

            self._queues[key] = Batcher(answer, spec.batch)
        return self._queues[key]


@cache
def _shared_queues() -> _Queues:
    return _Queues(shared_shelf())
