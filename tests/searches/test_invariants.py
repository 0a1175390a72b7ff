"""Each invariant that chaos and soak share notices what it is for: one that never speaks would look like success."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests
from google.auth.exceptions import RefreshError

from calendar_watch.errors import ConflictError, UnclearError
from calendar_watch.model.resources import EVENTS
from calendar_watch.model.target import Target
from tests.doubles.calendar_simulator import Actor, CalendarSimulator
from tests.doubles.memory_store import Edge, contended, direct, lost, unavailable
from tests.searches.chaos.edges.calls import Calls, Noted
from tests.searches.chaos.edges.listings import Listings
from tests.searches.chaos.scheduler import Scheduler
from tests.searches.chaos.senses.calls_to_google import forgotten, whole_without_a_reason
from tests.searches.chaos.senses.truth import Truth
from tests.searches.chaos.senses.watchman import fail_for_long
from tests.support.invariants import (
    Watched,
    a_feed_is_numbered_without_a_gap,
    alike,
    collection_of,
    differing,
    each_active_watch_has_one_live_channel_and_no_other_has_any,
    no_log_line_tells_a_secret,
    what_arrived_is_what_the_feed_holds,
)

ACTIVE = Watched("w", "acl", "active", wanted=True, channels={"c"})
ENDED = Watched("w", "acl", "stopped", wanted=False, channels={"c"})
POLLING = Watched("w", "acl", "polling", wanted=True, channels=())
FIRST, SECOND = {"id": "w.1", "sequence": "1"}, {"id": "w.2", "sequence": "2"}


def channels(watch: Watched, live: Mapping[str, Sequence[str]]) -> list[str]:
    return [*each_active_watch_has_one_live_channel_and_no_other_has_any([watch], live)]


@pytest.mark.parametrize(
    ("watch", "live", "words"),
    [
        (ACTIVE, {}, "is active and has no live channel"),
        (ACTIVE, {"w": ["c", "c"]}, "more than one live channel"),
        (ACTIVE, {"w": ["d"]}, "does not know its channel d"),
        (POLLING, {"w": ["c", "d"]}, "more than one live channel"),
        (ENDED, {"w": ["c"]}, "is not wanted"),
        (ACTIVE, {"w": ["c"], "v": ["d"]}, "channel d of v is live, and no watch's"),
    ],
)
def test_a_channel_too_many_too_few_or_unknown_is_noticed(
    watch: Watched, live: Mapping[str, Sequence[str]], words: str
) -> None:
    [broken] = channels(watch, live)
    assert words in broken


def test_the_channels_that_should_be_there_break_nothing() -> None:
    assert channels(ACTIVE, {"w": ["c"]}) == channels(POLLING, {"w": ["d"]}) == channels(ENDED, {}) == []


@pytest.mark.parametrize("feed", [[SECOND], [SECOND, FIRST], [FIRST, FIRST]])
def test_a_gap_in_the_numbers_of_a_feed_is_noticed(feed: list[Mapping[str, str]]) -> None:
    assert [*a_feed_is_numbered_without_a_gap(ACTIVE, feed)] == ["the feed of acl w has gaps"]
    assert not [*a_feed_is_numbered_without_a_gap(ACTIVE, [FIRST, SECOND])]


@pytest.mark.parametrize("arrived", [[FIRST], [SECOND, FIRST], [FIRST, SECOND, SECOND], [FIRST, {**SECOND, "data": 1}]])
def test_what_was_lost_doubled_swapped_or_changed_on_its_way_is_noticed(arrived: list[Mapping[str, object]]) -> None:
    assert [*what_arrived_is_what_the_feed_holds(ACTIVE, arrived, [FIRST, SECOND])]
    assert not [*what_arrived_is_what_the_feed_holds(ACTIVE, [FIRST, SECOND], [FIRST, SECOND])]


def test_what_a_consumer_knows_is_held_against_what_google_shows() -> None:
    shown = collection_of([{"id": "a", "role": "reader", "etag": "1", "kind": "k"}, {"id": "b", "role": "owner"}])
    assert not differing("acl", {"a": {"id": "a", "role": "reader"}, "b": {"id": "b", "role": "owner"}}, shown)
    assert differing("acl", {"a": {"id": "a", "role": "writer"}, "c": {"id": "c"}}, shown).keys() == {"a", "b", "c"}
    assert differing("acl", {**shown, "a": {**shown["a"], "etag": "1"}}, shown).keys() == {"a"}


def test_of_events_fingerprints_are_compared() -> None:
    known, shown = {"e": {"id": "e", "summary": "Lunch"}}, {"e": {"id": "e", "summary": "Lunch", "location": "Here"}}
    assert not differing("events", known, shown)
    assert differing("events", {"e": {"id": "e", "summary": "Dinner"}}, shown).keys() == {"e"}


def test_a_line_that_tells_a_secret_is_noticed() -> None:
    assert [*no_log_line_tells_a_secret(["fine", "key=abc"], re.compile("abc"))] == [
        "a log line tells too much: key=abc"
    ]
    assert not [*no_log_line_tells_a_secret(["fine"], re.compile("abc"))]


@pytest.mark.parametrize(
    ("spelled", "same"),
    [
        ({"dateTime": "2026-11-20T10:00:00Z"}, True),
        ({"dateTime": "2026-11-20T11:00:00+01:00"}, True),
        ({"dateTime": "2026-11-20T11:00:00Z"}, False),
        ({"date": "2026-11-20"}, False),
    ],
)
def test_a_moment_is_the_same_in_whatever_zone_it_is_spelled(spelled: Mapping[str, str], *, same: bool) -> None:
    before = {"id": "e", "start": {"dateTime": "2026-11-20T10:00:00Z"}, "etag": "1"}
    assert alike(before, {"id": "e", "start": spelled, "etag": "2"}) is same


ALICE, TEN = "alice@example.com", datetime(2026, 11, 20, 10, tzinfo=UTC)


class Told:
    """What a watch of Alice's rules tells, hours after what it had told before."""

    def __init__(self) -> None:
        self.now = TEN
        self.google = CalendarSimulator(lambda: self.now)
        self.alice = Actor(self.google, ALICE)
        self.alice.share(ALICE, "bob@example.com", "reader")
        scheduler = Scheduler(TEN + timedelta(hours=2))
        self.calls, self.listings = Calls(scheduler), Listings(scheduler)
        self.truth = Truth(self.google, self.calls, self.listings)
        self.now += timedelta(hours=1)
        self.truth.baseline("w", {"time": self.now.isoformat()})
        self.now += timedelta(hours=1)

    def false(self, after: Mapping[str, str] | None) -> list[str]:
        about = {"resource": "acl", "calendarId": ALICE, "user": ALICE}
        data = {"watch": about, "itemId": "user:bob@example.com", "before": {"role": "reader"}, "after": after}
        return [
            *self.truth.false_changes({"id": "w.2", "partitionkey": "w", "time": self.now.isoformat(), "data": data})
        ]


