"""The running `watches`, driven by its own document: its answers are in it, and what is in it are its answers.

How many were asked for in the search, and what never came, is printed: `make test ONLY="…::… -rP"` shows it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.stack import Stack

SETTINGS = {"SUBJECT_DOMAINS": "example.com"}
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
IN_TEST, IN_SEARCH = 15, 1200
"""Examples of each operation, right ones and wrong ones. Of three there are but a few: there is nothing to choose."""
LEAST = 10_000
"""Requests that a search has to make."""
METHOD_NOT_ALLOWED = 405
LEFT_OUT = "/checks"
"""Each body that is right takes what all of it takes, `renew` included: tests/api/test_checks.py."""
Answer = tuple[str, str, int]
NOT_HERE: Mapping[int, str] = {
    403: "needs Sec-Fetch-Site, or a refusal of Google's: tests/api/test_addresses.py, test_opening.py",
    413: "needs a body of 64 KiB: tests/api/test_bodies.py",
    415: "needs another content type: tests/api/test_addresses.py",
    500: "needs wrong settings or a defect: tests/api/test_outages.py",
    503: "needs Firestore to be away: tests/api/test_outages.py",
}
"""Statuses that no request alone brings about, whatever the operation."""
RARE: Mapping[Answer, str] = {
    ("POST", "/", 200): "needs a watch that is there: tests/api/test_opening.py",
    ("POST", "/", 202): "needs Google to be slow: tests/api/test_opening.py",
    ("DELETE", "/{id}", 202): "needs Google to refuse the stop: tests/api/test_ending.py",
    ("DELETE", "/{id}", 409): "needs a watch that is followed: tests/api/test_following.py",
    ("POST", "/", 404): "needs a calendar that Google does not know: tests/api/test_opening.py",
    ("GET", "/{id}/changes", 410): "needs changes that are too old: tests/api/test_feed.py",
}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(SETTINGS) as stack:
        yield stack


def test_nothing_is_answered_that_is_not_documented(stack: Stack) -> None:
    driven(stack, IN_TEST)


@pytest.mark.search
def test_everything_that_is_documented_is_answered(stack: Stack) -> None:
    answered = driven(stack, IN_SEARCH)
    missing = {each for each in documented(stack) - answered.keys() if each[2] not in NOT_HERE}
    print(f"{answered.total():,} requests; documented, and not answered: {sorted(missing)}")  # noqa: T201 (-rP)
    assert answered.total() >= LEAST
    assert missing <= RARE.keys()


def driven(stack: Stack, examples: int) -> Counter[Answer]:
    """What was answered, and how often. Fails for what departs from the document."""
    seen: Counter[Answer] = Counter()
    for number, operation in enumerate(operations(stack)):
        whose = f"user{number}@example.com"  # what one operation erases, another does not miss
        drive(operation, [living(stack, whose), ended(stack, whose)], examples, seen)
    assert seen.keys() <= documented(stack) | {(method, path, METHOD_NOT_ALLOWED) for method, path, _ in seen}
    return seen


def documented(stack: Stack) -> set[Answer]:
    return {
        (operation.method.upper(), operation.path, int(status))
        for operation in operations(stack)
        for status in operation.definition.raw["responses"]
    }


def operations(stack: Stack) -> list[Any]:
    schema = schemathesis.openapi.from_url(f"{stack.watches.url}openapi.json")
    everything = [each.ok() for each in schema.get_all_operations()]  # type: ignore[union-attr] # (fails)
    return [each for each in everything if each.path != LEFT_OUT]


def living(stack: Stack, whose: str) -> str:
    return str(stack.api.open(resource="acl", calendarId=whose, subject=whose)["id"])


def ended(stack: Stack, whose: str) -> str:
    return str(stack.api.end(stack.api.open(resource="settings", subject=whose)["id"])["id"])


def drive(operation: Any, ids: list[str], examples: int, seen: Counter[Answer]) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes(operation))),
        known=st.sampled_from([*ids, None]),
        more=st.sampled_from([{}, {}, {}, {"unheard": "of"}]),
    )
    def ask(case: Any, known: str | None, more: dict[str, str]) -> None:
        if known and "id" in case.path_parameters:
            case.path_parameters["id"] = known
        response = case.call(params=more)
        if response.status_code != METHOD_NOT_ALLOWED:  # of an id with a slash in it, that is another operation
            case.validate_response(response, checks=CHECKS)
        seen[operation.method.upper(), operation.path, response.status_code] += 1

    ask()


def modes(operation: Any) -> list[schemathesis.GenerationMode]:
    right, wrong = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
    return [right, wrong] if operation.query or operation.body else [right]
