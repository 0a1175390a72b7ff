"""What the simulated Google does to pages, tokens and listings where its quirks are on. In virtual time."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Client, Refusal, SimulatorAdapter, Witness
from tests.doubles.calendar_simulator.quirks.generated import GOOGLE

EVENTS = "calendars/primary/events"
ACL = "calendars/primary/acl"
LIST = "users/me/calendarList"
SETTINGS = "users/me/settings"
GONE = (410, "fullSyncRequired")
INVALID = (400, "invalid")
BAD_PAGE = (400, "invalidParameter")


@pytest.fixture
def client(simulator: CalendarSimulator) -> Client:
    return Client(simulator, "alice@example.com")


def ids(listing: Any) -> list[str]:
    return [item["id"] for item in listing["items"]]


def refusal_of(actor: Actor, path: str) -> tuple[int, str]:
    with pytest.raises(Refusal) as refused:
        actor.get(path)
    return refused.value.status, refused.value.reason


def pages(client: Client, path: str, size: int = 2) -> Iterator[Any]:
    """Give up after fifty: a circle."""
    page: Any = client.get(f"{path}?maxResults={size}")
    for _ in range(50):
        yield page
        if "nextPageToken" not in page:
            return
        page = client.get(f"{path}?maxResults={size}&pageToken={page['nextPageToken']}")


def only(simulator: CalendarSimulator, number: str, chance: float = 1) -> None:
    simulator.configure(quirks={number: chance})


class TestSyncTokens:
    def test_are_refused_with_400_and_then_for_good(self, simulator: CalendarSimulator, client: Client) -> None:
        token = client.get(EVENTS)["nextSyncToken"]
        only(simulator, "Q01")
        assert refusal_of(client, f"{EVENTS}?syncToken={token}") == INVALID

        simulator.configure(quirks={"Q01": 1e-9})

        assert refusal_of(client, f"{EVENTS}?syncToken={token}") == INVALID
        assert simulator.quirks.reached["Q01"] == 2
        assert client.get(EVENTS)["nextSyncToken"]

    def test_are_refused_with_400_when_malformed(self, simulator: CalendarSimulator, client: Client) -> None:
        assert refusal_of(client, f"{EVENTS}?syncToken=nonsense") == GONE

        only(simulator, "Q01", 1e-9)

        assert refusal_of(client, f"{EVENTS}?syncToken=nonsense") == INVALID

    def test_of_events_end_with_a_change_of_rules(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q41")
        token = client.get(EVENTS)["nextSyncToken"]
        assert client.get(f"{EVENTS}?syncToken={token}")["items"] == []
        client.share("primary", "bob@example.com", "reader")

        assert refusal_of(client, f"{EVENTS}?syncToken={token}") == GONE
        assert client.get(f"{EVENTS}?syncToken={client.get(EVENTS)['nextSyncToken']}")["items"] == []
        assert simulator.quirks.reached["Q41"] == 1

    def test_run_out_after_a_week_to_a_month_without_use(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q41", 1e-9)
        token = client.get(EVENTS)["nextSyncToken"]
        simulator.advance(timedelta(days=6.9))
        client.get(f"{EVENTS}?syncToken={token}")
        simulator.advance(timedelta(days=23.2))

        assert refusal_of(client, f"{EVENTS}?syncToken={token}") == GONE

    def test_belong_to_one_user_and_one_query(self, simulator: CalendarSimulator, client: Client, bob: Actor) -> None:
        client.share("primary", "bob@example.com", "reader")
        token = client.get(EVENTS)["nextSyncToken"]
        assert bob.get(f"calendars/alice@example.com/events?syncToken={token}")["items"] == []

        only(simulator, "Q42")

        assert refusal_of(bob, f"calendars/alice@example.com/events?syncToken={token}") == GONE
        assert refusal_of(client, f"{EVENTS}?syncToken={token}&maxAttendees=1") == GONE
        assert client.get(f"{EVENTS}?syncToken={token}&maxResults=7&fields=items")["items"] == []

    def test_may_be_missing_on_the_last_page(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q40")

        listing = client.get(EVENTS)

        assert listing.keys().isdisjoint({"nextSyncToken", "nextPageToken"})
        assert simulator.quirks.reached["Q40"] == 1

    def test_of_rules_repeat_what_was_told(self, simulator: CalendarSimulator, client: Client) -> None:
        client.share("primary", "bob@example.com", "reader")
        only(simulator, "Q51")
        token = client.get(ACL)["nextSyncToken"]

        assert "user:bob@example.com" in ids(client.get(f"{ACL}?syncToken={token}"))

    def test_run_ahead_of_what_is_visible(self, simulator: CalendarSimulator, client: Client) -> None:
        token = client.get(EVENTS)["nextSyncToken"]
        only(simulator, "Q03")
        event = client.create_event("primary", "Late")
        early = client.get(f"{EVENTS}?syncToken={token}")
        simulator.advance(timedelta(seconds=120))

        assert (ids(early), ids(client.get(EVENTS))) == ([], [event])
        assert client.get(f"{EVENTS}?syncToken={early['nextSyncToken']}")["items"] == []
        assert client.get(f"{EVENTS}/{event}")["id"] == event
        assert simulator.quirks.reached["Q03"] == 1

    def test_lag_with_their_listings_in_the_harmless_case(self, simulator: CalendarSimulator, client: Client) -> None:
        token = client.get(EVENTS)["nextSyncToken"]
        only(simulator, "Q32")
        event = client.create_event("primary", "Late")
        early = client.get(f"{EVENTS}?syncToken={token}")
        simulator.advance(timedelta(seconds=300))

        assert early["items"] == []
        assert ids(client.get(f"{EVENTS}?syncToken={early['nextSyncToken']}")) == [event]
        assert simulator.quirks.reached["Q32"] == 1


class TestPages:
    def test_are_empty_now_and_then_and_lose_nothing(self, simulator: CalendarSimulator, client: Client) -> None:
        known = simulator.seed_events("primary", 7)
        simulator.configure(quirks={"Q43": 0.4}, quirk_seed="1")
        listed: list[list[str]] = []
        while not any(page == [] for page in listed):
            try:
                listed = [ids(page) for page in pages(client, EVENTS)]
            except Refusal as refusal:
                assert (refusal.status, refusal.reason) == BAD_PAGE  # noqa: PT017 - one of three things may happen

        assert {event for page in listed for event in page} == set(known)

    def test_have_tokens_that_are_refused_mid_way_and_then_for_good(
        self, simulator: CalendarSimulator, client: Client
    ) -> None:
        simulator.seed_events("primary", 3)
        token = client.get(f"{EVENTS}?maxResults=1")["nextPageToken"]
        path = f"{EVENTS}?maxResults=1&pageToken={token}"
        only(simulator, "Q43")
        while True:
            try:
                client.get(path)
            except Refusal as refusal:
                assert (refusal.status, refusal.reason) == BAD_PAGE  # noqa: PT017 - the other way is an empty page
                break
        only(simulator, "Q43", 1e-9)

        assert refusal_of(client, path) == BAD_PAGE

    def test_lead_back_to_themselves(self, simulator: CalendarSimulator, client: Client) -> None:
        simulator.seed_events("primary", 5)
        only(simulator, "Q43")
        for _ in range(100):
            simulator.configure(quirks={})
            asked = client.get(f"{EVENTS}?maxResults=1")["nextPageToken"]
            only(simulator, "Q43")
            try:
                page = client.get(f"{EVENTS}?maxResults=1&pageToken={asked}")
            except Refusal:
                continue
            if page["nextPageToken"] == asked:
                return
        pytest.fail("no circle in a hundred")

    def test_show_one_item_twice_in_two_versions(self, simulator: CalendarSimulator, client: Client) -> None:
        events = [client.create_event("primary", "Old") for _ in range(5)]
        for event in events:
            simulator.advance(timedelta(minutes=1))
            client.change_event("primary", event, summary="New")
        only(simulator, "Q25")
        orders = set()
        for _ in range(40):
            shown: dict[str, list[Any]] = {}
            for page in pages(client, EVENTS):
                for item in page["items"]:
                    shown.setdefault(item["id"], []).append(item)
            assert shown.keys() == set(events)
            for first, second in (versions for versions in shown.values() if len(versions) == 2):
                orders.add((first["summary"], second["summary"]))
                assert (first["updated"] < second["updated"]) == (second["summary"] == "New")
            assert all(any(item["summary"] == "New" for item in versions) for versions in shown.values())

        assert orders == {("Old", "New"), ("New", "Old")}

    def test_are_never_longer_than_asked_for(self, simulator: CalendarSimulator, client: Client) -> None:
        simulator.seed_events("primary", 9)
        only(simulator, "Q25")

        assert max(len(page["items"]) for page in pages(client, EVENTS, 3)) == 3

    def test_are_shuffled(self, simulator: CalendarSimulator, client: Client) -> None:
        known = simulator.seed_events("primary", 30)
        only(simulator, "Q25")

        assert ids(client.get(EVENTS)) != known
        assert sorted(ids(client.get(EVENTS))) == sorted(known)

    def test_of_increments_repeat_what_did_not_change(self, simulator: CalendarSimulator, client: Client) -> None:
        known = simulator.seed_events("primary", 3)
        token = client.get(EVENTS)["nextSyncToken"]
        only(simulator, "Q23")

        repeated = client.get(f"{EVENTS}?syncToken={token}")["items"]

        assert len(repeated) == 1
        assert repeated[0] == Witness(simulator, "alice@example.com").get(f"{EVENTS}/{repeated[0]['id']}")
        assert repeated[0]["id"] in known

    def test_take_their_time(self, simulator: CalendarSimulator) -> None:
        simulator.seed_events("primary", 250)
        session = requests.Session()
        session.mount("https://", SimulatorAdapter(simulator))
        url = f"https://www.googleapis.com/calendar/v3/{EVENTS}"
        session.get(url, timeout=1)
        only(simulator, "Q08")

        with pytest.raises(requests.ReadTimeout):
            session.get(url, timeout=1)

        assert session.get(url, timeout=(1, 2)).status_code == 200
        assert session.get(f"{url}?maxResults=100", timeout=1).status_code == 200

    def test_hold_an_item_without_an_id(self, simulator: CalendarSimulator, client: Client) -> None:
        client.create_event("primary", "Good")
        only(simulator, "Q07")

        items = client.get(EVENTS)["items"]

        assert sorted("id" in item for item in items) == [False, True]


class TestListings:
    def test_lack_the_same_items_for_a_while(self, simulator: CalendarSimulator, client: Client) -> None:
        known = simulator.seed_events("primary", 60)
        only(simulator, "Q20")
        listing = client.get(EVENTS)
        simulator.configure(quirks={"Q20": 1e-9})
        again = [event for page in pages(client, EVENTS, 25) for event in ids(page)]

        assert "nextSyncToken" in listing
        assert again == ids(listing) != known
        assert simulator.quirks.reached["Q20"] == 4 if again else 2
        assert Witness(simulator, "alice@example.com").get(EVENTS)["items"][0]["id"] == known[0]
        simulator.advance(timedelta(days=2))
        assert ids(client.get(EVENTS)) == known

    def test_are_whole_once_all_is_calm(self, simulator: CalendarSimulator, client: Client) -> None:
        known = simulator.seed_events("primary", 60)
        only(simulator, "Q20")
        client.get(EVENTS)

        simulator.calm()

        assert ids(client.get(EVENTS)) == known

    def test_of_derived_calendars_never_tell_deletions(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q06")
        birthdays = simulator.office.derive_calendar("alice@example.com", "birthdays")
        google = Actor(simulator, GOOGLE)
        gone, kept = google.create_event(birthdays, "A"), google.create_event(birthdays, "B")
        path = f"calendars/{birthdays.replace('#', '%23')}/events"
        token = client.get(path)["nextSyncToken"]
        google.delete_event(birthdays, gone)

        assert client.get(f"{path}?syncToken={token}")["items"] == []
        assert ids(client.get(path)) == [kept]
        assert birthdays in ids(client.get(LIST))
        with pytest.raises(Refusal, match="pushNotSupported"):
            client.post(f"{path}/watch", {"id": "c1", "type": "web_hook", "address": "https://receiver.example/"})

    def test_of_derived_calendars_forget_what_is_old(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q06")
        birthdays = simulator.office.derive_calendar("alice@example.com", "birthdays")
        Actor(simulator, GOOGLE).create_event(birthdays, "A")
        simulator.advance(timedelta(days=366))

        assert client.get(f"calendars/{birthdays.replace('#', '%23')}/events")["items"] == []

    def test_of_settings_lack_what_was_never_set(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q56", 0.5)
        before = client.get(SETTINGS)["items"]
        simulator.set_setting("alice@example.com", "hideWeekends", "true")
        after = {item["id"]: item["etag"] for item in client.get(SETTINGS)["items"]}

        assert 0 < len(before) < 12
        assert {item["etag"] for item in before} == {'"0"'}
        assert after["hideWeekends"] != '"0"'

    def test_of_calendar_lists_lack_what_was_just_added(
        self, simulator: CalendarSimulator, client: Client, bob: Actor
    ) -> None:
        team = bob.create_calendar("Team")
        bob.share(team, "alice@example.com", "writer")
        only(simulator, "Q54")
        client.post(LIST, {"id": team})

        assert team not in ids(client.get(LIST))
        assert simulator.quirks.reached["Q54"] == 1
        simulator.advance(timedelta(days=1))
        assert team in ids(client.get(LIST))


def test_a_delayed_answer_says_so_to_shells(simulator: CalendarSimulator) -> None:
    simulator.seed_events("primary", 10)
    simulator.configure(quirks={"Q08": 1}, slow_seconds_per_item=2.0)
    session = requests.Session()
    session.mount("https://", SimulatorAdapter(simulator))

    answer = session.get(f"https://www.googleapis.com/calendar/v3/{EVENTS}", timeout=21)

    assert len(json.loads(answer.content)["items"]) == 10


def test_the_same_seed_does_the_same() -> None:
    def run() -> list[Any]:
        simulator = CalendarSimulator(lambda: datetime(2026, 11, 20, 10, tzinfo=UTC))
        client = Client(simulator, "alice@example.com")
        simulator.seed_events("primary", 20)
        simulator.configure(quirks={"Q25": 0.5, "Q23": 0.5, "Q02": 0.5})
        return list(pages(client, EVENTS))

    assert run() == run()