def test_a_deletion_that_never_was_is_noticed() -> None:
    told = Told()
    [broken] = told.false(None)
    assert "it was there ever since" in broken


def test_a_deletion_is_true_even_if_the_item_is_there_again() -> None:
    told = Told()
    told.alice.delete(f"calendars/{ALICE}/acl/user:bob@example.com")
    told.alice.share(ALICE, "bob@example.com", "reader")
    assert not told.false(None)


def test_only_of_a_deleted_users_calendar_nobody_can_know_whether_it_is_still_listed() -> None:
    told = Told()
    bob = "bob@example.com"
    Actor(told.google, bob).share(bob, ALICE, "reader")
    told.alice.post("users/me/calendarList", {"id": bob})
    told.now += timedelta(hours=1)
    told.truth.baseline("w", {"time": told.now.isoformat()})
    about = {"resource": "calendarList", "calendarId": None, "user": ALICE}
    data = {"watch": about, "itemId": bob, "before": {"id": bob}, "after": None}
    event = {"id": "w.2", "partitionkey": "w", "time": told.now.isoformat(), "data": data}
    assert [*told.truth.false_changes(event)]
    told.google.quirks.begin_spell("Q61", bob, told.now, 600)
    assert not [*told.truth.false_changes(event)]


@pytest.mark.parametrize(
    ("listed", "asked", "shut_out", "known"),
    [
        ("done", "404", True, False),
        ("done", "404", False, True),
        ("done", "403", True, True),
        ("refused", "404", True, True),
    ],
)
def test_only_of_a_rule_asked_for_when_access_had_just_ended_nobody_can_know_whether_it_is_gone(
    listed: str, asked: str, *, shut_out: bool, known: bool
) -> None:
    told = Told()
    bob, carol = "bob@example.com", "carol@example.com"
    told.alice.share(ALICE, carol, "reader")
    told.now += timedelta(hours=1)
    told.truth.baseline("w", {"time": told.now.isoformat()})
    if shut_out:
        told.alice.delete(f"calendars/{ALICE}/acl/user:{bob}")
    told.calls.of["w"] = [
        Noted(told.now, "acl.list", listed, "" if listed == "done" else "404", whole=True),
        Noted(told.now, "acl.get", "refused", asked, whole=True),
    ]
    about = {"resource": "acl", "calendarId": ALICE, "user": bob}
    data = {"watch": about, "itemId": f"user:{carol}", "before": {"role": "reader"}, "after": None}
    event = {"id": "w.2", "partitionkey": "w", "time": told.now.isoformat(), "data": data}
    assert bool([*told.truth.false_changes(event)]) is known


