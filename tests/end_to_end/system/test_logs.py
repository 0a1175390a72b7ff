"""Metrics and alerts are built on what the functions log; nobody may learn a secret from it."""

import json
from collections.abc import Callable
from typing import Any

from tests.support.log_fields import BY_THE_CLOCK, FIELDS, WHEN_ASKED
from tests.support.stack import Person, Stack, call, until

Open = Callable[..., Any]


def lines_of(stack: Stack) -> list[Any]:
    return [json.loads(line) for function in stack.functions for line in function.lines()]


def events_in(lines: list[Any]) -> set[str]:
    return {line["event"] for line in lines if "event" in line}


def forged(channel_id: str, token: str) -> dict[str, str]:
    return {
        "X-Goog-Channel-ID": channel_id,
        "X-Goog-Channel-Token": token,
        "X-Goog-Message-Number": "2",
        "X-Goog-Resource-ID": "r",
        "X-Goog-Resource-State": "exists",
        "X-Goog-Resource-URI": "https://www.googleapis.com/",
    }


def live_through_everything(stack: Stack, alice: Person, calendar: str, open_watch: Open, forged_token: str) -> None:
    """So that each kind of line is written."""
    watch = open_watch(resource="acl", calendarId=calendar)
    alice.share(calendar, "bob@example.com", "reader")
    until(lambda: len(stack.api.changes(watch["id"])) > 1, "the change is reported")
    refused = call("POST", stack.watches.url, {"resource": "acl", "calendarId": "nobody@example.com"})
    assert refused.status_code in {202, 404}, "202: `renew` was quicker, and is told of the refusal"
    assert call("POST", stack.notifications.url, None, forged("c-1", forged_token)).status_code == 403


def test_every_line_is_an_object_with_the_agreed_fields_and_without_secrets(
    stack: Stack, alice: Person, calendar: str, open_watch: Open
) -> None:
    forged_token = f"1.{'a' * 32}.{'b' * 43}"
    live_through_everything(stack, alice, calendar, open_watch, forged_token)
    until(lambda: FIELDS.keys() <= events_in(lines_of(stack)), "each kind of line is written")
    lines = lines_of(stack)

    assert events_in(lines) - BY_THE_CLOCK - WHEN_ASKED == FIELDS.keys()
    assert all(line.keys() >= {"severity", "message", *FIELDS.get(line.get("event"), ())} for line in lines)

    text = "".join(line for function in stack.functions for line in function.lines())
    tokens = {channel["token"] for channel in stack.google.channels()}
    assert [secret for secret in {stack.signing_key, forged_token, *tokens} if secret in text] == []
    assert "bob@example.com" not in text
