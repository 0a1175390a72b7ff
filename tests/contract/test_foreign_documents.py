"""Documents that this release did not write: of another schema they are left alone, malformed ones are dropped."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import firestore

from calendar_watch.decisions import registration
from calendar_watch.errors import ForeignSchemaError
from calendar_watch.firestore.notifications import FirestoreNotifications
from calendar_watch.firestore.store import FirestoreStore
from calendar_watch.model.change_log import with_watch_event
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Filter
from tests.support.world import policy_of

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WATCH_ID = "a" * 32
GOOD = {"schema": 2, "resource_id": "r", "resource_state": "exists", "expiration": None, "received": NOW}


@pytest.fixture
def store(client: firestore.Client) -> FirestoreStore:
    return FirestoreStore(client, timeout=10, retention=timedelta(days=30))


def created(store: FirestoreStore, number: int = 0) -> Watch:
    """Due by their numbers."""
    target = Target(ACL, f"c{number}@example.com", "alice@example.com")
    due_at = NOW - timedelta(hours=10 - number)
    return store.write(
        Write(WriteKind.CREATE, registration.created(target, Options(), NOW).with_schedule(due_at=due_at))
    )


def make_foreign(client: firestore.Client, collection: str) -> None:
    for each in client.collection(collection).get():
        each.reference.update({"schema": 1})


MALFORMED: dict[str, Any] = {
    f"{WATCH_ID}": GOOD,
    "no-watch~channel": GOOD,
    f"{WATCH_ID}~": GOOD,
    f"{WATCH_ID}~white space": GOOD,
    f"{WATCH_ID}~empty": {},
    f"{WATCH_ID}~no-schema": {name: value for name, value in GOOD.items() if name != "schema"},
    f"{WATCH_ID}~schema": GOOD | {"schema": "2"},
    f"{WATCH_ID}~resource-id": GOOD | {"resource_id": 7},
    f"{WATCH_ID}~resource-state": GOOD | {"resource_state": None},
    f"{WATCH_ID}~expiration": GOOD | {"expiration": "Fri, 27 Nov 2026 10:00:00 GMT"},
    f"{WATCH_ID}~received": GOOD | {"received": 1},
    f"{WATCH_ID}~missing": {name: value for name, value in GOOD.items() if name != "received"},
}


@pytest.mark.parametrize("start", ["", "m"])
def test_malformed_notifications_are_dropped_and_keep_none_back(
    client: firestore.Client, store: FirestoreStore, start: str
) -> None:
    news = client.collection("calendar_watch_news")
    for name, document in MALFORMED.items():
        news.document(name).set(document)
    good = PendingNotification(WATCH_ID, "good", "r", None, NOW)
    FirestoreNotifications(client, timeout=10).put(good)
    assert [each.channel_id for each in store.notifications(WATCH_ID)] == ["good"]
    assert [each.channel_id for each in store.waiting(start, 100)] == ["good"]
    assert [each.id for each in news.get()] == [f"{WATCH_ID}~good"]


def test_a_sweep_looks_at_no_more_malformed_notifications_than_at_others(
    client: firestore.Client, store: FirestoreStore
) -> None:
    for number in range(5):
        client.collection("calendar_watch_news").document(f"{WATCH_ID}~{number}").set({})
    assert store.waiting("", 3) == []
    assert len(client.collection("calendar_watch_news").get()) == 2


def test_notifications_of_another_schema_stay_as_they_are(client: firestore.Client, store: FirestoreStore) -> None:
    client.document(f"calendar_watch_news/{WATCH_ID}~c").set(GOOD | {"schema": 3})
    assert (store.notifications(WATCH_ID), store.waiting("", 10)) == ([], [])
    [left] = client.collection("calendar_watch_news").get()
    assert left.to_dict() == GOOD | {"schema": 3}


def test_a_watch_of_another_schema_is_an_error_by_itself_and_passed_over_among_others(
    client: firestore.Client, store: FirestoreStore
) -> None:
    foreign = created(store)
    make_foreign(client, "calendar_watches")
    watch = created(store, 1)
    with pytest.raises(ForeignSchemaError, match="schema 1, where this release reads 2"):
        store.get(foreign.id)
    with pytest.raises(ForeignSchemaError):
        store.find([foreign.id])
    assert store.page(Filter(), "", 10).watches == [watch]
    assert [each for each, _ in store.due(NOW, 10)] == [watch.id]


def test_those_of_another_schema_do_not_fill_a_sweep(client: firestore.Client, store: FirestoreStore) -> None:
    for number in range(4):
        created(store, number)
    make_foreign(client, "calendar_watches")
    watch = created(store, 9)
    assert [each for each, _ in store.due(NOW, 2)] == [watch.id]


def test_a_page_of_watches_of_another_schema_does_not_end_the_list(
    client: firestore.Client, store: FirestoreStore
) -> None:
    ids = sorted(created(store, number).id for number in range(4))
    for each in ids[:2]:
        client.document(f"calendar_watches/{each}").update({"schema": 1})
    first = store.page(Filter(), "", 2)
    assert (first.watches, first.next_after) == ([], ids[1])
    assert [each.id for each in store.page(Filter(), first.next_after, 3).watches] == ids[2:]


def test_parts_and_entries_of_another_schema_are_an_error(client: firestore.Client, store: FirestoreStore) -> None:
    watch = created(store)
    told = with_watch_event(watch, "opened", NOW, policy_of())
    store.write(Write(WriteKind.COMMIT, told, parts=[Snapshot({}, ())]))
    make_foreign(client, "calendar_watch_snapshots")
    make_foreign(client, "calendar_watch_changes")
    with pytest.raises(ForeignSchemaError):
        store.parts(watch.id, ["0"])
    with pytest.raises(ForeignSchemaError):
        store.entries(watch.id, 0, 10)


def test_those_of_another_schema_make_a_sweep_no_longer_than_it_may_be(
    client: firestore.Client, store: FirestoreStore
) -> None:
    created(store)
    make_foreign(client, "calendar_watches")
    watches = [created(store, number) for number in range(1, 5)]
    assert [each for each, _ in store.due(NOW, 2)] == [each.id for each in watches[:2]]
