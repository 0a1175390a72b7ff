"""A part of `make consumer`, with the same seeds each time."""

import pytest

from tests.searches.consumer.campaign import SINKS, alone, in_the_chaos


@pytest.mark.parametrize("seed", range(6))
def test_a_copy_becomes_what_it_copies_and_counts_nothing_twice(seed: int) -> None:
    outcome = alone(seed)
    assert not outcome.offences
    assert outcome.struck["Death"] > 5
    assert outcome.struck["changes 410"]
    assert all(outcome.counted[each] for each in SINKS)


@pytest.mark.parametrize("seed", range(3))
def test_it_does_so_in_the_chaos_of_the_whole_system(seed: int) -> None:
    outcome = in_the_chaos(seed, 100)
    assert not outcome.offences
    assert outcome.published > 20
    assert all(outcome.counted[each] for each in SINKS)


def test_the_same_seed_is_the_same_story() -> None:
    assert alone(2) == alone(2)
