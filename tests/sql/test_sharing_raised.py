"""`sharing_raised` is what successive readings saw grow, worked out from Google's side alone."""

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Target
from tests.sql.conftest import HOUR, MINUTE, messages
from tests.sql.history import raised
from tests.sql.lives import LIVES, restored, unknown_to_the_backup
from tests.sql.warehouse import Warehouse
from tests.support.world import ALICE, ALICES_ACL, BOB, World

INSIDE = frozenset({"example.com"})
ROLES = ("none", "freeBusyReader", "reader", "writer", "owner")
GRANTEES = (
    ("default", None),
    ("domain", "example.com"),
    ("domain", "evil.net"),
    ("group", "all@example.com"),
    ("group", "all@evil.net"),
    ("user", "carol@example.com"),
    ("user", "eve@evil.net"),
    ("user", "bob@example.com.evil.net"),
)
COLUMNS = ("calendar_id", "grantee", "role_before", "role_after", "exposure_before", "exposure_after")


def told(world: World) -> list[tuple[Any, ...]]:
    rows = Warehouse(messages(world)).rows("sharing_raised")
    return [tuple(each[name] for name in COLUMNS) for each in sorted(rows, key=lambda each: str(each["time"]))]


def by_what_it_says(each: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(map(str, each))


def assert_it_tells_what_readings_saw(world: World) -> None:
    assert sorted(told(world), key=by_what_it_says) == sorted(raised(world.google, INSIDE), key=by_what_it_says)


def shared_at_random(world: World, seed: int) -> None:
    """Several changes between two readings now and then, so that some are never seen."""
    chance = random.Random(seed)  # noqa: S311 (repeatable on purpose)
    team = world.alice.create_calendar("Team")
    world.alice.share(team, BOB, "owner")
    for target in (ALICES_ACL, Target(ACL, team, ALICE), Target(ACL, team, BOB)):
        world.open(target)
    world.run(HOUR)
    for _ in range(40):
        kind, value = chance.choice(GRANTEES)
        world.alice.share_with(chance.choice((ALICE, team)), kind, value, chance.choice(ROLES))
        world.run(chance.choice((MINUTE / 600, MINUTE, HOUR)))
    world.run(HOUR)


def test_whoever_works_it_out_from_googles_side_has_nothing_of_ours() -> None:
    """Not on the path either."""
    outside = {"PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", "import tests.sql.history"], env=outside, check=True)


@pytest.mark.parametrize("seed", range(3))
def test_it_tells_what_readings_saw_grow(world: World, seed: int) -> None:
    shared_at_random(world, seed)
    assert len(told(world)) > 10
    assert_it_tells_what_readings_saw(world)


@pytest.mark.parametrize("live_on", [each for each in LIVES if each not in {restored, unknown_to_the_backup}])
def test_it_tells_that_in_every_life_in_which_nothing_is_lost(world: World, live_on: Callable[[World], None]) -> None:
    """After a restore it tells what the backup did not know, whatever the lost database had seen."""
    live_on(world)
    assert_it_tells_what_readings_saw(world)


def test_it_tells_when_and_by_which_watch(world: World) -> None:
    world.open(ALICES_ACL)
    world.run(HOUR)
    shared = world.now.replace(tzinfo=None)
    world.alice.share_with(ALICE, "default", None, "reader")
    world.run(HOUR)
    [row] = Warehouse(messages(world)).rows("sharing_raised")
    assert (row["watch"], row["subject"], row["grantee_type"]) == (ALICES_ACL.id, ALICE, "default")
    assert shared < row["time"] < shared + MINUTE


def test_a_baseline_raises_nothing(world: World) -> None:
    world.alice.share_with(ALICE, "default", None, "reader")
    world.open(ALICES_ACL)
    world.run(HOUR)
    warehouse = Warehouse(messages(world))
    assert warehouse.rows("external_now")
    assert warehouse.rows("sharing_raised") == []
