import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.calendar_api.rate_limiter import RateLimiter
from calendar_watch.errors import TryLaterError
from tests.support.virtual_time import VirtualTime


def turns(per_minute: int, count: int) -> list[float]:
    time = VirtualTime()
    rate_limiter = RateLimiter(per_minute, time.clock, time.sleep)
    taken = []
    for _ in range(count):
        rate_limiter.take_turn(allowed=1e9)
        taken.append(time.at)
    return taken


@given(per_minute=st.integers(1, 700), rests=st.lists(st.floats(0, 90), max_size=20))
def test_no_sixty_seconds_ever_see_more_turns_than_a_minute_allows(per_minute: int, rests: list[float]) -> None:
    time = VirtualTime()
    rate_limiter = RateLimiter(per_minute, time.clock, time.sleep)
    taken = []
    for rest in rests or [0.0]:
        time.at += rest
        for _ in range(per_minute // 4 + 1):
            rate_limiter.take_turn(allowed=1e9)
            taken.append(time.at)
    assert all(later - earlier >= 60 - 1e-6 for earlier, later in zip(taken, taken[per_minute:], strict=False))


def test_the_allowance_of_a_minute_is_nearly_used_up() -> None:
    taken = turns(6000, 12_000)
    assert sum(at < 60 for at in taken) == pytest.approx(6000, rel=0.02)


def test_a_seconds_worth_may_go_at_once_after_a_rest_and_the_others_follow_evenly() -> None:
    time = VirtualTime()
    rate_limiter = RateLimiter(600, time.clock, time.sleep)
    time.at = 100.0
    taken = []
    for _ in range(13):
        rate_limiter.take_turn(allowed=60)
        taken.append(time.at)
    assert taken[:10] == pytest.approx([100.0] * 10)
    assert [taken[11] - taken[10], taken[12] - taken[11]] == pytest.approx([60 / 591, 60 / 591])


def test_who_cannot_wait_long_enough_is_told_how_long_it_would_take_and_uses_up_no_turn() -> None:
    time = VirtualTime()
    rate_limiter = RateLimiter(6, time.clock, time.sleep)
    rate_limiter.take_turn(allowed=0)
    for _ in range(3):
        with pytest.raises(TryLaterError) as told:
            rate_limiter.take_turn(allowed=5)
        assert told.value.after == pytest.approx(10)
    assert time.at == 0
    rate_limiter.take_turn(allowed=10)
    assert time.at == pytest.approx(10)


def test_threads_never_get_the_same_turn() -> None:
    waits: list[float] = []
    rate_limiter = RateLimiter(60, clock=lambda: 0.0, sleep=waits.append)

    def take_fifty() -> None:
        for _ in range(50):
            rate_limiter.take_turn(allowed=1e9)

    threads = [threading.Thread(target=take_fifty) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == pytest.approx([float(second) for second in range(400)])


def taken_within(time: VirtualTime, rate_limiter: RateLimiter, seconds: float) -> int:
    until = time.at + seconds
    count = 0
    while True:
        rate_limiter.take_turn(allowed=1e9)
        if time.at >= until:
            return count
        count += 1


def slowed(per_minute: int, times: int) -> tuple[VirtualTime, RateLimiter]:
    time = VirtualTime()
    rate_limiter = RateLimiter(per_minute, time.clock, time.sleep)
    for _ in range(times):
        time.at += 5.0
        rate_limiter.slow_down()
    return time, rate_limiter


@given(per_minute=st.integers(60, 6000))
def test_a_limit_of_googles_halves_the_pace(per_minute: int) -> None:
    time, rate_limiter = slowed(per_minute, 1)
    assert taken_within(time, rate_limiter, 10.0) == pytest.approx(per_minute / 12, rel=0.1, abs=per_minute / 60 + 1)


@pytest.mark.parametrize(("minutes", "part"), [(1, 0.6), (3, 0.8), (5, 1.0), (60, 1.0)])
def test_the_pace_returns_by_a_tenth_a_minute_and_never_beyond_what_is_allowed(minutes: int, part: float) -> None:
    time, rate_limiter = slowed(6000, 1)
    time.at += 60 * minutes
    taken_within(time, rate_limiter, 1.0)
    assert taken_within(time, rate_limiter, 10.0) == pytest.approx(part * 1000, rel=0.03)


def test_a_limit_that_is_met_after_the_pace_has_returned_halves_the_whole_pace() -> None:
    time, rate_limiter = slowed(6000, 1)
    time.at += 3600
    rate_limiter.slow_down()
    taken_within(time, rate_limiter, 1.0)
    assert taken_within(time, rate_limiter, 10.0) == pytest.approx(500, rel=0.05)


def test_many_calls_that_meet_the_same_limit_halve_the_pace_once() -> None:
    time, rate_limiter = slowed(6000, 1)
    for _ in range(16):
        time.at += 0.1
        rate_limiter.slow_down()
    assert taken_within(time, rate_limiter, 10.0) == pytest.approx(520, rel=0.1)


def test_the_pace_is_halved_again_while_google_insists_but_never_ends() -> None:
    for times, part in ((2, 1 / 4), (4, 1 / 16), (40, 1 / 16)):
        time, rate_limiter = slowed(6000, times)
        assert taken_within(time, rate_limiter, 10.0) == pytest.approx(part * 1000, rel=0.25, abs=30)


@given(
    per_minute=st.integers(1, 700),
    steps=st.lists(st.tuples(st.floats(0, 90), st.booleans()), min_size=1, max_size=20),
)
def test_slowing_down_never_lets_more_through(per_minute: int, steps: list[tuple[float, bool]]) -> None:
    time = VirtualTime()
    rate_limiter = RateLimiter(per_minute, time.clock, time.sleep)
    taken = []
    for rest, too_fast in steps:
        time.at += rest
        if too_fast:
            rate_limiter.slow_down()
        for _ in range(per_minute // 4 + 1):
            rate_limiter.take_turn(allowed=1e9)
            taken.append(time.at)
    assert all(later - earlier >= 60 - 1e-6 for earlier, later in zip(taken, taken[per_minute:], strict=False))
