from tests.api.deployment import ACL, Deployment, json_of, problem_of
from tests.api.google import ALICE, BOB


def test_a_retry_tries_what_was_refused_and_shows_the_watch(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.google.alice.share(ALICE, BOB, "reader")
    with deployment.google.refusing("/acl", 403, "forbidden"):
        deployment.google.deliver()
        deployment.reconcile()
        refused = deployment.get(f"/{watch['id']}")
        answer = deployment.ask("watches", "POST", f"/{watch['id']}/retry")
    assert refused.items() >= {"state": "degraded", "reason": "forbidden"}.items()
    assert refused["remedy"]
    assert refused["lastError"].items() >= {"operation": "list", "count": 1}.items()
    assert answer.status_code == 202
    assert json_of(answer)["id"] == watch["id"]


def test_what_has_ended_cannot_be_tried_again(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.end(watch)
    answer = deployment.ask("watches", "POST", f"/{watch['id']}/retry")
    assert answer.status_code == 409
    assert problem_of(answer)["state"] == "stopped"


def test_an_unknown_watch_cannot_be_tried_again(deployment: Deployment) -> None:
    assert deployment.ask("watches", "POST", f"/{32 * 'a'}/retry").status_code == 404
    assert deployment.ask("watches", "GET", f"/{32 * 'a'}/retry").status_code == 405
