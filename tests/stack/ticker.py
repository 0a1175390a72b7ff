"""In place of Cloud Scheduler: has `renew` sweep, every so often, never twice at once."""

from collections import Counter
from threading import Event, Thread
from types import TracebackType
from typing import Self

import requests

from .rest import call

UNANSWERED = 0


class Ticker:
    """`statuses` counts what `renew` answered; `UNANSWERED` if it was not there."""

    def __init__(self, url: str, seconds: float):
        self.statuses: Counter[int] = Counter()
        self._url = url
        self._seconds = seconds
        self._over = Event()
        self._thread = Thread(target=self._run, name="ticker")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._seconds):
            self.statuses[self._tick()] += 1

    def _tick(self) -> int:
        try:
            return call("POST", self._url).status_code
        except requests.RequestException:
            return UNANSWERED
