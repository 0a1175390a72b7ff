"""What happens at which second."""

import heapq
from collections.abc import Callable
from itertools import count

Act = Callable[[float], object]
"""Is told the time."""


class Agenda:
    def __init__(self, end: float):
        self.end = end
        self._acts: list[tuple[float, int, Act]] = []
        self._numbers = count()

    def at(self, second: float, act: Act) -> None:
        """What comes after the end is left out."""
        if second < self.end:
            heapq.heappush(self._acts, (second, next(self._numbers), act))

    def until(self, second: float) -> None:
        """Do what is planned for before that."""
        while self._acts and self._acts[0][0] < second:
            at, _, act = heapq.heappop(self._acts)
            act(at)
