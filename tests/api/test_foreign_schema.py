"""Documents of another release, in a schema that this one does not know: 503, as another revision may read them."""

import pytest

from tests.api.deployment import ACL, CALENDAR_LIST, Deployment, Json, json_of, problem_of


@pytest.fixture
def foreign(deployment: Deployment) -> Json:
    watch = deployment.open(ACL)
    deployment.make_foreign(watch)
    return watch


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/items"), ("GET", "/changes"), ("DELETE", "")])
def test_a_watch_of_another_schema_is_unavailable(
    deployment: Deployment, foreign: Json, method: str, path: str
) -> None:
    answer = deployment.ask("watches", method, f"/{foreign['id']}{path}")
    assert answer.status_code == 503
    assert "schema 1, where this release reads 2" in problem_of(answer)["detail"]


@pytest.mark.usefixtures("foreign")
def test_asking_for_it_again_changes_nothing(deployment: Deployment) -> None:
    before = deployment.everything_stored()
    assert deployment.post(ACL).status_code == 503
    assert deployment.everything_stored() == before


@pytest.mark.usefixtures("foreign")
def test_in_a_batch_it_keeps_nobody_else(deployment: Deployment) -> None:
    answer = deployment.ask("watches", "POST", "/batch", json={"requests": [ACL, CALENDAR_LIST]})
    its, other = json_of(answer)["results"]
    assert (its["status"], other["status"]) == (503, 202)
    assert "schema 1, where this release reads 2" in its["problem"]["detail"]


def test_lists_leave_it_out(deployment: Deployment, foreign: Json) -> None:
    other = deployment.open(CALENDAR_LIST)
    assert foreign["id"] != other["id"]
    assert [each["id"] for each in deployment.get("/")["watches"]] == [other["id"]]


def test_a_wake_up_for_it_is_over(deployment: Deployment, foreign: Json) -> None:
    message = {"message": {"attributes": {"watchId": foreign["id"]}}, "subscription": "s"}
    assert deployment.ask("renew", "POST", "/wakeups", json=message).status_code == 204
