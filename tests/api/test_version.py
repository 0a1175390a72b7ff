"""Which version is at work: told by every answer of `watches`, and by the first heading of CHANGELOG.md."""

import re
from pathlib import Path

import pytest

from calendar_watch import __version__
from tests.api.deployment import ACL, Deployment

HEADER = "Calendar-Watch-Version"
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 200), ("GET", f"/{'a' * 32}", 404), ("PUT", "/", 405), ("GET", "/no/such/address", 404)],
)
def test_whatever_watches_answers_tells_the_version(
    deployment: Deployment, method: str, path: str, status: int
) -> None:
    response = deployment.ask("watches", method, path)
    assert (response.status_code, response.headers[HEADER]) == (status, __version__)


def test_a_watch_that_is_opened_and_one_that_cannot_be_are_answered_with_the_version(deployment: Deployment) -> None:
    created, wrong = deployment.post(ACL), deployment.post({**ACL, "resource": "none"})
    assert [(each.status_code, each.headers[HEADER]) for each in (created, wrong)] == [
        (201, __version__),
        (400, __version__),
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_public_is_not_told(deployment: Deployment, method: str) -> None:
    assert HEADER not in deployment.ask("notifications", method).headers


def test_the_changelog_begins_with_the_version_that_the_code_tells() -> None:
    headings = re.findall(r"^## \[?(\S+?)\]? ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == __version__
