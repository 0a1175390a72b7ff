"""When a worker lets go of a watch because time is up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from calendar_watch.decisions import registration
from calendar_watch.decisions.next_step import Audit, OpenChannel, Publish, Read, Step
from calendar_watch.decisions.pausing import must_pause, takes_its_time, too_late
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.health import Health, StepKind, Trouble
from calendar_watch.model.resources import ACL, EVENTS, Resource
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch

NOW = datetime(2026, 11, 27, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = Deadline.after(NOW, 60)


def watch(resource: Resource, items: int | None = None) -> Watch:
    target = Target(resource, "team@example.com", "alice@example.com")
    return registration.created(target, Options(), NOW).with_reading(item_count=items)


@pytest.mark.parametrize("step", [Publish(), Read(), Audit()], ids=str)
def test_nothing_is_begun_once_time_is_up_and_everything_before(step: Step) -> None:
    paused = [must_pause(watch(EVENTS, 50_000), step, MINUTE, NOW + timedelta(seconds=passed)) for passed in (59, 60)]
    assert paused == [False, True]


def test_a_channel_whose_intent_is_written_is_opened_all_the_same() -> None:
    """Nobody else could know whether it had been: the next try would wait for a message that never comes."""
    assert not must_pause(watch(ACL, 5), OpenChannel(), MINUTE, NOW + timedelta(hours=1))


@pytest.mark.parametrize("items", [None, 0, 250])
def test_a_collection_of_one_page_is_begun_as_long_as_there_is_time(items: int | None) -> None:
    moments = [MINUTE.ends - SECOND, MINUTE.ends]
    assert [must_pause(watch(ACL, items), Read(), MINUTE, each) for each in moments] == [False, True]
    assert [too_late(watch(ACL, items), MINUTE, each) for each in moments] == [False, True]


def failing(collection: Watch) -> Watch:
    trouble = Trouble("list", NOW, NOW, count=1, status=0, code="", detail="no answer")
    return replace(collection, health=Health(troubles={StepKind.READ: trouble}))


@pytest.mark.parametrize("large", [watch(ACL, 251), failing(watch(ACL))], ids=["large", "failing"])
def test_one_that_takes_its_time_is_begun_only_with_half_a_minute_left(large: Watch) -> None:
    assert takes_its_time(large)
    moments = [MINUTE.ends - 30 * SECOND, MINUTE.ends - 29 * SECOND]
    assert [must_pause(large, Read(), MINUTE, each) for each in moments] == [False, True]
    assert [too_late(large, MINUTE, each) for each in moments] == [False, True]
    assert not must_pause(large, Publish(), MINUTE, moments[1])


def test_what_is_read_page_by_page_never_takes_its_time() -> None:
    assert not takes_its_time(watch(EVENTS, 50_000))
