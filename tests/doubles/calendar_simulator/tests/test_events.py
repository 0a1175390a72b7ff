"""Events as the simulated Google keeps, lists and announces them. In virtual time."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Delivery, Refusal, Transport

EVENTS = "calendars/primary/events"
TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)
HOUR = {"start": {"dateTime": "2026-11-20T10:00:00Z"}, "end": {"dateTime": "2026-11-20T11:00:00Z"}}
DAY = {"start": {"date": "2026-11-20"}, "end": {"date": "2026-11-21"}}
WEEKLY = {"recurrence": ["RRULE:FREQ=WEEKLY"]}
GONE = (410, "fullSyncRequired")


def ids(listing: Any) -> list[str]:
    return [item["id"] for item in listing["items"]]


def statuses(listing: Any) -> dict[str, str]:
    return {item["id"]: item["status"] for item in listing["items"]}


def refusal_of(actor: Actor, method: str, path: str, body: object = None) -> tuple[int, str]:
    with pytest.raises(Refusal) as refused:
        getattr(actor, method)(*((path,) if body is None else (path, body)))
    return refused.value.status, refused.value.reason


def sync_token(actor: Actor, query: str = "") -> str:
    return str(actor.get(f"{EVENTS}?maxResults=2500{query}")["nextSyncToken"])


def changes(actor: Actor, token: str, query: str = "") -> Any:
    return actor.get(f"{EVENTS}?syncToken={token}{query}")


@pytest.fixture
def announced(simulator: CalendarSimulator, alice: Actor) -> Callable[[], list[str]]:
    """Watch alice's events; say which states were announced since the last time of asking."""
    alice.post(f"{EVENTS}/watch", {"id": "c1", "type": "web_hook", "address": "https://receiver.example/"})
    received: list[Delivery] = []

    def receive(delivery: Delivery) -> int:
        received.append(delivery)
        return 204

    transport = Transport(simulator, receive)

    def take() -> list[str]:
        transport.deliver_due()
        states = [delivery.state for delivery in received]
        received.clear()
        return states

    assert take() == ["sync"]
    return take


