"""`acl_now` is what `items` shows, of every watch, whatever has happened to it."""

from collections.abc import Callable, Mapping

import pytest

from tests.sql.conftest import HOUR, Items, messages, now, shown
from tests.sql.lives import BOBS_ACL, LIVES, ended, shared, told_by_none
from tests.sql.warehouse import Warehouse
from tests.support.line import refused
from tests.support.world import World


def of(world: World) -> Mapping[str, Items]:
    return shown(world.store, world.query, world.now)


@pytest.mark.parametrize("live_on", LIVES)
def test_it_shows_the_items(world: World, warehouse: Callable[[], Warehouse], live_on: Callable[[World], None]) -> None:
    live_on(world)
    assert of(world)
    assert now(warehouse()) == of(world)
    assert warehouse().rows("gaps") == []


def test_it_shows_the_items_of_the_story(told: World) -> None:
    assert of(told)
    assert now(Warehouse(messages(told))) == of(told)


def test_what_comes_twice_counts_once(world: World) -> None:
    shared(world)
    rows = messages(world)
    assert now(Warehouse([*rows, *reversed(rows)])) == of(world)


def test_a_stopped_watch_is_left_out(world: World, warehouse: Callable[[], Warehouse]) -> None:
    ended(world)
    assert now(warehouse()).keys() == {BOBS_ACL.id}


def test_a_suspended_watch_is_flagged(world: World, warehouse: Callable[[], Warehouse]) -> None:
    shared(world)
    assert {each["suspended"] for each in warehouse().rows("acl_now")} == {False}
    with world.line.cut("GET", "/acl", refused(403, "forbidden")):
        world.run(3 * HOUR)
    assert {each["suspended"] for each in warehouse().rows("acl_now")} == {True}


def test_a_watch_whose_baseline_is_not_in_the_stream_is_left_out(
    world: World, warehouse: Callable[[], Warehouse]
) -> None:
    told_by_none(world)
    assert of(world)
    assert now(warehouse()) == {}
