"""Carries Google's messages and Pub/Sub's pushes: late, twice, in another order, or not at all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random

from calendar_watch.reconciler.result import Result
from tests.doubles.calendar_simulator import Delivery
from tests.doubles.local_pubsub import Delivery as Push
from tests.doubles.local_pubsub import Message, Transport
from tests.searches.chaos.composition import HANDED, PUSHES, Composition
from tests.searches.chaos.fault_rates import LONGEST_DELAY, Dice
from tests.support.world import ADDRESS

_FRESH = timedelta(minutes=1)
_LONG = timedelta(seconds=30)
"""Whoever has less left may leave what is long, and what has come meanwhile, to the next sweep."""
_REPEATED_FROM = 500


class Deliveries:
    """`acknowledged` is when the last 2xx to a message about each channel was answered."""

    def __init__(self, composition: Composition, dice: Dice, random: Random, reconciled: Callable[[str, Result], None]):
        self.acknowledged: dict[str, datetime] = {}
        self._composition = composition
        self._dice = dice
        self._random = random
        self._reconciled = reconciled
        self._held: list[tuple[datetime, Callable[[], None]]] = []
        """When, and what is delivered then."""
        self._transport = Transport(composition.pubsub, self._push)
        self._subscriptions = [composition.pubsub.subscription(each) for each in (PUSHES, HANDED)]
        self.silent: set[str] = set()
        """Channels whose messages Google loses from now on."""
        self.refused: list[str] = []
        """Messages that were answered so that Google does not repeat them."""

    def go_round(self) -> None:
        """Whatever is due by now is on its way to a worker."""
        now = self._composition.now
        for delivery in self._composition.google.take_due(now):
            self._accept(delivery)
        due = [each for each in self._held if each[0] <= now]
        self._held = [each for each in self._held if each[0] > now]
        for _, deliver in due:
            deliver()
        if self._waiting():
            for push in self._transport.take_due():
                self._take(push)

    def _waiting(self) -> int:
        """Messages of our own to `renew`."""
        return sum(each.backlog for each in self._subscriptions)

    def next_due(self) -> datetime | None:
        now = self._composition.now
        waiting = [self._composition.google.next_due(), *(when for when, _ in self._held)]
        if self._waiting():
            waiting.append(now + timedelta(seconds=1))
        return min((each for each in waiting if each), default=None)

    def _accept(self, delivery: Delivery) -> None:
        if delivery.address != ADDRESS:  # somebody else's
            self._composition.google.delivered(delivery, 204)
            return
        rates = self._dice.rates
        if delivery.channel_id in self.silent or self._random.random() < rates.dropped:
            self._dice.struck["dropped"] += 1
            return
        copies = 2 if self._random.random() < rates.doubled else 1
        for _ in range(copies):
            late = self._random.uniform(0, LONGEST_DELAY) if self._random.random() < rates.delayed else 0
            self._hold(late, partial(self._deliver, delivery))
        self._dice.struck["doubled"] += copies - 1

    def _hold(self, seconds: float, deliver: Callable[[], None]) -> None:
        self._held.append((self._composition.now + timedelta(seconds=seconds), deliver))

    def _take(self, push: Push) -> None:
        """What nobody hears of comes again when Pub/Sub has waited for an answer: of a shard, that is too late."""
        if not _is_shard(push):
            self._enter("wake-up", partial(self._transport.deliver, push))
            return
        for late in self._dice.delays():
            self._hold(late, partial(self._enter, "shard", partial(self._transport.deliver, push)))

    def _deliver(self, delivery: Delivery) -> None:
        def work() -> None:
            status = None
            try:
                status = self._composition.receive(delivery)
            finally:  # whoever dies has not answered
                self._answered(delivery, status)

        self._enter("notification", work)

    def _answered(self, delivery: Delivery, status: int | None) -> None:
        if status == 204:
            self.acknowledged[delivery.channel_id] = self._composition.now
        elif status is not None and status < _REPEATED_FROM:
            self.refused.append(f"a message of {delivery.channel_id} was answered {status}: {dict(delivery.headers)}")
        self._composition.injection.digest.delivery(self._composition.now, delivery.channel_id, status)
        self._composition.google.delivered(delivery, status)

    def _push(self, push: Push) -> int:
        message = push.received.message
        if _is_shard(push):
            return self._shard(message)
        watch_id, seconds = message.attributes["watchId"], self._dice.seconds()
        begun_by = self._composition.scheduler.clock() + timedelta(seconds=seconds) - _LONG
        result = self._composition.reconcile(watch_id, seconds, again=push.received.attempt > 1)
        if result is None:
            return 503
        if self._composition.scheduler.clock() < begun_by:
            self._reconciled(watch_id, result)
        return 204

    def _shard(self, message: Message) -> int:
        """As `renew` answers `/shards`."""
        if self._composition.scheduler.clock() - message.published > _FRESH:
            return 204
        return self._composition.sweep_shard(int(message.attributes["shard"]), self._dice.seconds())

    def _enter(self, name: str, work: Callable[[], None]) -> None:
        skew = self._random.uniform(-self._dice.rates.skew, self._dice.rates.skew)
        self._composition.scheduler.enter(name, work, timedelta(seconds=skew))


def _is_shard(push: Push) -> bool:
    return push.subscription.name == HANDED
