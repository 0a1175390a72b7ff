"""How many items a page is asked for."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from calendar_watch.decisions.listing import page_size, paging
from calendar_watch.model.listing import Listing, Page
from calendar_watch.model.resources import EVENTS
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch
from calendar_watch.sizes import weight

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
FULL = 2_500
WHOLE, INCREMENT = Listing(1, NOW, whole=True), Listing(1, NOW, whole=False)


def watch(**reading: object) -> Watch:
    target = Target(EVENTS, "team@example.com", "alice@example.com")
    return Watch(target, Options(), created=NOW).with_reading(**reading)


def page_of(count: int, letters: int) -> Page:
    return Page([{"id": f"{number:05}", "description": "x" * letters} for number in range(count)], "more")


def asked(watch: Watch, listing: Listing) -> int:
    """In words: 0 stands for as many as usual."""
    return page_size.asked_for(watch, listing) or FULL


def test_the_first_page_of_all_is_small_and_the_second_goes_by_what_it_weighed() -> None:
    new = paging.begun(watch(), NOW)
    assert asked(new, paging.current(new)) == 250
    heavy = page_size.in_time(new, WHOLE, page_of(250, 8_000))
    assert 240 < asked(heavy, paging.current(heavy)) < 250
    light = page_size.in_time(new, WHOLE, page_of(250, 100))
    assert asked(light, paging.current(light)) == FULL


@given(letters=st.integers(0, 20_000), count=st.integers(1, 20))
def test_pages_weigh_two_megabytes_at_most_and_have_a_hundred_items_at_least(letters: int, count: int) -> None:
    known = page_size.in_time(watch(), WHOLE, page_of(count, letters))
    begun = paging.begun(known, NOW)
    size = asked(begun, paging.current(begun))
    assert 100 <= size <= FULL
    item = weight(page_of(1, letters).items[0])
    assert size * item <= 2_000_000 + size or size == 100
    assert (size + 1) * (item + 2) > 2_000_000 or size == FULL


@given(began_with=st.integers(100, FULL), letters=st.integers(0, 20_000))
def test_a_listing_goes_on_as_it_began(began_with: int, letters: int) -> None:
    listing = Listing(1, NOW, whole=True, size=began_with)
    later = page_size.in_time(watch(), listing, page_of(10, letters))
    assert asked(later, listing) == began_with


def test_what_changed_says_little_of_the_rest() -> None:
    later = page_size.in_time(watch(item_weight=500), INCREMENT, page_of(3, 20_000))
    assert later.reading.item_weight == 500


def test_of_a_calendar_that_was_empty_what_changed_is_all_that_is_known() -> None:
    later = page_size.in_time(watch(), INCREMENT, page_of(250, 100))
    assert asked(later, INCREMENT) == FULL


def test_an_empty_page_says_nothing() -> None:
    assert page_size.in_time(watch(item_weight=500), WHOLE, Page([], "more")).reading.item_weight == 500


@given(item_weight=st.integers(0, 30_000), late=st.integers(1, 12))
def test_an_answer_that_comes_too_late_halves_what_was_asked_for_and_pages_in_time_undo_that(
    item_weight: int, late: int
) -> None:
    slow = paging.begun(watch(item_weight=item_weight), NOW)
    listing = paging.current(slow)
    usual = asked(slow, listing)
    for _ in range(late):
        before = asked(slow, listing)
        slow = page_size.too_late(slow, listing)
        assert asked(slow, listing) == min(max(before // 2, 100), before)
    for _ in range(40):
        slow = page_size.in_time(slow, INCREMENT, Page([]))
    assert asked(slow, listing) == usual


def test_one_that_comes_too_late_before_there_is_a_listing_halves_the_usual() -> None:
    assert page_size.too_late(watch(), None).reading.page_size == 125
    assert page_size.too_late(watch(item_weight=500), None).reading.page_size == 1_250
