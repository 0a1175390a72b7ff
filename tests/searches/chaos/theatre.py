"""All parts in one process and in virtual time, each of their inputs and outputs through the gate."""

import uuid
from dataclasses import replace
from random import Random
from typing import Any

import requests
from requests.adapters import BaseAdapter

from calendar_watch.calendar_api.allow_list import Allowance
from calendar_watch.calendar_api.api import CalendarApi
from calendar_watch.calendar_api.calls import GoogleCalls
from calendar_watch.calendar_api.rate_limiter import Pace
from calendar_watch.errors import CalendarWatchError, UnknownWatchError
from calendar_watch.model.channel_token import Tokens
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import RESOURCES
from calendar_watch.operations.query import Query
from calendar_watch.operations.receive import Intake
from calendar_watch.operations.register import Registry
from calendar_watch.operations.sweep import Sweep
from calendar_watch.ports import Outlet, Surroundings
from calendar_watch.pubsub import ChangesTopic, PubSub, WakeupTopic
from calendar_watch.reconciler.reconcile import Attendance, attend
from tests.doubles.calendar_simulator import CalendarSimulator, Delivery, Options
from tests.doubles.local_pubsub import LocalPubSub
from tests.doubles.local_pubsub.subscription import Subscription
from tests.doubles.memory_store import MemoryFirestore, MemoryStore
from tests.searches.chaos.gate import Gate, GoogleEdge, PubSubEdge, store_edge
from tests.searches.chaos.stage import Stage
from tests.support.world import CHANGES, KEY, PUBSUB, ROOT, START, WAKEUPS, answered

PUSHES = "projects/p/subscriptions/wakeups"
ARRIVALS = "projects/p/subscriptions/arrivals"
REVOKED = "a token that Google does not know"


class Theatre:
    """`around`, `intake` and `registry` are what workers work with; `store`, `google` and `pubsub` are what is true."""

    def __init__(self, seed: int, gate: Gate, policy: Policy, **options: Any):
        self.gate, self.stage = gate, gate.stage
        self.policy = policy
        self.dice = Random(f"{seed} ids")  # noqa: S311 (repeatable on purpose)
        self.revoked: set[str] = set()
        self.google = CalendarSimulator(lambda: self.stage.now, random=Random(seed), options=Options(**options))  # noqa: S311
        self.pubsub = _pubsub(self.stage)
        self.store = MemoryStore(database := MemoryFirestore(), policy.retention)
        self._sessions: dict[tuple[str, str], requests.Session] = {}
        store = MemoryStore(database, policy.retention, store_edge(self.gate))
        self.tokens = Tokens([KEY])
        self.calendar = self._calendar()
        self._publisher = _session(PUBSUB, PubSubEdge(self.gate, self.pubsub))
        self.around = Surroundings(
            store=store,
            calendar=self.calendar,
            outlet=self._outlet(),
            tokens=self.tokens,
            policy=policy,
            clock=self.stage.clock,
            new_id=lambda: str(uuid.UUID(int=self.dice.getrandbits(128), version=4)),
            jitter=self.dice.random,
        )
        self.registry = Registry(self.around, pause=self.stage.pause)
        self.query = Query(self.around)
        self.reader = Query(replace(self.around, store=self.store))
        self.intake = Intake(self.tokens, lambda: store, self._wake, self.stage.clock)

    def close(self) -> None:
        self.stage.close()
        for session in (*self._sessions.values(), self._publisher):
            session.close()

    # --- what workers do

    def receive(self, delivery: Delivery) -> int:
        return answered(self.intake, delivery)

    def sweep(self) -> None:
        """What `renew` does every minute."""
        try:
            Sweep(self.around, threads=1, seconds=50).run(start=self.dice.choice("27amz"))
        except CalendarWatchError:
            return

    def attend(self, watch_id: str) -> Attendance | None:
        """What `renew` does at once; None when Pub/Sub has to ask again."""
        try:
            return attend(self.around, watch_id, pause=self.stage.pause)
        except UnknownWatchError:
            return Attendance()
        except CalendarWatchError:
            return None

    # --- how they are put together

    def _wake(self, watch_id: str) -> None:
        WakeupTopic(self._line(), WAKEUPS).wake(watch_id)

    def _outlet(self) -> Outlet:
        return ChangesTopic(self._line(), CHANGES)

    def _line(self) -> PubSub:
        return PubSub(PUBSUB, lambda: self._publisher, timeout=20, clock=self._seconds, sleep=self.stage.pause)

    def _calendar(self) -> CalendarApi:
        return CalendarApi(
            GoogleCalls(
                root=ROOT,
                sessions=lambda subject, scope: self._session(subject or "", scope),
                allowance=Allowance(RESOURCES, ["example.com"]),
                pace=Pace(6000, clock=self._seconds, sleep=self.stage.pause),
                timeout=20,
                clock=self._seconds,
                sleep=self.stage.pause,
                jitter=self.dice.random,
                now=self.stage.clock,
            )
        )

    def _session(self, subject: str, scope: str) -> requests.Session:
        """One for each access token; a revoked one is not known any more."""
        session = self._sessions.get((subject, scope)) or self._logged_in(subject, scope)
        token = REVOKED if subject in self.revoked else f"access-token {subject} {scope}"
        session.headers["Authorization"] = f"Bearer {token}"
        return session

    def _logged_in(self, subject: str, scope: str) -> requests.Session:
        session = self._sessions[subject, scope] = _session("https://", GoogleEdge(self.gate, self.google))
        self.google.register_token(f"access-token {subject} {scope}", subject, [scope])
        return session

    def _seconds(self) -> float:
        return (self.stage.clock() - START).total_seconds()


def _session(prefix: str, adapter: BaseAdapter) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount(prefix, adapter)
    return session


def _pubsub(stage: Stage) -> LocalPubSub:
    pubsub = LocalPubSub(lambda: stage.now)
    for topic in (CHANGES, WAKEUPS):
        pubsub.create_topic(topic)
    pubsub.create_subscription(Subscription(PUSHES, WAKEUPS, ack_seconds=60, endpoint="https://renew/wakeups"))
    pubsub.create_subscription(Subscription(ARRIVALS, CHANGES, ack_seconds=600))
    return pubsub
