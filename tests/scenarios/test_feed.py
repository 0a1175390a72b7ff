"""The feed: contiguous, or it says from where on it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
from google.cloud.firestore import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendar_watch.decisions import registration
from calendar_watch.errors import TooOldError
from calendar_watch.model.change_log import with_watch_event
from calendar_watch.model.target import Options
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.operations.query import Query
from tests.doubles.memory_store import Edge, MemoryFirestore, MemoryStore, direct
from tests.support.world import ALICE, ALICES_ACL, BOB, World, policy_of

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LENGTH = 12
T = TypeVar("T")


def tidied_feed(world: World, gone: set[int], too_old: int, edge: Edge = direct) -> Query:
    """A feed of twelve, one a day, of which Firestore has deleted some and the first few are older than is kept."""
    database = MemoryFirestore()
    store, start = MemoryStore(database, DAY, edge), world.now
    watch = store.write(Write(WriteKind.CREATE, registration.created(ALICES_ACL, Options(), start)))
    for day in range(LENGTH):
        told = with_watch_event(watch, "renewed", start + day * DAY, world.policy)
        watch = store.write(Write(WriteKind.COMMIT, told))
    for sequence in gone:
        database.collections["changes"].delete(f"{watch.id}~{sequence:020d}")
    retention = (LENGTH - too_old) * DAY
    policy = replace(world.policy, retention=retention)
    return Query(replace(world.services, store=store, policy=policy, clock=lambda: start + (LENGTH - 0.5) * DAY))


@given(
    gone=st.sets(st.integers(1, LENGTH)),
    too_old=st.integers(0, LENGTH),
    after=st.integers(0, LENGTH),
    limit=st.integers(1, LENGTH),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_page_is_contiguous_or_says_from_where_on_all_is_kept(
    world: World, gone: set[int], too_old: int, after: int, limit: int
) -> None:
    query = tidied_feed(world, gone, too_old)
    kept = [each for each in range(1, LENGTH + 1) if each not in gone and each > too_old]
    whole_from = next(each for each in range(after + 1, LENGTH + 2) if {*range(each, LENGTH + 1)} <= {*kept})
    if after < LENGTH and after + 1 not in kept:
        with pytest.raises(TooOldError) as gone_error:
            query.changes(ALICES_ACL.id, after, limit)
        assert gone_error.value.oldest_sequence == whole_from
        after, limit = whole_from - 1, LENGTH
        assert sequences(query, after, limit) == list(range(whole_from, LENGTH + 1))
    page = sequences(query, after, limit)
    assert page == list(range(after + 1, after + 1 + len(page)))
    assert page or after == LENGTH
    assert {*page} <= {*kept}


def sequences(query: Query, after: int, limit: int) -> list[int]:
    return [int(each["sequence"]) for each in query.changes(ALICES_ACL.id, after, limit)]


def test_what_firestore_tidied_within_a_retention_that_was_raised_is_no_gap_but_gone(
    world: World, client: Client
) -> None:
    world.open(ALICES_ACL)
    for role in ("reader", "writer", "reader", "writer"):
        world.alice.share(ALICE, BOB, role)
        world.run(MINUTE)
    client.collection("calendar_watch_changes").document(f"{ALICES_ACL.id}~{3:020d}").delete()
    assert [int(each["sequence"]) for each in world.query.changes(ALICES_ACL.id, 0, 100)] == [1, 2]
    with pytest.raises(TooOldError) as gone:
        world.query.changes(ALICES_ACL.id, 2, 100)
    assert gone.value.oldest_sequence == 4
    assert len(world.query.changes(ALICES_ACL.id, 3, 100)) == 2


@pytest.mark.parametrize("days", [1, 30])
def test_what_firestore_may_tidy_is_no_longer_in_the_feed(world: World, client: Client, days: int) -> None:
    """Otherwise the feed would lose what consumers may still ask for; without retention, everything at once."""
    world.deploy(policy_of(retention=timedelta(days=days)), ["k" * 32])
    world.open(ALICES_ACL)
    [entry] = client.collection("calendar_watch_changes").get()
    world.now = entry.get("expire_at") - timedelta(seconds=1)
    assert len(world.query.changes(ALICES_ACL.id, 0, 100)) == 1
    world.now = entry.get("expire_at") + timedelta(seconds=1)
    with pytest.raises(TooOldError):
        world.query.changes(ALICES_ACL.id, 0, 100)


def test_of_a_long_feed_that_was_tidied_little_is_read_to_say_so(world: World) -> None:
    rpcs: list[str] = []

    def counted(rpc: str, act: Callable[[], T]) -> T:
        rpcs.append(rpc)
        return act()

    query = tidied_feed(world, {1, 6}, 0, counted)
    rpcs.clear()
    with pytest.raises(TooOldError):
        query.changes(ALICES_ACL.id, 0, 100)
    assert len(rpcs) <= 2 + 2 * 4
