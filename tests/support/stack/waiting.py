"""Waiting for something to become true, for a while and no longer."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 120.0
"""Only ends a test that has failed: how long anything takes is for the machine to say, which others keep busy."""

_T = TypeVar("_T")
_PAUSE = 0.05


def until(condition: Callable[[], _T], what: str, seconds: float = PATIENCE) -> _T:
    """Return the first true value of `condition`; raise TimeoutError, which says `what` did not happen."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(_PAUSE)
    return value
