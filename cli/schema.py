"""`octograph schema`: the JSON Schema of graph files, for editors."""

from __future__ import annotations

import json

import typer

from .leaving import command
from .options import Debug


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schema")(schema)


@command
def schema(debug: Debug = False) -> None:
    """Print the JSON Schema of graph files.

    Editors that know YAML schemas then complete keys and mark mistakes while you type.

    **Example:** `octograph schema > octograph.schema.json`
    """
    from ..graphs.schema import graph_schema

    print(json.dumps(graph_schema(), indent=2, ensure_ascii=False))