class TestAnEvent:
    def test_is_what_its_creator_gave_and_what_google_adds(self, alice: Actor) -> None:
        given = {"summary": "Review", "attendees": [{"email": "bob@example.com"}], "visibility": "private", **HOUR}

        event = alice.post(EVENTS, given)

        assert event == given | {
            "kind": "calendar#event",
            "etag": event["etag"],
            "id": event["id"],
            "htmlLink": event["htmlLink"],
            "iCalUID": f"{event['id']}@google.com",
            "status": "confirmed",
            "eventType": "default",
            "sequence": 0,
            "reminders": {"useDefault": True},
            "created": "2026-11-20T10:00:00.000Z",
            "updated": "2026-11-20T10:00:00.000Z",
            "creator": {"email": "alice@example.com", "self": True},
            "organizer": {"email": "alice@example.com", "self": True},
        }
        assert re.fullmatch(r'"\d+"', event["etag"])
        assert re.fullmatch(r"[a-v0-9]{26}", event["id"])
        assert event["htmlLink"].startswith("https://www.google.com/calendar/event?eid=")
        assert alice.get(f"{EVENTS}/{event['id']}") == alice.get(EVENTS)["items"][0] == event

    def test_on_a_shared_calendar_belongs_to_the_calendar(self, alice: Actor, bob: Actor) -> None:
        team = alice.create_calendar("Team")
        alice.share(team, "bob@example.com", "writer")

        event = alice.get(f"calendars/{team}/events/{bob.create_event(team, 'Review')}")

        assert event["creator"] == {"email": "bob@example.com"}
        assert event["organizer"] == {"email": team, "self": True}

    @pytest.mark.parametrize("event_id", ["abcde", "0123456789v", "a" * 1024])
    def test_may_be_named_by_its_creator(self, alice: Actor, event_id: str) -> None:
        assert alice.create_event("primary", "Mine", id=event_id) == event_id

    @pytest.mark.parametrize("event_id", ["abcd", "a" * 1025, "ABCDE", "abcdw", "a-b-c-d", "abcde_20261120"])
    def test_has_an_id_in_base32hex_of_5_to_1024_characters(self, alice: Actor, event_id: str) -> None:
        assert refusal_of(alice, "post", EVENTS, {"id": event_id, **HOUR}) == (400, "invalid")

    def test_keeps_its_id_to_itself_even_when_deleted(self, alice: Actor) -> None:
        event = alice.create_event("primary", "Mine", id="abcde")
        assert refusal_of(alice, "post", EVENTS, {"id": event, **HOUR}) == (409, "duplicate")
        alice.delete_event("primary", event)

        assert refusal_of(alice, "post", EVENTS, {"id": event, **HOUR}) == (409, "duplicate")

    def test_does_not_take_over_what_only_google_writes(self, alice: Actor) -> None:
        claimed = {"created": "2001-01-01T00:00:00Z", "organizer": {"email": "eve@example.com"}, "htmlLink": "x"}

        event = alice.post(EVENTS, claimed | {"nosuch": 1} | HOUR)

        assert "nosuch" not in event
        assert all(event[name] != value for name, value in claimed.items())

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"start": None}, "required"),
            ({"end": None}, "required"),
            ({"start": {}}, "invalid"),
            ({"start": DAY["start"]}, "invalid"),
            ({"start": {**DAY["start"], **HOUR["start"]}}, "invalid"),
            ({"start": {"dateTime": "soon"}}, "invalid"),
            ({"start": {"dateTime": "2026-11-20T10:00:00"}}, "invalid"),
            ({"start": {"dateTime": "2026-11-20T10:00:00", "timeZone": "Europe/Atlantis"}}, "invalid"),
            ({"end": {"dateTime": "2026-11-20T09:00:00Z"}}, "timeRangeEmpty"),
            ({"status": "maybe"}, "invalid"),
            ({"eventType": "party"}, "invalid"),
            ({"eventType": "fromGmail"}, "invalid"),
        ],
    )
    def test_that_makes_no_sense_is_refused(self, alice: Actor, fields: dict[str, object], reason: str) -> None:
        assert refusal_of(alice, "post", EVENTS, {**HOUR, **fields}) == (400, reason)
        assert ids(alice.get(EVENTS)) == []

    def test_may_name_its_time_zone_instead_of_an_offset(self, alice: Actor) -> None:
        local = {"dateTime": "2026-11-20T11:00:00", "timeZone": "Europe/Zurich"}

        assert alice.post(EVENTS, {"start": local, "end": local})["start"] == local

    def test_is_patched_at_any_depth_and_a_null_clears(self, alice: Actor) -> None:
        event = alice.create_event("primary", "Review", location="Bern", **HOUR)
        path = f"{EVENTS}/{event}"

        patched = alice.patch(path, {"location": None, "start": {"timeZone": "Europe/Zurich"}})
        assert "location" not in patched
        assert patched["start"] == {"dateTime": "2026-11-20T10:00:00Z", "timeZone": "Europe/Zurich"}
        assert patched["summary"] == "Review"

        null = {"dateTime": None, "timeZone": None}
        days = {"start": {"date": "2026-11-20"} | null, "end": {"date": "2026-11-21"} | null}
        assert alice.patch(path, days)["start"] == DAY["start"]
        assert refusal_of(alice, "patch", path, HOUR) == (400, "invalid")

    def test_is_replaced_but_for_what_it_has_from_birth(self, alice: Actor) -> None:
        before = alice.post(EVENTS, {"location": "Bern", "eventType": "focusTime", **HOUR})

        after = alice.put(f"{EVENTS}/{before['id']}", {"summary": "Review", "eventType": "focusTime", **DAY})

        assert (after["summary"], after["start"]) == ("Review", DAY["start"])
        assert "location" not in after
        assert after["etag"] != before["etag"]
        for name in ("id", "created", "creator", "organizer", "iCalUID", "eventType"):
            assert after[name] == before[name]

    def test_keeps_its_type(self, alice: Actor) -> None:
        event = alice.create_event("primary", "Away", eventType="outOfOffice")

        assert refusal_of(alice, "patch", f"{EVENTS}/{event}", {"eventType": "default"}) == (400, "invalid")

    def test_is_updated_at_the_simulators_time_which_never_goes_back(
        self, simulator: CalendarSimulator, alice: Actor
    ) -> None:
        event = alice.create_event("primary", "Review")
        simulator.advance(timedelta(minutes=1))
        alice.change_event("primary", event, summary="Retro")
        later = alice.get(f"{EVENTS}/{event}")
        assert (later["created"], later["updated"]) == ("2026-11-20T10:00:00.000Z", "2026-11-20T10:01:00.000Z")

        simulator.advance(-timedelta(hours=1))
        alice.change_event("primary", event, summary="Review")

        assert alice.get(f"{EVENTS}/{event}")["updated"] >= later["updated"]

    def test_is_not_there_under_another_name(self, alice: Actor) -> None:
        assert refusal_of(alice, "get", f"{EVENTS}/abcde") == (404, "notFound")
        assert refusal_of(alice, "patch", f"{EVENTS}/abcde", {"summary": "x"}) == (404, "notFound")
        assert refusal_of(alice, "delete", f"{EVENTS}/abcde") == (404, "notFound")


