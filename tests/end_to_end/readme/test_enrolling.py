"""The script that CONSUMING.md shows enrols a whole domain."""

import json
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.api.deployment import Deployment
from tests.end_to_end.readme.conftest import Watches, example, served

GOOGLE = "https://admin.googleapis.com"


class Directory:
    """users.list: https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list."""

    def __init__(self, *emails: str) -> None:
        self.emails = emails

    def __call__(self, request: Request) -> Response:
        assert request.path == "/admin/directory/v1/users"
        assert (request.args["domain"], request.args["query"]) == ("example.com", "isSuspended=false")
        size, start = int(request.args["maxResults"]), int(request.args.get("pageToken", "0"))
        assert 1 <= size <= 500
        page: dict[str, Any] = {"kind": "admin#directory#users"}
        if users := [{"primaryEmail": each} for each in self.emails[start : start + size]]:
            page["users"] = users
        if start + size < len(self.emails):
            page["nextPageToken"] = str(start + size)
        return Response(json.dumps(page), mimetype="application/json")


def enrol(monkeypatch: pytest.MonkeyPatch, *emails: str) -> None:
    with served(Directory(*emails)) as url:
        monkeypatch.setenv("DOMAIN", "example.com")
        monkeypatch.setenv("ID_TOKEN", "of an operator")
        code = example("Enrolling a whole domain")
        assert GOOGLE in code
        exec(compile(code.replace(GOOGLE, url), "CONSUMING.md", "exec"), {})  # noqa: S102 (what is tested)


def test_every_user_is_enrolled_by_the_five_hundred(
    deployment: Deployment, watches: Watches, monkeypatch: pytest.MonkeyPatch
) -> None:
    emails = [f"user{number:03d}@example.com" for number in range(620)]
    enrol(monkeypatch, *emails)
    assert watches.paths == ["POST /batch"] * 2
    assert watches.asked[0].headers["Authorization"] == "Bearer of an operator"
    first = deployment.get("/", pageSize=500)
    enrolled = first["watches"] + deployment.get("/", pageSize=500, pageToken=first["nextPageToken"])["watches"]
    assert sorted(each["subject"] for each in enrolled) == emails
    assert {(each["resource"], *each["follow"]) for each in enrolled} == {("calendarList", "acl", "events")}


@pytest.mark.usefixtures("watches")
def test_who_cannot_be_enrolled_is_named_and_keeps_nobody_else_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        enrol(monkeypatch, "alice@example.com", "bob@example.net")
    said = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines() if line.count("@")]
    assert [each[:2] for each in said] == [
        ["alice@example.com", "202"],
        ["bob@example.net", "400"],
        ["alice@example.com", "200"],
        ["bob@example.net", "400"],
    ]
    assert "SUBJECT_DOMAINS" in said[1][2]


def test_a_domain_without_users_is_no_error(watches: Watches, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(monkeypatch)
    assert watches.paths == ["POST /batch"]
