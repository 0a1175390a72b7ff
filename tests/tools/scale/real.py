"""The same in real processes: 5,000 watches that are read by the clock, and some that are opened and changed.

Calls, RPCs and messages are counted, and compared with what is simulated; how long that takes, is this machine's.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from calendar_watch.firestore.client import connect
from calendar_watch.firestore.store import FirestoreStore
from calendar_watch.model.notification import SYNC
from calendar_watch.model.resources import ACL
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from tests.doubles import local_firestore
from tests.doubles.local_firestore import LocalFirestore
from tests.support import firestore_emulator
from tests.support.stack import Stack, until
from tests.support.stack.rest import told
from tests.tools.bench.processes import cpu_seconds
from tests.tools.bench.row import Row
from tests.tools.scale.assumptions import DAY, Assumptions, Deployment, seconds
from tests.tools.scale.life import Life
from tests.tools.scale.plan import CALLS, Plan
from tests.tools.scale.simulation import Simulation

_WATCHES, _CHANGED = 5_000, 200
_SPREAD, _TICK = 240, 60
"""Seconds within which each is due, and between sweeps."""
_PATIENCE = 1_200.0
_WITHIN = 0.05
_PAUSE = 5.0
_ALICE = "alice@example.com"
_SETTINGS = {"SAFETY_SYNC_SECONDS": str(DAY), "SUBJECT_DOMAINS": "example.com"}
_ASSUMED = Assumptions(of_a_user=(ACL,), changes=(0.0,), lost=0)
_DEPLOYMENT = Deployment(_WATCHES, safety_sync=DAY, max_instances=1)


def measure() -> Iterator[Row]:
    with local_firestore.serve() as firestore, Stack(_SETTINGS, firestore=firestore.host, tick=_TICK) as stack:
        os.environ[firestore_emulator.VARIABLE] = firestore.host
        yield from _Real(firestore, stack).measure()


class _Real:
    def __init__(self, firestore: LocalFirestore, stack: Stack):
        self._firestore, self._stack = firestore, stack
        self._store = FirestoreStore(connect(stack.project, "calendar-watch"), timeout=60, retention=seconds(30 * DAY))
        self._alice = stack.google.person(_ALICE)

    def measure(self) -> Iterator[Row]:
        self._seed()
        before, began, cpu = self._counted(), time.monotonic(), cpu_seconds(self._stack.renew)
        until(lambda: self._spent_since(before)["list"] >= _WATCHES, "all are read", _PATIENCE)
        took, cpu = time.monotonic() - began, cpu_seconds(self._stack.renew) - cpu
        yield from _compared(f"{_WATCHES:,} read by the clock", self._spent_since(before), _read_once())
        yield Row("  took", f"{took:.0f} s", f"{_SPREAD + _TICK} s, if it keeps up")
        yield Row("  CPU of renew, for each", f"{cpu / _WATCHES * 1e3:.1f} ms")
        before = self._counted()
        self._open_and_change()
        yield from _compared(f"{_CHANGED} opened and changed", self._spent_since(before), _opened_and_changed())

    def _seed(self) -> None:
        """One that was opened, many times over, each for somebody else, and all soon due."""
        model = self._store.get(self._stack.api.open(resource="acl", calendarId=_ALICE, subject=_ALICE)["id"])
        until(lambda: self._at_rest(model.id), "the first is at rest", _PATIENCE)
        one, now = self._store.get(model.id), datetime.now(UTC)
        for number in range(_WATCHES):
            target = replace(one.target, subject=f"u{number}@example.com")
            self._store.write(Write(WriteKind.CREATE, _due(replace(one, target=target, version=None), number, now)))

    def _at_rest(self, watch_id: str) -> bool:
        watch = self._store.get(watch_id)
        return watch.reading.last_sync is not None and watch.schedule.due_at == watch.reading.read_at

    def _open_and_change(self) -> None:
        calendars = [self._alice.create_calendar(f"c{number}") for number in range(_CHANGED)]
        requests = [{"resource": "acl", "calendarId": each, "subject": _ALICE} for each in calendars]
        before = self._counted()
        told("POST", f"{self._stack.watches.url}batch", {"requests": requests})
        until(lambda: self._spent_since(before)["list"] >= 3 * _CHANGED, "all are at rest", _PATIENCE)
        for each in calendars:
            self._alice.share(each, "bob@example.com", "reader")
        until(lambda: self._spent_since(before)["list"] >= 5 * _CHANGED, "all are told", _PATIENCE)

    def _counted(self) -> Counter[str]:
        calls = (each["method_id"] or "" for each in self._stack.google.admin("GET", "calls"))
        kinds = Counter(name for each in calls if (name := each.rpartition(".")[2]) in CALLS)
        return kinds + Counter(rpcs=self._firestore.calls.count(), commits=self._firestore.calls.count("Commit"))

    def _spent_since(self, before: Counter[str]) -> Counter[str]:
        time.sleep(_PAUSE)
        return self._counted() - before


def _due(watch: Watch, number: int, now: datetime) -> Watch:
    """All of them evenly, from now on."""
    moment = now + seconds(number / _WATCHES * _SPREAD)
    return watch.with_reading(read_at=moment).with_schedule(due_at=moment)


def _read_once() -> Counter[str]:
    simulation = Simulation(_DEPLOYMENT, Plan(_SPREAD + _TICK), _ASSUMED)
    life = simulation.life
    for number, each in enumerate(list(life.books.watches.values())):
        simulation.put(_due(life.aged(each, each.target, 0, 0, 0), number, life.clock.now()))
    return simulation.run().spent


def _opened_and_changed() -> Counter[str]:
    """Created, opened, its channel's first message, read once more; changed, told, read once more."""
    life = Life(_DEPLOYMENT, _ASSUMED, Random(1))  # noqa: S311 (repeatable on purpose)
    target = life.target(0, 0)
    life.enrol(target, 0)
    opened = life.reconcile(target.id, 0)
    spent = Counter(rpcs=2, commits=1) + opened.spent
    for state, at in ((SYNC, 1), ("exists", 100)):
        life.google.versions[target.id] += state != SYNC
        life.message(target.id, opened.opened[0], state, at)
        spent += life.clock.spent
        spent += life.reconcile(target.id, at).spent + life.reconcile(target.id, at + 60).spent
    return Counter({kind: count * _CHANGED for kind, count in spent.items()})


def _compared(what: str, spent: Counter[str], expected: Counter[str]) -> Iterator[Row]:
    for kind in ("rpcs", "commits", *CALLS):
        met = abs(spent[kind] - expected[kind]) <= _WITHIN * expected[kind]
        yield Row(f"{what}: {kind}", f"{spent[kind]:,}", f"{expected[kind]:,}, within {_WITHIN:.0%}", met)
