"""How heavy things are, and how they are cut."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from calendar_watch.model.collection.diff import Change
from calendar_watch.model.collection.recurrence import fingerprint, kept_whole
from calendar_watch.sizes import encoded, fitting, outline, weight

texts = st.text(max_size=20) | st.integers(4_990, 5_010).map("ж".__mul__)
values = st.recursive(st.none() | st.booleans() | st.integers() | texts, lambda each: st.lists(each, max_size=5))
items = st.dictionaries(st.sampled_from(["id", "summary", "start", "attendees"]), values)


@given(values)
@example("\ud800 alone")
def test_json_that_is_written_is_read_back(value: Any) -> None:
    assert json.loads(encoded(value)) == value
    encoded(value).decode()


def test_a_letter_takes_what_utf_8_takes() -> None:
    assert [weight(each) for each in ("a", "ж", "😀", "\ud800")] == [3, 4, 6, 8]


@given(st.lists(st.integers(0, 10)), st.integers(0, 30))
def test_as_many_are_taken_as_fit_and_at_least_one(weights: list[int], most: int) -> None:
    count = fitting(weights, most)
    assert count >= 1
    assert count == 1 or sum(weights[:count]) <= most
    assert count >= len(weights) or sum(weights[: count + 1]) > most


@given(items)
def test_what_is_outlined_twice_is_as_outlined_once(item: dict[str, Any]) -> None:
    assert outline(outline(item)) == outline(item)


def test_an_outline_cuts_texts_and_leaves_out_what_else_is_heavy() -> None:
    large = {"id": "e", "summary": "ж" * 250_000, "attendees": [{"email": "bob@example.com"}] * 2_000}
    assert outline(large) == {"id": "e", "summary": "ж" * 5_000 + "…"}


@given(items)
def test_what_is_light_is_outlined_whole(item: dict[str, Any]) -> None:
    if all(weight(each) < 5_000 for each in item.values()):
        assert outline(item) == item


def test_a_fingerprint_is_bounded_whatever_the_event_holds() -> None:
    worst = dict.fromkeys(("etag", "id", "recurringEventId", "start", "status", "summary", "updated"), "\x00" * 300_000)
    assert weight(fingerprint(worst)) < 300_000


def test_an_event_that_is_too_large_to_be_kept_whole_is_kept_as_a_fingerprint() -> None:
    small, large = {"id": "e", "description": "ж" * 1_000}, {"id": "e", "description": "ж" * 150_000}
    assert (kept_whole(small), kept_whole(large)) == (small, {"id": "e"})


def test_a_text_that_was_cut_is_no_change() -> None:
    whole = {"id": "e", "etag": "1", "summary": "ж" * 6_000, "description": "new"}
    same = Change("e", fingerprint(whole), whole, frozenset({"id", "etag", "summary"}))
    assert same.fields == []
    other = Change("e", fingerprint(whole), {**whole, "summary": "another"}, frozenset({"id", "etag", "summary"}))
    assert other.fields == ["summary"]
