"""A Workflow as the options of a command describe it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..engine.workflow import Workflow


def open_workflow(
    graph: str, tools: list[str] | None = None, octopus: str | None = None, files: Path | None = None
) -> Workflow:
    """The workflow of a graph file or library graph. Raises GraphError or InputError with everything wrong."""
    from ..engine.workflow import Workflow

    if tools:
        trust_current_folder()
    return Workflow(graph, tools=tools or (), octopus=octopus, files=files)


def trust_current_folder() -> None:
    """Let `--tools mytools` find `mytools.py` in the current folder, as `python -m` would."""
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
