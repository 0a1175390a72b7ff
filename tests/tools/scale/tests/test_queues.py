"""Lines, sweeps and hand-overs, counted."""

from collections import Counter
from random import Random

import pytest

from tests.tools.scale.queues import PAGE, SWEEP, Line, Sweeps, quantile
from tests.tools.scale.smear import Smear, drawn


def test_whoever_came_first_is_served_first_and_marks_come_by_with_those_around_them() -> None:
    line = Line()
    line.join(0, 3, ["a"])
    line.join(1, 2, ["b"])
    assert line.serve(2, second=5) == (2, ["a"])
    assert line.serve(9, second=6) == (3, ["b"])
    assert line.length == 0
    assert line.late == {5: 2 + 2, 6: 1}


def test_a_mark_of_many_is_served_though_it_counts_for_nothing_itself() -> None:
    line = Line()
    line.join(0, 0, ["a"])
    assert line.serve(1, second=0) == (0, ["a"])


def swept(due: int, pace: float, instances: int) -> tuple[Sweeps, int]:
    """After a minute, of which the sweep is the first fifty seconds; how many are left."""
    sweeps = Sweeps(instances, hand_over_after=2)
    for shard, line in enumerate(sweeps.lines):
        line.join(0, due // 16 + (shard < due % 16))
    sweeps.tick(0)
    for second in range(60):
        sweeps.work(second, pace)
    return sweeps, sweeps.due


def test_what_one_instance_can_do_in_fifty_seconds_is_handed_over_to_nobody() -> None:
    sweeps, left = swept(3_900, pace=80, instances=3)
    assert (sweeps.handed_over, left) == (0, 0)


def test_what_it_cannot_do_is_handed_over_and_done_by_all_together() -> None:
    sweeps, left = swept(9_000, pace=80, instances=3)
    assert (sweeps.handed_over, left) == (1, 0)


def test_no_more_is_done_than_all_have_time_for() -> None:
    _, left = swept(100_000, pace=80, instances=3)
    until_it_is_known = PAGE // 80 + 1
    most = 80 * (SWEEP + 2 * SWEEP) + 16
    assert most - 2 * 80 * (until_it_is_known + 2) <= 100_000 - left <= most


def test_when_nothing_is_due_any_more_whoever_helps_is_done_and_what_comes_then_waits_for_the_next_sweep() -> None:
    sweeps, _ = swept(9_000, pace=80, instances=3)
    sweeps.lines[5].join(59, 10)
    sweeps.work(59, 80)
    assert sweeps.due == 10
    sweeps.tick(60)
    sweeps.work(60, 80)
    assert sweeps.due == 0


def test_scheduler_begins_no_sweep_while_one_goes_on() -> None:
    sweeps = Sweeps(1, hand_over_after=2)
    sweeps.lines[0].join(0, 10_000)
    sweeps.tick(0)
    before = sweeps.rpcs
    sweeps.work(0, 10)
    sweeps.tick(30)
    assert sweeps.rpcs == before


@pytest.mark.parametrize(("part", "late"), [(0.5, 1), (0.99, 9), (1.0, 9)])
def test_a_quantile_counts_everybody(part: float, late: int) -> None:
    assert quantile([Counter({0: 10, 1: 60}), Counter({9: 30})], part) == late


def test_whoever_stands_for_many_brings_them_along_in_the_seconds_around() -> None:
    smear = Smear(1_000, width=100)
    smear.announce(0, 500, 1_000)
    rates = [smear.rate(second) for second in range(1_000)]
    assert sum(rates) == pytest.approx(1_000)
    assert {each for each, rate in enumerate(rates) if rate > 1e-9} == {*range(450, 550)}


def test_what_was_announced_can_be_taken_back_from_now_on() -> None:
    smear = Smear(1_000, width=100)
    announced = smear.announce(0, 500, 1_000)
    early = sum(smear.rate(second) for second in range(475))
    smear.take_back(475, announced, 1_000)
    assert early == pytest.approx(250)
    assert sum(smear.rate(second) for second in range(475, 1_000)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("mean", [0.3, 5.0, 80.0])
def test_what_is_drawn_has_the_mean_that_was_asked_for(mean: float) -> None:
    random = Random(1)  # noqa: S311 (repeatable on purpose)
    assert sum(drawn(mean, random) for _ in range(4_000)) / 4_000 == pytest.approx(mean, rel=0.05)
