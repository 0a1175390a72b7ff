"""Bodies that must be refused: with the field named, nothing asked of Google, and nothing stored."""

import io
import json
import math
from collections.abc import Iterable
from typing import Any

import pytest

from tests.api.conftest import Deploy
from tests.api.deployment import ACL, SETTINGS, Deployment, problem_of, wrong_fields
from tests.api.google import ALICE

NOT_AN_OBJECT = [
    b"",
    b"acl",
    b"{",
    b'{"resource": "acl",}',
    b"{'resource': 'acl'}",
    b'{"resource": "acl"} {}',
    b'{"resource": "\xff\xfe"}',
    b'{"resource": "a\nl"}',
    b"\x00",
    b"[" * 60_000,
    b'{"labels":' * 6_000,
    b"9" * 5_000,
    b"null",
    b"true",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b'"acl"',
    b'[{"resource": "acl"}]',
]
WRONG_LABELS: list[Any] = [1, None, True, {}, ["x"], math.nan, "x" * 257, "\ud800"]
WRONG_VALUES: dict[str, list[Any]] = {
    "resource": [None, "ACL", "", 1, True, ["acl"], {"acl": True}, {}, "\ud800"],
    "calendarId": [None, "", 7, True, [ALICE], {}, "a b", "a\x00b", "\ud800", "c" * 513],
    "subject": [
        *("", "alice", "@example.com", "alice@", "alice@example.com ", "alice@example.com\n", "a\x00@example.com"),
        *("alice@example.com,bob@example.com", "Alice <alice@example.com>", "\u212aevin@example.com"),
        *("\ud800@example.com", "a" * 65 + "@example.com", "alice@elsewhere.com", "alice@sub.example.com"),
        *("alice@example.com.elsewhere.com", ["alice@example.com"], 1, False, {}),
    ],
    "params": ["600", 600, ["600"], True, {"ttl": "600", "expiration": "1"}],
    "params.ttl": ["599", "2592001", "", "1e3", "600.0", "+600", " 600", "-600", 600, 600.0, None, True, ["600"]],
    "labels": [
        *("team:security", ["team"], 1, True, {f"l{n}": "" for n in range(17)}),
        *({key: ""} for key in ("", "Team", "1", "_a", "a.b", "a/b", "ä", "a\n", "a" * 64)),
        *({"a": value} for value in WRONG_LABELS),
    ],
    "eventTypes": [["default"], [], "default", 1],
    "follow": [["acl"], "acl", False, 0, {}],
}
WRONG_DIGITS = ["٦٠٠", "6_00", "9" * 4_000, "0600", "00000600"]
WRONG_OTHERWISE = [
    (b"{}", ["resource"]),
    (b'{"resource": ["acl"]}', ["resource"]),
    (b'{"resource": "acl"}', ["calendarId"]),
    (b'{"resource": "calendarList", "calendarId": "a@example.com"}', ["calendarId"]),
    (b'{"resource": "settings", "calendarId": "a@example.com"}', ["calendarId"]),
    (b'{"resource": "calendarList", "follow": ["settings"]}', ["follow"]),
    (b'{"resource": "calendarList", "follow": "acl"}', ["follow"]),
    (b'{"resource": "calendarList", "follow": [["acl"]]}', ["follow"]),
    (b'{"resource": "events", "calendarId": "a@example.com", "eventTypes": ["party"]}', ["eventTypes"]),
    (b'{"resource": "events", "calendarId": "a@example.com", "eventTypes": []}', ["eventTypes"]),
    (b'{"resource": "settings", "colour": "red"}', ["colour"]),
    (b'{"resource": "settings", "": 1}', [""]),
    (b'{"resource": "settings", "\\ud800": 1}', ["\ud800"]),
    (b'{"resource": "settings", "%s": 1}' % (b"x" * 5_000), ["x" * 100]),
    (b'{"resource": "settings", "ttl": "600"}', ["ttl"]),
    (b'{"resource": "settings", "resource": "acl"}', ["resource"]),
    (b'{"resource": "settings", "labels": {"a": "1", "a": "2"}}', ["a"]),
]
OURS = [
    ("id", "a fresh UUID"),
    ("token", "CHANNEL_TOKEN_KEYS"),
    ("address", "NOTIFICATION_URL"),
    ("type", "web_hook"),
    ("expiration", "params.ttl"),
]


def assert_nothing_happened(deployment: Deployment) -> None:
    assert deployment.firestore.calls.log() == []
    assert deployment.google.simulator.calls == []


def numbered(cases: Iterable[Any]) -> list[Any]:
    return [pytest.param(case, id=str(number)) for number, case in enumerate(cases)]


@pytest.mark.parametrize("body", numbered(NOT_AN_OBJECT))
def test_a_body_that_is_no_json_object_is_refused(deployment: Deployment, body: bytes) -> None:
    response = deployment.ask("watches", "POST", data=body, content_type="application/json")
    assert wrong_fields(response) == [""]
    assert "JSON" in problem_of(response)["detail"]
    assert_nothing_happened(deployment)


