"""What is sent to Google is what functions/README.md says under "What is sent to Google", and nothing else."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import Deploy
from tests.api.deployment import ACL, CALENDAR_LIST, NOTIFICATION_URL, SETTINGS, Deployment, Json
from tests.api.google import ALICE
from tests.doubles.calendar_simulator.records import CallRecord

LISTS = [
    (ACL, "calendars/primary/acl", {"maxResults": "250"}),
    (CALENDAR_LIST, "users/me/calendarList", {"maxResults": "250", "showHidden": "true"}),
    (SETTINGS, "users/me/settings", {"maxResults": "250"}),
]
ALLOWED_BESIDES = {"fields", "quotaUser"}


def calls(deployment: Deployment, ending: str) -> list[CallRecord]:
    return [call for call in deployment.google.simulator.calls if (call.method_id or "").endswith(ending)]


def sent(deployment: Deployment, path: str) -> list[Any]:
    return [body for posted_to, body in deployment.google.bodies if posted_to.partition("?")[0] == path]


@pytest.mark.parametrize(("target", "path", "parameters"), LISTS)
def test_a_collection_is_listed_with_exactly_its_parameters(
    deployment: Deployment, target: Json, path: str, parameters: dict[str, str]
) -> None:
    deployment.open(target)
    lists = calls(deployment, f"{target['resource']}.list")
    assert lists
    for call in lists:
        assert call.path == f"/calendar/v3/{path}"
        assert call.query.keys() == parameters.keys() | ALLOWED_BESIDES
        assert {name: call.query[name] for name in parameters} == {n: (value,) for n, value in parameters.items()}


def test_events_are_listed_as_series_and_in_one_time_zone(deployment: Deployment) -> None:
    for number in range(300):
        deployment.google.alice.create_event(ALICE, f"Meeting {number}")
    deployment.open({**ACL, "resource": "events"})
    deployment.reconcile()
    lists = calls(deployment, "events.list")
    assert {"pageToken", "syncToken"} <= {name for call in lists for name in call.query}
    for call in lists:
        assert (call.query["singleEvents"], call.query["timeZone"]) == (("false",), ("UTC",))
        assert int(call.query["maxResults"][0]) <= 2_500


def test_further_pages_are_asked_for_by_token_alone(deployment: Deployment) -> None:
    for number in range(300):
        deployment.google.simulator.set_setting(ALICE, f"s{number}", "x")
    watch = deployment.open(SETTINGS)
    first, second = calls(deployment, "settings.list")[:2]
    assert watch["itemCount"] > 300
    assert second.query.keys() - first.query.keys() == {"pageToken"}


@pytest.mark.parametrize(("target", "path", "_parameters"), LISTS)
def test_a_watch_request_has_exactly_five_fields(
    deployment: Deployment, target: Json, path: str, _parameters: dict[str, str]
) -> None:
    deployment.open(target, params={"ttl": "86400"})
    [body] = sent(deployment, f"{path}/watch")
    assert body.keys() == {"id", "type", "address", "token", "params"}
    assert str(uuid.UUID(body["id"], version=4)) == body["id"]
    assert body["type"] == "web_hook"
    assert body["address"] == NOTIFICATION_URL
    assert 0 < len(body["token"]) <= 256
    assert body["params"] == {"ttl": "86400"}


def test_the_lifetime_is_the_deployments_where_the_watch_names_none(deploy: Deploy) -> None:
    deployment = deploy(CHANNEL_TTL_SECONDS="5000")
    deployment.open(SETTINGS)
    assert sent(deployment, "users/me/settings/watch")[0]["params"] == {"ttl": "5000"}


def test_a_channel_id_and_its_token_are_never_used_again(deployment: Deployment) -> None:
    watch = deployment.open(SETTINGS)
    for _ in range(2):
        deployment.end(watch)
        deployment.post(SETTINGS)
    bodies = sent(deployment, "users/me/settings/watch")
    assert len({body["id"] for body in bodies}) == len({body["token"] for body in bodies}) == len(bodies) == 3


def test_a_channel_is_stopped_by_both_its_ids(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    channel = watch["channel"]
    deployment.end(watch)
    assert sent(deployment, "channels/stop") == [{"id": channel["id"], "resourceId": channel["resourceId"]}]


def test_each_call_is_charged_to_its_subject_without_naming_it(deployment: Deployment) -> None:
    deployment.open(ACL)
    deployment.open({**SETTINGS, "subject": "carol@example.org"})
    deployment.end(deployment.open(CALENDAR_LIST))
    users = {call.path.rpartition("/")[0]: call.quota_user for call in deployment.google.simulator.calls}
    assert all(user and re.fullmatch(r"[0-9a-f]{1,40}", user) for user in users.values())
    assert len(set(users.values())) == 2


def test_without_a_subject_there_is_nobody_to_charge(deployment: Deployment) -> None:
    deployment.open({"resource": "settings"})
    assert {call.quota_user for call in deployment.google.simulator.calls} == {None}


def test_nothing_is_sent_that_the_discovery_document_does_not_know(deployment: Deployment) -> None:
    for target in (ACL, CALENDAR_LIST, SETTINGS):
        watch = deployment.open(target)
        deployment.reconcile()
        deployment.end(watch)
    made = deployment.google.simulator.calls
    assert {call.method_id for call in made} >= {
        "calendar.acl.watch",
        "calendar.settings.list",
        "calendar.channels.stop",
    }
    assert [call for call in made if call.offences] == []
    assert {call.status for call in made} == {200, 204}


@pytest.mark.parametrize(
    ("spelled", "rounded"),
    [("string", timedelta(milliseconds=1)), ("number", timedelta(milliseconds=1)), ("missing", timedelta(seconds=1))],
)
def test_an_expiration_is_understood_however_google_spells_it(deploy: Deploy, spelled: str, rounded: timedelta) -> None:
    """Google's week begins between our asking and its answer; where only its message says so, in whole seconds."""
    deployment = deploy(google={"expiration_format": spelled})
    asked = datetime.now(UTC)
    watch = deployment.open(ACL)
    opened_at = datetime.fromisoformat(watch["channel"]["expiration"]) - timedelta(weeks=1)
    assert watch["state"] == "active"
    assert asked - rounded <= opened_at <= datetime.now(UTC)


def test_the_token_is_kept_nowhere(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    [body] = sent(deployment, f"{LISTS[0][1]}/watch")
    signature = body["token"].rpartition(".")[2]
    for path in ("", "/items", "/changes"):
        assert signature not in deployment.ask("watches", "GET", f"/{watch['id']}{path}").text
    stored = deployment.everything_stored()
    assert watch["channel"]["id"] in stored
    assert signature not in stored
