"""What a sweep costs when nothing is due, in documents of watches: none, however many are at rest."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from calendar_watch.firestore.client import connect
from calendar_watch.firestore.queries import WATCHES
from calendar_watch.firestore.store import FirestoreStore
from calendar_watch.firestore.watch_document import watch_document
from calendar_watch.model.watch import Watch
from tests.doubles import local_firestore
from tests.doubles.local_firestore import LocalFirestore
from tests.support import firestore_emulator
from tests.support.databases import InMemory
from tests.support.world import ALICES_ACL, World, swept

FEW, MANY = 10, 500
"""Each query names what is due, and has a limit: 200,000 at rest show the same (`make bench WHICH=at_rest`)."""
BATCH = 400


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


class CountingStore(FirestoreStore):
    documents = 0

    def _found(self, query: Any) -> list[Any]:
        found = super()._found(query)
        self.documents += len(found)
        return found


def test_a_sweep_with_nothing_due_reads_no_document_however_many_watches_are_at_rest(
    world: World, firestore: LocalFirestore
) -> None:
    costs = [idle(world, firestore, number) for number in (FEW, MANY)]
    assert costs[0] == costs[1]
    rpcs, documents = costs[1]
    assert documents == 0
    assert rpcs <= 6, "notifications in two parts, what is due at first and then, what is outdated, how many remain"


def idle(world: World, firestore: LocalFirestore, number: int) -> tuple[int, int]:
    """RPCs and documents read."""
    store = stored(world, number)
    firestore.calls.clear()
    assert not swept(replace(world.services, store=store), start="m").reconciled
    return firestore.calls.count(), store.documents


def stored(world: World, number: int) -> CountingStore:
    client = connect(f"idle-{number}", "calendar-watch")
    model = world.store.get(ALICES_ACL.id)
    for first in range(0, number, BATCH):
        batch = client.batch()
        for each in range(first, min(first + BATCH, number)):
            watch = copied(model, each)
            batch.create(client.collection(WATCHES).document(watch.id), watch_document(watch))
        batch.commit(timeout=60)
    return CountingStore(client, timeout=60, retention=timedelta(days=30))


def copied(model: Watch, number: int) -> Watch:
    return replace(model, target=replace(model.target, calendar_id=f"calendar{number}@example.com"), version=None)
