from tests.api.deployment import ACL, CALENDAR_LIST, Deployment, json_of


def test_an_ended_watch_is_stopped_and_so_is_its_channel(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    answer = deployment.end(watch)
    assert answer.status_code == 200
    assert json_of(answer).items() >= {"id": watch["id"], "state": "stopped", "channel": None}.items()
    assert json_of(answer)["params"] == watch["params"]
    assert deployment.google.live == []


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