class TestADeletedEvent:
    def test_is_read_as_cancelled_and_left_out_of_full_listings(self, alice: Actor) -> None:
        event = alice.create_event("primary", "Review")
        alice.delete_event("primary", event)

        read = alice.get(f"{EVENTS}/{event}")
        assert (read["status"], read["summary"]) == ("cancelled", "Review")
        assert alice.get(EVENTS)["items"] == alice.get(f"{EVENTS}?showDeleted=false")["items"] == []

    def test_keeps_only_its_id_in_listings_that_show_it(self, alice: Actor) -> None:
        event = alice.create_event("primary", "Review")
        token = sync_token(alice)
        alice.delete_event("primary", event)

        (shown,) = changes(alice, token)["items"]

        assert shown == {"kind": "calendar#event", "etag": shown["etag"], "id": event, "status": "cancelled"}
        assert alice.get(f"{EVENTS}?showDeleted=true")["items"] == [shown]

    def test_is_in_the_increment_even_if_it_was_created_after_the_last_one(self, alice: Actor) -> None:
        token = sync_token(alice)
        event = alice.create_event("primary", "Review")
        alice.delete_event("primary", event)

        assert statuses(changes(alice, token)) == {event: "cancelled"}

    def test_cannot_be_deleted_again(self, alice: Actor) -> None:
        event = alice.create_event("primary", "Review")
        alice.delete_event("primary", event)

        assert refusal_of(alice, "delete", f"{EVENTS}/{event}") == (410, "deleted")

    def test_is_one_that_was_set_to_cancelled_and_comes_back_when_confirmed(self, alice: Actor) -> None:
        event = alice.create_event("primary", "Review")
        alice.change_event("primary", event, status="cancelled")
        assert ids(alice.get(EVENTS)) == []
        token = sync_token(alice)

        alice.change_event("primary", event, status="confirmed")

        assert alice.get(EVENTS)["items"] == changes(alice, token)["items"]
        assert alice.get(EVENTS)["items"][0]["summary"] == "Review"


