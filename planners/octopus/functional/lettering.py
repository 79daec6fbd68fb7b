"""The functional tokens of one question by their ids, each checked to be one token and to mean one thing."""

from __future__ import annotations

from dataclasses import dataclass

from ....graphs.errors import InputError
from .asked import Asked, Option
from .output import Marks
from .tokens import END, STOP
from .vocabulary import Vocabulary, sorted_ids


@dataclass(frozen=True, slots=True)
class Lettering:
    """Which ids an output may have besides ordinary ones."""

    marks: Marks
    end: int
    options: dict[int, Option]
    names: dict[int, str]
    """Id -> functional token: those of `options`, end and stop."""
    first: tuple[int, ...]
    """What may begin an output."""

    @classmethod
    def of(cls, asked: Asked, vocabulary: Vocabulary) -> Lettering:
        """Raises InputError for a token that the weights don't have, or that stands for two things."""
        marks = _marks(asked, vocabulary)
        end = vocabulary.token_id(marks.end, "the end of an output")
        options = {vocabulary.token_id(one.token, f"node {one.node!r}"): one for one in asked.options}
        names = {end: marks.end} | {id_: option.token for id_, option in options.items()}
        if marks.stop is not None:
            names[vocabulary.token_id(marks.stop, "stopping")] = marks.stop
        meanings = [marks.end, marks.stop, *(one.token for one in asked.options)]
        if len(names) < len(meanings) - meanings.count(None):
            twice = next(token for token in meanings if meanings.count(token) > 1)
            raise InputError(f"the functional token {twice} stands for two things; give each its own")
        return cls(marks, end, options, names, sorted_ids(id_ for id_ in names if id_ != end))


def _marks(asked: Asked, vocabulary: Vocabulary) -> Marks:
    """End and stop as the question names them, else the usual ones that the weights have."""
    known = vocabulary.spelling.id_of
    end = asked.end or (END if known(END) is not None else vocabulary.end_of_text)
    if end is None:
        raise InputError(f'the weights have no end token {END}; name theirs, as in settings: {{end: "</s>"}}')
    return Marks(end, asked.stop or (STOP if known(STOP) is not None else None))
