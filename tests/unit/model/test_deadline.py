"""How much of a stretch of time is left."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.model.deadline import Deadline

NOW = datetime(2026, 11, 27, tzinfo=UTC)
SECOND = timedelta(seconds=1)
seconds = st.integers(0, 100)


@given(seconds, seconds)
def test_it_is_over_when_nothing_is_left(length: int, passed: int) -> None:
    deadline, now = Deadline.after(NOW, length), NOW + passed * SECOND
    assert deadline.left(now) == length - passed
    assert deadline.over(now) == (deadline.left(now) <= 0)


@given(seconds, seconds, seconds)
def test_once_it_is_over_it_leaves_nothing_and_before_that_whatever_is_left(
    length: int, passed: int, span: int
) -> None:
    deadline, now = Deadline.after(NOW, length), NOW + passed * SECOND
    if deadline.over(now):
        assert not deadline.leaves(span * SECOND, now)
    elif span <= length - passed:
        assert deadline.leaves(span * SECOND, now)


@pytest.mark.parametrize(("passed", "enough"), [(0, True), (25, True), (26, False)])
def test_what_takes_longer_than_there_is_may_begin_in_the_first_half(passed: int, enough: bool) -> None:  # noqa: FBT001
    assert Deadline.after(NOW, 50).leaves(90 * SECOND, NOW + passed * SECOND) == enough
