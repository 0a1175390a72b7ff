"""A sweep reconciles all that is due, whatever is wrong with one of them, and says how late it was."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from google.cloud.firestore import Client

from calendar_watch.errors import RefusedError, TryLaterError, UnavailableError
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.shard import SHARDS, shard_of
from calendar_watch.model.target import Target
from calendar_watch.model.watch import State
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.operations import sweep
from tests.doubles.memory_store import MemoryStore
from tests.scenarios.conftest import MakeWorld
from tests.support.line import answered, refused, slow
from tests.support.log_fields import IN_TROUBLE
from tests.support.world import (
    ALICE,
    ALICES_ACL,
    ALICES_EVENTS,
    ALICES_LIST,
    BOB,
    KEY,
    START,
    World,
    policy_of,
    swept_shard,
)

MINUTE = timedelta(minutes=1)
T = TypeVar("T")


def test_a_sweep_counts_what_it_did(world: World) -> None:
    world.open(ALICES_ACL)
    world.open(ALICES_LIST)
    world.alice.share(ALICE, BOB, "reader")
    world.now += timedelta(days=6.5)
    swept = world.sweep()
    assert (swept.reconciled, swept.renewed, swept.synced, swept.failed, swept.remaining) == (2, 2, 2, 0, 0)
    assert swept.overdueSeconds > timedelta(days=6).total_seconds()


def test_the_first_channel_of_a_watch_is_no_renewal(world: World) -> None:
    world.registry.enrol([(ALICES_ACL, {})])
    swept = world.sweep()
    assert (swept.reconciled, swept.renewed, swept.synced) == (1, 0, 1)


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


def test_what_google_said_before_firestore_failed_is_in_no_log(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may name somebody, and would be in the traceback."""
    world.open(ALICES_ACL)
    world.now += timedelta(hours=2)
    said = {
        "code": 403,
        "message": "who is alice@example.com?",
        "errors": [{"domain": "global", "reason": "forbidden"}],
    }
    monkeypatch.setattr(world.store, "edge", _without_failures)
    with world.line.cut("GET", "/acl", answered(403, {"error": said})):
        world.sweep()
    assert "could not be reconciled" in caplog.text
    assert "UnavailableError" in caplog.text
    assert "alice@example.com" not in caplog.text


def _without_failures(rpc: str, act: Callable[[], T], /) -> T:
    """Firestore is away as soon as anything has failed."""
    if rpc == WriteKind.FAILURE:
        raise UnavailableError("Firestore does not answer")
    return act()


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


