"""What is not there, and what cannot be done where something is."""

from collections.abc import Mapping
from typing import Any

import pytest

from calendar_watch.http import openapi
from tests.api.deployment import ACL, Deployment, problem_of, wrong_fields

UNKNOWN = "a" * 32
NO_IDS = [
    "x",
    "A" * 32,
    "a" * 31,
    "a" * 33,
    "a" * 31 + "1",
    ".",
    "..",
    "__a__",
    "a" * 2_000,
    "%00",
    "%ff",
    "a%2fb",
    "🗓",
    "a%0ab",
]


PATHS_WITH = {
    **{
        name: ["/"]
        for name in ("pageToken", "resource", "subject", "calendarId", "state", "reason", "label", "followedBy")
    },
    "pageSize": ["/", f"/{UNKNOWN}/changes"],
    **{name: [f"/{UNKNOWN}/changes"] for name in ("after", "since", "until")},
}
WRONG_PARAMETERS = {
    "pageSize": ["0", "501", "", "ten", "1.5", "-1", "+1", " 1", "\N{ARABIC-INDIC DIGIT FIVE}", "9" * 5_000],
    "pageToken": ["x", "A" * 32, "a" * 33],
    "resource": ["calendars", "", "ACL"],
    "subject": ["x" * 513],
    "calendarId": ["x" * 513],
    "state": ["asleep", "", "ACTIVE"],
    "reason": ["tired", "", "notfound"],
    "followedBy": ["", "a" * 31, "A" * 32],
    "label": ["team", ":security", "Team:security", ""],
    "since": ["", "tuesday", "2026-11-27", "2026-11-27T10:00:00", "2026-11-27T10:00:00 01:00", "2026-13-27T10:00:00Z"],
    "until": ["", "2026-W48", "1.5", "2026-11-27T25:00:00Z"],
    "after": ["-1", "x", "", "9" * 18, "9" * 5_000],
}
ALL_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "UNHEARD"}
PATHS: Mapping[str, Mapping[str, Any]] = {
    path.replace("{id}", UNKNOWN): {method.upper(): operation for method, operation in methods.items()}
    for path, methods in openapi.document()["paths"].items()
}
"""Of `watches`, with the operations that its document has of each."""
ADDRESSES = [(method, path) for path, operations in PATHS.items() for method in operations]
PARAMETERS = [
    (method, path, each["name"], each["schema"])
    for method, path in ADDRESSES
    for each in PATHS[path][method].get("parameters", [])
    if each["in"] == "query"
]


@pytest.mark.parametrize(
    ("function", "path", "allowed"),
    [
        *(("watches", path, {*operations}) for path, operations in PATHS.items()),
        ("watches", "/console", {"GET"}),
        ("watches", f"/watches/{UNKNOWN}/changes", {"GET"}),
        ("notifications", "/", {"POST"}),
        ("renew", "/", {"POST"}),
        ("renew", "/wakeups", {"POST"}),
        ("renew", "/shards", {"POST"}),
    ],
)
def test_a_method_that_is_not_for_the_address_is_answered_with_those_that_are(
    deployment: Deployment, function: str, path: str, allowed: set[str]
) -> None:
    for method in sorted(ALL_METHODS - allowed):
        response = deployment.ask(function, method, path)
        assert response.status_code == 405
        assert set(response.headers["Allow"].split(", ")) == allowed
        assert method == "HEAD" or problem_of(response)["title"] == "Method Not Allowed"
    assert deployment.firestore.calls.log() == []


@pytest.mark.parametrize(
    ("function", "path"),
    [
        ("watches", f"/{UNKNOWN}/channels"),
        ("watches", f"/{UNKNOWN}/items/1"),
        ("watches", f"/watches/watches/{UNKNOWN}"),
        ("renew", "/wakeup"),
        ("renew", "/wakeups/1"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_elsewhere_there_is_nothing(deployment: Deployment, function: str, path: str, method: str) -> None:
    response = deployment.ask(function, method, path)
    assert response.status_code == 404
    assert path in problem_of(response)["detail"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("DELETE", ""), ("GET", "/items"), ("GET", "/changes")], ids=str
)
def test_an_id_of_no_watch_is_not_found(deployment: Deployment, method: str, path: str) -> None:
    response = deployment.ask("watches", method, f"/{UNKNOWN}{path}")
    assert response.status_code == 404
    assert UNKNOWN in problem_of(response)["detail"]


@pytest.mark.parametrize("path", ["", "/items", "/changes"])
def test_what_can_be_no_id_is_not_found_and_not_looked_for(deployment: Deployment, path: str) -> None:
    for name in NO_IDS:
        for method in ("GET",) if path else ("GET", "DELETE"):
            response = deployment.ask("watches", method, f"/{name}{path}")
            assert response.status_code == 404, name
            assert problem_of(response)["title"] == "Not Found"
    assert deployment.firestore.calls.log() == []


@pytest.mark.parametrize("name", WRONG_PARAMETERS)
def test_a_wrong_parameter_is_refused_by_name(deployment: Deployment, name: str) -> None:
    for value in WRONG_PARAMETERS[name]:
        for path in PATHS_WITH[name]:
            response = deployment.ask("watches", "GET", path, query_string={name: value})
            assert wrong_fields(response) == [name], (path, value)
    assert deployment.firestore.calls.log() == []


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_an_unknown_parameter_is_refused_by_name_everywhere(deployment: Deployment, method: str, path: str) -> None:
    response = deployment.ask("watches", method, path, json={}, query_string={"status": "suspended", "Label": "a:b"})
    assert wrong_fields(response) == ["status", "Label"]
    assert deployment.firestore.calls.log() == []


@pytest.mark.parametrize(("method", "path", "name", "schema"), PARAMETERS)
def test_a_parameter_given_twice_is_refused_by_name_everywhere_unless_it_may_repeat(
    deployment: Deployment, method: str, path: str, name: str, schema: Mapping[str, Any]
) -> None:
    response = deployment.ask("watches", method, path, json={}, query_string={name: ["\0", "\0"]})
    assert wrong_fields(response) == [name]
    told = problem_of(response)["errors"][0]["message"]
    assert (told == "is given twice") is (schema.get("type") != "array")
    assert deployment.firestore.calls.log() == []


def test_everything_that_is_wrong_with_a_query_is_told_at_once(deployment: Deployment) -> None:
    query = {"state": "asleep", "pageSize": ["1", "2"], "stat": "active", "resource": "acl"}
    assert wrong_fields(deployment.ask("watches", "GET", "/", query_string=query)) == ["state", "pageSize", "stat"]


@pytest.mark.parametrize(("method", "path"), [each for each in ADDRESSES if each[0] == "POST"])
def test_no_page_of_another_site_can_post_anything(deployment: Deployment, method: str, path: str) -> None:
    foreign = deployment.ask("watches", method, path, json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, problem_of(foreign)["type"][-9:]) == (403, "forbidden")
    for kind in (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        form = deployment.ask("watches", method, path, data="{}", content_type=kind)
        assert (form.status_code, problem_of(form)["type"][-22:]) == (415, "unsupported-media-type")
    assert deployment.firestore.calls.log() == []


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
def test_our_own_page_may_post(deployment: Deployment, site: str) -> None:
    assert deployment.ask("watches", "POST", "/", json=ACL, headers={"Sec-Fetch-Site": site}).status_code == 201