def test_a_change_that_changes_nothing_is_noticed() -> None:
    told = Told()
    [broken] = told.false({"role": "reader"})
    assert "has changed, and it has not" in broken
    assert not told.false({"role": "writer"})


def test_an_exception_that_is_told_to_end_while_its_series_lives_is_noticed() -> None:
    told = Told()
    series = told.alice.create_event(ALICE, "Daily", recurrence=["RRULE:FREQ=DAILY"])
    exception = told.alice.cancel_instance(ALICE, series, TEN + timedelta(days=1))
    told.now += timedelta(hours=1)
    told.truth.baseline("w", {"time": told.now.isoformat()})
    about = {"resource": "events", "calendarId": ALICE, "user": ALICE}
    before = {"id": exception, "recurringEventId": series}
    event = {"id": "w.2", "partitionkey": "w", "time": told.now.isoformat()}
    data = {"watch": about, "itemId": exception, "before": before, "after": None}
    assert [*told.truth.false_changes({**event, "data": data})]
    told.alice.delete_event(ALICE, series)
    assert not [*told.truth.false_changes({**event, "data": data})]


def test_what_google_names_to_whoever_stops_a_channel_was_named() -> None:
    scheduler = Scheduler(TEN)
    calls = Calls(scheduler)
    request = requests.Request("POST", "https://www.googleapis.com/calendar/v3/channels/stop").prepare()

    def stop() -> None:
        with suppress(RefreshError), calls.noted("channels.stop", request, ALICE):
            raise RefreshError("unauthorized_client: Client is unauthorized")  # type: ignore[no-untyped-call]

    scheduler.turn(scheduler.enter("renew", stop))
    assert calls.blamed(TEN) == {"domain"}
    assert not calls.of[Target(EVENTS, ALICE, ALICE).id]


def test_every_token_that_was_lost_is_counted_and_none_twice() -> None:
    named = Noted(TEN, "events.list", "done", whole=True, to_go_on=True)
    nameless = replace(named, to_go_on=False, nameless=True)
    assert whole_without_a_reason([named, named, named, named]) == 3
    assert whole_without_a_reason([named, nameless, nameless, nameless]) == 1


