"""Watches at rest in our Firestore, as many as asked for, and what a sweep costs that finds nothing due among them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from calendar_watch.firestore.client import connect
from calendar_watch.firestore.queries import WATCHES
from calendar_watch.firestore.store import FirestoreStore
from calendar_watch.firestore.watch_document import watch_document
from calendar_watch.model.watch import Watch
from tests.doubles.local_firestore import LocalFirestore
from tests.support.world import ALICES_ACL, World, swept

_BATCH = 400


class _CountingStore(FirestoreStore):
    documents = 0

    def _found(self, query: Any) -> list[Any]:
        found = super()._found(query)
        self.documents += len(found)
        return found


def idle(world: World, firestore: LocalFirestore, number: int) -> tuple[int, int]:
    """RPCs and documents read."""
    store = _stored(world, number)
    firestore.calls.clear()
    assert not swept(replace(world.services, store=store), start="m").reconciled
    return firestore.calls.count(), store.documents


def _stored(world: World, number: int) -> _CountingStore:
    client = connect(f"idle-{number}", "calendar-watch")
    model = world.store.get(ALICES_ACL.id)
    for first in range(0, number, _BATCH):
        batch = client.batch()
        for each in range(first, min(first + _BATCH, number)):
            watch = _copied(model, each)
            batch.create(client.collection(WATCHES).document(watch.id), watch_document(watch))
        batch.commit(timeout=60)
    return _CountingStore(client, timeout=20, retention=timedelta(days=30))


def _copied(model: Watch, number: int) -> Watch:
    return replace(model, target=replace(model.target, calendar_id=f"calendar{number}@example.com"), version=None)
