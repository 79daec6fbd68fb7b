"""How training gets on, on stderr: a bar in a terminal, a line at each stage elsewhere."""

from __future__ import annotations


class TrainingView:
    """Shows what it is told; use it as a context manager."""

    def __init__(self, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = Console(stderr=True, quiet=quiet, highlight=False, emoji=False, markup=False)
        self._live = self._console.is_terminal and not quiet
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=self._console, disable=not self._live)
        self._stage = ""
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> TrainingView:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def tell(self, what: str, done: int, of: int) -> None:
        """Progress: what is being done, how much of it is done, how much there is."""
        if what != self._stage:
            self._stage = what
            self._progress.reset(self._task, total=of, description=what)
            if not self._live:
                self._console.print(what, soft_wrap=True)
        self._progress.update(self._task, completed=done, total=of)
