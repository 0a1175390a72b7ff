"""An alert on what is so, rather than on what happens, is open as long as it lasts, and closes by itself."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

IsOpen = Callable[[Sequence[int]], bool]

LATELY = 3
"""Counts within the time that an alert looks at; two where one is missing, or did not fall into it."""


def histogram_quantile(quantile: float, bounds: Sequence[float], values: Sequence[float]) -> float:
    """As Prometheus reckons it, with Cloud Monitoring's buckets: each holds its lower bound, and not its upper one."""
    below = [sum(value < bound for value in values) for bound in bounds]
    rank = quantile * len(values)
    for (lower, before), (upper, until) in pairwise(zip(bounds, below, strict=True)):
        if until >= rank:
            return lower + (upper - lower) * (rank - before) / (until - before)
    return bounds[-1]


@pytest.fixture
def is_open(texts: dict[str, str], bounds: Sequence[float]) -> IsOpen:
    [quantile] = set(re.findall(r"histogram_quantile\(([\d.]+), .*_bucket.*\[25m\]", texts["alerts.tf"]))
    [threshold] = set(re.findall(r"_counted\.\w+\} > ([\d.]+)", texts["alerts.tf"]))
    return lambda counts: histogram_quantile(float(quantile), bounds, counts) > float(threshold)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it is the same each time
@given(counts=st.lists(st.integers(min_value=0, max_value=200_000), min_size=1, max_size=LATELY))
def test_it_is_open_while_most_of_the_last_counts_say_so(is_open: IsOpen, counts: list[int]) -> None:
    assert is_open(counts) is (sum(each > 0 for each in counts) > len(counts) / 2)


@pytest.mark.parametrize(
    ("counts", "opened"),
    [([0, 0, 1], False), ([0, 1, 1], True), ([1, 1, 0], True), ([1, 0, 0], False), ([1, 1], True), ([0, 0], False)],
    ids=["a blip", "the second", "a lull", "over", "one is missing, and it lasts", "one is missing, and all is well"],
)
def test_what_passes_wakes_nobody_and_what_lasts_is_told_once(
    is_open: IsOpen, counts: list[int], *, opened: bool
) -> None:
    assert is_open(counts) is opened
