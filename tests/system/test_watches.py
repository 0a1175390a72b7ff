"""Watches are opened once, whoever asks however often, and leave nothing behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from tests.stack import Stack, call, until

Open = Callable[..., Any]


def channels_of(stack: Stack, calendar: str) -> list[str]:
    """Ids of the channels that Google would use for it now."""
    return [channel["id"] for channel in stack.google.live_channels() if channel["owner"] == calendar]


def test_a_watch_that_is_asked_for_twice_is_one_watch_with_one_channel(
    stack: Stack, calendar: str, open_watch: Open
) -> None:
    first = open_watch(resource="acl", calendarId=calendar)
    second = open_watch(resource="acl", calendarId=calendar)

    assert first["id"] == second["id"]
    assert channels_of(stack, calendar) == [second["channel"]["id"]]
    assert stack.api.show(first["id"])["state"] == "active"


def test_of_twenty_who_ask_at_once_one_creates_the_watch_and_its_only_channel(
    stack: Stack, calendar: str, subject: str
) -> None:
    order = {"resource": "acl", "calendarId": calendar, "subject": subject}

    def ask(_: int) -> requests.Response:
        return call("POST", stack.watches.url, order)

    with ThreadPoolExecutor(20) as callers:
        answers = list(callers.map(ask, range(20)))
    watch_id = answers[0].json()["id"]

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert {answer.json()["id"] for answer in answers} == {watch_id}
    until(lambda: stack.api.show(watch_id)["state"] == "active", "the watch is active")
    assert channels_of(stack, calendar) == [stack.api.show(watch_id)["channel"]["id"]]
    assert stack.api.end(watch_id)["state"] == "stopped"


def test_a_watch_that_is_ended_leaves_no_live_channel(stack: Stack, calendar: str, open_watch: Open) -> None:
    watch = open_watch(resource="acl", calendarId=calendar)
    assert len(channels_of(stack, calendar)) == 1

    assert stack.api.end(watch["id"])["state"] == "stopped"
    assert channels_of(stack, calendar) == []
    assert stack.api.end(watch["id"])["state"] == "stopped"


def test_a_watch_that_google_forbids_leaves_nothing(stack: Stack) -> None:
    answer = call("POST", stack.watches.url, {"resource": "acl", "calendarId": "nobody@example.com"})

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["reason"] == "notFound"
    assert "nobody@example.com" not in {watch["calendarId"] for watch in stack.api.list()}
    assert channels_of(stack, "nobody@example.com") == []
