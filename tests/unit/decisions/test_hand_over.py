"""A sweep has others help when, at its pace so far, it would not get done."""

from datetime import UTC, datetime, timedelta

import pytest

from calendar_watch.decisions.hand_over import falls_behind
from calendar_watch.model.deadline import Deadline

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DEADLINE = Deadline.after(NOW, 50)


@pytest.mark.parametrize(("due", "behind"), [(0, False), (4_500, False), (4_501, True)])
def test_500_done_in_5_of_50_seconds_leave_room_for_nine_times_as_many(due: int, behind: bool) -> None:  # noqa: FBT001
    assert falls_behind(500, due, DEADLINE, NOW + timedelta(seconds=5)) is behind


def test_when_time_is_up_whatever_is_due_is_too_much() -> None:
    assert falls_behind(500, 1, DEADLINE, NOW + timedelta(seconds=50))
    assert not falls_behind(500, 0, DEADLINE, NOW + timedelta(seconds=50))
