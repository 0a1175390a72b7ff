"""What Google does later by itself."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count


class Errands:
    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def add(self, due: datetime, errand: Callable[[], None]) -> None:
        heapq.heappush(self._waiting, (due, next(self._order), errand))

    def next_due(self) -> datetime | None:
        return self._waiting[0][0] if self._waiting else None

    def run_due(self, now: datetime) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            heapq.heappop(self._waiting)[2]()

    def run_all(self) -> None:
        """Leave nothing for later."""
        while self._waiting:
            heapq.heappop(self._waiting)[2]()
