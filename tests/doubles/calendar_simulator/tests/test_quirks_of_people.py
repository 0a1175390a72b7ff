"""Rules, calendar lists and addresses where the simulated Google's quirks are on. In virtual time."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Call, Client, Delivery, Refusal, Transport
from tests.doubles.calendar_simulator.admin import handle

LIST = "users/me/calendarList"
ACL = "calendars/primary/acl"
EVENTS = "calendars/primary/events"
BOBS = "calendars/bob@example.com"
WATCH = {"id": "c1", "type": "web_hook", "address": "https://receiver.example/"}


@pytest.fixture
def client(simulator: CalendarSimulator) -> Client:
    return Client(simulator, "alice@example.com")


def items(listing: Any) -> dict[str, Any]:
    return {item["id"]: item for item in listing["items"]}


def only(simulator: CalendarSimulator, number: str, chance: float = 1) -> None:
    simulator.configure(quirks={number: chance})


def refusal_of(actor: Actor, method: str, path: str, body: object = None) -> tuple[int, str]:
    with pytest.raises(Refusal) as refused:
        getattr(actor, method)(*((path,) if body is None else (path, body)))
    return refused.value.status, refused.value.reason


class TestRenaming:
    @pytest.fixture
    def robert(self, simulator: CalendarSimulator, bob: Actor, client: Client) -> Actor:
        """Bob, whose main calendar alice lists, with another address."""
        only(simulator, "Q18")
        bob.share("primary", "alice@example.com", "writer")
        client.post(LIST, {"id": "bob@example.com"})
        self.team = bob.create_calendar("Team")
        self.event = bob.create_event("primary", "Review")
        self.tokens = {path: bob.get(path)["nextSyncToken"] for path in (LIST, EVENTS)}
        simulator.office.rename("bob@example.com", "robert@example.com")
        return Actor(simulator, "robert@example.com")

    def test_shows_as_another_calendar_in_lists(self, robert: Actor, client: Client) -> None:
        entries = items(client.get(LIST))
        assert "robert@example.com" in entries
        assert "bob@example.com" not in entries
        own = items(robert.get(LIST))
        assert own["robert@example.com"]["primary"]
        assert own[self.team]["dataOwner"] == "robert@example.com"

    def test_is_told_as_gone_and_new(self, robert: Actor) -> None:
        told = items(robert.get(f"{LIST}?syncToken={self.tokens[LIST]}"))

        assert told["bob@example.com"]["deleted"]
        assert told["robert@example.com"]["primary"]

    def test_keeps_what_the_user_has(self, robert: Actor, bob: Actor) -> None:
        for actor in (robert, bob):
            assert items(actor.get(EVENTS)).keys() == {self.event}
            assert "user:robert@example.com" in items(actor.get(ACL))
            assert actor.get(f"{EVENTS}?syncToken={self.tokens[EVENTS]}")["items"] == []
        assert "user:robert@example.com" in items(robert.get(f"calendars/{self.team}/acl"))

    def test_leaves_the_old_id_readable_for_a_while_but_not_watched(
        self, simulator: CalendarSimulator, robert: Actor, client: Client
    ) -> None:
        assert items(client.get(f"{BOBS}/events")).keys() == {self.event}
        assert refusal_of(client, "post", f"{BOBS}/events/watch", WATCH) == (404, "notFound")
        assert client.post("calendars/robert@example.com/events/watch", WATCH)["id"] == "c1"
        assert simulator.quirks.reached["Q18"] == 2
        simulator.advance(timedelta(days=2))

        assert refusal_of(robert, "get", f"{BOBS}/events") == (404, "notFound")

    def test_keeps_the_old_id_from_being_listed_again(self, robert: Actor, client: Client) -> None:
        for actor in (robert, client):
            assert refusal_of(actor, "post", LIST, {"id": "bob@example.com"}) == (404, "notFound")
            assert "bob@example.com" not in items(actor.get(LIST))

    def test_ends_the_old_id_at_once_where_the_quirk_is_off(self, simulator: CalendarSimulator, bob: Actor) -> None:
        bob.get(LIST)
        simulator.office.rename("bob@example.com", "robert@example.com")

        assert refusal_of(bob, "get", f"{BOBS}/events") == (404, "notFound")
        assert bob.get(EVENTS)["items"] == []

    def test_is_for_somebody_who_is_there_and_a_new_address(self, simulator: CalendarSimulator, bob: Actor) -> None:
        bob.get(LIST)
        with pytest.raises(ValueError, match="somebody"):
            simulator.office.rename("alice@example.com", "bob@example.com")


class TestRules:
    def test_are_there_that_nobody_made(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q50")

        rules = items(client.get(ACL))

        assert rules["domain:example.com"]["role"] == "freeBusyReader"
        assert simulator.quirks.reached["Q50"] == 1

    def test_of_a_service_account_cannot_be_added_to(self, simulator: CalendarSimulator) -> None:
        only(simulator, "Q50")
        robot = Client(simulator, "robot@project.iam.gserviceaccount.com")
        rule = {"role": "reader", "scope": {"type": "user", "value": "bob@example.com"}}

        assert refusal_of(robot, "post", ACL, rule) == (403, "cannotRemoveLastCalendarOwnerFromAcl")

    def test_have_roles_and_scopes_that_no_document_has(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q07")
        client.share("primary", "bob@example.com", "reader")
        simulator.configure(quirks={"Q07": 1e-9})

        strange = [rule for rule in client.get(ACL)["items"] if rule["role"] == "xNewRole"]

        assert [rule["scope"]["type"] for rule in strange] == ["xNewScope"]
        assert simulator.quirks.reached["Q07"] == 1

    def test_have_zeros_for_an_etag_if_they_are_the_owners(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q51")

        assert set(client.get(ACL)["items"][0]["etag"]) == {'"', "0"}

    def test_are_for_nobody(self, simulator: CalendarSimulator, client: Client) -> None:
        only(simulator, "Q52")
        client.share("primary", "nobody@example.com", "reader")

        assert "user:nobody@example.com" in items(client.get(ACL))
        assert simulator.quirks.reached["Q52"] == 1
        domain = {"role": "reader", "scope": {"type": "domain", "value": "nowhere.example"}}
        assert refusal_of(client, "post", ACL, domain) == (404, "notFound")

    def test_of_a_room_cannot_be_read_before_somebody_has_one(
        self, simulator: CalendarSimulator, client: Client
    ) -> None:
        only(simulator, "Q53")
        room = simulator.office.build_room("example.com", "attic")
        for resource in ("acl", "events"):
            assert refusal_of(client, "get", f"calendars/{room}/{resource}") == (500, "internalError")

        client.share(room, "bob@example.com", "reader")

        assert "user:bob@example.com" in items(client.get(f"calendars/{room}/acl"))
        assert simulator.quirks.reached["Q53"] == 2


class TestGroups:
    @pytest.fixture
    def team(self, simulator: CalendarSimulator, client: Client, bob: Actor) -> str:
        team = bob.create_calendar("Team")
        simulator.office.set_group("all@example.com", ["alice@example.com"])
        bob.post(f"calendars/{team}/acl", {"role": "reader", "scope": {"type": "group", "value": "all@example.com"}})
        client.post(LIST, {"id": team})
        return team

    def test_give_access_to_their_members(self, client: Client, team: str) -> None:
        assert client.get(f"calendars/{team}/events")["items"] == []

    def test_take_it_without_a_word(self, simulator: CalendarSimulator, client: Client, team: str) -> None:
        only(simulator, "Q55")
        token = client.get(LIST)["nextSyncToken"]
        simulator.office.set_group("all@example.com", [])

        assert client.get(f"{LIST}?syncToken={token}")["items"] == []
        assert items(client.get(LIST))[team]["accessRole"] == "none"
        assert refusal_of(client, "get", f"calendars/{team}/events") == (404, "notFound")
        assert simulator.quirks.reached["Q55"] == 2

    def test_take_it_with_one_where_the_quirk_is_off(
        self, simulator: CalendarSimulator, client: Client, team: str
    ) -> None:
        simulator.office.set_group("all@example.com", [])

        assert team not in items(client.get(LIST))


class TestCalendarLists:
    def test_change_for_no_reason(self, simulator: CalendarSimulator, client: Client) -> None:
        token = client.get(LIST)["nextSyncToken"]
        only(simulator, "Q28")
        client.create_event("alice@example.com", "Review")

        assert items(client.get(f"{LIST}?syncToken={token}")).keys() == {"alice@example.com"}
        assert simulator.quirks.reached["Q28"] == 1

    @pytest.mark.parametrize("calmed", [True, False])
    def test_hold_ghosts_for_a_while(
        self, simulator: CalendarSimulator, client: Client, bob: Actor, *, calmed: bool
    ) -> None:
        team = bob.create_calendar("Team")
        bob.share(team, "alice@example.com", "reader")
        client.post(LIST, {"id": team})
        only(simulator, "Q28")
        bob.delete(f"calendars/{team}")
        token = client.get(LIST)["nextSyncToken"]

        assert items(client.get(LIST))[team]["summary"] == "Team"
        assert refusal_of(client, "get", f"calendars/{team}/events") == (404, "notFound")
        assert simulator.quirks.reached["Q28"] == 2

        simulator.calm() if calmed else simulator.advance(timedelta(days=2))

        assert items(client.get(f"{LIST}?syncToken={token}"))[team]["deleted"]

    def test_keep_the_ghosts_of_whoever_is_renamed(self, simulator: CalendarSimulator, bob: Actor) -> None:
        team = bob.create_calendar("Team")
        only(simulator, "Q28")
        bob.delete(f"calendars/{team}")
        simulator.office.rename("bob@example.com", "robert@example.com")

        assert items(bob.get(LIST))[team]["summary"] == "Team"
        assert "deleted" not in bob.get(f"{LIST}/{team}")

        simulator.advance(timedelta(days=2))
        assert team not in items(bob.get(LIST))

    def test_say_nothing_of_a_data_owner(self, simulator: CalendarSimulator, client: Client) -> None:
        teams = [client.create_calendar("Team") for _ in range(20)]
        only(simulator, "Q29", 0.5)

        missing = [team for team in teams if "dataOwner" not in items(client.get(LIST))[team]]

        assert 3 < len(missing) < 17
        assert all("dataOwner" not in items(client.get(LIST))[team] for team in missing)

    def test_follow_a_calendar_that_changes_hands(
        self, simulator: CalendarSimulator, client: Client, bob: Actor
    ) -> None:
        team = client.create_calendar("Team")
        client.post(f"{LIST}/watch", WATCH)
        received: list[Delivery] = []
        transport = Transport(simulator, lambda delivery: received.append(delivery) or 204)  # type: ignore[func-returns-value]
        simulator.office.transfer(team, "bob@example.com")
        transport.deliver_due()

        assert items(client.get(LIST))[team]["dataOwner"] == "bob@example.com"
        assert [delivery.state for delivery in received] == ["sync", "exists"]
        assert refusal_of(client, "delete", f"calendars/{team}") == (403, "forbidden")
        bob.post(LIST, {"id": team})
        assert bob.delete(f"calendars/{team}") is None


def test_all_of_it_can_be_done_from_outside(simulator: CalendarSimulator, client: Client, bob: Actor) -> None:
    def done(action: str, body: object) -> Any:
        method, _, path = action.partition(" ")
        answer = handle(simulator, Call(method, f"/simulator/{path}", body=json.dumps(body).encode()))
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    only(simulator, "Q04")
    series = client.create_event("primary", "Weekly", recurrence=["RRULE:FREQ=WEEKLY"])
    split = {"calendar": "primary", "series": series, "at": "2026-12-04T10:00:00Z"}
    assert done("POST split", split) == {"id": f"{series}_R20261204T100000"}
    team = bob.create_calendar("Team")
    done("POST transfer", {"calendar": team, "owner": "alice@example.com"})
    assert items(bob.get(LIST))[team]["dataOwner"] == "alice@example.com"
    bob.post(f"calendars/{team}/acl", {"role": "reader", "scope": {"type": "group", "value": "all@example.com"}})
    done("PUT group", {"group": "all@example.com", "members": ["carol@example.com"]})
    assert Actor(simulator, "carol@example.com").get(f"calendars/{team}/events")["items"] == []
    assert done("POST derived-calendar", {"name": "birthdays"})["id"] in items(client.get(LIST))
    assert done("POST room", {"domain": "example.com", "name": "attic"})["id"].startswith("c_attic@resource")
    done("POST rename", {"old": "bob@example.com", "new": "robert@example.com"})
    assert items(bob.get(LIST))["robert@example.com"]["primary"]
    done("POST spell", {"quirk": "Q20", "about": "events alice@example.com", "seconds": 60})
    assert client.get(EVENTS)["items"] == []
    assert done("GET quirks", {})["Q20"]["reached"] == 1
    done("POST calm", {})
    assert items(client.get(EVENTS)).keys() >= {series}
