"""`acl_now` is what `items` shows, of every watch, whatever has happened to it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Target
from tests.sql.baselines import Items, known
from tests.sql.conftest import HOUR, MINUTE, messages, now, rules, shown
from tests.sql.row import Row
from tests.sql.warehouse import Warehouse
from tests.support.line import refused
from tests.support.world import ALICE, ALICES_ACL, BOB, World


def of(world: World) -> Items:
    return shown(world.store, world.query, world.now)


def opened(world: World) -> None:
    for target in (ALICES_ACL, Target(ACL, BOB, BOB)):
        world.open(target)
    world.run(MINUTE)


def shared(world: World) -> None:
    opened(world)
    world.alice.share(ALICE, "eve@evil.net", "reader")
    world.alice.share_with(ALICE, "default", None, "freeBusyReader")
    world.run(MINUTE)
    world.alice.share(ALICE, "eve@evil.net", "none")
    world.bob.share(BOB, ALICE, "writer")
    world.run(MINUTE)


def watched_for_two(world: World) -> None:
    shared(world)
    world.open(Target(ACL, ALICE, BOB))
    world.run(MINUTE)


def ended(world: World) -> None:
    shared(world)
    world.registry.end(ALICES_ACL.id)
    world.run(MINUTE)


def resumed(world: World) -> None:
    ended(world)
    world.alice.share(ALICE, "carol@example.com", "writer")
    world.open(ALICES_ACL)
    world.run(HOUR)


def resumed_after_everything_was_forgotten(world: World) -> None:
    ended(world)
    world.alice.share_with(ALICE, "default", None, "none")
    world.run(8 * HOUR)
    world.open(ALICES_ACL)
    world.run(MINUTE)


def erased(world: World) -> None:
    shared(world)
    world.registry.erase(ALICES_ACL.id)
    world.run(HOUR)


def resynced(world: World) -> None:
    shared(world)
    world.registry.resync(ALICES_ACL.id)
    world.run(HOUR)


def suspended(world: World) -> None:
    shared(world)
    with world.line.cut("GET", "/acl", refused(403, "forbidden")):
        world.run(3 * HOUR)


LIVES = (
    opened,
    shared,
    watched_for_two,
    ended,
    resumed,
    resumed_after_everything_was_forgotten,
    erased,
    resynced,
    suspended,
)


@pytest.mark.parametrize("live_on", LIVES)
def test_it_shows_the_items(world: World, warehouse: Callable[[], Warehouse], live_on: Callable[[World], None]) -> None:
    live_on(world)
    assert of(world)
    assert now(warehouse()) == of(world)


def test_it_shows_the_items_of_the_story(told: World) -> None:
    assert of(told)
    assert now(Warehouse(messages(told))) == of(told)


def test_what_comes_twice_counts_once(world: World) -> None:
    shared(world)
    rows = messages(world)
    assert now(Warehouse([*rows, *reversed(rows)])) == of(world)


def test_a_stopped_watch_is_left_out(world: World, warehouse: Callable[[], Warehouse]) -> None:
    ended(world)
    assert now(warehouse()).keys() == {Target(ACL, BOB, BOB).id}


def test_a_suspended_watch_is_flagged(world: World, warehouse: Callable[[], Warehouse]) -> None:
    shared(world)
    assert {each["suspended"] for each in warehouse().rows("acl_now")} == {False}
    with world.line.cut("GET", "/acl", refused(403, "forbidden")):
        world.run(3 * HOUR)
    assert {each["suspended"] for each in warehouse().rows("acl_now")} == {True}


def test_a_watch_whose_baseline_is_not_in_the_stream_is_left_out(world: World) -> None:
    shared(world)
    told = [{name: each for name, each in row.data.items() if name != "baselineFrom"} for row in messages(world)]
    rows = [replace(row, data=data) for row, data in zip(messages(world), told, strict=True)]
    assert Warehouse(rows).rows("acl_now") == []


@pytest.mark.parametrize("step", [1, 1_000_000], ids=["a resource added later", "after a restore"])
def test_what_a_later_baseline_does_not_tell_is_gone(world: World, step: int) -> None:
    """Told between two numbers: of a resource added later the next ones, after a restore those a million on."""
    shared(world)
    rows = messages(world)
    last = max((each for each in rows if each.watch == ALICES_ACL.id), key=lambda each: each.sequence)
    [owner] = [each for each in rules(world.store, world.query)[ALICES_ACL.id].values() if each["role"] == "owner"]
    again = known(last, last.sequence + step, owner)
    watch_tells = {"state": "active", "reason": None, "baselineFrom": again.sequence}
    number = {"ce-id": f"{last.watch}.{again.sequence + 1}", "ce-sequence": f"{again.sequence + 1:020d}"}
    attributes = {**last.attributes, **number, "ce-type": "calendarwatch.watch.resynced.v1"}
    resync = Row("r", last.published, attributes, {"watch": last.data["watch"], **watch_tells})
    warehouse = Warehouse([*rows, again, resync])
    assert now(warehouse)[ALICES_ACL.id] == {owner["id"]: owner}
    assert warehouse.rows("gaps") == []
