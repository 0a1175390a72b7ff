from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from grpc import StatusCode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.deployment import ACL, KEY, SETTINGS, Deployment, Json, problem_of, wrong_fields
from tests.doubles.local_firestore import Call

NOTIFICATIONS = Call("Commit", frozenset({"calendar_watch_news"}))
TOKEN = "X-Goog-Channel-Token"  # noqa: S105 (a header's name)
NEEDED = ["X-Goog-Channel-ID", TOKEN]
OTHERS = [f"X-Goog-{each}" for each in ("Channel-Expiration", "Message-Number", "Resource-ID", "Resource-State")]
OLD, NEW = "o" * 32, "n" * 32


def message(deployment: Deployment, watch: Json) -> dict[str, str]:
    """What Google would say next of the watch's channel."""
    channel = deployment.google.channel(watch["channel"]["id"])
    return dict(channel.message(7, "exists", datetime.now(UTC)).headers)


@pytest.fixture
def watch(deployment: Deployment) -> Json:
    watch = deployment.open(ACL)
    deployment.firestore.calls.clear()
    return watch


def asked_of_firestore(deployment: Deployment) -> list[Call]:
    return deployment.firestore.calls.log()


def test_a_genuine_message_is_taken_in_one_call(deployment: Deployment, watch: Json) -> None:
    response = deployment.notify(message(deployment, watch))
    assert (response.status_code, response.data) == (204, b"")
    assert asked_of_firestore(deployment) == [NOTIFICATIONS]


def test_a_storm_costs_one_call_a_message_and_leaves_one_pending_notification(
    deployment: Deployment, watch: Json
) -> None:
    for _ in range(5):
        assert deployment.notify(message(deployment, watch)).status_code == 204
    assert asked_of_firestore(deployment) == [NOTIFICATIONS] * 5
    assert deployment.reconcile()["reconciled"] == 1
    assert deployment.reconcile()["reconciled"] == 0


def test_any_path_and_any_body_are_taken(deployment: Deployment, watch: Json) -> None:
    headers = message(deployment, watch)
    headers.pop("Content-Length")
    response = deployment.ask("notifications", "POST", "/some/where", headers=headers, data=b"\x00" * 70_000)
    assert response.status_code == 204


def test_a_message_of_an_ended_watch_is_taken_and_changes_nothing(deployment: Deployment, watch: Json) -> None:
    headers = message(deployment, watch)
    deployment.end(watch)
    assert deployment.notify(headers).status_code == 204
    deployment.reconcile()
    assert deployment.get(f"/{watch['id']}")["state"] == "stopped"
    assert deployment.reconcile()["overdueSeconds"] == 0


@pytest.mark.parametrize("state", ["sync", "exists", "not_exists", "something_new"])
def test_every_kind_of_message_is_taken(deployment: Deployment, watch: Json, state: str) -> None:
    assert deployment.notify({**message(deployment, watch), "X-Goog-Resource-State": state}).status_code == 204


def test_a_message_without_an_expiration_is_taken(deployment: Deployment, watch: Json) -> None:
    headers = message(deployment, watch)
    del headers["X-Goog-Channel-Expiration"]
    assert deployment.notify(headers).status_code == 204


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Goog-Channel-Expiration", "2026-11-27T10:00:00Z"),
        ("X-Goog-Channel-Expiration", "tomorrow"),
        ("X-Goog-Message-Number", "one"),
        ("X-Goog-Resource-ID", "x" * 2_000),
        ("X-Goog-Resource-State", "EXISTS"),
        ("X-Goog-Resource-URI", ""),
        ("X-Goog-Resource-URI", None),
        ("X-Goog-Resource-State", None),
        ("X-Goog-Resource-ID", None),
        ("X-Goog-Message-Number", None),
    ],
)
def test_an_odd_header_loses_no_message(deployment: Deployment, watch: Json, header: str, value: str | None) -> None:
    """Google never repeats what is answered 400, so a new form of one header would lose every message at once."""
    headers = message(deployment, watch)
    del headers[header]
    odd = headers if value is None else {**headers, header: value}
    assert deployment.notify(odd).status_code == 204
    assert deployment.reconcile()["synced"] == 1


