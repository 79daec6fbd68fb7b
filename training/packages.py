"""The heavy libraries of training, imported when something is really trained."""

from __future__ import annotations

from functools import partial

from ..models import packages

package = partial(packages.package, feature="training a language model", extra="train")
"""The module of an installed package of the extra `train`. Raises MissingExtra if it is not installed."""
