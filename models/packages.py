"""The heavy libraries, imported when a model is really run, and the error for those who have not installed them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..graphs.errors import MissingExtra


def package(name: str, feature: str = "running a language model on this machine", extra: str = "models") -> Any:
    """The module of an installed package of an extra. Raises MissingExtra if it is not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.split(".")[0] != name.split(".")[0]:
            raise
        raise MissingExtra(feature, extra, name) from error
