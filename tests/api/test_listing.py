from collections.abc import Iterator
from typing import Any

import pytest

from calendar_watch.model.watch import State
from calendar_watch.reasons import Reason
from tests.api.conftest import Deploy
from tests.api.deployment import ACL, CALENDAR_LIST, SETTINGS, Deployment, Json, wrong_fields
from tests.api.google import ALICE

CAROL = "carol@example.org"
FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"acl", "list", "settings", "carols"}),
    ({"resource": "settings"}, {"settings", "carols"}),
    ({"subject": ALICE}, {"acl", "list", "settings"}),
    ({"subject": "Carol@Example.ORG"}, {"carols"}),
    ({"subject": "dave@example.com"}, set()),
    ({"state": "active"}, {"acl", "list", "settings", "carols"}),
    ({"state": "stopped"}, set()),
    ({"label": "team:red"}, {"acl", "list"}),
    ({"label": "team:reddish"}, set()),
    ({"label": "stage:live:1"}, {"acl"}),
    ({"label": "long-key_1:ä"}, {"carols"}),
    ({"label": ["team:red", "stage:live:1"]}, {"acl"}),
    ({"label": ["team:blue", "stage:live:1"]}, set()),
    ({"label": ["team:red", "team:red"]}, {"acl", "list"}),
    ({"resource": "settings", "subject": ALICE, "state": "active"}, {"settings"}),
    ({"resource": "settings", "label": "team:blue", "subject": CAROL}, {"carols"}),
    ({"resource": "events"}, set()),
    ({"calendarId": ALICE}, {"acl"}),
    ({"calendarId": ALICE, "state": ["active", "stopped"], "resource": "acl"}, {"acl"}),
    ({"state": ["stopped", "suspended"]}, set()),
    ({"reason": ["forbidden", "notFound"]}, set()),
    ({"followedBy": "a" * 32}, set()),
]


def listed(deployment: Deployment, **query: Any) -> list[str]:
    return [watch["id"] for watch in deployment.get("/", **query)["watches"]]


@pytest.fixture
def watches(deployment: Deployment) -> dict[str, Json]:
    return {
        "acl": deployment.open(ACL, labels={"team": "red", "stage": "live:1"}),
        "list": deployment.open(CALENDAR_LIST, labels={"team": "red"}),
        "settings": deployment.open(SETTINGS),
        "carols": deployment.open({**SETTINGS, "subject": CAROL}, labels={"team": "blue", "long-key_1": "ä"}),
    }


def test_filters_combine(deployment: Deployment, watches: dict[str, Json]) -> None:
    for query, wanted in FILTERS:
        assert listed(deployment, **query) == sorted(watches[name]["id"] for name in wanted), query


def test_what_needs_somebody_is_found_by_state_and_reason(deployment: Deployment, watches: dict[str, Json]) -> None:
    with deployment.google.refusing("/acl", 403, "forbidden"):
        deployment.google.deliver()
        deployment.order(watches["acl"]["id"], "resync")
    assert listed(deployment, state=["degraded", "suspended"], reason="forbidden") == [watches["acl"]["id"]]
    assert listed(deployment, state=["degraded", "suspended"], reason="notFound") == []
    assert listed(deployment, reason=["notFound", "forbidden"], resource="settings") == []


def test_every_watch_is_found_by_the_state_and_the_reason_that_it_shows(
    deployment: Deployment, watches: dict[str, Json]
) -> None:
    with deployment.google.refusing("/acl", 403, "forbidden"), deployment.google.refusing("/settings", 404, "notFound"):
        for name in ("acl", "settings"):
            deployment.order(watches[name]["id"], "resync")
    deployment.end(watches["acl"])
    shown = deployment.get("/")["watches"]
    assert {(each["state"], each["reason"]) for each in shown} >= {("stopped", None), ("degraded", "notFound")}
    for each in shown:
        reason = {"reason": each["reason"]} if each["reason"] else {}
        assert each["id"] in listed(deployment, state=each["state"], **reason)


