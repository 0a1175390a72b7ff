"""While Firestore cannot be reached: 503 and a problem from each function, and never a false answer."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from werkzeug.test import TestResponse

from calendar_watch.http import openapi
from tests.api.conftest import Deploy, Lines
from tests.api.deployment import ACL, Deployment, Json, json_of, problem_of
from tests.api.documented import template_of
from tests.support import firestore_emulator

ID = "a" * 32
RPCS = ("Commit", "BatchGetDocuments", "RunQuery", "RunAggregationQuery")
HASTY = {"LEASE_SECONDS": "1"}
"""A call may take a third of a lease: so failures come soon."""


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"


def genuine(deployment: Deployment, watch: Json) -> dict[str, str]:
    channel = deployment.google.channel(watch["channel"]["id"])
    return dict(channel.message(7, "exists", channel.created).headers)


def documented_as(status: int) -> set[tuple[str, str]]:
    """The operations of which the document says that they may be answered so."""
    paths = openapi.document()["paths"].items()
    return {
        (method.upper(), path)
        for path, operations in paths
        for method, each in operations.items()
        if str(status) in each["responses"]
    }


def test_without_firestore_every_request_is_answered_503(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, nobody: str
) -> None:
    headers = genuine(deployment, deployment.open(ACL))
    deployment.deploy(monkeypatch, **HASTY, **{firestore_emulator.VARIABLE: nobody})
    requests = [
        ("watches", "POST", "/", {"json": ACL}),
        ("watches", "GET", "/", {}),
        ("watches", "POST", "/batch", {"json": {"requests": [ACL]}}),
        ("watches", "GET", "/summary", {}),
        ("watches", "GET", f"/{ID}", {}),
        ("watches", "GET", f"/{ID}/items", {}),
        ("watches", "GET", f"/{ID}/changes", {}),
        ("watches", "DELETE", f"/{ID}", {}),
        ("watches", "POST", f"/{ID}/retry", {"json": {}}),
        ("watches", "POST", f"/{ID}/resync", {"json": {}}),
        ("renew", "POST", "/", {}),
        ("renew", "POST", "/wakeups", {"json": {"message": {"attributes": {"watchId": ID}}, "subscription": "s"}}),
        ("renew", "POST", "/shards", {"json": {"message": {"attributes": {"shard": "3"}}, "subscription": "s"}}),
        ("notifications", "POST", "/", {"headers": headers}),
    ]
    assert {(method, template_of(path)) for name, method, path, _ in requests if name == "watches"} == documented_as(
        503
    )
    with ThreadPoolExecutor(len(requests)) as pool:
        answers = list(pool.map(lambda each: deployment.ask(*each[:3], **each[3]), requests))
    assert [answer.status_code for answer in answers] == [503] * len(requests)
    assert {problem_of(answer)["title"] for answer in answers} == {"Service Unavailable"}


def end(deployment: Deployment, watch: Json) -> TestResponse:
    return deployment.end(watch)


def ask_again(deployment: Deployment, _watch: Json) -> TestResponse:
    return deployment.post({**ACL, "labels": {"team": "red"}})


def sweep(deployment: Deployment, _watch: Json) -> TestResponse:
    return deployment.ask("renew", "POST")


@pytest.mark.uncounted
def test_a_single_failure_of_any_call_is_bridged_or_told_as_503(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    for rpc in RPCS:
        for request in (ask_again, sweep, end, ask_again):
            with deployment.firestore.faults.refuse(rpc):
                answer = request(deployment, watch)
            assert answer.status_code in {200, 202, 503}, (rpc, request)
    assert json_of(deployment.post(ACL))["state"] == "active"


@pytest.mark.parametrize("function", ["watches", "notifications", "renew"])
def test_wrong_settings_are_one_line_in_the_log_and_no_secret_to_the_caller(
    deploy: Deploy, lines: Lines, function: str
) -> None:
    deployment = deploy(CHANNEL_TOKEN_KEYS="too short", GOOGLE_CLOUD_PROJECT="")  # noqa: S106 (that is the point)
    answer = deployment.ask(function, "POST", "/")
    assert (answer.status_code, problem_of(answer)["detail"]) == (500, "this function does not work: see its log")
    (line,) = lines()
    assert line["severity"] == "ERROR"
    assert "GOOGLE_CLOUD_PROJECT" in line["message"]
    assert "CHANNEL_TOKEN_KEYS" in line["message"]
    assert "too short" not in line["message"]


def test_with_wrong_settings_every_documented_operation_is_a_500_and_checks_say_which(deploy: Deploy) -> None:
    deployment = deploy(GOOGLE_CLOUD_PROJECT="")
    for path, operations in openapi.document()["paths"].items():
        for method in operations:
            answered = deployment.ask("watches", method.upper(), path.format(id=ID), json={}).status_code
            assert answered == (200 if path == "/checks" else 500)


@pytest.mark.parametrize("code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED])
def test_a_firestore_that_does_not_let_us_in_is_unavailable_too(deployment: Deployment, code: grpc.StatusCode) -> None:
    headers = genuine(deployment, deployment.open(ACL))
    with deployment.firestore.faults.refuse("Commit", code=code, nth=None):
        assert (
            deployment.ask("watches", "POST", "/", json=ACL | {"resource": "settings", "calendarId": None}).status_code
            == 503
        )
        assert deployment.ask("notifications", "POST", "/", headers=headers).status_code == 503


def test_a_write_that_firestore_will_never_take_is_a_defect_of_ours(deployment: Deployment) -> None:
    with deployment.firestore.faults.refuse("Commit", code=grpc.StatusCode.INVALID_ARGUMENT, nth=None):
        assert deployment.post(ACL).status_code == 500
