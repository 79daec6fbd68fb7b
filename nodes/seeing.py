"""Which pictures a call is about: those that earlier steps made, and those that the request names."""

from __future__ import annotations

import re
from pathlib import Path

from ..graphs.errors import ArgumentError
from ..graphs.walk import Query
from .folder import inside
from .prompting import PICTURE

_ENDING = r"\.(?:png|jpe?g|gif|webp|bmp|tiff?)\b"
_NAMES = re.compile(rf"\"([^\"\n]+{_ENDING})\"|'([^'\n]+{_ENDING})'|(?<!\S)([^\s\"'<>|]+{_ENDING})", re.IGNORECASE)


def pictures_of(query: Query, *, strict: bool = True) -> tuple[Path, ...]:
    """Paths of the pictures, each once: handed in first, then named in the words (in quotes if it has spaces).

    Raises ArgumentError for a name that leads out of the working folder, or to no file; not `strict`, such a name is
    just a word.
    """
    handed = [name for result in query.inputs if result.kind == PICTURE for name in result.files]
    named = [next(filter(None, match.groups())) for match in _NAMES.finditer(query.text)]
    return tuple(dict.fromkeys(path for name in (*handed, *named) if (path := _path(name, strict)) is not None))


def _path(name: str, strict: bool) -> Path | None:
    try:
        return inside(name)
    except ArgumentError:
        if strict:
            raise
        return None
