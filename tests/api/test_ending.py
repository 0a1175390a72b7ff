import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import Deploy
from tests.api.deployment import ACL, CALENDAR_LIST, Deployment, Json, json_of, problem_of, wrong_fields
from tests.doubles import local_pubsub


def test_an_ended_watch_is_stopped_and_so_is_its_channel(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    answer = deployment.end(watch)
    assert answer.status_code == 200
    assert json_of(answer).items() >= {"id": watch["id"], "state": "stopped", "channel": None}.items()
    assert json_of(answer)["params"] == watch["params"]
    assert deployment.google.live == []


def test_what_was_wrong_with_a_watch_is_over_with_its_end(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    with deployment.google.refusing("/acl", 403, "forbidden"):
        assert json_of(deployment.order(watch["id"], "resync"))["reason"] == "forbidden"
    ended = json_of(deployment.end(watch))
    assert ended.items() >= {"state": "stopped", "reason": None, "detail": None, "remedy": None}.items()
    told = deployment.changes(watch)[-1]
    assert (told["type"], told["data"]["reason"]) == ("calendarwatch.watch.stopped.v1", None)


def test_other_watches_go_on(deployment: Deployment) -> None:
    deployment.end(deployment.open(ACL))
    other = deployment.open(CALENDAR_LIST)
    assert deployment.get(f"/{other['id']}")["state"] == "active"
    assert deployment.google.live == [other["channel"]["id"]]


def test_ending_twice_is_as_good_as_once(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    first, second = deployment.end(watch), deployment.end(watch)
    assert (first.status_code, second.status_code) == (200, 200)
    assert json_of(first) == json_of(second)
    assert [change["type"] for change in deployment.changes(watch)][1:] == ["calendarwatch.watch.stopped.v1"]


def test_an_ended_watch_can_still_be_read(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.end(watch)
    assert deployment.get(f"/{watch['id']}")["state"] == "stopped"
    assert list(deployment.get(f"/{watch['id']}/items")["items"]) == ["user:alice@example.com"]


def test_nothing_is_reported_after_the_end(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.end(watch)
    deployment.share("reader")
    assert len(deployment.changes(watch)) == 2
    assert "user:bob@example.com" not in deployment.get(f"/{watch['id']}/items")["items"]


def test_what_changed_meanwhile_is_reported_after_a_resumption(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.end(watch)
    deployment.share("reader")
    assert deployment.post(ACL).status_code == 200
    created = [each for each in deployment.changes(watch) if each["type"] == "calendarwatch.acl.created.v1"]
    assert [each["subject"] for each in created] == ["user:bob@example.com"]


def test_while_google_cannot_be_told_it_is_stopping(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    with deployment.google.refusing("/channels/stop", 503, "backendError"):
        answer, again = deployment.end(watch), deployment.end(watch)
    assert (answer.status_code, json_of(answer)["state"]) == (202, "stopping")
    assert (again.status_code, json_of(again)["state"]) == (202, "stopping")
    assert deployment.get("/", state="stopping")["watches"][0]["id"] == watch["id"]
    assert deployment.google.live == [watch["channel"]["id"]]


def test_a_channel_that_google_has_forgotten_is_stopped(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    with deployment.google.refusing("/channels/stop", 404, "channelNotFound"):
        answer = deployment.end(watch)
    assert (answer.status_code, json_of(answer)["state"]) == (200, "stopped")


def ask_to_erase(deployment: Deployment, watch: Json, query: str) -> TestResponse:
    return deployment.ask("watches", "DELETE", f"/{watch['id']}", query_string=query)


def erase(deployment: Deployment, watch: Json) -> tuple[int, Json]:
    answer = ask_to_erase(deployment, watch, "erase=true")
    return answer.status_code, json_of(answer)


def test_what_a_watch_read_and_told_is_gone_once_it_says_so(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.share("reader")
    assert deployment.kept_of(watch)
    status, erased = erase(deployment, watch)
    assert (status, erased["state"], erased["itemCount"], erased["sequence"]) == (200, "stopped", None, 3)
    assert set(erased["exposures"].values()) == {0}
    assert deployment.kept_of(watch) == []
    assert deployment.get(f"/{watch['id']}/items") == {"items": {}, "sequence": 3}
    gone = deployment.ask("watches", "GET", f"/{watch['id']}/changes")
    assert (gone.status_code, problem_of(gone)["oldestSequence"]) == (410, 4)
    assert deployment.get(f"/{watch['id']}/changes", after="3") == {"changes": [], "nextAfter": 3}


def test_one_that_has_ended_can_be_erased_later_and_as_often_as_one_likes(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    deployment.end(watch)
    assert deployment.kept_of(watch)
    assert erase(deployment, watch)[0] == erase(deployment, watch)[0] == 200
    assert deployment.kept_of(watch) == []


def test_while_google_has_to_be_told_nothing_is_erased_yet(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    with deployment.google.refusing("/channels/stop", 503, "backendError"):
        status, stopping = erase(deployment, watch)
    assert (status, stopping["state"]) == (202, "stopping")
    assert deployment.kept_of(watch)
    assert deployment.post(ACL).status_code in {200, 202}
    assert deployment.get(f"/{watch['id']}/items")["items"], "who asks for it again has kept it"


def test_while_what_it_told_cannot_be_published_it_is_not_erased_yet_though_it_has_stopped(deploy: Deploy) -> None:
    with local_pubsub.serve() as without_the_topic:
        deployment = deploy(
            CHANGES_TOPIC="projects/demo-project/topics/changes", PUBSUB_EMULATOR_HOST=without_the_topic.host
        )
        watch = deployment.open(ACL)
        status, ended = erase(deployment, watch)
    assert (status, ended["state"]) == (202, "stopped")
    assert deployment.kept_of(watch)


def test_the_numbers_go_on_where_they_ended(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    erase(deployment, watch)
    deployment.post(ACL)
    resynced, *_ = deployment.changes(watch, after=2)
    assert (resynced["type"], int(resynced["sequence"])) == ("calendarwatch.watch.resynced.v1", 3)
    assert "counts" not in resynced["data"], "a new baseline"
    assert list(deployment.get(f"/{watch['id']}/items")["items"]) == ["user:alice@example.com"]


@pytest.mark.parametrize("query", ["erase=yes", "erase=", "erase=true&erase=true", "wipe=true"])
def test_erasing_is_asked_for_clearly_or_not_at_all(deployment: Deployment, query: str) -> None:
    watch = deployment.open(ACL)
    assert wrong_fields(ask_to_erase(deployment, watch, query)) == [query.partition("=")[0]]
    assert deployment.get(f"/{watch['id']}")["state"] == "active"


def test_false_erases_nothing(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    assert ask_to_erase(deployment, watch, "erase=false").status_code == 200
    assert deployment.kept_of(watch)
