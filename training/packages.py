"""The heavy libraries of training, imported when something is really trained."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..graphs.errors import MissingExtra


def package(name: str) -> Any:
    """The module of an installed package of the extra `train`. Raises MissingExtra if it is not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.split(".")[0] != name.split(".")[0]:
            raise
        raise MissingExtra("training a language model", "train", name) from error
