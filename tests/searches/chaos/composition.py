"""All parts in one process and in virtual time, each of their inputs and outputs through the gate."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from requests.structures import CaseInsensitiveDict

from calendar_watch import pubsub
from calendar_watch.decisions import next_step
from calendar_watch.errors import CalendarWatchError
from calendar_watch.google_http import Tries
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import RESOURCES
from calendar_watch.operations.query import Query
from calendar_watch.operations.receive import Receiver
from calendar_watch.operations.register import Registry
from calendar_watch.ports import Services
from calendar_watch.pubsub import HandoverTopic, PubSub, WakeupTopic
from calendar_watch.reconciler.reconcile import reconcile
from calendar_watch.reconciler.result import Result
from calendar_watch.wiring import Edges, Runtime, Setup, build
from tests.doubles.calendar_simulator import CalendarSimulator, Delivery
from tests.doubles.calendar_simulator import Options as SimulatorOptions
from tests.doubles.local_pubsub import LocalPubSub
from tests.doubles.local_pubsub.subscription import Subscription
from tests.doubles.memory_store import MemoryStore
from tests.searches.chaos.edges.access import Access
from tests.searches.chaos.edges.calls import Calls
from tests.searches.chaos.edges.fault_injection import FaultInjection, GoogleEdge, PubSubEdge, store_edge
from tests.searches.chaos.edges.listings import Listings
from tests.searches.chaos.edges.session import Session
from tests.searches.chaos.scheduler import Scheduler
from tests.support.aside import ByChance
from tests.support.measured import MeasuredFirestore
from tests.support.world import CHANGES, KEY, PUBSUB, ROOT, START, WAKEUPS, answered, swept, swept_shard

PUSHES, HANDED = "projects/p/subscriptions/wakeups", "projects/p/subscriptions/handover"
HANDOVERS = "projects/p/topics/handover"
ARRIVALS = "projects/p/subscriptions/arrivals"


class Composition:
    """`services`, `receiver`, `registry` are what workers use; `store`, `google` and `pubsub` are what is true."""

    def __init__(self, seed: int, injection: FaultInjection, policy: Policy, **options: Any):
        self.injection, self.scheduler = injection, injection.scheduler
        self.policy = policy
        self.dice = Random(f"{seed} ids")  # noqa: S311 (repeatable on purpose)
        self.revoked: set[str] = set()
        """Subjects whose tokens are not known any more."""
        self.calls, self.listings = Calls(self.scheduler), Listings(self.scheduler)
        chance = Random(seed)  # noqa: S311
        answers = SimulatorOptions(**{"pretty": False, "quirk_seed": str(seed), **options})
        self.google = CalendarSimulator(lambda: self.scheduler.now, random=chance, options=answers)
        self.pubsub = _pubsub(self.scheduler)
        self.database = MeasuredFirestore()
        self.store = MemoryStore(self.database, policy.retention)
        self._sessions: dict[tuple[str, str], Session] = {}
        store = MemoryStore(self.database, policy.retention, store_edge(self.injection, self.calls))
        self.tokens = ChannelTokens([KEY])
        self._pubsub_session = Session(PubSubEdge(self.injection, self.pubsub))
        self._runtime = Runtime(
            now=self.scheduler.clock,
            seconds=self._seconds,
            sleep=self.scheduler.pause,
            new_id=lambda: str(uuid.UUID(int=self.dice.getrandbits(128), version=4)),
            jitter=self.dice.random,
            aside=ByChance(self.dice),
            terminating=lambda: self.scheduler.running is not None and self.scheduler.running.ending,
        )
        self._edges = Edges(store, lambda subject, scope: self._session(subject or "", scope), self._publishing)
        self._start()
        self.calendar = self.services.calendar
        self.query = Query(self.services)
        self.reader = Query(replace(self.services, store=self.store))
        self.receiver = Receiver(self.tokens, lambda: store, self._wake, self.scheduler.clock)

    def deploy(self, policy: Policy) -> None:
        """New instances, while the old ones still end what they are at."""
        self.policy = policy
        self._start()

    def _start(self) -> None:
        self.services, self._another = self.another_instance(), self.another_instance()
        self.registry = Registry(self.services, pause=self.scheduler.pause)

    def another_instance(self) -> Services:
        """What one instance remembers by itself (its pace, its breakers) no other one knows."""
        setup = Setup(self.policy, self.tokens, ROOT, RESOURCES, ["example.com"], CHANGES, call_seconds=20)
        return build(setup, self._edges, self._runtime)

    @property
    def now(self) -> datetime:
        return self.scheduler.now

    def close(self) -> None:
        self.scheduler.close()
        for session in (*self._sessions.values(), self._pubsub_session):
            session.close()

    # --- what workers do

    def receive(self, delivery: Delivery) -> int:
        return answered(self.receiver, replace(delivery, headers=CaseInsensitiveDict(delivery.headers)))

    def sweep(self, seconds: float) -> None:
        """What `renew` does every minute."""
        start = self.dice.choice("27amz")
        with suppress(CalendarWatchError):
            swept(self._next_instance(), seconds=seconds, start=start, hand_over=self._hand_over)

    def sweep_shard(self, shard: int, seconds: float) -> int:
        """What it does when a shard is handed over to it; the status that it answers."""
        try:
            swept_shard(self._next_instance(), shard, seconds=seconds)
        except CalendarWatchError:
            return 503
        return 204

    def reconcile(self, watch_id: str, seconds: float, *, again: bool) -> Result | None:
        """What `renew` does at once; None when Pub/Sub has to ask again."""
        try:
            deadline = Deadline.after(self.scheduler.clock(), seconds)
            claimable = next_step.claimable_again if again else next_step.claimable
            return reconcile(self._next_instance(), watch_id, deadline, self.scheduler.pause, claimable)
        except CalendarWatchError:
            return None

    # --- how they are put together

    def _next_instance(self) -> Services:
        self.services, self._another = self._another, self.services
        return self.services

    def _hand_over(self, shards: Sequence[int]) -> None:
        HandoverTopic(self._publishing(self._tries()), HANDOVERS).hand_over(shards)

    def _wake(self, watch_id: str) -> None:
        WakeupTopic(self._publishing(self._tries()), WAKEUPS).wake(watch_id)

    def _tries(self) -> Tries:
        return Tries(20, pubsub.WAITS, self._runtime.seconds, self._runtime.sleep, self._runtime.jitter)

    def _publishing(self, tries: Tries) -> PubSub:
        return PubSub(PUBSUB, lambda: self._pubsub_session, tries)

    def _session(self, subject: str, scope: str) -> Session:
        """One for each subject and scope."""
        if (subject, scope) not in self._sessions:
            access = Access(self.google, self.scheduler.clock, subject, scope, self.revoked)
            edge = GoogleEdge(self.injection, self.calls, self.listings, access, self.google)
            self._sessions[subject, scope] = Session(edge, access)
        return self._sessions[subject, scope]

    def _seconds(self) -> float:
        return (self.scheduler.clock() - START).total_seconds()


def _pubsub(scheduler: Scheduler) -> LocalPubSub:
    pubsub = LocalPubSub(lambda: scheduler.now)
    for topic in (CHANGES, WAKEUPS, HANDOVERS):
        pubsub.create_topic(topic)
    for name, topic, path in ((PUSHES, WAKEUPS, "wakeups"), (HANDED, HANDOVERS, "shards")):
        endpoint = f"https://renew/{path}"
        pubsub.create_subscription(Subscription(name, topic, ack_seconds=60, endpoint=endpoint, first_wait=10))
    pubsub.create_subscription(Subscription(ARRIVALS, CHANGES, ack_seconds=600))
    return pubsub
