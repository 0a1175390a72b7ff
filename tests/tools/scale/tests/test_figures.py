"""What becomes of what was counted: dollars, words, lines; and the parts that everything else rests on."""

from collections import Counter

import pytest

from tests.tools.scale.agenda import Agenda
from tests.tools.scale.assumptions import DAY, Assumptions, Deployment, Prices
from tests.tools.scale.money import documents, of_a_month
from tests.tools.scale.plan import Report
from tests.tools.scale.plot import Plot, svg
from tests.tools.scale.table import short
from tests.tools.scale.tokens import Tokens


def test_a_month_is_thirty_days_at_the_price_of_each_document() -> None:
    report = Report(DAY, 1, by_cause={"": Counter(reads=100_000, writes=100_000, deletes=50_000, entries=50_000)})
    assert documents(report, Prices()) == pytest.approx(30 * (0.03 + 0.09 + 0.01))


def test_half_a_day_is_counted_twice() -> None:
    report = Report(DAY // 2, 1, by_cause={"": Counter(reads=100_000)})
    assert documents(report, Prices()) == pytest.approx(30 * 2 * 0.03)


def test_an_instance_that_answers_all_day_costs_its_cpu_and_its_memory() -> None:
    report = Report(DAY, 0, billed=float(DAY))
    assert of_a_month(report, Deployment(0), Prices())["Cloud Run"] == pytest.approx(30 * DAY * 26.5e-6)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0"), (999, "999"), (1_200, "1.2 k"), (34_567, "35 k"), (1.26e6, "1.3 M"), (4e7, "40 M")]
)
def test_large_figures_are_said_in_short(count: float, said: str) -> None:
    assert short(count) == said


def test_a_line_of_many_points_keeps_its_peak() -> None:
    peak = [0.0] * 5_000
    peak[2_345] = 70.0
    highest = min(float(each.split(",")[1]) for each in _points(svg([Plot("", {"": peak}, 1, "d")])))
    assert highest == min(float(each.split(",")[1]) for each in _points(svg([Plot("", {"": [0.0, 70.0]}, 1, "d")])))


def _points(picture: str) -> list[str]:
    return picture.partition('points="')[2].partition('"')[0].split()


def test_a_token_serves_its_instance_for_its_life_and_for_as_long_as_there_is_room() -> None:
    tokens = Tokens(instances=2, kept=2, life=100)
    assert tokens.missing(0, ("a", "s"), 0)
    assert not tokens.missing(0, ("a", "s"), 99)
    assert tokens.missing(1, ("a", "s"), 99)
    assert tokens.missing(0, ("a", "s"), 100)
    assert tokens.missing(0, ("b", "s"), 101)
    assert tokens.missing(0, ("c", "s"), 102)
    assert tokens.missing(0, ("a", "s"), 103)


def test_what_is_planned_is_done_in_its_order_and_nothing_after_the_end() -> None:
    done: list[float] = []
    agenda = Agenda(end=10)
    for second in (3.0, 1.0, 2.0, 10.0):
        agenda.at(second, done.append)
    agenda.until(2.5)
    assert done == [1.0, 2.0]
    agenda.until(99)
    assert done == [1.0, 2.0, 3.0]


def test_as_much_is_changed_in_a_day_as_is_said_four_fifths_of_it_in_working_hours() -> None:
    assumed = Assumptions()
    hours = [assumed.changes_a_second(hour * 3_600, a_day=100) * 3_600 for hour in range(24)]
    assert sum(hours) == pytest.approx(100)
    assert sum(hours[8:18]) == pytest.approx(80)
