"""How the simulated Google lists: pages, sync tokens, partial answers."""

from datetime import timedelta
from typing import Any

import pytest

from tests.doubles.calendar_simulator import Actor, CalendarSimulator, Call, Refusal

ACL = "calendars/primary/acl"
LIST = "users/me/calendarList"
SETTINGS = "users/me/settings"


def ids(listing: Any) -> list[str]:
    return [item["id"] for item in listing["items"]]


def refusal_of(actor: Actor, path: str) -> tuple[int, str, str | None]:
    with pytest.raises(Refusal) as refused:
        actor.get(path)
    return refused.value.status, refused.value.reason, refused.value.detail.get("location")


def share_with(alice: Actor, count: int) -> list[str]:
    for number in range(count):
        alice.share("primary", f"u{number}@example.com", "reader")
    return ["user:alice@example.com", *(f"user:u{number}@example.com" for number in range(count))]


def test_only_the_last_page_carries_a_sync_token(alice: Actor) -> None:
    expected = share_with(alice, 4)

    first = alice.get(f"{ACL}?maxResults=3")
    last = alice.get(f"{ACL}?maxResults=3&pageToken={first['nextPageToken']}")

    assert "nextSyncToken" not in first
    assert "nextPageToken" not in last
    assert "nextSyncToken" in last
    assert ids(first) + ids(last) == expected


def test_a_page_holds_a_hundred_unless_asked_and_never_more_than_250(alice: Actor) -> None:
    share_with(alice, 260)

    assert len(alice.get(ACL)["items"]) == 100
    assert len(alice.get(f"{ACL}?maxResults=1000")["items"]) == 250


def test_what_changes_while_paging_is_in_the_next_increment(alice: Actor) -> None:
    share_with(alice, 4)
    first = alice.get(f"{ACL}?maxResults=3")
    alice.share("primary", "u0@example.com", "writer")
    alice.share("primary", "late@example.com", "reader")

    last = alice.get(f"{ACL}?maxResults=3&pageToken={first['nextPageToken']}")

    assert "user:late@example.com" in ids(last)
    increment = alice.get(f"{ACL}?syncToken={last['nextSyncToken']}")
    assert set(ids(increment)) == {"user:u0@example.com", "user:late@example.com"}


def test_an_increment_holds_changes_and_tombstones_and_can_be_paged(alice: Actor) -> None:
    share_with(alice, 3)
    token = alice.get(ACL)["nextSyncToken"]
    alice.share("primary", "u0@example.com", "writer")
    alice.delete(f"{ACL}/user:u1@example.com")

    first = alice.get(f"{ACL}?syncToken={token}&maxResults=1")
    last = alice.get(f"{ACL}?syncToken={token}&maxResults=1&pageToken={first['nextPageToken']}")

    found = [(rule["id"], rule["role"]) for page in (first, last) for rule in page["items"]]
    assert found == [("user:u0@example.com", "writer"), ("user:u1@example.com", "none")]
    assert alice.get(f"{ACL}?syncToken={last['nextSyncToken']}")["items"] == []


def test_a_page_token_continues_only_the_listing_it_came_from(alice: Actor) -> None:
    share_with(alice, 3)
    token = alice.get(ACL)["nextSyncToken"]
    page_token = alice.get(f"{ACL}?maxResults=1")["nextPageToken"]

    for path in (
        f"{ACL}?pageToken={page_token}&syncToken={token}",
        f"{SETTINGS}?pageToken={page_token}",
        f"{ACL}?pageToken=x",
    ):
        assert refusal_of(alice, path) == (400, "invalidParameter", "pageToken")


def test_a_sync_token_that_is_strange_or_too_old_asks_for_a_full_listing(
    simulator: CalendarSimulator, alice: Actor
) -> None:
    alice.share("primary", "bob@example.com", "reader")
    token = alice.get(ACL)["nextSyncToken"]
    page_token = alice.get(f"{ACL}?maxResults=1")["nextPageToken"]
    gone = (410, "fullSyncRequired", "syncToken")
    for strange in ("made-up", "MQ==", page_token):
        assert refusal_of(alice, f"{ACL}?syncToken={strange}") == gone
    assert refusal_of(alice, f"{LIST}?syncToken={token}") == gone

    simulator.advance(timedelta(seconds=simulator.options.sync_token_lifetime_seconds, microseconds=1_000))

    assert refusal_of(alice, f"{ACL}?syncToken={token}") == gone
    assert alice.get(ACL)["nextSyncToken"] != token


