"""The head of the embedded Octopus, judged in the terms of the report that every training ends with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..planners.octopus.head import STOP as HEAD_STOP
from .judged import STOP, Judged, JudgedCall
from .samples import LabelledCall, Sample

if TYPE_CHECKING:
    from .head.mixing import Judged as JudgedByHead


def judged_by_head(held_back: Sequence[JudgedByHead], at: str) -> list[Judged]:
    """What the head made of the texts held back, each taken for a request at `at`."""
    return [_judged(one, at) for one in held_back]


def _judged(one: JudgedByHead, at: str) -> Judged:
    wanted = () if one.wanted == HEAD_STOP else (LabelledCall(one.wanted),)
    chosen = one.ranking[0]
    calls = () if chosen == HEAD_STOP else (JudgedCall(chosen, one.text),)
    probabilities = {
        node or STOP: float(probability) for node, probability in zip(one.choices, one.probabilities, strict=True)
    }
    return Judged(Sample(one.text, at, wanted), probabilities, calls)
