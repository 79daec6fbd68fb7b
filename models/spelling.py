"""How text is spelled in the tokens of one tokenizer, so that nothing anybody writes can pass for a control token.

Requests and results go through a copy of the tokenizer that knows no added tokens; only templates and calls do not.
Everything here needs the tokenizer alone, no weights.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from typing import Any

from ..graphs.errors import InputError
from .pieces import Piece

Encode = Callable[[str], list[int]]

_BEFORE = ("\n", ".", "a")
"""What may stand before a text to see how it is spelled where it does not begin one."""
_CHARACTERS_A_TOKEN = 24
"""More than any text has on average; of a text that is longer, the middle is not even looked at."""


class Spelling:
    """One tokenizer, as training and decoding use it."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._ids: dict[str, int | None] = {}
        self.added: dict[str, int] = dict(tokenizer.added_tokens_encoder)
        """Tokens beyond the ordinary vocabulary: control tokens, functional tokens, runs of spaces."""
        self.reserved = reserved_ids(tokenizer)
        """Ids that no argument may hold, and that nothing but our own pieces is spelled with."""
        self._marked, self._plain = _encoders(tokenizer, self.reserved)
        self.begin, self.finish = _around(tokenizer, self._plain("a"))
        """What stands before every prompt, and behind every text that is not written on, if anything."""
        self._spaced = self.text(self._plain("a") + self._plain("a")) != "aa"

    def id_of(self, token: str) -> int | None:
        """The id of a token that is nothing but a token; None for one that isn't there, or that text may hold."""
        if token not in self._ids:
            id_ = self.added.get(token)
            if id_ is None:
                id_ = self._tokenizer.get_vocab().get(token)
            self._ids[token] = None if id_ is None or id_ in self._plain(token) else id_
        return self._ids[token]

    def text(self, ids: Sequence[int]) -> str:
        """The text of ids, exactly as it is spelled."""
        text: str = self._tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return text

    def plain(self, text: str) -> list[int]:
        """The ids of plain text that nothing stands before."""
        return self._plain(text)

    def ids(self, pieces: Sequence[Piece]) -> list[int]:
        """The ids of pieces: the text of an output, or of a prompt without what begins it."""
        return [id_ for part, _ in self._parts(pieces) for id_ in part]

    def following(self, text: str) -> list[int]:
        """The ids of plain text that other text stands before: without the space that some tokenizers begin with."""
        return self._following(self._plain, text)

    def prompt(self, pieces: Sequence[Piece], room: int | None = None) -> list[int]:
        """The ids of a prompt of at most `room` tokens: of the longest of what people wrote, the middle is left out.

        Raises InputError if not even the template has room.
        """
        parts = self._parts(_shortened(pieces, room))
        if not parts or parts[0][0][: len(self.begin)] != self.begin:
            parts.insert(0, (list(self.begin), True))
        excess = 0 if room is None else sum(len(part) for part, _ in parts) - room
        while excess > 0:
            longest = max((part for part, ours in parts if not ours), key=len, default=[])
            if len(longest) < 2:
                raise InputError(f"the prompt's template leaves no room for a request: {room} tokens are all there is")
            middle, dropped = len(longest) // 2, min(excess, len(longest) // 2)
            del longest[middle - dropped // 2 : middle - dropped // 2 + dropped]
            excess -= dropped
        return [id_ for part, _ in parts for id_ in part]

    def _parts(self, pieces: Sequence[Piece]) -> list[tuple[list[int], bool]]:
        """(ids, ours) of every piece, spelled as the whole would be, as far as that is safe."""
        parts: list[tuple[list[int], bool]] = []
        before: int | None = None
        for text, ours in _with_leading_spaces(pieces):
            encode = self._marked if ours else self._plain
            if ours and text in self.added:
                ids = [self.added[text]]
            elif before is None or before in self.reserved:
                ids = encode(text)
            else:
                ids = self._following(encode, text)
            before = ids[-1] if ids else before
            parts.append((ids, ours))
        return parts

    def _following(self, encode: Encode, text: str) -> list[int]:
        if not self._spaced:
            return encode(text)
        for before in _BEFORE:
            alone, together = encode(before), encode(before + text)
            if together[: len(alone)] == alone:
                return together[len(alone) :]
        return encode(text)


def reserved_ids(tokenizer: Any) -> frozenset[int]:
    """Ids of control tokens, functional tokens and the like: all that is no ordinary text."""
    added = (id_ for text, id_ in tokenizer.added_tokens_encoder.items() if text.strip())
    return frozenset([*added, *tokenizer.all_special_ids])


def _around(tokenizer: Any, ids: Sequence[int]) -> tuple[list[int], list[int]]:
    """What a tokenizer puts before and behind a text, whose own ids are `ids`."""
    whole: list[int] = list(tokenizer("a")["input_ids"])
    for place in range(len(whole) - len(ids) + 1):
        if whole[place : place + len(ids)] == list(ids):
            return whole[:place], whole[place + len(ids) :]
    return [id_ for id_ in tokenizer("")["input_ids"][:1] if id_ != tokenizer.eos_token_id], []


def _with_leading_spaces(pieces: Sequence[Piece]) -> list[Piece]:
    """Spaces at the end of a template go to the text behind it: most tokenizers spell a word with the space before."""
    moved: list[Piece] = []
    for piece in pieces:
        if moved and moved[-1].ours and not piece.ours and piece.text:
            template = moved[-1].text.rstrip(" ")
            piece = Piece(moved[-1].text[len(template) :] + piece.text)
            moved[-1] = Piece(template, ours=True)
        moved.append(piece)
    return [piece for piece in moved if piece.text]


def _shortened(pieces: Sequence[Piece], room: int | None) -> Sequence[Piece]:
    """What can't fit anyhow is not tokenized either."""
    if room is None:
        return pieces
    most = room * _CHARACTERS_A_TOKEN
    return tuple(
        Piece(piece.text[: most // 2] + piece.text[-most // 2 :], piece.ours) if len(piece.text) > most else piece
        for piece in pieces
    )


def _encoders(tokenizer: Any, reserved: frozenset[int]) -> tuple[Encode, Encode]:
    """How our own text and how anybody else's is encoded."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:  # a tokenizer in Python
        return (
            lambda text: list(tokenizer(_sound(text), add_special_tokens=False)["input_ids"]),
            lambda text: _without(
                reserved, tokenizer(_sound(text), add_special_tokens=False, split_special_tokens=True)["input_ids"]
            ),
        )
    marked, plain = copy.deepcopy(backend), _all_special(backend)
    for encoder in (marked, plain):
        encoder.no_padding()
        encoder.no_truncation()
    marked.encode_special_tokens, plain.encode_special_tokens = False, True
    return (
        lambda text: list(marked.encode(_sound(text), add_special_tokens=False).ids),
        lambda text: _without(reserved, plain.encode(_sound(text), add_special_tokens=False).ids),
    )


def _all_special(backend: Any) -> Any:
    """A copy in which every added token but runs of spaces counts as special, and so can be kept out of text."""
    data = json.loads(backend.to_str())
    for token in data["added_tokens"]:
        token["special"] = bool(token["content"].strip())
    return type(backend).from_str(json.dumps(data))


def _without(reserved: frozenset[int], ids: Sequence[int]) -> list[int]:
    return [id_ for id_ in ids if id_ not in reserved]


def _sound(text: str) -> str:
    """Halves of surrogate pairs, which no tokenizer takes, replaced."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
