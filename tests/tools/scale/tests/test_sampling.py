"""A few watches that stand for many say what all of them would: the fewer they are, the more roughly."""

import pytest

from tests.tools.scale.assumptions import Assumptions, Deployment
from tests.tools.scale.plan import CALLS, Outage, Plan, Report
from tests.tools.scale.simulation import Simulation

pytestmark = pytest.mark.search

_HOUR = 3_600
_PLAN = Plan(3 * _HOUR // 2, counted_from=_HOUR // 2, begins=9 * _HOUR)


def lived(plan: Plan, weight: int) -> Report:
    return Simulation(Deployment(800), plan, Assumptions(), weight).run()


@pytest.fixture(scope="module")
def both() -> tuple[Report, Report]:
    return lived(_PLAN, 1), lived(_PLAN, 4)


@pytest.mark.parametrize("name", ["list", "rpcs", "reads", "writes", "reconciled"])
def test_what_is_spent_agrees(both: tuple[Report, Report], name: str) -> None:
    whole, sampled = both
    assert sampled.spent[name] == pytest.approx(whole.spent[name], rel=0.1)


def test_what_is_counted_second_by_second_agrees_with_what_is_spent(both: tuple[Report, Report]) -> None:
    for report in both:
        assert sum(report.calls) == pytest.approx(sum(report.spent[each] for each in CALLS), rel=0.05)


def test_what_a_timer_asks_for_begins_within_a_minute(both: tuple[Report, Report]) -> None:
    assert max(max(report.late) for report in both) <= 60


def test_the_same_seed_gives_the_same_run() -> None:
    assert lived(_PLAN, 20) == lived(_PLAN, 20)


def test_after_an_hour_without_firestore_the_most_overdue_has_waited_for_an_hour_and_then_none_does() -> None:
    outage = Outage(_HOUR, 2 * _HOUR, firestore=True)
    report = lived(Plan(3 * _HOUR, outage=outage), 10)
    assert max(report.overdue) == pytest.approx(_HOUR, abs=180)
    assert max(report.overdue[125:]) < 120


def test_without_google_nothing_is_overdue_since_whatever_failed_is_put_off() -> None:
    outage = Outage(_HOUR, 2 * _HOUR, google=True)
    report = lived(Plan(3 * _HOUR, outage=outage), 10)
    assert max(report.overdue) < 120
    assert report.spent["list"] > 3 * 800
