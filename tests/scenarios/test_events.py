"""Events: with a sync token, page by page, in parts; what they hold is what Google shows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from requests import PreparedRequest, Response

from calendar_watch.model.change_log import Span
from calendar_watch.model.collection.recurrence import fingerprint
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.resources import EVENTS
from calendar_watch.model.target import Target
from tests.doubles.local_firestore import LocalFirestore
from tests.scenarios.conftest import MakeWorld
from tests.support.consumer import Consumer, reading
from tests.support.line import Cut, Death, Send, answered, refused
from tests.support.world import ALICE, ALICES_EVENTS, World, policy_of

MINUTE = timedelta(minutes=1)
WEEKLY = ["RRULE:FREQ=WEEKLY"]
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def opened(world: World) -> World:
    world.open(ALICES_EVENTS)
    world.run(10 * MINUTE)
    return world


def shown_by_google(world: World, **query: str) -> dict[str, Any]:
    """Everything in Alice's calendar, as a whole listing has it."""
    return {each["id"]: each for page in pages(world, query) for each in page}


def pages(world: World, query: dict[str, str]) -> Iterator[list[Any]]:
    token = ""
    while True:
        given = "&".join(f"{name}={value}" for name, value in {**query, "pageToken": token}.items() if value)
        answer = world.alice.get(f"calendars/{ALICE}/events?maxResults=2500&{given}")
        yield answer["items"]
        token = answer.get("nextPageToken", "")
        if not token:
            return


def told_of(world: World, target: Target = ALICES_EVENTS) -> list[tuple[str, str]]:
    """Kind and item of every change."""
    changes = [each for each in world.events(target.id) if "itemId" in each["data"]]
    return [(each["type"].split(".")[2], each["data"]["itemId"]) for each in changes]


def assert_consumers_agree(world: World, target: Target = ALICES_EVENTS, **query: str) -> None:
    """Whoever applied every change, and whoever reads the items, knows what Google shows."""
    consumer = Consumer(lambda _watch_id: ({}, 1))  # an empty calendar was the baseline
    for event in world.events(target.id):
        consumer.take(event)
    google = {each: told(event) for each, event in shown_by_google(world, **query).items()}
    items, _ = reading(world.query)(target.id)
    assert {each: told(event) for each, event in items.items()} == google
    assert {each: told(event) for each, event in consumer.items[target.id].items()} == google


def told(event: Any) -> Any:
    return {name: value for name, value in fingerprint(event).items() if name != "etag"}


