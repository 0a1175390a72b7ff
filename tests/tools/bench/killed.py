"""How soon a change is told though `renew` got a SIGKILL in the middle of its reconciliation, fifty times.

Real processes, wake-ups that come again as in the cloud (`infra/pubsub.tf`), a sweep each minute, and leases of a
minute. Firestore is ours and slow, so that a reconciliation lasts long enough to be struck anywhere. `killed=5` kills
five times.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from random import Random
from statistics import median, quantiles
from typing import Any

from calendar_watch.firestore.client import connect
from calendar_watch.firestore.store import FirestoreStore
from tests.doubles import local_firestore, local_pubsub
from tests.doubles.local_firestore import LocalFirestore
from tests.doubles.local_pubsub.message import Message
from tests.support import firestore_emulator
from tests.support.consumer import Consumer
from tests.support.stack import Stack, event_of, until
from tests.support.world import ALICE
from tests.tools.bench.row import Row, at_least

_KILLS, _WHOLE = "50", 5
"""Kills, and reconciliations that nobody disturbs, to know how long one takes."""
_RPC = 0.05
_RPCS = ("RunQuery", "BatchGetDocuments", "Commit")
_SETTINGS = {"SETTLE_SECONDS": "3600"}
_MINUTE = 60.0
_SOON, _MOST = 20.0, 0.95


def measure(kills: str = _KILLS) -> Iterator[Row]:
    with ExitStack() as stack:
        firestore = stack.enter_context(local_firestore.serve())
        pubsub = stack.enter_context(local_pubsub.serve())
        for rpc in _RPCS:
            stack.enter_context(firestore.faults.delay(rpc, _RPC, nth=None))
        system = stack.enter_context(Stack(_SETTINGS, firestore=firestore.host, pubsub=pubsub.host, tick=_MINUTE))
        victim = _Victim(system, firestore, pubsub)
        took = list(victim.struck(int(kills)))
        wrong = list(victim.wrong())
    soon = sum(each <= _SOON for each in took) / len(took)
    yield at_least(f"{kills} SIGKILLs within a reconciliation: told within {_SOON:.0f} s of it", soon, _MOST, "{:.2f}")
    yield Row(
        "  seconds until it was told",
        f"p50 {median(took):.1f}, p95 {quantiles(took, n=20)[18]:.1f}, at most {max(took):.1f}",
    )
    yield Row("  lost, doubled or out of order", ", ".join(wrong) or "nothing", "nothing", not wrong)


class _Victim:
    """One watch, whose calendar is changed again and again."""

    def __init__(self, stack: Stack, firestore: LocalFirestore, pubsub: local_pubsub.Server):
        self._stack, self._firestore, self._pubsub = stack, firestore, pubsub.pubsub
        os.environ[firestore_emulator.VARIABLE] = firestore.host
        self._store = FirestoreStore(connect(stack.project, "calendar-watch"), timeout=60, retention=timedelta(days=30))
        stack.pubsub.push_wakeups(f"{stack.renew.url}wakeups")
        self._alice = stack.google.person(ALICE)
        self._calendar = self._alice.create_calendar("Team")
        self._watch: str = stack.api.open(resource="acl", calendarId=self._calendar)["id"]
        until(self._done, "the watch is at rest")
        self._random = Random(1)  # noqa: S311 (repeatable on purpose)
        self._guests: list[str] = []

    def struck(self, kills: int) -> Iterator[float]:
        """Seconds from a kill to the change told. What had come to its end already is no kill, and tried again."""
        whole = median(self._undisturbed() for _ in range(_WHOLE))
        struck = 0
        while struck < kills:
            self._change()
            time.sleep(self._random.uniform(0, whole))
            self._stack.renew.kill()
            killed, in_the_middle = time.time(), not self._done()
            self._stack.renew.restart()
            told = until(self._told, "the change is told", 300)
            until(self._done, "all is done", 300)
            if in_the_middle:
                struck += 1
                yield max(0.0, told - killed)

    def wrong(self) -> Iterator[str]:
        feed = self._stack.api.changes(self._watch)
        created = [each["subject"] for each in feed if each["type"].endswith("created.v1")]
        if created != [f"user:{each}" for each in self._guests]:
            yield f"the feed tells {len(created)} of {len(self._guests)}, or not in order"
        if [int(each["sequence"]) for each in feed] != [*range(1, len(feed) + 1)]:
            yield "the feed has a gap"
        if [*self._heard()] != [each["id"] for each in feed]:
            yield "what was published is not what the feed tells"

    def _heard(self) -> Mapping[str, Any]:
        """Raises where a consumer would see a gap, or one number with two contents."""
        consumer = Consumer(self._stack.api.collection)
        for message in self._published():
            consumer.take(event_of(message.envelope))
        return consumer.arrived

    def _undisturbed(self) -> float:
        self._change()
        began = time.monotonic()
        until(self._done, "the change is told")
        return time.monotonic() - began

    def _change(self) -> None:
        """Until `renew` has begun to look at it."""
        looks = self._firestore.calls.count("BatchGetDocuments")
        self._guests.append(f"g{len(self._guests)}@example.com")
        self._alice.share(self._calendar, self._guests[-1], "reader")
        while self._firestore.calls.count("BatchGetDocuments") == looks:
            time.sleep(0.001)

    def _published(self) -> list[Message]:
        return list(self._pubsub.published(self._stack.pubsub.changes))

    def _told(self) -> float:
        """When, by this machine's clock."""
        subject = f"user:{self._guests[-1]}"
        times = [each.published for each in self._published() if each.attributes.get("ce-subject") == subject]
        return times[0].timestamp() if times else 0.0

    def _done(self) -> bool:
        watch, waiting = self._store.look(self._watch)
        return not waiting and watch.schedule.holder is None and watch.log.published == watch.log.sequence
