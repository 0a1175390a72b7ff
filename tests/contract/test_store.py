"""What the use cases rely on in the store: on our Firestore, on Google's emulator and in memory alike."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import firestore

from calendar_watch.decisions import registration
from calendar_watch.errors import ConflictError, UnavailableError, UnclearError, UnknownWatchError
from calendar_watch.firestore.notifications import FirestoreNotifications
from calendar_watch.firestore.store import FirestoreStore
from calendar_watch.model.change_log import with_watch_event
from calendar_watch.model.collection.index import NO_SERIES, Entry, mark_of, version_of
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.exposure import COUNTED
from calendar_watch.model.health import Refusal, StepKind
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.resources import ACL, CALENDAR_LIST
from calendar_watch.model.shard import SHARDS, shard_of
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import State, Watch
from calendar_watch.model.write import WRITES, Condition, Load, Write, WriteKind
from calendar_watch.ports import Filter, NotificationStore, Store
from calendar_watch.reasons import Reason
from tests.contract.conftest import BACKENDS, open_client
from tests.doubles.local_firestore import LocalFirestore
from tests.doubles.memory_store import MemoryFirestore, MemoryStore, contended, lost, unavailable
from tests.support import firestore_emulator
from tests.support.world import policy_of

POLICY = policy_of()
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TARGET = Target(ACL, "team@example.com", "alice@example.com")
ITEMS = Snapshot({"user:bob": {"id": "user:bob", "role": "reader"}}, ("id", "role"))


RETENTION = timedelta(days=30)


@pytest.fixture(params=[*BACKENDS, pytest.param("", id="memory")])
def stores(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, project: str
) -> Iterator[tuple[Store, NotificationStore]]:
    """Both sides of one database."""
    if not request.param:
        memory = MemoryStore(MemoryFirestore(), RETENTION)
        yield memory, memory
        return
    monkeypatch.setenv(firestore_emulator.VARIABLE, str(request.getfixturevalue(request.param)))
    with open_client(project, "calendar-watch") as client:
        yield FirestoreStore(client, timeout=10, retention=RETENTION), FirestoreNotifications(client, timeout=10)


@pytest.fixture
def store(stores: tuple[Store, NotificationStore]) -> Store:
    return stores[0]


@pytest.fixture
def box(stores: tuple[Store, NotificationStore]) -> NotificationStore:
    return stores[1]


def watch_of(target: Target = TARGET, **options: Any) -> Watch:
    return registration.created(target, Options(**options), NOW)


def notification_of(watch: Watch, channel_id: str) -> PendingNotification:
    return PendingNotification(watch.id, channel_id, "resource", NOW + timedelta(days=7), NOW)


def test_what_was_created_is_read_back(store: FirestoreStore) -> None:
    created = write(store, "create", watch_of(ttl=600, labels={"team": "security"}))
    assert store.get(TARGET.id) == created


def test_creating_twice_is_a_conflict(store: FirestoreStore) -> None:
    write(store, "create", watch_of())
    with pytest.raises(ConflictError):
        write(store, "create", watch_of())


def test_an_unknown_watch_is_an_error(store: FirestoreStore) -> None:
    with pytest.raises(UnknownWatchError):
        store.get(TARGET.id)


KINDS = [kind for kind, each in WRITES.items() if each.only_if is Condition.UNCHANGED]
WATCH = watch_of()
LOADS: dict[Load, dict[str, Any]] = {
    Load.ENTRIES: {"watch": WATCH.with_log(pending=({"sequence": "1", "time": "2026-11-20T09:00:00Z"},))},
    Load.NOTIFICATIONS: {"notifications": [PendingNotification(WATCH.id, "c", "r", None, NOW)]},
    Load.PARTS: {"parts": [Snapshot({}, ())], "gone": ["00"]},
    Load.ERASED: {"erased": [1]},
    Load.CHILDREN: {"children": [WATCH]},
}


def write(store: Store, kind: str, watch: Watch, **along: Any) -> Watch:
    return store.write(Write(WriteKind(kind), watch, **along))


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize("load", Load)
def test_a_write_takes_along_what_its_kind_may_and_nothing_else(kind: WriteKind, load: Load) -> None:
    along = {"watch": WATCH, **LOADS[load]}
    if load in WRITES[kind].along:
        assert Write(kind, **along).loads == {load}
    else:
        with pytest.raises(ValueError, match=load):
            Write(kind, **along)


@pytest.mark.parametrize("kind", KINDS)
def test_no_write_happens_once_the_document_has_changed(store: FirestoreStore, kind: str) -> None:
    read = write(store, "create", watch_of())
    write(store, "failure", read.with_log(sequence=5))
    with pytest.raises(ConflictError):
        write(store, kind, read.with_log(sequence=9))
    assert store.get(TARGET.id).log.sequence == 5


@pytest.mark.parametrize("kind", KINDS)
def test_writes_chain_without_reading_again(store: FirestoreStore, kind: str) -> None:
    watch = write(store, "create", watch_of())
    for sequence in (1, 2, 3):
        watch = write(store, kind, watch.with_log(sequence=sequence))
    assert store.get(TARGET.id) == watch


def test_of_two_claims_only_one_succeeds_and_takes_the_notifications_away(
    store: FirestoreStore, box: FirestoreNotifications
) -> None:
    read = write(store, "create", watch_of())
    box.put(notification_of(read, "one"))
    notifications = store.notifications(read.id)
    box.put(notification_of(read, "two"))
    write(store, "claim", read.with_schedule(holder="first"), notifications=notifications)
    with pytest.raises(ConflictError):
        write(store, "claim", read.with_schedule(holder="second"), notifications=store.notifications(read.id))
    assert [each.channel_id for each in store.notifications(read.id)] == ["two"], (
        "exactly the notifications that were read are gone"
    )


def test_a_refused_claim_leaves_the_notifications(store: FirestoreStore, box: FirestoreNotifications) -> None:
    read = write(store, "create", watch_of())
    write(store, "failure", read.with_log(sequence=1))
    box.put(notification_of(read, "one"))
    with pytest.raises(ConflictError):
        write(store, "claim", read.with_schedule(holder="late"), notifications=store.notifications(read.id))
    assert store.notifications(read.id) == [notification_of(read, "one")]


def test_a_second_message_of_a_channel_is_covered_by_the_one_that_waits(
    store: FirestoreStore, box: FirestoreNotifications
) -> None:
    watch = write(store, "create", watch_of())
    assert box.put(notification_of(watch, "one"))
    assert not box.put(replace(notification_of(watch, "one"), received=NOW + timedelta(hours=1)))
    assert store.notifications(watch.id) == [notification_of(watch, "one")]


def test_news_of_one_watch_are_not_those_of_another(store: FirestoreStore, box: FirestoreNotifications) -> None:
    first, second = watch_of(), watch_of(Target(CALENDAR_LIST, None, "alice@example.com"))
    box.put(notification_of(first, "one"))
    box.put(notification_of(second, "two"))
    assert [each.channel_id for each in store.notifications(second.id)] == ["two"]


def test_the_page_of_waiting_news_goes_round_from_any_start(store: FirestoreStore, box: FirestoreNotifications) -> None:
    targets = [Target(ACL, f"c{n}@example.com", "alice@example.com") for n in range(8)]
    ids = sorted(target.id for target in targets)
    for target in targets:
        box.put(notification_of(watch_of(target), "one"))
    assert [each.watch_id for each in store.waiting(ids[5], 8)] == ids[5:] + ids[:5]
    assert [each.watch_id for each in store.waiting(ids[5], 4)] == [*ids[5:], ids[0]]
    assert [each.watch_id for each in store.waiting("", 3)] == ids[:3]


def test_dropped_news_are_gone(store: FirestoreStore, box: FirestoreNotifications) -> None:
    box.put(notification_of(watch_of(), "one"))
    store.drop(notification_of(watch_of(), "one"))
    assert store.notifications(TARGET.id) == []


def test_a_snapshot_is_kept_with_the_sequence_of_its_commit(store: FirestoreStore) -> None:
    watch = write(store, "create", watch_of())
    assert store.parts(watch.id, ["0"]) == [Snapshot({}, ())]
    watch = write(store, "commit", with_watch_event(watch, "opened", NOW, POLICY), parts=[ITEMS])
    assert store.parts(watch.id, ["0"]) == [replace(ITEMS, sequence=1)]
    write(store, "forget", watch.with_reading(item_count=None), gone=["0"])
    assert store.parts(watch.id, ["0"]) == [Snapshot({}, ())]


def test_parts_are_written_dropped_and_read_together(store: FirestoreStore) -> None:
    watch = write(store, "create", watch_of())
    halves = [replace(ITEMS, name=name) for name in ("00", "01")]
    watch = write(store, "commit", watch, parts=[ITEMS])
    write(store, "commit", watch, parts=halves, gone=["0"])
    assert store.parts(watch.id, ["01", "0", "00"]) == [halves[1], Snapshot({}, ()), halves[0]]


def test_the_table_of_contents_of_a_part_is_read_without_it_and_is_always_of_the_same_commit(
    store: FirestoreStore,
) -> None:
    watch = write(store, "create", watch_of())
    series, instance = {"id": "s", "etag": "1"}, {"id": "i", "recurringEventId": "s"}
    part = Snapshot({"s": series, "i": instance}, ())
    watch = write(store, "commit", watch, parts=[part])
    found = store.indexes(watch.id, ["0", "1"])
    assert sorted(each.series == mark_of("s") for each in found) == [False, True]
    assert found.get(mark_of("s")) == Entry(mark_of("s"), version_of(series), NO_SERIES)
    write(store, "commit", watch, parts=[replace(part, items={"s": {**series, "etag": "2"}})])
    [entry] = store.indexes(watch.id, ["0"])
    assert entry.version != version_of(series)


def test_notes_of_a_listing_are_written_read_and_dropped_by_name(store: FirestoreStore) -> None:
    watch = write(store, "create", watch_of())
    first = Notes(frozenset({mark_of("a"), mark_of("b")}), loose=True, name="n00000")
    second = Notes(over={"c": "", "d": None}, waiting={"e": {"id": "e"}}, told=frozenset({mark_of("f")}), name="told")
    watch = write(store, "commit", watch, notes=[first, second])
    assert store.notes(watch.id, ["n00000", "n00001", "told"]) == [first, second]
    write(store, "commit", watch, gone=["n00000", "n00001"])
    assert store.notes(watch.id, ["n00000", "told"]) == [second]


def test_a_part_is_not_written_once_the_watch_has_changed(store: FirestoreStore) -> None:
    read = write(store, "create", watch_of())
    write(store, "failure", read.with_log(sequence=5))
    with pytest.raises(ConflictError):
        write(store, "commit", read, parts=[ITEMS])
    assert store.parts(read.id, ["0"]) == [Snapshot({}, ())]


FOLLOWED = Target(ACL, "owned@example.com", "alice@example.com")


def child_of(parent: Watch) -> Watch:
    return replace(watch_of(FOLLOWED), by_operator=False, followed_by=(parent.id,))


def test_children_are_created_and_changed_together_with_the_watch_that_follows_them(store: FirestoreStore) -> None:
    parent = write(store, "create", watch_of())
    parent = write(store, "follow", parent.with_following(revision=2), children=[child_of(parent)])
    assert store.get(parent.id) == parent
    child = store.get(FOLLOWED.id)
    assert store.children(parent.id) == store.find([FOLLOWED.id, "a" * 32]) == [child]
    write(store, "follow", parent, children=[replace(child, followed_by=())])
    assert store.children(parent.id) == []


def test_whoever_lost_the_parent_changes_no_child(store: FirestoreStore) -> None:
    late = write(store, "create", watch_of())
    write(store, "failure", late.with_log(sequence=5))
    with pytest.raises(ConflictError):
        write(store, "follow", late, children=[child_of(late)])
    assert store.find([FOLLOWED.id]) == []


@pytest.mark.parametrize("there", ["created by another", "changed by another"])
def test_a_child_that_is_not_as_it_was_read_is_left_alone_and_so_is_the_parent(
    store: FirestoreStore, there: str
) -> None:
    parent, read = write(store, "create", watch_of()), write(store, "create", watch_of(FOLLOWED))
    write(store, "failure", read.with_log(sequence=5))
    child = replace(read, version=None) if there == "created by another" else read
    with pytest.raises(ConflictError):
        write(store, "follow", parent.with_log(sequence=3), children=[child])
    assert (store.get(parent.id).log.sequence, store.get(FOLLOWED.id).log.sequence) == (0, 5)


def test_pending_entries_are_written_once_and_read_in_sequence(store: FirestoreStore) -> None:
    watch = write(store, "create", watch_of())
    for kind in ("opened", "renewed", "stopped"):
        watch = write(store, "release", with_watch_event(watch, kind, NOW, POLICY))
    assert watch.log.pending == ()
    types = [each["type"] for each in store.entries(watch.id, after=0, limit=10)]
    assert types == [f"calendarwatch.watch.{kind}.v1" for kind in ("opened", "renewed", "stopped")]
    assert [each["sequence"] for each in store.entries(watch.id, after=1, limit=1)] == [f"{2:020d}"]
    ranges = [(1, 3), (2, 2), (2, 9), (4, 9)]
    assert [store.count_entries(watch.id, first, last) for first, last in ranges] == [3, 1, 2, 0]


def test_an_entry_may_be_tidied_away_when_it_is_no_longer_kept(local_store: FirestoreStore, local_client: Any) -> None:
    watch = write(local_store, "create", watch_of())
    write(local_store, "release", with_watch_event(watch, "opened", NOW, POLICY))
    [entry] = local_client.collection("calendar_watch_changes").get()
    assert entry.get("expire_at") == NOW + RETENTION


def test_an_entry_is_never_written_over(store: FirestoreStore) -> None:
    watch = write(store, "create", watch_of())
    write(store, "release", with_watch_event(watch, "opened", NOW, POLICY))
    behind = store.get(watch.id).with_log(sequence=0)
    with pytest.raises(ConflictError):
        write(store, "release", with_watch_event(behind, "renewed", NOW, POLICY))
    assert [each["type"] for each in store.entries(watch.id, 0, 10)] == ["calendarwatch.watch.opened.v1"]


def test_due_watches_come_longest_overdue_first_and_parked_ones_never(store: FirestoreStore) -> None:
    for n, minutes in enumerate([5, 1, 9, -3]):
        target = Target(ACL, f"c{n}@example.com", "alice@example.com")
        write(store, "create", watch_of(target).with_schedule(due_at=NOW - timedelta(minutes=minutes)))
    write(store, "create", watch_of().with_schedule(due_at=None))
    late = [(NOW - since) // timedelta(minutes=1) for _, since in store.due(NOW, 10)]
    assert late == [9, 5, 1]
    assert len(store.due(NOW, 2)) == 2
    assert store.count_due(NOW) == 3
    assert store.count_due(NOW - timedelta(days=1)) == 0


def test_due_watches_are_found_by_shard(store: FirestoreStore) -> None:
    for n in range(6):
        target = Target(ACL, f"c{n}@example.com", "alice@example.com")
        write(store, "create", watch_of(target).with_schedule(due_at=NOW - timedelta(minutes=n)))
    everything = [each for each, _ in store.due(NOW, 10)]
    by_shard = {shard: [each for each, _ in store.due(NOW, 10, [shard])] for shard in SHARDS}
    assert by_shard == {shard: [each for each in everything if shard_of(each) == shard] for shard in SHARDS}
    some = sorted({*map(shard_of, everything)})[:2]
    assert [each for each, _ in store.due(NOW, 10, some)] == [each for each in everything if shard_of(each) in some]


def test_watches_are_found_that_were_last_looked_at_with_other_settings(store: FirestoreStore) -> None:
    """Those that nobody has looked at yet, or that nobody wants, have no fingerprint: they are not among them."""
    looked_at = {"old": "f1", "older": "f0", "current": "f2", "ended": None}
    targets = {name: Target(ACL, f"{name}@example.com", "alice@example.com") for name in looked_at}
    for name, fingerprint in looked_at.items():
        write(store, "create", watch_of(targets[name]).with_schedule(fingerprint=fingerprint))
    assert store.outdated("f2", 10) == [targets["older"].id, targets["old"].id]
    assert store.outdated("f2", 1) == [targets["older"].id]
    assert store.outdated("f3", 10)[-1] == targets["current"].id


def test_filters_combine_and_pages_follow_each_other(store: FirestoreStore) -> None:
    for n in range(6):
        target = Target(ACL, f"c{n}@example.com", "alice@example.com" if n % 2 else "bob@example.com")
        write(store, "create", watch_of(target, labels={"team-x": "a" if n < 4 else "b"}))
    write(store, "create", watch_of(Target(CALENDAR_LIST, None, "alice@example.com"), labels={"team-x": "a"}))
    everything = [*store.page(Filter(), "", 100).watches]
    assert [each.id for each in everything] == sorted(each.id for each in everything)
    first = store.page(Filter(), "", 3)
    second = store.page(Filter(), first.next_after, 100)
    assert [*first.watches, *second.watches] == everything
    assert (first.next_after, second.next_after) == (everything[2].id, "")
    wanted = Filter("acl", "alice@example.com", labels={"team-x": "a"})
    assert {each.target.calendar_id for each in store.page(wanted, "", 10).watches} == {
        "c1@example.com",
        "c3@example.com",
    }


def test_watches_are_found_by_what_they_were_when_they_were_written(store: FirestoreStore) -> None:
    list_, opening, stopped, braked, discarded = (
        write(store, "create", watch_of(target))
        for target in (
            Target(CALENDAR_LIST, None, "alice@example.com"),
            *(Target(ACL, f"c{n}@example.com", "alice@example.com") for n in range(4)),
        )
    )
    write(store, "stop", registration.ended(stopped.with_reading(brake=True), NOW))
    write(store, "failure", replace(braked.with_reading(brake=True), followed_by=(list_.id,)))
    write(store, "stop", registration.discarded(discarded, NOW))

    def found(**wanted: Any) -> set[str]:
        return {each.id for each in store.page(Filter(**wanted), "", 10).watches}

    both = frozenset({State.OPENING, State.STOPPED})
    assert found(states=both) == {list_.id, opening.id, stopped.id, braked.id}
    assert found(states=both, resource="acl") == {opening.id, stopped.id, braked.id}
    assert found(states=frozenset({State.STOPPED}), calendar_id="c2@example.com") == set()
    assert found(states=both, reasons=frozenset(Reason) - {Reason.FORBIDDEN}) == {braked.id}
    assert found(states=both, reasons=frozenset({Reason.FORBIDDEN})) == set()
    assert found(followed_by=list_.id) == found(calendar_id="c2@example.com") == {braked.id}
    assert found(followed_by=list_.id, states=both, labels={}, subject="alice@example.com") == {braked.id}


def test_watches_are_counted_by_state_and_reason_as_they_were_last_written(store: FirestoreStore) -> None:
    opening, stopped, braked, discarded = (
        write(store, "create", watch_of(Target(ACL, f"c{n}@example.com", "alice@example.com"))) for n in range(4)
    )
    assert opening
    write(store, "stop", registration.ended(stopped.with_reading(brake=True), NOW))
    write(store, "failure", braked.with_reading(brake=True))
    write(store, "stop", registration.discarded(discarded, NOW))
    tally = store.tally(NOW)
    assert {state: count for state, count in tally.states.items() if count} == {State.OPENING: 2, State.STOPPED: 1}
    reasons = {reason: count for reason, count in tally.reasons.items() if count}
    assert reasons == {Reason.EMPTY_LISTING: 1}, "a stopped one troubles nobody"
    assert ({*tally.states}, {*tally.reasons}) == ({*State}, {*Reason}), "a gauge has to come down to 0"


def test_what_has_not_gone_out_and_the_most_overdue_are_counted(store: FirestoreStore) -> None:
    told, silent = (
        write(store, "create", watch_of(Target(ACL, f"c{n}@example.com", "alice@example.com"))) for n in range(2)
    )
    assert (store.tally(NOW).unpublished, store.tally(NOW).overdue_since) == (0, NOW)
    write(store, "failure", with_watch_event(told.with_schedule(due_at=None), "opened", NOW, POLICY))
    write(store, "failure", silent.with_schedule(due_at=NOW - timedelta(hours=1)))
    assert (store.tally(NOW).unpublished, store.tally(NOW).overdue_since) == (1, NOW - timedelta(hours=1))
    assert store.tally(NOW).watches["acl"][State.OPENING] == 2


def test_entries_are_erased_by_their_numbers_and_others_stay(store: FirestoreStore) -> None:
    watch = write(store, "create", watch_of())
    for number in range(5):
        watch = write(store, "failure", with_watch_event(watch, "opened", NOW + timedelta(seconds=number), POLICY))
    assert store.sequences(watch.id, 3) == [1, 2, 3]
    write(store, "erase", watch, erased=[1, 2, 4])
    assert store.sequences(watch.id, 10) == [3, 5]
    assert [int(each["sequence"]) for each in store.entries(watch.id, 0, 10)] == [3, 5]
    assert store.get(watch.id).log.sequence == 5


def test_rules_are_summed_by_exposure_of_whatever_is_wanted(store: FirestoreStore) -> None:
    assert store.tally(NOW).exposures == dict.fromkeys(COUNTED, 0)
    for number, wanted in enumerate([True, True, False]):
        watch = write(store, "create", watch_of(Target(ACL, f"c{number}@example.com", "alice@example.com")))
        counts = {each: (number + 1) * 10**rank for rank, each in enumerate(COUNTED)}
        read = replace(watch, wanted=wanted).with_exposure(counts=counts, domains="inside")
        write(store, "failure", read)
    write(store, "create", watch_of(Target(CALENDAR_LIST, None, "alice@example.com")))
    assert store.tally(NOW).exposures == {each: 3 * 10**rank for rank, each in enumerate(COUNTED)}


@pytest.mark.parametrize(("reason", "locked_out"), [(Reason.FORBIDDEN, 2), (Reason.USER_GONE, 0)])
def test_whoever_is_suspended_though_calendar_and_user_are_there_is_counted_apart(
    store: FirestoreStore, reason: Reason, locked_out: int
) -> None:
    for number, believed in enumerate([True, True, False]):
        watch = write(store, "create", watch_of(Target(ACL, f"c{number}@example.com", "alice@example.com")))
        refusal = Refusal(reason, "no", "", NOW, NOW, believed=believed)
        refused = replace(watch, health=watch.health.with_refusal(StepKind.READ, refusal))
        write(store, "failure", refused.with_standing(NOW))
    tally = store.tally(NOW)
    assert (tally.states[State.SUSPENDED], tally.reasons[reason], tally.locked_out) == (2, 3, locked_out)


# What only our own Firestore can be made to do


@pytest.fixture
def local_store(local_client: firestore.Client) -> FirestoreStore:
    return FirestoreStore(local_client, timeout=60, retention=RETENTION)


def test_a_write_whose_answer_is_lost_is_unclear_and_not_repeated(
    local_store: FirestoreStore, server: LocalFirestore
) -> None:
    watch = write(local_store, "create", watch_of())
    server.calls.clear()
    with server.faults.lose_answer("Commit"), pytest.raises(UnclearError):
        write(local_store, "release", watch.with_log(sequence=7))
    assert server.calls.count("Commit") == 1
    assert local_store.get(watch.id).log.sequence == 7


@pytest.mark.parametrize("kind", [kind for kind, each in WRITES.items() if Load.ENTRIES not in each.along])
def test_only_a_holder_tells_what_happened(local_store: FirestoreStore, kind: str) -> None:
    with pytest.raises(ValueError, match="no log entries"):
        write(local_store, kind, with_watch_event(watch_of(), "opened", NOW, POLICY))


def test_a_read_is_repeated_until_firestore_answers(local_store: FirestoreStore, server: LocalFirestore) -> None:
    watch = write(local_store, "create", watch_of())
    with server.faults.refuse("BatchGetDocuments"):
        assert local_store.get(watch.id) == watch


@pytest.mark.parametrize("rpc", ["BatchGetDocuments", "RunQuery", "RunAggregationQuery"])
def test_firestore_that_stays_away_is_unavailable(
    local_client: firestore.Client, server: LocalFirestore, rpc: str
) -> None:
    hasty = FirestoreStore(local_client, timeout=0.5, retention=RETENTION)
    reads: dict[str, Callable[[], object]] = {
        "BatchGetDocuments": lambda: hasty.get(TARGET.id),
        "RunQuery": lambda: hasty.due(NOW, 10),
        "RunAggregationQuery": lambda: hasty.count_due(NOW),
    }
    with server.faults.refuse(rpc, nth=None), pytest.raises(UnavailableError):
        reads[rpc]()


def test_announcing_is_repeated_and_a_lost_answer_harmless(
    local_client: firestore.Client, server: LocalFirestore
) -> None:
    patient, hasty = FirestoreNotifications(local_client, timeout=60), FirestoreNotifications(local_client, timeout=0.5)
    with server.faults.lose_answer("Commit"):
        assert not patient.put(notification_of(watch_of(), "one")), "its own first try waits there"
    with server.faults.refuse("Commit", nth=None), pytest.raises(UnavailableError):
        hasty.put(notification_of(watch_of(), "two"))


# What the memory may be made to do, as Firestore's own client would show it


@pytest.fixture
def memory() -> MemoryStore:
    return MemoryStore(MemoryFirestore(), RETENTION)


def test_a_write_in_memory_whose_answer_is_lost_is_unclear_and_there(memory: MemoryStore) -> None:
    watch = write(memory, "create", watch_of())
    memory.edge = lost
    with pytest.raises(UnclearError):
        write(memory, "release", watch.with_log(sequence=7))
    assert memory.get(watch.id).log.sequence == 7
    assert not memory.put(notification_of(watch, "one")), "its own first try waits there"


def test_a_memory_that_does_not_answer_has_done_nothing(memory: MemoryStore) -> None:
    watch = write(memory, "create", watch_of())
    memory.edge = unavailable
    with pytest.raises(UnclearError):
        write(memory, "release", watch.with_log(sequence=7))
    with pytest.raises(UnavailableError):
        memory.get(watch.id)
    with pytest.raises(UnavailableError):
        memory.put(notification_of(watch, "one"))
    memory.edge = contended
    assert (memory.get(watch.id), memory.notifications(watch.id)) == (watch, [])


def test_contention_in_memory_is_a_conflict_for_a_write_and_nothing_for_a_reader(memory: MemoryStore) -> None:
    watch = write(memory, "create", watch_of())
    memory.edge = contended
    with pytest.raises(ConflictError):
        write(memory, "release", watch.with_log(sequence=7))
    assert memory.get(watch.id) == watch
