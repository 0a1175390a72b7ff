"""What each kind of change does to a copy, and what is asked for it."""

from contextlib import suppress
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
import requests

from calendar_copy.change import change_of
from calendar_copy.consumer import BehindError, Consumer
from calendar_copy.watches_api import WatchesApi
from tests.doubles.scripted_http import Reply, ScriptedHttp
from tests.searches.consumer.feed import Event, Feed
from tests.searches.consumer.history import WATCH, History
from tests.support.copies import InMemory, directly
from tests.support.line import Death

ALL = Random(4)  # noqa: S311 (of a few items)


class Reading:
    """A consumer of one watch, with a log of what it asked."""

    def __init__(self) -> None:
        self.history, self.copies = History(), InMemory()
        self.feed = Feed(self.history)
        self.consumer = Consumer(self.feed.api(directly), self.copies)
        self.history.begin_anew(ALL)
        self.consumer.apply(self.last)
        self.feed.answers.clear()

    @property
    def last(self) -> Event:
        return self.history.published[-1]

    @property
    def items(self) -> dict[str, Any]:
        return dict(self.copies.items(WATCH))

    @property
    def asked(self) -> list[str]:
        return sorted(self.feed.answers)

    @property
    def is_right(self) -> bool:
        head = self.copies.read(WATCH)
        return (self.items, head.sequence, head.page) == (self.history.held, self.history.sequence, None)


@pytest.fixture
def reading() -> Reading:
    return Reading()


def test_a_copy_begins_with_the_items(reading: Reading) -> None:
    assert len(reading.items) > 3, "several pages"
    assert reading.is_right


def test_the_next_change_is_taken_and_asks_nobody(reading: Reading) -> None:
    for _ in range(20):
        reading.history.change(ALL)
        reading.consumer.apply(reading.last)
        assert reading.is_right
    assert reading.asked == []


def test_what_comes_again_does_nothing_and_asks_nobody(reading: Reading) -> None:
    reading.history.change(ALL)
    for event in (reading.last, reading.last, *reading.history.published):
        reading.consumer.apply(event)
    assert reading.is_right
    assert (reading.asked, reading.copies.told()) == ([], {reading.last["id"]: 1})


@pytest.mark.parametrize("kind", ["renewed", "suspended", "resumed", "stopped", "reclassified", "unheard-of"])
def test_what_a_watch_tells_of_itself_changes_no_item(reading: Reading, kind: str) -> None:
    reading.history.tell(f"watch.{kind}", state="active")
    reading.consumer.apply(reading.last)
    assert reading.is_right
    assert reading.asked == []


def test_a_resync_with_counts_has_told_everything_before(reading: Reading) -> None:
    reading.history.resync()
    reading.consumer.apply(reading.last)
    assert reading.is_right
    assert reading.asked == []


@pytest.mark.parametrize("how", [History.begin_anew, History.begin_anew_in_the_stream])
def test_a_new_baseline_is_read_whole(reading: Reading, how: Any) -> None:
    taken = len(reading.history.published)
    how(reading.history, ALL)
    for event in reading.history.published[taken:]:
        reading.consumer.apply(event)
    assert reading.is_right
    assert "items 200" in reading.asked


def test_an_item_that_is_made_known_is_there(reading: Reading) -> None:
    reading.history.tell("acl.known", itemId="new", before=None, after={"id": "new"}, cause="baseline")
    reading.consumer.apply(reading.last)
    assert reading.items["new"] == {"id": "new"}
    assert reading.asked == []


def test_what_was_left_out_comes_from_the_feed(reading: Reading) -> None:
    for _ in range(10):
        reading.history.change(ALL)
    reading.consumer.apply(reading.last)
    assert reading.is_right
    assert reading.asked == ["changes 200"]
    assert len(reading.copies.told()) == 10


def test_where_the_feed_begins_later_the_items_are_read(reading: Reading) -> None:
    for _ in range(10):
        reading.history.change(ALL)
    reading.history.oldest = reading.history.sequence
    reading.consumer.apply(reading.last)
    assert reading.is_right
    assert reading.asked == ["changes 410", "items 200"]


def test_after_a_restore_numbers_jump_and_the_items_are_read(reading: Reading) -> None:
    reading.history.back_up()
    for _ in range(3):
        reading.history.change(ALL)
        reading.consumer.apply(reading.last)
    reading.history.restore()
    reading.history.tell_of_a_restore()
    reading.consumer.apply(reading.last)
    assert reading.is_right
    assert reading.copies.read(WATCH).sequence > 1_000_000


