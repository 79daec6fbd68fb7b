"""The words that requests are made of: the files in `data/`, read once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@cache
def values() -> Mapping[str, Sequence[str]]:
    """Kind of value -> values of it as people write them."""
    found: dict[str, list[str]] = json.loads((DATA / "values.json").read_text(encoding="utf-8"))
    return found


@cache
def carriers() -> Mapping[str, Sequence[str]]:
    """Form of a wording -> the phrases that carry it, `{}` where it stands."""
    found: dict[str, list[str]] = json.loads((DATA / "carriers.json").read_text(encoding="utf-8"))
    return found


@cache
def elsewhere() -> Sequence[str]:
    """Requests of other domains, that fit hardly any graph."""
    return [line for line in (DATA / "elsewhere.txt").read_text(encoding="utf-8").splitlines() if line.strip()]
