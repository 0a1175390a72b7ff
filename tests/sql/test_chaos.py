"""The views on what was published while everything went wrong: what they say is right once that is over."""

import pytest

from tests.searches.chaos.life import live
from tests.sql.baselines import Items, with_baselines
from tests.sql.conftest import now, rules, shown
from tests.sql.row import Row
from tests.sql.warehouse import Warehouse
from tests.support.world import CHANGES

SEEDS = (1, 2, 6)
"""Runs in which access rules are watched in the end."""
STEPS = 60


def right(seed: int) -> Items:
    """What is so now, if the views say so too."""
    composition = live(seed, STEPS).composition
    store, query = composition.store, composition.reader
    rows = with_baselines([Row.of(each) for each in composition.pubsub.published(CHANGES)], rules(store, query))
    warehouse = Warehouse(rows)
    assert warehouse.rows("gaps") == []
    assert now(warehouse) == shown(store, query, composition.now)
    return now(warehouse)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_so_now_is_so_after_chaos(seed: int) -> None:
    assert right(seed)


@pytest.mark.search
@pytest.mark.parametrize("seed", range(100))
def test_what_is_so_now_is_so_after_much_more_of_it(seed: int) -> None:
    """In some two thirds of these runs access rules are watched in the end."""
    right(seed)
