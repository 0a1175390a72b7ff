"""A reading of a small collection that is too large for one write: what is kept and shown between its pieces."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from calendar_watch.model.change_log import Span
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.operations.query import Query
from tests.doubles.memory_store import Edge, MemoryStore, contended, direct, lost
from tests.support.line import Death
from tests.support.world import ALICE, ALICES_ACL, World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def partly_read(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The process died after the first piece of two rules, of five."""
    monkeypatch.setattr("calendar_watch.decisions.listing.portions.MOST_ITEMS", 2)
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    die_after_the_first_piece(world)
    return world


def die_after_the_first_piece(world: World) -> None:
    for number in range(5):
        world.alice.share(ALICE, f"user{number}@example.com", "reader")
    left = 2

    def edge(rpc: str, act: Callable[[], Any], /) -> Any:
        nonlocal left
        left -= rpc == WriteKind.COMMIT
        if not left:
            raise Death
        return act()

    assert isinstance(world.store, MemoryStore)
    world.store.edge = edge
    with suppress(Death):
        world.run(MINUTE)
    world.store.edge = direct


def forget(world: World, field: str) -> None:
    """As a release would have read it that does not look at that field."""
    [part] = world.store.parts(ALICES_ACL.id, ["0"])
    fewer = tuple(each for each in part.fields if each != field)
    items = {name: {each: item[each] for each in fewer} for name, item in part.items.items()}
    watch = world.store.get(ALICES_ACL.id)
    world.store.write(Write(WriteKind.COMMIT, watch, parts=[replace(part, items=items, fields=fewer)]))


def test_items_are_shown_with_the_sequence_that_they_correspond_to(partly_read: World) -> None:
    world = partly_read
    page = Query(world.services).items(ALICES_ACL.id, "", 100)
    told = {
        each.get("subject", f"user:{ALICE}")
        for each in world.query.changes(ALICES_ACL.id, Span(0), page.sequence).changes
    }
    assert page.items.keys() == told
    assert len(told) == 3


def test_what_was_told_is_not_told_again_and_all_fields_are_compared_on(partly_read: World) -> None:
    world = partly_read
    assert world.store.parts(ALICES_ACL.id, ["0"])[0].fields == ALICES_ACL.resource.fields
    world.run(10 * MINUTE)
    subjects = [each["subject"] for each in world.events(ALICES_ACL.id) if "subject" in each]
    assert sorted(subjects) == [f"user:user{number}@example.com" for number in range(5)]


def test_what_an_earlier_release_did_not_look_at_is_told_of_nobody_between_two_pieces_either(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calendar_watch.decisions.listing.portions.MOST_ITEMS", 2)
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    forget(world, "scope")
    die_after_the_first_piece(world)
    world.run(10 * MINUTE)
    assert f"user:{ALICE}" not in {each.get("subject") for each in world.events(ALICES_ACL.id)}


@pytest.fixture
def changed(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """In five rules, of which two go into a piece; Google's message is there."""
    monkeypatch.setattr("calendar_watch.decisions.listing.portions.MOST_ITEMS", 2)
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
    for number in range(5):
        world.alice.share(ALICE, f"user{number}@example.com", "reader")
    world.run(timedelta(seconds=1))
    return world


def told_by_one_reconciliation(world: World) -> list[str]:
    world.reconcile(ALICES_ACL.id)
    return [each["subject"] for each in world.events(ALICES_ACL.id) if "subject" in each]


def test_the_pieces_of_a_reading_cost_one_listing_in_all(changed: World) -> None:
    before = len(changed.google.calls)
    assert told_by_one_reconciliation(changed) == [f"user:user{number}@example.com" for number in range(5)]
    assert [call.method_id for call in changed.google.calls[before:]] == ["calendar.acl.list"]


@pytest.mark.parametrize("piece", [1, 2, 3])
@pytest.mark.parametrize("mishap", [contended, lost])
def test_a_piece_that_is_not_written_or_of_which_nobody_hears_is_told_once(
    changed: World, mishap: Edge, piece: int
) -> None:
    left = piece

    def edge(rpc: str, act: Callable[[], Any], /) -> Any:
        nonlocal left
        left -= rpc == WriteKind.COMMIT
        return direct(rpc, act) if left or rpc != WriteKind.COMMIT else mishap(rpc, act)

    assert isinstance(changed.store, MemoryStore)
    changed.store.edge = edge
    assert told_by_one_reconciliation(changed) == [f"user:user{number}@example.com" for number in range(5)]
    assert left <= 0
