"""What a bare word in YAML means: the rules of YAML 1.1 that PyYAML and most editors go by."""

from __future__ import annotations

import re
from typing import Any

_WORDS: dict[str, Any] = {
    spelling: meaning
    for words, meaning in (("~ null", None), ("yes true on", True), ("no false off", False))
    for word in words.split()
    for spelling in (word, word.capitalize(), word.upper())
}
_WORDS[""] = None
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)")
_DECIMAL = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)")
_FRACTION = re.compile(r"\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?")
_LONGEST_NUMBER = 1000
_MISSING = object()


def meaning(word: str) -> Any:
    """The value of an unquoted scalar.

    >>> meaning("no"), meaning("0x10"), meaning("1_000"), meaning("1.5"), meaning("a -> b"), meaning("2024-01-01")
    (False, 16, 1000, 1.5, 'a -> b', '2024-01-01')
    """
    value = _WORDS.get(word, _MISSING)
    if value is not _MISSING:
        return value
    if word[0] in "+-.0123456789" and len(word) <= _LONGEST_NUMBER:
        return _number(word)
    return word


def _number(word: str) -> Any:
    if _INTEGER.fullmatch(word):
        digits = word.replace("_", "")
        sign = -1 if digits[0] == "-" else 1
        digits = digits.lstrip("+-")
        octal = len(digits) > 1 and digits[0] == "0" and digits[1] in "01234567"
        try:
            return sign * int(digits, 8 if octal else 0)
        except ValueError:  # nothing but underscores behind 0b or 0x
            return word
    if _DECIMAL.fullmatch(word) or _FRACTION.fullmatch(word):
        return float(word.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
    return word
