"""Topics and subscriptions, without a socket and with whatever clock it is given. Thread-safe."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from threading import RLock
from typing import Any

from tests.doubles.local_pubsub import limits
from tests.doubles.local_pubsub.errors import exists, invalid, not_found
from tests.doubles.local_pubsub.faults import Faults
from tests.doubles.local_pubsub.message import Message
from tests.doubles.local_pubsub.subscription import Received, Subscription

_LONGEST_ACK_SECONDS = 600
_DELETED_TOPIC = "_deleted-topic_"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class LocalPubSub:
    """Names are full: projects/P/topics/T, projects/P/subscriptions/S. `faults` strike requests, not these methods."""

    clock: Callable[[], datetime] = _utc_now
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.lock = RLock()
        self._topics: dict[str, list[Message]] = {}
        self._subscriptions: dict[str, Subscription] = {}
        self._numbers = count(1)

    def create_topic(self, name: str) -> None:
        limits.check_name(name)
        with self.lock:
            if name in self._topics:
                raise exists("Topic already exists")
            self._topics[name] = []

    def delete_topic(self, name: str) -> None:
        """Its subscriptions stay, with what they still hold."""
        with self.lock:
            self.published(name)
            del self._topics[name]
            for each in self._subscriptions.values():
                each.topic = _DELETED_TOPIC if each.topic == name else each.topic

    def has_topic(self, name: str) -> bool:
        with self.lock:
            return name in self._topics

    def published(self, topic: str) -> Sequence[Message]:
        """Everything that ever arrived, in order."""
        with self.lock:
            if topic not in self._topics:
                raise not_found("Topic not found")
            return tuple(self._topics[topic])

    def create_subscription(self, subscription: Subscription) -> Subscription:
        limits.check_name(subscription.name)
        with self.lock:
            if subscription.topic not in self._topics:
                raise not_found("Subscription topic does not exist")
            if subscription.name in self._subscriptions:
                raise exists("Subscription already exists")
            self._subscriptions[subscription.name] = subscription
            return subscription

    def delete_subscription(self, name: str) -> None:
        with self.lock:
            self.subscription(name)
            del self._subscriptions[name]

    def subscription(self, name: str) -> Subscription:
        with self.lock:
            if name not in self._subscriptions:
                raise not_found("Subscription does not exist")
            return self._subscriptions[name]

    def subscriptions(self) -> Sequence[Subscription]:
        with self.lock:
            return tuple(self._subscriptions.values())

    def publish(self, topic: str, messages: Sequence[Mapping[str, Any]]) -> list[str]:
        """`messages` as in Google's REST API. All are stored, or none."""
        with self.lock:
            self.published(topic)
            limits.check_messages(messages)
            fresh = [Message.of(next(self._numbers), self.clock(), each) for each in messages]
            self._topics[topic] += fresh
            for each in self._subscriptions.values():
                if each.topic == topic:
                    each.extend(fresh)
            return [each.id for each in fresh]

    def pull(self, subscription: str, most: int) -> list[Received]:
        """At once, whether there is anything or not."""
        if most < 1:
            raise invalid("No max_messages specified")
        with self.lock:
            return self.subscription(subscription).pull(most, self.clock())

    def acknowledge(self, subscription: str, ack_ids: Iterable[str]) -> None:
        with self.lock:
            self.subscription(subscription).acknowledge(_given(ack_ids), self.clock())

    def modify_ack_deadline(self, subscription: str, ack_ids: Iterable[str], seconds: int) -> None:
        """0 seconds: it could not be handled."""
        if not 0 <= seconds <= _LONGEST_ACK_SECONDS:
            raise invalid(f"Invalid ack deadline (seconds={seconds})")
        with self.lock:
            self.subscription(subscription).modify(_given(ack_ids), seconds, self.clock())


def _given(ack_ids: Iterable[str]) -> list[str]:
    given = list(ack_ids)
    if not given:
        raise invalid("No ack ids specified")
    return given
