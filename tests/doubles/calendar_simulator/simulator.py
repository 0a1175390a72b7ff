"""Google Calendar as its clients see it: calls in, answers and notifications out; no socket, no thread, no clock."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from threading import RLock
from typing import Any

from . import discovery, errors, fields, identity, request, seeds, settings, watch
from .back_office import BackOffice
from .call import Answer, Call, Delivery
from .channels import PROJECT, Channel, Channels
from .collection import Collection as Whole
from .collection import Topic
from .directory import Directory
from .discovery import Method
from .errors import ApiError
from .faults import Faults
from .identity import Grant, Tokens
from .methods import OFFERED, WATCHED
from .options import Options
from .outbox import DeliveryRecord, Outbox
from .quirks import Switches, entries, refusing, renames
from .quirks.delivering import Delivering
from .quirks.refusing import Asked
from .records import CallRecord
from .request import JsonObject, Request
from .token_endpoint import Granted, TokenEndpoint
from .world import World


class CalendarSimulator:
    """Same clock, same seed, same calls: same answers.

    Calls must not overlap. The core does not see to that itself; its shells and `Actor` hold `lock`.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        random: Random | None = None,
        options: Options | None = None,
        users: Sequence[str] = (),
    ) -> None:
        """`users` have calendars from the start; all others from when they are first heard of."""
        self.lock = RLock()
        self._clock = clock
        self._random = random or Random(0)  # noqa: S311 - repeatable on purpose
        self._beginning = self._random.getstate()
        self._users = tuple(users)
        self._begin(options or Options())

    def reset(self, **changes: Any) -> None:
        """Forget everything, and begin again with the options as they are, but for these changes."""
        options = self.options.changed(changes)
        self._random.setstate(self._beginning)
        self._begin(options)

    def _begin(self, options: Options) -> None:
        self.calls: list[CallRecord] = []
        self.tokens = Tokens()
        self.faults = Faults()
        self._ahead = timedelta()
        self._world = World(self.now, self._random, options)
        self._channels = Channels(self._random, self._world.account)
        self._delivering = Delivering(self._world)
        self._outbox = Outbox(self._channels, self.faults, self._delivering)
        self._token_endpoint = TokenEndpoint(self._world, self.tokens)
        self._directory = Directory(self._world, self.tokens, self.now)
        self.office = BackOffice(self._world, lambda: self._spread(self._world.take_news()))
        for user in self._users:
            self.office.meet(user)

    # -- time and options

    def now(self) -> datetime:
        return self._clock() + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by

    @property
    def options(self) -> Options:
        return self._world.options

    def configure(self, **changes: Any) -> None:
        self._world.configure(self.options.changed(changes))

    @property
    def quirks(self) -> Switches:
        return self._world.quirks

    def calm(self) -> None:
        """All quirks off, and every spell over."""
        self._world.calm()
        self._outbox.release(self.now())
        self.office.finish()

    def end(self, quirk: str | None, about: str | None) -> None:
        """One quirk off, and its spells over; of what is about something, only the spells."""
        if about is None:
            self.configure(quirks={number: chance for number, chance in self.options.quirks.items() if number != quirk})
        self.quirks.end_spells(quirk, about)

    def set_setting(self, user: str, setting: str, value: str) -> None:
        self.office.meet(user)
        settings.put(self._world, user, setting, value)
        self._spread(self._world.take_news())

    def expire_sync_tokens(self) -> None:
        """Every sync token given out until now asks for a full listing from now on."""
        self._world.oldest_sync_token = self._world.next_revision()

    def seed_events(self, calendar_id: str, count: int, user: str | None = None, **template: Any) -> list[str]:
        """Fill a calendar and return the ids; who watches it is told once, not once for each event."""
        user = user or self.options.default_user
        self.office.meet(user)
        sown = seeds.sow(self._world, user if calendar_id == "primary" else calendar_id, user, count, template)
        self._spread(set(self._world.take_news()))
        return sown

    # -- the API

    def handle(self, call: Call) -> Answer:
        """Answer a client, or refuse as the quirks have it. IAM, the token endpoint and the Directory are here, too."""
        beside = self._token_endpoint.handle(call) or self._directory.handle(call)
        answer = beside or self._handled(call, refusing.answer)
        self.quirks.answered()
        return answer

    def perform(self, call: Call) -> Answer:
        """Do what somebody does at Google's own pages, whose calls no quirk refuses."""
        answer = self._handled(call, lambda _: None)
        self.quirks.forget()
        return answer

    def grant(self, subject: str, scope: str, at: datetime) -> Granted:
        """Ask IAM and the token endpoint in process, by a client's clock; a token is good for `handle` at once."""
        return self._token_endpoint.grant(subject, scope, at)

    def _handled(self, call: Call, refusal: Callable[[Asked], Answer | None]) -> Answer:
        found = discovery.find(call.method, call.path)
        if found is None:
            return self._recorded(call, None, None, Answer(404, {"content-type": "text/html"}, b"<h1>Not Found</h1>"))
        self._run_errands()
        method, path = found
        user = None
        try:
            grant = self.tokens.grant_of(call, self.options, self.now())
            user = grant.subject
            refused = refusal(Asked(self._world, method.id, user, request.calendar(path, user)))
            answer = refused or self._answer(call, method, path, grant)
        except ApiError as error:
            answer = error.answer()
        if seconds := self._world.memory.take_seconds():
            answer = replace(answer, seconds=seconds)
        return self._recorded(call, method, user, answer)

    def _answer(self, call: Call, method: Method, path: Mapping[str, str], grant: Grant) -> Answer:
        identity.require_scope(grant, method)
        self.office.meet(grant.subject)
        understood = renames.resolved(self._world, request.parse(call, method, path, grant.subject))
        if method.id in WATCHED:
            return self._watch(understood)
        if method.id == "calendar.channels.stop":
            return self._stop(understood)
        if method.id not in OFFERED:
            raise errors.not_offered(method.id)
        result = OFFERED[method.id](self._world, understood)
        entries.touch(self._world, understood)
        self._spread(self._world.take_news())
        return _rendered(understood, self.faults.spoiled(method.id, result), self.options)

    def _watch(self, asked: Request) -> Answer:
        topic = WATCHED[asked.method.id](self._world, asked)
        order = self._delivering.granted(watch.parse(asked.body, self.now(), self.options))
        channel = self._channels.open(order, topic, asked, asked.resource_uri, self.now())
        self._delivering.opened(channel, asked.query.get("eventTypes", ()))
        rendered = _rendered(asked, channel.answer(self.options), self.options)
        first = self._outbox.announce(channel, "sync", self.now())
        if first and self.options.sync == "before":
            return replace(rendered, preceded_by=(first,))
        if self.options.sync == "after":
            self._send(first)
        return rendered

    def _stop(self, asked: Request) -> Answer:
        self._channels.stop(asked, self.now(), self._foreign)
        self._delivering.stopped(asked.body["id"])
        return Answer(204)

    def _foreign(self, channel_id: str) -> ApiError:
        return errors.channel_not_found(channel_id, PROJECT) if self._delivering.denies() else errors.forbidden()

    def _spread(self, news: Iterable[Topic]) -> None:
        for topic in news:
            for channel in self._channels.ever_on(topic):
                if self._delivering.hears(channel, self.now()):
                    self._tell(channel)

    def _tell(self, channel: Channel) -> None:
        self._outbox.hasten(channel.id, self.now())
        if self._delivering.silences(channel):
            return
        for _ in range(self._delivering.copies()):
            self._send(self._outbox.announce(channel, "exists", self.now()))

    def _send(self, delivery: Delivery | None) -> None:
        if delivery:
            self._outbox.add(delivery)

    # -- the notifications

    def take_due(self, now: datetime) -> list[Delivery]:
        """Hand out what is due. Whoever takes a delivery reports what became of it to `delivered`."""
        self._run_errands()
        return self._outbox.take_due(now, self.options)

    def delivered(self, delivery: Delivery, status: int | None) -> None:
        """Report the receiver's status, or None if it could not be reached."""
        self._outbox.delivered(delivery, status, self.now(), self.options)

    def next_due(self) -> datetime | None:
        """Return when something is to be delivered or done; `take_due` does it."""
        due = (self._outbox.next_due(), self._world.errands.next_due())
        return min((time for time in due if time is not None), default=None)

    def _run_errands(self) -> None:
        self._world.errands.run_due(self.now())
        self._spread(self._world.take_news())

    # -- the witness

    @property
    def deliveries(self) -> list[DeliveryRecord]:
        return self._outbox.log

    def collection(self, resource: str, owner: str) -> Whole:
        """Return what there is in truth, with all that ever was; `owner` is a calendar, or a user."""
        return self._world.collection(Topic(resource, owner))

    def channels_ever(self) -> list[Channel]:
        return self._channels.ever()

    def live_channels(self, at: datetime | None = None) -> list[Channel]:
        return self._channels.live(at or self.now())

    def register_token(self, token: str, subject: str, scopes: Collection[str]) -> None:
        self.tokens.register(token, subject, scopes)

    def _recorded(self, call: Call, method: Method | None, user: str | None, answer: Answer) -> Answer:
        self.calls.append(CallRecord.of(self.now(), call, method, user, answer))
        return answer


def _rendered(asked: Request, result: JsonObject | None, options: Options) -> Answer:
    if result is None:
        return Answer(204)
    result = fields.apply(asked.mask, result)
    indent = 1 if asked.query.get("prettyPrint", options.pretty) else None
    return Answer(200, errors.JSON, json.dumps(result, indent=indent).encode())
