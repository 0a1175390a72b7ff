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
from calendar_watch.model.change_log import Span, with_watch_event
from calendar_watch.model.target import Options
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.operations.query import Query
from calendar_watch.sizes import weight
from calendar_watch.times import rfc3339
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
            query.changes(ALICES_ACL.id, Span(after), limit)
        assert gone_error.value.oldest_sequence == whole_from
        after, limit = whole_from - 1, LENGTH
        assert sequences(query, after, limit) == list(range(whole_from, LENGTH + 1))
    page = sequences(query, after, limit)
    assert page == list(range(after + 1, after + 1 + len(page)))
    assert page or after == LENGTH
    assert {*page} <= {*kept}


def sequences(query: Query, after: int, limit: int) -> list[int]:
    return [int(each["sequence"]) for each in query.changes(ALICES_ACL.id, Span(after), limit).changes]


def test_what_firestore_tidied_within_a_retention_that_was_raised_is_no_gap_but_gone(
    world: World, client: Client
) -> None:
    world.open(ALICES_ACL)
    for role in ("reader", "writer", "reader", "writer"):
        world.alice.share(ALICE, BOB, role)
        world.run(MINUTE)
    client.collection("calendar_watch_changes").document(f"{ALICES_ACL.id}~{3:020d}").delete()
    assert [int(each["sequence"]) for each in world.query.changes(ALICES_ACL.id, Span(0), 100).changes] == [1, 2]
    with pytest.raises(TooOldError) as gone:
        world.query.changes(ALICES_ACL.id, Span(2), 100)
    assert gone.value.oldest_sequence == 4
    assert len(world.query.changes(ALICES_ACL.id, Span(3), 100).changes) == 2


@pytest.mark.parametrize("days", [1, 30])
def test_what_firestore_may_tidy_is_no_longer_in_the_feed(world: World, client: Client, days: int) -> None:
    """Otherwise the feed would lose what consumers may still ask for; without retention, everything at once."""
    world.deploy(policy_of(retention=timedelta(days=days)), ["k" * 32])
    world.open(ALICES_ACL)
    [entry] = client.collection("calendar_watch_changes").get()
    world.now = entry.get("expire_at") - timedelta(seconds=1)
    assert len(world.query.changes(ALICES_ACL.id, Span(0), 100).changes) == 1
    world.now = entry.get("expire_at") + timedelta(seconds=1)
    with pytest.raises(TooOldError):
        world.query.changes(ALICES_ACL.id, Span(0), 100)


def test_of_a_long_feed_that_was_tidied_little_is_read_to_say_so(world: World) -> None:
    rpcs: list[str] = []

    def counted(rpc: str, act: Callable[[], T]) -> T:
        rpcs.append(rpc)
        return act()

    query = tidied_feed(world, {1, 6}, 0, counted)
    rpcs.clear()
    with pytest.raises(TooOldError):
        query.changes(ALICES_ACL.id, Span(0), 100)
    assert len(rpcs) <= 2 + 2 * 4


