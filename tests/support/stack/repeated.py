"""Something that goes on beside everything else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import TracebackType
from typing import Self


class Repeated:
    """Within its block, `act` is done again and again, with a pause before each; what it raises comes at the end."""

    def __init__(self, act: Callable[[], None], pause: float):
        self._act = act
        self._pause = pause
        self._over = Event()
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        self._running = self._pool.submit(self._run)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._pool.shutdown()
        self._running.result()

    def check(self) -> None:
        """Raise at once what it has raised, if it has."""
        if self._running.done():
            self._running.result()

    def _run(self) -> None:
        while not self._over.wait(self._pause):
            self._act()
