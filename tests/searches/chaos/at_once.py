"""Pools of threads that do at once what they are given: a worker of the scheduler is one greenlet, and nobody waits."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any, Self
from unittest.mock import patch


class AtOnce:
    """As far as `Sweep` and `Registry` use a ThreadPoolExecutor."""

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
        for module in ("sweep", "register"):
            patches.enter_context(patch(f"calendar_watch.operations.{module}.ThreadPoolExecutor", AtOnce))
        yield
