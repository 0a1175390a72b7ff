"""A thousand watches, two instances, and an hour in which everybody is refused: how all of it comes back."""

# The errors of google-auth have no types:
# mypy: allow-untyped-calls

import contextlib
import json
from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from google.auth.exceptions import RefreshError
from requests import PreparedRequest, Response

from calendar_watch.model.resources import ACL
from calendar_watch.model.target import NamedOptions, Target
from calendar_watch.model.watch import State, Watch
from calendar_watch.ports import Filter, Services
from tests.doubles.calendar_simulator import Actor, Transport
from tests.searches.chaos.composition import Composition
from tests.searches.chaos.edges import fault_injection
from tests.searches.chaos.edges.fault_injection import Fate, FaultInjection
from tests.searches.chaos.patches import everything_at_once
from tests.searches.chaos.scheduler import Scheduler
from tests.support.line import Send
from tests.support.world import ALICE, START, policy_of, swept

pytestmark = pytest.mark.search

_WATCHES = 1000
_CALLS_A_MINUTE = 300
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def unsigned(_request: PreparedRequest, _send: Send) -> Response:
    denied = {"error": {"code": 403, "message": "Permission 'iam.serviceAccounts.signJwt' denied on resource."}}
    raise RefreshError("Unable to acquire impersonated credentials", json.dumps(denied))


def undelegated(_request: PreparedRequest, _send: Send) -> Response:
    raise RefreshError("unauthorized_client: Client is unauthorized", {"error": "unauthorized_client"})


class Fleet:
    """Two instances that sweep side by side, each with breakers and a pace of its own."""

    def __init__(self) -> None:
        self.scheduler = Scheduler(START)
        self.trouble = ""
        policy = policy_of(calls_per_minute=_CALLS_A_MINUTE, publishes=True)
        self.composition = Composition(1, FaultInjection(self.scheduler, self._fate), policy)
        self.google, self.store = self.composition.google, self.composition.store
        self._instances = [self.composition.services, self.composition.another_instance()]
        self._transport = Transport(self.google, self.composition.receive)

    def _fate(self, call: str) -> Fate:
        return Fate(self.trouble if call.startswith("google.") else "")

    def enrol(self) -> None:
        alice = Actor(self.google, ALICE)
        calendars = [alice.create_calendar(f"Team {number}") for number in range(_WATCHES)]
        asked: list[tuple[Target, NamedOptions]] = [(Target(ACL, each, ALICE), {}) for each in calendars]
        self.composition.registry.enrol(asked)
        self.run(30 * _MINUTE)

    def run(self, span: timedelta) -> None:
        end = self.scheduler.now + span
        while self.scheduler.now < end:
            for each in self._instances:
                self.scheduler.enter("sweep", partial(_sweep, each))
            self._until(self.scheduler.now + _MINUTE)

    def _until(self, moment: datetime) -> None:
        while self.scheduler.now < moment:
            self._transport.deliver_due()
            ready = self.scheduler.ready()
            if ready:
                self.scheduler.turn(ready[0])
            else:
                self.scheduler.now = min([moment, *(each.wakes for each in self.scheduler.workers)])

    def watches(self) -> list[Watch]:
        return list(self.store.page(Filter(), "", 10_000).watches)

    def states(self) -> Counter[State]:
        return Counter(each.state(self.scheduler.now) for each in self.watches())

    def calls_since(self, moment: datetime) -> list[datetime]:
        return [each.time for each in self.google.calls if each.time >= moment]


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with everything_at_once(), pytest.MonkeyPatch.context() as patches:
        mishaps = {"unsigned": unsigned, "undelegated": undelegated}
        patches.setattr(fault_injection, "_GOOGLE_MISHAPS", fault_injection._GOOGLE_MISHAPS | mishaps)  # noqa: SLF001
        fleet = Fleet()
        with contextlib.closing(fleet.composition):
            yield fleet


def _sweep(instance: Services) -> None:
    swept(instance)


def most_within(moments: list[datetime], span: timedelta) -> int:
    first, most = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - span:
            first += 1
        most = max(most, last - first + 1)
    return most


def out_of_turn(turns: list[tuple[datetime, datetime]]) -> list[datetime]:
    """Who was due a minute and more before somebody else, and read a minute and more after."""
    late, latest, queue = [], datetime.min.replace(tzinfo=UTC), deque[tuple[datetime, datetime]]()
    for due, read in sorted(turns):
        queue.append((due, read))
        while queue[0][0] <= due - _MINUTE:
            latest = max(latest, queue.popleft()[1])
        if latest > read + _MINUTE:
            late.append(due)
    return late


@pytest.mark.parametrize("trouble", ["unsigned", "undelegated"])
def test_a_thousand_watches_come_back_in_order_of_lateness_and_at_the_pace_of_the_quota(
    fleet: Fleet, trouble: str
) -> None:
    fleet.enrol()
    assert fleet.states() == {State.ACTIVE: _WATCHES}
    fleet.trouble = trouble
    fleet.run(_HOUR)
    assert set(fleet.states()) <= {State.ACTIVE, State.DEGRADED}, "nobody is suspended"
    fleet.trouble, over = "", fleet.scheduler.now
    due = {each.id: each.schedule.due_at for each in fleet.watches()}
    fleet.run(15 * _MINUTE)
    assert fleet.states() == {State.ACTIVE: _WATCHES}
    read = {each.id: each.reading.last_sync for each in fleet.watches()}
    assert all(each and each >= over for each in read.values())
    turns = [(due[each] or over, read[each] or over) for each in due]
    assert out_of_turn(turns) == []
    calls = fleet.calls_since(over)
    assert most_within(calls, _MINUTE) <= 600
    assert most_within(calls, timedelta(seconds=10)) <= 150
