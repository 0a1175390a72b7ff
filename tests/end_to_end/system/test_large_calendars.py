"""A calendar of 50,000 events: its baseline fits a small instance, and a change in it costs next to nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.contract.conftest import open_client
from tests.end_to_end.system.conftest import is_at_rest
from tests.support import firestore_emulator
from tests.support.stack import Person, Stack, memory, until

EVENTS, MEBIBYTES, PATIENCE = 50_000, 512, 600
NO_SECOND_READING = {"SETTLE_SECONDS": "3600"}
"""The one that follows half a minute after each would only blur what is counted here."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(NO_SECOND_READING) as stack:
        yield stack


@pytest.fixture
def large(stack: Stack, calendar: str) -> str:
    stack.google.admin("POST", "seed-events", {"calendar": calendar, "count": EVENTS})
    return calendar


def listings(stack: Stack) -> int:
    return sum(call["method_id"] == "calendar.events.list" for call in stack.google.admin("GET", "calls"))


def parts(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """When each part of the snapshot was written."""
    monkeypatch.setenv(firestore_emulator.VARIABLE, stack.environment[firestore_emulator.VARIABLE])
    with open_client(stack.project, "calendar-watch") as client:
        return {each.id: each.update_time for each in client.collection("calendar_watch_snapshots").stream()}


def has_arrived(stack: Stack, kind: str) -> bool:
    return kind in {event["type"] for event in stack.pubsub.events()}


@pytest.mark.search
@pytest.mark.skipif(not memory.is_counted(), reason="a system that tells how much memory was taken")
def test_a_large_calendar_fits_and_one_change_in_it_costs_one_listing_and_two_parts(
    stack: Stack, alice: Person, large: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch_id = stack.api.open(resource="events", calendarId=large)["id"]
    until(lambda: is_at_rest(stack, watch_id), "the baseline is read", PATIENCE)
    assert stack.api.show(watch_id)["itemCount"] == EVENTS
    taken = {function.name: function.peak_mebibytes() for function in stack.functions}
    assert max(taken.values()) <= MEBIBYTES

    before, calls = parts(stack, monkeypatch), listings(stack)
    first = alice.call("GET", f"calendars/{large}/events?maxResults=1")["items"][0]["id"]
    alice.rename_event(large, first, "Moved")
    until(lambda: has_arrived(stack, "calendarwatch.events.updated.v1"), "the change arrives")
    until(lambda: is_at_rest(stack, watch_id), "nothing is left to do")
    written = parts(stack, monkeypatch).items() - before.items()
    assert 1 <= len(written) <= 2
    assert listings(stack) - calls == 1 + 1, "ours, besides Alice's own"
