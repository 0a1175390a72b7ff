"""In place of Cloud Scheduler: has `renew` sweep, every so often, never twice at once."""

from collections import Counter

import requests

from .repeated import Repeated
from .rest import call

UNANSWERED = 0


class Ticker(Repeated):
    """`statuses` counts what `renew` answered; `UNANSWERED` if it was not there."""

    def __init__(self, url: str, seconds: float):
        super().__init__(self._tick, seconds)
        self.statuses: Counter[int] = Counter()
        self._url = url

    def _tick(self) -> None:
        self.statuses[self._answer()] += 1

    def _answer(self) -> int:
        try:
            return call("POST", self._url).status_code
        except requests.RequestException:
            return UNANSWERED
