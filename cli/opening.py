"""A Workflow as the options of a command describe it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..engine.workflow import Workflow


def open_workflow(
    graph: str,
    tools: list[str] | None = None,
    octopus: str | None = None,
    files: Path | None = None,
    threads: bool = False,
    trust_remote_code: bool = False,
) -> Workflow:
    """The workflow of a graph file or library graph; with `threads` it can store its walks.

    Raises GraphError or InputError with everything wrong.
    """
    from ..engine.workflow import Workflow

    if tools:
        trust_current_folder()
    checkpointer = _threads_file() if threads else None
    return Workflow(
        graph,
        tools=tools or (),
        octopus=octopus,
        files=files,
        checkpointer=checkpointer,
        trust_remote_code=trust_remote_code,
    )


def _threads_file() -> Path:
    """The SQLite file in `$OCTOGRAPH_DATA`, or in the platform's place for a user's data."""
    import platformdirs

    from ..graphs.errors import InputError

    moved = os.environ.get("OCTOGRAPH_DATA")
    folder = Path(moved) if moved else platformdirs.user_data_path("octograph")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"--thread: {folder} can't be made ({error.strerror}); name another folder in OCTOGRAPH_DATA"
        ) from error
    return folder / "threads.sqlite"


def trust_current_folder() -> None:
    """Let `--tools mytools` find `mytools.py` in the current folder, as `python -m` would."""
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
