"""Building models out of files: silently, and by one thread at a time in the whole process.

transformers and peft switch things of the whole process while they build (where new weights are put, their type, what
is logged), so two that are built at once lose weights to each other.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .packages import package

_alone = threading.RLock()


@contextmanager
def building() -> Iterator[None]:
    """Without progress bars and reports: what a walk prints is the walk, and what is wrong we say ourselves."""
    log = package("transformers").utils.logging
    with _alone:
        shown, verbosity = log.is_progress_bar_enabled(), log.get_verbosity()
        log.disable_progress_bar()
        log.set_verbosity_error()
        try:
            yield
        finally:
            log.set_verbosity(verbosity)
            if shown:
                log.enable_progress_bar()
