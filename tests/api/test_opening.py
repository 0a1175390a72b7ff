import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from calendar_watch.reasons import Reason
from tests.api.conftest import Deploy
from tests.api.deployment import (
    ACL,
    CALENDAR_LIST,
    NOTIFICATION_URL,
    SETTINGS,
    Deployment,
    Json,
    json_of,
    problem_of,
)
from tests.api.google import ALICE, BOB
from tests.support.stack import until

KEYS = {
    *("id", "resource", "calendarId", "subject", "params", "labels", "follow", "followedBy"),
    *("state", "reason", "detail", "channel", "channels", "sequence", "published", "itemCount"),
    *("createTime", "lastSyncTime", "nextReconcileTime", "stateTime", "remedy", "lastError"),
}
CHANNEL_KEYS = {"id", "resourceId", "resourceUri", "expiration", "address", "confirmed"}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
BOBS_ACL = {**ACL, "calendarId": BOB}


@pytest.mark.parametrize("target", [ACL, CALENDAR_LIST, SETTINGS])
def test_a_new_watch_is_active_and_has_exactly_the_promised_fields(deployment: Deployment, target: Json) -> None:
    watch = deployment.open(target, labels={"team": "security"}, params={"ttl": "86400"})
    assert watch.keys() == (KEYS | {"exposures"} if target == ACL else KEYS)
    assert watch.items() >= {"calendarId": None, **target, "labels": {"team": "security"}}.items()
    assert watch.items() >= {"params": {"ttl": "86400"}, "follow": [], "followedBy": []}.items()
    assert watch.items() >= {"state": "active", "reason": None, "detail": None}.items()
    assert watch.items() >= {"sequence": 1, "published": 1}.items()
    assert watch["itemCount"] >= 1
    assert all(
        RFC3339.fullmatch(watch[time]) for time in ("createTime", "lastSyncTime", "nextReconcileTime", "stateTime")
    )


def test_its_channel_is_the_one_at_google(deployment: Deployment) -> None:
    channel = deployment.open(ACL)["channel"]
    [at_google] = deployment.google.simulator.live_channels()
    assert channel.keys() == CHANNEL_KEYS
    assert channel["id"] == at_google.id
    assert channel["resourceId"] == at_google.resource_id
    assert channel["resourceUri"] == at_google.resource_uri
    assert datetime.fromisoformat(channel["expiration"]) == at_google.expiration
    assert channel["address"] == at_google.address == NOTIFICATION_URL
    assert channel["confirmed"] is True


def test_all_channels_that_are_known_are_shown_with_phase_and_times(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    [live] = watch["channels"]
    assert (live["id"], live["phase"], live["generation"]) == (watch["channel"]["id"], "confirmed", 1)
    assert live["expiration"] == watch["channel"]["expiration"]
    assert live["createTime"] <= live["openTime"] < live["expiration"]
    assert (live["retireTime"], live["stopTime"]) == (None, None)
    deployment.end(watch)
    [stopped] = deployment.get(f"/{watch['id']}")["channels"]
    assert stopped == {**live, "phase": "stopped", "retireTime": stopped["retireTime"], "stopTime": stopped["stopTime"]}
    assert live["openTime"] < stopped["retireTime"] <= stopped["stopTime"]


def test_asking_twice_gives_one_watch_with_one_channel(deployment: Deployment) -> None:
    created, again = deployment.open(ACL), deployment.post(ACL)
    assert re.fullmatch(r"[a-z2-7]{32}", created["id"])
    assert again.status_code == 200
    assert json_of(again) == created
    assert deployment.google.live == [created["channel"]["id"]]


def test_asking_many_times_at_once_gives_one_watch_with_one_channel(deployment: Deployment) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(deployment.post, [ACL] * 6))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({json_of(answer)["id"] for answer in answers}) == 1
    assert len(deployment.google.live) == 1


