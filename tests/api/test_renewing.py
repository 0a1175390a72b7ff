from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from grpc import StatusCode

from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.shard import SHARDS, shard_of
from tests.api.conftest import Deploy
from tests.api.deployment import ACL, CALENDAR_LIST, KEY, SETTINGS, Deployment, Json, json_of, problem_of
from tests.api.google import ALICE, BOB
from tests.support.stack import until

KEYS = {"reconciled", "renewed", "synced", "published", "failed", "handedOver", "remaining", "overdueSeconds"}
UNKNOWN = "a" * 32


def push(watch_id: object, **more: Any) -> dict[str, Any]:
    """As Pub/Sub wraps a message."""
    message = {"attributes": {"watchId": watch_id}, "messageId": "1", "publishTime": "2026-11-20T09:00:00Z"}
    return {"message": message, "subscription": "projects/p/subscriptions/s", **more}


NO_WAKEUPS: list[object] = [
    None,
    [],
    "wake up",
    {},
    {"message": {}, "subscription": "s"},
    {"message": {"attributes": {}}, "subscription": "s"},
    {"message": {"attributes": {"watchId": UNKNOWN}}},
    {"message": [{"attributes": {"watchId": UNKNOWN}}], "subscription": "s"},
    push(None),
    push(1),
    push(["a"]),
    push(""),
    push("../x"),
    push("A" * 32),
    push(UNKNOWN, subscription=1),
    push("\ud800" * 32),
]


def wake(deployment: Deployment, body: object) -> int:
    return deployment.ask("renew", "POST", "/wakeups", json=body).status_code


def test_a_sweep_with_nothing_to_do_says_so(deployment: Deployment) -> None:
    assert deployment.reconcile() == dict.fromkeys(KEYS, 0)


def test_a_sweep_says_what_it_did(deployment: Deployment) -> None:
    deployment.open(ACL)
    deployment.open(CALENDAR_LIST)
    deployment.google.alice.share(ALICE, BOB, "reader")
    swept = deployment.reconcile()
    assert swept.pop("overdueSeconds") > 0
    assert swept == dict.fromkeys(KEYS - {"overdueSeconds"}, 0) | {"reconciled": 1, "synced": 1}


def test_a_watch_that_fails_is_counted_and_does_not_fail_the_sweep(deployment: Deployment) -> None:
    for target in (ACL, SETTINGS):
        deployment.open(target)
    deployment.google.alice.share(ALICE, BOB, "reader")
    deployment.google.simulator.set_setting(ALICE, "timezone", "Europe/Zurich")
    with deployment.google.refusing("/acl", 403, "rateLimitExceeded"):
        swept = deployment.reconcile()
    assert (swept["reconciled"], swept["failed"], swept["synced"]) == (2, 1, 1)


def test_a_channel_is_renewed_when_its_time_has_come(deploy: Deploy) -> None:
    deployment = deploy(CHANNEL_TTL_SECONDS="20", CONFIRM_SECONDS="1", RENEW_AFTER_FRACTION="0.11")
    watch = deployment.open(ACL)
    assert until(lambda: deployment.reconcile()["renewed"], "the channel is renewed") == 1
    renewed = deployment.get(f"/{watch['id']}")
    assert renewed["state"] == "active"
    assert [renewed["channel"]["id"]] == deployment.google.live != [watch["channel"]["id"]]


def test_a_wakeup_reconciles_the_watch_that_it_names(deployment: Deployment) -> None:
    watch, other = deployment.open(ACL), deployment.open(CALENDAR_LIST)
    deployment.google.alice.share(ALICE, BOB, "reader")
    deployment.google.alice.create_calendar("Team")
    deployment.google.deliver()
    assert wake(deployment, push(watch["id"])) == 204
    assert len(deployment.changes(watch)) == 2
    assert len(deployment.changes(other)) == 1


@pytest.mark.parametrize("times", [1, 3])
def test_a_wakeup_with_nothing_to_do_is_done(deployment: Deployment, times: int) -> None:
    watch = deployment.open(ACL)
    assert {wake(deployment, push(watch["id"])) for _ in range(times)} == {204}
    assert len(deployment.changes(watch)) == 1


@pytest.mark.uncounted
@pytest.mark.parametrize(("attempt", "told"), [(1, 1), (None, 1), ("2", 1), (2, 2)])
def test_a_wakeup_that_comes_again_takes_over_from_a_worker_that_died(
    deployment: Deployment, attempt: object, told: int
) -> None:
    watch = deployment.open(ACL)
    deployment.google.alice.share(ALICE, BOB, "reader")
    deployment.leave_held(watch, since=timedelta(seconds=10))
    assert wake(deployment, push(watch["id"], deliveryAttempt=attempt)) == 204
    assert len(deployment.changes(watch)) == told


def test_a_wakeup_for_a_watch_that_is_gone_is_done(deployment: Deployment) -> None:
    assert wake(deployment, push(UNKNOWN)) == 204


def test_a_wakeup_drops_what_waits_for_a_watch_that_is_not_stored_here(deployment: Deployment) -> None:
    token = ChannelTokens([KEY]).sign("c-1", UNKNOWN)
    assert deployment.notify({"X-Goog-Channel-ID": "c-1", "X-Goog-Channel-Token": token}).status_code == 204
    assert deployment.everything_stored() != "[]"
    assert wake(deployment, push(UNKNOWN)) == 204
    assert deployment.everything_stored() == "[]"


