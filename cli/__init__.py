"""The command line: one file a command; answers go to stdout, everything else to stderr."""

from __future__ import annotations


def main() -> None:
    """Entry point of `octograph` and `python -m octograph`."""
    import sys

    from .leaving import leave_quietly

    with leave_quietly(debug="--debug" in sys.argv):
        from .app import app

        app(prog_name="octograph")
