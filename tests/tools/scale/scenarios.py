"""What is simulated: three sizes, on a day like any other, after enrolment, in outages, when all renewals fall due.

Without Firestore nobody calls Google: an hour without it is as an hour without anything.
"""

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

from tests.tools.scale.assumptions import DAY, Assumptions, Deployment
from tests.tools.scale.plan import Outage, Plan, Report
from tests.tools.scale.simulation import Simulation

HOUR = 3_600
SIZES: Mapping[str, Deployment] = {
    "1,000": Deployment(1_000),
    "100,000": Deployment(100_000, safety_sync=DAY),
    "10,000,000": Deployment(
        10_000_000,
        safety_sync=0,
        audit=7 * DAY,
        max_instances=8,
        sweep_threads=32,
        calls_per_minute=18_000,
        quieter=12.5,
    ),
}
WEIGHTS = {"1,000": 1, "100,000": 100, "10,000,000": 1_000}
"""How many watches each one stands for."""
_COMPARED_WITH = 20
_OF_A_WEEK = {**WEIGHTS, "1,000": 10}

_BATCHES = 250.0
"""Watches a second, where each batch of 500 is sent as soon as the one before is answered, after two seconds."""
_CALLS_TO_OPEN = 4
_ORDINARY = Plan(DAY + HOUR, counted_from=HOUR, begins=DAY - HOUR)
OUTAGE = Outage(2 * HOUR, 3 * HOUR)
_MORNING = Plan(8 * HOUR, counted_from=HOUR, begins=8 * HOUR)
COMPARED = Plan(3 * HOUR, counted_from=HOUR, begins=8 * HOUR)


@dataclass(frozen=True, slots=True)
class Run:
    size: str
    deployment: Deployment
    plan: Plan
    weight: int

    def simulated(self) -> Report:
        return Simulation(self.deployment, self.plan, Assumptions(), self.weight).run()


def spread(deployment: Deployment) -> float:
    """Watches a second, where each batch is sent when the one before is opened."""
    return deployment.calls_per_minute / 60 / _CALLS_TO_OPEN


def all_runs() -> dict[tuple[str, str], Run]:
    """By size and name; those that take longest come first."""
    runs = {(size, name): run for size in SIZES for name, run in _of(size).items()}
    whole = SIZES["100,000"]
    runs["100,000", "unsampled"] = Run("100,000", whole, COMPARED, 1)
    runs["100,000", "sampled"] = Run("100,000", whole, COMPARED, _COMPARED_WITH)
    return dict(sorted(runs.items(), key=lambda each: -_work(each[1])))


def _of(size: str) -> dict[str, Run]:
    deployment = SIZES[size]
    plans = {
        "day": _ORDINARY,
        "Google": replace(_MORNING, outage=replace(OUTAGE, google=True)),
        "Firestore": replace(_MORNING, outage=replace(OUTAGE, firestore=True)),
    }
    enrolled = {
        "spread": Plan(DAY, enrolled_a_second=spread(deployment)),
        "week": Plan(13 * DAY // 2, enrolled_a_second=_BATCHES),
    }
    runs = {name: Run(size, deployment, plan, WEIGHTS[size]) for name, plan in plans.items()}
    return runs | {name: Run(size, deployment, plan, _OF_A_WEEK[size]) for name, plan in enrolled.items()}


def _work(run: Run) -> float:
    return run.deployment.watches / run.weight * run.plan.seconds


def simulated(processes: int = 2) -> dict[tuple[str, str], Report]:
    runs = all_runs()
    with ProcessPoolExecutor(processes) as pool:
        return dict(zip(runs, pool.map(Run.simulated, runs.values()), strict=True))