def test_a_wakeup_whose_watch_fails_is_done_because_that_is_recorded(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.google.alice.share(ALICE, BOB, "reader")
    deployment.google.deliver()
    with deployment.google.refusing("/acl", 403, "forbidden"):
        assert wake(deployment, push(watch["id"])) == 204
    assert deployment.get(f"/{watch['id']}").items() >= {"state": "degraded", "reason": "forbidden"}.items()


@contextmanager
def at_work(deployment: Deployment, watch_id: str) -> Iterator[None]:
    """A wake-up that waits for Google meanwhile, and is done after it."""
    with ThreadPoolExecutor() as pool:
        with deployment.google.holding("/acl"):
            first = pool.submit(wake, deployment, push(watch_id))
            until(lambda: deployment.google.waiting, "the wake-up is at work")
            yield
        assert first.result() == 204


def test_two_slots_are_kept_for_scheduler_and_a_wakeup_too_many_is_put_off(deploy: Deploy) -> None:
    deployment = deploy(THREADS="3")
    watch, other = deployment.open(ACL), deployment.open(SETTINGS)
    deployment.google.alice.share(ALICE, BOB, "reader")
    deployment.google.deliver()
    with at_work(deployment, watch["id"]):
        response = deployment.ask("renew", "POST", "/wakeups", json=push(other["id"]))
        assert (response.status_code, problem_of(response)["type"]) == (503, "urn:calendarwatch:problem:unavailable")
        assert deployment.reconcile()["failed"] == 0
    assert wake(deployment, push(other["id"])) == 204


def test_a_wakeup_that_fails_gives_its_slot_back(deploy: Deploy) -> None:
    deployment = deploy(THREADS="3")
    watch = deployment.open(ACL)
    with deployment.firestore.faults.refuse("BatchGetDocuments", StatusCode.PERMISSION_DENIED, nth=None):
        assert wake(deployment, push(watch["id"])) == 503
    assert wake(deployment, push(watch["id"])) == 204


def test_what_is_no_wakeup_of_ours_is_refused(deployment: Deployment) -> None:
    for body in NO_WAKEUPS:
        response = deployment.ask("renew", "POST", "/wakeups", json=body)
        assert (response.status_code, problem_of(response)["title"]) == (400, "Bad Request"), body
    assert deployment.firestore.calls.log() == []


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"data": b"{", "content_type": "application/json"},
        {"data": b"[" * 60_000, "content_type": "application/json"},
        {"data": b" " * 70_000, "content_type": "application/json"},
        {"data": b"hello", "content_type": "text/plain"},
    ],
    ids=["nothing", "half", "deep", "large", "text"],
)
def test_what_cannot_even_be_read_is_no_wakeup_either(deployment: Deployment, request_: dict[str, Any]) -> None:
    response = deployment.ask("renew", "POST", "/wakeups", **request_)
    assert (response.status_code, problem_of(response)["title"]) == (400, "Bad Request")


def shard(name: object, sent: str | None = None, **more: Any) -> dict[str, Any]:
    """As Pub/Sub wraps a message that hands a shard over; `sent` just now, if nothing else is said."""
    time = {"publishTime": sent or datetime.now(UTC).isoformat()}
    return {"message": {"attributes": {"shard": name}, "messageId": "1", **time}, "subscription": "s", **more}


def sweep_shard(deployment: Deployment, body: object) -> int:
    return deployment.ask("renew", "POST", "/shards", json=body).status_code


@pytest.fixture
def due(deployment: Deployment) -> Json:
    """A watch of which only a sweep will find what has changed."""
    watch = deployment.open(ACL)
    deployment.google.alice.share(ALICE, BOB, "reader")
    deployment.leave_held(watch, since=timedelta(hours=2))
    return watch


def test_a_shard_that_was_handed_over_is_swept(deployment: Deployment, due: Json) -> None:
    ours = shard_of(due["id"])
    for other in {*SHARDS} - {ours}:
        assert sweep_shard(deployment, shard(str(other))) == 204
    assert len(deployment.changes(due)) == 1
    assert sweep_shard(deployment, shard(str(ours))) == 204
    assert len(deployment.changes(due)) == 2


def test_a_shard_that_was_handed_over_a_minute_ago_is_not_swept_again(deployment: Deployment, due: Json) -> None:
    long_ago = (datetime.now(UTC) - timedelta(seconds=61)).isoformat()
    assert sweep_shard(deployment, shard(str(shard_of(due["id"])), long_ago)) == 204
    assert len(deployment.changes(due)) == 1


def test_a_shard_too_many_is_put_off_for_scheduler_too(deploy: Deploy) -> None:
    deployment = deploy(THREADS="3")
    watch = deployment.open(ACL)
    deployment.google.alice.share(ALICE, BOB, "reader")
    deployment.google.deliver()
    with at_work(deployment, watch["id"]):
        response = deployment.ask("renew", "POST", "/shards", json=shard("3"))
        assert (response.status_code, problem_of(response)["title"]) == (503, "Service Unavailable")
    assert sweep_shard(deployment, shard("3")) == 204


def test_what_names_no_shard_is_refused(deployment: Deployment) -> None:
    wrong = [shard(name) for name in (None, 3, "", "x", "-1", "16", " 3", "\u0663")]
    wrong += [shard("3", "yesterday"), shard("3", "2026-11-20T09:00:00"), shard("3", subscription=1)]
    for body in (*NO_WAKEUPS[:6], push(UNKNOWN), *wrong):
        assert sweep_shard(deployment, body) == 400, body
    assert deployment.firestore.calls.log() == []


def test_a_sweep_needs_no_body_and_minds_none(deployment: Deployment) -> None:
    for options in ({}, {"json": {"any": "thing"}}, {"data": b"\xff", "content_type": "text/plain"}):
        answer = deployment.ask("renew", "POST", **options)
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert json_of(answer).keys() == KEYS
