"""Log lines are a contract: metrics and alerts are built on them, and so are dashboards of other people."""

import json
from typing import Any

import pytest

from calendar_watch import __version__
from tests.api.conftest import Deploy, Lines
from tests.api.deployment import ACL, KEY, Deployment, Json
from tests.api.google import ALICE, BOB
from tests.doubles import local_pubsub
from tests.support.log_fields import BY_THE_CLOCK, FIELDS, IN_TROUBLE

CHANGES = "projects/demo-project/topics/changes"
TRACE_FIELD = "logging.googleapis.com/trace"
TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACE_HEADERS = [
    {"X-Cloud-Trace-Context": f"{TRACE}/123;o=1"},
    {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"},
]


def events(lines: list[Json], name: str) -> list[Json]:
    return [line for line in lines if line.get("event") == name]


def live(deployment: Deployment) -> Json:
    """Open a watch, change what it follows, forge a message, end it."""
    watch = deployment.open(ACL)
    deployment.share("reader")
    channel = deployment.google.channel(watch["channel"]["id"])
    headers = dict(channel.message(7, "exists", channel.created).headers)
    deployment.notify({**headers, "X-Goog-Channel-Token": "forged-token"})
    deployment.end(watch)
    return watch


@pytest.fixture
def life(deploy: Deploy, lines: Lines) -> list[Json]:
    with local_pubsub.serve() as server:
        server.pubsub.create_topic(CHANGES)
        live(deploy(LOG_LEVEL="DEBUG", CHANGES_TOPIC=CHANGES, PUBSUB_EMULATOR_HOST=server.host))
    return lines()


def test_every_line_has_a_severity_and_a_message(life: list[Json]) -> None:
    assert life
    assert all(line["severity"] in {"DEBUG", "INFO", "WARNING", "ERROR"} and line["message"] for line in life)


@pytest.mark.parametrize("name", FIELDS)
def test_each_kind_of_event_has_its_fields(life: list[Json], name: str) -> None:
    found = events(life, name)
    assert found
    assert all(line.keys() >= FIELDS[name] for line in found)


def test_events_tell_what_happened(life: list[Json]) -> None:
    assert [line["outcome"] for line in events(life, "notification")] == ["taken", "taken", "forged"]
    actions = [line["action"] for line in events(life, "channel")]
    assert (actions[:2], actions[-1]) == (["opened", "confirmed"], "stopped")
    states = [(line["from"], line["to"]) for line in events(life, "state")]
    assert states[0] == ("opening", "active")
    assert states[-1][1] == "stopped"
    [changes] = events(life, "changes")
    assert (changes["count"], changes["cause"]) == (1, "notification")
    assert 0 < changes["latencySeconds"] < 60
    [sweep] = events(life, "sweep")
    assert (sweep["reconciled"], sweep["synced"], sweep["states"]) == (1, 1, {"active": 1})
    assert {"acl.watch", "acl.list", "channels.stop"} == {line["method"] for line in events(life, "call")}


def test_a_call_to_google_is_told_only_on_demand_or_when_it_failed(deployment: Deployment, lines: Lines) -> None:
    deployment.open(ACL)
    assert events(lines(), "call") == []
    deployment.google.alice.share(ALICE, BOB, "reader")
    with deployment.google.refusing("/acl", 403, "forbidden"):
        deployment.reconcile()
    [call] = events(lines(), "call")
    assert (call["severity"], call["method"], call["status"], call["reason"]) == (
        "WARNING",
        "acl.list",
        403,
        "forbidden",
    )


def test_what_fails_for_all_alike_is_told_when_it_begins(deployment: Deployment, lines: Lines) -> None:
    deployment.open(ACL)
    deployment.google.alice.share(ALICE, BOB, "reader")
    lines()
    with deployment.google.refusing("/acl", 403, "accessNotConfigured"):
        deployment.reconcile()
    [outage] = events(told := lines(), "outage")
    assert outage.keys() >= IN_TROUBLE["outage"]
    assert (outage["severity"], outage["cause"], outage["reason"], outage["action"]) == (
        "WARNING",
        "api",
        "apiDisabled",
        "opened",
    )
    assert len(events(told, "call")) == 1, "whoever is held back says nothing"


def test_no_secret_and_no_content_is_in_any_line(deploy: Deploy, lines: Lines) -> None:
    deployment = deploy(LOG_LEVEL="DEBUG")
    live(deployment)
    text = json.dumps(lines())
    tokens = [channel.token or "" for channel in deployment.google.simulator.channels_ever()]
    assert tokens
    for secret in (KEY, "forged-token", BOB, "owner", "reader", *(token.rpartition(".")[2] for token in tokens)):
        assert secret not in text


def test_a_repeated_message_is_told_as_coalesced(deployment: Deployment, lines: Lines) -> None:
    watch = deployment.open(ACL)
    lines()
    for role in ("reader", "writer"):
        deployment.google.alice.share(ALICE, BOB, role)
    deployment.google.deliver()
    told = [(line["outcome"], line["watchId"], line["channelId"]) for line in events(lines(), "notification")]
    ids = (watch["id"], watch["channel"]["id"])
    assert told == [("taken", *ids), ("coalesced", *ids)]


@pytest.mark.parametrize("headers", TRACE_HEADERS, ids=["google", "w3c"])
def test_every_line_of_a_request_bears_its_trace(deployment: Deployment, lines: Lines, headers: dict[str, str]) -> None:
    deployment.ask("watches", "POST", json=ACL, headers=headers)
    ours = [line for line in lines() if line["event"] not in {"notification", "instance"}]
    assert {line[TRACE_FIELD] for line in ours} == {f"projects/{deployment.project}/traces/{TRACE}"}
    deployment.google.alice.share(ALICE, BOB, "reader")
    deployment.google.deliver()
    assert all(TRACE_FIELD not in line for line in lines())
    deployment.ask("renew", "POST", headers=headers)
    swept = [line for line in lines() if line["event"] != "instance"]
    assert {line["event"] for line in swept} - BY_THE_CLOCK == {"changes", "exposure", "reconciled", "sweep"}
    assert all(line[TRACE_FIELD].endswith(TRACE) for line in swept)


def test_each_instance_tells_its_version_once_and_first(deployment: Deployment, lines: Lines) -> None:
    live(deployment)
    first, *_ = told = lines()
    assert first["event"] == "instance"
    instances = events(told, "instance")
    assert [(each["severity"], each["version"]) for each in instances] == [("INFO", __version__)] * 3, "of 3 functions"


def test_whoever_outside_can_see_more_is_a_warning(deployment: Deployment, lines: Lines) -> None:
    watch, share = deployment.open(ACL), deployment.google.alice.share_with
    lines()
    for kind, value, role in (
        ("user", BOB, "reader"),
        ("user", "eve@evil.net", "reader"),
        ("default", None, "freeBusyReader"),
        ("default", None, "none"),
    ):
        share(ALICE, kind, value, role)
        deployment.reconcile()
    told = events(lines(), "exposure")
    assert {line["watchId"] for line in told} == {watch["id"]}
    assert [(line["severity"], line["exposure"], line["change"]) for line in told] == [
        ("INFO", "internal", "raised"),
        ("WARNING", "external", "raised"),
        ("WARNING", "public", "raised"),
        ("INFO", "none", "lowered"),
    ]


def test_a_state_to_worry_about_is_a_warning(deployment: Deployment, lines: Lines) -> None:
    deployment.open(ACL)
    deployment.google.alice.share(ALICE, BOB, "reader")
    lines()
    with deployment.google.refusing("/acl", 403, "forbidden"):
        deployment.reconcile()
    [state] = events(lines(), "state")
    told: dict[str, Any] = {name: state[name] for name in ("severity", "from", "to", "reason")}
    assert told == {"severity": "WARNING", "from": "active", "to": "degraded", "reason": "forbidden"}
