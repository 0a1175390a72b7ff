"""What is not there, and what cannot be done where something is."""

import pytest

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
]


PATHS_WITH = {
    **{name: ["/"] for name in ("pageToken", "resource", "state", "label")},
    "pageSize": ["/", f"/{UNKNOWN}/changes"],
    "after": [f"/{UNKNOWN}/changes"],
}
WRONG_PARAMETERS = {
    "pageSize": ["0", "501", "", "ten", "1.5", "-1", "+1", " 1", "\N{ARABIC-INDIC DIGIT FIVE}", "9" * 5_000],
    "pageToken": ["x", "A" * 32, "a" * 33],
    "resource": ["calendars", "", "ACL"],
    "state": ["asleep", "", "ACTIVE"],
    "label": ["team", ":security", "Team:security", ""],
    "after": ["-1", "x", "", "9" * 18, "9" * 5_000],
}
ALL_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


@pytest.mark.parametrize(
    ("function", "path", "allowed"),
    [
        ("watches", "/", {"GET", "POST"}),
        ("watches", f"/{UNKNOWN}", {"GET", "DELETE"}),
        ("watches", f"/{UNKNOWN}/items", {"GET"}),
        ("watches", f"/watches/{UNKNOWN}/changes", {"GET"}),
        ("notifications", "/", {"POST"}),
        ("renew", "/", {"POST"}),
        ("renew", "/wakeups", {"POST"}),
    ],
)
def test_a_method_that_is_not_for_the_address_is_answered_with_those_that_are(
    deployment: Deployment, function: str, path: str, allowed: set[str]
) -> None:
    for method in sorted(ALL_METHODS - allowed):
        response = deployment.ask(function, method, path)
        assert response.status_code == 405
        assert set(response.headers["Allow"].split(", ")) == allowed
        assert problem_of(response)["title"] == "Method Not Allowed"
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


def test_a_get_of_the_largest_numbers_is_answered(deployment: Deployment) -> None:
    watch = deployment.open(ACL)
    answer = deployment.get(f"/{watch['id']}/changes", after=10**17, pageSize=500)
    assert answer == {"changes": [], "nextAfter": 10**17}
