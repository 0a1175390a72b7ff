"""Many watches asked for at once: each is written down, `renew` opens them in turn."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import Deploy
from tests.api.deployment import ACL, CALENDAR_LIST, SETTINGS, Deployment, Json, json_of, problem_of, wrong_fields
from tests.api.google import ALICE


def batch(deployment: Deployment, *bodies: object) -> list[Json]:
    response = deployment.ask("watches", "POST", "/batch", json={"requests": bodies})
    assert response.status_code == 200, response.text
    results: list[Json] = json_of(response)["results"]
    return results


def test_intents_are_written_and_renew_opens_them(deployment: Deployment) -> None:
    results = batch(deployment, ACL, SETTINGS)
    assert [(each["status"], each["watch"]["state"]) for each in results] == [(202, "opening"), (202, "opening")]
    assert deployment.google.simulator.calls == [], "nothing is asked of Google yet"
    deployment.reconcile()
    deployment.reconcile()
    assert [deployment.get(f"/{each['watch']['id']}")["state"] for each in results] == ["active", "active"]


def test_what_is_wrong_with_one_says_nothing_of_the_others(deployment: Deployment) -> None:
    acl, wrong, nothing = batch(deployment, ACL, {"resource": "acl", "subject": ALICE, "colour": "red"}, 7)
    assert acl["status"] == 202
    assert wrong["status"] == wrong["problem"]["status"] == 400
    assert sorted(each["field"] for each in wrong["problem"]["errors"]) == ["calendarId", "colour"]
    assert nothing["problem"]["errors"] == [{"field": "", "message": "the body must be a JSON object"}]
    assert wrong.keys() == {"status", "problem"}


def test_what_is_there_already_is_shown_as_it_is(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    [result] = batch(deployment, {**ACL, "labels": {"team": "red"}})
    assert (result["status"], result["watch"]["id"]) == (200, watch["id"])
    assert (result["watch"]["state"], result["watch"]["labels"]) == ("active", {"team": "red"})


def test_asking_twice_in_one_batch_gives_one_watch(deployment: Deployment) -> None:
    first, second = batch(deployment, ACL, ACL)
    assert first["watch"]["id"] == second["watch"]["id"]
    assert len(deployment.get("/")["watches"]) == 1


def test_its_watches_are_spread_by_the_calls_that_are_allowed(deploy: Deploy) -> None:
    deployment = deploy(CALENDAR_CALLS_PER_MINUTE="240")
    bodies = [{"resource": "settings", "subject": f"user{n}@example.com"} for n in range(100)]
    results = batch(deployment, *bodies)
    assert {each["status"] for each in results} == {202}
    due = [datetime.fromisoformat(each["watch"]["nextReconcileTime"]) for each in results]
    assert due == sorted(due)
    assert 95 <= (due[-1] - due[0]).total_seconds() <= 105, "four calls each, four a second"


WRONG: list[Any] = [
    {"requests": [SETTINGS] * 501},
    {"requests": SETTINGS},
    {"requests": None},
    {},
    [],
    {"requests": [], "more": 1},
]


@pytest.mark.parametrize("body", WRONG, ids=range(len(WRONG)))
def test_what_is_no_batch_is_refused(deployment: Deployment, body: Any) -> None:
    response = deployment.ask("watches", "POST", "/batch", json=body)
    assert wrong_fields(response) == ["requests"]
    assert deployment.firestore.calls.log() == []


def test_an_empty_batch_is_an_empty_answer(deployment: Deployment) -> None:
    assert batch(deployment) == []


def test_a_batch_may_be_a_mebibyte_and_no_more(deployment: Deployment) -> None:
    body = json.dumps({"requests": [CALENDAR_LIST]}).encode().ljust(1024 * 1024)
    largest = deployment.ask("watches", "POST", "/batch", data=body, content_type="application/json")
    larger = deployment.ask("watches", "POST", "/batch", data=body + b" ", content_type="application/json")
    assert (largest.status_code, larger.status_code) == (200, 413)
    assert "1024 KiB" in problem_of(larger)["detail"]


@pytest.mark.parametrize("path", ["/batch", "/watches/batch"])
def test_a_batch_is_only_posted(deployment: Deployment, path: str) -> None:
    response = deployment.ask("watches", "GET", path)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_what_is_asked_for_many_times_is_asked_for_as_it_was_said_last(deployment: Deployment) -> None:
    results = batch(deployment, *({**ACL, "labels": {"n": str(n)}} for n in range(100)))
    assert {each["status"] for each in results} == {202}
    assert deployment.get("/")["watches"][0]["labels"] == {"n": "99"}


def test_what_had_ended_is_back_at_once_and_opened_in_its_turn(deploy: Deploy) -> None:
    deployment = deploy(CALENDAR_CALLS_PER_MINUTE="24")
    deployment.end(deployment.open(ACL))
    before = datetime.now(UTC)
    *_, last = batch(deployment, *({"resource": "settings", "subject": f"user{n}@example.com"} for n in range(20)), ACL)
    since, due = (datetime.fromisoformat(last["watch"][name]) for name in ("stateTime", "nextReconcileTime"))
    assert (last["status"], last["watch"]["state"]) == (200, "opening")
    assert before <= since <= datetime.now(UTC)
    assert due - since >= timedelta(seconds=190), "ten seconds each"


def test_what_one_of_them_does_not_name_stays_as_another_has_said_it(deployment: Deployment) -> None:
    batch(deployment, {**ACL, "labels": {"team": "red"}}, {**ACL, "params": {"ttl": "86400"}})
    [watch] = deployment.get("/")["watches"]
    assert (watch["labels"], watch["params"]) == ({"team": "red"}, {"ttl": "86400"})
