"""A reading of a small collection that is too large for one write: what is kept and shown between its pieces."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from calendar_watch.model.change_log import Span
from calendar_watch.model.write import WriteKind
from calendar_watch.operations.query import Query
from tests.doubles.memory_store import MemoryStore, direct
from tests.support.line import Death
from tests.support.world import ALICE, ALICES_ACL, World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def partly_read(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The process died after the first piece of two rules, of five."""
    monkeypatch.setattr("calendar_watch.decisions.listing.portions.MOST_ITEMS", 2)
    world.open(ALICES_ACL)
    world.run(5 * MINUTE)
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
    return world


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
