import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendar_watch import log
from calendar_watch.operations.forgeries import Forgeries

START = datetime(2026, 11, 27, 10, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def lines(capsys: pytest.CaptureFixture[str]) -> list[Mapping[str, Any]]:
    return [json.loads(each) for each in capsys.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def _logged() -> None:
    log.configure("INFO")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it is emptied by each example
@given(pauses=st.lists(st.floats(0, 2), max_size=60))
def test_there_is_a_line_a_second_at_most_and_in_the_end_each_message_is_in_one(
    capsys: pytest.CaptureFixture[str], pauses: list[float]
) -> None:
    clock = Clock()
    forgeries = Forgeries(clock)
    told: list[tuple[datetime, int]] = []
    for number, pause in enumerate(pauses):
        clock.now += timedelta(seconds=pause)
        forgeries.add(f"channel {number}")
        told += [(clock.now, each["count"]) for each in lines(capsys)]
    assert all(later - earlier >= timedelta(seconds=1) for (earlier, _), (later, _) in pairwise(told))
    forgeries.tell()
    assert sum(count for _, count in told) + sum(each["count"] for each in lines(capsys)) == len(pauses)


def test_the_first_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    Forgeries(Clock()).add("channel")
    [line] = lines(capsys)
    assert (line["severity"], line["event"], line["outcome"], line["count"]) == ("WARNING", "notification", "forged", 1)
    assert (line["channelId"], line["watchId"]) == ("channel", None)


def test_what_is_left_of_a_flood_is_told_with_what_comes_next_once_a_second_has_passed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = Clock()
    forgeries = Forgeries(clock)
    for _ in range(5):
        forgeries.add("channel")
    assert [each["count"] for each in lines(capsys)] == [1]
    forgeries.tell_in_time()
    assert lines(capsys) == []
    clock.now += timedelta(seconds=1)
    forgeries.tell_in_time()
    assert [each["count"] for each in lines(capsys)] == [4]


def test_where_nothing_is_left_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    forgeries = Forgeries(Clock())
    forgeries.tell_in_time()
    forgeries.tell()
    assert lines(capsys) == []


def test_threads_count_each_message_once(capsys: pytest.CaptureFixture[str]) -> None:
    forgeries = Forgeries(Clock())
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: forgeries.add("channel"), range(1000)))
    first = [each["count"] for each in lines(capsys)]
    forgeries.tell()
    assert len(first) == 1
    assert sum(first) + lines(capsys)[0]["count"] == 1000