@pytest.mark.parametrize(
    ("path", "offender"),
    [
        (f"{ACL}?showDeleted=false", "showDeleted"),
        (f"{LIST}?showDeleted=false", "showDeleted"),
        (f"{LIST}?showHidden=false", "showHidden"),
        (f"{LIST}?minAccessRole=reader", "minAccessRole"),
        (f"{LIST}?showOwnOrganizationOnly=true", "showOwnOrganizationOnly"),
    ],
)
def test_some_parameters_do_not_go_with_a_sync_token(alice: Actor, path: str, offender: str) -> None:
    token = alice.get(path)["nextSyncToken"]

    assert refusal_of(alice, f"{path}&syncToken={token}") == (400, "invalid", offender)


def test_an_increment_of_the_list_shows_hidden_and_deleted_entries(alice: Actor, bob: Actor) -> None:
    calendars = [bob.create_calendar(name) for name in ("hidden", "dropped", "lost")]
    for calendar in calendars:
        bob.share(calendar, "alice@example.com", "reader")
        alice.post(LIST, {"id": calendar})
    token = alice.get(LIST)["nextSyncToken"]
    alice.patch(f"{LIST}/{calendars[0]}", {"hidden": True})
    alice.delete(f"{LIST}/{calendars[1]}")
    bob.delete(f"calendars/{calendars[2]}/acl/user:alice@example.com")

    items = alice.get(f"{LIST}?syncToken={token}")["items"]

    assert [item["id"] for item in items] == calendars
    assert [(item.get("hidden"), item.get("deleted")) for item in items] == [(True, None), (None, True), (None, True)]


def test_an_increment_of_the_list_omits_what_only_others_changed(alice: Actor, bob: Actor) -> None:
    calendar = bob.create_calendar("Team")
    bob.share(calendar, "alice@example.com", "reader")
    alice.post(LIST, {"id": calendar})
    token = alice.get(LIST)["nextSyncToken"]

    bob.share(calendar, "alice@example.com", "writer")
    bob.patch(f"calendars/{calendar}", {"summary": "Crew"})

    assert alice.get(f"{LIST}?syncToken={token}")["items"] == []
    assert alice.get(f"{LIST}/{calendar}")["accessRole"] == "writer"


def test_an_increment_of_settings_holds_what_was_set(simulator: CalendarSimulator, alice: Actor) -> None:
    token = alice.get(SETTINGS)["nextSyncToken"]
    simulator.set_setting("alice@example.com", "weekStart", "1")

    assert ids(alice.get(f"{SETTINGS}?syncToken={token}")) == ["weekStart"]


def test_the_etag_of_a_collection_changes_with_its_items_only(alice: Actor) -> None:
    before = alice.get(ACL)["etag"]
    assert alice.get(ACL)["etag"] == before

    alice.share("primary", "u0@example.com", "writer")

    assert alice.get(ACL)["etag"] != before


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("kind", {"kind": "calendar#acl"}),
        ("items/role", {"items": [{"role": "owner"}]}),
        (
            "kind,items(id,scope/type)",
            {"kind": "calendar#acl", "items": [{"id": "user:alice@example.com", "scope": {"type": "user"}}]},
        ),
        ("items(scope)", {"items": [{"scope": {"type": "user", "value": "alice@example.com"}}]}),
        ("items/scope/*", {"items": [{"scope": {"type": "user", "value": "alice@example.com"}}]}),
        ("nextPageToken", {}),
    ],
)
def test_an_answer_can_be_asked_for_in_part(alice: Actor, fields: str, expected: object) -> None:
    assert alice.get(f"{ACL}?fields={fields}") == expected


def test_all_fields_are_one_star(alice: Actor) -> None:
    assert ids(alice.get(f"{ACL}?fields=*")) == ["user:alice@example.com"]


