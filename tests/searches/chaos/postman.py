"""Carries Google's messages and Pub/Sub's pushes: late, twice, in another order, or not at all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random

from calendar_watch.reconciler.reconcile import Attendance
from tests.doubles.calendar_simulator import Delivery
from tests.doubles.local_pubsub import Courier
from tests.doubles.local_pubsub import Delivery as Push
from tests.searches.chaos.theatre import PUSHES, Theatre
from tests.searches.chaos.weather import Dice

_LONGEST_DELAY = 90.0


class Postman:
    """`acknowledged` is when the last 2xx to a message about each channel was answered."""

    def __init__(self, theatre: Theatre, dice: Dice, random: Random, attended: Callable[[str, Attendance], None]):
        self.acknowledged: dict[str, datetime] = {}
        self._theatre = theatre
        self._dice = dice
        self._random = random
        self._attended = attended
        self._held: list[tuple[datetime, Delivery]] = []
        self._courier = Courier(theatre.pubsub, self._push)
        self.silent: set[str] = set()
        """Channels whose messages Google loses from now on."""

    def go_round(self) -> None:
        """Whatever is due by now is on its way to a worker."""
        now = self._theatre.stage.now
        for delivery in self._theatre.google.take_due(now):
            self._accept(delivery)
        due = [each for each in self._held if each[0] <= now]
        self._held = [each for each in self._held if each[0] > now]
        for _, delivery in due:
            self._deliver(delivery)
        if self._theatre.pubsub.subscription(PUSHES).backlog:
            for push in self._courier.take_due():
                self._enter("wake-up", partial(self._courier.deliver, push))

    def next_due(self) -> datetime | None:
        now = self._theatre.stage.now
        waiting = [self._theatre.google.next_due(), *(when for when, _ in self._held)]
        if self._theatre.pubsub.subscription(PUSHES).backlog:
            waiting.append(now + timedelta(seconds=1))
        return min((each for each in waiting if each), default=None)

    def _accept(self, delivery: Delivery) -> None:
        weather = self._dice.weather
        if delivery.channel_id in self.silent or self._random.random() < weather.dropped:
            self._dice.struck["dropped"] += 1
            return
        copies = 2 if self._random.random() < weather.doubled else 1
        for _ in range(copies):
            late = self._random.uniform(0, _LONGEST_DELAY) if self._random.random() < weather.delayed else 0
            self._held.append((self._theatre.stage.now + timedelta(seconds=late), delivery))
        self._dice.struck["doubled"] += copies - 1

    def _deliver(self, delivery: Delivery) -> None:
        def work() -> None:
            status = None
            try:
                status = self._theatre.receive(delivery)
            finally:  # whoever dies has not answered
                self._answered(delivery, status)

        self._enter("notification", work)

    def _answered(self, delivery: Delivery, status: int | None) -> None:
        if status == 204:
            self.acknowledged[delivery.channel_id] = self._theatre.stage.now
        self._theatre.gate.digest.delivery(self._theatre.stage.now, delivery.channel_id, status)
        self._theatre.google.delivered(delivery, status)

    def _push(self, push: Push) -> int:
        watch_id = push.received.message.attributes["watchId"]
        attendance = self._theatre.attend(watch_id)
        if attendance is None:
            return 503
        self._attended(watch_id, attendance)
        return 204

    def _enter(self, name: str, work: Callable[[], None]) -> None:
        skew = self._random.uniform(-self._dice.weather.skew, self._dice.weather.skew)
        self._theatre.stage.enter(name, work, timedelta(seconds=skew))
