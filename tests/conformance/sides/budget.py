"""How long a run may take: at most twenty minutes, the last three of them for cleaning up."""

import time
from collections.abc import Callable

from tests.conformance.sides.side import OutOfTimeError

_CLAIMS, _CLEANING = 17 * 60.0, 3 * 60.0


class Budget:
    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._end = clock() + _CLAIMS

    @property
    def left(self) -> float:
        return self._end - self._clock()

    def check(self) -> None:
        """Raise OutOfTimeError."""
        if self.left <= 0:
            raise OutOfTimeError("twenty minutes are over")

    def pause(self, seconds: float) -> None:
        """Raise OutOfTimeError where so much is not left."""
        if seconds > self.left:
            raise OutOfTimeError("what is left of twenty minutes is too short to wait")
        self._sleep(seconds)

    def grant_grace(self) -> None:
        self._end += _CLEANING
