"""What of the code is patched for a run: no threads, short pauses, and in some runs small limits."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any, Self
from unittest.mock import patch

PAGE = 3
"""Items of one answer of Google's, which may always be fewer than asked for."""
_LIMITS = {
    "model.collection.parts._LARGEST": 3_000,
    "decisions.listing.portions.MOST_PARTS": 2,
    "decisions.listing.portions.MOST_ITEMS": 2,
    "reconciler.follow._CHUNK": 1,
    "reconciler.lease._BATCH": 3,
}


class AtOnce:
    """As far as `Workers` and `Registry` use a ThreadPoolExecutor: a worker is one greenlet, and nobody waits."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*arguments))
        except Exception as error:  # noqa: BLE001 (it is raised where the result is asked for)
            future.set_exception(error)
        return future


@contextmanager
def everything_at_once() -> Iterator[None]:
    """And the hours of an abuse limit as minutes."""
    with ExitStack() as patches:
        patches.enter_context(patch("calendar_watch.decisions.backoff._ABUSE_PAUSE", timedelta(minutes=30)))
        for module in ("calendar_watch.operations.register", "tests.support.world"):
            patches.enter_context(patch(f"{module}.ThreadPoolExecutor", AtOnce))
        yield


@contextmanager
def everything_small() -> Iterator[None]:
    """Pages, parts and writes, so that a few items do what tens of thousands do elsewhere."""
    with ExitStack() as patches:
        for name, limit in _LIMITS.items():
            patches.enter_context(patch(f"calendar_watch.{name}", limit))
        yield
