"""The tree that a large snapshot lies in."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.firestore.packed_documents import part_document
from calendar_watch.model.collection.parts import WHOLE, key_of, part_name_of, split
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.resources import Item

ids = st.text("abcdefghijklmnopqrstuv0123456789_", min_size=1, max_size=12)
events = st.builds(
    lambda event_id, series: {"id": event_id} | ({"recurringEventId": series} if series else {}),
    ids,
    st.none() | ids,
)
collections = st.lists(events, unique_by=lambda each: each["id"], max_size=40)


def whole(items: Iterable[Item]) -> Snapshot:
    return Snapshot({each["id"]: each for each in items}, ())


def grown(items: list[Item], largest: int = 300) -> list[Snapshot]:
    return list(split(whole(items), largest))


@given(collections)
def test_however_it_splits_every_item_is_in_the_one_leaf_where_it_is_looked_for(items: list[Item]) -> None:
    part_names = grown(items)
    names = {each.name for each in part_names}
    assert sum(len(each.items) for each in part_names) == len(items)
    for item in items:
        [part_name] = [each for each in part_names if each.name == part_name_of(names, item["id"])]
        assert part_name.items[item["id"]] == item


@given(collections)
def test_leaves_cover_everything_and_never_overlap(items: list[Item]) -> None:
    names = [each.name for each in grown(items)]
    assert not any(one != other and other.startswith(one) for one in names for other in names)
    assert sum(2.0 ** -len(each) for each in names) == 2.0 ** -len(WHOLE)


@given(collections)
def test_leaves_in_order_of_name_hold_items_in_order_of_place(items: list[Item]) -> None:
    part_names = sorted(grown(items), key=lambda part_name: part_name.name)
    through = [item for part_name in part_names for item in sorted(part_name.items.values(), key=key_of)]
    assert through == sorted(items, key=key_of)


@given(ids, st.none() | ids, st.none() | ids)
def test_an_exception_lies_where_its_own_id_says_whatever_its_series(item: str, one: str | None, other: str) -> None:
    assert key_of({"id": item, "recurringEventId": one}) == key_of({"id": item, "recurringEventId": other})


def test_a_small_collection_is_one_part() -> None:
    assert [each.name for each in split(whole([{"id": str(n)} for n in range(1000)]))] == [WHOLE]


def test_a_part_never_comes_near_what_a_document_may_hold() -> None:
    """Even if it cannot be compressed at all."""
    items = [{"id": f"{n:05}", "summary": f"{n * 7919:0>900}"} for n in range(5000)]
    for part_name in split(whole(items)):
        assert sum(len(str(each)) for each in part_name.items.values()) < 500_000
        assert len(part_document(part_name, 0)["items"]) < 500_000