@given(
    gone=st.sets(st.integers(1, LENGTH)),
    too_old=st.integers(0, LENGTH),
    half_days=st.tuples(st.integers(-1, 2 * LENGTH), st.integers(1, 2 * LENGTH)),
    limit=st.integers(1, LENGTH),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_by_time_nothing_is_missing_or_it_says_from_when_on_all_is_kept(
    world: World, gone: set[int], too_old: int, half_days: tuple[int, int], limit: int
) -> None:
    """Entry n is of day n - 1; it is asked by half days, from which on, and for how many."""
    since, days = half_days
    query, start = tidied_feed(world, gone, too_old), world.now
    span = Span(since=start + since * DAY / 2, until=start + (since + days) * DAY / 2)
    kept = [each for each in range(1, LENGTH + 1) if each not in gone and each > too_old]
    whole_from = next(each for each in range(1, LENGTH + 2) if {*range(each, LENGTH + 1)} <= {*kept})
    wanted = [each for each in range(1, LENGTH + 1) if since <= 2 * (each - 1) < since + days]
    if whole_from > 1 and since < (2 * (whole_from - 1) if whole_from <= LENGTH else 2 * LENGTH - 1):
        with pytest.raises(TooOldError) as gone_error:
            query.changes(ALICES_ACL.id, span, limit)
        assert gone_error.value.oldest_sequence == whole_from
        just_after_all = start + (LENGTH - 1) * DAY + timedelta(microseconds=1)
        begins = start + (whole_from - 1) * DAY if whole_from <= LENGTH else just_after_all
        assert gone_error.value.oldest_time == rfc3339(begins)
    else:
        assert read_by_time(query, span, limit) == wanted


def read_by_time(query: Query, span: Span, limit: int) -> list[int]:
    read: list[int] = []
    while True:
        page = query.changes(ALICES_ACL.id, span, limit)
        read += [int(each["sequence"]) for each in page.changes]
        if page.complete or not page.changes:
            return read
        span = Span(page.next_after, until=span.until)


def test_what_may_still_be_told_of_a_time_is_waited_for(world: World) -> None:
    world.open(ALICES_ACL)
    soon = world.now + MINUTE
    assert not world.query.changes(ALICES_ACL.id, Span(until=soon), 10).complete
    world.now = soon + world.policy.lease - timedelta(seconds=1)
    assert not world.query.changes(ALICES_ACL.id, Span(until=soon), 10).complete
    world.now += timedelta(seconds=1)
    assert world.query.changes(ALICES_ACL.id, Span(until=soon), 10).complete


def test_what_is_cut_for_its_size_is_not_complete_though_all_of_that_time_was_read(world: World) -> None:
    """Whoever believed that it was would never ask for the rest."""
    query, start = tidied_feed(world, set(), 0), world.now
    span = Span(since=start, until=start + 3 * DAY)
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr("calendar_watch.operations.query.MOST_BYTES", 1)
        assert read_by_time(query, span, LENGTH) == [1, 2, 3]


def test_no_entry_is_told_as_earlier_than_the_one_before_whatever_a_clock_says(world: World) -> None:
    watch = registration.created(ALICES_ACL, Options(), world.now)
    for moment in (world.now, world.now - DAY, world.now + MINUTE):
        watch = with_watch_event(watch, "renewed", moment, world.policy)
    assert [each["time"] for each in watch.log.pending] == [
        rfc3339(each) for each in (world.now, world.now, world.now + MINUTE)
    ]


def test_a_page_ends_before_it_is_too_large_and_has_one_entry_at_least(world: World) -> None:
    world.open(ALICES_ACL)
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr("calendar_watch.operations.query.MOST_BYTES", 2_000)
        for number in range(6):
            world.alice.share(ALICE, f"{number}{'x' * 40}@example.com", "reader")
        world.run(5 * MINUTE)
        after, sizes = 0, []
        while (page := world.query.changes(ALICES_ACL.id, Span(after), 100)).changes:
            sizes.append(sum(map(weight, page.changes)))
            after = page.next_after
        assert after == world.store.get(ALICES_ACL.id).log.sequence
        assert len(sizes) > 2
        assert max(sizes) <= 2_000
        patches.setattr("calendar_watch.operations.query.MOST_BYTES", 1)
        assert len(world.query.changes(ALICES_ACL.id, Span(0), 100).changes) == 1


def test_a_page_of_items_ends_before_it_is_too_large(world: World) -> None:
    for number in range(6):
        world.alice.share(ALICE, f"{number}{'x' * 40}@example.com", "reader")
    world.open(ALICES_ACL)
    seen: set[str] = set()
    token: str | None = ""
    pages = 0
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr("calendar_watch.operations.query.MOST_BYTES", 600)
        while token is not None:
            page = world.query.items(ALICES_ACL.id, token, 100)
            assert len(page.items) == 1 or weight(page.items) <= 600
            seen |= page.items.keys()
            token, pages = page.next_token, pages + 1
    assert (len(seen), pages > 2) == (7, True)
