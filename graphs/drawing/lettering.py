"""How much room text takes, and how it is cut to fit: no font is at hand where a drawing is made."""

from __future__ import annotations

import textwrap
import unicodedata

_NARROW = frozenset("iljItfr.,:;'|!()[]{}/ -")
_BROAD = frozenset("mwMW@%—…⇒→OQ&")
_SIGNS = frozenset("=+<>~^#±×÷−≈≤≥")
_BOLDER = 1.13
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def width(text: str, size: float, bold: bool = False) -> float:
    """Room for `text` in a sans-serif font of that size, after the widest in use; rather too much than too little."""
    return size * sum(map(_em, text)) * (_BOLDER if bold else 1.0)


def _em(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in _NARROW:
        return 0.41
    if character in _BROAD:
        return 1.0
    if character in _SIGNS:
        return 0.84
    return 0.74 if character.isupper() else 0.64


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
    """At most `lines` lines of at most `limit` characters, broken where the text is and between words.

    >>> wrap("one two three\\nfour", 9, 3), wrap("one two three\\nfour", 9, 2)
    (('one two', 'three', 'four'), ('one two', 'three …'))
    """
    broken = [line for part in text.split("\n", lines)[:lines] for line in textwrap.wrap(one_line(part), limit)]
    if len(broken) <= lines and text.count("\n") < lines:
        return tuple(broken)
    kept = broken[:lines]
    if kept:
        kept[-1] = kept[-1][: limit - 2] + " …"
    return tuple(kept)
