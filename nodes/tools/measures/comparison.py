"""Ranks measured things: what earlier steps of a walk measured, or what a request names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....graphs.errors import ArgumentError
from ....graphs.signature import Clues, Mention
from ....graphs.walk import Result
from .conversion import Measured, amount_in_words, converted, dimension, unit_named

_LARGEST = (
    r"larg(?:er|est)|bigg(?:er|est)|great(?:er|est)|high(?:er|est)|long(?:er|est)|furth(?:er|est)|farth(?:er|est)|"
    r"more|most|tall(?:er|est)|heav(?:ier|iest)|fast(?:er|est)|quick(?:er|est)|hott(?:er|est)|warm(?:er|est)|"
    r"old(?:er|est)|deep(?:er|est)|wid(?:er|est)|max(?:imum)?|top|strong(?:er|est)|richer|richest|later|latest|"
    r"expensive|thick(?:er|est)|loud(?:er|est)|bright(?:er|est)"
)
_SMALLEST = (
    r"small(?:er|est)|less(?:er)?|least|few(?:er|est)|low(?:er|est)|short(?:er|est)|near(?:er|est)|clos(?:er|est)|"
    r"light(?:er|est)|slow(?:er|est)|cold(?:er|est)|cool(?:er|est)|young(?:er|est)|cheap(?:er|est)|min(?:imum)?|"
    r"narrow(?:er|est)|shallow(?:er|est)|thinn(?:er|est)|weak(?:er|est)|earli(?:er|est)|poorer|poorest|nearby"
)
_PICK = re.compile(
    rf"\b(?:(?P<smallest>{_SMALLEST}|less expensive|least expensive)|(?P<largest>{_LARGEST}))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a comparison."""

    label: str
    amount: Measured
    named: bool = True
    """False if the label only writes the amount itself."""


def find_picks(text: str, clues: Clues) -> Iterable[Mention]:
    """largest or smallest, in the words of the request: further, heavier, closest."""
    for match in _PICK.finditer(text[:5000]):
        yield Mention(match.start(), match.end(), match.lastgroup)


def entries_of(results: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """What earlier results measured: `{"label", "value", "unit"}`, `{"from", "to", "value", "unit"}`, numbers."""
    found: list[Any] = []
    for result in results:
        data = result.get("data")
        found.extend(data if isinstance(data, list) else [data])
    measured = [(item, value) for item in found if (value := _value(item)) is not None]
    side = _varying_side([item for item, _ in measured if isinstance(item, Mapping)])
    return _comparable([_entry(item, value, side) for item, value in measured])


def _comparable(entries: Sequence[Entry]) -> list[Entry]:
    """Those that measure the same thing; of several such groups the largest, then the latest."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(_measures(entry.amount.unit), []).append(entry)
    return max(reversed(list(groups.values())), key=len, default=[])


def _measures(unit: str) -> str:
    """What a unit measures; a unit that is none of physics (people) measures itself."""
    try:
        return dimension(unit_named(unit)) if unit else ""
    except ArgumentError:
        return unit


def ranked(entries: Sequence[Entry], pick: str) -> Result:
    """The entries in order, the picked one first. Raises ArgumentError for fewer than two, or if they don't compare."""
    if len(entries) < 2:
        known = f"only {_shown(entries[0], 0, entries[0].amount.unit)}" if entries else "nothing measured"
        raise ArgumentError(f"a comparison needs two or more measured values, and there is {known}")
    unit = entries[0].amount.unit
    values = [
        converted(entry.amount, unit).value if entry.amount.unit != unit else entry.amount.value for entry in entries
    ]
    order = sorted(range(len(entries)), key=lambda n: values[n], reverse=pick == "largest")
    rows = [
        {
            "label": entries[n].label,
            "value": entries[n].amount.value,
            "unit": entries[n].amount.unit,
            "compared": values[n],
        }
        for n in order
    ]
    best = [n for n in order if _equal(values[n], values[order[0]])]
    rest = [n for n in order if n not in best]
    shown = ", ".join(_shown(entries[n], values[n], unit) for n in rest)
    if len(best) > 1:
        text = " and ".join(_shown(entries[n], values[n], unit) for n in best) + " are equal"
    else:
        text = _shown(entries[best[0]], values[best[0]], unit)
    return Result(f"{text}, against {shown}" if shown else text, rows, "ranking")


def _value(item: Any) -> float | None:
    value = item.get("value") if isinstance(item, Mapping) else item
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _varying_side(items: Sequence[Mapping[str, Any]]) -> str:
    """Which of from and to tells the results apart; `to` if both do or neither does."""
    sides = [item for item in items if "from" in item and "to" in item]
    starts, ends = {str(item["from"]) for item in sides}, {str(item["to"]) for item in sides}
    if len(starts) > 1 and len(ends) > 1:
        return "both"
    return "from" if len(starts) > 1 else "to"


def _entry(item: Any, value: float, side: str) -> Entry:
    if not isinstance(item, Mapping):
        return Entry("", Measured(value, ""))
    amount = Measured(value, str(item.get("unit") or ""))
    if "label" in item:
        return Entry(str(item["label"]), amount)
    if "from" in item and "to" in item:
        label = f"{item['from']} to {item['to']}" if side == "both" else str(item[side])
        return Entry(label, amount)
    names = [str(other) for key, other in item.items() if key not in ("value", "unit") and isinstance(other, str)]
    return Entry(names[0] if names else "", amount)


def _equal(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def _shown(entry: Entry, value: float, unit: str) -> str:
    """Label and amount; the amount in the common unit too if it was given in another."""
    own = amount_in_words(entry.amount)
    common = "" if entry.amount.unit == unit else f" ({amount_in_words(Measured(value, unit))})"
    if entry.label in ("", own):
        return own + common
    if not entry.named:
        return entry.label + common
    return f"{entry.label}: {own}{common}"
