"""A change at Google arrives on Pub/Sub at once: nobody sweeps here, only wake-ups make `renew` work."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.end_to_end.system.conftest import QUICK, has_warmed_up, is_at_rest
from tests.support import pubsub_emulator
from tests.support.backends import backends
from tests.support.stack import Person, Stack, event_of, until

BACKENDS = backends("Pub/Sub", present=pubsub_emulator.present())
NEVER = 3600.0
MEANWHILE = 120.0
"""Seconds, however busy the machine: no sweep ever comes, and a reading on schedule only after an hour."""
BOB = "bob@example.com"

Open = Callable[..., Any]


@pytest.fixture(scope="module", params=BACKENDS)
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    with Stack({**QUICK, "SETTLE_SECONDS": "3600"}, pubsub=request.param, tick=NEVER) as stack:
        until(lambda: has_warmed_up(stack), "a first watch is opened and ended")
        yield stack


@pytest.fixture
def watch(stack: Stack, calendar: str, open_watch: Open) -> Any:
    watch = open_watch(resource="acl", calendarId=calendar, labels={"team": "security"})
    until(lambda: is_at_rest(stack, watch["id"]), "only a message can bring the next change")
    return watch


def next_message(stack: Stack, watch: Any, kind: str) -> Any:
    """The first of this kind, of this watch."""

    def found() -> Any:
        came = [each for each in stack.pubsub.messages() if each["orderingKey"] == watch["id"]]
        return [each for each in came if each["attributes"]["ce-type"] == kind]

    return until(found, f"{kind} arrives", MEANWHILE)[0]


def test_a_change_arrives_at_once_as_the_cloud_event_that_is_promised(
    stack: Stack, alice: Person, calendar: str, watch: Any
) -> None:
    alice.share(calendar, BOB, "reader")
    next_message(stack, watch, "calendarwatch.acl.created.v1")
    now = datetime.now(UTC)
    alice.share(calendar, BOB, "writer")
    message = next_message(stack, watch, "calendarwatch.acl.updated.v1")
    told = message["attributes"].pop("ce-time")

    assert abs((datetime.fromisoformat(told) - now).total_seconds()) < MEANWHILE
    assert message["attributes"] == {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-type": "calendarwatch.acl.updated.v1",
        "ce-source": f"//calendarwatch/projects/{stack.project}/watches/{watch['id']}",
        "ce-id": f"{watch['id']}.3",
        "ce-subject": f"user:{BOB}",
        "ce-sequence": "00000000000000000003",
        "ce-partitionkey": watch["id"],
        "ce-resource": "acl",
        "ce-calendarid": calendar,
        "ce-user": watch["subject"],
        "ce-exposure": "internal",
        "ce-exposurechange": "raised",
        "ce-role": "writer",
    }


def test_its_data_tells_before_and_after(stack: Stack, alice: Person, calendar: str, watch: Any) -> None:
    alice.share(calendar, BOB, "reader")
    next_message(stack, watch, "calendarwatch.acl.created.v1")
    alice.share(calendar, BOB, "writer")
    event = event_of(next_message(stack, watch, "calendarwatch.acl.updated.v1"))
    rule = {"id": f"user:{BOB}", "scope": {"type": "user", "value": BOB}}

    data = dict(event["data"])
    assert data.pop("noticeTime") <= data.pop("readTime") <= event["time"]
    assert data == {
        "watch": {
            "id": watch["id"],
            "resource": "acl",
            "calendarId": calendar,
            "user": watch["subject"],
            "labels": {"team": "security"},
        },
        "itemId": f"user:{BOB}",
        "before": {**rule, "role": "reader"},
        "after": {**rule, "role": "writer"},
        "changedFields": ["role"],
        "cause": "notification",
        "exposure": {"before": "internal", "after": "internal", "change": "raised"},
    }
    assert event in stack.api.changes(watch["id"]), "the resume feed has the same"


def test_what_the_watch_says_of_itself_comes_in_the_same_sequence(
    stack: Stack, alice: Person, calendar: str, watch: Any
) -> None:
    opened = next_message(stack, watch, "calendarwatch.watch.opened.v1")
    alice.share(calendar, BOB, "reader")
    created = next_message(stack, watch, "calendarwatch.acl.created.v1")
    stack.api.end(watch["id"])
    stopped = next_message(stack, watch, "calendarwatch.watch.stopped.v1")

    assert [event_of(each)["id"].rpartition(".")[2] for each in (opened, created, stopped)] == ["1", "2", "3"]
    assert "ce-subject" not in opened["attributes"]
