"""Everything that goes on at once: people at work, a consumer who reads, and processes that die and freeze."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from tests.support.stack import Repeated

from .kill_and_freeze import KillAndFreeze
from .people import Operator, Users
from .witness import Witness

_BETWEEN_KILLS, _BETWEEN_CHANGES, _BETWEEN_READINGS, _BETWEEN_ORDERS = 2.0, 0.1, 0.1, 1.0
_BETWEEN_LINES = 10.0

Tell = Callable[[str], None]


class Load:
    def __init__(self, kill_and_freeze: KillAndFreeze, users: Users, operator: Operator, witness: Witness):
        self._kill_and_freeze = kill_and_freeze
        self._users = users
        self._operator = operator
        self._witness = witness

    def make(self, seconds: float, tell: Tell) -> None:
        """Raise what anybody met that should not be."""
        began = time.monotonic()
        with ExitStack() as load:
            load.enter_context(self._kill_and_freeze)
            loops = [load.enter_context(each) for each in self._loops()]
            while (left := began + seconds - time.monotonic()) > 0:
                time.sleep(min(left, _BETWEEN_LINES))
                for each in loops:
                    each.check()
                tell(f"{time.monotonic() - began:5.0f} s  {self}")

    def __str__(self) -> str:
        return (
            f"{self._users.changes} changes made, {self._witness.changes} reported, "
            f"{self._users.losses} messages lost, {self._kill_and_freeze}"
        )

    def _loops(self) -> Iterator[Repeated]:
        yield Repeated(self._witness.read, _BETWEEN_READINGS)
        yield Repeated(self._users.act, _BETWEEN_CHANGES)
        yield Repeated(self._operator.act, _BETWEEN_ORDERS)
        yield Repeated(self._kill_and_freeze.strike, _BETWEEN_KILLS)
