"""A function that is killed at random, again and again."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from threading import Event

from tests.support.stack import Function


@contextmanager
def dying(function: Function, random: Random) -> Iterator[list[float]]:
    """Meanwhile it is; gives the times."""
    over, deaths = Event(), list[float]()

    def die_and_rise() -> None:
        while not over.wait(random.uniform(0.5, 3)):
            function.restart()
            deaths.append(time.monotonic())

    with ThreadPoolExecutor(1) as pool:
        dying = pool.submit(die_and_rise)
        try:
            yield deaths
        finally:
            over.set()
            dying.result()