INCREMENT = Noted(TEN, "events.list", "done", nameless=True)
EVERYTHING = Noted(TEN, "events.list", "done", whole=True)
FAILED = replace(EVERYTHING, outcome="failed")
GET, WATCH = (Noted(TEN, method, "done", whole=True) for method in ("events.get", "events.watch"))


@pytest.mark.parametrize("between", [[], [GET], [replace(GET, outcome="refused", blamed="404")], [WATCH], [FAILED]])
def test_a_sync_token_that_was_forgotten_is_counted_and_once(between: Sequence[Noted]) -> None:
    assert forgotten([INCREMENT, *between, EVERYTHING]) == 1
    assert forgotten([INCREMENT, *between, EVERYTHING, INCREMENT, EVERYTHING]) == 2


@pytest.mark.parametrize("blamed", ["", "403", "domain"])
def test_only_where_an_event_was_asked_for_in_vain_everything_is_listed_on_purpose(blamed: str) -> None:
    in_vain = replace(GET, outcome="failed", blamed=blamed)
    assert forgotten([INCREMENT, in_vain, FAILED, FAILED, EVERYTHING]) == 0
    assert forgotten([INCREMENT, in_vain, GET, EVERYTHING]) == 1
    assert forgotten([INCREMENT, in_vain, EVERYTHING, INCREMENT, EVERYTHING]) == 1


def test_a_sync_token_that_is_refused_or_gone_on_with_is_not_forgotten() -> None:
    refused = replace(INCREMENT, outcome="failed", blamed="410", nameless=False)
    assert forgotten([INCREMENT, refused, EVERYTHING]) == 0
    assert forgotten([INCREMENT, replace(INCREMENT, nameless=False, to_go_on=True), EVERYTHING]) == 0


def test_readings_fail_for_long_whatever_a_late_worker_heard_before() -> None:
    late, *failures = (replace(FAILED, at=TEN + timedelta(minutes=each)) for each in (0, 30, 31, 33, 37, 45))
    assert not fail_for_long([late, *failures])
    assert fail_for_long([late, *failures[:-1], replace(FAILED, at=TEN + timedelta(minutes=55))])
    assert not fail_for_long([late, *failures[2:], replace(FAILED, at=TEN + timedelta(minutes=65))])


def test_three_calls_that_one_reading_tries_are_one_failure() -> None:
    moments = (timedelta(minutes=each, seconds=second) for each in (0, 40) for second in (0, 1, 5))
    twice = [replace(FAILED, at=TEN + each) for each in moments]
    assert not fail_for_long(twice)
    assert fail_for_long([*twice, replace(FAILED, at=TEN + timedelta(minutes=41))])


class Heard:
    """By a worker whose reading fails, and who then does `what`."""

    def __init__(self) -> None:
        self.scheduler = Scheduler(TEN)
        self.calls = Calls(self.scheduler)
        self.watch = Target(EVENTS, ALICE, ALICE)

    def is_lost_after(self, *what: Callable[[], None]) -> bool:
        self.scheduler.turn(self.scheduler.enter("renew", lambda: [each() for each in (self._read, *what)]))
        return self.calls.is_lost(self.watch.id, self.calls.failures(self.watch.id)[-1])

    def write(self, how: Edge, rpc: str = "failure") -> Callable[[], None]:
        def written() -> None:
            with suppress(ConflictError, UnclearError), self.calls.written(rpc) as landed:
                how(rpc, lambda: landed(None))

        return written

    def _read(self) -> None:
        url = f"https://www.googleapis.com/calendar/v3/calendars/{ALICE}/events"
        with suppress(requests.ConnectionError), self.calls.noted("events.list", _get(url), ALICE):
            raise requests.ConnectionError


def _get(url: str) -> requests.PreparedRequest:
    return requests.Request("GET", url).prepare()


def test_what_a_worker_heard_is_lost_if_it_dies_waits_or_may_not_write_it_down() -> None:
    heard = Heard()
    assert heard.is_lost_after(heard.scheduler.die)
    assert heard.is_lost_after(heard.scheduler.pause)
    assert heard.is_lost_after(heard.write(unavailable))
    assert heard.is_lost_after(heard.write(contended, "claim"))