class TestASeries:
    @pytest.fixture
    def series(self, alice: Actor) -> str:
        return alice.create_event("primary", "Weekly", id="series0", **HOUR, **WEEKLY)

    def test_is_one_item_however_often_it_happens(self, alice: Actor, series: str) -> None:
        (item,) = alice.get(f"{EVENTS}?singleEvents=false")["items"]

        assert (item["id"], item["recurrence"]) == (series, WEEKLY["recurrence"])

    def test_makes_instances_of_its_length_that_no_listing_shows(self, alice: Actor, series: str) -> None:
        instance = alice.get(f"{EVENTS}/{series}_20261127T100000Z")

        assert "recurrence" not in instance
        assert (instance["summary"], instance["recurringEventId"]) == ("Weekly", series)
        assert instance["start"] == instance["originalStartTime"] == {"dateTime": "2026-11-27T10:00:00Z"}
        assert instance["end"] == {"dateTime": "2026-11-27T11:00:00Z"}
        assert ids(alice.get(EVENTS)) == [series]

    def test_has_exceptions_of_their_own_time_and_text(self, alice: Actor, series: str) -> None:
        token = sync_token(alice)
        moved = alice.move_instance("primary", series, TEN + timedelta(days=7), ELEVEN, ELEVEN)
        alice.change_event("primary", moved, summary="Special")

        (exception,) = changes(alice, token)["items"]

        assert exception["id"] == moved == f"{series}_20261127T100000Z"
        assert exception["recurringEventId"] == series
        assert exception["originalStartTime"] == {"dateTime": "2026-11-27T10:00:00Z"}
        assert exception["start"] == {"dateTime": "2026-11-20T11:00:00Z"}
        assert (exception["summary"], exception["iCalUID"]) == ("Special", f"{series}@google.com")
        assert ids(alice.get(EVENTS)) == [series, moved]

    def test_keeps_what_an_exception_stands_for_when_it_is_replaced(self, alice: Actor, series: str) -> None:
        replaced = alice.put(f"{EVENTS}/{series}_20261127T100000Z", {"summary": "Special", **HOUR})

        assert replaced["recurringEventId"] == series
        assert replaced["originalStartTime"] == {"dateTime": "2026-11-27T10:00:00Z"}

    def test_shows_cancelled_instances_as_long_as_it_lives(self, alice: Actor, series: str) -> None:
        token = sync_token(alice)
        instance = alice.cancel_instance("primary", series, TEN)

        cancelled = changes(alice, token)["items"]

        assert cancelled == [
            {
                "kind": "calendar#event",
                "etag": cancelled[0]["etag"],
                "id": instance,
                "status": "cancelled",
                "recurringEventId": series,
                "originalStartTime": {"dateTime": "2026-11-20T10:00:00Z"},
            }
        ]
        assert statuses(alice.get(EVENTS)) == {series: "confirmed", instance: "cancelled"}
        assert refusal_of(alice, "delete", f"{EVENTS}/{instance}") == (410, "deleted")

    def test_takes_its_exceptions_along_when_it_is_deleted(self, alice: Actor, series: str) -> None:
        cancelled = alice.cancel_instance("primary", series, TEN)
        moved = alice.move_instance("primary", series, TEN + timedelta(days=7), TEN, ELEVEN)
        other = alice.create_event("primary", "Other")
        token = sync_token(alice)

        alice.delete_event("primary", series)

        assert statuses(changes(alice, token)) == dict.fromkeys((series, cancelled, moved), "cancelled")
        assert ids(alice.get(EVENTS)) == [other]
        assert refusal_of(alice, "get", f"{EVENTS}/{series}_20261204T100000Z") == (404, "notFound")

    def test_of_whole_days_has_instances_of_whole_days(self, alice: Actor) -> None:
        series = alice.create_event("primary", "Payday", **DAY, **WEEKLY)
        moved = alice.move_instance("primary", series, date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 29))
        cancelled = alice.cancel_instance("primary", series, date(2026, 12, 4))

        assert (moved, cancelled) == (f"{series}_20261127", f"{series}_20261204")
        assert alice.get(f"{EVENTS}/{moved}")["start"] == {"date": "2026-11-28"}
        assert alice.get(f"{EVENTS}/{cancelled}")["originalStartTime"] == {"date": "2026-12-04"}

    def test_hands_its_time_zone_to_its_instances(self, alice: Actor) -> None:
        zone = {"timeZone": "Europe/Zurich"}
        series = alice.create_event("primary", "Weekly", start=HOUR["start"] | zone, end=HOUR["end"] | zone, **WEEKLY)

        assert alice.get(f"{EVENTS}/{series}_20261127T100000Z")["start"]["timeZone"] == "Europe/Zurich"

    @pytest.mark.parametrize(
        "name", ["series0_20261399", "series0_soon", "single0_20261120T100000Z", "nosuch_20261120"]
    )
    def test_has_no_instance_where_there_is_no_series_or_no_time(self, alice: Actor, series: str, name: str) -> None:
        alice.create_event("primary", "Single", id="single0")

        assert refusal_of(alice, "get", f"{EVENTS}/{name}") == (404, "notFound")
        assert series in ids(alice.get(EVENTS))


