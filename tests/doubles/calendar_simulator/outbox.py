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
    def __init__(self, channels: Channels, faults: Faults) -> None:
        self.log: list[DeliveryRecord] = []
        self._channels = channels
        self._faults = faults
        self._waiting: list[tuple[datetime, int, Delivery]] = []
        self._arrivals = count()

    def announce(self, channel: Channel, state: str, now: datetime) -> Delivery | None:
        """Return the message for the channel, unless it gets lost."""
        delivery = channel.message(self._channels.next_number(channel), state, now)
        if not self._faults.loses(delivery):
            return delivery
        self._record(delivery, now, "dropped")
        return None

    def add(self, delivery: Delivery) -> None:
        heapq.heappush(self._waiting, (delivery.due, next(self._arrivals), delivery))

    def next_due(self) -> datetime | None:
        return self._waiting[0][0] if self._waiting else None

    def take_due(self, now: datetime, options: Options) -> list[Delivery]:
        due = []
        while self._waiting and self._waiting[0][0] <= now:
            due.append(heapq.heappop(self._waiting)[2])
        return [delivery for delivery in due if self._leaves(delivery, now, options)]

    def delivered(self, delivery: Delivery, status: int | None, now: datetime, options: Options) -> None:
        again = now + timedelta(seconds=options.first_retry_seconds * 2 ** (delivery.attempt - 1))
        latest = delivery.first_due + timedelta(seconds=options.retry_for_seconds)
        if status in _RETRIED and again <= latest:
            self._record(delivery, now, "retried", status)
            self.add(replace(delivery, due=again, attempt=delivery.attempt + 1))
        else:
            self._record(delivery, now, "delivered" if status in _SUCCESS else "failed", status)

    def _leaves(self, delivery: Delivery, now: datetime, options: Options) -> bool:
        fate = self._faults.fate(delivery)
        if fate == "drop" or not self._channels.get(delivery.channel_id).is_live(now):
            self._record(delivery, now, "dropped")
            return False
        if fate == "fail":
            self.delivered(delivery, None, now, options)
            return False
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
