"""Workers side by side, of which one at a time runs: when it is given its turn, up to its next input or output.

The same turns, the same story: whoever gives the turns decides everything. Greenlets, because threads would spend
a third of the time in handing over.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from greenlet import getcurrent, greenlet

from tests.support.line import Death


class Worker:
    """One process, or one request in it. `skew` is how far its clock is ahead of the others'."""

    def __init__(self, name: str, work: Callable[[], object], skew: timedelta, wakes: datetime):
        self.name = name
        self.skew = skew
        self.wakes = wakes
        self.acted = wakes
        """When its last input or output happened, however long it then took to hear of it."""
        self.turns = 0
        self.dead = False
        self.ending = False
        """It was told to end, as a platform does it: with SIGTERM."""
        self.done = False
        self.error: BaseException | None = None
        self._work = work
        self._greenlet, self._caller = greenlet(self._run), getcurrent()

    def go_on(self) -> None:
        """Up to its next pause, or its end."""
        self.turns += 1
        self._caller = self._greenlet.parent = getcurrent()
        self._greenlet.switch()

    def pause(self) -> None:
        self._caller.switch()
        self.check()

    def check(self) -> None:
        """The dead do nothing more, whatever they catch."""
        if self.dead:
            raise Death

    def _run(self) -> None:
        try:
            self.check()
            self._work()
        except Death:
            self.dead = True
        except BaseException as error:  # noqa: BLE001 (whoever looks at it raises it again)
            self.error = error
        self.done = True


class Scheduler:
    """`now` is true time; what a worker takes for it is `clock()`."""

    def __init__(self, now: datetime):
        self.now = now
        self.running: Worker | None = None
        self.workers: list[Worker] = []
        self.turns = 0

    def clock(self) -> datetime:
        return self.now + self.running.skew if self.running else self.now

    def enter(self, name: str, work: Callable[[], object], skew: timedelta = timedelta()) -> Worker:
        worker = Worker(name, work, skew, self.now)
        self.workers.append(worker)
        return worker

    def ready(self) -> list[Worker]:
        return [each for each in self.workers if each.wakes <= self.now]

    def turn(self, worker: Worker) -> None:
        self.turns += 1
        self.running = worker
        try:
            worker.go_on()
        finally:
            self.running = None
        if worker.done:
            self.workers.remove(worker)
        if worker.error:
            raise worker.error

    def pause(self, seconds: float = 0) -> None:
        """Let others go first; nobody else is there where no worker runs."""
        worker = self.running
        if worker is None:
            self.now += timedelta(seconds=seconds)
            return
        worker.wakes = self.now + timedelta(seconds=seconds)
        worker.pause()

    def die(self) -> None:
        if self.running:
            self.running.dead = True
        raise Death

    def kill(self, worker: Worker) -> None:
        worker.dead = True
        while not worker.done:
            self.turn(worker)

    def close(self) -> None:
        for each in list(self.workers):
            self.kill(each)
