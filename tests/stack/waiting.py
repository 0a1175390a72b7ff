"""Waiting for something to become true, for a while and no longer."""

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")
_PAUSE = 0.05


def until(condition: Callable[[], _T], what: str, seconds: float = 20) -> _T:
    """Return the first true value of `condition`; raise TimeoutError, which says `what` did not happen."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(_PAUSE)
    return value
