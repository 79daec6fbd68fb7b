"""Fills the typed parameters of a tool from the words of a request and from earlier results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...graphs.signature import Clues, Mention, Parameter, Signature
from ...graphs.walk import Result
from .finders import FINDERS, find_choices, find_switch

NUMERIC = frozenset(
    {"number", "integer", "quantity", "duration", "money", "numbers", "expression", "equation", "point"}
)
BARE = frozenset({"number", "integer", "numbers", "expression", "equation", "point"})
"""Kinds that take a number without its unit."""
TEMPORAL = frozenset({"date", "datetime", "time"})
SPATIAL = frozenset({"city", "country", "place"})
TEXTUAL = frozenset({"text", "text-input", "quoted"})
_GROUPS = (NUMERIC, TEMPORAL, SPATIAL, TEXTUAL)

_LAST = frozenset({"choice", "boolean", "text"})
_EARLY = frozenset({"date", "datetime", "time", "duration", "file", "email", "url", "table", "text-input"})


@dataclass(frozen=True, slots=True)
class Filling:
    """The outcome of filling one signature from one text."""

    arguments: dict[str, Any] = field(default_factory=dict)
    mentions: dict[str, tuple[Mention, ...]] = field(default_factory=dict)
    """Where in the text each argument was found; arguments from earlier results have none."""
    missing: tuple[Parameter, ...] = ()
    """Required parameters that nothing was found for."""
    spare: dict[str, tuple[Mention, ...]] = field(default_factory=dict)
    """Further values of a single-valued parameter's kind that were found but not used."""

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def explained(self) -> int:
        """Characters of the text that are values of this signature's kinds, used or to spare."""
        found = [mention for of in (*self.mentions.values(), *self.spare.values()) for mention in of]
        return sum(end - start for start, end in {(mention.start, mention.end) for mention in found})


def fill(signature: Signature, text: str, inputs: Sequence[Result] = ()) -> Filling:
    """Fill `signature` from `text` and `inputs`; never raises, what is missing is named in the result."""
    arguments: dict[str, Any] = {}
    mentions: dict[str, tuple[Mention, ...]] = {}
    spare: dict[str, tuple[Mention, ...]] = {}
    taken: list[Mention] = []
    sole = sole_text(signature)
    for parameter in _in_filling_order(signature.parameters):
        if parameter is sole:
            continue
        found = _free(_find(parameter, text, Clues(inputs, arguments)), taken)
        chosen, rest = _choose(parameter, found, text, signature)
        if chosen:
            values = [mention.value for mention in chosen]
            arguments[parameter.name] = values if parameter.many and not _is_list(values) else values[0]
            mentions[parameter.name] = tuple(chosen)
            taken += [mention for mention in chosen if mention.in_text]
            spare[parameter.name] = tuple(rest)
        elif (value := _from_inputs(parameter, inputs)) is not None:
            arguments[parameter.name] = value
    if sole is not None:
        arguments[sole.name] = text
    missing = tuple(p for p in signature.parameters if p.required and p.name not in arguments)
    ordered = {p.name: arguments[p.name] for p in signature.parameters if p.name in arguments}
    return Filling(ordered, mentions, missing, spare)


def sole_text(signature: Signature) -> Parameter | None:
    """The parameter that simply gets the whole query: the only required one, if it is plain text."""
    required = [parameter for parameter in signature.parameters if parameter.required]
    candidates = required or (list(signature.parameters) if len(signature.parameters) == 1 else [])
    if len(candidates) == 1 and candidates[0].kind.name == "text" and not candidates[0].kind.find:
        return candidates[0]
    return None


def compatible(wanted: str, given: str) -> bool:
    """True if a result of kind `given` can stand where a value of kind `wanted` is needed."""
    if wanted == given or "data" in (wanted, given):
        return True
    if given in TEXTUAL:
        return wanted not in TEMPORAL and wanted != "table"
    return any(wanted in group and given in group for group in _GROUPS) or (wanted in TEXTUAL and given != "picture")


