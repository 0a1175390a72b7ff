"""Google Calendar as its clients see it: calls in, answers and notifications out; no socket, no thread, no clock."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from threading import RLock
from typing import Any

from . import discovery, errors, fields, identity, request, seeds, settings, users, watch
from .call import Answer, Call, Delivery
from .channels import Channel, Channels
from .collection import Topic
from .discovery import Method
from .errors import ApiError
from .faults import Faults
from .identity import Grant, Tokens
from .methods import OFFERED, WATCHED
from .options import Options
from .outbox import DeliveryRecord, Outbox
from .request import JsonObject, Request
from .world import World


@dataclass(frozen=True)
class CallRecord:
    time: datetime
    method: str
    path: str
    query: Mapping[str, tuple[str, ...]]
    method_id: str | None
    status: int
    user: str | None
    quota_user: str | None
    #: what in the call the discovery document does not allow, refused or overlooked
    offences: tuple[str, ...]


class CalendarSimulator:
    """Same clock, same seed, same calls: same answers.

    Calls must not overlap. The core does not see to that itself; its shells and `Actor` hold `lock`.
    """

    def __init__(
        self, clock: Callable[[], datetime], *, random: Random | None = None, options: Options | None = None
    ) -> None:
        self.lock = RLock()
        self.calls: list[CallRecord] = []
        self.tokens = Tokens()
        self.faults = Faults()
        self._clock = clock
        self._ahead = timedelta()
        random = random or Random(0)  # noqa: S311 - repeatable on purpose
        self._world = World(self.now, random, options or Options())
        self._channels = Channels(random)
        self._outbox = Outbox(self._channels, self.faults)

    # -- time and options

    def now(self) -> datetime:
        return self._clock() + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by

    @property
    def options(self) -> Options:
        return self._world.options

    def configure(self, **changes: Any) -> None:
        self._world.options = self.options.changed(changes)

    def set_setting(self, user: str, setting: str, value: str) -> None:
        self._meet(user)
        settings.put(self._world, user, setting, value)
        self._spread(self._world.take_news())

    def expire_sync_tokens(self) -> None:
        """Every sync token given out until now asks for a full listing from now on."""
        self._world.oldest_sync_token = self._world.next_revision()

    def seed_events(self, calendar_id: str, count: int, user: str | None = None, **template: Any) -> list[str]:
        """Fill a calendar and return the ids; who watches it is told once, not once for each event."""
        user = user or self.options.default_user
        self._meet(user)
        sown = seeds.sow(self._world, user if calendar_id == "primary" else calendar_id, user, count, template)
        self._spread(set(self._world.take_news()))
        return sown

    # -- the API

    def handle(self, call: Call) -> Answer:
        found = discovery.find(call.method, call.path)
        if found is None:
            return self._recorded(call, None, None, Answer(404, {"content-type": "text/html"}, b"<h1>Not Found</h1>"))
        method, path = found
        user = None
        try:
            grant = self.tokens.grant_of(call, self.options.default_user)
            user = grant.subject
            answer = self._answer(call, method, path, grant)
        except ApiError as error:
            answer = error.answer()
        return self._recorded(call, method, user, answer)

    def _answer(self, call: Call, method: Method, path: Mapping[str, str], grant: Grant) -> Answer:
        identity.require_scope(grant, method)
        self._meet(grant.subject)
        understood = request.parse(call, method, path, grant.subject)
        if method.id in WATCHED:
            return self._watch(understood)
        if method.id == "calendar.channels.stop":
            return self._stop(understood)
        if method.id not in OFFERED:
            raise errors.not_offered(method.id)
        result = OFFERED[method.id](self._world, understood)
        self._spread(self._world.take_news())
        return _rendered(understood, self.faults.spoiled(method.id, result), self.options)

    def _watch(self, asked: Request) -> Answer:
        topic = WATCHED[asked.method.id](self._world, asked)
        order = watch.parse(asked.body, self.now(), self.options)
        channel = self._channels.open(order, topic, asked, _resource_uri(asked), self.now())
        rendered = _rendered(asked, channel.answer(self.options), self.options)
        first = self._outbox.announce(channel, "sync", self.now())
        if first and self.options.sync == "before":
            return replace(rendered, preceded_by=(first,))
        if self.options.sync == "after":
            self._send(first)
        return rendered

    def _stop(self, asked: Request) -> Answer:
        self._channels.stop(asked, self.now())
        return Answer(204)

    def _meet(self, user: str) -> None:
        users.meet(self._world, user)
        self._world.take_news()  # nobody can be watching what has only just come into being

    def _spread(self, news: Iterable[Topic]) -> None:
        for topic in news:
            for channel in self._channels.live_on(topic, self.now()):
                self._send(self._outbox.announce(channel, "exists", self.now()))

    def _send(self, delivery: Delivery | None) -> None:
        if delivery:
            self._outbox.add(delivery)

    # -- the notifications

    def take_due(self, now: datetime) -> list[Delivery]:
        """Hand out what is due. Whoever takes a delivery reports what became of it to `delivered`."""
        return self._outbox.take_due(now, self.options)

    def delivered(self, delivery: Delivery, status: int | None) -> None:
        """Report the receiver's status, or None if it could not be reached."""
        self._outbox.delivered(delivery, status, self.now(), self.options)

    def next_due(self) -> datetime | None:
        return self._outbox.next_due()

    # -- the witness

    @property
    def deliveries(self) -> list[DeliveryRecord]:
        return self._outbox.log

    def channels_ever(self) -> list[Channel]:
        return self._channels.ever()

    def live_channels(self, at: datetime | None = None) -> list[Channel]:
        return self._channels.live(at or self.now())

    def register_token(self, token: str, subject: str, scopes: Collection[str]) -> None:
        self.tokens.register(token, subject, scopes)

    def _recorded(self, call: Call, method: Method | None, user: str | None, answer: Answer) -> Answer:
        self.calls.append(
            CallRecord(
                self.now(),
                call.method,
                call.path,
                call.query,
                method.id if method else None,
                answer.status,
                user,
                quota_user=call.query.get("quotaUser", (None,))[-1],
                offences=request.offences(call, method) if method else ("no such method",),
            )
        )
        return answer


def _resource_uri(asked: Request) -> str:
    """Keep the alias that the client used: the address identifies nothing."""
    return f"{discovery.API_ROOT}{asked.url_path.removeprefix('/calendar/v3/').removesuffix('/watch')}?alt=json"


def _rendered(asked: Request, result: JsonObject | None, options: Options) -> Answer:
    if result is None:
        return Answer(204)
    result = fields.apply(asked.mask, result)
    indent = 1 if asked.query.get("prettyPrint", options.pretty) else None
    return Answer(200, errors.JSON, json.dumps(result, indent=indent).encode())
