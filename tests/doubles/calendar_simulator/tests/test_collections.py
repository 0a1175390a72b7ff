"""What the simulated Google keeps: rules, lists, calendars, settings, and who may touch them. In virtual time."""

from typing import Any

import pytest

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Refusal

LIST = "users/me/calendarList"
SETTINGS = "users/me/settings"


@pytest.fixture
def team(alice: Actor) -> str:
    return alice.create_calendar("Team")


def ids(listing: Any) -> list[str]:
    return [item["id"] for item in listing["items"]]


def refusal_of(actor: Actor, method: str, path: str, body: object = None) -> tuple[int, str]:
    with pytest.raises(Refusal) as refused:
        getattr(actor, method)(*((path,) if body is None else (path, body)))
    return refused.value.status, refused.value.reason


def test_everybody_has_a_primary_calendar_named_by_the_address(alice: Actor) -> None:
    (entry,) = alice.get(LIST)["items"]

    assert (entry["id"], entry["primary"], entry["accessRole"]) == ("alice@example.com", True, "owner")
    assert alice.get("calendars/primary")["id"] == "alice@example.com"


def test_a_new_calendar_is_owned_and_listed_by_its_creator(alice: Actor, team: str) -> None:
    assert ids(alice.get(f"calendars/{team}/acl")) == ["user:alice@example.com"]
    entry = alice.get(f"{LIST}/{team}")
    assert (entry["summary"], entry["accessRole"], entry["dataOwner"]) == ("Team", "owner", "alice@example.com")
    assert "primary" not in entry


def test_a_calendar_without_a_title_is_refused(alice: Actor) -> None:
    assert refusal_of(alice, "post", "calendars", {"timeZone": "UTC"}) == (400, "required")


def test_a_calendar_that_one_may_not_see_does_not_exist(bob: Actor, team: str) -> None:
    assert refusal_of(bob, "get", f"calendars/{team}") == (404, "notFound")
    assert refusal_of(bob, "get", f"calendars/{team}/acl") == (404, "notFound")
    assert refusal_of(bob, "post", LIST, {"id": team}) == (404, "notFound")


@pytest.mark.parametrize("role", ["freeBusyReader", "reader", "writerWithoutPrivateAccess"])
def test_rules_are_not_for_those_who_may_not_write_everything(alice: Actor, bob: Actor, team: str, role: str) -> None:
    alice.share(team, "bob@example.com", role)

    assert refusal_of(bob, "get", f"calendars/{team}/acl") == (403, "requiredAccessLevel")


def test_a_writer_reads_the_rules_and_only_an_owner_changes_them(alice: Actor, bob: Actor, team: str) -> None:
    alice.share(team, "bob@example.com", "writer")
    rule = f"calendars/{team}/acl/user:alice@example.com"

    assert bob.get(rule)["role"] == "owner"
    assert refusal_of(bob, "delete", rule) == (403, "requiredAccessLevel")
    assert refusal_of(bob, "patch", f"calendars/{team}", {"summary": "Mine"}) == (403, "requiredAccessLevel")


def test_the_strongest_matching_rule_counts(alice: Actor, bob: Actor, team: str) -> None:
    for scope, role in [
        ({"type": "default"}, "freeBusyReader"),
        ({"type": "domain", "value": "example.com"}, "writer"),
    ]:
        alice.post(f"calendars/{team}/acl", {"scope": scope, "role": role})

    assert bob.post(LIST, {"id": team})["accessRole"] == "writer"
    assert ids(bob.get(f"calendars/{team}/acl")) == ["user:alice@example.com", "default", "domain:example.com"]


def test_a_rule_for_a_group_opens_nothing_as_nobody_is_known_to_be_in_it(alice: Actor, bob: Actor, team: str) -> None:
    alice.post(f"calendars/{team}/acl", {"scope": {"type": "group", "value": "all@example.com"}, "role": "writer"})

    assert refusal_of(bob, "get", f"calendars/{team}") == (404, "notFound")


def test_being_given_access_does_not_list_the_calendar(alice: Actor, bob: Actor, team: str) -> None:
    alice.share(team, "bob@example.com", "reader")

    assert ids(bob.get(LIST)) == ["bob@example.com"]


def test_an_entry_follows_the_role_and_vanishes_with_it(alice: Actor, bob: Actor, team: str) -> None:
    alice.share(team, "bob@example.com", "reader")
    before = bob.post(LIST, {"id": team})
    alice.share(team, "bob@example.com", "writer")
    after = bob.get(f"{LIST}/{team}")
    assert after["accessRole"] == "writer"
    assert after["etag"] != before["etag"]

    alice.delete(f"calendars/{team}/acl/user:bob@example.com")

    assert ids(bob.get(LIST)) == ["bob@example.com"]


def test_sharing_again_replaces_the_role(alice: Actor, team: str) -> None:
    alice.share(team, "bob@example.com", "reader")
    alice.share(team, "bob@example.com", "none")
    assert ids(alice.get(f"calendars/{team}/acl")) == ["user:alice@example.com"]

    shown = alice.get(f"calendars/{team}/acl?showDeleted=true")["items"]
    assert [(rule["id"], rule["role"]) for rule in shown[1:]] == [("user:bob@example.com", "none")]