def test_more_combinations_than_firestore_takes_are_refused(deployment: Deployment) -> None:
    for states, reasons in ((2, 15), (6, 5)):
        query = {"state": [*State][:states], "reason": [*Reason][:reasons]}
        assert deployment.ask("watches", "GET", "/", query_string=query).status_code == 200
    query = {"state": [*State][:3], "reason": [*Reason][:11]}
    assert wrong_fields(deployment.ask("watches", "GET", "/", query_string=query)) == ["state"]


def test_a_followed_watch_is_found_by_the_one_that_follows_it(deployment: Deployment) -> None:
    parent = deployment.open(CALENDAR_LIST, follow=["acl"])
    deployment.reconcile()
    [child] = deployment.get("/", followedBy=parent["id"])["watches"]
    assert (child["resource"], child["followedBy"]) == ("acl", [parent["id"]])


def test_a_state_is_the_one_of_now(deployment: Deployment, watches: dict[str, Json]) -> None:
    deployment.end(watches["acl"])
    assert listed(deployment, state="stopped") == [watches["acl"]["id"]]
    assert watches["acl"]["id"] not in listed(deployment, state="active")
    assert len(listed(deployment)) == len(watches)


def test_a_listed_watch_is_shown_as_by_itself(deployment: Deployment, watches: dict[str, Json]) -> None:
    [shown] = deployment.get("/", resource="acl")["watches"]
    assert shown == deployment.get(f"/{watches['acl']['id']}")


def paged(deployment: Deployment, **query: Any) -> Iterator[list[str]]:
    page = deployment.get("/", **query)
    yield [watch["id"] for watch in page["watches"]]
    if "nextPageToken" in page:
        yield from paged(deployment, **{**query, "pageToken": page["nextPageToken"]})


@pytest.mark.uncounted
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_pages_visit_each_watch_once(deployment: Deployment, watches: dict[str, Json], size: int) -> None:
    assert watches
    for query, _ in FILTERS:
        pages = list(paged(deployment, pageSize=size, **query))
        assert all(len(page) <= size for page in pages)
        assert [watch_id for page in pages for watch_id in page] == listed(deployment, **query), query


def test_there_is_no_token_where_there_is_no_next_page(deployment: Deployment, watches: dict[str, Json]) -> None:
    assert deployment.get("/", pageSize=len(watches)).keys() == {"watches"}
    assert deployment.get("/", pageSize=len(watches) - 1).keys() == {"watches", "nextPageToken"}


def test_a_page_that_names_no_size_has_a_hundred(deployment: Deployment) -> None:
    deployment.multiply(deployment.open(ACL), 100)
    page = deployment.get("/")
    assert (len(page["watches"]), "nextPageToken" in page) == (100, True)
    assert len(deployment.get("/", pageToken=page["nextPageToken"])["watches"]) == 1


@pytest.mark.uncounted
def test_a_page_ends_before_it_is_too_large_and_has_one_watch_at_least(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for most, longest in ((3_000, 2), (1, 1)):
        monkeypatch.setattr("calendar_watch.operations.query.MOST_BYTES", most)
        deployment = deploy()
        watches = [deployment.open(each)["id"] for each in (ACL, CALENDAR_LIST, SETTINGS)]
        pages = list(paged(deployment))
        assert [watch_id for page in pages for watch_id in page] == sorted(watches)
        assert max(map(len, pages)) <= longest


def test_more_labels_than_a_watch_may_have_are_refused(deployment: Deployment) -> None:
    """Of a hundred Firestore would refuse the query."""
    labels = [f"l{number}:" for number in range(17)]
    assert wrong_fields(deployment.ask("watches", "GET", query_string={"label": labels})) == ["label"]
    assert listed(deployment, label=[*labels[:16], labels[0]]) == []


def test_two_values_of_one_label_are_refused(deployment: Deployment) -> None:
    response = deployment.ask("watches", "GET", query_string={"label": ["team:red", "team:blue"]})
    assert wrong_fields(response) == ["label"]
