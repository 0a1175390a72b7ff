"""Many due watches over four instances of `renew`, against one that has a quarter of them: what handing over costs.

Two cores cannot do the work of four instances. So each has few threads, and Google takes its time: what is measured is
how well they part what there is to wait for. A page of a sweep is a hundredth of all, as 500 are of 50,000.

Firestore is Google's emulator where it is here, and ours for many watches, as Google's looks at all that is stored for
each query. Pub/Sub is ours, as Google's emulator pushes two messages at a time and no more. `fleet=50000=16` has as
many watches, and as many threads an instance.
"""

import os
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

import requests

from calendar_watch.firestore.client import connect
from calendar_watch.firestore.store import FirestoreStore
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from tests.support import firestore_emulator
from tests.support.stack import Stack, until
from tests.tools.bench.instances import Balancer, balanced
from tests.tools.bench.patient_google import PatientGoogle, serving
from tests.tools.bench.processes import cpu_seconds
from tests.tools.bench.row import Row, at_most

_WATCHES, _THREADS, _INSTANCES, _CALL = "800", "4", 4, 1.0
_PAGES, _MANY = 100, 5_000
_MOST = 1.15
_LONGER = 1.6
"""A sweep lasts longer than a quarter of the watches take, and less long than half of them, but for the next."""
_LONGEST_SWEEP, _PATIENCE = 540, 600
"""Pub/Sub waits ten minutes for an answer and no longer: https://cloud.google.com/pubsub/docs/push."""
_FUNCTIONS, _SOURCE = Path(__file__).parents[3] / "functions", str(Path(__file__).with_name("small_pages.py"))
_NEVER, _LONG = 36_000.0, 1_800.0


def measure(watches: str = _WATCHES, threads: str = _THREADS) -> Iterator[Row]:
    number = int(watches)
    quarter = number // _INSTANCES
    with serving(_CALL) as google, _fleet(google, number, int(threads)) as fleet:
        before = fleet.swept("before", quarter, instances=1)
        shared = fleet.swept("shared", number, instances=_INSTANCES)
        after = fleet.swept("after", quarter, instances=1)
    ratio = shared.seconds / mean((before.seconds, after.seconds))
    yield at_most(f"{number:,} due watches over {_INSTANCES} instances, ÷ {quarter:,} in one", ratio, _MOST)
    yield Row("  seconds", f"{shared.seconds:.1f} against {before.seconds:.1f} and {after.seconds:.1f}")
    yield Row("  read once · twice · more often", shared.times, "all once or twice", shared.once_or_twice)
    yield Row("  CPU of renew, a watch", f"{shared.cpu * 1e3:.1f} against {before.cpu * 1e3:.1f} ms")


@dataclass(frozen=True, slots=True)
class _Swept:
    seconds: float
    """Until the last one was read for the first time."""
    cpu: float
    counts: Counter[int]
    """How many were read so many times."""

    @property
    def times(self) -> str:
        return f"{self.counts[1]:,} · {self.counts[2]:,} · {self.counts.total() - self.counts[1] - self.counts[2]:,}"

    @property
    def once_or_twice(self) -> bool:
        return self.counts.keys() <= {1, 2}


@contextmanager
def _fleet(google: PatientGoogle, number: int, threads: int) -> Iterator["_Fleet"]:
    firestore = "emulator" if firestore_emulator.present() and number < _MANY else "local"
    project = f"fleet-{secrets.token_hex(4)}"
    stack = Stack(_settings(google, number, threads, project), firestore=firestore, tick=_NEVER)
    stack.project = project
    with stack, balanced(stack, _INSTANCES, _SOURCE) as balancer:
        yield _Fleet(stack, balancer, google)


def _settings(google: PatientGoogle, number: int, threads: int, project: str) -> Mapping[str, str]:
    sweep = min(_LONGER * number / _INSTANCES / threads * _CALL, _LONGEST_SWEEP)
    return {
        "CALENDAR_API_ROOT": google.root,
        "HANDOVER_TOPIC": f"projects/{project}/topics/handover",
        "POLL_SECONDS": f"{_NEVER:.0f}",
        "SETTLE_SECONDS": f"{_NEVER:.0f}",
        "SWEEP_THREADS": f"{threads}",
        "SWEEP_SECONDS": f"{sweep:.0f}",
        "SWEEP_PAGE": f"{max(1, number // _PAGES)}",
        "PYTHONPATH": str(_FUNCTIONS),
        "LOG_LEVEL": "WARNING",
    }


class _Fleet:
    def __init__(self, stack: Stack, balancer: Balancer, google: PatientGoogle):
        self._balancer, self._google = balancer, google
        self._everybody = balancer.instances
        stack.pubsub.push(stack.environment["HANDOVER_TOPIC"], f"{balancer.url}shards", _PATIENCE)
        os.environ[firestore_emulator.VARIABLE] = stack.environment[firestore_emulator.VARIABLE]
        self._store = FirestoreStore(connect(stack.project, "calendar-watch"), timeout=60, retention=timedelta(days=30))
        self._model = self._at_rest(stack.api.open(resource="acl", calendarId="model@example.com")["id"])

    def swept(self, name: str, number: int, instances: int) -> _Swept:
        """All are due, and swept until each was read."""
        self._balancer.instances = self._everybody[:instances]
        watches = {f"{name}{each}@example.com": self._due(f"{name}{each}@example.com") for each in range(number)}
        began, cpu = time.monotonic(), self._cpu()
        listed = self._google.listed
        listed.clear()
        while len(listed) < number:
            requests.post(self._balancer.url, timeout=_LONG)
            until(
                lambda: len(listed) == number or not self._balancer.busy,
                "what was handed over is done",
                _LONG,
            )
        seconds = max(listed[each][0] for each in watches) - began
        for each in watches.values():
            self._at_rest(each)
        return _Swept(seconds, (self._cpu() - cpu) / number, Counter(len(listed[each]) for each in watches))

    def _due(self, calendar: str) -> str:
        """A copy of the model for another calendar; its id."""
        target, now = replace(self._model.target, calendar_id=calendar), datetime.now(UTC)
        watch = replace(self._model, target=target, version=None).with_schedule(due_at=now).with_reading(read_at=now)
        return self._store.write(Write(WriteKind.CREATE, watch)).id

    def _at_rest(self, watch_id: str) -> Watch:
        """As it is stored."""
        until(lambda: _rests(self._store.get(watch_id)), f"{watch_id} is at rest")
        return self._store.get(watch_id)

    def _cpu(self) -> float:
        return sum(map(cpu_seconds, self._everybody))


def _rests(watch: Watch) -> bool:
    """It was read since it was due, and nobody holds it."""
    due = watch.schedule.due_at
    return watch.schedule.holder is None and due is not None and due > datetime.now(UTC) + timedelta(hours=1)
