"""The views on what was published while everything went wrong: what they say is right once that is over."""

from collections.abc import Mapping
from functools import partial

import pytest

from tests.searches.chaos.life import Life, live, tells_baselines
from tests.searches.chaos.restore import lose_and_restore
from tests.sql.conftest import HOUR, Items, now, shown, watches
from tests.sql.row import Row
from tests.sql.test_gaps import inner, named
from tests.sql.warehouse import Warehouse
from tests.support.world import CHANGES

STEPS = 60
TOLD = [seed for seed in range(200) if tells_baselines(seed)]
"""A hundred runs in which baselines of access rules are told in the stream."""
WATCHED = (2, *(pytest.param(each, marks=pytest.mark.search) for each in (6, 15)))
"""Of these, some in which access rules are watched in the end."""


def rows(life: Life) -> list[Row]:
    return [Row.of(each) for each in life.composition.pubsub.published(CHANGES)]


def there(life: Life) -> Mapping[str, Items]:
    composition = life.composition
    return shown(composition.store, composition.reader, composition.now)


def right(seed: int) -> Life:
    """What is so now is what the views say and `items` too."""
    life = live(seed, STEPS)
    warehouse = Warehouse(rows(life))
    assert now(warehouse) == there(life)
    assert warehouse.rows("gaps") == []
    return life


@pytest.mark.parametrize("seed", WATCHED)
def test_what_is_so_now_is_so_after_chaos(seed: int) -> None:
    assert there(right(seed))


@pytest.mark.parametrize("seed", WATCHED)
def test_any_row_of_chaos_that_is_taken_out_is_named(seed: int) -> None:
    once = {each.id: each for each in rows(live(seed, STEPS))}.values()
    warehouse = Warehouse(once)
    for row in inner(once):
        with warehouse.without(row):
            assert named(warehouse) == [(row.watch, row.sequence, row.sequence)]


@pytest.mark.search
@pytest.mark.parametrize("seed", TOLD)
def test_what_is_so_now_is_so_after_much_more_of_it(seed: int) -> None:
    """In some two thirds of these runs access rules are watched in the end."""
    right(seed)


@pytest.mark.search
@pytest.mark.parametrize("seed", TOLD[:12])
def test_what_is_so_now_is_so_after_a_restore_for_all_who_are_still_known(seed: int) -> None:
    """Of a watch that only the lost database knew to have told anything, nobody tells anything any more, if it ends."""
    life = live(seed, STEPS, halfway=partial(lose_and_restore, age=HOUR))
    warehouse, stored = Warehouse(rows(life)), watches(life.composition.store)
    known = {each.id for each in stored if each.log.sequence or each.wanted}
    assert {watch: rules for watch, rules in now(warehouse).items() if watch in known} == there(life)
    assert warehouse.rows("gaps") == []
