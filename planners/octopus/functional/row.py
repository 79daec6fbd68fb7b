"""One output as it is written: a functional token, its argument, perhaps further calls, the end token.

A row is an automaton beside the model: it says what may come next, takes the token that did, and keeps the
probabilities. It knows nothing of the other rows of its batch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .asked import Asked, Choice
from .lettering import Lettering
from .output import CLOSING_OF_ARGUMENTS, FunctionCall, as_json, parse
from .partial_json import complete_members
from .vocabulary import Vocabulary, sorted_ids

ROOM_FOR_A_CALL = 24
"""Tokens that must be left for one more call to be begun."""


class _At(Enum):
    CHOICE = "a functional token comes next"
    QUERY = "inside a rewritten query"
    ARGUMENTS = "inside typed arguments"
    AFTER = "behind typed arguments: another call, or the end"
    DONE = "the end token has come"


@dataclass(slots=True)
class Row:
    """The output of one question, so far."""

    asked: Asked
    letters: Lettering
    vocabulary: Vocabulary
    most: int
    """Calls that may be made in all."""
    ids: list[int] = field(default_factory=list)
    fresh: deque[int] = field(default_factory=deque)
    """Ids that are written and that the model has not been shown yet."""
    choices: list[Choice] = field(default_factory=list)
    fault: Exception | None = None
    """Why it could not be written to its end; the other rows of the batch are."""
    _at: _At = _At.CHOICE
    _next: tuple[int, ...] = ()
    _began: int = 0
    """Where in `ids` the argument began."""
    _quoted: bool = False
    """The query's last token ends with a quote."""
    _closed: bool = False
    """The query could end here."""
    _matcher: Any = None

    def __post_init__(self) -> None:
        self._next = self.letters.first

    @property
    def done(self) -> bool:
        return self._at is _At.DONE

    @property
    def choosing(self) -> bool:
        """True where nothing but functional tokens may come."""
        return self._at in (_At.CHOICE, _At.AFTER)

    @property
    def ending(self) -> bool:
        """True where functional tokens may come, besides others."""
        return self._closed

    @property
    def may_follow(self) -> tuple[int, ...]:
        """Ids of the functional tokens among what may come next, where `choosing` or `ending`."""
        if self.choices and self.asked.longest - len(self.ids) < ROOM_FOR_A_CALL:
            return (self.letters.end,)
        return self._next

    def bias(self) -> Any:
        """(width,): what may come next."""
        if self.choosing:
            return self.vocabulary.only(self.may_follow)
        if self._at is _At.ARGUMENTS:
            return self.vocabulary.matching(self._matcher)
        return self.vocabulary.inside_or(self.may_follow) if self._closed else self.vocabulary.inside

    def choose(self, id_: int, probabilities: Sequence[float], logprob: float = 0.0) -> None:
        """Take a functional token. `probabilities` are those of `may_follow`; `logprob`: that the argument ended."""
        names, marks = self.letters.names, self.letters.marks
        if self.choices:
            self.choices[-1].logprob += logprob
        if id_ == self.letters.end:
            return self._end()
        chances = {names[one]: chance for one, chance in zip(self.may_follow, probabilities, strict=True)}
        self.choices.append(Choice(chances, names[id_]))
        self._write(id_)
        if names[id_] == marks.stop:
            return self._end()
        option, brackets = self.letters.options[id_], self.vocabulary.brackets
        self._quoted = self._closed = False
        if option.signature is None:
            self._at = _At.QUERY
            self._write(*brackets.opening)
        else:
            self._at, self._matcher = _At.ARGUMENTS, self.vocabulary.matcher(option.signature)
            self._write(*brackets.opening_of_arguments)
        self._began = len(self.ids)
        self._next = self._following()
        return None

    def write(self, id_: int, logprob: float) -> None:
        """Take an ordinary token; end the output where it has become too long, or nothing but the end can come."""
        self.choices[-1].logprob += logprob
        self._write(id_)
        vocabulary = self.vocabulary
        if self._at is _At.ARGUMENTS:
            self._matcher.consume_token(id_)
            if self._matcher.is_stopped():
                self._at = _At.AFTER
        else:
            self._closed = vocabulary.closing[id_] or (self._quoted and id_ == vocabulary.bracket)
            self._quoted = vocabulary.quote[id_]
        last = self.asked.longest - len(vocabulary.brackets.closing) - 1
        if (self._at is _At.AFTER and len(self.may_follow) == 1) or len(self.ids) >= last:
            self._close()

    def fail(self, fault: Exception) -> None:
        """End the output without an end token: it can't be read."""
        self.fault = fault
        self.fresh.clear()
        self._at = _At.DONE

    def sibling(self, id_: int) -> Row:
        """Another output to the same question, that begins with another functional token and makes one call."""
        other = Row(self.asked, self.letters, self.vocabulary, most=1)
        first = self.choices[0].probabilities
        other.choose(id_, [first[self.letters.names[one]] for one in other.may_follow])
        return other

    def calls(self) -> list[FunctionCall]:
        """What the output says, once it is done; none if it says stop."""
        return parse(self.ids, self.letters.names, self.letters.marks, self.vocabulary.spelling.text)

    def _write(self, *ids: int) -> None:
        self.ids.extend(ids)
        self.fresh.extend(ids)

    def _following(self) -> tuple[int, ...]:
        """What may come behind the call that has begun: end, and the neighbors that may still be called."""
        if len(self.choices) >= self.most:
            return (self.letters.end,)
        called = {choice.token for choice in self.choices}
        options = self.letters.options.items()
        return sorted_ids(
            [self.letters.end, *(id_ for id_, option in options if option.again or option.token not in called)]
        )

    def _close(self) -> None:
        """End the output here, whatever it lacks."""
        if self._at is _At.QUERY and not self._closed:
            self.ids += self.vocabulary.brackets.closing
        elif self._at is _At.ARGUMENTS:
            self.ids[self._began :] = self._whole_arguments()
        self._end()

    def _whole_arguments(self) -> list[int]:
        """The typed arguments written so far without those that break off, as far as they fit."""
        spelling, room = self.vocabulary.spelling, self.asked.longest - self._began - 1
        whole = complete_members(spelling.text(self.ids[self._began :]))
        while len(ids := spelling.following(as_json(whole) + CLOSING_OF_ARGUMENTS)) > room and whole:
            whole.popitem()  # spelled anew, it may take more tokens than the model needed
        return ids

    def _end(self) -> None:
        self.ids.append(self.letters.end)
        self.fresh.clear()
        self._at = _At.DONE
