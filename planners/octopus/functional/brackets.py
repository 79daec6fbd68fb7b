"""The brackets and quotes around what is said to a node, in the tokens of one tokenizer."""

from __future__ import annotations

from typing import NamedTuple

from ....graphs.errors import InputError
from ....models.spelling import Spelling
from .output import CLOSING, OPENING, OPENING_OF_ARGUMENTS


class Brackets(NamedTuple):
    """Ids."""

    opening: list[int]
    """Of a rewritten query."""
    opening_of_arguments: list[int]
    closing: list[int]
    """Of a rewritten query."""


def brackets_of(spelling: Spelling) -> Brackets:
    """How a tokenizer spells them. Raises InputError for one that can't."""
    opening, opening_of_arguments = spelling.plain(OPENING), spelling.plain(OPENING_OF_ARGUMENTS)
    for text, ids in ((OPENING, opening), (OPENING_OF_ARGUMENTS, opening_of_arguments)):
        if spelling.text(ids).strip() != text:
            raise InputError(f"the tokenizer can't spell {text!r}, which begins every call; use another model")
    return Brackets(opening, opening_of_arguments, spelling.following(CLOSING))
