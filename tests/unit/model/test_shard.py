"""Shards part all watches evenly, and for ever."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.model.resources import ACL
from calendar_watch.model.shard import SHARDS, shard_of
from calendar_watch.model.target import Target


@given(st.text("234567abcdefghijklmnopqrstuvwxyz", min_size=32, max_size=32))
def test_every_watch_has_one_shard(watch_id: str) -> None:
    assert shard_of(watch_id) in SHARDS


def test_what_is_stored_stays_where_it_is() -> None:
    assert [shard_of(each * 32) for each in "2345abcz"] == [11, 10, 10, 7, 7, 3, 12, 4]


def test_shards_are_about_as_large() -> None:
    ids = [Target(ACL, f"c{number}@example.com", "alice@example.com").id for number in range(16_000)]
    sizes = Counter(map(shard_of, ids))
    assert sizes.keys() == set(SHARDS)
    assert all(850 < size < 1150 for size in sizes.values())
