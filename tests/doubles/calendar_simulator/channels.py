"""Notification channels: opened once, never again under the same id."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from random import Random

from . import errors
from .call import Delivery
from .collection import Topic
from .errors import ApiError
from .options import Options
from .request import JsonObject, Request
from .revisions import micros
from .watch import Order

#: the number of the only Google Cloud project that the simulator knows
PROJECT = "636397034666"
_LARGEST_GAP = 1000
_GOOGLE_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate, br",
    "Content-Length": "0",
    "User-Agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)",
}


@dataclass(frozen=True)
class Channel:
    id: str
    address: str
    token: str | None
    subject: str
    topic: Topic
    resource_uri: str
    created: datetime
    expiration: datetime
    #: whether the answer to watch says nothing about the end
    silent: bool = False
    stopped: datetime | None = None

    @cached_property
    def resource_id(self) -> str:
        """The same for every channel on the same resource, whoever opened it under whatever alias."""
        digest = hashlib.sha1("/".join(self.topic).encode(), usedforsecurity=False).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def is_live(self, at: datetime) -> bool:
        return self.created <= at < self.expiration and (self.stopped is None or at < self.stopped)

    def message(self, number: int, state: str, due: datetime) -> Delivery:
        headers = _GOOGLE_HEADERS | {
            "X-Goog-Channel-ID": self.id,
            "X-Goog-Channel-Expiration": format_datetime(self.expiration.astimezone(UTC), usegmt=True),
            "X-Goog-Message-Number": str(number),
            "X-Goog-Resource-ID": self.resource_id,
            "X-Goog-Resource-State": state,
            "X-Goog-Resource-URI": self.resource_uri,
        }
        if self.token is not None:
            headers["X-Goog-Channel-Token"] = self.token
        return Delivery(self.id, number, state, self.address, headers, due, first_due=due)

    def answer(self, options: Options) -> JsonObject:
        """Return what `watch` answers."""
        millis = micros(self.expiration) // 1000
        spelled: dict[str, JsonObject] = {
            "string": {"expiration": str(millis)},
            "number": {"expiration": millis},
            "missing": {},
        }
        answer = {"kind": "api#channel", "id": self.id, "resourceId": self.resource_id}
        token = {} if self.token is None else {"token": self.token}
        ends = spelled["missing" if self.silent else options.expiration_format]
        return {**answer, "resourceUri": self.resource_uri, **token, **ends}


class Channels:
    def __init__(self, random: Random, account: Callable[[str], str]) -> None:
        """`account` tells the address of today."""
        self._random = random
        self._account = account
        self._numbers: dict[str, int] = {}
        self._channels: dict[str, Channel] = {}
        self._on: dict[Topic, list[str]] = {}

    def open(self, order: Order, topic: Topic, request: Request, uri: str, now: datetime) -> Channel:
        if order.id in self._channels:
            raise errors.channel_id_not_unique(order.id)
        channel = Channel(
            order.id, order.address, order.token, request.user, topic, uri, now, order.expiration, order.silent
        )
        self._channels[order.id] = channel
        self._on.setdefault(topic, []).append(order.id)
        return channel

    def stop(self, request: Request, now: datetime, foreign: Callable[[str], ApiError]) -> None:
        """`foreign` is how somebody else's channel is refused."""
        for name in ("id", "resourceId"):
            if not request.body.get(name):
                raise errors.required(name)
        channel = self._channels.get(request.body["id"])
        if channel is None or channel.resource_id != request.body["resourceId"] or not channel.is_live(now):
            raise errors.channel_not_found(request.body["id"], PROJECT)
        if self._account(channel.subject) != request.user:
            raise foreign(channel.id)
        self._channels[channel.id] = replace(channel, stopped=now)

    def find(self, channel_id: str) -> Channel | None:
        return self._channels.get(channel_id)

    def ever(self) -> list[Channel]:
        return list(self._channels.values())

    def live(self, at: datetime) -> list[Channel]:
        return [channel for channel in self._channels.values() if channel.is_live(at)]

    def ever_on(self, topic: Topic) -> list[Channel]:
        return [self._channels[channel_id] for channel_id in self._on.get(topic, ())]

    def next_number(self, channel: Channel) -> int:
        """1 for the first message; later ones grow, by more than one."""
        known = self._numbers.get(channel.id)
        self._numbers[channel.id] = 1 if known is None else known + self._random.randint(2, _LARGEST_GAP)
        return self._numbers[channel.id]
