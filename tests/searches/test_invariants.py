"""Each invariant that chaos and soak share notices what it is for: one that never speaks would look like success."""

import re
from collections.abc import Mapping, Sequence

import pytest

from tests.support.invariants import (
    Watched,
    a_feed_is_numbered_from_one_without_a_gap,
    collection_of,
    differing,
    each_active_watch_has_one_live_channel_and_no_other_has_any,
    no_log_line_tells_a_secret,
    what_arrived_is_what_the_feed_holds,
)

ACTIVE = Watched("w", "acl", "active", wanted=True, channels={"c"})
ENDED = Watched("w", "acl", "stopped", wanted=False, channels={"c"})
POLLING = Watched("w", "acl", "polling", wanted=True, channels=())
FIRST, SECOND = {"id": "w.1", "sequence": "1"}, {"id": "w.2", "sequence": "2"}


def channels(watch: Watched, live: Mapping[str, Sequence[str]]) -> list[str]:
    return [*each_active_watch_has_one_live_channel_and_no_other_has_any([watch], live)]


@pytest.mark.parametrize(
    ("watch", "live", "words"),
    [
        (ACTIVE, {}, "is active and has no live channel"),
        (ACTIVE, {"w": ["c", "c"]}, "more than one live channel"),
        (ACTIVE, {"w": ["d"]}, "does not know its channel d"),
        (POLLING, {"w": ["c", "d"]}, "more than one live channel"),
        (ENDED, {"w": ["c"]}, "is not wanted"),
        (ACTIVE, {"w": ["c"], "v": ["d"]}, "channel d of v is live, and no watch's"),
    ],
)
def test_a_channel_too_many_too_few_or_unknown_is_noticed(
    watch: Watched, live: Mapping[str, Sequence[str]], words: str
) -> None:
    [broken] = channels(watch, live)
    assert words in broken


def test_the_channels_that_should_be_there_break_nothing() -> None:
    assert channels(ACTIVE, {"w": ["c"]}) == channels(POLLING, {"w": ["d"]}) == channels(ENDED, {}) == []


@pytest.mark.parametrize("feed", [[SECOND], [SECOND, FIRST], [FIRST, FIRST]])
def test_a_gap_in_the_numbers_of_a_feed_is_noticed(feed: list[Mapping[str, str]]) -> None:
    assert [*a_feed_is_numbered_from_one_without_a_gap(ACTIVE, feed)] == ["the feed of acl w has gaps"]
    assert not [*a_feed_is_numbered_from_one_without_a_gap(ACTIVE, [FIRST, SECOND])]


@pytest.mark.parametrize("arrived", [[FIRST], [SECOND, FIRST], [FIRST, SECOND, SECOND], [FIRST, {**SECOND, "data": 1}]])
def test_what_was_lost_doubled_swapped_or_changed_on_its_way_is_noticed(arrived: list[Mapping[str, object]]) -> None:
    assert [*what_arrived_is_what_the_feed_holds(ACTIVE, arrived, [FIRST, SECOND])]
    assert not [*what_arrived_is_what_the_feed_holds(ACTIVE, [FIRST, SECOND], [FIRST, SECOND])]


def test_what_a_consumer_knows_is_held_against_what_google_shows() -> None:
    shown = collection_of([{"id": "a", "role": "reader", "etag": "1", "kind": "k"}, {"id": "b", "role": "owner"}])
    assert not differing("acl", {"a": {"id": "a", "role": "reader"}, "b": {"id": "b", "role": "owner"}}, shown)
    assert differing("acl", {"a": {"id": "a", "role": "writer"}, "c": {"id": "c"}}, shown).keys() == {"a", "b", "c"}
    assert differing("acl", {**shown, "a": {**shown["a"], "etag": "1"}}, shown).keys() == {"a"}


def test_of_events_fingerprints_are_compared() -> None:
    known, shown = {"e": {"id": "e", "summary": "Lunch"}}, {"e": {"id": "e", "summary": "Lunch", "location": "Here"}}
    assert not differing("events", known, shown)
    assert differing("events", {"e": {"id": "e", "summary": "Dinner"}}, shown).keys() == {"e"}


def test_a_line_that_tells_a_secret_is_noticed() -> None:
    assert [*no_log_line_tells_a_secret(["fine", "key=abc"], re.compile("abc"))] == [
        "a log line tells too much: key=abc"
    ]
    assert not [*no_log_line_tells_a_secret(["fine"], re.compile("abc"))]
