import pytest

from tests.api.deployment import ACL, Deployment, json_of, problem_of, wrong_fields
from tests.api.google import ALICE, BOB


def test_a_retry_tries_what_was_refused_and_shows_the_watch(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.google.alice.share(ALICE, BOB, "reader")
    with deployment.google.refusing("/acl", 403, "forbidden"):
        deployment.google.deliver()
        deployment.reconcile()
        refused = deployment.get(f"/{watch['id']}")
        answer = deployment.order(watch["id"], "retry")
    assert refused.items() >= {"state": "degraded", "reason": "forbidden"}.items()
    assert refused["remedy"]
    assert refused["lastError"].items() >= {"operation": "list", "count": 1}.items()
    assert answer.status_code == 202
    assert json_of(answer)["id"] == watch["id"]


def test_what_has_ended_cannot_be_tried_again(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.end(watch)
    answer = deployment.order(watch["id"], "retry")
    assert answer.status_code == 409
    assert problem_of(answer)["state"] == "stopped"


def test_an_unknown_watch_cannot_be_tried_again(deployment: Deployment) -> None:
    assert deployment.order(32 * "a", "retry").status_code == 404
    assert deployment.ask("watches", "GET", f"/{32 * 'a'}/retry").status_code == 405


def test_a_resync_compares_everything_and_says_how_much_differed(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    answer = deployment.order(watch["id"], "resync")
    assert (answer.status_code, json_of(answer)["id"]) == (202, watch["id"])
    told = deployment.get(f"/{watch['id']}/changes")["changes"][-1]
    assert told["type"] == "calendarwatch.watch.resynced.v1"
    assert told["data"]["counts"] == {"created": 0, "updated": 0, "deleted": 0}


def test_of_what_has_ended_or_never_was_there_is_no_resync(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.end(watch)
    answer = deployment.order(watch["id"], "resync")
    assert (answer.status_code, problem_of(answer)["state"]) == (409, "stopped")
    assert deployment.order(32 * "a", "resync").status_code == 404
    assert deployment.ask("watches", "GET", f"/{32 * 'a'}/resync").status_code == 405


@pytest.mark.parametrize("order", ["retry", "resync"])
def test_an_order_takes_no_body_but_an_empty_one(deployment: Deployment, order: str) -> None:
    watch = deployment.open(ACL)
    path, kind = f"/{watch['id']}/{order}", "application/json"
    assert deployment.ask("watches", "POST", path, content_type=kind).status_code == 202
    assert deployment.ask("watches", "POST", path, json={}).status_code == 202
    assert wrong_fields(deployment.ask("watches", "POST", path, json={"now": True})) == [""]
    assert wrong_fields(deployment.ask("watches", "POST", path, data="now", content_type=kind)) == [""]
