"""The command line: one file a command; answers go to stdout, everything else to stderr."""

from __future__ import annotations


def main() -> None:
    """Entry point of `octograph` and `python -m octograph`."""
    import gc
    import sys

    gc.set_threshold(50_000)  # a command's first second is imports: the collector would only walk what they made
    from .leaving import leave_quietly

    with leave_quietly(debug="--debug" in sys.argv):
        from .app import app

        app(prog_name="octograph")
