"""What a page means for the snapshot: property tests against a plain dictionary."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.decisions.merge import merge, portion, seen_by, unseen
from calendar_watch.model.diff import Change
from calendar_watch.model.listing import Listing
from calendar_watch.model.recurrence import Series, change_of, differs, fingerprint
from calendar_watch.model.resources import Item
from calendar_watch.model.snapshot import Snapshot

NOW = datetime(2026, 11, 20, tzinfo=UTC)
WHOLE = Listing(3, NOW, whole=True)
INCREMENT = Listing(3, NOW, whole=False)


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
    merged = merge(part, page, Series.on(page), INCREMENT, fingerprint)
    assert replayed(list(merged.changes), dict(part.items)) == merged.new.items


@given(stored, pages)
def test_an_increment_leads_to_what_it_says_and_leaves_the_rest(known: list[Item], page: list[Item]) -> None:
    merged = merge(part_of(known), page, Series.on(page), INCREMENT, fingerprint)
    last = {each["id"]: each for each in page}
    expected = dict(part_of(known).items) | {each: fingerprint(item) for each, item in last.items()}
    for each, item in last.items():
        if item["status"] == "cancelled":
            del expected[each]
    over = {each["id"] for each in page if each["status"] == "cancelled"} - {
        each for each, item in last.items() if item["status"] != "cancelled"
    }
    assert {each: item for each, item in merged.new.items.items() if each not in over} == expected


@given(stored, pages)
def test_a_page_that_is_merged_twice_changes_nothing_the_second_time(known: list[Item], page: list[Item]) -> None:
    once = merge(part_of(known), page, Series.on(page), WHOLE, fingerprint)
    twice = merge(once.new, page, Series.on(page), WHOLE, fingerprint)
    assert (twice.new, twice.changes) == (once.new, [])


@given(stored, pages)
def test_what_a_whole_listing_did_not_show_is_gone_and_told_in_portions(known: list[Item], page: list[Item]) -> None:
    alive = [each for each in page if each["status"] != "cancelled"]
    part = merge(part_of(known), alive, Series.on(alive), WHOLE, fingerprint).new
    assert seen_by(part, WHOLE) == len({each["id"] for each in alive})
    told: list[Change] = []
    while (cleared := unseen(part, WHOLE, limit=2)).changes:
        assert len(cleared.changes) <= 2
        told, part = [*told, *cleared.changes], cleared.new
    assert part.items.keys() == {each["id"] for each in alive}
    assert {each.kind for each in told} <= {"deleted"}


SERIES = event("s", 1, recurrence=["RRULE:FREQ=DAILY"])
CANCELLED = event("x", 2, recurringEventId="s", status="cancelled")
MOVED = event("x", 1, recurringEventId="s")


def merged_kinds(known: list[Item], page: list[Item], listing: Listing = INCREMENT) -> list[tuple[str, str]]:
    merged = merge(part_of(known), page, Series.on(page).with_those_in([part_of(known).items]), listing, fingerprint)
    return sorted((each.kind, each.item_id) for each in merged.changes)


def test_a_cancelled_exception_may_come_before_its_series() -> None:
    assert merged_kinds([], [CANCELLED]) == [("created", "x")]
    assert merged_kinds([], [CANCELLED], WHOLE) == [("created", "x")]


def test_a_cancelled_exception_of_a_known_series_is_an_update() -> None:
    assert merged_kinds([SERIES, MOVED], [CANCELLED]) == [("updated", "x")]


def test_an_invitation_to_one_instance_that_is_withdrawn_is_deleted() -> None:
    assert merged_kinds([MOVED], [CANCELLED]) == [("deleted", "x")]


def test_the_end_of_a_series_ends_its_exceptions_whether_listed_or_not() -> None:
    over = replace_status(SERIES)
    assert merged_kinds([SERIES, MOVED], [over]) == [("deleted", "s"), ("deleted", "x")]
    assert merged_kinds([SERIES, MOVED], [CANCELLED, over]) == [("deleted", "s"), ("deleted", "x")]
    assert merged_kinds([SERIES], [CANCELLED, over]) == [("deleted", "s")]


def replace_status(item: Item) -> Item:
    return {**item, "status": "cancelled"}


def test_of_fingerprints_the_etag_decides_and_of_whole_events_the_content() -> None:
    old, touched = event("a", 1), {**event("a", 1), "etag": '"9"'}
    assert differs(change_of("a", fingerprint(old), touched))
    assert not differs(change_of("a", old, touched))
    assert change_of("a", fingerprint(old), event("a", 2)).fields == []
    assert change_of("a", old, event("a", 2)).fields == ["description"]


@given(st.lists(ids := st.uuids().map(str), min_size=1, max_size=1200, unique=True))
def test_a_portion_takes_items_from_the_front_as_many_as_fit(names: list[str]) -> None:
    items = [{"id": each} for each in names]
    part_names = [f"0{number:06b}" for number in range(64)]
    taken = portion(items, part_names)
    count = sum(map(len, taken.values()))
    assert 1 <= count <= 500
    assert len(taken) <= 16
    assert {each["id"] for group in taken.values() for each in group} == set(names[:count])


def test_marks_of_an_increment_are_not_those_of_a_whole_listing() -> None:
    part = replace(part_of([event("a", 1)]), seen={"a": 2})
    merged = merge(part, [event("a", 2)], Series.on([]), INCREMENT, fingerprint)
    assert merged.new.seen == {"a": 2}