def test_a_message_about_more_events_than_one_write_takes_leaves_nothing_out(
    opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calendar_watch.decisions.listing.portions.MOST_ITEMS", 2)
    for number in range(5):
        opened.alice.create_event(ALICE, f"Lunch {number}")
    opened.run(MINUTE)
    assert_consumers_agree(opened)


def test_created_updated_and_deleted_events_are_told_with_before_and_after(opened: World) -> None:
    lunch = opened.alice.create_event(ALICE, "Lunch", description="with Bob")
    opened.run(MINUTE)
    opened.alice.change_event(ALICE, lunch, summary="Late lunch")
    opened.run(MINUTE)
    opened.alice.delete_event(ALICE, lunch)
    opened.run(MINUTE)
    created, updated, deleted = [each["data"] for each in opened.events(ALICES_EVENTS.id) if "itemId" in each["data"]]
    assert (created["before"], created["after"]["description"]) == (None, "with Bob")
    assert (updated["before"]["summary"], updated["after"]["summary"]) == ("Lunch", "Late lunch")
    assert updated["changedFields"] == ["summary", "updated"]
    assert (deleted["before"]["summary"], deleted["after"]) == ("Late lunch", None)
    assert {each["cause"] for each in (created, updated, deleted)} == {"notification"}
    assert not {"etag", "kind"} & (created["after"].keys() | updated["before"].keys())


def test_what_changed_beyond_the_fingerprint_is_told_as_far_as_it_is_known(opened: World) -> None:
    lunch = opened.alice.create_event(ALICE, "Lunch", description="old")
    opened.run(MINUTE)
    opened.alice.change_event(ALICE, lunch, description="new")
    opened.run(MINUTE)
    change = opened.events(ALICES_EVENTS.id)[-1]["data"]
    assert (change["changedFields"], change["after"]["description"]) == (["updated"], "new")
    assert "description" not in change["before"]


def test_whole_events_are_kept_where_that_is_wished(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(whole_events=True))
    world.open(ALICES_EVENTS)
    lunch = world.alice.create_event(ALICE, "Lunch", description="old")
    world.run(MINUTE)
    world.alice.change_event(ALICE, lunch, description="new")
    world.run(MINUTE)
    change = world.events(ALICES_EVENTS.id)[-1]["data"]
    assert change["changedFields"] == ["description", "updated"]
    assert (change["before"]["description"], change["after"]["description"]) == ("old", "new")


def test_both_ways_of_keeping_events_can_follow_each_other(world: World) -> None:
    world.open(ALICES_EVENTS)
    lunch = world.alice.create_event(ALICE, "Lunch")
    world.run(5 * MINUTE)
    for whole in (True, False, True):
        world.deploy(policy_of(whole_events=whole), ["k" * 32])
        world.google.expire_sync_tokens()
        world.run(timedelta(hours=2))
    world.alice.change_event(ALICE, lunch, summary="Dinner")
    world.run(5 * MINUTE)
    assert told_of(world) == [("created", lunch), ("updated", lunch)], "keeping more or less is no change"
    assert_consumers_agree(world)


def test_an_event_that_came_and_went_between_two_readings_is_not_mentioned(opened: World) -> None:
    opened.alice.delete_event(ALICE, opened.alice.create_event(ALICE, "Oops"))
    opened.run(MINUTE)
    assert told_of(opened) == []


def test_a_cancelled_instance_is_an_item_for_as_long_as_its_series_lives(opened: World) -> None:
    series = opened.alice.create_event(ALICE, "Weekly", recurrence=WEEKLY)
    off = opened.alice.cancel_instance(ALICE, series, MONDAY)
    opened.run(MINUTE)
    assert told_of(opened) == [("created", series), ("created", off)]
    assert opened.events(ALICES_EVENTS.id)[-1]["data"]["after"]["status"] == "cancelled"
    assert_consumers_agree(opened)
    opened.alice.delete_event(ALICE, series)
    opened.run(MINUTE)
    assert sorted(told_of(opened)[2:]) == [("deleted", series), ("deleted", off)]
    assert_consumers_agree(opened)


def test_a_moved_instance_goes_with_its_series(opened: World) -> None:
    series = opened.alice.create_event(ALICE, "Weekly", recurrence=WEEKLY)
    later = MONDAY + timedelta(hours=3)
    moved = opened.alice.move_instance(ALICE, series, MONDAY, later, later + timedelta(hours=1))
    opened.run(MINUTE)
    opened.alice.cancel_instance(ALICE, series, MONDAY)
    opened.run(MINUTE)
    assert told_of(opened) == [("created", series), ("created", moved), ("updated", moved)]
    opened.alice.delete_event(ALICE, series)
    opened.run(MINUTE)
    assert sorted(told_of(opened)[3:]) == [("deleted", series), ("deleted", moved)]
    assert_consumers_agree(opened)


def test_only_the_event_types_asked_for_are_followed(world: World) -> None:
    focus = Target(EVENTS, ALICE, ALICE, ("focusTime",))
    world.open(focus)
    world.alice.create_event(ALICE, "Lunch")
    deep = world.alice.create_event(ALICE, "Deep work", eventType="focusTime")
    world.run(MINUTE)
    assert told_of(world, focus) == [("created", deep)]
    assert_consumers_agree(world, focus, eventTypes="focusTime")


def test_after_410_the_difference_is_told_exactly_and_nothing_twice(opened: World) -> None:
    kept, moved, gone = [opened.alice.create_event(ALICE, name) for name in ("kept", "moved", "gone")]
    opened.run(MINUTE)
    opened.google.faults.drop_next(1000)
    opened.google.expire_sync_tokens()
    opened.alice.change_event(ALICE, moved, summary="Moved")
    opened.alice.delete_event(ALICE, gone)
    new = opened.alice.create_event(ALICE, "new")
    opened.google.faults.drop_next(0)
    opened.run(timedelta(hours=2))
    changes = [each for each in opened.events(ALICES_EVENTS.id)[4:] if "itemId" in each["data"]]
    assert sorted((each["type"].split(".")[2], each["data"]["itemId"]) for each in changes) == sorted(
        [("created", new), ("updated", moved), ("deleted", gone)]
    )
    assert {each["data"]["cause"] for each in changes} == {"resync"}
    [resynced] = [each for each in opened.events(ALICES_EVENTS.id) if "resynced" in each["type"]]
    assert resynced["data"]["counts"] == {"created": 1, "updated": 1, "deleted": 1}
    assert kept not in {each["data"]["itemId"] for each in changes}
    assert_consumers_agree(opened)


def test_410_in_the_middle_of_traffic_loses_nothing_and_doubles_nothing(opened: World) -> None:
    known: list[str] = []
    for number in range(40):
        known.append(opened.alice.create_event(ALICE, f"Event {number}"))
        if number % 3 == 0:
            opened.alice.change_event(ALICE, known[number // 2], summary=f"Changed {number}")
        if number % 5 == 4:
            opened.alice.delete_event(ALICE, known.pop(0))
        if number % 7 == 3:
            opened.google.expire_sync_tokens()
        opened.run(timedelta(seconds=13))
    opened.run(timedelta(hours=2))
    assert_consumers_agree(opened)
    assert opened.told(ALICES_EVENTS.id).count("watch.resynced") >= 4


def test_a_first_listing_resumes_after_a_crash_at_any_page(world: World) -> None:
    world.google.seed_events(ALICE, 2_000)
    attempts = 0

    def dies_before_and_after_every_page(_request: Any, send: Any) -> Any:
        nonlocal attempts
        attempts += 1
        answer = send() if attempts % 3 else None
        if answer is None or attempts % 3 == 1:
            raise Death
        return answer

    with world.line.cut("GET", "/events", dies_before_and_after_every_page):
        with suppress(Death):
            world.open(ALICES_EVENTS)
        for _ in range(8):
            world.now += 2 * MINUTE
            with suppress(Death):
                world.reconcile(ALICES_EVENTS.id)
    world.run(MINUTE)
    assert world.query.show(ALICES_EVENTS.id).reading.item_count == 2_000
    lists = [call for call in world.google.calls if call.method_id == "calendar.events.list"]
    whole = [call for call in lists if "syncToken" not in call.query]
    assert len(whole) == 2 * 3, "of three pages, each was lost once on its way to us"
    items, _ = reading(world.query)(ALICES_EVENTS.id)
    assert items.keys() == shown_by_google(world).keys()


def test_what_goes_while_a_first_page_is_half_written_down_is_told_all_the_same(
    opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is asked for anew belongs to another listing, which does not show what has gone since."""
    opened.google.seed_events(ALICE, 600)
    opened.alice.create_event(ALICE, "lunch")
    opened.run(5 * MINUTE)
    opened.google.expire_sync_tokens()
    opened.alice.create_event(ALICE, "dinner")
    with monkeypatch.context() as patch, suppress(Death):
        patch.setattr("calendar_watch.reconciler.read_pages.PagedReader._turn", dies)
        opened.run(MINUTE)
    gone = sorted(shown_by_google(opened))[:100]
    for each in gone:
        opened.alice.delete_event(ALICE, each)
    opened.run(timedelta(hours=2))
    assert {each for kind, each in told_of(opened) if kind == "deleted"} == {*gone}
    assert_consumers_agree(opened)


def dies(*_: object) -> None:
    raise Death


@pytest.mark.parametrize("events", [1, 5, 12])
def test_an_empty_listing_is_not_believed_for_as_long_as_google_shows_what_it_lacks(opened: World, events: int) -> None:
    for number in range(events):
        opened.alice.create_event(ALICE, f"Event {number}")
    opened.run(5 * MINUTE)
    opened.google.expire_sync_tokens()
    opened.google.faults.empty_next_listings("events", 4)
    reconcile_when_due(opened)
    pauses = []
    for _ in range(3):
        assert opened.query.show(ALICES_EVENTS.id).reason == "emptyListing"
        before = opened.now
        reconcile_when_due(opened)
        pauses.append((opened.now - before) / MINUTE)
    assert pauses == [1, 2, 4]
    opened.run(timedelta(hours=2))
    assert len(told_of(opened)) == events
    assert opened.query.show(ALICES_EVENTS.id).reason is None
    assert_consumers_agree(opened)


@pytest.mark.parametrize("silence", [(503, "backendError"), (403, "accessNotConfigured")])
def test_nothing_is_gone_while_google_does_not_answer_however_often_listings_lack_it(
    opened: World, silence: tuple[int, str]
) -> None:
    event = opened.alice.create_event(ALICE, "Lunch")
    opened.run(5 * MINUTE)
    opened.google.expire_sync_tokens()
    opened.google.faults.empty_next_listings("events", 3)
    with opened.line.cut("GET", event, refused(*silence)):
        for _ in range(3):
            reconcile_when_due(opened)
    assert opened.query.show(ALICES_EVENTS.id).reason == "emptyListing"
    opened.run(timedelta(hours=2))
    assert told_of(opened) == [("created", event)]
    assert_consumers_agree(opened)


def test_of_what_google_refuses_to_show_a_second_listing_decides_as_that_may_last(opened: World) -> None:
    event = opened.alice.create_event(ALICE, "Lunch")
    opened.run(5 * MINUTE)
    opened.google.expire_sync_tokens()
    with opened.line.cut("GET", event, refused(403, "forbidden")):
        opened.alice.delete_event(ALICE, event)
        opened.run(5 * MINUTE)
    assert told_of(opened) == [("created", event), ("deleted", event)]
    assert_consumers_agree(opened)


@pytest.mark.parametrize(("events", "gets", "listings"), [(3, 3, 1), (10, 10, 1), (12, 20, 2)])
def test_what_is_missing_is_asked_for_and_if_it_is_much_it_is_seen_twice(
    opened: World, events: int, gets: int, listings: int
) -> None:
    ids = [opened.alice.create_event(ALICE, f"Event {number}") for number in range(events + 1)]
    opened.run(5 * MINUTE)
    opened.google.expire_sync_tokens()
    opened.google.faults.drop_next(1000)
    for each in ids[:-1]:
        opened.alice.delete_event(ALICE, each)
    opened.google.faults.drop_next(0)
    calls = len(opened.google.calls)
    opened.run(timedelta(hours=2))
    made = opened.google.calls[calls:]
    assert sum(call.method_id == "calendar.events.get" for call in made) == gets
    whole = [call for call in made if call.method_id == "calendar.events.list" and "syncToken" not in call.query]
    assert len(whole) == listings
    assert sorted(told_of(opened)[events + 1 :]) == sorted(("deleted", each) for each in ids[:-1])
    assert_consumers_agree(opened)


def reconcile_when_due(world: World) -> None:
    due = world.query.show(ALICES_EVENTS.id).schedule.due_at
    assert due
    world.now = due
    world.reconcile(ALICES_EVENTS.id)


def test_a_page_token_that_google_forgot_starts_the_listing_anew_after_a_pause(world: World) -> None:
    world.google.seed_events(ALICE, 2_600)
    calls: list[str] = []

    def refuses_page_tokens(request: Any, send: Any) -> Any:
        calls.append(request.url)
        return answered(400, {"error": {"code": 400}})(request, send) if "pageToken" in request.url else send()

    with world.line.cut("GET", "/events", refuses_page_tokens):
        world.open(ALICES_EVENTS)
        world.run(5 * MINUTE)
    assert 4 <= len(calls) <= 16, "a pause that doubles lies between them"
    world.run(5 * MINUTE)
    assert world.query.show(ALICES_EVENTS.id).reading.item_count == 2_600


@pytest.mark.parametrize(
    "length", [1, pytest.param(2, marks=pytest.mark.search), pytest.param(3, marks=pytest.mark.search), 7]
)
def test_a_listing_that_goes_in_circles_is_not_followed_for_ever(world: World, length: int) -> None:
    world.google.seed_events(ALICE, 2_600)
    calls: list[str] = []

    def leads_back(request: Any, send: Any) -> Any:
        calls.append(request.url)
        return answered(200, {"items": [], "nextPageToken": f"page{len(calls) % length}"})(request, send)

    with world.line.cut("GET", "/events", leads_back):
        world.open(ALICES_EVENTS)
        world.run(5 * MINUTE)
    assert 4 <= len(calls) <= 20 * length
    world.run(10 * MINUTE)
    assert world.query.show(ALICES_EVENTS.id).reading.item_count == 2_600


def test_what_changes_on_a_page_that_has_been_read_is_told_after_a_long_listing(world: World) -> None:
    [first, *_] = world.google.seed_events(ALICE, 2_600)
    busy: list[bool] = []

    def changes_behind_our_back(_request: Any, send: Any) -> Any:
        answer = send()
        if not busy:
            busy.append(True)
            world.alice.change_event(ALICE, first, summary="Meanwhile")
            world.run(timedelta(seconds=1))
        return answer

    with world.line.cut("GET", "/events", changes_behind_our_back):
        world.open(ALICES_EVENTS)
    world.run(2 * MINUTE)
    assert told_of(world) == [("updated", first)]


def test_a_stopped_watch_drops_all_parts_when_its_time_has_come(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(retention=timedelta(days=2)))
    world.google.seed_events(ALICE, 2_600)
    world.open(ALICES_EVENTS)
    parts = world.query.show(ALICES_EVENTS.id).reading.parts
    assert len(parts) > 1
    world.registry.end(ALICES_EVENTS.id)
    world.run(timedelta(days=3))
    assert not any(part.items for part in world.store.parts(ALICES_EVENTS.id, parts))
    world.open(ALICES_EVENTS)
    world.run(MINUTE)
    assert world.query.show(ALICES_EVENTS.id).reading.item_count == 2_600


def scripted(answers: dict[str, Any]) -> Cut:
    """Answer by page or sync token, "" being a listing without either: a number is an error, else items and token."""

    def answer(request: PreparedRequest, send: Send) -> Response:
        query = parse_qs(urlsplit(request.url or "").query)
        [token] = query.get("pageToken") or query.get("syncToken") or [""]
        told = answers[token]
        how = answered(told, {"error": {"code": told}}) if isinstance(told, int) else answered(200, listed(*told))
        return how(request, send)

    return answer


def listed(items: list[Any], sync_token: str, page_token: str = "") -> dict[str, Any]:
    following = {"nextPageToken": page_token} if page_token else {"nextSyncToken": sync_token}
    return {"kind": "calendar#events", "items": items, **following}


def an_event(number: int, version: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": f"e{number:05}", "etag": f'"{version}"', "status": "confirmed", "summary": f"v{version}", **more}


def cancelled(event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "etag": '"2"', "status": "cancelled"}


def test_many_large_events_that_change_at_once_are_written_in_portions(
    world: World, firestore_server: LocalFirestore
) -> None:
    """Firestore takes 10 MiB at a time."""
    assert firestore_server.host
    large = [an_event(number, 2, description="x" * 24_000) for number in range(450)]
    script = {"": ([an_event(number) for number in range(450)], "a"), "a": (large, "b"), "b": ([], "b")}
    with world.line.cut("GET", "/events", scripted(script)):
        world.open(ALICES_EVENTS)
        world.run(5 * MINUTE)
    assert [kind for kind, _ in told_of(world)] == ["updated"] * 450


@pytest.mark.parametrize("exceptions", [49, 299])
def test_a_series_too_large_for_one_part_ends_whole(make_world: MakeWorld, exceptions: int) -> None:
    world = make_world(policy=policy_of(whole_events=True))
    series = an_event(0, recurrence=WEEKLY)
    others = [an_event(n, recurringEventId="e00000", description="x" * 2_000) for n in range(1, exceptions + 1)]
    off, over = cancelled(others[0]), cancelled(series)
    script = {"": ([series, *others], "a"), "a": ([off], "b"), "b": ([over], "c"), "c": ([], "c")}
    with world.line.cut("GET", "/events", scripted(script)):
        world.open(ALICES_EVENTS)
        world.run(timedelta(hours=3))
    kinds = Counter(kind for kind, _ in told_of(world))
    assert kinds == {"updated": 1, "deleted": exceptions + 1}
    assert world.query.show(ALICES_EVENTS.id).reading.item_count == 0


def test_a_cancelled_instance_that_is_listed_pages_after_the_end_of_its_series_does_not_outlive_it(
    world: World,
) -> None:
    series, instance = an_event(0, recurrence=WEEKLY), an_event(1, recurringEventId="e00000")
    over, off = cancelled(series), cancelled(instance)
    script = {"": ([series], "a"), "a": ([over], "", "b"), "b": ([off], "c"), "c": ([], "c")}
    with world.line.cut("GET", "/events", scripted(script)):
        world.open(ALICES_EVENTS)
        world.run(5 * MINUTE)
    assert told_of(world) == [("deleted", "e00000")]
    assert world.query.show(ALICES_EVENTS.id).reading.item_count == 0


def test_a_cancelled_instance_that_is_listed_pages_before_its_series_is_kept(world: World) -> None:
    series, instance = an_event(0, recurrence=WEEKLY), an_event(1, recurringEventId="e00000")
    script = {"": ([], "a"), "a": ([cancelled(instance)], "", "b"), "b": ([series], "c"), "c": ([], "c")}
    with world.line.cut("GET", "/events", scripted(script)):
        world.open(ALICES_EVENTS)
        world.run(5 * MINUTE)
    assert told_of(world) == [("created", "e00000"), ("created", "e00001")]


def test_a_cancelled_instance_that_a_later_page_shows_alive_is_alive(world: World) -> None:
    series, instance = an_event(0, recurrence=WEEKLY), an_event(1, recurringEventId="e00000")
    script = {"": ([], "a"), "a": ([cancelled(instance)], "", "b"), "b": ([instance, series], "c"), "c": ([], "c")}
    with world.line.cut("GET", "/events", scripted(script)):
        world.open(ALICES_EVENTS)
        world.run(5 * MINUTE)
    told = [each["data"] for each in world.events(ALICES_EVENTS.id) if each.get("subject") == "e00001"]
    assert [each["after"].get("status") for each in told] == [instance.get("status")]


def test_a_cancelled_instance_that_a_later_page_shows_of_a_living_series_is_there(world: World) -> None:
    series, instance = an_event(0, recurrence=WEEKLY), an_event(1, recurringEventId="e00000")
    early = cancelled({**instance, "recurringEventId": "e00009"})
    script = {"": ([series], "a"), "a": ([early], "", "b"), "b": ([cancelled(instance)], "c"), "c": ([], "c")}
    with world.line.cut("GET", "/events", scripted(script)):
        world.open(ALICES_EVENTS)
        world.run(5 * MINUTE)
    assert told_of(world) == [("created", "e00001")]


def test_text_that_is_no_unicode_stops_nothing(world: World) -> None:
    script = {"": ([an_event(1)], "a"), "a": ([an_event(2, summary="half \ud83d")], "b"), "b": ([], "b")}
    with world.line.cut("GET", "/events", scripted(script)):
        world.open(ALICES_EVENTS)
        world.run(5 * MINUTE)
    assert told_of(world) == [("created", "e00002")]


def test_a_sync_token_that_is_never_taken_costs_no_listing_a_minute(world: World) -> None:
    with world.line.cut("GET", "/events", scripted({"": ([an_event(1)], "a"), "a": 410})):
        world.open(ALICES_EVENTS)
        world.run(timedelta(hours=6))
    assert len([call for call in world.told(ALICES_EVENTS.id) if call == "watch.resynced"]) <= 16


def test_a_first_listing_that_was_ended_leaves_nothing_behind(make_world: MakeWorld) -> None:
    world = make_world(policy=policy_of(retention=timedelta(days=2)))
    with world.line.cut("GET", "/events", scripted({"": ([an_event(1)], "", "next"), "next": 503})):
        world.open(ALICES_EVENTS)
    world.registry.end(ALICES_EVENTS.id)
    assert world.query.show(ALICES_EVENTS.id).reading.stored == 1
    world.run(timedelta(days=3))
    assert world.store.parts(ALICES_EVENTS.id, ["0"])[0].items == {}


def test_what_a_listing_told_before_it_was_doubted_counts_too(world: World) -> None:
    before, after = [an_event(n) for n in range(12)], [an_event(n) for n in range(20, 23)]
    answers: dict[str, Any] = {"": (before, "a"), "a": ([], "a")}
    with world.line.cut("GET", "/events", scripted(answers)):
        world.open(ALICES_EVENTS)
        world.run(5 * MINUTE)
        answers |= {"": (after, "c"), "a": 410, "c": ([], "c")}
        world.run(timedelta(hours=2))
    [resynced] = [each for each in world.events(ALICES_EVENTS.id) if "resynced" in each["type"]]
    assert resynced["data"]["counts"] == {"created": 3, "updated": 0, "deleted": 12}


def test_items_are_those_of_their_sequence_though_an_event_comes_while_they_are_read(world: World) -> None:
    world.open(ALICES_EVENTS)
    world.run(5 * MINUTE)
    parts, came = world.store.parts, list[str]()

    def interrupted(watch_id: str, names: Iterable[str]) -> Sequence[Snapshot]:
        if not came:
            came.append(world.alice.create_event(ALICE, "Meanwhile"))
            world.run(2 * MINUTE)
        return parts(watch_id, names)

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(world.store, "parts", interrupted)
        page = world.query.items(ALICES_EVENTS.id, "", 100)
    told = {
        each["subject"]
        for each in world.query.changes(ALICES_EVENTS.id, Span(0), page.sequence).changes
        if "subject" in each
    }
    assert set(page.items) == told == set(came)
