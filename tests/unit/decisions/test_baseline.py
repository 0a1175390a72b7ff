"""How much of a baseline goes into one write, and that it comes to its end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from calendar_watch.decisions import baseline, registration
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import ChangeEvent, Watch
from calendar_watch.sizes import weight
from tests.support.stream import rebuilt

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
POLICY = Policy(address="https://here.example.com/", key="k", project="p", baseline_in_stream=frozenset({"acl"}))
_MOST = 8 * 2**20


def rules(count: int) -> dict[str, Any]:
    ids = [f"user:{number}@example.com" for number in range(count)]
    return {each: {"id": each, "role": "reader", "scope": {"type": "user", "value": each[5:]}} for each in ids}


def opening(**options: Any) -> Watch:
    """The first reading has ended."""
    watch = registration.created(Target(ACL, "a", "alice@example.com"), Options(**options), NOW)
    return baseline.reached(watch.with_reading(item_count=0), NOW, POLICY)


def written(watch: Watch, items: dict[str, Any]) -> Iterator[tuple[ChangeEvent, ...]]:
    """What each write tells."""
    while watch.baseline.under_way:
        watch = baseline.told(watch, items, NOW, POLICY)
        yield watch.log.pending
        watch = watch.with_log(pending=())


@pytest.mark.uncounted
def test_five_thousand_rules_are_told_in_ten_writes() -> None:
    items = rules(5_000)
    writes = list(written(opening(), items))
    assert [len(each) for each in writes] == [500] * 9 + [501]
    events = [entry for each in writes for entry in each]
    assert [int(each["sequence"]) for each in events] == list(range(1, 5_002))
    assert rebuilt(events) == items
    assert events[-1]["data"]["baselineFrom"] == 1


def test_with_the_largest_labels_no_write_is_too_heavy() -> None:
    labels = {f"label{number}": "ж" * 256 for number in range(16)}
    writes = list(written(opening(labels=labels), rules(1_000)))
    assert len(writes) > 2
    assert max(sum(map(weight, each)) for each in writes) < _MOST


def test_a_watch_that_is_not_for_the_stream_opens_at_once() -> None:
    policy = replace(POLICY, baseline_in_stream=frozenset({"settings"}))
    watch = registration.created(Target(ACL, "a", "alice@example.com"), Options(), NOW)
    opened = baseline.reached(watch, NOW, policy)
    assert [each["type"] for each in opened.log.pending] == ["calendarwatch.watch.opened.v1"]
    assert baseline.due(opened) is None
