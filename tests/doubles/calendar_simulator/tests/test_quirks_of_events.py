"""Events as the simulated Google shows them where its quirks are on. In virtual time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Client, Delivery, Refusal, Transport, Witness

EVENTS = "calendars/primary/events"
TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
WEEK = timedelta(days=7)
WEEKLY = {"recurrence": ["RRULE:FREQ=WEEKLY"]}


@pytest.fixture
def client(simulator: CalendarSimulator) -> Client:
    return Client(simulator, "alice@example.com")


def items(listing: Any) -> dict[str, Any]:
    return {item.get("id"): item for item in listing["items"]}


def only(simulator: CalendarSimulator, number: str, chance: float = 1) -> None:
    simulator.configure(quirks={number: chance})


def all_of(client: Actor) -> dict[str, Any]:
    return items(client.get(f"{EVENTS}?maxResults=2500"))


def token(client: Actor) -> str:
    return str(client.get(f"{EVENTS}?maxResults=2500")["nextSyncToken"])


def since(client: Actor, sync_token: str) -> dict[str, Any]:
    return items(client.get(f"{EVENTS}?syncToken={sync_token}"))


class TestACancelledInstance:
    def test_comes_bare_in_increments_only(self, simulator: CalendarSimulator, client: Client) -> None:
        series = client.create_event("primary", "Weekly", **WEEKLY)
        before = token(client)
        only(simulator, "Q02")
        instance = client.cancel_instance("primary", series, TEN + WEEK)

        assert since(client, before)[instance].keys() == {"kind", "etag", "id", "status"}
        assert all_of(client)[instance]["recurringEventId"] == series
        assert client.get(f"{EVENTS}/{instance}")["recurringEventId"] == series
        assert simulator.quirks.reached["Q02"] == 1

    def test_stays_as_bare_as_it_was(self, simulator: CalendarSimulator, client: Client) -> None:
        series = client.create_event("primary", "Weekly", **WEEKLY)
        before = token(client)
        only(simulator, "Q02", 0.5)
        for week in range(1, 30):
            client.cancel_instance("primary", series, TEN + week * WEEK)

        first = since(client, before)

        assert first == since(client, before)
        assert 5 < sum("recurringEventId" not in item for item in first.values()) < 25


class TestASplit:
    @pytest.fixture
    def series(self, simulator: CalendarSimulator, client: Client) -> str:
        only(simulator, "Q04")
        return client.create_event("primary", "Weekly", **WEEKLY)

    def test_shortens_the_series_and_goes_on_with_another(self, client: Client, series: str) -> None:
        goes_on = client.split("primary", series, TEN + 2 * WEEK)

        assert goes_on == f"{series}_R20261204T100000"
        old, new = all_of(client)[series], all_of(client)[goes_on]
        assert old["recurrence"] == ["RRULE:FREQ=WEEKLY;UNTIL=20261204T100000Z"]
        assert (new["recurrence"], new["start"]["dateTime"]) == (WEEKLY["recurrence"], "2026-12-04T10:00:00Z")
        assert new["iCalUID"] != old["iCalUID"]

    def test_hands_over_exceptions_under_their_ids(
        self, simulator: CalendarSimulator, client: Client, series: str
    ) -> None:
        early, late = TEN + WEEK, TEN + 3 * WEEK
        kept = client.move_instance("primary", series, early, early, early + timedelta(hours=2))
        moved = client.move_instance("primary", series, late, late, late + timedelta(hours=2))
        skipped = client.cancel_instance("primary", series, late + WEEK)
        before = token(client)
        goes_on = client.split("primary", series, TEN + 2 * WEEK)

        changed = since(client, before)

        assert changed.keys() == {series, goes_on, moved, skipped}
        assert {changed[each]["recurringEventId"] for each in (moved, skipped)} == {goes_on}
        assert all_of(client)[kept]["recurringEventId"] == series
        assert simulator.quirks.reached["Q04"] == 2

    def test_names_later_exceptions_by_the_first_series(self, client: Client, series: str) -> None:
        goes_on = client.split("primary", series, TEN + 2 * WEEK)
        moment = TEN + 3 * WEEK

        for named in (goes_on, series):
            instance = client.move_instance("primary", named, moment, moment, moment + timedelta(hours=2))
            assert instance == f"{series}_20261211T100000Z"
            assert all_of(client)[instance]["recurringEventId"] == goes_on

    def test_can_be_split_again(self, client: Client, series: str) -> None:
        client.split("primary", series, TEN + 2 * WEEK)
        third = client.split("primary", series, TEN + 4 * WEEK)

        assert third == f"{series}_R20261218T100000"
        instance = client.cancel_instance("primary", series, TEN + 5 * WEEK)
        assert all_of(client)[instance]["recurringEventId"] == third

    def test_is_two_series_and_no_more_where_the_quirk_is_off(
        self, simulator: CalendarSimulator, client: Client, series: str
    ) -> None:
        late = client.cancel_instance("primary", series, TEN + 3 * WEEK)
        simulator.configure(quirks={})

        goes_on = client.split("primary", series, TEN + 2 * WEEK)

        assert "_R" not in goes_on
        assert all_of(client).keys() == {series, goes_on}
        assert late not in all_of(client)

    def test_needs_a_writer_and_a_series(self, client: Client, bob: Actor, series: str) -> None:
        for actor, calendar, event in ((bob, "alice@example.com", series), (client, "primary", "nosuch")):
            with pytest.raises(Refusal, match="404"):
                actor.split(calendar, event, TEN + WEEK)


class TestInstances:
    def test_have_opaque_ids_from_birth_and_for_ever(self, simulator: CalendarSimulator, client: Client) -> None:
        series = client.create_event("primary", "Weekly", **WEEKLY)
        classic = client.cancel_instance("primary", series, TEN + WEEK)
        only(simulator, "Q05")
        moment = TEN + 2 * WEEK
        opaque = client.move_instance("primary", series, moment, moment, moment + timedelta(hours=2))
        assert "_" not in opaque
        assert all_of(client).keys() == {series, classic, opaque}
        simulator.calm()

        assert client.cancel_instance("primary", series, moment) == opaque
        assert client.cancel_instance("primary", series, TEN + 3 * WEEK).startswith(series)
        assert simulator.quirks.reached["Q05"] == 1


class TestAnEvent:
    def test_has_values_that_no_document_has(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q07")
        events = [client.create_event("primary", "Odd") for _ in range(40)]
        simulator.configure(quirks={})

        shown = all_of(client)

        assert shown.keys() == set(events)
        assert {"default", "xNewType"} == {item["eventType"] for item in shown.values()}
        assert "xNewVisibility" in {item.get("visibility") for item in shown.values()}
        assert any("start" not in item for item in shown.values())
        assert any("parts" in item["xNew"] for item in shown.values())
        for event in events:
            client.change_event("primary", event, summary="Changed")
        assert {item["summary"] for item in all_of(client).values()} == {"Changed"}

    def test_is_odd_in_ways_that_were_seen(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q26")
        events = [client.create_event("primary", "Odd", **WEEKLY) for _ in range(20)]

        shown = all_of(client)

        assert all(len(event) > 100 for event in events)
        assert {item["created"][:10] for item in shown.values()} == {"2026-11-20", "0000-12-31"}
        assert "0001-01-01" in {client.get(f"{EVENTS}/{event}")["created"][:10] for event in events}
        assert any("summary" not in item for item in shown.values())
        assert any(item["recurrence"][0].startswith("RDATE") for item in shown.values())
        assert simulator.quirks.reached["Q26"] > 20

    def test_keeps_its_time_of_change_when_reminders_change(self, simulator: CalendarSimulator, client: Client) -> None:
        event = client.create_event("primary", "Review")
        before, old = token(client), client.get(f"{EVENTS}/{event}")
        only(simulator, "Q23", 1e-9)
        simulator.advance(timedelta(minutes=1))
        client.change_event("primary", event, reminders={"useDefault": False})

        new = since(client, before)[event]

        assert new["updated"] == old["updated"]
        assert new["etag"] != old["etag"]
        simulator.advance(timedelta(minutes=1))
        client.change_event("primary", event, summary="Retro")
        assert client.get(f"{EVENTS}/{event}")["updated"] > old["updated"]

    def test_gets_its_conference_seconds_later(self, simulator: CalendarSimulator, client: Client) -> None:
        address = "https://receiver.example/"
        client.post(f"{EVENTS}/watch", {"id": "c1", "type": "web_hook", "address": address})
        received: list[Delivery] = []
        transport = Transport(simulator, lambda delivery: received.append(delivery) or 204)  # type: ignore[func-returns-value]
        only(simulator, "Q24")
        event = client.create_event("primary", "Call")
        transport.deliver_due()
        assert [delivery.state for delivery in received] == ["sync", "exists"]
        assert all_of(client)[event]["conferenceData"]["createRequest"]["status"] == {"statusCode": "pending"}
        due = simulator.next_due()
        assert due
        assert timedelta(seconds=1) <= due - TEN <= timedelta(seconds=5)
        simulator.advance(timedelta(seconds=5))
        transport.deliver_due()

        assert simulator.next_due() is None
        assert [delivery.state for delivery in received] == ["sync", "exists", "exists"]
        assert all_of(client)[event]["hangoutLink"].startswith("https://meet.google.com/")
        assert simulator.quirks.reached["Q24"] == 2


class TestTimes:
    def test_are_spelled_in_the_zone_of_the_calendar(self, simulator: CalendarSimulator, client: Client) -> None:
        event = client.create_event("primary", "Review")
        etag = client.get(f"{EVENTS}/{event}")["etag"]
        only(simulator, "Q22")
        assert all_of(client)[event]["start"]["dateTime"] == "2026-11-20T10:00:00Z"
        client.patch("calendars/primary", {"timeZone": "Europe/Zurich"})

        shown = all_of(client)[event]

        assert (shown["start"]["dateTime"], shown["etag"]) == ("2026-11-20T11:00:00+01:00", etag)
        assert client.get(f"{EVENTS}/{event}")["end"]["dateTime"] == "2026-11-20T12:00:00+01:00"
        assert simulator.quirks.reached["Q22"] == 2

    @pytest.mark.parametrize("quirks", [{}, {"Q22": 1}])
    def test_are_spelled_in_the_zone_that_was_asked_for(
        self, simulator: CalendarSimulator, client: Client, quirks: dict[str, float]
    ) -> None:
        start = {"dateTime": "2026-11-20T10:00:00", "timeZone": "Europe/Zurich"}
        event = client.create_event("primary", "Review", start=start)
        client.patch("calendars/primary", {"timeZone": "Europe/Zurich"})
        simulator.configure(quirks=quirks)

        shown = items(client.get(f"{EVENTS}?timeZone=UTC"))[event]

        assert shown["start"] == {"dateTime": "2026-11-20T09:00:00Z", "timeZone": "Europe/Zurich"}
        assert "Q22" not in simulator.quirks.reached
        with pytest.raises(Refusal, match="400 invalid"):
            client.get(f"{EVENTS}?timeZone=Europe/Atlantis")


class TestMoving:
    @pytest.fixture
    def team(self, client: Client) -> str:
        return client.create_calendar("Team")

    def test_leaves_a_stub_and_changes_the_organizer(self, client: Client, team: str) -> None:
        event = client.create_event("primary", "Review")
        before = token(client)
        client.move_event("primary", event, team)

        assert since(client, before)[event]["status"] == "cancelled"
        assert event not in all_of(client)
        moved = items(client.get(f"calendars/{team}/events"))[event]
        assert moved["organizer"] == {"email": team, "self": True}
        client.move_event(team, event, "primary")
        assert all_of(client)[event]["status"] == "confirmed"

    def test_leaves_the_stub_in_plain_listings(self, simulator: CalendarSimulator, client: Client, team: str) -> None:
        only(simulator, "Q27")
        event, deleted = client.create_event("primary", "Review"), client.create_event("primary", "Deleted")
        client.move_event("primary", event, team)
        client.delete_event("primary", deleted)

        stub = all_of(client)[event]

        assert (stub["status"], stub["organizer"]) == ("cancelled", {"email": team})
        assert deleted not in all_of(client)
        assert simulator.quirks.reached["Q27"] == 2

    def test_is_refused_for_what_cannot_be_moved(self, client: Client, bob: Actor, team: str) -> None:
        series = client.create_event("primary", "Weekly", **WEEKLY)
        theirs = bob.create_calendar("Theirs")
        event = client.create_event("primary", "Review")
        for moved, destination, refusal in ((series, team, "501"), (event, theirs, "404"), ("nosuch", team, "404")):
            with pytest.raises(Refusal, match=refusal):
                client.move_event("primary", moved, destination)


class TestADeletedSeries:
    def test_stays_in_plain_listings_with_all_it_had(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q21")
        many = [client.create_event("primary", "Weekly", **WEEKLY) for _ in range(20)]
        single = client.create_event("primary", "Once")
        for event in (*many, single):
            client.delete_event("primary", event)

        shown = all_of(client)

        assert shown.keys() == set(many)
        assert {item["status"] for item in shown.values()} == {"cancelled"}
        assert all(item["recurrence"] and item["start"] for item in shown.values())
        assert 0 < sum(item.get("privateCopy", False) for item in shown.values()) < 20
        assert Witness(simulator, "alice@example.com").get(EVENTS)["items"] == []
        assert simulator.quirks.reached["Q21"] == 1
