from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.model.change_log import sighting, with_changes, with_watch_event
from calendar_watch.model.collection.diff import Change, apply, compare
from calendar_watch.model.collection.snapshot import Items, Snapshot, collect
from calendar_watch.model.listing import ReadCause
from calendar_watch.model.resources import ACL, Item
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Log, Watch
from calendar_watch.times import rfc3339
from tests.support.world import policy_of

FIELDS = ("id", "role", "scope")
POLICY = policy_of()
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WATCH = Watch(
    Target(ACL, "team@example.com", "alice@example.com"),
    Options(None, {"team": "red"}),
    created=NOW,
    log=Log(sequence=7),
)

ids = st.text("abé", min_size=1, max_size=2)
values = st.sampled_from(["reader", "writer", {"type": "user"}, ["a"], None])
contents = st.dictionaries(st.sampled_from(FIELDS[1:]), values)
collections = st.dictionaries(ids, contents, max_size=5).map(
    lambda items: {each: {"id": each, **content} for each, content in items.items()}
)
field_sets = st.sets(st.sampled_from(FIELDS)).map(lambda names: tuple(sorted(names)))


def snapshot(items: Items, fields: tuple[str, ...] = FIELDS) -> Snapshot:
    return Snapshot(items, fields)


def numbered(first: int, last: int) -> dict[str, Item]:
    return {str(number): {"id": str(number)} for number in range(first, last)}


@given(collections, collections)
def test_the_changes_lead_from_the_old_collection_to_the_new(old: Items, new: Items) -> None:
    assert apply(compare(snapshot(old), snapshot(new)), old) == new


@given(collections, field_sets, field_sets)
def test_equal_collections_differ_in_nothing_however_they_were_looked_at(
    items: Items, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    assert compare(snapshot(items, before), snapshot(items, after)) == []


@given(collections, collections)
def test_changes_come_in_order_of_item_and_each_item_once(old: Items, new: Items) -> None:
    changes = compare(snapshot(old), snapshot(new))
    assert all(one.item_id < next_.item_id for one, next_ in pairwise(changes))
    assert {each.item_id for each in changes} == {each for each in {*old, *new} if old.get(each) != new.get(each)}


@given(collections, collections)
def test_a_change_says_what_it_is(old: Items, new: Items) -> None:
    for change in compare(snapshot(old), snapshot(new)):
        was, is_ = change.item_id in old, change.item_id in new
        assert change.kind == {(False, True): "created", (True, True): "updated", (True, False): "deleted"}[was, is_]
        assert (change.before, change.after) == (old.get(change.item_id), new.get(change.item_id))
        assert bool(change.fields) == (was and is_)
        assert change.fields == sorted(change.fields)


@given(collections, collections, st.integers(0, 5))
def test_a_part_of_the_changes_leaves_exactly_the_rest_to_do(old: Items, new: Items, done: int) -> None:
    changes = compare(snapshot(old), snapshot(new))
    half_way = apply(changes[:done], old)
    assert compare(snapshot(half_way), snapshot(new)) == changes[done:]


@given(collections, collections)
def test_digests_are_equal_for_equal_readings_alone(old: Items, new: Items) -> None:
    assert (snapshot(old).digest == snapshot(new).digest) == (old == new)


def test_a_digest_does_not_mind_the_order_of_things() -> None:
    one = Snapshot({"a": {"id": "a", "role": "r"}, "b": {"id": "b"}}, ("id", "role"), 1)
    two = Snapshot({"b": {"id": "b"}, "a": {"role": "r", "id": "a"}}, ("role", "id"), 2)
    assert one.digest == two.digest
    assert one.digest != replace(one, fields=("id",)).digest


def test_only_what_both_readings_looked_at_counts() -> None:
    old = snapshot({"a": {"id": "a", "role": "reader"}}, ("id", "role"))
    new = snapshot({"a": {"id": "a", "scope": "x"}}, ("id", "scope"))
    assert compare(old, new) == []
    assert compare(old, replace(new, items={"b": {"id": "b"}})) == [
        Change("a", {"id": "a", "role": "reader"}, None),
        Change("b", None, {"id": "b"}),
    ]


def test_an_item_that_a_listing_shows_twice_counts_as_shown_last() -> None:
    pages = [[{"id": "a", "role": "reader"}, {"id": "b"}], [], [{"id": "a", "role": "writer"}]]
    assert collect(pages) == {"a": {"id": "a", "role": "writer"}, "b": {"id": "b"}}


def told(watch: Watch, number: int = 0) -> Any:
    return watch.log.pending[number]


def test_changes_are_numbered_on_from_the_watchs_sequence() -> None:
    changes = [Change("a", None, {"id": "a"}), Change("b", {"id": "b"}, None)]
    after = with_changes(WATCH, changes, sighting(WATCH, NOW), NOW, POLICY)
    assert after.log.sequence == 9
    assert [(each["id"], each["sequence"]) for each in after.log.pending] == [
        (f"{WATCH.id}.8", "00000000000000000008"),
        (f"{WATCH.id}.9", "00000000000000000009"),
    ]
    assert [each["type"] for each in after.log.pending] == [
        "calendarwatch.acl.created.v1",
        "calendarwatch.acl.deleted.v1",
    ]
    assert with_changes(after, [], sighting(after, NOW), NOW, POLICY) == after


@pytest.mark.parametrize(
    ("cause", "moment", "spelled"),
    [
        (ReadCause.NOTIFICATION, NOW - timedelta(seconds=3), "notification"),
        (ReadCause.SETTLE, NOW - timedelta(seconds=33), "notification"),
        (ReadCause.SETTLE, None, "schedule"),
        (ReadCause.SCHEDULE, None, "schedule"),
        (ReadCause.OPENED, None, "schedule"),
    ],
)
def test_a_change_tells_why_it_was_found(cause: ReadCause, moment: datetime | None, spelled: str) -> None:
    change = Change("a", {"id": "a", "role": "reader"}, {"id": "a", "role": "writer"})
    watch = WATCH.with_reading(read_cause=cause, notified_at=moment)
    event = told(with_changes(watch, [change], sighting(watch, NOW - timedelta(seconds=1)), NOW, POLICY))
    assert event["data"]["cause"] == spelled
    assert event["data"]["readTime"] == rfc3339(NOW - timedelta(seconds=1))
    assert event["data"]["noticeTime"] == (moment and rfc3339(moment))
    assert event["data"]["changedFields"] == ["role"]


def test_an_event_of_the_watch_itself_has_no_item_and_no_subject() -> None:
    event = told(with_watch_event(WATCH.with_reading(item_count=3), "opened", NOW, POLICY))
    assert event["type"] == "calendarwatch.watch.opened.v1"
    assert event["data"].keys() == {"watch", "state", "reason", "detail", "itemCount", "exposures"}
    assert event["data"]["itemCount"] == 3
    assert "subject" not in event


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_is_told_exactly_and_in_utc(moment: datetime) -> None:
    assert rfc3339(moment).endswith("Z")
    assert datetime.fromisoformat(rfc3339(moment)) == moment


def test_a_time_elsewhere_is_told_in_utc() -> None:
    assert rfc3339(datetime(2026, 11, 20, 10, tzinfo=timezone(timedelta(hours=1)))) == "2026-11-20T09:00:00Z"
