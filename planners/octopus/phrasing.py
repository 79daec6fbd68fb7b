"""Turns of phrase that say in one clause what is done in two: "X in miles", "X saved to out.txt", "write X into Y"."""

from __future__ import annotations

import re

from .board import Board
from .clauses import READ
from .story import from_text

_FILE = r"(?P<file>\"[^\"]+\"|'[^']+'|[\w\-./]+\.\w{1,8})"
_GAP = r"(?<=\S)\s*+(?:,\s++)?(?<=\s)"
"""Space, perhaps with a comma before it."""
_DENIED = re.compile(r"\b(?:not|never|\w+n['’]t)(?:\s+(?:to\s+)?be)?$", re.IGNORECASE)
_FRAGMENT = re.compile(
    r"^(?:(?:in|into|as|to)\s+\w+(?:\s+(?:per\s+)?\w+)?|(?:plus|minus|times|divided\s+by|multiplied\s+by)\s+[\d.,]\S*+|squared|cubed)\W*$",
    re.IGNORECASE,
)
""" "and in weeks?", "plus 100?": what was just found, in another form."""
_OBJECTLESS = re.compile(r"^(?P<verb>divide|multiply|round|raise)\s+(?=(?:by|to)\b)", re.IGNORECASE)
_TOTAL = re.compile(
    r"^(?:what(?:'s|’s|\s+is)\s++)?(?P<noun>(?:and\s+)?(?:the|their)?\s*(?:grand\s+)?(?:total|sum|difference|average|product))"
    r"(?:\s+(?:in\s+all|together|altogether))?\W*$",
    re.IGNORECASE,
)
_OPERATION = re.compile(
    rf"^(?P<head>.{{6,}}?){_GAP}(?P<tail>(?:divided\s+by|multiplied\s+by|times|plus|minus)\s+[\d.,]\S*+|squared|cubed"
    r"|(?:expressed\s+|measured\s+)?(?:in|into|as)\s+[\w°/]+(?:\s+(?:per\s+)?\w+)?)"
    r"(?P<rest>[^\w\"“«`]*+(?:(?:roughly|approximately|please|exactly|instead)[^\w\"“«`]*+)?)$",
    re.IGNORECASE,
)
_STORED = re.compile(
    rf"^(?P<head>.{{6,}}?){_GAP}(?:(?:should|must|to)\s+be\s+|which\s+(?:is\s+)?)?"
    rf"(?P<verb>saved|written|appended|added|put|stored|exported|placed|kept)\s+(?P<where>(?:in|to|into|under|at|as)\s+(?:the\s+end\s+of\s+)?){_FILE}\W*$",
    re.IGNORECASE,
)
_STORING_FIRST = re.compile(
    rf"^(?P<verb>write|save|put|store|append|add)\s+(?P<where>in|to|into|under)\s+{_FILE}\s*+(?::\s++)?(?<=\s)(?P<head>(?:the|my|a|all|how|what)\b.+)$",
    re.IGNORECASE,
)
_IMPERATIVE = {
    "saved": "save", "written": "write", "appended": "append", "added": "add", "put": "put",
    "stored": "save", "exported": "save", "placed": "put", "kept": "save",
}  # fmt: skip


def expand_fragment(text: str) -> str | None:
    """A clause that only makes sense after another, as a whole sentence; None if it is no such fragment."""
    if _FRAGMENT.match(text):
        return f"that {text}"
    if _OBJECTLESS.match(text):
        return _OBJECTLESS.sub(r"\g<verb> it ", text, count=1)
    if match := _TOTAL.match(text):
        return f"{match['noun']} of all of them"
    return None


def split_off(text: str, board: Board) -> tuple[str, str]:
    """(head, follower) of a clause that asks for two things in one go; the follower is empty if it does not."""
    if len(text) > READ:
        return text, ""
    if (match := _STORED.match(text)) and not _DENIED.search(match["head"]):
        return match["head"], f"{_IMPERATIVE[match['verb'].lower()]} it {match['where']}{match['file']}"
    if match := _STORING_FIRST.match(text):
        return match["head"], f"{match['verb']} it {match['where']} {match['file']}"
    return _split_operation(text, board)


def _split_operation(text: str, board: Board) -> tuple[str, str]:
    """("population of Iceland", "that divided by 1000"), where one worker can't do both."""
    match = _OPERATION.match(text)
    if not match:
        return text, ""
    head, whole = board.assess(match["head"]), board.assess(text)
    if head.abstains or not head.filling.complete or not from_text(head):
        return text, ""
    beyond = any(m.end > match.start("tail") for of in whole.filling.mentions.values() for m in of)
    after = board.assess(f"that {match['tail']}", (), (head.leaf.gives,))
    if beyond or after.abstains or after.leaf.card.id == head.leaf.card.id:
        return text, ""
    if match["tail"].lower().startswith(("in", "as", "exp", "mea")) and not from_text(after):
        return text, ""
    return match["head"], f"that {match['tail']}"
