"""Carries notifications from the simulator to their addresses, over whatever `post` is."""

from collections.abc import Callable

from .call import Delivery
from .loopback import post
from .simulator import CalendarSimulator

#: returns the receiver's status, or None if it could not be reached
Post = Callable[[Delivery], int | None]
_SECONDS = 10.0


class Transport:
    def __init__(self, simulator: CalendarSimulator, post: Post) -> None:
        self._simulator = simulator
        self._post = post

    def deliver_due(self) -> int:
        """Deliver what is due now, and say how many that were."""
        with self._simulator.lock:
            due = self._simulator.take_due(self._simulator.now())
        for delivery in due:
            self.deliver(delivery)
        return len(due)

    def deliver(self, delivery: Delivery) -> None:
        status = self._post(delivery)
        with self._simulator.lock:
            self._simulator.delivered(delivery, status)


def post_over_http(delivery: Delivery) -> int | None:
    return post(delivery.address, delivery.headers, _SECONDS)
