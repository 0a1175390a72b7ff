"""A population that is simulated makes the calls that the same one makes in the world of the other tests."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from unittest.mock import patch

import pytest

from calendar_watch.model.resources import ACL, EVENTS
from calendar_watch.model.shard import shard_of
from calendar_watch.model.target import Target
from calendar_watch.model.write import WriteKind
from tests.support.world import ALICE, BOB, START
from tests.tools.bench.virtual import Lively
from tests.tools.scale.assumptions import DAY, Assumptions, Deployment, seconds
from tests.tools.scale.life import Life
from tests.tools.scale.plan import CALLS, Plan, Report
from tests.tools.scale.simulation import Simulation

pytestmark = pytest.mark.search

_CALENDARS = 8
_STAGGER = 25
"""Watches a second: what a batch is spread by."""
_AT_ONCE = Assumptions(
    of_a_user=(ACL, EVENTS), changes=(5.0, 5.0), lost=0, rpc=0, list_call=0, watch_call=0, publish_call=0, token=0
)


class Calendars:
    """In the world: each with its rules and its events, of which one is changed."""

    def __init__(self) -> None:
        self.world = Lively()
        self._ids = [self.world.alice.create_calendar(f"c{number}") for number in range(_CALENDARS)]
        self._events = {each: self.world.alice.create_event(each, "Meeting") for each in self._ids}
        self._versions: Counter[str] = Counter()
        for each in self._ids:
            self.world.alice.share(each, BOB, "reader")

    def target(self, user: int, place: int) -> Target:
        return Target((ACL, EVENTS)[place], self._ids[user], ALICE)

    def change(self, target: Target) -> None:
        """Each fifth is a deletion, and the one after it a creation, as in the simulation."""
        self._versions[target.id] += 1
        calendar = target.calendar_id or ""
        version = self._versions[target.id] + shard_of(target.id) % (_AT_ONCE.deletions - 1)
        if target.resource is ACL:
            self._share(calendar, version)
        elif version % _AT_ONCE.deletions == _AT_ONCE.deletions - 1:
            self.world.alice.delete_event(calendar, self._events[calendar])
        elif version % _AT_ONCE.deletions == 0:
            self._events[calendar] = self.world.alice.create_event(calendar, "Meeting")
        else:
            self.world.alice.change_event(calendar, self._events[calendar], summary=f"{version}")

    def _share(self, calendar: str, version: int) -> None:
        if version % _AT_ONCE.deletions == _AT_ONCE.deletions - 1:
            self.world.alice.delete(f"calendars/{calendar}/acl/user:{BOB}")
        else:
            self.world.alice.share(calendar, BOB, ("reader", "writer")[version % 2])

    def live(self, targets: Sequence[Target], changes: Sequence[tuple[float, Target]]) -> Counter[str]:
        """Calls to Google, by kind; those of people are left out."""
        self.world.registry.enrol((each, {}) for each in targets)
        for at, target in changes:
            self.world.at(START + seconds(at), partial(self.change, target))
        self.world.run(seconds(DAY))
        ours = ((call.method_id or "").rpartition(".")[2] for call in self.world.google.calls if call.quota_user)
        return Counter(each for each in ours if each in CALLS)


class Recorded(Life):
    """Of the same collections as those in the world, so that nothing depends on chance; tells who was changed when."""

    calendars: Calendars
    made: list[tuple[float, Target]]

    def target(self, user: int, place: int) -> Target:
        return self.calendars.target(user, place)

    def change(self, watch_id: str) -> str | None:
        self.made.append((self.clock.at, self.books.watches[watch_id].target))
        return super().change(watch_id)


@pytest.fixture(scope="module")
def lived() -> tuple[Report, Lively, Counter[str]]:
    calendars = Calendars()
    Recorded.calendars, Recorded.made = calendars, []
    with patch("tests.tools.scale.simulation.Life", Recorded):
        simulation = Simulation(
            Deployment(2 * _CALENDARS, max_instances=1), Plan(DAY, enrolled_a_second=_STAGGER), _AT_ONCE
        )
    targets = [calendars.target(user, place) for user in range(_CALENDARS) for place in range(2)]
    report = simulation.run()
    return report, calendars.world, calendars.live(targets, Recorded.made)


def test_in_a_day_each_kind_of_call_is_made_as_often(lived: tuple[Report, Lively, Counter[str]]) -> None:
    """Nearly: listings take their time in the world, and what is announced meanwhile is read once more, or not."""
    report, _, calls = lived
    assert {each: report.spent[each] for each in CALLS} == pytest.approx(
        {each: calls[each] for each in CALLS}, rel=0.005
    )


_RECONCILING = (
    "get", "notifications", "parts", "indexes", "put", WriteKind.CLAIM, WriteKind.COMMIT, WriteKind.OPENED,
    WriteKind.STOPPED, WriteKind.FAILURE, WriteKind.RELEASE,
)  # fmt: skip
_ENROLLED = 2 * _CALENDARS
"""Each is read once when it is enrolled."""


def test_in_a_day_firestore_is_asked_as_often(lived: tuple[Report, Lively, Counter[str]]) -> None:
    """Nearly: in the world, first messages come in the middle of a listing, so that a worker looks in vain."""
    report, world, _ = lived
    simulated = report.spent["rpcs"] - report.by_cause["sweeps"]["rpcs"] - report.by_cause["counts"]["rpcs"]
    assert simulated == pytest.approx(sum(world.metered.rpcs[each] for each in _RECONCILING) - _ENROLLED, rel=0.005)


def test_in_a_day_as_much_is_published(lived: tuple[Report, Lively, Counter[str]]) -> None:
    report, world, _ = lived
    assert report.spent["messages"] == len(world.published())
