"""What is complete in a JSON object that breaks off: typed arguments that ran into the limit of an output."""

from __future__ import annotations

import json
import re
from typing import Any

_DECODER = json.JSONDecoder(strict=False)
_BEFORE_PAIR, _BEFORE_VALUE, _BEHIND_VALUE = (re.compile(rf"\s*{mark}\s*") for mark in ("[{,]", ":", "[,}]"))


def complete_members(text: str) -> dict[str, Any]:
    """The members of the object that begins `text`, up to where it breaks off.

    >>> complete_members('{"city": "Paris", "days": 1')
    {'city': 'Paris'}
    """
    members: dict[str, Any] = {}
    at = 0
    try:
        while (pair := _BEFORE_PAIR.match(text, at)) and text[pair.end() : pair.end() + 1] == '"':
            name, at = _DECODER.raw_decode(text, pair.end())
            colon = _BEFORE_VALUE.match(text, at)
            if colon is None:
                break
            value, at = _DECODER.raw_decode(text, colon.end())
            if _BEHIND_VALUE.match(text, at) is None:
                break
            members[name] = value
    except ValueError:
        pass
    return members
