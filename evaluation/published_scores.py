"""What is published of how well models answer MMLU: by subject, in all, or nothing; every figure with its source.

A score that nobody published is no number but the range from 0 to 1, so that it is never taken for one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ..graphs.data_file import read_data
from ..graphs.errors import InputError

SHIPPED = Path(__file__).with_name("published_scores.json")


class Range(NamedTuple):
    """A share known to lie between two ends; the ends are equal where it is known."""

    low: float
    high: float

    def __str__(self) -> str:
        low, high = f"{100 * self.low:.1f}", f"{100 * self.high:.1f}"
        return low if low == high else f"{low}-{high}"


UNKNOWN = Range(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Score:
    """What is published of one model, as shares of right answers."""

    overall: float | None = None
    subjects: Mapping[str, float] = field(default_factory=dict)
    source: str = ""

    @property
    def known(self) -> str:
        """How well it is known: `by subject`, `overall`, `unknown`."""
        return "by subject" if self.subjects else "unknown" if self.overall is None else "overall"

    def on(self, subject: str) -> Range:
        """The score on a subject; where only the score over all subjects is published, that one."""
        share = self.subjects.get(subject, self.overall)
        return UNKNOWN if share is None else Range(share, share)


@dataclass(frozen=True, slots=True)
class Published:
    """The scores of models by name, and the sizes of the test part by subject."""

    models: Mapping[str, Score]
    test_questions: Mapping[str, int]

    def of(self, model: str | None) -> Score:
        """The score of a model, which may be unknown."""
        return self.models.get(model or "", Score())


def read_published(path: Path = SHIPPED) -> Published:
    """The scores in a JSON file. Raises InputError that lists every entry that is no score."""
    try:
        data = json.loads(read_data(path))
        models, sizes = dict(data["models"]), {name: int(size) for name, size in data["test_questions"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: needs an object with 'models' and 'test_questions' ({error!r})") from error
    scores, problems = dict[str, Score](), list[str]()
    for name, entry in models.items():
        try:
            scores[name] = _score(entry)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"{path}: models.{name}: needs 'unknown', or 'overall' and 'source' ({error!r})")
    if problems:
        raise InputError("\n".join(problems))
    return Published(scores, sizes)


def _score(entry: Mapping[str, Any]) -> Score:
    if "unknown" in entry:
        return Score(source=entry["unknown"])
    source = entry["source"]
    subjects = {name: _share(value) for name, value in entry.get("subjects", {}).items()}
    return Score(_share(entry["overall"]), subjects, f"{source['title']}, {source['address']}")


def _share(value: Any) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{value} is no share of right answers between 0 and 1")
    return float(value)
