"""Pushes messages to the endpoints of their subscriptions, over whatever `post` is."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tests.doubles.local_pubsub.pubsub import LocalPubSub
from tests.doubles.local_pubsub.subscription import Received, Subscription
from tests.support.loopback import post

_SUCCESS = frozenset({102, 200, 201, 202, 204})
"""https://cloud.google.com/pubsub/docs/push#receive_push."""
_MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Delivery:
    subscription: Subscription
    received: Received

    @property
    def headers(self) -> Mapping[str, str]:
        """https://cloud.google.com/pubsub/docs/payload-unwrapping."""
        attributes = self.received.message.attributes if self.subscription.unwrapped else {}
        return {"content-type": "application/json", **attributes}

    @property
    def body(self) -> bytes:
        if self.subscription.unwrapped:
            return self.received.message.payload
        envelope: dict[str, object] = {
            "message": self.received.message.envelope,
            "subscription": self.subscription.name,
        }
        if self.subscription.dead_letters:
            envelope["deliveryAttempt"] = self.received.attempt
        return json.dumps(envelope).encode()


Post: TypeAlias = Callable[[Delivery], int | None]
"""Returns the endpoint's status, or None if it could not be reached."""


class Transport:
    def __init__(self, pubsub: LocalPubSub, post: Post) -> None:
        self._pubsub = pubsub
        self._post = post

    def deliver_due(self) -> int:
        """Deliver what is due now, and say how many that were."""
        due = self.take_due()
        for delivery in due:
            self.deliver(delivery)
        return len(due)

    def take_due(self) -> list[Delivery]:
        """With ordering at most one message of a key, and the next only after its success."""
        with self._pubsub.lock:
            if self._pubsub.faults.is_away:
                return []
            pushing = [each for each in self._pubsub.subscriptions() if each.endpoint]
            now = self._pubsub.clock()
            return [Delivery(each, taken) for each in pushing for taken in each.pull(_MOST_AT_ONCE, now)]

    def deliver(self, delivery: Delivery) -> None:
        status = self._post(delivery)
        with self._pubsub.lock:
            now, ack_id = self._pubsub.clock(), delivery.received.ack_id
            if status in _SUCCESS:
                delivery.subscription.acknowledge([ack_id], now)
            else:
                delivery.subscription.fail(ack_id, now)


def post_over_http(delivery: Delivery) -> int | None:
    """The ack deadline is how long an endpoint may take."""
    to = delivery.subscription
    return post(to.endpoint, delivery.headers, to.ack_seconds, delivery.body)
