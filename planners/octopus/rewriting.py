"""Words a query the way its neighbor wants it, and never at the price of a number, name, quoted string or code."""

from __future__ import annotations

import re
import string
from collections import Counter
from typing import Any

from ...graphs.signature import Clues, Neighbor
from .arguments import Filling
from .finders import find_quoted

_FIGURE = re.compile(r"\d[\d.,:/-]*")
_NEGATION = re.compile(r"\b(?:not|no|never|without|except|unless|none|\w+n't)\b", re.IGNORECASE)
_ACRONYM = re.compile(r"\b[A-Z]{2,}\b")


def reformatted(neighbor: Neighbor, text: str, filling: Filling) -> str:
    """The text in the neighbor's `reformat` form.

    A form with `{query}` or with the names of parameters in braces is a template; it is used only if every field has
    a value and nothing critical is lost. Any other form is an instruction for a language model, which this Octopus is
    not: it then makes the text self-contained and leaves its wording alone.
    """
    text = text.strip()
    form = neighbor.reformat
    if not form or "{" not in form:
        return text
    values: dict[str, Any] = {**filling.arguments, "query": text}
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(form) if name is not None]
        if not all(name in values for name in names):
            return text
        words = {name: _as_written(values[name], name, filling, text) for name in names}
        worded = form.format(**words)
    except (ValueError, IndexError, KeyError):
        return text
    return worded if keeps_critical(text, worded) else text


def keeps_critical(before: str, after: str) -> bool:
    """True if every number, negation, acronym and quoted string of `before` stands in `after` as often."""
    lost = critical_tokens(before) - critical_tokens(after)
    return not lost


def critical_tokens(text: str) -> Counter[str]:
    """Numbers, negations and exceptions, acronyms and quoted strings, counted."""
    found = [figure.rstrip(".,:/-") for figure in _FIGURE.findall(text)]
    found += [word.lower() for word in _NEGATION.findall(text)]
    found += _ACRONYM.findall(text)
    found += [str(mention.value) for mention in find_quoted(text, Clues())]
    return Counter(found)


def _as_written(value: Any, name: str, filling: Filling, text: str) -> str:
    """The words the value was found in, if it came from the text; the value itself otherwise."""
    mentions = [mention for mention in filling.mentions.get(name, ()) if mention.in_text]
    return text[mentions[0].start : mentions[0].end] if len(mentions) == 1 else str(value)
