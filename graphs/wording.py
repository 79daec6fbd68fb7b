"""Says in plain words what pydantic found wrong with a section: what stands there, and what should."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from .positions import Path
from .secrets import DataError, FromEnvironment

Closest = Callable[[str, Collection[str]], str]
"""Suggests a known name for an unknown one, or an empty string; see `Findings.closest`."""

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of a sensible size",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "tuple_type": "a list",
    "model_type": "keys and values",
    "dict_type": "keys and values",
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
}


def explain(error: ValidationError, section: type[BaseModel], closest: Closest) -> Iterator[tuple[Path, str, bool]]:
    """Path inside the section, message, and whether the key (rather than its value) is to blame."""
    for fault in error.errors(include_url=False):
        path: Path = fault["loc"]
        kind, value = fault["type"], fault["input"]
        if kind == "extra_forbidden":
            yield path, unknown_key(str(path[-1]), keys_of(section, path[:-1]), closest), True
        elif kind == "missing":
            yield path[:-1], f"needs {path[-1]!r}", True
        elif kind in _EXPECTED:
            yield path, mismatch(_EXPECTED[kind], value), False
        elif kind in _BOUNDS:
            words, key = _BOUNDS[kind]
            bound = fault["ctx"][key]
            yield path, f"must be {words} {bound:,.15g}, found {shown(value)}", False
        elif kind == "literal_error":
            yield path, f"must be {fault['ctx']['expected']}, found {sort_of(value)}", False
        elif kind == "value_error" and isinstance(cause := fault["ctx"]["error"], DataError):
            for inner, message in cause.faults:
                yield (*path, *inner), message, False
        elif kind == "value_error":
            message = str(fault["ctx"]["error"])
            yield path, mismatch(message[9:], value) if message.startswith("expected ") else message, False
        else:
            yield path, f"does not fit: {fault['msg']}", False


def unknown_key(key: str, known: tuple[str, ...], closest: Closest) -> str:
    """`unknown key 'desc'; did you mean 'description'?`, or the known keys where none is near."""
    begun = (name for name in known if len(key) > 2 and name.startswith(key))
    close = next(begun, "") or closest(key, known)
    hint = f"did you mean {close!r}?" if close else f"known: {', '.join(known)}"
    return f"unknown key {shown(key)}; {hint}"


def keys_of(section: type[BaseModel], path: Path = ()) -> tuple[str, ...]:
    """The keys that may be written in a section, or in the one inside it at `path`."""
    for part in path:
        kind = section.model_fields[str(part)].annotation if part in section.model_fields else None
        inner = next(_sections_in(kind), None)
        if inner is None:
            return ()
        section = inner
    return tuple(name for name, field in section.model_fields.items() if not field.exclude)


def _sections_in(kind: Any) -> Iterator[type[BaseModel]]:
    """The sections in a type, in its unions and annotations too."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inner in getattr(kind, "__args__", ()):
        yield from _sections_in(inner)


def mismatch(expected: str, value: Any) -> str:
    """`expected a list, found text 'x'`, with what to do about the usual slips."""
    advice = ""
    if expected == "text" and isinstance(value, (bool, int, float)):
        advice = "; quote it to make it text"
    elif expected == "a list" and isinstance(value, str):
        advice = f"; write [{value}]" if 0 < len(value) <= 40 and value.isprintable() else "; write it as a list"
    elif expected.startswith("a number") and isinstance(value, str) and "${" in value:
        advice = "; ${...} can only stand in text"
    return f"expected {expected}, found {sort_of(value)}{advice}"


def sort_of(value: Any) -> str:
    """What a value is, as a reader of the file would call it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"the number {shown(value)}"
    if isinstance(value, str):
        return f"text {shown(value)}" if value else "empty text"
    if isinstance(value, (list, tuple)):
        return "a list" if value else "an empty list"
    if isinstance(value, dict):
        return "keys and values" if value else "an empty mapping"
    return f"a {type(value).__name__}"


def shown(value: Any) -> str:
    """A value as an error may print it: short, on one line, without anything from the environment."""
    if isinstance(value, FromEnvironment):
        value = value.written
    if isinstance(value, int) and abs(value) > 10**30:
        return f"about {'-' if value < 0 else ''}10^{int(abs(value).bit_length() * 0.30103)}"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
