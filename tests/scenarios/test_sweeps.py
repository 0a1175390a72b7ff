"""A sweep reconciles all that is due, whatever is wrong with one of them, and says how late it was."""

from datetime import timedelta
from typing import Any

from google.cloud.firestore import Client

from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.target import Target
from calendar_watch.model.watch import State
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.operations.sweep import Sweep
from tests.support.line import slow
from tests.support.world import ALICE, ALICES_ACL, ALICES_LIST, BOB, World

MINUTE = timedelta(minutes=1)


def test_a_sweep_counts_what_it_did(world: World) -> None:
    world.open(ALICES_ACL)
    world.open(ALICES_LIST)
    world.alice.share(ALICE, BOB, "reader")
    world.now += timedelta(days=6.5)
    swept = world.sweep()
    assert (swept.reconciled, swept.renewed, swept.synced, swept.failed, swept.remaining) == (2, 2, 2, 0, 0)
    assert swept.overdueSeconds > timedelta(days=6).total_seconds()


def test_with_nothing_due_nothing_is_done(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    calls = len(world.google.calls)
    swept = world.sweep()
    assert (swept.reconciled, swept.remaining, swept.overdueSeconds) == (0, 0, 0.0)
    assert len(world.google.calls) == calls


def test_one_watch_that_cannot_even_be_read_does_not_stop_the_others(
    world: World, client: Client, lines: list[dict[str, Any]]
) -> None:
    world.open(ALICES_ACL)
    world.open(ALICES_LIST)
    document = client.collection("calendar_watches").document(ALICES_ACL.id)
    document.update({"read_cause": "a later release's"})
    world.now += timedelta(hours=2)
    swept = world.sweep()
    assert (swept.failed, swept.synced) == (1, 1)
    [failed] = [each for each in lines if each.get("event") == "unreconciled"]
    assert failed == {"severity": "ERROR", "event": "unreconciled", "watchId": ALICES_ACL.id, "error": "ValueError"}


def test_news_of_a_watch_that_is_not_stored_here_are_dropped(world: World) -> None:
    stray = PendingNotification("a" * 32, "channel", "resource", None, world.now)
    world.database.notifications().put(stray)
    world.sweep()
    assert world.store.waiting("", 10) == []


def test_the_oldest_news_count_as_overdue(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    waiting = PendingNotification(ALICES_ACL.id, "channel", "resource", None, world.now)
    world.database.notifications().put(waiting)
    world.now += timedelta(seconds=25)
    assert world.sweep().overdueSeconds == 25.0


def test_when_its_time_is_over_a_sweep_begins_nothing_more_and_says_what_remains(world: World) -> None:
    targets = [Target(ALICES_ACL.resource, world.alice.create_calendar(f"c{n}"), ALICE) for n in range(6)]
    for target in targets:
        world.open(target)
    world.now += timedelta(hours=2)

    def time_passes() -> None:
        world.now += timedelta(seconds=20)

    with world.line.cut("GET", "/acl", slow(time_passes)):
        swept = Sweep(world.services, threads=1, seconds=50).run(start="")
    assert swept.reconciled == 3
    assert swept.remaining == 3


def test_a_watch_whose_holder_died_is_reconciled_when_the_lease_ends(world: World) -> None:
    watch = world.open(ALICES_ACL)
    dead = (
        world.store.get(watch.id)
        .with_schedule(holder="dead", due_at=world.now + world.policy.lease)
        .with_reading(read_at=world.now)
    )
    world.store.write(Write(WriteKind.RELEASE, dead))
    assert world.sweep().reconciled == 0
    world.now += world.policy.lease
    assert world.sweep().reconciled == 1
    assert world.store.get(watch.id).state(world.now) is State.ACTIVE
