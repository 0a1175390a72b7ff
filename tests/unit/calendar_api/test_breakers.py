import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.calendar_api.breakers import Breakers
from calendar_watch.errors import OutageError
from calendar_watch.reasons import Reason
from tests.support.virtual_time import VirtualTime


def signing(after: float = 0) -> OutageError:
    return OutageError(Reason.SIGNING_FAILING, "IAM's own words", cause="signing", after=after)


def passes(breakers: Breakers, *causes: str) -> bool:
    try:
        breakers.pass_through(causes)
    except OutageError:
        return False
    return True


def put_off(breakers: Breakers, *causes: str) -> float:
    with pytest.raises(OutageError) as held:
        breakers.pass_through(causes)
    return held.value.after


@given(pauses=st.lists(st.floats(0, 100), max_size=60))
def test_of_whatever_comes_one_call_a_minute_goes_through_and_never_two(pauses: list[float]) -> None:
    time = VirtualTime()
    breakers = Breakers(time.clock)
    breakers.failed(signing())
    passed = [time.at]
    for pause in pauses:
        time.at += pause
        due = time.at >= passed[-1] + 60
        assert passes(breakers, "signing") == due
        if due:
            passed.append(time.at)
            breakers.failed(signing())


def test_of_sixteen_threads_one_is_let_through() -> None:
    time = VirtualTime()
    breakers = Breakers(time.clock)
    breakers.failed(signing())
    time.at = 60.0
    passed = []

    def knock() -> None:
        passed.extend([1 for _ in range(50) if passes(breakers, "signing", "api")])

    threads = [threading.Thread(target=knock) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 1


def test_a_few_wait_two_to_four_minutes() -> None:
    chance = random.Random(1)  # noqa: S311 - repeatable on purpose
    breakers = Breakers(VirtualTime().clock, chance.random)
    waits = [breakers.failed(signing()).after, *(put_off(breakers, "signing") for _ in range(20))]
    assert all(120 <= wait <= 242 for wait in waits)
    assert max(waits) - min(waits) > 60


@pytest.mark.uncounted
@pytest.mark.parametrize("count", [1600, 20_000])
def test_however_many_wait_no_more_come_back_in_a_minute_than_a_tenth_of_a_sweep_can_take(count: int) -> None:
    chance = random.Random(1)  # noqa: S311 - repeatable on purpose
    breakers = Breakers(VirtualTime().clock, chance.random)
    breakers.failed(signing())
    back = sorted(put_off(breakers, "signing") for _ in range(count))
    assert all(later - earlier >= 60 for earlier, later in zip(back, back[1601:], strict=False))


def test_those_who_come_later_wait_from_then_on() -> None:
    time = VirtualTime()
    breakers = Breakers(time.clock)
    breakers.failed(signing())
    time.at = 50.0
    assert put_off(breakers, "signing") == pytest.approx(120)


def test_nobody_waits_longer_than_the_outage_can_last() -> None:
    time = VirtualTime()
    breakers = Breakers(time.clock)
    assert breakers.failed(signing(after=90)).after == 90
    time.at = 50.0
    assert put_off(breakers, "signing") == 40
    assert breakers.failed(signing()).after >= 120, "it lasts after all"


def test_a_cause_holds_back_those_whom_it_concerns() -> None:
    breakers = Breakers(VirtualTime().clock)
    breakers.failed(signing())
    assert passes(breakers, "api", "quota")
    assert passes(breakers)
    assert not passes(breakers, "api", "signing")


def test_who_is_held_back_for_one_cause_uses_up_the_turn_of_no_other() -> None:
    time = VirtualTime()
    breakers = Breakers(time.clock)
    breakers.failed(signing())
    time.at = 30.0
    breakers.failed(OutageError(Reason.API_DISABLED, "off", cause="api"))
    time.at = 60.0
    assert not passes(breakers, "signing", "api")
    assert passes(breakers, "signing")


def test_a_success_ends_what_it_proves_to_work_and_nothing_else() -> None:
    time = VirtualTime()
    breakers = Breakers(time.clock)
    breakers.failed(signing())
    breakers.failed(OutageError(Reason.API_DISABLED, "off", cause="api"))
    time.at = 61.0
    breakers.worked(["signing", "quota"], began=60.0)
    assert passes(breakers, "signing")
    assert passes(breakers, "signing")
    time.at = 90.0
    assert passes(breakers, "api")
    assert not passes(breakers, "api")


def test_a_call_that_began_before_the_outage_proves_nothing() -> None:
    time = VirtualTime()
    time.at = 10.0
    breakers = Breakers(time.clock)
    breakers.failed(signing())
    breakers.worked(["signing"], began=9.0)
    breakers.worked(["signing"], began=10.0)
    assert not passes(breakers, "signing")


def test_what_is_told_is_what_google_said_last() -> None:
    breakers = Breakers(VirtualTime().clock)
    breakers.failed(signing())
    breakers.failed(OutageError(Reason.SIGNING_FAILING, "other words", cause="signing").with_answer(404, "NOT_FOUND"))
    with pytest.raises(OutageError) as held:
        breakers.pass_through(["signing"])
    assert (held.value.detail, held.value.status, held.value.code) == ("other words", 404, "NOT_FOUND")