class TestListings:
    def test_hold_250_events_a_page_unless_asked_and_never_more_than_2500(
        self, simulator: CalendarSimulator, alice: Actor
    ) -> None:
        simulator.seed_events("primary", 2501)

        assert len(alice.get(EVENTS)["items"]) == 250
        assert len(alice.get(f"{EVENTS}?maxResults=9999")["items"]) == 2500

    def test_hold_every_event_once_over_all_pages(self, simulator: CalendarSimulator, alice: Actor) -> None:
        sown = simulator.seed_events("primary", 25)
        page = alice.get(f"{EVENTS}?maxResults=10")
        found = ids(page)
        while "nextPageToken" in page:
            assert "nextSyncToken" not in page
            page = alice.get(f"{EVENTS}?maxResults=10&pageToken={page['nextPageToken']}")
            found += ids(page)

        assert found == sown
        assert changes(alice, page["nextSyncToken"])["items"] == []

    def test_miss_nothing_that_changes_between_their_pages(self, alice: Actor) -> None:
        first, second, third = (alice.create_event("primary", name) for name in "abc")
        page = alice.get(f"{EVENTS}?maxResults=2")
        alice.change_event("primary", first, summary="changed")
        alice.delete_event("primary", third)
        late = alice.create_event("primary", "late")

        last = alice.get(f"{EVENTS}?maxResults=2&pageToken={page['nextPageToken']}")

        assert (ids(page), ids(last)) == ([first, second], [late])
        seen = statuses(changes(alice, last["nextSyncToken"]))
        assert seen == {first: "confirmed", third: "cancelled", late: "confirmed"}

    def test_tell_about_the_calendar(self, simulator: CalendarSimulator, alice: Actor, bob: Actor) -> None:
        team = alice.create_calendar("Team")
        alice.share(team, "bob@example.com", "reader")
        simulator.advance(timedelta(minutes=1))
        alice.create_event(team, "Review")

        listing = bob.get(f"calendars/{team}/events?fields=kind,summary,timeZone,accessRole,updated")

        assert listing == {
            "kind": "calendar#events",
            "summary": "Team",
            "timeZone": "UTC",
            "accessRole": "reader",
            "updated": "2026-11-20T10:01:00.000Z",
        }

    @pytest.mark.parametrize(
        "parameter",
        [
            *("iCalUID=x", "orderBy=updated", "privateExtendedProperty=a%3Db", "q=x", "sharedExtendedProperty=a%3Db"),
            *("timeMin=2026-11-20T10:00:00Z", "timeMax=2026-11-20T10:00:00Z", "updatedMin=2026-11-20T10:00:00Z"),
            "showDeleted=false",
        ],
    )
    def test_from_a_sync_token_on_cannot_be_narrowed(self, alice: Actor, parameter: str) -> None:
        path = f"{EVENTS}?syncToken={sync_token(alice)}&{parameter}"

        assert refusal_of(alice, "get", path) == (400, "invalid")

    @pytest.mark.parametrize("parameter", ["singleEvents=true", "q=x", "timeMin=2026-11-20T10:00:00Z"])
    def test_that_are_not_simulated_say_so(self, alice: Actor, parameter: str) -> None:
        assert refusal_of(alice, "get", f"{EVENTS}?{parameter}") == (501, "notImplemented")

    def test_show_only_the_types_asked_for(self, simulator: CalendarSimulator, alice: Actor) -> None:
        (mail,) = simulator.seed_events("primary", 1, eventType="fromGmail")
        focus = alice.create_event("primary", "Focus", eventType="focusTime")
        away = alice.create_event("primary", "Away", eventType="outOfOffice")

        assert ids(alice.get(f"{EVENTS}?eventTypes=focusTime&eventTypes=fromGmail")) == [mail, focus]
        assert ids(alice.get(EVENTS)) == [mail, focus, away]
        assert refusal_of(alice, "get", f"{EVENTS}?eventTypes=party") == (400, "invalidParameter")

    def test_from_a_sync_token_on_show_only_the_types_asked_for(self, alice: Actor) -> None:
        focus, away = (alice.create_event("primary", kind, eventType=kind) for kind in ("focusTime", "outOfOffice"))
        token = sync_token(alice, "&eventTypes=focusTime")
        alice.change_event("primary", focus, summary="Quiet")
        alice.delete_event("primary", away)
        alice.create_event("primary", "Review")

        assert ids(changes(alice, token, "&eventTypes=focusTime")) == [focus]
        alice.delete_event("primary", focus)
        assert statuses(changes(alice, token, "&eventTypes=focusTime")) == {focus: "cancelled"}
        assert ids(alice.get(f"{EVENTS}?showDeleted=true&eventTypes=outOfOffice")) == [away]

    def test_go_on_only_with_the_types_they_began_with(self, alice: Actor) -> None:
        for name in "ab":
            alice.create_event("primary", name)
        token = sync_token(alice, "&eventTypes=default&eventTypes=birthday")
        page = alice.get(f"{EVENTS}?maxResults=1")["nextPageToken"]

        assert changes(alice, token, "&eventTypes=birthday&eventTypes=default")["items"] == []
        assert refusal_of(alice, "get", f"{EVENTS}?syncToken={token}") == GONE
        assert refusal_of(alice, "get", f"{EVENTS}?pageToken={page}&eventTypes=default") == (400, "invalidParameter")

    def test_cannot_go_on_from_another_calendar(self, alice: Actor) -> None:
        team = alice.create_calendar("Team")

        assert refusal_of(alice, "get", f"calendars/{team}/events?syncToken={sync_token(alice)}") == GONE


