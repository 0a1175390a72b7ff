"""Sweeps have so little time that they hand shards over, and `renew` dies meanwhile: nothing is lost."""

import json
import secrets
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.end_to_end.system.conftest import QUICK, TICK, Open
from tests.end_to_end.system.deaths import dying
from tests.end_to_end.system.reader import Reader, each_once
from tests.end_to_end.system.traffic import Traffic
from tests.support.stack import Stack, until

CALENDARS, CHANGES, KILLS, SHARDS = 6, 300, 5, 50
SECONDS_BETWEEN = 0.05
PATIENCE = 600
HURRIED = {
    "SWEEP_SECONDS": "0.2",
    "SWEEP_THREADS": "1",
    "SAFETY_SYNC_SECONDS": "3",
    "WAKEUP_TOPIC": "",
}
"""More is due at any time than a sweep can do, and only sweeps do it."""


@pytest.fixture
def stack() -> Iterator[Stack]:
    project = f"stack-{secrets.token_hex(6)}"
    handover = f"projects/{project}/topics/handover"
    stack = Stack({**QUICK, **HURRIED, "HANDOVER_TOPIC": handover}, tick=TICK)
    stack.project = project
    with stack:
        stack.pubsub.push(handover, f"{stack.renew.url}shards")
        yield stack


@pytest.mark.search
def test_nothing_is_lost_of_what_is_handed_over_though_renew_dies_at_random(
    stack: Stack, traffic: Traffic, calendars: list[str], open_watch: Open, reader: Reader
) -> None:
    watches = [open_watch(resource=resource, calendarId=each) for resource in ("acl", "events") for each in calendars]
    until(lambda: reader.has_begun(watches), "every baseline is read", PATIENCE)
    with dying(stack.renew, Random(1)) as deaths:  # noqa: S311 (repeatable on purpose)
        for _ in range(CHANGES):
            traffic.change()
            time.sleep(SECONDS_BETWEEN)
        until(lambda: len(deaths) >= KILLS, "renew was killed often enough", PATIENCE)
    until(lambda: handed_over(stack) >= SHARDS, "shards were handed over", PATIENCE)
    until(lambda: reader.agrees(watches), "every consumer knows what Google shows", PATIENCE)
    for watch in watches:
        assert each_once(reader.of(watch)) == stack.api.changes(watch["id"]), "in order, and as in the feed"


def handed_over(stack: Stack) -> int:
    """As the sweeps tell of them."""
    lines: list[Any] = [json.loads(each) for each in stack.renew.lines() if each.startswith("{")]
    return sum(each.get("handedOver", 0) for each in lines)