# --- malformed


def test_a_missing_channel_id_is_named(deployment: Deployment, watch: Json) -> None:
    headers = message(deployment, watch)
    del headers["X-Goog-Channel-ID"]
    assert wrong_fields(deployment.notify(headers)) == ["X-Goog-Channel-ID"]
    assert asked_of_firestore(deployment) == []


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Goog-Channel-ID", "../../x"),
        ("X-Goog-Channel-ID", "a" * 65),
    ],
)
def test_a_malformed_header_is_named(deployment: Deployment, watch: Json, header: str, value: str) -> None:
    assert wrong_fields(deployment.notify({**message(deployment, watch), header: value})) == [header]
    assert asked_of_firestore(deployment) == []


# --- not ours


def forgeries(genuine: Mapping[str, str], others: str) -> list[dict[str, str]]:
    token = genuine[TOKEN]
    tokens = [
        *("", "x", token + "x", token[:-1], f" {token}x", token.upper(), others, token.replace("1.", "2.", 1)),
        *("..", "1." + "a" * 32 + "." + token.rpartition(".")[2], "x" * 10_000, "\xff" * 20),
    ]
    return [
        {name: value for name, value in genuine.items() if name != TOKEN},
        {**genuine, "X-Goog-Channel-ID": "another"},
        *({**genuine, TOKEN: forged} for forged in tokens),
    ]


def test_whatever_is_not_signed_by_us_for_this_channel_is_turned_away_unread(
    deployment: Deployment, watch: Json
) -> None:
    others = message(deployment, deployment.open(SETTINGS))[TOKEN]
    deployment.firestore.calls.clear()
    for headers in forgeries(message(deployment, watch), others):
        response = deployment.notify(headers)
        assert (response.status_code, problem_of(response)["title"]) == (403, "Forbidden")
    assert asked_of_firestore(deployment) == []


printable = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60)
names = st.sampled_from([*NEEDED, *OTHERS, "Content-Type", "X-Cloud-Trace-Context"])


@settings(
    max_examples=2 * settings().max_examples,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=st.dictionaries(names, printable), dropped=st.sets(names), token=st.none() | printable)
def test_no_headers_whatever_bring_anything_but_a_clear_refusal(
    deployment: Deployment, watch: Json, changes: dict[str, str], dropped: set[str], token: str | None
) -> None:
    headers = {n: value for n, value in message(deployment, watch).items() if n not in dropped | {TOKEN}}
    response = deployment.notify(headers | changes | ({} if token is None else {TOKEN: token}))
    assert response.status_code in {400, 403}
    assert problem_of(response)["detail"]
    assert asked_of_firestore(deployment) == []


# --- rotation of keys


def test_a_message_signed_with_a_former_key_is_taken_until_that_key_goes(
    deployment: Deployment, watch: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = message(deployment, watch)
    deployment.deploy(monkeypatch, CHANNEL_TOKEN_KEYS=f"{NEW},{KEY}")
    assert deployment.notify(headers).status_code == 204
    deployment.deploy(monkeypatch, CHANNEL_TOKEN_KEYS=f"{NEW},{OLD}")
    assert deployment.notify(headers).status_code == 403


# --- Firestore


@pytest.mark.parametrize(
    "code", [StatusCode.UNAVAILABLE, StatusCode.INTERNAL, StatusCode.DEADLINE_EXCEEDED, StatusCode.RESOURCE_EXHAUSTED]
)
def test_a_brief_failure_of_firestore_is_bridged(deployment: Deployment, watch: Json, code: StatusCode) -> None:
    with deployment.firestore.faults.refuse("Commit", code):
        assert deployment.notify(message(deployment, watch)).status_code == 204
    assert deployment.reconcile()["reconciled"] == 1


def test_an_answer_that_is_lost_does_not_double_the_notification(deployment: Deployment, watch: Json) -> None:
    with deployment.firestore.faults.lose_answer("Commit"):
        assert deployment.notify(message(deployment, watch)).status_code == 204
    assert deployment.reconcile()["reconciled"] == 1
    assert deployment.reconcile()["reconciled"] == 0