class TestTokens:
    @pytest.mark.parametrize("path", [EVENTS, "calendars/primary/acl", "users/me/calendarList", "users/me/settings"])
    def test_sync_tokens_can_be_made_to_expire_at_will(
        self, simulator: CalendarSimulator, alice: Actor, path: str
    ) -> None:
        token = alice.get(path)["nextSyncToken"]
        simulator.expire_sync_tokens()

        assert refusal_of(alice, "get", f"{path}?syncToken={token}") == GONE
        token = alice.get(path)["nextSyncToken"]
        assert alice.get(f"{path}?syncToken={token}")["items"] == []

    def test_a_listing_under_way_ends_with_a_good_sync_token_though_all_earlier_ones_expired(
        self, simulator: CalendarSimulator, alice: Actor
    ) -> None:
        first, second = (alice.create_event("primary", name) for name in "ab")
        page = alice.get(f"{EVENTS}?maxResults=1")
        alice.change_event("primary", first, summary="changed")
        simulator.expire_sync_tokens()

        last = alice.get(f"{EVENTS}?maxResults=1&pageToken={page['nextPageToken']}")

        assert ids(last) == [second]
        assert ids(changes(alice, last["nextSyncToken"])) == [first]

    def test_page_tokens_expire(self, simulator: CalendarSimulator, alice: Actor) -> None:
        simulator.configure(page_token_lifetime_seconds=60)
        simulator.seed_events("primary", 2)
        path = f"{EVENTS}?maxResults=1&pageToken={alice.get(f'{EVENTS}?maxResults=1')['nextPageToken']}"
        simulator.advance(timedelta(seconds=60))
        assert len(alice.get(path)["items"]) == 1

        simulator.advance(timedelta(milliseconds=1))

        assert refusal_of(alice, "get", path) == (400, "invalidParameter")


class TestRights:
    @pytest.mark.parametrize(
        ("role", "reading", "writing"),
        [
            (None, (404, "notFound"), (404, "notFound")),
            ("freeBusyReader", (403, "requiredAccessLevel"), (403, "requiredAccessLevel")),
            ("reader", None, (403, "requiredAccessLevel")),
            ("writer", None, None),
        ],
    )
    def test_who_may_read_and_who_may_write(
        self,
        alice: Actor,
        bob: Actor,
        role: str | None,
        reading: tuple[int, str] | None,
        writing: tuple[int, str] | None,
    ) -> None:
        team = alice.create_calendar("Team")
        path = f"calendars/{team}/events"
        event = alice.create_event(team, "Review")
        if role:
            alice.share(team, "bob@example.com", role)
        order = {"id": "c1", "type": "web_hook", "address": "https://receiver.example/"}
        reads = [("get", path, None), ("get", f"{path}/{event}", None), ("post", f"{path}/watch", order)]
        writes = [
            ("post", path, HOUR),
            ("patch", f"{path}/{event}", {"summary": "x"}),
            ("put", f"{path}/{event}", HOUR),
            ("delete", f"{path}/{event}", None),
        ]

        def outcome(method: str, where: str, body: object) -> tuple[int, str] | None:
            try:
                getattr(bob, method)(*((where,) if body is None else (where, body)))
            except Refusal as refused:
                return refused.status, refused.reason
            return None

        assert {outcome(*call) for call in reads} == {reading}
        assert {outcome(*call) for call in writes} == {writing}

    def test_a_scope_for_reading_does_not_write(self, simulator: CalendarSimulator) -> None:
        reader = Actor(simulator, "alice@example.com", ("https://www.googleapis.com/auth/calendar.events.readonly",))

        assert reader.get(EVENTS)["items"] == []
        assert refusal_of(reader, "post", EVENTS, HOUR) == (403, "insufficientPermissions")


