"""Processes are killed at the worst moments: nothing is lost, doubled or left behind."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import requests

from tests.support.stack import Person, Stack, call, until

Open = Callable[..., Any]


@pytest.fixture
def calendars(alice: Person) -> Iterator[list[str]]:
    created = [alice.create_calendar(f"Team {number}") for number in range(5)]
    yield created
    for calendar in created:
        alice.delete_calendar(calendar)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def ask(url: str, body: object = None) -> None:
    """Whoever asks is not told, when the process dies meanwhile."""
    with suppress(requests.ConnectionError):
        call("POST", url, body)


def created_in(stack: Stack, watch: Any) -> list[str]:
    """What the feed reports to be new, in its order."""
    return [event["subject"] for event in stack.api.changes(watch["id"]) if event["type"].endswith("acl.created.v1")]


def sequences(stack: Stack, watch: Any) -> list[int]:
    return [int(event["id"].rpartition(".")[2]) for event in stack.api.changes(watch["id"])]


def reports(stack: Stack, watch: Any, rules: set[str]) -> bool:
    return rules <= set(created_in(stack, watch))


def assert_reports_each_once(stack: Stack, watch: Any, rules: set[str]) -> None:
    until(partial(reports, stack, watch, rules), "every change is reported")
    assert sorted(created_in(stack, watch)) == sorted(rules)
    told = sequences(stack, watch)
    assert told == list(range(1, len(told) + 1))


def has_one_channel(stack: Stack, watch: Any) -> bool:
    """It is active, and the only channel that Google would use for its calendar is the one we know of."""
    shown = stack.api.show(watch["id"])
    live = [channel["id"] for channel in stack.google.live_channels() if channel["owner"] == watch["calendarId"]]
    return shown["state"] == "active" and live == [shown["channel"]["id"]]


def one_is_held(stack: Stack, subject: str) -> bool:
    """Somebody has claimed it: attention is put off by a lease, where else it would be long overdue, or far ahead."""
    now = datetime.now(UTC)
    times = [datetime.fromisoformat(watch["nextReconcileTime"]) for watch in stack.api.list(f"subject={subject}")]
    return any(1 < (each - now).total_seconds() < 6 for each in times)


def message_has_arrived(stack: Stack, watch: Any) -> bool:
    channel = watch["channel"]["id"]
    sent = [each for each in stack.google.admin("GET", "deliveries") if each["channel_id"] == channel]
    return any((each["state"], each["outcome"]) == ("exists", "delivered") for each in sent)


def test_killing_renew_between_taking_a_message_and_reading_loses_nothing(
    stack: Stack, alice: Person, calendar: str, subject: str, open_watch: Open
) -> None:
    watch = open_watch(resource="acl", calendarId=calendar)
    stack.renew.kill()
    alice.share(calendar, "bob@example.com", "reader")
    until(lambda: message_has_arrived(stack, watch), "the message arrives")
    with stack.simulator.frozen():
        stack.renew.restart()
        until(lambda: one_is_held(stack, subject), "renew takes the message, and waits for Google")
        stack.renew.kill()
    stack.renew.restart()

    assert_reports_each_once(stack, watch, {"user:bob@example.com"})


def test_killing_renew_again_and_again_loses_and_doubles_nothing(
    stack: Stack, alice: Person, calendars: list[str], open_watch: Open, pool: ThreadPoolExecutor
) -> None:
    watches = [open_watch(resource="acl", calendarId=calendar) for calendar in calendars]
    people = [f"user{number}@example.com" for number in range(6)]
    for number, person in enumerate(people):
        ask(stack.renew.url)  # the first sweep of a process is slow: it imports
        for calendar in calendars:
            alice.share(calendar, person, "reader")
        pool.submit(ask, stack.renew.url)
        time.sleep(number * 0.02)  # further into its work each time
        stack.renew.restart()

    rules = {f"user:{person}" for person in people}
    for watch in watches:
        assert_reports_each_once(stack, watch, rules)
        assert stack.api.items(watch["id"]).keys() == rules | {f"user:{alice.email}"}


def test_killing_watches_while_google_has_not_answered_leaves_one_channel_that_we_know(
    stack: Stack, calendar: str, subject: str, open_watch: Open, pool: ThreadPoolExecutor
) -> None:
    target = {"resource": "acl", "calendarId": calendar}
    with stack.simulator.frozen():
        pool.submit(ask, stack.watches.url, {**target, "subject": subject})
        until(lambda: one_is_held(stack, subject), "the intent is written, and Google asked")
        stack.watches.kill()
    stack.watches.restart()

    watch = open_watch(**target)
    until(partial(has_one_channel, stack, watch), "one channel, and we know it")


def test_killing_watches_at_any_moment_leaves_one_channel_for_each_watch(
    stack: Stack, calendars: list[str], subject: str, open_watch: Open, pool: ThreadPoolExecutor
) -> None:
    for number, calendar in enumerate(calendars):
        stack.api.list()  # the first request of a process is slow: it imports
        pool.submit(ask, stack.watches.url, {"resource": "acl", "calendarId": calendar, "subject": subject})
        time.sleep(number * 0.02)  # further into its work each time
        stack.watches.restart()

    for watch in [open_watch(resource="acl", calendarId=calendar) for calendar in calendars]:
        until(partial(has_one_channel, stack, watch), "one channel, and we know it")
