"""What is read, when, and what is made of it, in virtual time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from requests import PreparedRequest, Response

from calendar_watch.decisions import registration
from calendar_watch.model.change_log import Span
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import State
from calendar_watch.model.write import Write, WriteKind
from tests.scenarios.conftest import MakeWorld
from tests.support.aside import AtOnce
from tests.support.line import Send, answered, late, refused, slow
from tests.support.world import ALICE, ALICES_ACL, ALICES_LIST, ALICES_SETTINGS, BOB, World, policy_of

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
EMPTY = answered(200, {"items": []})


def readings(world: World) -> int:
    return sum(call.method_id == "calendar.acl.list" for call in world.google.calls)


def roles(world: World, target: Target) -> list[tuple[str | None, str | None]]:
    """What each change of an ACL says of before and after."""
    data = [each["data"] for each in world.events(target.id) if "itemId" in each["data"]]
    return [((each["before"] or {}).get("role"), (each["after"] or {}).get("role")) for each in data]


def test_sharing_raising_and_unsharing_are_reported_with_before_and_after(world: World) -> None:
    world.open(ALICES_ACL)
    for act in ("reader", "writer"):
        world.alice.share(ALICE, BOB, act)
        world.run(2 * MINUTE)
    world.alice.delete(f"calendars/{ALICE}/acl/user:{BOB}")
    world.run(2 * MINUTE)
    assert roles(world, ALICES_ACL) == [(None, "reader"), ("reader", "writer"), ("writer", None)]
    assert [each["sequence"] for each in world.events(ALICES_ACL.id)] == [f"{n:020d}" for n in (1, 2, 3, 4)]


def test_a_calendar_and_a_setting_are_reported(world: World) -> None:
    world.open(ALICES_LIST)
    world.open(ALICES_SETTINGS)
    calendar = world.alice.create_calendar("Team")
    world.google.set_setting(ALICE, "weekStart", "1")
    world.run(2 * MINUTE)
    world.alice.delete(f"calendars/{calendar}")
    world.run(2 * MINUTE)
    assert world.told(ALICES_LIST.id) == ["watch.opened", "calendarList.created", "calendarList.deleted"]
    assert world.told(ALICES_SETTINGS.id) == ["watch.opened", "settings.updated"]
    assert world.events(ALICES_SETTINGS.id)[1]["data"]["changedFields"] == ["value"]


def test_a_lost_message_is_caught_by_the_safety_read(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    world.google.faults.drop_next(1)
    world.alice.share(ALICE, BOB, "reader")
    world.run(5 * MINUTE)
    assert roles(world, ALICES_ACL) == []
    world.run(HOUR)
    assert roles(world, ALICES_ACL) == [(None, "reader")]
    assert world.events(ALICES_ACL.id)[1]["data"]["cause"] == "schedule"


def test_without_safety_reads_every_message_still_leads_to_a_reading(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(safety_sync=timedelta(0)))
    world.open(ALICES_ACL)
    world.run(5 * HOUR)
    quiet = readings(world)
    world.run(5 * HOUR)
    assert readings(world) == quiet
    world.alice.share(ALICE, BOB, "reader")
    world.run(2 * MINUTE)
    assert roles(world, ALICES_ACL) == [(None, "reader")]


def test_a_listing_that_lags_behind_its_message_is_read_again(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    token_refused = world.alice.get(f"calendars/{ALICE}/acl")
    world.alice.share(ALICE, BOB, "reader")
    with world.line.cut("GET", "/acl", answered(200, token_refused)):
        world.run(MINUTE)
    assert roles(world, ALICES_ACL) == []
    world.run(2 * MINUTE)
    assert roles(world, ALICES_ACL) == [(None, "reader")]


def test_what_only_the_settling_reading_shows_is_told_with_the_time_of_its_message(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    before = world.alice.get(f"calendars/{ALICE}/acl")
    shared = world.now
    world.alice.share(ALICE, BOB, "reader")
    with world.line.cut("GET", "/acl", answered(200, before)):
        world.run(MINUTE)
    world.run(2 * MINUTE)
    assert found_by(world, ALICES_ACL) == "notification"
    notified = datetime.fromisoformat(world.events(ALICES_ACL.id)[-1]["data"]["noticeTime"])
    assert shared <= notified < shared + MINUTE


@pytest.mark.parametrize("settled", ["an opening", "a resync"])
def test_what_is_found_when_no_message_came_is_told_as_found_by_the_clock(world: World, settled: str) -> None:
    world.google.faults.drop_next(1)
    world.open(ALICES_ACL)
    if settled == "a resync":
        world.run(HOUR)
        world.registry.resync(ALICES_ACL.id)
    world.google.faults.drop_next(1)
    world.alice.share(ALICE, BOB, "reader")
    world.run(MINUTE)
    assert found_by(world, ALICES_ACL) == "schedule"
    assert world.events(ALICES_ACL.id)[-1]["data"]["noticeTime"] is None


def found_by(world: World, target: Target) -> str:
    """The cause of the last change."""
    cause: str = world.events(target.id)[-1]["data"]["cause"]
    return cause


def test_an_emptied_listing_is_not_believed_at_once(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    with world.line.cut("GET", "/acl", EMPTY):
        world.google.set_setting(ALICE, "weekStart", "1")
        world.alice.share(ALICE, BOB, "reader")
        world.run(MINUTE)
        watch = world.query.show(ALICES_ACL.id)
        assert (watch.state(world.now), watch.reason) == (State.ACTIVE, "emptyListing")
    world.run(5 * MINUTE)
    assert roles(world, ALICES_ACL) == [(None, "reader")]
    assert world.query.show(ALICES_ACL.id).reason is None


def test_an_emptied_listing_is_never_believed_while_google_shows_what_it_lacks(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    with world.line.cut("GET", "/acl", EMPTY):
        world.alice.share(ALICE, BOB, "reader")
        world.run(4 * HOUR)
        assert world.query.show(ALICES_ACL.id).reason == "emptyListing"
        assert readings(world) <= 12, "a pause that doubles up to an hour lies between them"
    world.run(2 * HOUR)
    assert roles(world, ALICES_ACL) == [(None, "reader")]


@pytest.mark.parametrize("answer", [(503, "backendError"), (403, "forbidden")])
def test_what_google_has_shown_is_not_gone_because_it_shows_it_no_more(world: World, answer: tuple[int, str]) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    with world.line.cut("GET", "/acl", EMPTY):
        world.alice.share(ALICE, BOB, "reader")
        world.run(2 * MINUTE)
        with world.line.cut("GET", "example.com", refused(*answer)):
            world.run(4 * HOUR)
        assert world.query.show(ALICES_ACL.id).reason == "emptyListing"
    world.run(2 * HOUR)
    assert roles(world, ALICES_ACL) == [(None, "reader")]


def test_what_nobody_can_be_asked_about_is_believed_the_second_time_a_minute_later(world: World) -> None:
    world.open(ALICES_SETTINGS)
    world.run(5 * MINUTE)
    before = world.query.show(ALICES_SETTINGS.id).reading.item_count
    world.google.set_setting(ALICE, "weekStart", "1")
    with world.line.cut("GET", "/settings", EMPTY):
        world.run(MINUTE)
        assert world.query.show(ALICES_SETTINGS.id).reason == "emptyListing"
        world.run(4 * MINUTE)
        assert world.told(ALICES_SETTINGS.id) == ["watch.opened", *["settings.deleted"] * (before or 0)]


def test_a_rule_that_is_gone_is_told_at_once_and_one_that_google_still_shows_is_not(world: World) -> None:
    world.open(ALICES_ACL)
    for each in (BOB, "carol@example.com"):
        world.alice.share(ALICE, each, "reader")
    world.run(5 * MINUTE)
    listing = world.alice.get(f"calendars/{ALICE}/acl")
    kept = [each for each in listing["items"] if "carol" not in each["id"]]
    with world.line.cut("GET", "/acl", answered(200, {"items": kept})):
        world.run(HOUR)
        assert "acl.deleted" not in world.told(ALICES_ACL.id)
    world.alice.delete(f"calendars/{ALICE}/acl/user:{BOB}")
    world.run(HOUR)
    assert world.told(ALICES_ACL.id)[-1] == "acl.deleted"


@pytest.mark.parametrize("resource", ["acl", "calendarList", "settings"])
def test_a_page_token_refused_in_a_small_collection_waits_longer_and_longer_and_is_no_resync(
    make_world: MakeWorld, resource: str
) -> None:
    world = make_world()
    target = {each.resource.name: each for each in (ALICES_ACL, ALICES_LIST, ALICES_SETTINGS)}[resource]
    world.open(target)
    world.run(5 * MINUTE)
    asked = 0

    def second_page_refused(request: PreparedRequest, send: Send) -> Response:
        nonlocal asked
        asked += 1
        if "pageToken" in (request.url or ""):
            return refused(400, "invalid")(request, send)
        return answered(200, {"items": [], "nextPageToken": "second"})(request, send)

    with world.line.cut("GET", f"/{resource}", second_page_refused):
        world.run(2 * HOUR)
    assert 4 <= asked <= 60, asked
    world.alice.share(ALICE, BOB, "reader")
    world.alice.create_calendar("Team")
    world.google.set_setting(ALICE, "weekStart", "1")
    world.run(2 * HOUR)
    changes = [each["data"]["cause"] for each in world.events(target.id) if "itemId" in each["data"]]
    assert changes
    assert "resync" not in changes


def test_a_collection_that_cannot_be_pushed_is_polled_with_the_same_changes(make_world: MakeWorld) -> None:
    world = make_world(unwatchable=("@group.calendar.google.com",))
    target = Target(ALICES_ACL.resource, world.alice.create_calendar("Holidays"), ALICE)
    watch = world.open(target)
    assert (watch.state(world.now), watch.reason) == (State.POLLING, "pushNotSupported")
    world.alice.share(target.calendar_id or "", BOB, "reader")
    world.run(20 * MINUTE)
    assert world.told(target.id) == ["watch.opened", "watch.polling", "acl.created"]
    world.google.configure(unwatchable=())
    world.run(timedelta(days=1))
    assert world.told(target.id)[-1] == "watch.resumed"


def test_asking_again_for_a_suspended_watch_tries_at_once(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    with world.line.cut("GET", "/acl", refused(403, "forbidden")):
        world.alice.share(ALICE, BOB, "reader")
        world.run(HOUR)
    world.open(ALICES_ACL)
    assert roles(world, ALICES_ACL) == [(None, "reader")]


def test_an_abuse_limit_is_waited_out_for_hours(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    with world.line.cut("GET", "/acl", refused(403, "quotaExceeded")):
        world.alice.share(ALICE, BOB, "reader")
        world.run(5 * MINUTE)
        watch = world.query.show(ALICES_ACL.id)
        assert (watch.state(world.now), watch.reason) == (State.ACTIVE, "quotaExceeded")
    world.run(HOUR)
    assert roles(world, ALICES_ACL) == []
    world.run(6 * HOUR)
    assert roles(world, ALICES_ACL) == [(None, "reader")]
    assert world.query.show(ALICES_ACL.id).reason is None


def test_google_is_given_the_time_that_it_asks_for(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    with world.line.cut("GET", "/acl", refused(429, "rateLimitExceeded", **{"Retry-After": "600"})):
        world.alice.share(ALICE, BOB, "reader")
        world.run(MINUTE)
    world.run(8 * MINUTE)
    assert roles(world, ALICES_ACL) == []
    world.run(4 * MINUTE)
    assert roles(world, ALICES_ACL) == [(None, "reader")]


def test_a_subject_whose_domain_is_no_longer_allowed_is_suspended_and_google_is_not_asked(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    world.domains[:] = ["example.org"]
    calls = len(world.google.calls)
    world.run(2 * HOUR)
    assert world.query.show(ALICES_ACL.id).reason == "subjectNotAllowed"
    assert len(world.google.calls) == calls


def test_resuming_reports_what_changed_meanwhile(world: World) -> None:
    world.open(ALICES_ACL)
    world.registry.end(ALICES_ACL.id)
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(days=20))
    world.open(ALICES_ACL)
    world.run(MINUTE)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "watch.stopped", "acl.created", "watch.resumed"]


def test_resuming_after_the_retention_starts_from_a_new_baseline_and_counts_on(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(retention=timedelta(days=2)))
    world.open(ALICES_ACL)
    world.registry.end(ALICES_ACL.id)
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(days=3))
    assert world.store.parts(ALICES_ACL.id, ["0"])[0].items == {}
    assert world.store.due(world.now + timedelta(days=999), 10) == [], "a watch that ended long ago is parked"
    world.open(ALICES_ACL)
    world.run(MINUTE)
    told = world.query.changes(ALICES_ACL.id, Span(2), 100).changes
    assert [each["type"] for each in told] == ["calendarwatch.watch.resynced.v1", "calendarwatch.watch.resumed.v1"]
    assert told[0]["data"]["itemCount"] == 2


@pytest.mark.uncounted
def test_a_change_too_large_for_one_write_is_reported_whole_and_in_order(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    for n in range(1100):
        world.alice.share(ALICE, f"user{n:04d}@example.com", "reader")
    world.run(5 * MINUTE)
    events = world.events(ALICES_ACL.id)
    assert [int(each["sequence"]) for each in events] == list(range(1, 1102))
    assert len({each["subject"] for each in events[1:]}) == 1100
    assert len(world.query.items(ALICES_ACL.id, "", 2000).items) == 1101


@pytest.mark.search
def test_a_listing_longer_than_the_lease_keeps_the_watch(world: World) -> None:
    for n in range(1100):
        world.alice.share(ALICE, f"user{n:04d}@example.com", "reader")
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(seconds=1))
    rivals = []

    def somebody_else_sweeps() -> None:
        world.now += timedelta(seconds=15)
        rivals.append(world.sweep().reconciled)

    with world.line.cut("GET", "/acl", slow(somebody_else_sweeps)):
        world.reconcile(ALICES_ACL.id)
    assert len(rivals) >= 5
    assert not any(rivals)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created"]


def test_a_first_reading_that_takes_too_long_is_given_more_time_by_the_next_who_comes(world: World) -> None:
    for n in range(1100):
        world.alice.share(ALICE, f"user{n:04d}@example.com", "reader")

    def time_passes() -> None:
        world.now += timedelta(seconds=15)

    with world.line.cut("GET", "/acl", slow(time_passes)):
        assert world.open(ALICES_ACL).reading.item_count is None
        world.run(5 * MINUTE)
    assert world.told(ALICES_ACL.id) == ["watch.opened"]


@pytest.mark.parametrize("call", [("POST", "/acl/watch"), ("GET", "/acl")], ids=["opening", "reading"])
def test_a_worker_that_lost_its_lease_calls_nothing_more(world: World, call: tuple[str, str]) -> None:
    calls: list[int] = []

    def the_lease_ends_and_another_takes_over() -> None:
        if not calls:
            calls.append(0)
            world.now += timedelta(seconds=180)
            assert world.reconcile(ALICES_ACL.id).steps
            calls.append(len(world.google.calls))

    world.store.write(Write(WriteKind.CREATE, registration.created(ALICES_ACL, Options(), world.now)))
    with world.line.cut(*call, late(the_lease_ends_and_another_takes_over)):
        assert world.reconcile(ALICES_ACL.id).steps[-1] == "LeaseLost"
    assert len(world.google.calls) == calls[-1]
    world.run(HOUR)
    assert world.store.get(ALICES_ACL.id).state(world.now) is State.ACTIVE
    assert len(world.live()) == 1


def test_changes_in_a_row_are_read_in_few_listings_by_whoever_can_wait_and_none_is_lost(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(10 * MINUTE)
    names, pauses = (f"user{n}@example.com" for n in range(4)), list[float]()

    def somebody_goes_on_sharing() -> None:
        world.alice.share(ALICE, next(names), "reader")
        world.run(timedelta(0))

    somebody_goes_on_sharing()
    with world.line.cut("GET", "/acl", late(somebody_goes_on_sharing)):
        reconciled = world.reconcile(ALICES_ACL.id, pause=pauses.append)
    assert (pauses, reconciled.synced) == ([0, 1, 4], 3)
    world.run(2 * MINUTE)
    assert world.told(ALICES_ACL.id).count("acl.created") == 4


def test_a_probe_that_fails_otherwise_waits_too(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    world.now += timedelta(days=6)
    with world.line.cut("POST", "/acl/watch", refused(403, "forbidden")):
        world.run(5 * MINUTE)
    world.now += timedelta(days=2)
    asked = 0

    def fails(request: PreparedRequest, send: Send) -> Response:
        nonlocal asked
        asked += 1
        return refused(503, "backendError")(request, send)

    with world.line.cut("POST", "/acl/watch", fails), world.line.cut("GET", "/acl", fails):
        world.run(HOUR)
    assert asked < 60
    assert world.store.get(ALICES_ACL.id).schedule.holder is None


def test_the_brake_does_not_outlive_an_end_and_a_resumption(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    world.alice.share(ALICE, BOB, "reader")
    with world.line.cut("GET", "/acl", EMPTY):
        world.run(MINUTE)
        world.registry.end(ALICES_ACL.id)
        world.open(ALICES_ACL)
        assert "acl.deleted" not in world.told(ALICES_ACL.id)


def test_a_watch_that_never_comes_to_rest_is_let_go_for_the_rest_of_its_lease(make_world: MakeWorld) -> None:
    hasty = policy_of(safety_sync=timedelta(microseconds=1), settle=timedelta(microseconds=1))
    world = make_world(policy=hasty)

    def a_moment() -> None:
        world.now += timedelta(milliseconds=1)

    world.store.write(Write(WriteKind.CREATE, registration.created(ALICES_ACL, Options(), world.now)))
    with world.line.cut("GET", "/acl", slow(a_moment)):
        assert len(world.reconcile(ALICES_ACL.id).steps) <= 50
    assert world.store.get(ALICES_ACL.id).schedule.holder


def test_a_message_that_comes_while_its_watch_is_reconciled_is_read_at_once(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(10 * MINUTE)
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(seconds=1))
    late_ones = iter(["writer"])

    def meanwhile() -> None:
        for role in late_ones:
            world.alice.share(ALICE, BOB, role)
            world.run(timedelta(seconds=1))

    with world.line.cut("GET", "/acl", late(meanwhile)):
        world.reconcile(ALICES_ACL.id)
    assert roles(world, ALICES_ACL) == [(None, "reader"), ("reader", "writer")]


def test_a_message_between_a_listing_and_the_claim_that_it_went_beside_is_read_with_the_settling_one(
    world: World,
) -> None:
    """The claim takes its document away as well: Firestore had refused a second one."""
    world.open(ALICES_ACL)
    world.run(10 * MINUTE)
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(seconds=1))
    late_ones = iter(["writer"])

    def meanwhile() -> None:
        for role in late_ones:
            world.alice.share(ALICE, BOB, role)
            world.run(timedelta(seconds=1))

    with world.line.cut("GET", "/acl", late(meanwhile)):
        world.reconcile(ALICES_ACL.id, replace(world.services, aside=AtOnce()))
    assert roles(world, ALICES_ACL) == [(None, "reader")]
    world.run(world.policy.settle + MINUTE)
    assert roles(world, ALICES_ACL) == [(None, "reader"), ("reader", "writer")]


def test_a_listing_beside_a_claim_that_fails_changes_nothing(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(10 * MINUTE)
    world.alice.share(ALICE, BOB, "reader")
    world.run(timedelta(seconds=1))
    before = world.store.get(ALICES_ACL.id)

    def somebody_is_quicker() -> None:
        world.store.write(Write(WriteKind.RELEASE, before.with_schedule(holder="quicker", due_at=world.now + MINUTE)))

    with world.line.cut("GET", "/acl", late(somebody_is_quicker)):
        assert world.reconcile(ALICES_ACL.id, replace(world.services, aside=AtOnce())).steps == []
    assert world.told(ALICES_ACL.id) == ["watch.opened"]
    world.run(3 * MINUTE)
    assert world.told(ALICES_ACL.id) == ["watch.opened", "acl.created"]
