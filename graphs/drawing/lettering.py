"""How much room text takes, and how it is cut to fit: no font is at hand where a drawing is made."""

from __future__ import annotations

import textwrap
import unicodedata

_NARROW = frozenset("iljItf.,:;'|!()[]{}/ ")
_BROAD = frozenset("mwMW@%—…⇒→")
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def width(text: str, size: float) -> float:
    """Room for `text` in a sans-serif font of that size; rather too much than too little."""
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in _NARROW:
        return 0.36
    if character in _BROAD:
        return 0.95
    return 0.72 if character.isupper() else 0.6


def one_line(text: str) -> str:
    """The text on one line, without what no XML or terminal may show (controls, turns of writing direction)."""
    spaced = (" " if character.isspace() else character for character in text)
    return " ".join("".join(filter(_showable, spaced)).split())


def _showable(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cs", "Cn"} and character not in _DIRECTION_CONTROLS


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, with an ellipsis where something was cut."""
    text = one_line(text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def wrap(text: str, limit: int, lines: int) -> tuple[str, ...]:
    """At most `lines` lines of at most `limit` characters, broken between words where possible."""
    return tuple(textwrap.wrap(one_line(text), limit, max_lines=lines, placeholder="…"))
