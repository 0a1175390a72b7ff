"""What a page means for the snapshot: property tests against a plain dictionary."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.decisions.listing.merge import Merged, View, merge, newest
from calendar_watch.decisions.listing.portions import MOST_BYTES, affordable, fitting, leading, portion
from calendar_watch.model.change_log import Sighting, with_changes
from calendar_watch.model.collection.diff import Change
from calendar_watch.model.collection.index import Index, mark_of
from calendar_watch.model.collection.notes import Notes, joined
from calendar_watch.model.collection.recurrence import change_of, differs, fingerprint
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import EVENTS, Item
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch
from calendar_watch.sizes import weight

NOW = datetime(2026, 11, 20, tzinfo=UTC)
NOTHING = View(Notes(), frozenset(), fingerprint)


def event(event_id: str, version: int, **more: Any) -> Item:
    """An event that is as long as events are; its etag tells its versions apart."""
    told = {"etag": f'"{version}"', "status": "confirmed", "description": f"v{version}"}
    return {"id": event_id, "summary": event_id.upper(), **told, **more}


events = st.builds(
    event, st.sampled_from("abcdef"), st.integers(1, 3), status=st.sampled_from(["confirmed", "cancelled"])
)
pages = st.lists(events, max_size=8)
stored = st.lists(st.builds(event, st.sampled_from("abcdef"), st.integers(1, 3)), max_size=6)


def part_of(items: list[Item]) -> Snapshot:
    return Snapshot({each["id"]: fingerprint(each) for each in items}, ())


def merged_page(part: Snapshot, page: list[Item], view: View = NOTHING) -> Merged:
    return merge(part, list(newest(page).values()), view)


def replayed(changes: list[Change], items: dict[str, Item]) -> dict[str, Item]:
    known = dict(items)
    for each in changes:
        assert each.before == known.get(each.item_id)
        if each.after is None:
            del known[each.item_id]
        else:
            known[each.item_id] = fingerprint(each.after)
    return known


@given(stored, pages)
def test_whoever_applies_the_changes_arrives_at_the_part(known: list[Item], page: list[Item]) -> None:
    part = part_of(known)
    merged = merged_page(part, page)
    assert replayed(list(merged.changes), dict(part.items)) == merged.new.items


@given(stored, pages)
def test_a_page_leads_to_what_it_says_and_leaves_the_rest(known: list[Item], page: list[Item]) -> None:
    merged = merged_page(part_of(known), page)
    last = {each["id"]: each for each in page}
    alive = {each: fingerprint(item) for each, item in last.items() if item["status"] != "cancelled"}
    expected = {each: item for each, item in part_of(known).items.items() if each not in last} | alive
    assert merged.new.items == expected
    assert merged.notes.shown == {mark_of(each) for each in alive}


@given(stored, pages)
def test_a_page_that_is_merged_twice_changes_nothing_the_second_time(known: list[Item], page: list[Item]) -> None:
    once = merged_page(part_of(known), page)
    twice = merged_page(once.new, page)
    assert (twice.new, twice.changes) == (once.new, [])
    assert twice.notes.shown == once.notes.shown


CANCELLED = event("x", 2, recurringEventId="s", status="cancelled")
MOVED = event("x", 1, recurringEventId="s")
BARE = {"id": "x", "status": "cancelled"}


def kinds(merged: Merged) -> list[tuple[str, str]]:
    return sorted((each.kind, each.item_id) for each in merged.changes)


def test_a_cancelled_exception_of_a_series_that_is_there_is_an_item() -> None:
    view = View(Notes(), frozenset("s"), fingerprint)
    assert kinds(merged_page(part_of([]), [CANCELLED], view)) == [("created", "x")]
    assert kinds(merged_page(part_of([MOVED]), [CANCELLED], view)) == [("updated", "x")]


def test_a_cancelled_exception_of_a_series_that_nobody_has_seen_yet_waits_for_the_end() -> None:
    for known in ([], [MOVED]):
        merged = merged_page(part_of(known), [CANCELLED])
        assert (kinds(merged), merged.notes.undecided) == ([], {"x": CANCELLED})


def test_in_a_first_listing_it_does_not_wait_since_nothing_is_told() -> None:
    merged = merged_page(part_of([]), [CANCELLED], View(Notes(), frozenset(), fingerprint, baseline=True))
    assert ({*merged.new.items}, merged.notes.undecided, merged.notes.loose) == ({"x"}, {}, True)


def test_a_tombstone_without_a_word_ends_what_is_no_exception_and_waits_otherwise() -> None:
    ended = merged_page(part_of([event("x", 1)]), [BARE])
    assert (kinds(ended), list(ended.notes.ended), ended.notes.undecided) == ([("deleted", "x")], ["x"], {})
    for known in ([], [MOVED]):
        assert merged_page(part_of(known), [BARE]).notes.undecided == {"x": BARE}


def test_of_two_versions_on_a_page_the_newer_counts_and_where_nothing_says_which_the_later() -> None:
    old, new = event("a", 1, updated="2026-11-20T09:00:00.9Z"), event("a", 2, updated="2026-11-20T09:00:01Z")
    assert newest([old, new])["a"] == newest([new, old])["a"] == new
    bare = {"id": "a", "status": "cancelled"}
    assert newest([bare, old])["a"] == old
    assert newest([old, bare])["a"] == bare
    assert newest([old, event("a", 3, updated="soon")])["a"]["etag"] == '"3"'


def test_an_older_version_on_a_later_page_is_passed_over_but_not_one_of_a_later_listing() -> None:
    old, new = event("a", 1, updated="2026-11-20T09:00:00Z"), event("a", 2, updated="2026-11-20T09:00:01Z")
    part = part_of([new])
    shown = View(Notes(shown=frozenset({mark_of("a")})), frozenset(), fingerprint)
    assert kinds(merged_page(part, [old], shown)) == []
    assert kinds(merged_page(part, [old])) == [("updated", "a")]
    gone = View(Notes(over={"a": "2026-11-20T09:00:02Z"}), frozenset(), fingerprint)
    assert kinds(merged_page(part_of([]), [new], gone)) == []
    later = merged_page(part_of([]), [event("a", 3, updated="2026-11-20T09:00:03Z")], gone)
    assert (kinds(later), later.notes.over) == ([("created", "a")], {"a": None})


def test_of_fingerprints_the_etag_decides_and_of_whole_events_the_content() -> None:
    old, touched = event("a", 1), {**event("a", 1), "etag": '"9"'}
    assert differs(change_of("a", fingerprint(old), touched))
    assert not differs(change_of("a", old, touched))
    assert change_of("a", fingerprint(old), event("a", 2)).fields == []
    assert change_of("a", old, event("a", 2)).fields == ["description"]


@given(st.lists(st.uuids().map(str), min_size=1, max_size=1200, unique=True))
def test_a_portion_takes_items_from_the_front_as_many_as_may_be_read_with_their_parts(names: list[str]) -> None:
    items = [{"id": each} for each in names]
    part_names = [f"0{number:06b}" for number in range(64)]
    taken = portion(items, part_names)
    count = sum(map(len, taken.values()))
    assert 1 <= count <= 500
    assert len(taken) <= 16
    assert {each["id"] for group in taken.values() for each in group} == set(names[:count])


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=60), st.integers(0, 400_000))
def test_a_write_has_a_bound_whatever_the_data(lengths: list[int], before: int) -> None:
    """The one item that always fits is at most 1 MB, and told twice."""
    items = [{"id": str(n), "x": "y" * length} for n, length in enumerate(lengths)]
    part = Snapshot({each["id"]: {"id": each["id"], "x": "z" * (before // len(items))} for each in items}, ())
    taken = fitting({"0": items}, [part], {})["0"]
    assert taken == items[: len(taken)]
    written = sum(2 * len(str(each)) for each in taken) + 2 * before
    assert taken[1:] == [] or written < 7_000_000
    afforded = affordable(((each["id"], each) for each in items), part.items, {})
    assert len(afforded) == len(taken)
    changes = leading([Change(each["id"], part.items[each["id"]], each) for each in items], {"k": "v" * 10_000})
    assert changes[1:] == [] or sum(2 * len(str(each.after)) for each in changes) < 7_000_000


def test_a_writes_bound_counts_ids_where_they_are_keys_and_where_they_are_told_and_the_index() -> None:
    items = [{"id": f"{number}{'x' * 1_000}", "summary": "x" * 7_000} for number in range(500)]
    old = {each["id"]: {**each, "summary": "y" * 100} for each in items}
    taken = fitting({"0": items}, [Snapshot(old, (), name="0")], {})["0"]
    new = {**old, **{each["id"]: each for each in taken}}
    changes = [change_of(each["id"], old[each["id"]], each) for each in taken]
    watch = Watch(Target(EVENTS, "c" * 512, "alice@example.com"), Options(), NOW)
    told = with_changes(watch, changes, Sighting("schedule", NOW), NOW, Policy("https://n.example.com/", "key", "p"))
    assert len(taken) < len(items)
    assert sum(map(weight, told.log.pending)) + weight(new) + len(Index.of(new).packed) <= MOST_BYTES


def test_what_one_page_took_in_before_its_series_is_known_to_the_end_whichever_page_it_was() -> None:
    early, other = Notes(loose=True), Notes()
    assert joined([early, other]).loose
    assert joined([other, early]).loose
