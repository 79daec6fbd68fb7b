"""The table of commands; each module registers one, and imports what it needs only when it is called."""

from __future__ import annotations

from typing import Annotated

import typer

from . import check, doctor, draw, eval, plan, run, schema, synth, train

app = typer.Typer(
    name="octograph",
    help="One answer from many small models: a graph of workers, walked hop by hop by a local model.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (run, plan, check, draw, eval, synth, train, schema, doctor):
    module.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"octograph {version('octograph')}")
        raise typer.Exit()


@app.callback()
def octograph(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """One answer from many small models: a graph of workers, walked hop by hop by a local model."""