class TestAnnouncements:
    def test_each_change_is_announced_and_reading_is_not(
        self, alice: Actor, announced: Callable[[], list[str]]
    ) -> None:
        event = alice.create_event("primary", "Review")
        alice.change_event("primary", event, summary="Retro")
        alice.put(f"{EVENTS}/{event}", HOUR)
        alice.delete_event("primary", event)
        assert announced() == ["exists"] * 4

        alice.get(EVENTS)
        alice.get(f"{EVENTS}/{event}")
        assert announced() == []

    def test_a_series_and_each_of_its_exceptions_are_announced(
        self, alice: Actor, announced: Callable[[], list[str]]
    ) -> None:
        series = alice.create_event("primary", "Weekly", **HOUR, **WEEKLY)
        alice.cancel_instance("primary", series, TEN)
        assert announced() == ["exists"] * 2

        alice.delete_event("primary", series)
        assert announced() == ["exists"] * 2

    def test_other_calendars_and_refused_changes_are_not_announced(
        self, alice: Actor, announced: Callable[[], list[str]]
    ) -> None:
        alice.create_event(alice.create_calendar("Team"), "Review")
        alice.share("primary", "bob@example.com", "reader")
        refusal_of(alice, "post", EVENTS, {"summary": "no time"})

        assert announced() == []

    def test_a_calendar_that_is_seeded_announces_it_once(
        self, simulator: CalendarSimulator, announced: Callable[[], list[str]]
    ) -> None:
        simulator.seed_events("primary", 20)

        assert announced() == ["exists"]

    def test_a_calendar_that_is_deleted_announces_each_event(
        self, simulator: CalendarSimulator, alice: Actor, announced: Callable[[], list[str]]
    ) -> None:
        team = alice.create_calendar("Team")
        simulator.seed_events(team, 3)
        order = {"id": "c2", "type": "web_hook", "address": "https://receiver.example/"}
        alice.post(f"calendars/{team}/events/watch", order)
        assert announced() == ["sync"]

        alice.delete(f"calendars/{team}")

        assert announced() == ["exists"] * 3

    def test_some_calendars_do_not_announce_their_events(self, simulator: CalendarSimulator, alice: Actor) -> None:
        simulator.configure(unwatchable=["alice@example.com"])
        order = {"id": "c1", "type": "web_hook", "address": "https://receiver.example/"}

        assert refusal_of(alice, "post", f"{EVENTS}/watch", order) == (400, "pushNotSupportedForRequestedResource")

    def test_a_watch_names_types_and_hears_of_all(self, simulator: CalendarSimulator, alice: Actor) -> None:
        order = {"id": "c1", "type": "web_hook", "address": "https://receiver.example/"}
        channel = alice.post(f"{EVENTS}/watch?eventTypes=focusTime", order)
        alice.create_event("primary", "Review")

        assert channel["resourceUri"] == f"https://www.googleapis.com/calendar/v3/{EVENTS}?alt=json"
        assert [delivery.state for delivery in simulator.take_due(TEN)] == ["sync", "exists"]
        assert refusal_of(alice, "post", f"{EVENTS}/watch?eventTypes=party", order) == (400, "invalidParameter")


class TestSeededEvents:
    def test_look_like_those_that_people_make(self, simulator: CalendarSimulator, alice: Actor) -> None:
        sown = simulator.seed_events("primary", 50)
        items = alice.get(EVENTS)["items"]

        assert ids(alice.get(EVENTS)) == sown
        assert len({json.dumps(item["start"]) for item in items}) == 50
        assert all(item["attendees"] and item["description"] for item in items)
        assert all(1_000 < len(json.dumps(item)) < 2_048 for item in items)

    def test_follow_a_template(self, simulator: CalendarSimulator, alice: Actor) -> None:
        team = alice.create_calendar("Team")
        (event,) = simulator.seed_events(team, 1, user="carol@example.com", summary="Sown", **WEEKLY)

        sown = alice.get(f"calendars/{team}/events/{event}")
        assert (sown["summary"], sown["recurrence"]) == ("Sown", WEEKLY["recurrence"])
        assert sown["creator"] == {"email": "carol@example.com"}

    def test_are_changed_and_deleted_like_any_other(self, simulator: CalendarSimulator, alice: Actor) -> None:
        first, second = simulator.seed_events("primary", 2)
        token = sync_token(alice)
        alice.change_event("primary", first, summary="Changed")
        alice.delete_event("primary", second)

        assert statuses(changes(alice, token)) == {first: "confirmed", second: "cancelled"}

    def test_need_a_calendar(self, simulator: CalendarSimulator) -> None:
        with pytest.raises(ValueError, match="no such calendar: nosuch"):
            simulator.seed_events("nosuch", 1)
