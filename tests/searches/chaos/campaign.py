"""Many runs, on several processors; of a failure the one line that repeats it."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

from tests.doubles.calendar_simulator.quirks import QUIRKS
from tests.searches.chaos.composition import HANDOVERS
from tests.searches.chaos.digest import Digest
from tests.searches.chaos.life import live
from tests.searches.chaos.restore import AGES, lose_and_restore

_MOST_TOLD = 2000
_NEVER_MET = {
    "Q22": " (never met by who asks for times in UTC)",
    "Q42": " (hardly ever met by who goes on as it began)",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    seed: int
    steps: int
    age: str = ""
    """Of the database that was restored."""
    turns: int = 0
    """Inputs and outputs of workers."""
    hours: float = 0
    struck: int = 0
    digest: str = ""
    """Of all that happened; empty unless asked for."""
    violation: str = ""
    reached: Counter[str] = field(default_factory=Counter)
    """How often each quirk reached us."""
    heaviest: int = 0
    """Bytes of the largest commit."""
    shards: int = 0
    """That were handed over."""
    paused: int = 0
    """Reconciliations that were let go of when time was up."""


def _unhashed(_: Digest) -> str:
    return ""


def run(seed: int, steps: int, age: str = "", digest: Callable[[Digest], str] = _unhashed) -> Outcome:
    """With a restore of a database of that age, if there is one."""
    halfway = partial(lose_and_restore, age=AGES[age]) if age else lambda _: None
    try:
        life = live(seed, steps, halfway=halfway)
    except Exception as error:  # noqa: BLE001 (whatever ends a run is a finding)
        return Outcome(seed, steps, age, violation=f"{type(error).__name__}: {error}"[:_MOST_TOLD])
    return Outcome(
        seed,
        steps,
        age,
        life.scheduler.turns,
        life.hours,
        life.dice.struck.total(),
        digest(life.composition.injection.digest),
        reached=life.reached,
        heaviest=life.composition.database.largest,
        shards=len(life.composition.pubsub.published(HANDOVERS)),
        paused=life.composition.injection.passed_by["store.pause"],
    )


def campaign(seeds: Iterable[int], steps: int, age: str = "") -> bool:
    """Whether nothing was violated."""
    began = monotonic()
    outcomes = [_told(each) for each in _outcomes(seeds, partial(run, steps=steps, age=age))]
    _tell_of_quirks(outcomes)
    _sum_up(outcomes, monotonic() - began)
    return not any(each.violation for each in outcomes)


def digests(seeds: Iterable[int], steps: int) -> bool:
    """As `campaign`, but all that is told of a run is its seed and its hash."""
    outcomes = [_told(each) for each in _outcomes(seeds, partial(run, steps=steps, digest=str))]
    _say("\n".join(f"{each.seed} {each.digest}" for each in outcomes))
    return not any(each.violation for each in outcomes)


def first(seeds: Iterable[int], steps: int) -> bool:
    """As `campaign`, up to the first violation, of which all is told."""
    violated = next((each for each in _outcomes(seeds, partial(run, steps=steps)) if each.violation), None)
    if violated:
        _say(f"seed {violated.seed}: {violated.violation}")
    return violated is None


def _outcomes(seeds: Iterable[int], live_through: Callable[[int], Outcome]) -> Iterator[Outcome]:
    """In the order of the seeds, each as soon as it is known."""
    with ProcessPoolExecutor() as pool:
        futures = [pool.submit(live_through, seed) for seed in seeds]
        try:
            yield from (each.result() for each in futures)
        finally:
            pool.shutdown(cancel_futures=True)


def _told(outcome: Outcome) -> Outcome:
    if outcome.violation:
        again = f"SEED={outcome.seed} STEPS={outcome.steps}" + (f' RESTORE="{outcome.age}"' if outcome.age else "")
        _say(f"{outcome.violation}\nrepeat it with:  make chaos {again}")
    return outcome


def _sum_up(outcomes: list[Outcome], seconds: float) -> None:
    steps, turns = sum(each.steps for each in outcomes), sum(each.turns for each in outcomes)
    faults, hours = sum(each.struck for each in outcomes), sum(each.hours for each in outcomes)
    heaviest = max(each.heaviest for each in outcomes)
    violations = sum(bool(each.violation) for each in outcomes)
    _say(
        f"{len(outcomes)} runs, {steps:,} steps, {turns:,} inputs and outputs, {faults:,} faults, "
        f"{hours:,.0f} hours of virtual time in {seconds:.0f} s, "
        f"the largest commit {heaviest:,} bytes, {sum(each.shards for each in outcomes):,} shards handed over, "
        f"{sum(each.paused for each in outcomes):,} pauses: {violations} violations"
    )


def _tell_of_quirks(outcomes: list[Outcome]) -> None:
    """How often each reached us, those that rarely did first."""
    reached: Counter[str] = sum((each.reached for each in outcomes), Counter())
    rows = sorted((reached[number], number, quirk.name) for number, quirk in QUIRKS.items())
    _say("\n".join(f"{count:9,}  {number} {name}{_NEVER_MET.get(number, '')}" for count, number, name in rows))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
