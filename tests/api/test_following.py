"""`follow` and `events`, as an operator sees them."""

from typing import Any

import pytest

from tests.api.conftest import Deploy
from tests.api.deployment import ACL, CALENDAR_LIST, Deployment, json_of, problem_of, wrong_fields
from tests.api.google import ALICE

EVENTS = {"resource": "events", "calendarId": ALICE, "subject": ALICE}


@pytest.fixture
def parent(deployment: Deployment) -> Any:
    watch = deployment.open(CALENDAR_LIST, follow=["events", "acl", "acl"], labels={"team": "red"})
    for _ in range(3):
        deployment.reconcile()
    return watch


def children(deployment: Deployment) -> dict[str, Any]:
    return {each["resource"]: each for each in deployment.get("/")["watches"] if each["followedBy"]}


def test_what_is_followed_is_there_and_says_by_whom(deployment: Deployment, parent: Any) -> None:
    assert parent["follow"] == ["acl", "events"]
    found = children(deployment)
    assert {name: (each["calendarId"], each["subject"]) for name, each in found.items()} == {
        "acl": (ALICE, ALICE),
        "events": (ALICE, ALICE),
    }
    assert all((each["followedBy"], each["labels"]) == ([parent["id"]], {"team": "red"}) for each in found.values())


def test_ending_what_is_followed_is_a_conflict_that_names_the_follower(deployment: Deployment, parent: Any) -> None:
    response = deployment.end(children(deployment)["acl"])
    assert response.status_code == 409
    assert problem_of(response)["followedBy"] == [parent["id"]]


def test_asking_for_what_is_followed_is_no_new_watch_and_keeps_it(deployment: Deployment, parent: Any) -> None:
    child = children(deployment)["acl"]
    response = deployment.post({**ACL, "labels": {"mine": "yes"}})
    assert (response.status_code, json_of(response)["id"]) == (200, child["id"])
    assert deployment.end(parent).status_code == 200
    for _ in range(2):
        deployment.reconcile()
    left = deployment.get(f"/{child['id']}")
    assert (left["state"], left["followedBy"], left["labels"]) == ("active", [], {"mine": "yes"})
    assert deployment.end(left).status_code == 200


def test_only_what_may_be_watched_may_be_followed(deploy: Deploy) -> None:
    response = deploy(RESOURCES="acl,calendarList").post({**CALENDAR_LIST, "follow": ["acl", "events"]})
    assert wrong_fields(response) == ["follow"]
    assert "RESOURCES" in problem_of(response)["detail"]


def test_events_are_watched_read_and_reported(deployment: Deployment) -> None:
    alice = deployment.google.alice
    lunch = alice.create_event(ALICE, "Lunch", description="with Bob")
    watch = deployment.open(EVENTS, eventTypes=["focusTime", "default"])
    items = deployment.get(f"/{watch['id']}/items")
    assert items["items"][lunch].keys() == {"id", "start", "status", "summary", "updated"}
    alice.change_event(ALICE, lunch, summary="Late lunch")
    deployment.reconcile()
    [change] = deployment.changes(watch, after=items["sequence"])
    assert (change["type"], change["subject"], change["calendarid"]) == (
        "calendarwatch.events.updated.v1",
        lunch,
        ALICE,
    )
    assert change["data"]["before"]["summary"] == "Lunch"
    assert change["data"]["after"]["description"] == "with Bob"
    assert change["data"]["changedFields"] == ["summary", "updated"]


def test_other_event_types_are_another_watch(deployment: Deployment) -> None:
    all_types, one = deployment.open(EVENTS), deployment.open(EVENTS, eventTypes=["default"])
    assert all_types["id"] != one["id"]
    same = deployment.post({**EVENTS, "eventTypes": ["default", "default"]})
    assert (same.status_code, json_of(same)["id"]) == (200, one["id"])