def test_what_a_worker_wrote_down_or_could_have_written_down_is_not_lost() -> None:
    heard = Heard()
    assert not heard.is_lost_after(heard.write(direct))
    assert not heard.is_lost_after(heard.write(lost))
    assert not heard.is_lost_after(heard.write(direct), heard.write(unavailable, "release"))
    assert not heard.is_lost_after(heard.write(direct), heard.scheduler.die)
    assert not heard.is_lost_after()


class Listed(Told):
    """What a watch of Alice's events tells, after what a listing has shown of them."""

    watch = Target(EVENTS, ALICE, ALICE)
    asked = ""

    def show(self, item: Mapping[str, str], following: str = "") -> None:
        url = f"https://www.googleapis.com/calendar/v3/calendars/primary/events?syncToken=t&pageToken={self.asked}"
        response = requests.Response()
        response.status_code = 200
        page = {"items": [item], "nextPageToken": following} if following else {"items": [item]}
        response._content = json.dumps(page).encode()  # noqa: SLF001 (as an adapter does)
        request = requests.Request("GET", url).prepare()
        self.listings.heard("events.page" if self.asked else "events.list", request, ALICE, response)
        self.asked = following

    def telling(self, before: Mapping[str, str], after: Mapping[str, str] | None) -> list[str]:
        about = {"resource": "events", "calendarId": ALICE, "user": ALICE}
        data = {"watch": about, "itemId": before["id"], "before": before, "after": after}
        event = {"id": "w.2", "partitionkey": self.watch.id, "time": self.now.isoformat(), "data": data}
        self.truth.baseline(self.watch.id, event)
        return [*self.truth.false_changes(event)]


def test_an_exception_that_ends_with_a_series_to_which_it_no_longer_belongs_is_noticed() -> None:
    listed = Listed()
    series = listed.alice.create_event(ALICE, "Daily", recurrence=["RRULE:FREQ=DAILY"])
    moved = listed.alice.move_instance(ALICE, series, TEN, TEN, TEN + timedelta(hours=3))
    listed.google.collection("events", ALICE).bury(series, {"status": "cancelled"})
    exception = {"id": moved, "status": "confirmed", "recurringEventId": series}
    listed.show(exception, following="2")
    assert not listed.telling(exception, None)
    listed.show({"id": series, "status": "cancelled"})
    [broken] = listed.telling(exception, None)
    assert "showed it alive" in broken


def test_an_exception_ends_with_the_part_of_its_series_that_a_listing_named_last_and_with_no_earlier_one() -> None:
    listed = Listed()
    series, part, later = (listed.alice.create_event(ALICE, each, recurrence=["RRULE:FREQ=DAILY"]) for each in "123")
    exception = listed.alice.cancel_instance(ALICE, series, TEN + timedelta(days=1))
    listed.google.collection("events", ALICE).bury(part, {"status": "cancelled"})
    before = {"id": exception, "status": "cancelled", "recurringEventId": series}
    [broken] = listed.telling(before, None)
    assert "it was there ever since" in broken
    listed.show({**before, "recurringEventId": part})
    assert not listed.telling(before, None)
    listed.now += timedelta(minutes=5)
    assert not listed.telling(before, None)
    listed.show({**before, "recurringEventId": later}, following="2")
    assert not listed.telling(before, None)
    listed.show({"id": series, "status": "confirmed"})
    [broken] = listed.telling(before, None)
    assert "it was there ever since" in broken


def test_a_version_that_a_listing_shows_after_a_newer_one_is_noticed() -> None:
    listed = Listed()
    older, newer = ({"id": "e", "summary": each, "updated": f"2026-11-20T0{each}:00:00Z"} for each in "12")
    for first, second in ((older, newer), (newer, older)):
        listed.show(first, following="2")
        listed.show(second)
    assert not listed.telling(older, newer)
    [broken] = listed.telling(newer, older)
    assert "after a newer one" in broken
