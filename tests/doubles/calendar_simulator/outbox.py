"""Notifications on their way: queued, handed out when due, tried again where Google tries again."""

import heapq
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from .call import Delivery
from .channels import Channel, Channels
from .faults import Faults
from .options import Options
from .quirks.delivering import Delivering

_SUCCESS = frozenset({102, 200, 201, 202, 204})
#: None stands for a receiver that could not be reached or did not answer
_RETRIED = frozenset({500, 502, 503, 504, None})


@dataclass(frozen=True)
class DeliveryRecord:
    time: datetime
    channel_id: str
    number: int
    state: str
    address: str
    attempt: int
    #: dropped: never sent; failed: sent, and given up
    outcome: Literal["delivered", "retried", "failed", "dropped"]
    status: int | None = None


class Outbox:
    def __init__(self, channels: Channels, faults: Faults, delivering: Delivering) -> None:
        self.log: list[DeliveryRecord] = []
        self._channels = channels
        self._faults = faults
        self._delivering = delivering
        self._waiting: list[tuple[datetime, int, Delivery]] = []
        self._arrivals = count()
        #: channels of which a message is held back
        self._held: set[str] = set()

    def announce(self, channel: Channel, state: str, now: datetime) -> Delivery | None:
        """Return the message for the channel, unless it gets lost."""
        delivery = self._delivering.sent(channel.message(self._channels.next_number(channel), state, now))
        if not self._faults.loses(delivery):
            if delivery.due > now:
                self._held.add(channel.id)
            return delivery
        self._record(delivery, now, "dropped")
        return None

    def add(self, delivery: Delivery) -> None:
        heapq.heappush(self._waiting, (delivery.due, next(self._arrivals), delivery))

    def hasten(self, channel_id: str, now: datetime) -> None:
        """Let go what is held back for the channel."""
        if channel_id not in self._held:
            return
        self._held.remove(channel_id)
        self._waiting = [
            (now, number, replace(each, due=now, first_due=now))
            if each.channel_id == channel_id and each.attempt == 1 and due > now
            else (due, number, each)
            for due, number, each in self._waiting
        ]
        heapq.heapify(self._waiting)

    def release(self, now: datetime) -> None:
        """Let go all that is held back."""
        for channel_id in sorted(self._held):
            self.hasten(channel_id, now)

    def next_due(self) -> datetime | None:
        return self._waiting[0][0] if self._waiting else None

    def take_due(self, now: datetime, options: Options) -> list[Delivery]:
        due = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(heapq.heappop(self._waiting)[2])
        return [delivery for delivery in due if self._leaves(delivery, now, options)]

    def delivered(self, delivery: Delivery, status: int | None, now: datetime, options: Options) -> None:
        if self._channels.find(delivery.channel_id) is None:
            return  # the simulator was reset while the message was on its way
        again = now + timedelta(seconds=options.first_retry_seconds * 2 ** (delivery.attempt - 1))
        latest = delivery.first_due + timedelta(seconds=options.retry_for_seconds)
        if status in _RETRIED and again <= latest:
            self._record(delivery, now, "retried", status)
            self.add(replace(delivery, due=again, attempt=delivery.attempt + 1))
        else:
            self._record(delivery, now, "delivered" if status in _SUCCESS else "failed", status)

    def _leaves(self, delivery: Delivery, now: datetime, options: Options) -> bool:
        fate = self._faults.fate(delivery)
        channel = self._channels.find(delivery.channel_id)
        if fate == "drop" or channel is None or not self._delivering.hears(channel, now):
            self._record(delivery, now, "dropped")
            return False
        if fate == "fail":
            self.delivered(delivery, None, now, options)
            return False
        self._delivering.left(channel, now)
        return True

    def _record(
        self,
        delivery: Delivery,
        now: datetime,
        outcome: Literal["delivered", "retried", "failed", "dropped"],
        status: int | None = None,
    ) -> None:
        self.log.append(
            DeliveryRecord(
                now,
                delivery.channel_id,
                delivery.number,
                delivery.state,
                delivery.address,
                delivery.attempt,
                outcome,
                status,
            )
        )
