"""Text out of tokens, one by one: whole characters only, and nothing that may turn out to be a stop text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_UNFINISHED = "\N{REPLACEMENT CHARACTER}"


class EmergingText:
    """The text of tokens that are still coming."""

    def __init__(self, tokenizer: Any, stop: Sequence[str] = ()) -> None:
        self._tokenizer = tokenizer
        self._stop = tuple(filter(None, stop))
        self._tokens: list[int] = []
        self._context = 0
        """First of the tokens that the next one is decoded with: spaces and characters depend on their neighbors."""
        self._read = 0
        self._text = ""
        self._told = 0
        self.stopped = False
        """Whether a stop text has come; `text` ends before it."""

    @property
    def text(self) -> str:
        return self._text

    def add(self, token: int) -> str:
        """Take one more token; the text that is certain now and was not before."""
        self._tokens.append(token)
        before = self._decode(self._tokens[self._context : self._read])
        now = self._decode(self._tokens[self._context :])
        if len(now) <= len(before) or now.endswith(_UNFINISHED):
            return ""
        self._context, self._read = self._read, len(self._tokens)
        return self._take(now[len(before) :])

    def end(self) -> str:
        """No token comes any more; the rest of the text."""
        before = self._decode(self._tokens[self._context : self._read])
        new = self._take(self._decode(self._tokens[self._context :])[len(before) :])
        rest = self._text[self._told :]
        self._told = len(self._text)
        return new + rest

    def _take(self, new: str) -> str:
        if self.stopped:
            return ""
        begin = max(0, len(self._text) - max(map(len, self._stop), default=0))
        self._text += new
        found = [place for stop in self._stop if (place := self._text.find(stop, begin)) >= 0]
        if found:
            self.stopped = True
            self._text = self._text[: min(found)]
        certain = len(self._text) if self.stopped else len(self._text) - self._open()
        told, self._told = self._told, max(self._told, certain)
        return self._text[told : self._told]

    def _open(self) -> int:
        """Length of the end of the text that a stop text could go on from."""
        longest = max(map(len, self._stop), default=1) - 1
        for length in range(min(longest, len(self._text)), 0, -1):
            if any(stop.startswith(self._text[-length:]) for stop in self._stop):
                return length
        return 0

    def _decode(self, tokens: list[int]) -> str:
        text: str = self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text
