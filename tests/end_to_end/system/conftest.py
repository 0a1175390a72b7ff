"""The whole system for tests: once in front of our Firestore and once in front of Google's emulator.

Others keep the machine busy, and `renew` is at work as well: whatever may be answered with 202 goes on by itself, and
is waited for.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from tests.end_to_end.system.reader import Reader
from tests.end_to_end.system.traffic import Traffic
from tests.support import firestore_emulator
from tests.support.backends import backends
from tests.support.stack import Person, RefusedError, Stack, until

BACKENDS = backends("Firestore", present=firestore_emulator.present())
OURS, GOOGLES = BACKENDS
SEARCHED = [OURS, pytest.param(*GOOGLES.values, id=GOOGLES.id, marks=[*GOOGLES.marks, pytest.mark.search])]
"""For what the choice of Firestore tells little of: the contract tests hold both to the same."""


# Quick, so that nobody waits long; but a third of the lease is all the time that one call to Firestore has, and a
# channel that is not confirmed in time is replaced, which would only confuse.
QUICK = {"SETTLE_SECONDS": "0.5", "CONFIRM_SECONDS": "20", "LEASE_SECONDS": "6"}
TICK = 0.2

Open = Callable[..., Any]


@pytest.fixture(scope="session", params=SEARCHED)
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    with Stack(QUICK, firestore=request.param, tick=TICK) as stack:
        until(lambda: has_warmed_up(stack), "a first watch is opened and ended")
        yield stack


def has_warmed_up(stack: Stack) -> bool:
    """Google's emulator takes its time over the first of everything."""
    try:
        watch = stack.api.open(resource="settings", subject="first@example.com")
        return bool(stack.api.end(watch["id"])["state"] == "stopped")
    except RefusedError:
        return False


@pytest.fixture
def alice(stack: Stack) -> Person:
    """Whom the functions act for, too: their calls carry no token."""
    return stack.google.person("alice@example.com")


@pytest.fixture
def calendar(alice: Person) -> Iterator[str]:
    """A calendar that no other test knows."""
    calendar_id = alice.create_calendar("Team")
    yield calendar_id
    alice.delete_calendar(calendar_id)


@pytest.fixture
def calendars(request: pytest.FixtureRequest, alice: Person) -> Iterator[list[str]]:
    """As many as `CALENDARS` of the test's module says."""
    created = [alice.create_calendar(f"Team {number}") for number in range(request.module.CALENDARS)]
    yield created
    for calendar in created:
        alice.delete_calendar(calendar)


@pytest.fixture
def traffic(alice: Person, calendars: list[str]) -> Iterator[Traffic]:
    traffic = Traffic(alice, calendars, Random(0))  # noqa: S311 (repeatable on purpose)
    yield traffic
    traffic.end()


@pytest.fixture
def reader(stack: Stack, alice: Person) -> Reader:
    return Reader(stack, alice)


@pytest.fixture
def subject() -> str:
    """A user whom nobody has asked for before: the same words give a watch of the test's own."""
    return f"{uuid.uuid4().hex}@example.com"


@pytest.fixture
def open_watch(stack: Stack, subject: str) -> Iterator[Open]:
    """Open watches that end with the test, and give each as it is once it is open."""
    opened: list[str] = []

    def open_one(**target: Any) -> Any:
        watch = stack.api.open(subject=subject, **target)
        opened.append(watch["id"])
        return until(partial(once_open, stack, watch["id"]), "the watch is open, and its baseline read")

    yield open_one
    for watch_id in opened:
        stack.api.end(watch_id)


def once_open(stack: Stack, watch_id: str) -> Any:
    watch = stack.api.show(watch_id)
    return None if watch["state"] == "opening" or watch["itemCount"] is None else watch


def is_stopped(stack: Stack, watch_id: str) -> bool:
    return bool(stack.api.show(watch_id)["state"] == "stopped")


def is_at_rest(stack: Stack, watch_id: str) -> bool:
    """Nobody works on it, and nothing is to be done for a long time."""
    moment = datetime.fromisoformat(stack.api.show(watch_id)["nextReconcileTime"])
    return moment - datetime.now(UTC) > timedelta(minutes=10)
