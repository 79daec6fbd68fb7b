"""Secrets stay out of traces: what a graph took from the environment is put back to `${NAME}` in messages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from ..graphs.model import Section
from ..graphs.secrets import FromEnvironment

_NAME = re.compile(r"\$\{(\w+)\}")
_SHORTEST = 4
"""Values shorter than this are no secrets, and would turn up in words by chance."""


def masked(message: str, part: Section) -> str:
    """`message` with the values of environment variables that `part` of a graph uses replaced by their names."""
    for name in sorted(set(_names(dict(part)))):
        value = os.environ.get(name, "")
        if len(value) >= _SHORTEST:
            message = message.replace(value, f"${{{name}}}")
    return message


def _names(data: Any) -> Iterator[str]:
    if isinstance(data, FromEnvironment):
        yield from _NAME.findall(data.written)
    elif isinstance(data, Section):
        yield from _names(dict(data))
    elif isinstance(data, dict):
        for item in data.values():
            yield from _names(item)
    elif isinstance(data, (list, tuple)):
        for item in data:
            yield from _names(item)
