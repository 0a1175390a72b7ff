"""How much of an instance one kind of request may take."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from calendar_watch.errors import BusyError


class Slots:
    """So many at a time, and no queue: whoever waited would take a thread from the others. Thread-safe."""

    def __init__(self, most: int):
        self._free = threading.Semaphore(most)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Raises BusyError."""
        if not self._free.acquire(blocking=False):
            raise BusyError("too much is going on here: try again shortly")
        try:
            yield
        finally:
            self._free.release()
