"""Small pages, small parts and small writes, so that a few items do what tens of thousands do elsewhere."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

PAGE = 3
"""Items of one answer of Google's, which may always be fewer than asked for."""
_LIMITS = {
    "model.parts._LARGEST": 3_000,
    "decisions.merge._MOST_PARTS": 2,
    "decisions.merge._MOST_ITEMS": 2,
    "reconciler.read_pages._CHUNK": 2,
    "reconciler.read_whole._CHUNK": 2,
    "reconciler.follow._CHUNK": 1,
    "reconciler.reconcile._BATCH": 3,
}


@contextmanager
def everything_small() -> Iterator[None]:
    with ExitStack() as patches:
        for name, limit in _LIMITS.items():
            patches.enter_context(patch(f"calendar_watch.{name}", limit))
        yield