@pytest.mark.parametrize("field", WRONG_VALUES)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(deployment: Deployment, field: str) -> None:
    for value in WRONG_VALUES[field]:
        body = {**ACL, "params": {"ttl": value}} if field == "params.ttl" else {**ACL, field: value}
        assert wrong_fields(deployment.post(body)) == [field], value
    assert_nothing_happened(deployment)


@pytest.mark.parametrize("ttl", numbered(WRONG_DIGITS))
def test_a_lifetime_is_a_few_plain_digits(deployment: Deployment, ttl: str) -> None:
    assert wrong_fields(deployment.post({**ACL, "params": {"ttl": ttl}})) == ["params.ttl"]


@pytest.mark.parametrize("case", numbered(WRONG_OTHERWISE))
def test_what_is_missing_strange_or_out_of_place_is_refused_by_name(
    deployment: Deployment, case: tuple[bytes, list[str]]
) -> None:
    body, fields = case
    response = deployment.ask("watches", "POST", data=body, content_type="application/json")
    assert wrong_fields(response) == fields
    assert_nothing_happened(deployment)


@pytest.mark.parametrize(("field", "source"), OURS)
def test_what_is_ours_to_set_is_refused_with_where_it_comes_from(
    deployment: Deployment, field: str, source: str
) -> None:
    response = deployment.post({**ACL, field: "mine"})
    assert wrong_fields(response) == [field]
    assert source in problem_of(response)["errors"][0]["message"]
    assert_nothing_happened(deployment)


def test_every_wrong_field_is_named_at_once(deployment: Deployment) -> None:
    body = {"resource": "acl", "subject": "?", "params": {"ttl": 1}, "labels": 1, "type": "x", "colour": 1}
    fields = ["calendarId", "colour", "labels", "params.ttl", "subject", "type"]
    assert sorted(wrong_fields(deployment.post(body))) == fields


@pytest.mark.parametrize("resource", ["events", "settings"])
def test_what_is_not_among_the_resources_is_refused(deploy: Deploy, resource: str) -> None:
    deployment = deploy(RESOURCES="acl,calendarList")
    response = deployment.post({"resource": resource, **({"calendarId": ALICE} if resource == "events" else {})})
    assert wrong_fields(response) == ["resource"]
    assert "RESOURCES" in problem_of(response)["detail"]


def test_the_largest_body_is_read_and_one_byte_more_is_refused(deployment: Deployment) -> None:
    body = json.dumps(ACL).encode().ljust(64 * 1024)
    largest = deployment.ask("watches", "POST", data=body, content_type="application/json")
    too_large = deployment.ask("watches", "POST", data=body + b" ", content_type="application/json")
    assert (largest.status_code, too_large.status_code) == (201, 413)
    assert "64 KiB" in problem_of(too_large)["detail"]


def test_a_body_of_unknown_length_may_be_no_larger(deployment: Deployment) -> None:
    chunked: dict[str, Any] = {"environ_overrides": {"wsgi.input_terminated": True}, "content_type": "application/json"}
    largest = deployment.ask("watches", "POST", input_stream=io.BytesIO(json.dumps(ACL).encode()), **chunked)
    too_large = deployment.ask("watches", "POST", input_stream=io.BytesIO(b" " * 65_537), **chunked)
    assert (largest.status_code, too_large.status_code) == (201, 413)


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonl"])
def test_only_json_is_taken(deployment: Deployment, kind: str | None) -> None:
    response = deployment.ask("watches", "POST", data=json.dumps(ACL), content_type=kind)
    assert response.status_code == 415
    assert "application/json" in problem_of(response)["detail"]
    assert_nothing_happened(deployment)


def test_the_bounds_themselves_are_taken(deployment: Deployment) -> None:
    labels = {f"l{n}": "x" * 256 for n in range(15)} | {"a" + "_" * 62: "ä 🗓"}
    watch = deployment.open(ACL, labels=labels, params={"ttl": "600"})
    assert watch["labels"] == labels


def test_a_label_may_hold_any_character(deployment: Deployment) -> None:
    labels = {"note": "two\nlines,\ta tab, \x7f and \x00"}
    assert deployment.open(ACL, labels=labels)["labels"] == labels
    deployment.share("reader")
    [watch] = deployment.get("/", label=f"note:{labels['note']}")["watches"]
    assert deployment.changes(watch)[-1]["data"]["watch"]["labels"] == labels


def test_null_stands_for_left_out(deployment: Deployment) -> None:
    nothing = dict.fromkeys(("params", "labels", "follow", "eventTypes"))
    watch = deployment.open({**SETTINGS, "calendarId": None, **nothing})
    assert watch["labels"] == {}
