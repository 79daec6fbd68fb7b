"""The hooks by which terminals and notebooks show a record; what they show is only imported when they ask."""

from __future__ import annotations

from typing import Any


class Displayed:
    """Gives a record its looks: a tree in a terminal, a drawing in a notebook, plain text for `print`."""

    __slots__ = ()

    def __rich__(self) -> Any:
        from .display import in_terminal

        return in_terminal(self)

    def __str__(self) -> str:
        from .display import in_words

        return in_words(self)

    def _repr_html_(self) -> str:
        from .display import in_notebook

        return in_notebook(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("…" if cycle else str(self))
