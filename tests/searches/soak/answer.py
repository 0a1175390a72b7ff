"""What a function answers, if it is there: killed, frozen or kept waiting by Firestore, it cannot be blamed."""

from collections.abc import Callable
from typing import TypeVar

import requests

from tests.support.stack import RefusedError, until

_T = TypeVar("_T")
_UNAVAILABLE = 503
_PATIENCE = 120


def answer(ask: Callable[[], _T]) -> tuple[_T] | None:
    """None if there is none. Raises RefusedError for any other refusal."""
    try:
        return (ask(),)
    except requests.RequestException:
        return None
    except RefusedError as refused:
        if refused.status != _UNAVAILABLE:
            raise
        return None


def sure_answer(ask: Callable[[], _T]) -> _T:
    """Ask until somebody answers. Raises TimeoutError, too."""
    found = until(lambda: answer(ask), "somebody answers", _PATIENCE)
    assert found
    return found[0]
