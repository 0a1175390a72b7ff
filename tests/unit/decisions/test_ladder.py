"""When a refusal is tried again: the rungs lie fixed from the first refusal on."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.decisions.ladder import next_rung
from calendar_watch.model.policy import Policy

SINCE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
offsets = st.floats(0, 1)
spans = st.floats(0, 400 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
policies = st.builds(
    lambda probe, believe: Policy("a", "k", "p", probe=timedelta(seconds=probe), believe=timedelta(seconds=believe)),
    st.floats(0.5, 10 * 86_400),
    st.floats(0.5, 86_400),
)


def climbed(policy: Policy, offset: float, count: int) -> list[timedelta]:
    """The pauses of a watch that is tried exactly when its ladder says."""
    moments = [SINCE]
    for _ in range(count):
        moments.append(next_rung(SINCE, moments[-1], offset, policy))
    return [after - before for before, after in pairwise(moments)]


@given(policies, offsets, spans)
def test_the_next_rung_lies_ahead_and_no_further_than_a_probe(policy: Policy, offset: float, span: timedelta) -> None:
    now = SINCE + span
    rung = next_rung(SINCE, now, offset, policy)
    assert now < rung <= now + 1.1 * policy.probe + timedelta(microseconds=1)


@given(policies, offsets, spans, st.floats(0, 1))
def test_a_try_that_was_brought_forward_leaves_the_timer_as_it_was(
    policy: Policy, offset: float, span: timedelta, part: float
) -> None:
    rung = next_rung(SINCE, SINCE + span, offset, policy)
    sooner = SINCE + span + part * (rung - SINCE - span)
    assert sooner >= rung or next_rung(SINCE, sooner, offset, policy) == rung


@given(offsets)
def test_the_pauses_are_those_of_the_contract(offset: float) -> None:
    minutes = [1, 5, 15, 60, 240, 720, 1440, 1440]
    for pause, expected in zip(climbed(Policy("a", "k", "p"), offset, 8), minutes, strict=True):
        assert abs(pause / timedelta(minutes=expected) - 1) <= 0.1 + 1e-6


@given(offsets)
def test_the_first_rungs_shrink_with_what_is_believed_sooner(offset: float) -> None:
    policy = Policy("a", "k", "p", believe=timedelta(seconds=90))
    first = climbed(policy, offset, 4)
    for pause, expected in zip(first, [6, 30, 90, 3600], strict=True):
        assert abs(pause / timedelta(seconds=expected) - 1) <= 0.1 + 1e-6
