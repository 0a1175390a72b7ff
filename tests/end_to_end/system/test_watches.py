"""Watches are opened once, whoever asks however often, and leave nothing behind."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.end_to_end.system.conftest import BACKENDS, is_stopped
from tests.support.stack import Stack, call, until

pytestmark = pytest.mark.parametrize("stack", BACKENDS, indirect=True, scope="session")
Open = Callable[..., Any]


def channels_of(stack: Stack, calendar: str) -> list[str]:
    """Ids of the channels that Google would use for it now."""
    return [channel["id"] for channel in stack.google.live_channels() if channel["owner"] == calendar]


def has_one_channel(stack: Stack, watch_id: str, calendar: str) -> bool:
    """It is active, and Google would use no other channel than the one we know of."""
    shown = stack.api.show(watch_id)
    return shown["state"] == "active" and channels_of(stack, calendar) == [shown["channel"]["id"]]


def test_a_watch_that_is_asked_for_twice_is_one_watch_with_one_channel(
    stack: Stack, calendar: str, open_watch: Open
) -> None:
    first = open_watch(resource="acl", calendarId=calendar)
    second = open_watch(resource="acl", calendarId=calendar)

    assert first["id"] == second["id"]
    until(lambda: has_one_channel(stack, first["id"], calendar), "the watch is active, with one channel")


def test_of_twenty_who_ask_at_once_one_creates_the_watch_and_its_only_channel(
    stack: Stack, calendar: str, subject: str
) -> None:
    target = {"resource": "acl", "calendarId": calendar, "subject": subject}

    def ask(_: int) -> requests.Response:
        return call("POST", stack.watches.url, target)

    with ThreadPoolExecutor(20) as callers:
        answers = list(callers.map(ask, range(20)))
    watch_id = answers[0].json()["id"]

    *found, opened = sorted(answer.status_code for answer in answers)
    assert (found, opened in {201, 202}) == ([200] * 19, True), "202: opened as well, but not within the call"
    assert {answer.json()["id"] for answer in answers} == {watch_id}
    until(lambda: has_one_channel(stack, watch_id, calendar), "the watch is active, with one channel")
    stack.api.end(watch_id)
    until(lambda: is_stopped(stack, watch_id), "the watch is stopped")


def test_a_watch_that_is_ended_leaves_no_live_channel(stack: Stack, calendar: str, open_watch: Open) -> None:
    watch = open_watch(resource="acl", calendarId=calendar)
    until(lambda: has_one_channel(stack, watch["id"], calendar), "the watch is active, with one channel")

    assert stack.api.end(watch["id"])["state"] in {"stopping", "stopped"}
    until(lambda: is_stopped(stack, watch["id"]), "the watch is stopped")
    assert channels_of(stack, calendar) == []
    assert stack.api.end(watch["id"])["state"] == "stopped"


def test_a_watch_that_google_forbids_leaves_nothing(stack: Stack) -> None:
    def refused() -> list[tuple[str, requests.Response]]:
        """Nothing, while it is undecided within the call: `renew` was quicker."""
        calendar = f"{uuid.uuid4().hex}@example.com"
        answer = call("POST", stack.watches.url, {"resource": "acl", "calendarId": calendar})
        return [] if answer.status_code == 202 else [(calendar, answer)]

    [(calendar, answer)] = until(refused, "a refusal is told within the call")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["reason"] == "notFound"
    assert calendar not in {watch["calendarId"] for watch in stack.api.list("pageSize=500")}
    assert channels_of(stack, calendar) == []
