"""A day of lost, doubled and failing messages and calls."""

from datetime import timedelta

import pytest

from tests.searches.chaos.day import live_through_a_day


@pytest.mark.parametrize("safety", [True, False], ids=["with safety reads", "without"])
def test_in_a_day_of_lost_messages_nothing_is_lost_or_doubled(*, safety: bool) -> None:
    report = live_through_a_day(1, safety=safety)
    assert report.changes > 200
    assert (report.lost, report.doubled) == (0, 0)
    assert report.median < timedelta(minutes=1)
    assert report.slowest_of_a_hundred < timedelta(hours=2) or not safety
