"""Pub/Sub refuses, is away, and `renew` dies meanwhile: nothing is lost, nothing changes its place or its content."""

import time
from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Any

import pytest

from tests.doubles import local_pubsub
from tests.doubles.local_pubsub import Faults
from tests.end_to_end.system.conftest import QUICK, TICK, Open
from tests.end_to_end.system.deaths import dying
from tests.end_to_end.system.reader import Reader, each_once
from tests.end_to_end.system.traffic import Traffic
from tests.support.stack import Person, Stack, until

CALENDARS, CHANGES, KILLS = 9, 1000, 5
SECONDS_BETWEEN = 0.015
"""Everything at once would be read at once."""

PATIENCE = 600
"""Half a minute is enough on an idle machine, two where sixteen wait for two cores."""


def dice(seed: int) -> Random:
    return Random(seed)  # noqa: S311 (repeatable on purpose)


@pytest.fixture
def pubsub() -> Iterator[local_pubsub.Server]:
    with local_pubsub.serve() as server:
        yield server


@pytest.fixture
def stack(pubsub: local_pubsub.Server) -> Iterator[Stack]:
    """One for each test: a consumer reads from the beginning."""
    with Stack(QUICK, pubsub=pubsub.host, tick=TICK) as stack:
        yield stack


@pytest.fixture
def faults(pubsub: local_pubsub.Server) -> Faults:
    return pubsub.pubsub.faults


@pytest.fixture
def watch(calendar: str, open_watch: Open) -> Any:
    return open_watch(resource="acl", calendarId=calendar)


@pytest.fixture
def watches(calendars: list[str], subject: str, open_watch: Open, stack: Stack) -> Iterator[list[Any]]:
    """Twenty: two of each calendar, and two of one list that is seen by two subjects."""
    of_calendars = [
        open_watch(resource=resource, calendarId=calendar) for resource in ("acl", "events") for calendar in calendars
    ]
    other = stack.api.open(resource="calendarList", subject=f"other-{subject}")
    yield [*of_calendars, open_watch(resource="calendarList"), other]
    stack.api.end(other["id"])


@pytest.mark.search
def test_a_thousand_changes_arrive_though_pubsub_refuses_and_renew_dies_at_random(
    stack: Stack, traffic: Traffic, watches: list[Any], faults: Faults, reader: Reader
) -> None:
    until(lambda: reader.has_begun(watches), "every baseline is read", PATIENCE)
    faults.refuse(probability=0.5, random=dice(1))
    faults.lose_answer(probability=0.2, random=dice(2))
    with dying(stack.renew, dice(3)) as deaths:
        for _ in range(CHANGES):
            traffic.change()
            time.sleep(SECONDS_BETWEEN)
        until(lambda: len(deaths) >= KILLS, "renew was killed often enough", PATIENCE)
    faults.clear()

    until(lambda: reader.agrees(watches), "every consumer knows what Google shows", PATIENCE)
    assert any("Pub/Sub refused" in line for line in stack.renew.lines())
    for watch in watches:
        assert each_once(reader.of(watch)) == stack.api.changes(watch["id"]), "in order, and as in the feed"


def test_while_pubsub_is_away_everything_waits_in_its_order(
    stack: Stack, alice: Person, watch: Any, faults: Faults, reader: Reader
) -> None:
    until(lambda: reader.has_begun([watch]), "the baseline is read", PATIENCE)
    faults.away()
    for number in range(1, 6):
        alice.share(watch["calendarId"], f"person{number}@example.com", "reader")
        until(partial(is_at, stack, watch, 1 + number), "the change is in the feed", PATIENCE)
    assert stack.api.show(watch["id"])["published"] == 1
    faults.back()

    until(lambda: reader.agrees([watch]), "every change has arrived", PATIENCE)
    assert each_once(reader.of(watch)) == stack.api.changes(watch["id"])


def is_at(stack: Stack, watch: Any, sequence: int) -> bool:
    return bool(stack.api.show(watch["id"])["sequence"] == sequence)
