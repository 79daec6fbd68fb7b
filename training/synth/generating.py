"""Which requests a graph needs, how many of each, and writing them so that an interruption loses none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Protocol

from ...graphs.data_file import read_data
from ...graphs.errors import InputError
from ...graphs.model import NodeId
from .distinct import Distinct
from .places import ChoicePlace
from .requests import GeneratedRequest

SEVERAL, NONE = "several", "none"
PATIENCE = 30
"""Tries in a row that bring nothing new before a job is given up: a node about which little can be said."""


@dataclass(frozen=True, slots=True)
class Job:
    """Requests to be made: about one node, about several, or about nothing here."""

    place: ChoicePlace
    about: NodeId
    """A node's id, or SEVERAL or NONE with `special` set."""
    count: int
    special: bool = False

    @property
    def key(self) -> str:
        return f"{self.place.name}|{'' if self.special else 'node:'}{self.about}"


class Source(Protocol):
    """What makes requests: the grammar, or a teacher."""

    def requests(self, job: Job, rng: Random) -> Iterator[GeneratedRequest | None]:
        """One request after the other, without end; None for a try that came to nothing."""
        ...


def jobs_for(places: Iterable[ChoicePlace], per_node: int, several: float = 0.2, none: float = 0.1) -> list[Job]:
    """The jobs for these places: `per_node` requests a node, and shares of their sum of the two special ones."""
    jobs: list[Job] = []
    for place in places:
        jobs += [Job(place, node, per_node) for node in place.cards]
        total = per_node * len(place.cards)
        if len(place.cards) > 1 or any(card.again for card in place.cards.values()):
            jobs.append(Job(place, SEVERAL, round(several * total), special=True))
        jobs.append(Job(place, NONE, max(round(none * total), none > 0), special=True))
    return [job for job in jobs if job.count]


def generate(
    jobs: Sequence[Job], source: Source, seed: int, distinct: Distinct, made: Counter[str]
) -> Iterator[tuple[Job, GeneratedRequest | None]]:
    """The requests, job by job; None with the job that nothing more can be made for.

    `made` counts what there is already, by job; each job has its own random numbers, so that what one brings does not
    depend on another.
    """
    for job in jobs:
        rng, missed = Random(f"{seed}|{job.key}|{made[job.key]}"), 0
        for request in source.requests(job, rng) if made[job.key] < job.count else ():
            if request is None or not distinct.add(request.query):
                missed += 1
                if missed == PATIENCE:
                    yield job, None
                    break
                continue
            missed = 0
            made[job.key] += 1
            yield job, request
            if made[job.key] >= job.count:
                break


def write_requests(
    path: Path,
    requests: Iterable[tuple[Job, GeneratedRequest | None]],
    resume: bool = False,
    tick: Callable[[Job, GeneratedRequest | None], None] = lambda job, request: None,
) -> None:
    """Write requests as they come, each line at once; a broken-off last line is made good before more is added."""
    try:
        with path.open("a" if resume else "w", encoding="utf-8") as file:
            for job, request in requests:
                if request is not None:
                    file.write(request.line() + "\n")
                    file.flush()
                tick(job, request)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from error


def read_made(path: Path, jobs: Sequence[Job], distinct: Distinct) -> Counter[str]:
    """How many requests of each job a file holds already; its last line is cut off if it was only half written.

    Raises InputError for a file that something else has written.
    """
    text = read_data(path)
    whole, _, half = text.rpartition("\n")
    if half:
        path.write_text(whole + "\n" if whole else "", encoding="utf-8")
    keys = {job.key for job in jobs}
    made: Counter[str] = Counter()
    for number, line in enumerate(whole.split("\n"), start=1):
        if line:
            data = _data(line, f"{path}:{number}")
            key = _key(data)
            if key not in keys:
                raise InputError(
                    f"{path}:{number}: not a request for this graph as it is now; name another file, or --force"
                )
            made[key] += 1
            distinct.add(data["query"])
    return made


def _data(line: str, where: str) -> Any:
    try:
        data = json.loads(line)
        if isinstance(data["query"], str) and isinstance(data["nodes"], list) and isinstance(data["at"], str):
            return data
    except (ValueError, KeyError, TypeError):
        pass
    raise InputError(f"{where}: not a line that octograph synth has written; name another file, or --force")


def _key(data: Any) -> str:
    nodes = data["nodes"]
    return f"{data['at']}|" + (f"node:{nodes[0]}" if len(nodes) == 1 else SEVERAL if nodes else NONE)
