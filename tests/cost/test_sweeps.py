"""What a sweep costs when nothing is due, in documents of watches: none, however many are at rest."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from tests.doubles import local_firestore
from tests.doubles.local_firestore import LocalFirestore
from tests.support import firestore_emulator
from tests.support.at_rest import idle
from tests.support.databases import InMemory
from tests.support.world import ALICES_ACL, World

FEW, MANY = 10, 500
"""Each query names what is due, and has a limit: 200,000 at rest show the same (`make bench WHICH=at_rest`)."""


@pytest.fixture
def firestore(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalFirestore]:
    with local_firestore.serve() as server:
        monkeypatch.setenv(firestore_emulator.VARIABLE, server.host)
        yield server


@pytest.fixture
def world() -> Iterator[World]:
    """With one watch at rest, of which the others are copies; no sweep counts all of them at five past."""
    with closing(World(InMemory())) as world:
        world.open(ALICES_ACL)
        world.run(timedelta(minutes=5))
        yield world


def test_a_sweep_with_nothing_due_reads_no_document_however_many_watches_are_at_rest(
    world: World, firestore: LocalFirestore
) -> None:
    costs = [idle(world, firestore, number) for number in (FEW, MANY)]
    assert costs[0] == costs[1]
    rpcs, documents = costs[1]
    assert documents == 0
    assert rpcs <= 6, "notifications in two parts, what is due at first and then, what is outdated, how many remain"