def test_until_a_restore_is_told_the_copy_stays_so_that_nothing_counts_a_second_time(reading: Reading) -> None:
    reading.history.back_up()
    for _ in range(4):
        reading.history.change(ALL)
    _opened, first, last, _never_came, lost = reading.history.published
    for event in (first, last):
        reading.consumer.apply(event)
    reading.history.restore()
    with pytest.raises(BehindError, match="the items of"):
        reading.consumer.apply(lost)
    assert reading.copies.read(WATCH).sequence == int(last["sequence"])


def test_whoever_is_asked_by_mistake_is_found_out(reading: Reading) -> None:
    ahead = {**reading.last, "sequence": f"{reading.history.sequence + 5:020d}"}
    with pytest.raises(BehindError, match="has come"):
        reading.consumer.apply(ahead)


def test_by_hand_the_collection_is_taken_as_it_is_whatever_the_copy_was(reading: Reading) -> None:
    reading.history.back_up()
    for _ in range(3):
        reading.history.change(ALL)
        reading.consumer.apply(reading.last)
    reading.history.restore()
    reading.consumer.start_anew(WATCH)
    assert reading.is_right


def test_catching_up_needs_no_message(reading: Reading) -> None:
    for _ in range(10):
        reading.history.change(ALL)
    reading.consumer.catch_up(WATCH)
    assert reading.is_right


def test_what_was_cut_is_read_whole(reading: Reading) -> None:
    reading.history.change_too_much(ALL)
    reading.consumer.apply(reading.last)
    assert reading.is_right


def test_of_a_large_event_there_is_no_more_than_was_told(reading: Reading) -> None:
    reading.history.tell(
        "events.updated", itemId="e", before={"id": "e"}, after={"id": "e"}, reduced=["before", "after"]
    )
    reading.consumer.apply(reading.last)
    assert (reading.items["e"], reading.asked) == ({"id": "e"}, [])


def test_a_before_that_was_cut_is_no_matter(reading: Reading) -> None:
    reading.history.tell(
        "acl.updated", itemId="b", before={"id": "b"}, after={"id": "b", "role": "owner"}, reduced=["before"]
    )
    reading.consumer.apply(reading.last)
    assert (reading.items["b"], reading.asked) == ({"id": "b", "role": "owner"}, [])


@pytest.mark.parametrize("pages", [1, 2])
def test_a_reading_that_was_interrupted_goes_on_at_its_page_whatever_comes(reading: Reading, pages: int) -> None:
    reading.history.held = {each: {"id": each} for each in "abcdefgh"}
    answered = 0

    def dying(what: str, act: Any, /) -> Any:
        nonlocal answered
        answered += what == "api"
        if answered > pages:
            raise Death
        return act()

    with suppress(Death):
        Consumer(reading.feed.api(dying), reading.copies).start_anew(WATCH)
    assert reading.copies.read(WATCH).page
    reading.feed.answers.clear()
    reading.consumer.apply(reading.last)
    assert reading.is_right
    assert reading.feed.answers["items 200"] == -(-len(reading.items) // 3) - pages


def test_what_does_not_fit_into_one_step_is_several(reading: Reading) -> None:
    for _ in range(10):
        reading.history.change(ALL)
    with patch("calendar_copy.sink._HEAVIEST", 1):
        reading.consumer.apply(reading.last)
        reading.consumer.start_anew(WATCH)
    assert reading.is_right


def test_a_feed_with_a_hole_is_no_feed() -> None:
    event = {"partitionkey": WATCH, "sequence": "00000000000000000003", "type": "t", "data": {}}
    replies = {"changes": Reply(body={"changes": [event]}), "items": Reply(body={"items": {}, "sequence": 3})}
    copies = InMemory()
    session = requests.Session()
    session.mount("https://", ScriptedHttp(lambda request: replies[str(request.path_url).split("/")[2].split("?")[0]]))
    Consumer(WatchesApi("https://watches.example.com/", session), copies).catch_up(WATCH)
    assert (copies.read(WATCH).sequence, copies.told().total()) == (3, 0)


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_what_is_answered_otherwise_is_an_error(status: int) -> None:
    session = requests.Session()
    session.mount("https://", ScriptedHttp(lambda _request: Reply(status, {"type": "urn:other"})))
    with pytest.raises(requests.HTTPError):
        Consumer(WatchesApi("https://watches.example.com", session), InMemory()).catch_up(WATCH)


@pytest.mark.parametrize("event", [{}, {"partitionkey": "w"}, {"partitionkey": "w", "sequence": "first"}])
def test_what_is_no_change_is_refused(event: dict[str, str]) -> None:
    with pytest.raises((KeyError, ValueError)):
        change_of(event)