def _in_filling_order(parameters: Sequence[Parameter]) -> list[Parameter]:
    """Dependencies first (`Kind.after`), then telling kinds before vague ones, then the order of the definition."""

    def rank(parameter: Parameter) -> int:
        if parameter.kind.name in _LAST and not parameter.kind.find:
            return 3
        if parameter.kind.name in _EARLY:
            return 0
        return 1 if parameter.kind.find else 2

    waiting = sorted(parameters, key=rank)
    ordered: list[Parameter] = []
    while waiting:
        names = {parameter.name for parameter in waiting}
        ready = [p for p in waiting if not names.intersection(p.kind.after)] or waiting[:1]
        ordered += ready
        waiting = [p for p in waiting if p not in ready]
    return ordered


def _find(parameter: Parameter, text: str, clues: Clues) -> list[Mention]:
    if parameter.kind.find is not None:
        found: Iterable[Mention] = parameter.kind.find(text, clues)
    elif parameter.choices:
        found = find_choices(text, parameter)
    elif parameter.kind.name == "boolean":
        found = find_switch(text, parameter)
    else:
        finder = FINDERS.get(parameter.kind.name)
        found = finder(text, clues) if finder else ()
    return list(found)


def _free(found: list[Mention], taken: Sequence[Mention]) -> list[Mention]:
    """The mentions that overlap neither a taken one nor a better one among themselves, in order of appearance."""
    kept: list[Mention] = []
    used = bytearray(max((mention.end for mention in (*found, *taken)), default=0))  # a byte a character
    for mention in taken:
        used[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    for mention in sorted(found, key=lambda m: (-m.score, m.start - m.end, m.start)):
        if used.find(1, mention.start, mention.end) < 0:
            used[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def _choose(
    parameter: Parameter, found: list[Mention], text: str, signature: Signature
) -> tuple[list[Mention], list[Mention]]:
    """The mentions this parameter takes, and those left over."""
    if not found:
        return [], []
    if parameter.many:
        return found, []
    cued = [mention for mention in found if _cued(parameter.kind.cues, text, mention)]
    if not cued:
        rivals = [p for p in signature.parameters if p is not parameter and p.kind.name == parameter.kind.name]
        unclaimed = [m for m in found if not any(_cued(rival.kind.cues, text, m) for rival in rivals)]
        pool = unclaimed or (found if parameter.required else [])
    else:
        pool = cued
    if not pool:
        return [], found
    best = max(pool, key=lambda m: (m.score, -m.start))
    return [best], [mention for mention in found if mention is not best]


def _cued(cues: tuple[str, ...], text: str, mention: Mention) -> bool:
    before = text[: mention.start].rstrip(" =:").lower()
    return any(
        re.search(rf"(?:^|\W){re.escape(cue.lower())}(?:\s+(?:the|a|an|about|around))?$", before) for cue in cues
    )


def _from_inputs(parameter: Parameter, inputs: Sequence[Result]) -> Any:
    kind = parameter.kind.name
    if kind == "results":
        results = [{"text": result.text, "data": result.data, "kind": result.kind} for result in inputs]
        return results or None
    if not parameter.required:
        return None
    fitting = [result for result in inputs if _fits(kind, result)]
    if not fitting:
        return None
    if parameter.many:
        values = [result.data for result in fitting]
        return values[0] if len(values) == 1 and isinstance(values[0], list) else values
    latest = fitting[-1]
    return latest.text if kind in TEXTUAL else latest.data


def _fits(kind: str, result: Result) -> bool:
    if kind == result.kind or kind == "data":
        return True
    if kind in ("number", "integer"):
        return isinstance(result.data, (int, float)) and not isinstance(result.data, bool)
    if kind == "text":
        return bool(result.text)
    return kind == "file" and result.kind == "picture" and bool(result.data)


def _is_list(values: list[Any]) -> bool:
    return len(values) == 1 and isinstance(values[0], list)
