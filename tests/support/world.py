"""All of it in one process and in virtual time: our parts, the Calendar simulator, Pub/Sub, and some database.

Years run in seconds, because nothing sleeps: time jumps to whatever happens next.
"""

import json
import random
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from calendar_watch import pubsub
from calendar_watch.errors import CalendarWatchError, InvalidRequestError, InvalidTokenError
from calendar_watch.google_http import Tries
from calendar_watch.model.change_log import Span
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL, CALENDAR_LIST, EVENTS, RESOURCES, SETTINGS
from calendar_watch.model.target import Target
from calendar_watch.model.watch import Watch
from calendar_watch.operations.query import Query
from calendar_watch.operations.receive import Receiver
from calendar_watch.operations.register import Registry
from calendar_watch.operations.sweep import HandOver, Sweep, SweepResult
from calendar_watch.operations.workers import Workers
from calendar_watch.ports import Services
from calendar_watch.pubsub import PubSub, WakeupTopic
from calendar_watch.reconciler.lease import Lease
from calendar_watch.reconciler.reconcile import reconcile
from calendar_watch.reconciler.result import Result
from calendar_watch.wiring import Edges, Runtime, Setup, build
from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Delivery, Transport
from tests.doubles.calendar_simulator import Options as SimulatorOptions
from tests.doubles.local_pubsub import LocalPubSub, Message, PubSubAdapter
from tests.support.aside import AtOnce, WhenAsked
from tests.support.databases import Database
from tests.support.line import Line

ALICE = "alice@example.com"
BOB = "bob@example.com"
ADDRESS = "https://notifications.example.com/"
KEY = "k" * 32
PROJECT = "p"
PUBSUB = "https://pubsub.googleapis.com"
CHANGES, WAKEUPS = "projects/p/topics/changes", "projects/p/topics/wakeups"
ROOT = "https://www.googleapis.com/calendar/v3"
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECONDS = 50.0
"""What a sweep has, and a wake-up."""
TICK = timedelta(minutes=1)
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)

ALICES_ACL = Target(ACL, ALICE, ALICE)
ALICES_LIST = Target(CALENDAR_LIST, None, ALICE)
ALICES_EVENTS = Target(EVENTS, ALICE, ALICE)
ALICES_SETTINGS = Target(SETTINGS, None, ALICE)


def _full_minute(moment: datetime) -> datetime:
    """The next one, or this one."""
    return moment + (START - moment) % TICK


def cloud_event(message: Message) -> dict[str, Any]:
    """What the Pub/Sub binding says that a message is."""
    attributes = {name.removeprefix("ce-"): value for name, value in message.attributes.items() if name[:3] == "ce-"}
    kind = message.attributes["content-type"]
    return {**attributes, "datacontenttype": kind, "data": json.loads(message.payload)}


def policy_of(**changes: Any) -> Policy:
    policy = Policy(ADDRESS, ChannelTokens([KEY]).fingerprint, PROJECT, internal_domains=frozenset({"example.com"}))
    return replace(policy, **changes)


def answered(receiver: Receiver, delivery: Delivery) -> int:
    """What `notifications` answers; errors become statuses as `web` has it."""
    try:
        receiver.take(delivery.headers)
    except InvalidRequestError:
        return 400
    except InvalidTokenError:
        return 403
    except CalendarWatchError:
        return 503
    return 204


def swept(
    services: Services, seconds: float = SECONDS, start: str = "", hand_over: HandOver | None = None
) -> SweepResult:
    return Sweep(services, Workers(services, AtOnce()), seconds).run(start, hand_over)


def swept_shard(services: Services, shard: int, seconds: float = SECONDS) -> None:
    Sweep(services, Workers(services, AtOnce()), seconds).run_shard(shard)


