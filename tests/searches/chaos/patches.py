"""What of the code is patched for a run: no threads, short pauses, and in some runs small limits."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest.mock import patch

from tests.support.aside import AtOnce

PAGE = 3
"""Items of one answer of Google's, which may always be fewer than asked for."""
_LIMITS = {
    "model.collection.parts._LARGEST": 3_000,
    "decisions.listing.portions.MOST_PARTS": 2,
    "decisions.listing.portions.MOST_ITEMS": 2,
    "reconciler.follow._CHUNK": 1,
    "reconciler.lease._BATCH": 3,
}


@contextmanager
def everything_at_once() -> Iterator[None]:
    """And the hours of an abuse limit as minutes."""
    with ExitStack() as patches:
        patches.enter_context(patch("calendar_watch.decisions.backoff._ABUSE_PAUSE", timedelta(minutes=30)))
        patches.enter_context(patch("calendar_watch.operations.register.ThreadPoolExecutor", lambda *_, **__: AtOnce()))
        yield


@contextmanager
def everything_small() -> Iterator[None]:
    """Pages, parts and writes, so that a few items do what tens of thousands do elsewhere."""
    with ExitStack() as patches:
        for name, limit in _LIMITS.items():
            patches.enter_context(patch(f"calendar_watch.{name}", limit))
        yield
