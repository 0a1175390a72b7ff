"""A part of `make chaos`, with the same seeds each time."""

import pytest

from tests.searches.chaos.campaign import run
from tests.searches.chaos.fault_rates import ALL_RATES


@pytest.mark.parametrize("seed", range(2 * len(ALL_RATES)))
def test_nothing_is_lost_doubled_or_forgotten(seed: int) -> None:
    outcome = run(seed, 120)
    assert not outcome.violation
    assert outcome.turns > 300
    assert outcome.struck > 20
    assert outcome.shards, "some sweep had too little time"


def test_the_same_seed_is_the_same_story() -> None:
    assert run(4, 40, digest=str) == run(4, 40, digest=str)
