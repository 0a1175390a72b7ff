"""`gaps` names each number that is missing between the first and the last of its watch, and no other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from tests.sql.conftest import HOUR, messages
from tests.sql.lives import shared
from tests.sql.row import Row
from tests.sql.warehouse import Warehouse
from tests.support.world import KEY, World

MILLION = 1_000_000


def inner(rows: Iterable[Row]) -> list[Row]:
    """All but the first and the last of each watch."""
    told: Mapping[str, list[Row]] = defaultdict(list)
    for row in rows:
        told[row.watch].append(row)
    return [row for each in told.values() for row in sorted(each, key=lambda row: row.sequence)[1:-1]]


def named(warehouse: Warehouse) -> list[tuple[str, int, int]]:
    return [(each["watch"], each["first_missing"], each["last_missing"]) for each in warehouse.rows("gaps")]


@pytest.fixture(scope="module")
def rows(told: World) -> list[Row]:
    return messages(told)


@pytest.mark.search
def test_any_row_that_is_taken_out_is_named(rows: list[Row]) -> None:
    warehouse = Warehouse(rows)
    assert named(warehouse) == []
    assert len(inner(rows)) > 30
    for row in inner(rows):
        with warehouse.without(row):
            assert named(warehouse) == [(row.watch, row.sequence, row.sequence)]
    assert named(warehouse) == []


def test_several_in_a_row_are_one_gap(rows: list[Row]) -> None:
    first, second = sorted(inner(rows), key=lambda each: (each.watch, each.sequence))[:2]
    warehouse = Warehouse([each for each in rows if each.id not in {first.id, second.id}])
    assert named(warehouse) == [(first.watch, first.sequence, second.sequence)]


def restored(rows: Iterable[Row], lost: int) -> list[Row]:
    """As one watch tells after a restore, of a backup before the last so many entries: two rules, and a baseline."""
    last = max(rows, key=lambda each: (each.kind == "acl.updated", each.sequence))
    number = last.sequence - lost + MILLION
    told = [again(last, number + place, "acl.known") for place in range(2)]
    baseline = again(last, number + 2, "watch.resynced")
    data = {"watch": last.data["watch"], "state": "active", "baselineFrom": number}
    return [*told, replace(baseline, data=data), again(last, number + 3, "watch.renewed")]


def again(row: Row, sequence: int, kind: str) -> Row:
    told = {
        "ce-id": f"{row.watch}.{sequence}",
        "ce-sequence": f"{sequence:020d}",
        "ce-type": f"calendarwatch.{kind}.v1",
    }
    return replace(row, message_id=f"{sequence}", attributes={**row.attributes, **told})


@pytest.mark.parametrize("lost", [0, 1, 1000])
def test_the_jump_after_a_restore_is_no_gap(rows: list[Row], lost: int) -> None:
    assert named(Warehouse([*rows, *restored(rows, lost)])) == []


def test_a_jump_whose_baseline_never_came_is_one(rows: list[Row]) -> None:
    *known, _, _ = restored(rows, 0)
    [(_, _, last)] = named(Warehouse([*rows, *known]))
    assert last == known[0].sequence - 1


def test_what_is_lost_right_after_the_jump_is_named(rows: list[Row]) -> None:
    first, *others = restored(rows, 0)
    [(_, _, last)] = named(Warehouse([*rows, *others]))
    assert last == first.sequence


def test_any_row_of_a_database_that_was_restored_twice_is_named(world: World) -> None:
    """The last one before the jump, too: its number says how far the backup had come."""
    shared(world)
    for epoch in (2, 3):
        world.deploy(replace(world.policy, epoch=epoch), [KEY])
        world.run(2 * HOUR)
    rows = messages(world)
    warehouse = Warehouse(rows)
    assert named(warehouse) == []
    for row in inner(rows):
        with warehouse.without(row):
            assert any(watch == row.watch and low <= row.sequence <= high for watch, low, high in named(warehouse))
