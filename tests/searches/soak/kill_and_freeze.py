"""Functions die and freeze at random. Which and when is seeded; where in its work each is then, nobody chooses."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from random import Random
from threading import Event
from types import TracebackType
from typing import Self

from tests.support.stack import Function, ProcessError

_FREEZES = 0.6
"""So many for each kill."""
_SHORTEST, _LONGEST = 0.5, 2.0
"""Leases: most freezes outlast one."""


class KillAndFreeze:
    """`strike` kills one of them, and now and then freezes another. After its block all are up again."""

    def __init__(self, functions: Sequence[Function], lease: float, random: Random):
        self.kills = self.freezes = 0
        self._functions = functions
        self._lease = lease
        self._random = random
        self._over = Event()
        self._pool = ThreadPoolExecutor(len(functions))
        self._busy: dict[str, Future[None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._pool.shutdown()
        for each in self._busy.values():
            each.result()

    def strike(self) -> None:
        self.kills += self._befalls(self._kill)
        if self._random.random() < _FREEZES:
            seconds = self._lease * self._random.uniform(_SHORTEST, _LONGEST)
            self.freezes += self._befalls(partial(self._freeze, seconds))

    def __str__(self) -> str:
        return f"{self.kills} kills, {self.freezes} freezes"

    def _befalls(self, fate: Callable[[Function], None]) -> bool:
        """One that is neither frozen nor on its way up, if there is any."""
        idle = [each for each in self._functions if self._is_idle(each)]
        if idle:
            victim = self._random.choice(idle)
            self._busy[victim.url] = self._pool.submit(fate, victim)
        return bool(idle)

    def _is_idle(self, function: Function) -> bool:
        """Raises what went wrong the last time."""
        last = self._busy.get(function.url)
        return last is None or (last.done() and last.result() is None)

    def _kill(self, function: Function) -> None:
        if function.gone():
            raise ProcessError(f"{function.name} has ended by itself\n{function.tail()}")
        function.restart()

    def _freeze(self, seconds: float, function: Function) -> None:
        with function.frozen():
            self._over.wait(seconds)
