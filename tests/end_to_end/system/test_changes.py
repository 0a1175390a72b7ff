"""What happens at Google arrives, whole, in order, once."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from cloudevents.http import from_json

from tests.end_to_end.system.conftest import BACKENDS, is_at_rest
from tests.support.stack import Person, Stack, until

pytestmark = pytest.mark.parametrize("stack", BACKENDS, indirect=True, scope="session")
Open = Callable[..., Any]
BOB = "bob@example.com"
BOBS_RULE = f"user:{BOB}"
LISTS = {
    "acl": "calendars/{calendar}/acl",
    "calendarList": "users/me/calendarList",
    "settings": "users/me/settings",
}


def changes_of(stack: Stack, watch: Mapping[str, Any], count: int) -> list[Any]:
    """The data of exactly so many changes, once they are there; events of the watch itself left out."""
    found: list[Any] = []

    def all_there() -> bool:
        found[:] = [event["data"] for event in stack.api.changes(watch["id"]) if "itemId" in event["data"]]
        return len(found) >= count

    until(all_there, f"{count} changes of {watch['resource']} arrive")
    assert len(found) == count
    return found


def briefly(change: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    """Before and after of one field."""
    return tuple(item and item[name] for item in (change["before"], change["after"]))


def test_rights_given_raised_and_taken_away_arrive_with_before_and_after(
    stack: Stack, alice: Person, calendar: str, open_watch: Open
) -> None:
    watch = open_watch(resource="acl", calendarId=calendar)
    told: list[Any] = []
    give = partial(alice.share, calendar, BOB)
    for act in (partial(give, "reader"), partial(give, "writer"), partial(alice.unshare, calendar, BOB)):
        until(lambda: is_at_rest(stack, watch["id"]), "only a message can bring the next change")
        act()
        told = changes_of(stack, watch, len(told) + 1)

    assert [briefly(change, "role") for change in told] == [(None, "reader"), ("reader", "writer"), ("writer", None)]
    assert [change["itemId"] for change in told] == [BOBS_RULE] * 3
    assert [change["changedFields"] for change in told] == [[], ["role"], []]
    assert {change["cause"] for change in told} == {"notification"}


def test_calendars_come_and_go_in_the_list(stack: Stack, alice: Person, open_watch: Open) -> None:
    watch = open_watch(resource="calendarList")
    created = alice.create_calendar("Offsite")
    changes_of(stack, watch, 1)
    alice.delete_calendar(created)
    told = changes_of(stack, watch, 2)

    assert [briefly(change, "summary") for change in told] == [(None, "Offsite"), ("Offsite", None)]
    assert {change["itemId"] for change in told} == {created}


def test_a_setting_changes(stack: Stack, alice: Person, open_watch: Open) -> None:
    watch = open_watch(resource="settings")
    before = alice.call("GET", "users/me/settings/weekStart")["value"]
    stack.google.admin("PUT", "setting", {"user": alice.email, "id": "weekStart", "value": before + "1"})
    (told,) = changes_of(stack, watch, 1)

    assert (told["itemId"], briefly(told, "value")) == ("weekStart", (before, before + "1"))


def test_a_feed_is_made_of_valid_cloudevents_in_sequence(
    stack: Stack, alice: Person, calendar: str, open_watch: Open
) -> None:
    watch = open_watch(resource="acl", calendarId=calendar, labels={"team": "security"})
    alice.share(calendar, BOB, "reader")
    changes_of(stack, watch, 1)
    feed = stack.api.changes(watch["id"])
    events = [from_json(json.dumps(event)) for event in feed]

    assert [event["type"] for event in events] == ["calendarwatch.watch.opened.v1", "calendarwatch.acl.created.v1"]
    assert [event["sequence"] for event in events] == ["00000000000000000001", "00000000000000000002"]
    assert [event["id"] for event in events] == [f"{watch['id']}.1", f"{watch['id']}.2"]
    assert all(event["source"] == f"//calendarwatch/projects/{stack.project}/watches/{watch['id']}" for event in events)
    assert all(event.data["watch"]["labels"] == {"team": "security"} for event in events)
    assert events[1]["subject"] == BOBS_RULE


@pytest.mark.parametrize("resource", LISTS)
def test_the_items_of_a_watch_are_what_google_lists(
    stack: Stack, alice: Person, calendar: str, open_watch: Open, resource: str
) -> None:
    target = {"calendarId": calendar} if resource == "acl" else {}
    watch = open_watch(resource=resource, **target)
    listed = alice.call("GET", LISTS[resource].format(calendar=calendar))["items"]

    assert stack.api.items(watch["id"]) == {item["id"]: content_of(item) for item in listed}


def content_of(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in ("etag", "kind")}


def test_every_call_to_google_is_as_its_discovery_document_asks(stack: Stack, calendar: str, open_watch: Open) -> None:
    open_watch(resource="acl", calendarId=calendar)
    ours = [call for call in stack.google.admin("GET", "calls") if call["quota_user"]]

    assert ours
    assert [call for call in ours if call["offences"]] == []