def test_orders_that_differ_give_different_watches(deployment: Deployment) -> None:
    deployment.google.bob.share(BOB, ALICE, "owner")
    targets = [ACL, CALENDAR_LIST, SETTINGS, BOBS_ACL, {**ACL, "subject": "carol@example.org"}]
    assert len({deployment.open(target)["id"] for target in targets}) == len(targets)


def test_a_subject_is_told_apart_by_its_letters_not_by_their_case(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    again = deployment.post({**ACL, "subject": "Alice@EXAMPLE.com"})
    assert (again.status_code, json_of(again)["id"]) == (200, watch["id"])
    assert json_of(again)["subject"] == ALICE


def test_nobody_needs_a_subject_where_nobody_is_authenticated(deployment: Deployment) -> None:
    watch = deployment.open({"resource": "settings"})
    assert watch["subject"] is None


def test_a_leading_segment_watches_is_ignored(deployment: Deployment) -> None:
    created = deployment.ask("watches", "POST", "/watches", json=ACL)
    assert created.status_code == 201
    path = f"/watches/{json_of(created)['id']}"
    assert deployment.get(path)["id"] == json_of(created)["id"]
    assert len(deployment.get("/watches/")["watches"]) == 1
    assert len(deployment.get(f"{path}/changes")["changes"]) == 1
    assert len(deployment.get(f"{path}/items")["items"]) == 1
    assert deployment.ask("watches", "DELETE", path).status_code == 200


def test_a_stopped_watch_is_resumed_and_counts_on(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.end(watch)
    resumed = deployment.post(ACL)
    assert resumed.status_code == 200
    assert json_of(resumed).items() >= {"id": watch["id"], "state": "active"}.items()
    types = [change["type"].split(".")[-2] for change in deployment.changes(watch)]
    assert types == ["opened", "stopped", "resumed"]
    assert len(deployment.google.live) == 1


def test_a_later_request_replaces_what_it_names_and_null_clears(deployment: Deployment) -> None:
    deployment.open(ACL, labels={"team": "red", "env": "test"}, params={"ttl": "7200"})
    again = json_of(deployment.post({**ACL, "labels": {"team": "blue"}, "params": {"ttl": "3600"}}))
    assert (again["labels"], again["params"]) == ({"team": "blue"}, {"ttl": "3600"})
    without = json_of(deployment.post(ACL))
    assert (without["labels"], without["params"]) == (again["labels"], again["params"])
    cleared = json_of(deployment.post({**ACL, "labels": None, "params": {}}))
    assert (cleared["labels"], cleared["params"]) == ({}, {"ttl": "604800"})


def test_labels_are_echoed_on_every_change_from_then_on(deployment: Deployment) -> None:
    watch = deployment.open(ACL, labels={"team": "red"})
    deployment.share("reader")
    deployment.post({**ACL, "labels": {"team": "blue"}})
    deployment.share("writer")
    labels = [change["data"]["watch"]["labels"]["team"] for change in deployment.changes(watch)]
    assert labels == ["red", "red", "blue"]


@pytest.mark.parametrize(("asked", "granted"), [("600", 600), ("2592000", 604_800)])
def test_googles_answer_decides_how_long_a_channel_lives(deployment: Deployment, asked: str, granted: int) -> None:
    watch = deployment.open(ACL, params={"ttl": asked})
    lifetime = datetime.fromisoformat(watch["channel"]["expiration"]) - datetime.fromisoformat(watch["createTime"])
    assert watch["params"] == {"ttl": asked}
    assert lifetime == pytest.approx(timedelta(seconds=granted), abs=timedelta(minutes=1))


def test_what_cannot_be_watched_is_polled(deploy: Deploy) -> None:
    deployment = deploy(google={"unwatchable": (ALICE,)})
    watch = deployment.open(ACL)
    assert watch.items() >= {"state": "polling", "reason": "pushNotSupported", "channel": None}.items()
    assert watch["detail"] == "Push notifications are not supported by this resource."


# --- refused for good

NOBODYS_ACL = {**ACL, "calendarId": "nobody@example.com"}
REFUSALS = [
    (BOBS_ACL, 403, "forbidden", "You need to have writer access to this calendar."),
    (NOBODYS_ACL, 404, "notFound", "Not Found"),
]


@pytest.mark.parametrize(("target", "status", "reason", "detail"), REFUSALS)
def test_a_refusal_names_what_and_for_whom_the_remedy_and_googles_words_and_nothing_is_kept(
    deployment: Deployment, target: Json, status: int, reason: str, detail: str
) -> None:
    deployment.google.bob.share(BOB, ALICE, "reader")
    refused = deployment.post(target)
    assert refused.status_code == status
    assert problem_of(refused)["reason"] == reason
    asked, remedy = f"acl of {target['calendarId']} for {ALICE}", Reason(reason).remedy_without_watch
    assert problem_of(refused)["detail"] == f"Google refuses {asked}. {remedy} Google says: {detail}"
    assert deployment.get("/") == {"watches": []}
    assert deployment.google.live == []


def test_of_a_watch_that_stays_a_refusal_says_that_it_can_be_retried(deployment: Deployment) -> None:
    deployment.google.bob.share(BOB, ALICE, "owner")
    deployment.end(deployment.open(BOBS_ACL))
    deployment.google.bob.share(BOB, ALICE, "reader")
    refused = deployment.post(BOBS_ACL)
    assert refused.status_code == 403
    assert Reason.FORBIDDEN.remedy in problem_of(refused)["detail"]
    assert len(deployment.get("/")["watches"]) == 1


def test_what_was_refused_can_be_asked_for_again(deployment: Deployment) -> None:
    deployment.google.bob.share(BOB, ALICE, "reader")
    assert deployment.post(BOBS_ACL).status_code == 403
    deployment.google.bob.share(BOB, ALICE, "owner")
    watch = deployment.open(BOBS_ACL)
    assert watch["state"] == "active"
    assert [change["sequence"][-1] for change in deployment.changes(watch)] == ["1"]


@pytest.mark.parametrize("path", ["", "/items", "/changes"])
def test_nothing_below_a_refused_watch_is_found(deployment: Deployment, path: str) -> None:
    deployment.google.bob.share(BOB, ALICE, "owner")
    watch_id = deployment.open(BOBS_ACL)["id"]
    deployment.firestore.reset()  # as if it had never been
    deployment.google.bob.share(BOB, ALICE, "reader")
    assert deployment.post(BOBS_ACL).status_code == 403
    assert deployment.ask("watches", "GET", f"/{watch_id}{path}").status_code == 404
    assert deployment.ask("watches", "DELETE", f"/{watch_id}").status_code == 404


def test_what_existed_before_a_refusal_stays_and_says_what_is_refused(deployment: Deployment) -> None:
    deployment.google.bob.share(BOB, ALICE, "owner")
    watch = deployment.open(BOBS_ACL)
    deployment.end(watch)
    deployment.google.bob.share(BOB, ALICE, "reader")
    assert deployment.post(BOBS_ACL).status_code == 403
    there = deployment.get(f"/{watch['id']}")
    assert (there["reason"], there["itemCount"]) == ("forbidden", watch["itemCount"])
    assert (there["lastError"]["operation"], there["lastError"]["count"]) == ("list", 2)


# --- refused for now


def test_while_google_fails_the_answer_is_202_and_it_goes_on_by_itself(deployment: Deployment) -> None:
    with deployment.google.refusing("/watch", 429, "rateLimitExceeded"):
        answer = deployment.post(ACL)
    assert answer.status_code == 202
    assert json_of(answer).items() >= {"state": "opening", "channel": None}.items()

    def is_active_by_now() -> bool:
        deployment.reconcile()
        return bool(deployment.get(f"/{json_of(answer)['id']}")["state"] == "active")

    until(is_active_by_now, "the watch is active")
