"""A watch that stands for many: those come by around the same time, each by chance in a second of its own."""

import math
from random import Random

_FEW = 30.0
_NONE = 1e-9
"""What differences leave of nothing."""


class Smear:
    """`rate` a second, as an array of differences; what was announced may be taken back."""

    def __init__(self, length: int, width: int):
        self._differences = [0.0] * (length + 1)
        self._width = width
        self._rate = 0.0

    def announce(self, now: int, at: int, weight: float) -> tuple[int, int]:
        """`weight` of them in the seconds around `at`, none before `now`; in which, is returned."""
        first = max(now, at - self._width // 2)
        self._add(first, first + self._width, weight / self._width)
        return first, first + self._width

    def take_back(self, now: int, seconds: tuple[int, int], weight: float) -> None:
        first, last = max(now, seconds[0]), seconds[1]
        if first < last:
            self._add(first, last, -weight / self._width)

    def _add(self, first: int, last: int, rate: float) -> None:
        end = len(self._differences) - 1
        self._differences[min(first, end)] += rate
        self._differences[min(last, end)] -= rate

    def rate(self, second: int) -> float:
        """To be asked for each second, in order."""
        self._rate += self._differences[second]
        return max(0.0, self._rate)


def drawn(mean: float, random: Random) -> int:
    """Poisson: how many of very many, each by chance."""
    if mean > _FEW:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    if mean < _NONE:
        return 0
    limit, count, product = math.exp(-mean), 0, random.random()
    while product > limit:
        count, product = count + 1, product * random.random()
    return count
