"""What happens to channels and their messages that the guide to push does not tell."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from .. import access
from ..call import Delivery
from ..channels import Channel
from ..watch import Order
from ..world import World

_HOUR = timedelta(hours=1)
_WEEK = 604_800
_LINGER = (60, 600)
_BURST = (3, 20)
_ALL_MUTE, _MUTE = 0.5, (7_200, 28_800)
_MORE_LIKELY = 3
"""How much oftener a channel is mute if it was asked for by eventTypes."""


class Delivering:
    def __init__(self, world: World) -> None:
        self._world = world

    # -- how channels begin and end

    def granted(self, order: Order) -> Order:
        """Return what becomes of the order: it may end early, and the answer may not say when."""
        quirks, now = self._world.quirks, self._world.now()
        if not quirks.strikes("Q36"):
            return order
        quirks.reached["Q36"] += 1
        ends = quirks.dice("Q36").choice((now + _HOUR, now + 24 * _HOUR, now - _HOUR, None))
        return replace(order, silent=True) if ends is None else replace(order, expiration=min(ends, order.expiration))

    def opened(self, channel: Channel, event_types: Sequence[str]) -> None:
        """Decide whether it stays mute, alone or with all that are opened on its collection for hours."""
        quirks, now, about = self._world.quirks, self._world.now(), " ".join(channel.topic)
        struck = any(quirks.strikes("Q30") for _ in range(_MORE_LIKELY if event_types else 1))
        if struck and quirks.dice("Q30").random() < _ALL_MUTE:
            quirks.begin_spell("Q30", about, now, quirks.dice("Q30").uniform(*_MUTE))
        if struck or quirks.under_spell("Q30", about, now):
            quirks.begin_spell("Q30", channel.id, now, _WEEK)

    def stopped(self, channel_id: str) -> None:
        """Decide whether messages go on for a while."""
        quirks = self._world.quirks
        if quirks.strikes("Q34"):
            quirks.begin_spell("Q34", channel_id, self._world.now(), quirks.dice("Q34").uniform(*_LINGER))

    def denies(self) -> bool:
        """Whether a channel does not exist for who did not open it."""
        return self._world.quirks.seen("Q34", self._world.quirks.strikes("Q34"))

    def hears(self, channel: Channel, at: datetime) -> bool:
        lingers = channel.stopped is not None and self._world.quirks.under_spell("Q34", channel.id, at)
        return channel.is_live(at) or (lingers and at < channel.expiration)

    # -- their messages

    def silences(self, channel: Channel) -> bool:
        mute = self._world.quirks.under_spell("Q30", channel.id, self._world.now())
        return self._world.quirks.seen("Q30", mute)

    def copies(self) -> int:
        """Return how often a change is told."""
        if not self._world.quirks.strikes("Q44"):
            return 1
        self._world.quirks.reached["Q44"] += 1
        return self._world.quirks.dice("Q44").randint(*_BURST)

    def sent(self, delivery: Delivery) -> Delivery:
        """Return the message as it leaves: perhaps later, perhaps with headers of another shape."""
        if delivery.state != "sync" and self._world.quirks.strikes("Q31"):
            self._world.quirks.reached["Q31"] += 1
            later = delivery.due + _HOUR
            delivery = replace(delivery, due=later, first_due=later)
        if not self._world.quirks.strikes("Q35"):
            return delivery
        self._world.quirks.reached["Q35"] += 1
        return replace(delivery, headers=self._reshaped(delivery))

    def left(self, channel: Channel, at: datetime) -> None:
        """Count what reaches a receiver who should not hear it."""
        quirks = self._world.quirks
        quirks.seen("Q34", not channel.is_live(at))
        if quirks.on("Q33") and channel.topic.resource in ("acl", "events"):
            role = access.role_of(self._world, channel.topic.owner, channel.subject)
            quirks.seen("Q33", role == "none")

    def _reshaped(self, delivery: Delivery) -> Mapping[str, str]:
        headers = dict(delivery.headers)
        match self._world.quirks.dice("Q35").randrange(6):
            case 0:
                ends = parsedate_to_datetime(headers["X-Goog-Channel-Expiration"]).astimezone(UTC)
                return headers | {"X-Goog-Channel-Expiration": ends.isoformat().replace("+00:00", "Z")}
            case 1:
                del headers["X-Goog-Channel-Expiration"]
            case 2:
                del headers["X-Goog-Resource-URI"]
            case 3:
                state = "sync" if delivery.state == "sync" else "updated"
                return headers | {"X-Goog-Resource-State": state}
            case 4:
                return {name.lower(): value for name, value in headers.items()}
            case _:
                return headers | {"X-Goog-Changed": "properties", "X-Goog-Trace": "0"}
        return headers