def test_a_rule_is_patched_and_updated(alice: Actor, team: str) -> None:
    alice.share(team, "bob@example.com", "reader")
    rule = f"calendars/{team}/acl/user:bob@example.com"

    assert alice.patch(rule, {"role": "writer"})["role"] == "writer"
    assert alice.put(rule, {"role": "owner", "scope": {"type": "user"}})["role"] == "owner"
    assert refusal_of(alice, "patch", rule, {"role": "king"}) == (400, "invalid")
    assert refusal_of(alice, "put", rule, {"role": "owner"}) == (400, "required")


def test_nobody_changes_the_own_rule(alice: Actor, team: str) -> None:
    rule = f"calendars/{team}/acl/user:alice@example.com"

    assert refusal_of(alice, "delete", rule) == (403, "cannotChangeOwnAcl")
    assert refusal_of(alice, "patch", rule, {"role": "reader"}) == (403, "cannotChangeOwnAcl")


def test_an_entry_is_changed_by_its_user_and_a_null_clears(alice: Actor, team: str) -> None:
    entry = f"{LIST}/{team}"
    assert alice.patch(entry, {"summaryOverride": "Us", "hidden": True})["summaryOverride"] == "Us"
    assert ids(alice.get(LIST)) == ["alice@example.com"]
    assert ids(alice.get(f"{LIST}?showHidden=true")) == ["alice@example.com", team]

    assert "summaryOverride" not in alice.patch(entry, {"summaryOverride": None})
    assert "hidden" not in alice.put(entry, {"colorId": "3"})
    assert ids(alice.get(LIST)) == ["alice@example.com", team]


def test_the_list_can_be_narrowed_to_a_role(alice: Actor, bob: Actor, team: str) -> None:
    alice.share(team, "bob@example.com", "reader")
    bob.post(LIST, {"id": team})

    assert ids(bob.get(f"{LIST}?minAccessRole=writer")) == ["bob@example.com"]
    assert refusal_of(bob, "get", f"{LIST}?minAccessRole=king") == (400, "invalidParameter")


def test_others_calendars_can_be_dropped_from_the_list_own_ones_not(alice: Actor, bob: Actor, team: str) -> None:
    alice.share(team, "bob@example.com", "owner")
    bob.post(LIST, {"id": team})
    bob.delete(f"{LIST}/{team}")

    assert ids(bob.get(LIST)) == ["bob@example.com"]
    assert bob.get(f"{LIST}?showDeleted=true")["items"][1]["deleted"] is True
    assert refusal_of(alice, "delete", f"{LIST}/{team}")[0] == 403
    assert refusal_of(alice, "delete", f"{LIST}/primary")[0] == 403


def test_a_calendar_is_renamed_for_all_who_list_it(alice: Actor, bob: Actor, team: str) -> None:
    alice.share(team, "bob@example.com", "reader")
    bob.post(LIST, {"id": team})
    alice.patch(f"calendars/{team}", {"description": "ours"})

    renamed = alice.put(f"calendars/{team}", {"summary": "Crew"})

    assert "description" not in renamed
    assert bob.get(f"{LIST}/{team}")["summary"] == "Crew"


def test_only_the_data_owner_deletes_a_calendar_and_it_is_gone_for_all(alice: Actor, bob: Actor, team: str) -> None:
    alice.share(team, "bob@example.com", "owner")
    bob.post(LIST, {"id": team})
    assert refusal_of(bob, "delete", f"calendars/{team}") == (403, "forbidden")

    alice.delete(f"calendars/{team}")

    assert ids(bob.get(LIST)) == ["bob@example.com"]
    assert refusal_of(alice, "get", f"calendars/{team}/acl") == (404, "notFound")


def test_a_primary_calendar_stays(alice: Actor) -> None:
    assert refusal_of(alice, "delete", "calendars/primary") == (403, "cannotDeletePrimaryCalendar")


def test_settings_are_read_by_their_user_and_written_by_the_test(simulator: CalendarSimulator, alice: Actor) -> None:
    simulator.set_setting("alice@example.com", "locale", "fr")

    assert alice.get(f"{SETTINGS}/locale")["value"] == "fr"
    assert {"timezone", "weekStart", "format24HourTime"} <= set(ids(alice.get(SETTINGS)))
    assert refusal_of(alice, "get", f"{SETTINGS}/nosuch") == (404, "notFound")


def test_a_scope_opens_only_its_methods(simulator: CalendarSimulator, team: str) -> None:
    reader = Actor(simulator, "alice@example.com", ("https://www.googleapis.com/auth/calendar.readonly",))

    assert reader.get(f"calendars/{team}/acl/user:alice@example.com")["role"] == "owner"
    assert refusal_of(reader, "get", f"calendars/{team}/acl") == (403, "insufficientPermissions")
    assert refusal_of(reader, "post", "calendars", {"summary": "x"}) == (403, "insufficientPermissions")


def test_methods_that_are_not_simulated_say_so(alice: Actor) -> None:
    assert refusal_of(alice, "get", "colors") == (501, "notImplemented")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"role": "reader"}, "required"),
        ({"role": "reader", "scope": {"value": "x"}}, "required"),
        ({"role": 5, "scope": {"type": "default"}}, "invalid"),
        ({"role": "reader", "scope": {"type": "planet"}}, "invalid"),
        ({"role": "reader", "scope": {"type": "user"}}, "invalid"),
        ([], "parseError"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(alice: Actor, team: str, body: object, reason: str) -> None:
    assert refusal_of(alice, "post", f"calendars/{team}/acl", body) == (400, reason)
