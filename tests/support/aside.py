"""Executors without threads, so that every run is the same: what is asked of one is done at once, or when it is wanted.

Where it is a listing beside a claim, at once is the one extreme of what threads do, when asked the other.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any


class _Unasked(Future[Any]):
    def __init__(self, act: Callable[[], Any]):
        super().__init__()
        self._act = act

    def result(self, timeout: float | None = None) -> Any:
        if not self.done():
            try:
                self.set_result(self._act())
            except Exception as error:  # noqa: BLE001 (whoever asks is told)
                self.set_exception(error)
        return super().result(timeout)


class WhenAsked(Executor):
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return _Unasked(partial(fn, *args, **kwargs))


class AtOnce(Executor):
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        begun = _Unasked(partial(fn, *args, **kwargs))
        with suppress(Exception):  # whoever asks is told
            begun.result()
        return begun


class ByChance(Executor):
    def __init__(self, dice: Random):
        self._dice = dice

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        executor = AtOnce() if self._dice.random() < 0.5 else WhenAsked()
        return executor.submit(fn, *args, **kwargs)