def test_what_is_late_in_two_ways_counts_by_the_longer_one(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    world.now += timedelta(days=2)
    news = PendingNotification(ALICES_ACL.id, "channel", "resource", None, world.now)
    world.database.notifications().put(news)
    assert world.sweep().overdueSeconds > timedelta(days=1).total_seconds()


def test_when_its_time_is_over_a_sweep_begins_nothing_more_and_says_what_remains(world: World) -> None:
    targets = [Target(ALICES_ACL.resource, world.alice.create_calendar(f"c{n}"), ALICE) for n in range(6)]
    for target in targets:
        world.open(target)
    world.now += timedelta(hours=2)

    def time_passes() -> None:
        world.now += timedelta(seconds=20)

    with world.line.cut("GET", "/acl", slow(time_passes)):
        swept = world.sweep()
    assert swept.reconciled == 3
    assert swept.remaining == 3


def everything_due(world: World, count: int) -> None:
    for number in range(count):
        world.open(Target(ALICES_ACL.resource, world.alice.create_calendar(f"c{number}"), ALICE))
    world.now += timedelta(hours=2)


@pytest.mark.uncounted
def test_what_a_sweep_cannot_finish_it_hands_over_by_shard_and_keeps_the_most_overdue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything_due(world, 40)
    monkeypatch.setattr(sweep, "_PAGE", 4)
    oldest = world.store.due(world.now, 1)[0][0]
    handed_over: list[int] = []
    with world.line.cut("GET", "/acl", slow(lambda: _pass(world, 2))):
        result = world.sweep(hand_over=handed_over.extend)
    assert result.handedOver == len(handed_over) == 15
    assert set(handed_over) == {*SHARDS} - {shard_of(oldest)}
    assert result.remaining == 40 - result.reconciled


def test_what_is_kept_is_done_first_and_then_whatever_others_have_not_begun(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hand-over that nobody took makes it slower, and loses nothing."""
    everything_due(world, 24)
    monkeypatch.setattr(sweep, "_PAGE", 4)
    kept = shard_of(world.store.due(world.now, 1)[0][0])
    with world.line.cut("GET", "/acl", slow(lambda: _pass(world, 3))):
        world.sweep(hand_over=lambda _shards: None)
    assert not world.store.due(world.now, 40, [kept])
    assert world.store.count_due(world.now) == 24 - 17


def test_a_sweep_that_keeps_up_hands_nothing_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    everything_due(world, 20)
    monkeypatch.setattr(sweep, "_PAGE", 4)
    with world.line.cut("GET", "/acl", slow(lambda: _pass(world, 2))):
        assert world.sweep(hand_over=_no_reason).handedOver == 0


def test_when_the_first_page_has_used_up_all_the_time_every_shard_is_handed_over(world: World) -> None:
    everything_due(world, 6)
    handed_over: list[int] = []
    with world.line.cut("GET", "/acl", slow(lambda: _pass(world, 20))):
        world.sweep(hand_over=handed_over.extend)
    assert handed_over == [*SHARDS]


def test_a_hand_over_that_fails_is_told_and_the_sweep_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, lines: list[dict[str, Any]]
) -> None:
    everything_due(world, 40)
    monkeypatch.setattr(sweep, "_PAGE", 4)
    with world.line.cut("GET", "/acl", slow(lambda: _pass(world, 2))):
        result = world.sweep(hand_over=_unavailable)
    assert (result.handedOver, result.reconciled) == (0, 25)
    assert [each["severity"] for each in lines if each.get("event") == "handover"] == ["WARNING"]


@pytest.mark.uncounted
def test_a_shard_that_was_handed_over_is_swept_and_no_other(world: World) -> None:
    everything_due(world, 40)
    shard = shard_of(world.store.due(world.now, 1)[0][0])
    others = {each for each, _ in world.store.due(world.now, 40) if shard_of(each) != shard}
    swept_shard(world.services, shard)
    assert {each for each, _ in world.store.due(world.now, 40)} == others


def test_a_watch_at_rest_is_looked_at_when_the_settings_change_and_only_then(world: World) -> None:
    """Without safety reads, nothing else would: its channel has days to live."""
    world.deploy(policy_of(safety_sync=timedelta(0)), [KEY])
    world.open(ALICES_ACL)
    world.open(ALICES_EVENTS)
    world.run(timedelta(hours=1))
    version = world.store.get(ALICES_ACL.id).version
    world.run(timedelta(days=2))
    assert world.store.get(ALICES_ACL.id).version == version, "nothing is looked at without a cause"
    world.deploy(policy_of(safety_sync=timedelta(0), address="https://elsewhere.example.com/"), [KEY])
    assert world.sweep().reconciled == 2
    assert world.sweep().reconciled == 0
    world.run(timedelta(hours=2))
    assert {each.address for each in world.google.live_channels()} == {"https://elsewhere.example.com/"}


def test_a_watch_that_ended_is_not_looked_at_when_the_settings_change(world: World) -> None:
    world.open(ALICES_ACL)
    world.registry.end(ALICES_ACL.id)
    world.run(MINUTE)
    world.deploy(policy_of(address="https://elsewhere.example.com/"), [KEY])
    assert world.sweep().reconciled == 0


def _pass(world: World, seconds: float) -> None:
    world.now += timedelta(seconds=seconds)


def _no_reason(shards: Sequence[int]) -> None:
    raise AssertionError(shards)


def _unavailable(_shards: Sequence[int]) -> None:
    raise TryLaterError("no answer from Pub/Sub")


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


def told(lines: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    found = [each for each in lines if each.get("event") == name]
    assert all(each.keys() >= IN_TROUBLE[name] for each in found)
    return found


def test_malformed_news_are_told_of_once_and_keep_no_sweep_from_its_work(
    world: World, client: Client, lines: list[dict[str, Any]]
) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    for name in (f"{ALICES_ACL.id}~empty", "of-no-watch", "~~"):
        client.collection("calendar_watch_news").document(name).set({})
    world.alice.share(ALICE, BOB, "reader")
    world.now += timedelta(hours=2)
    assert world.sweep().failed == 0
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created"]
    assert [each["count"] for each in told(lines, "malformed")] == [2], "what no query of ours finds stays"
    assert world.store.waiting("", 10) == []


def test_a_watch_of_another_schema_stays_as_it_is_and_keeps_nobody_waiting(
    world: World, client: Client, lines: list[dict[str, Any]]
) -> None:
    world.open(ALICES_ACL)
    world.open(ALICES_LIST)
    document = client.collection("calendar_watches").document(ALICES_ACL.id)
    document.update({"schema": 1})
    before = document.get().to_dict()
    client.collection("calendar_watch_news").document(f"{ALICES_ACL.id}~c").set(
        {"schema": 2, "resource_id": "r", "expiration": None, "received": world.now}
    )
    world.now += timedelta(hours=2)
    swept = world.sweep()
    assert (swept.failed, swept.synced) == (0, 1)
    assert {each["severity"] for each in told(lines, "foreignSchema")} == {"WARNING"}
    assert told(lines, "foreignSchema")[0]["document"] == ALICES_ACL.id
    assert document.get().to_dict() == before


def test_every_ten_minutes_a_sweep_tells_how_many_watches_are_in_each_state(
    world: World, lines: list[dict[str, Any]]
) -> None:
    world.open(ALICES_ACL)
    with world.line.cut("GET", "/calendarList", refused(403, "forbidden")), suppress(RefusedError):
        world.open(ALICES_LIST)
    world.run(MINUTE)
    for _ in range(60):
        world.now += MINUTE
        world.sweep()
    counted = told(lines, "counts")
    assert len(counted) == 6
    assert counted[-1]["states"]["active"] == 1
    assert counted[-1]["states"]["stopped"] == 0, "what was never kept is not counted"
    assert counted[-1]["reasons"]["forbidden"] == 0


def test_sweeps_that_outlast_their_minute_count_as_well(make_world: MakeWorld, lines: list[dict[str, Any]]) -> None:
    """Scheduler leaves out a tick then, so that they may all begin in odd minutes."""
    world = make_world(policy=policy_of(safety_sync=timedelta(seconds=90)))
    world.open(ALICES_ACL)
    world.now = START + MINUTE

    def time_passes() -> None:
        world.now += timedelta(seconds=70)

    for _ in range(60):
        began = world.now
        with world.line.cut("GET", "/acl", slow(time_passes)):
            world.sweep()
        world.now = max(world.now, began + 2 * MINUTE)
    assert len(told(lines, "counts")) >= 12


def counted_next(world: World, lines: list[dict[str, Any]]) -> dict[str, Any]:
    world.run(timedelta(minutes=10 - world.now.minute % 10))
    world.sweep()
    return told(lines, "counts")[-1]


def test_who_is_locked_out_is_counted_until_nobody_wants_the_watch(world: World, lines: list[dict[str, Any]]) -> None:
    world.open(ALICES_ACL)
    world.run(MINUTE)
    with world.line.cut("GET", "/acl", refused(403, "forbidden")):
        world.run(timedelta(hours=2))
        assert counted_next(world, lines)["lockedOut"] == 1
        world.registry.end(ALICES_ACL.id)
        last = counted_next(world, lines)
    assert (last["lockedOut"], last["reasons"]["forbidden"], last["states"]["stopped"]) == (0, 0, 1)


def test_a_sweep_that_cannot_count_has_swept_all_the_same(world: World, lines: list[dict[str, Any]]) -> None:
    def uncountable(rpc: str, act: Callable[[], T]) -> T:
        if rpc == "tally":
            raise UnavailableError("away")
        return act()

    assert isinstance(world.store, MemoryStore)
    world.store.edge = uncountable
    world.now = world.now.replace(minute=20)
    world.sweep()
    assert not told(lines, "counts")
