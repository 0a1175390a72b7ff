"""`make model`: search everything; `make model WHICH=mutants`: how each weakened rule goes wrong, step by step."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from tests.searches.model import mutants
from tests.searches.model.bounds import Bounds
from tests.searches.model.configurations import CONFIGURATIONS
from tests.searches.model.following import Following
from tests.searches.model.protocol import Protocol
from tests.searches.model.replay import Difference, walk
from tests.searches.model.search import Flaw, Found, Model, search

_WALKS, _STEPS = 300, 300
"""To be replayed."""


def _configurations() -> Iterator[tuple[str, str, Model[Any]]]:
    for name, each in CONFIGURATIONS.items():
        yield name, _spelled(each.full), Protocol(each.full)
    yield "following", "changes=3 operations=3 faults=2", Following(changes=3, operations=3, faults=2)


def _mutants() -> Iterator[tuple[str, str, Model[Any]]]:
    for each in mutants.MUTANTS:
        yield each.rules.__name__, _spelled(each.bounds), Protocol(each.bounds, each.rules)
    for rules in mutants.FOLLOWING:
        yield rules.__name__, "following", Following(changes=2, operations=2, faults=1, rules=rules)


def _spelled(bounds: Bounds) -> str:
    """What differs from nothing at all."""
    told = {name: value for name, value in bounds._asdict().items() if value != Bounds._field_defaults[name]}
    if not bounds.faults:
        told.pop("of", None)
    return " ".join(_one(name, value) for name, value in told.items())


def _one(name: str, value: object) -> str:
    if isinstance(value, frozenset):
        return "of: " + (", ".join(sorted(value)) or "those named")
    return name if value is True else f"{name}={value}"


def _searched(model: Model[Any]) -> tuple[Found, float]:
    """And how many seconds it took."""
    began = time.monotonic()
    return search(model), time.monotonic() - began


def _tell(name: str, bounds: str, found: Found, seconds: float) -> None:
    verdict = found.flaw or "nothing is broken"
    _say(f"{name:32} {found.states:9,} states {seconds:7.1f} s  {verdict:48} {bounds}")
    _say(*(f"    {step}" for step in found.way))


def _walked(seed: int) -> int:
    return walk(seed, _STEPS).total()


def _replay(pool: ProcessPoolExecutor) -> int:
    """Return how many differences there are; the first ends it."""
    try:
        writes = sum(pool.map(_walked, range(_WALKS)))
    except (Difference, Flaw) as difference:
        _say(f"replayed against the real decisions: {difference}")
        return 1
    _say(f"replayed {writes:,} writes of {_WALKS} walks against the real decisions: no difference")
    return 0


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def main(which: str) -> int:
    """Return how many flaws there are."""
    names, bounds, models = zip(*(_mutants() if which == "mutants" else _configurations()), strict=True)
    flaws = 0
    with ProcessPoolExecutor() as pool:
        for name, spelled, (found, seconds) in zip(names, bounds, pool.map(_searched, models), strict=True):
            _tell(name, spelled, found, seconds)
            flaws += bool(found.flaw)
        flaws += 0 if which == "mutants" else _replay(pool)
    return flaws


if __name__ == "__main__":
    broken = main(*sys.argv[1:2] or [""])
    sys.exit(broken > 0 and "mutants" not in sys.argv)
