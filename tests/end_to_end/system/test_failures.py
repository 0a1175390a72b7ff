"""What the functions say when they cannot work."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from calendar_watch.model.channel_token import ChannelTokens
from tests.support.stack import Function, Stack, call, free_ports, until

INTAKE_NEEDS = ["GOOGLE_CLOUD_PROJECT", "CHANNEL_TOKEN_KEYS"]
ALL_NEED = [*INTAKE_NEEDS, "NOTIFICATION_URL", "CALENDAR_SERVICE_ACCOUNT", "SUBJECT_DOMAINS"]


@pytest.fixture
def unconfigured(tmp_path: Path) -> Iterator[Callable[[str], Function]]:
    """Start the named function with nothing in its environment."""
    started: list[Function] = []

    def start(target: str) -> Function:
        started.append(Function(target, next(free_ports()), {}, tmp_path))
        started[-1].start()
        return started[-1]

    yield start
    for function in started:
        function.kill()


@pytest.mark.parametrize(
    ("target", "missing"), [("watches", ALL_NEED), ("notifications", INTAKE_NEEDS), ("renew", ALL_NEED)]
)
def test_an_unconfigured_function_names_every_missing_variable(
    unconfigured: Callable[[str], Function], target: str, missing: list[str]
) -> None:
    function = unconfigured(target)

    assert until(function.status, f"{target} answers") == 500
    log = "".join(function.lines())
    assert [name for name in missing if f"{name} is not set" not in log] == []


@pytest.fixture(scope="module")
def without_firestore() -> Iterator[Stack]:
    """Everything is there, but nobody listens where Firestore should be."""
    with Stack({"LEASE_SECONDS": "3"}, firestore=f"127.0.0.1:{next(free_ports())}") as stack:
        yield stack


def genuine(stack: Stack) -> dict[str, str]:
    return {
        "X-Goog-Channel-ID": "c-1",
        "X-Goog-Channel-Token": ChannelTokens([stack.signing_key]).sign("c-1", "a" * 32),
        "X-Goog-Message-Number": "2",
        "X-Goog-Resource-ID": "r-1",
        "X-Goog-Resource-State": "exists",
        "X-Goog-Resource-URI": "https://www.googleapis.com/",
    }


def is_a_problem(answer: requests.Response) -> bool:
    """Unavailable, and says so as RFC 9457 wants it."""
    return answer.status_code == 503 and answer.headers["Content-Type"] == "application/problem+json"


def test_without_firestore_watches_is_unavailable(without_firestore: Stack) -> None:
    url = without_firestore.watches.url
    target = {"resource": "acl", "calendarId": "alice@example.com"}

    assert is_a_problem(call("GET", url))
    assert is_a_problem(call("POST", url, target))


def test_without_firestore_google_is_asked_to_repeat_its_message(without_firestore: Stack) -> None:
    answer = call("POST", without_firestore.notifications.url, headers=genuine(without_firestore))

    assert is_a_problem(answer)


def test_without_firestore_renew_is_unavailable(without_firestore: Stack) -> None:
    assert is_a_problem(call("POST", without_firestore.renew.url))
