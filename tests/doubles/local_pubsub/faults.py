"""What goes wrong on purpose, with requests and with pushes. Thread-safe."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from threading import Lock
from typing import TypeAlias

Chance: TypeAlias = Callable[[], bool]


@dataclass(frozen=True)
class Fault:
    method: str
    status: int
    """0: no answer at all, the connection ends."""
    stored: bool
    """Whether what was asked for is done all the same."""
    strikes: Chance


class Faults:
    """Each is in force until its count is used up or until `clear`. `method` is the verb after the colon, or HTTP's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []
        self._away = False

    def refuse(
        self,
        count: int | None = None,
        *,
        probability: float = 1.0,
        status: int = 503,
        method: str = "publish",
        random: Random | None = None,
    ) -> None:
        """Do nothing, and say so. Without a count: every time that `probability` has it."""
        self._add(Fault(method, status, stored=False, strikes=_chance(count, probability, random)))

    def lose_answer(
        self,
        count: int | None = None,
        *,
        probability: float = 1.0,
        status: int = 503,
        method: str = "publish",
        random: Random | None = None,
    ) -> None:
        """Do it, and answer with `status`, or with a closed connection if that is 0."""
        self._add(Fault(method, status, stored=True, strikes=_chance(count, probability, random)))

    def away(self) -> None:
        """Nobody answers, and nothing is pushed."""
        self._away = True

    def back(self) -> None:
        self._away = False

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
        self.back()

    @property
    def is_away(self) -> bool:
        return self._away

    def striking(self, method: str) -> Fault | None:
        with self._lock:
            return next((each for each in self._faults if each.method == method and each.strikes()), None)

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)


def _chance(count: int | None, probability: float, random: Random | None) -> Chance:
    dice = random or Random(0)  # noqa: S311 - repeatable on purpose
    left = float("inf") if count is None else count

    def strikes() -> bool:
        nonlocal left
        struck = left > 0 and dice.random() < probability
        left -= struck
        return struck

    return strikes
