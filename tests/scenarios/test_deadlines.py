"""Nobody works longer than there is time, and whoever comes next goes on where it stopped."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from math import ceil

import pytest

from calendar_watch.decisions.listing import page_size
from calendar_watch.decisions.next_step import claimable_again
from tests.scenarios.conftest import MakeWorld
from tests.support.line import Death, dead_before, slow
from tests.support.world import ALICE, ALICES_ACL, ALICES_EVENTS, BOB, SECONDS, World, policy_of, swept

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def after(world: World, seconds: float) -> Callable[[], None]:
    def passes() -> None:
        world.now += seconds * SECOND

    return passes


@pytest.fixture
def one_event_a_page() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(page_size, "asked_for", lambda *_: 1)
        yield


@pytest.mark.usefixtures("one_event_a_page")
def test_a_long_listing_pauses_when_time_is_up_and_goes_on_where_it_was(world: World) -> None:
    for number in range(20):
        world.alice.create_event(ALICE, f"Event {number}")
    sweeps = swept_until_read(world)
    assert max(sweeps) <= timedelta(seconds=SECONDS + 10)
    assert len(sweeps) == 3, "20 pages of six seconds, 50 seconds a sweep"
    assert whole_pages(world) == 20, "no page is read twice"
    assert world.query.show(ALICES_EVENTS.id).reading.item_count == 20


@pytest.mark.search
def test_a_calendar_of_50_000_events_is_read_in_sweeps_of_which_none_is_too_long(world: World) -> None:
    """Pages of so large a calendar are put down together: when time is up, those that are at hand."""
    world.google.seed_events(ALICE, 50_000)
    sweeps = swept_until_read(world)
    assert max(sweeps) <= timedelta(seconds=SECONDS + 10)
    assert len(sweeps) == ceil(whole_pages(world) / ceil(SECONDS / 6)), "each goes on where the one before stopped"
    assert world.query.show(ALICES_EVENTS.id).reading.item_count == 50_000


def swept_until_read(world: World) -> list[timedelta]:
    """How long each sweep lasted, with six seconds a page."""
    world.registry.enrol([(ALICES_EVENTS, {})])
    lasted: list[timedelta] = []
    with world.line.cut("GET", "/events", slow(after(world, 6))):
        while world.query.show(ALICES_EVENTS.id).reading.item_count is None:
            began = world.now
            world.sweep()
            lasted.append(world.now - began)
            assert world.store.get(ALICES_EVENTS.id).schedule.holder is None
    return lasted


def whole_pages(world: World) -> int:
    lists = [each for each in world.google.calls if each.method_id == "calendar.events.list"]
    return sum("syncToken" not in each.query for each in lists)


def test_a_large_collection_that_is_read_in_one_go_is_not_begun_when_too_little_time_is_left(world: World) -> None:
    team = replace(ALICES_ACL, calendar_id=world.alice.create_calendar("Team"))
    for number in range(251):
        world.alice.share(ALICE, f"reader{number}@example.com", "reader")
    for target in (team, ALICES_ACL):
        world.open(target)
        world.run(timedelta(minutes=3))
    world.now += HOUR
    with world.line.cut("GET", "/acl", slow(after(world, SECONDS / 2 + 1))):
        swept = world.sweep()
    assert (swept.synced, swept.reconciled, swept.remaining) == (1, 1, 1)
    assert world.sweep().synced == 1


def test_an_instance_that_is_told_to_end_lets_go_at_the_next_commit(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(publishes=True))
    world.open(ALICES_ACL)
    world.run(HOUR)
    world.alice.share(ALICE, BOB, "reader")
    world.now += 2 * HOUR
    ending: list[bool] = []
    dying = replace(world.services, terminating=lambda: bool(ending))
    with world.line.cut("GET", "/acl", slow(lambda: ending.append(True))):
        assert world.reconcile(ALICES_ACL.id, dying).steps == ["Read", "Pause"]
    watch = world.store.get(ALICES_ACL.id)
    assert (watch.schedule.holder, watch.schedule.due_at) == (None, world.now)
    assert world.told(ALICES_ACL.id)[-1] == "acl.created"


def test_a_sweep_of_an_instance_that_is_told_to_end_begins_nothing(world: World) -> None:
    world.open(ALICES_ACL)
    world.now += 2 * HOUR
    assert swept(replace(world.services, terminating=lambda: True)).reconciled == 0


@pytest.mark.parametrize("published", [True, False])
def test_what_is_left_when_time_is_up_is_done_by_the_next(make_world: MakeWorld, published: bool) -> None:  # noqa: FBT001
    world = make_world(policy=policy_of(publishes=published))
    world.open(ALICES_ACL)
    world.run(HOUR)
    world.alice.share(ALICE, BOB, "reader")
    world.now += HOUR
    with world.line.cut("GET", "/acl", slow(after(world, SECONDS))):
        world.sweep()
    world.run(timedelta(minutes=2))
    assert world.told(ALICES_ACL.id)[-1] == "acl.created"
    assert world.query.show(ALICES_ACL.id).log.published == 2 + world.told(ALICES_ACL.id).count("watch.renewed")


def test_a_wakeup_that_comes_again_goes_on_where_a_worker_died(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(HOUR / 2)
    world.alice.share(ALICE, BOB, "reader")
    world.run(SECOND)
    with world.line.cut("GET", "/acl", dead_before), pytest.raises(Death):
        world.reconcile(ALICES_ACL.id)
    world.now += 5 * SECOND
    assert not world.reconcile(ALICES_ACL.id, claimable=claimable_again).steps, "its holder may only be slow"
    world.now += 5 * SECOND
    assert not world.reconcile(ALICES_ACL.id).steps
    assert world.reconcile(ALICES_ACL.id, claimable=claimable_again).synced == 1
    assert world.told(ALICES_ACL.id)[-1] == "acl.created"