class World:
    """`alice` and `bob` change things at Google; `registry` and `query` are how operators talk to us."""

    def __init__(self, database: Database, policy: Policy | None = None, **options: Any):
        self.now = START
        self.domains = ["example.com"]
        answers = SimulatorOptions(**{"pretty": False, **options})
        self.google = CalendarSimulator(lambda: self.now, options=answers)
        self.alice, self.bob = Actor(self.google, ALICE), Actor(self.google, BOB)
        self.database = database
        self._transport = Transport(self.google, self._post)
        self._session = requests.Session()
        self._session.trust_env = False  # or a .netrc is looked for with every request
        self.line = Line(self.google, self._post)
        self._session.mount("https://", self.line)
        self.pubsub = LocalPubSub(lambda: self.now)
        for topic in (CHANGES, WAKEUPS):
            self.pubsub.create_topic(topic)
        self._session.mount(PUBSUB, PubSubAdapter(self.pubsub))
        self._chance = random.Random(1)  # noqa: S311 (repeatable on purpose)
        self.deploy(policy or policy_of(), [KEY])

    def deploy(self, policy: Policy, keys: list[str]) -> None:
        """New instances: what they remember lies in Firestore alone."""
        self.policy = policy
        self.store = self.database.store(policy.retention)
        self.runtime = Runtime(
            now=lambda: self.now,
            seconds=self._seconds,
            sleep=self._sleep,
            new_id=lambda: str(uuid.UUID(int=self._chance.getrandbits(128), version=4)),
            jitter=self._chance.random,
            aside=WhenAsked(),
            terminating=lambda: False,
        )
        self.services = build(
            Setup(policy, ChannelTokens(keys), ROOT, RESOURCES, self.domains, CHANGES, call_seconds=20),
            Edges(self.store, lambda _subject, _scope: self._session, self._pubsub),
            self.runtime,
        )
        self.query = Query(self.services)
        self.registry = Registry(self.services, pause=lambda seconds: self.run(timedelta(seconds=seconds)))
        self.receiver = Receiver(ChannelTokens(keys), self.database.notifications, self._wake, lambda: self.now)

    def close(self) -> None:
        self._session.close()
        self.database.close()

    def _pubsub(self, tries: Tries) -> PubSub:
        return PubSub(PUBSUB, lambda: self._session, tries)

    def _wake(self, watch_id: str) -> None:
        """Where changes are published, wake-ups are as well."""
        if self.policy.publishes:
            tries = Tries(20, pubsub.WAITS, self.runtime.seconds, self._sleep, self.runtime.jitter)
            WakeupTopic(self._pubsub(tries), WAKEUPS).wake(watch_id)

    def _seconds(self) -> float:
        return (self.now - START).total_seconds()

    def _sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _post(self, delivery: Delivery) -> int:
        return answered(self.receiver, delivery)

    def run(self, span: timedelta) -> None:
        """Let time pass: messages arrive when they are due, and a sweep runs at every full minute that needs one."""
        end = self.now + span
        while (moment := min(sweep := self._next_sweep(), self.google.next_due() or _NEVER)) <= end:
            self.now = max(self.now, moment)
            self._transport.deliver_due()
            if moment == sweep:
                self.sweep()
        self.now = end

    def _next_sweep(self) -> datetime:
        next_moment = self.now + timedelta(microseconds=1)
        if self.store.waiting("", 1) or self.store.outdated(self.policy.fingerprint, 1):
            return _full_minute(next_moment)
        due = self.store.due(_NEVER, 1)
        return _full_minute(max(due[0][1], next_moment)) if due else _NEVER

    def sweep(self, **options: Any) -> SweepResult:
        return swept(self.services, **options)

    def reconcile(self, watch_id: str, services: Services | None = None, **options: Any) -> Result:
        """As a wake-up would, by these services or by the world's own."""
        return reconcile(services or self.services, watch_id, Deadline.after(self.now, SECONDS), **options)

    def lease(self, watch: Watch) -> Lease:
        return Lease(self.services, watch, Deadline.after(self.now, SECONDS))

    def open(self, target: Target, **options: Any) -> Watch:
        return self.registry.open(target, options)[1]

    def events(self, watch_id: str) -> list[Any]:
        """The whole feed, as a consumer reads it."""
        told: list[Any] = []
        while (page := self.query.changes(watch_id, Span(len(told)), 10_000)).changes:
            told += page.changes
        return told

    def published(self) -> list[Any]:
        """Every CloudEvent that arrived at Pub/Sub, in JSON form, in order of arrival."""
        return [cloud_event(each) for each in self.pubsub.published(CHANGES)]

    def told(self, watch_id: str) -> list[str]:
        """What happened, in words: the middle of each type."""
        return [each["type"].removeprefix("calendarwatch.").removesuffix(".v1") for each in self.events(watch_id)]

    def live(self) -> list[str]:
        """Ids of the channels that Google would still use."""
        return [channel.id for channel in self.google.live_channels()]