@pytest.mark.parametrize("fields", ["nosuch", "items(nosuch)", "items(", "items)", "items(id", "a b"])
def test_a_selection_of_fields_that_makes_no_sense_is_refused(alice: Actor, fields: str) -> None:
    assert refusal_of(alice, f"{ACL}?fields={fields}") == (400, "invalidParameter", "fields")


def test_what_is_refused_for_its_selection_of_fields_is_not_done(alice: Actor) -> None:
    with pytest.raises(Refusal):
        alice.post("calendars?fields=nosuch", {"summary": "Team"})

    assert ids(alice.get(LIST)) == ["alice@example.com"]


@pytest.mark.parametrize("query", ["maxResults=0", "maxResults=many", "showDeleted=maybe"])
def test_a_parameter_of_the_wrong_type_is_refused(alice: Actor, query: str) -> None:
    assert refusal_of(alice, f"{ACL}?{query}") == (400, "invalidParameter", query.partition("=")[0])


def test_an_unknown_parameter_is_overlooked_and_recorded(simulator: CalendarSimulator) -> None:
    call = Call.of("GET", f"/calendar/v3/{SETTINGS}?nosuch=1&quotaUser=abc")

    assert simulator.handle(call).status == 200
    record = simulator.calls[-1]
    assert (record.method_id, record.user, record.quota_user) == (
        "calendar.settings.list",
        "alice@example.com",
        "abc",
    )
    assert record.offences == ("nosuch: no such parameter",)


def test_a_lagging_listing_shows_what_was_and_a_later_increment_what_has_become_of_it(
    simulator: CalendarSimulator, alice: Actor
) -> None:
    share_with(alice, 2)
    simulator.advance(timedelta(seconds=10))
    simulator.configure(listing_lag_seconds=5)
    alice.share("primary", "u0@example.com", "writer")
    alice.delete(f"{ACL}/user:u1@example.com")
    alice.share("primary", "late@example.com", "reader")

    stale = alice.get(ACL)
    assert [rule["role"] for rule in stale["items"]] == ["owner", "reader", "reader"]
    assert alice.get(f"{ACL}/user:u0@example.com")["role"] == "writer"
    still = alice.get(f"{ACL}?syncToken={stale['nextSyncToken']}")
    assert still["items"] == []
    simulator.advance(timedelta(seconds=6))

    increment = alice.get(f"{ACL}?syncToken={still['nextSyncToken']}")
    found = {rule["id"]: rule["role"] for rule in increment["items"]}
    assert found == {"user:u0@example.com": "writer", "user:u1@example.com": "none", "user:late@example.com": "reader"}
    assert alice.get(f"{ACL}?syncToken={increment['nextSyncToken']}")["items"] == []


def test_a_listing_that_begins_to_lag_reports_nothing_twice(simulator: CalendarSimulator, alice: Actor) -> None:
    share_with(alice, 2)
    token = alice.get(ACL)["nextSyncToken"]
    simulator.configure(listing_lag_seconds=5)

    lagging = alice.get(f"{ACL}?syncToken={token}")
    simulator.advance(timedelta(seconds=6))

    assert lagging["items"] == alice.get(f"{ACL}?syncToken={lagging['nextSyncToken']}")["items"] == []


def test_listings_of_one_kind_can_be_cut_in_half_for_a_while(simulator: CalendarSimulator, alice: Actor) -> None:
    share_with(alice, 3)
    whole = ids(alice.get(ACL))
    simulator.faults.halve_next_listings("acl", 1)

    assert ids(alice.get(ACL)) == whole[:2]
    assert ids(alice.get(ACL)) == whole


def test_listings_of_one_kind_can_be_emptied_for_a_while(simulator: CalendarSimulator, alice: Actor) -> None:
    simulator.faults.empty_next_listings("acl", 2)

    assert alice.get(ACL)["items"] == []
    assert ids(alice.get(LIST)) == ["alice@example.com"]
    emptied = alice.get(ACL)
    assert emptied["items"] == []
    assert ids(alice.get(ACL)) == ["user:alice@example.com"]
    assert alice.get(f"{ACL}?syncToken={emptied['nextSyncToken']}")["items"] == []
