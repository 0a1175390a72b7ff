"""What a listing means, however it is cut into pages, in whatever order it comes, and wherever a worker dies."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_watch.errors import GoogleError, RefusedError, SlowError, TryLaterError
from calendar_watch.model.resources import EVENTS, Item
from calendar_watch.model.target import Target
from calendar_watch.model.write import WriteKind
from calendar_watch.operations.query import Query
from calendar_watch.reasons import Reason
from tests.doubles.memory_store import Edge, direct
from tests.support.line import Death
from tests.support.scripted_listing import REFUSED, Life, Pages, ScriptedCalendar, difference, net

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OWN, EXCEPTIONS, SERIES = ("a", "b", "s", "t"), ("w", "x", "y", "z"), ("s", "t", "elsewhere")


def alive(item_id: str, version: int = 1, series: str = "") -> dict[str, Any]:
    return {"id": item_id, "status": "confirmed", "summary": f"v{version}"} | of(series)


def off(item_id: str, series: str = "", version: int = 1) -> dict[str, Any]:
    """Cancelled, with all that Google promises of it."""
    return {"id": item_id, "status": "cancelled", "summary": f"off v{version}"} | of(series)


def promised(item: Mapping[str, Any]) -> dict[str, Any]:
    """What a listing promises of a cancelled exception, however much more there is of it alone."""
    return {name: value for name, value in item.items() if name in {"id", "status", "recurringEventId"}}


def bare(item_id: str) -> dict[str, Any]:
    return {"id": item_id, "status": "cancelled"}


def of(series: str) -> dict[str, Any]:
    return {"recurringEventId": series} if series else {}


@contextmanager
def small_parts(parts_a_page: int = 1_000) -> Iterator[None]:
    """With 1, pages go together whatever there is."""
    with (
        patch("calendar_watch.decisions.listing.stretch._PARTS_A_PAGE", parts_a_page),
        patch("calendar_watch.model.collection.parts._LARGEST", 150),
        patch("calendar_watch.decisions.listing.portions.MOST_ITEMS", 2),
        patch("calendar_watch.decisions.listing.portions.MOST_PARTS", 2),
    ):
        yield


versions, series = st.integers(1, 2), st.sampled_from(SERIES)
own = st.sampled_from(OWN).flatmap(
    lambda each: st.one_of(versions.map(lambda v: alive(each, v)), st.just(off(each)), st.just(bare(each)))
)
exceptions = st.sampled_from(EXCEPTIONS).flatmap(
    lambda each: st.one_of(
        st.builds(alive, st.just(each), versions, series),
        st.builds(off, st.just(each), series, versions),
        st.just(bare(each)),
    )
)
collections = st.lists(own | exceptions, unique_by=lambda each: each["id"], max_size=8)
unknown = st.fixed_dictionaries(
    {each: st.one_of(st.none(), st.builds(off, st.just(each), series), st.just(alive(each, 1, "s")))
     for each in EXCEPTIONS}
)  # fmt: skip
cuts = st.lists(st.integers(0, 8), max_size=4)


def cut(items: Sequence[Item], at: Sequence[int]) -> Pages:
    ends = sorted({min(each, len(items)) for each in at})
    return [items[start:end] for start, end in zip([0, *ends], [*ends, len(items)], strict=True)]


def expected(held: Mapping[str, Item], shown: Sequence[Item], single: Mapping[str, Item], *, whole: bool) -> Any:
    """What there is after a listing, worked out at once."""
    there = {each: item for each, item in held.items() if not whole or each in {item["id"] for item in shown}}
    there |= {each["id"]: each for each in shown if each["status"] != "cancelled"}
    tombstones = [each for each in shown if each["status"] == "cancelled"]
    gone = [each["id"] for each in tombstones if not is_exception(each) and not is_exception(held.get(each["id"], {}))]
    there = {each: item for each, item in there.items() if each not in gone}
    over = {*gone, *(each for each, item in held.items() if each not in there and not is_exception(item))}
    kept_alive = {each["id"] for each in shown if each["status"] != "cancelled"}
    there = {
        each: item for each, item in there.items() if each in kept_alive or item.get("recurringEventId") not in over
    }
    for tombstone in tombstones:
        known = held.get(tombstone["id"], promised(single.get(tombstone["id"], {})))
        known = known if tombstone["id"] in held or known.get("status") == "cancelled" else {}
        its = tombstone.get("recurringEventId") or known.get("recurringEventId")
        if its in there:
            there[tombstone["id"]] = tombstone if is_exception(tombstone) else {**known, "status": "cancelled"}
        elif tombstone["id"] not in kept_alive:
            there.pop(tombstone["id"], None)
    return {
        each: item
        for each, item in there.items()
        if not (whole and item["status"] == "cancelled" and item["recurringEventId"] not in there)
    }


def is_exception(item: Item) -> bool:
    return "recurringEventId" in item


def listed(items: Sequence[Item], single: Mapping[str, Item | None]) -> dict[str, Item]:
    """Of what Google would answer to a get, only where a tombstone says nothing."""
    bare_ones = {each["id"] for each in items if each.keys() == {"id", "status"}}
    return {each: item for each, item in single.items() if item and each in bare_ones}


@dataclass(frozen=True)
class Case:
    """A collection as it was read, a listing of what has become of it, and what Google says of single items."""

    base: list[Item]
    items: list[Item]
    single: dict[str, Item | None]
    cut: list[int]
    whole: bool
    parts_a_page: int = 1_000

    def life(self) -> Life:
        """As far as the baseline."""
        life = Life(ScriptedCalendar(whole=[self.base]))
        assert life.items == expected({}, self.base, {}, whole=True)
        life.google.single = listed(self.items, self.single)
        pages = cut(self.items, self.cut)
        life.google.whole, life.google.increment = (pages, [[]]) if self.whole else ([[]], pages)
        if self.whole:
            life.google.stale, life.google.next_token = "sync", "newer"
        return life


cases = st.builds(
    Case, collections, collections.flatmap(st.permutations), unknown, cuts, st.booleans(), st.sampled_from([1, 1_000])
)


@pytest.mark.uncounted
@settings(max_examples=2 * settings().max_examples)
@given(cases)
def test_a_listing_means_the_same_however_it_is_cut_and_ordered(case: Case) -> None:
    with small_parts(case.parts_a_page):
        life = case.life()
        held, sequence = life.items, life.watch.log.sequence
        life.read()
        after = expected(held, case.items, life.google.single, whole=case.whole)
        assert life.items == after
        assert life.watch.reading.item_count == len(after)
        assert net(life.changes(sequence)) == difference(held, after)
        assert_in_order(held, life.changes(sequence))


def assert_in_order(held: Mapping[str, Item], changes: Sequence[Mapping[str, Any]]) -> None:
    """Each says of before what whoever applied those before it knows."""
    known = dict(held)
    for each in changes:
        assert each["before"] == known.get(each["itemId"])
        known[each["itemId"]] = each["after"]


@given(cases, st.integers(0, 14), st.booleans())
def test_a_worker_may_die_at_any_write(case: Case, moment: int, afterwards: bool) -> None:  # noqa: FBT001
    with small_parts(case.parts_a_page):
        life = case.life()
        held, sequence = life.items, life.watch.log.sequence
        life.store.edge = dying(moment, afterwards=afterwards)
        with suppress(Death):
            life.read()
        life.store.edge = direct
        life.run(2 * HOUR)
        if not life.google.single:
            assert life.items == expected(held, case.items, {}, whole=case.whole)
        assert net(life.changes(sequence)) == difference(held, life.items)
        assert_in_order(held, life.changes(sequence))
        assert life.watch.reading.item_count == len(life.items)


def dying(moment: int, *, afterwards: bool) -> Edge:
    """The process ends at a write: before it, or when it is done."""
    left = moment

    def edge(rpc: str, act: Callable[[], Any], /) -> Any:
        nonlocal left
        left -= rpc in set(WriteKind)
        if left != -1 or rpc not in set(WriteKind):
            return act()
        if afterwards:
            act()
        raise Death

    return edge


# --- sync tokens and page tokens


def asked_within(life: Life, name: str, span: timedelta) -> int:
    before = life.google.asked(name)
    life.run(span)
    return life.google.asked(name) - before


def test_a_sync_token_that_is_refused_lists_everything_at_once_and_then_after_pauses_that_double() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("a")]]))
    life.google.failures = [("increment", REFUSED)] * 1_000
    life.run(MINUTE / 2)
    assert life.google.asked("whole") == 2, "at once"
    assert 1 <= asked_within(life, "whole", HOUR) <= 6
    assert asked_within(life, "whole", 10 * HOUR) <= 22
    life.google.failures = []
    life.run(2 * HOUR)
    life.google.failures = [("increment", REFUSED)]
    assert asked_within(life, "whole", HOUR) == 1, "once an increment has succeeded, at once again"


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_page_token_that_is_refused_three_times_in_a_row_drops_the_sync_token_as_well(times: int) -> None:
    life = Life(ScriptedCalendar(whole=[[alive("a")], [alive("b")]]))
    life.google.increment = [[alive("a", 2)], [alive("c")]]
    life.google.failures = [("increment 2", REFUSED)] * times
    life.run(HOUR)
    assert life.google.asked("whole") == (1 if times < 3 else 2)
    assert life.told()[0] == ("updated", "a")


def test_a_page_token_refused_again_and_again_is_no_storm() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("a")], [alive("b")]]))
    life.google.failures = [("whole 2", REFUSED), ("increment 2", REFUSED)] * 1_000
    life.google.increment = [[], []]
    life.run(4 * HOUR)
    assert len(life.google.calls) <= 60


def test_a_last_page_without_a_sync_token_keeps_the_old_one() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("a")]]))
    life.google.next_token, life.google.increment = "", [[alive("a", 2)]]
    life.run(4 * HOUR)
    assert (life.google.asked("whole"), life.watch.reading.sync_token) == (1, "sync")


def test_a_circle_of_pages_that_leaves_out_the_first_is_noticed() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("a")], [alive("b")], [alive("c")]]))
    circles = [(number, str(2 + number % 2)) for number in range(1, 40)]
    tokens = iter(token for _, token in circles)
    real = life.google.page
    life.google.increment = [[]]
    asked = 0

    def page(target: Target, _page_token: str, sync_token: str = "", size: int = 0) -> Any:
        nonlocal asked
        asked += 1
        answer = real(target, "", sync_token, size)
        return replace(answer, page_token=next(tokens), sync_token="")

    with patch.object(life.google, "page", page):
        life.go_on()
    assert asked <= 8


def test_a_page_that_comes_too_late_is_asked_for_half_as_long_and_grows_again() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("a")]]))
    late = SlowError("no answer in time")
    life.google.failures = [("increment", late)] * 3
    life.run(HOUR)
    sizes = [size for name, size in life.google.calls if name == "increment"]
    assert sizes[:4] == [0, 1250, 625, 312]
    assert sizes[4] == 351
    life.run(12 * HOUR)
    assert life.watch.reading.page_size == 0


def test_a_first_listing_begins_with_a_small_page_and_later_ones_go_by_what_its_pages_weighed() -> None:
    heavy = [[{**alive(f"{page}{number}"), "description": "x" * 20_000} for number in range(20)] for page in "abc"]
    life = Life(ScriptedCalendar(whole=heavy))
    life.read()
    life.google.stale, life.google.next_token = "sync", "other"
    life.run(HOUR)
    sizes = [size for name, size in life.google.calls if name.startswith("whole")]
    assert sizes == [250, 100, 100, 100, 100, 100]


def test_where_google_takes_no_page_token_with_another_size_the_next_listing_keeps_one_from_the_start() -> None:
    heavy = [[{**alive(f"{page}{number}"), "description": "x" * 20_000} for number in range(20)] for page in "abc"]
    life = Life(ScriptedCalendar(whole=heavy, failures=[("whole 2", REFUSED)]))
    life.run(HOUR)
    assert [each for each in life.google.calls if each[0].startswith("whole")][:5] == [
        ("whole", 250),
        ("whole 2", 100),
        ("whole", 100),
        ("whole 2", 100),
        ("whole 3", 100),
    ]


# --- what is peculiar to some calendars and some events


def test_a_generated_calendar_is_listed_whole_each_time_since_google_never_tells_of_what_goes() -> None:
    birthdays = Target(EVENTS, "addressbook#contacts@group.v.calendar.google.com", "alice@example.com")
    life = Life(ScriptedCalendar(whole=[[alive("a"), alive("b")]]), birthdays)
    life.read()
    life.google.whole = [[alive("a", 2)]]
    life.google.single = {"b": alive("b")}
    life.run(HOUR)
    assert life.told() == [("updated", "a"), ("deleted", "b")]
    assert life.google.asked("increment") == 0
    assert not any(name.startswith("get") for name, _ in life.google.calls)
    assert {each["cause"] for each in life.changes()} == {"schedule"}
    assert [each["type"] for each in life.entries() if "resynced" in each["type"]] == []


def test_bare_tombstones_of_a_hundred_exceptions_in_many_parts_are_all_told() -> None:
    """Q02: of a hundred, 75 were not, with four parts."""
    with small_parts():
        ids = [f"x{number}" for number in range(100)]
        life = Life(ScriptedCalendar(whole=[[alive("s"), *(alive(each, 1, "s") for each in ids)]]))
        assert len(life.watch.reading.parts) >= 4
        life.google.increment = [[bare(each) for each in ids]]
        life.read()
        assert sorted(life.told()) == sorted(("updated", each) for each in ids)
        assert life.items["x1"] == {**alive("x1", 1, "s"), "status": "cancelled"}
        life.google.increment = [[bare("s")]]
        life.read()
        assert life.items == {}
        assert sorted(life.told()[100:]) == sorted(("deleted", each) for each in ["s", *ids])


def test_exceptions_that_change_their_series_are_updated_and_end_with_the_new_one() -> None:
    """Q04: 71 of a hundred were told `created`, and `deleted` at the next whole listing."""
    with small_parts():
        ids = [f"x{number}" for number in range(100)]
        life = Life(ScriptedCalendar(whole=[[alive("s"), *(alive(each, 1, "s") for each in ids)]]))
        life.google.increment = [[alive("s_R2"), *(alive(each, 1, "s_R2") for each in ids)]]
        life.read()
        assert sorted(life.told()) == sorted([("created", "s_R2"), *(("updated", each) for each in ids)])
        life.google.increment = [[off("s")]]
        life.read()
        assert life.told()[101:] == [("deleted", "s")]
        life.google.increment = [[off("s_R2")]]
        life.read()
        assert len(life.told()) == 203
        assert life.items == {}


def test_of_bare_tombstones_that_nobody_knows_ten_are_asked_for_and_of_more_a_listing_is_made_instead() -> None:
    ids = [f"x{number:02}" for number in range(11)]
    life = Life(ScriptedCalendar(whole=[[alive("s")]], single={each: off(each, "s") for each in ids}))
    life.google.increment = [[bare(each) for each in ids[:10]]]
    life.read()
    assert sorted(life.told()) == [("created", each) for each in ids[:10]]
    assert life.items["x00"] == promised(off("x00", "s"))
    life = Life(ScriptedCalendar(whole=[[alive("s")]], single={each: off(each, "s") for each in ids}))
    life.google.increment = [[bare(each) for each in ids]]
    life.google.whole = [[alive("s"), *(off(each, "s") for each in ids)]]
    life.read()
    assert life.told() == []
    life.google.increment = [[]]
    life.read()
    assert sorted(life.told()) == [("created", each) for each in ids]
    assert not any(name.startswith("get") for name, _ in life.google.calls)


def test_a_bare_tombstone_of_what_google_shows_alive_adds_nothing() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("s")]], single={"x": alive("x", 1, "s"), "z": off("z", "elsewhere")}))
    life.google.increment = [[bare("x"), bare("y"), bare("z")]]
    life.read()
    assert (life.told(), [*life.items]) == ([], ["s"])


def test_an_exception_cancelled_while_its_series_is_split_stays_until_the_next_increment_shows_that() -> None:
    split = {**alive("s_R2"), "recurrence": ["RRULE:FREQ=WEEKLY"]}
    life = Life(ScriptedCalendar(whole=[[alive("s"), alive("x", 1, "s")]], single={"s_R2": split}))
    life.google.increment = [[off("x", "s_R2", 2)]]
    life.read()
    assert life.told() == [("updated", "x")]
    life.google.increment = [[split, off("x", "s_R2", 2)]]
    life.read()
    assert life.told()[1:] == [("created", "s_R2")]


def test_an_exception_cancelled_while_its_series_is_split_stays_until_the_next_whole_listing_shows_that() -> None:
    split = {**alive("s_R2"), "recurrence": ["RRULE:FREQ=WEEKLY"]}
    life = Life(ScriptedCalendar(whole=[[alive("s"), alive("x", 1, "s")]], single={"s_R2": split}))
    life.google.whole, life.google.failures = [[alive("s"), off("x", "s_R2", 2)]], [("increment", REFUSED)]
    life.read()
    assert life.told() == [("updated", "x")]
    life.google.whole = [[alive("s"), split, off("x", "s_R2", 2)]]
    life.google.failures = [("increment", REFUSED)]
    life.read()
    assert life.told()[1:] == [("created", "s_R2")]


def test_a_whole_listing_asks_for_no_series_of_what_nobody_holds_and_for_ten_of_others() -> None:
    ids = [f"x{number:02}" for number in range(11)]
    life = Life(ScriptedCalendar(whole=[[alive("s"), *(alive(each, 1, "s") for each in ids)]]))
    orphans = [off("y", "elsewhere"), *(off(each, f"of {each}") for each in ids)]
    life.google.whole, life.google.failures = [[alive("s"), *orphans]], [("increment", REFUSED)]
    life.read()
    assert [name for name, _ in life.google.calls if name.startswith("get")] == [f"get of {each}" for each in ids[:10]]
    assert sorted(life.told()) == [("deleted", each) for each in ids]
    assert life.watch.reading.sync_token


def test_while_google_does_not_answer_about_a_series_that_a_whole_listing_names_everything_is_listed_again() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("s"), alive("x", 1, "s")]]))
    life.google.whole, life.google.failures = [[alive("s"), off("x", "elsewhere", 2)]], [("increment", REFUSED)]
    with patch.object(life.google, "get", side_effect=TryLaterError("later")):
        life.read()
    assert life.told() == []
    life.read()
    assert life.told() == [("deleted", "x")]


SKIPPED = {**alive("skipped"), "recurrence": ["RRULE:FREQ=WEEKLY"]}


def of_a_series_that_an_increment_skipped() -> Life:
    """Q03."""
    life = Life(ScriptedCalendar(whole=[[alive("s")]]))
    life.google.increment = [[alive("x", 1, "skipped")]]
    life.read()
    assert life.told() == [("created", "x")]
    return life


def test_an_exception_cancelled_without_a_word_stays_though_an_increment_skipped_its_series() -> None:
    life = of_a_series_that_an_increment_skipped()
    life.google.increment, life.google.single = [[bare("x")]], {"skipped": SKIPPED}
    life.read()
    assert life.told()[1:] == [("updated", "x")]
    life.google.single = {}
    life.read()
    assert life.told()[2:] == [("deleted", "x")]


@pytest.mark.parametrize("tombstone", [bare("x"), off("x", "skipped"), off("x", "elsewhere")])
def test_while_google_does_not_say_whether_a_series_is_there_no_exception_of_it_is_gone(tombstone: Item) -> None:
    life = of_a_series_that_an_increment_skipped()
    life.google.increment = [[tombstone]]
    life.google.whole = [[alive("s"), SKIPPED, off("x", "skipped")]]
    with patch.object(life.google, "get", side_effect=TryLaterError("later")):
        life.read()
    assert life.told()[1:] == []
    life.read()
    assert sorted(life.told()[1:]) == [("created", "skipped"), ("updated", "x")]


def test_an_exception_cancelled_under_a_series_that_google_does_not_have_is_deleted() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("s"), alive("x", 1, "s")]]))
    life.google.increment = [[off("x", "elsewhere", 2)]]
    life.read()
    assert life.told() == [("deleted", "x")]


@pytest.mark.parametrize("error", [TryLaterError("later"), RefusedError(Reason.FORBIDDEN, "no")])
def test_where_nothing_can_be_learnt_of_a_bare_tombstone_everything_is_listed(error: GoogleError) -> None:
    life = Life(ScriptedCalendar(whole=[[alive("s")]]))
    life.google.increment, life.google.whole = [[bare("x")]], [[alive("s"), off("x", "s")]]
    with patch.object(life.google, "get", side_effect=error):
        life.read()
        life.read()
    assert life.told() == [("created", "x")]


@pytest.mark.uncounted
def test_one_exception_of_four_hundred_large_ones_touches_one_part() -> None:
    ids = [f"x{number}" for number in range(400)]
    large = {"description": "d" * 40_000}
    life = Life(ScriptedCalendar(whole=[[alive("s"), *({**alive(each, 1, "s"), **large} for each in ids)]]))
    assert len(life.watch.reading.parts) >= 38
    read: list[str] = []
    parts = life.store.parts

    def counting(watch_id: str, names: Sequence[str]) -> Any:
        read.extend(names)
        return parts(watch_id, names)

    life.google.increment = [[{**alive("x7", 2, "s"), **large}]]
    with patch.object(life.store, "parts", counting):
        life.read()
    assert (len(read), life.told()) == (1, [("updated", "x7")])


# --- what is missing


def test_an_absent_series_takes_its_exceptions_along_and_only_it_is_asked_for() -> None:
    exceptions = [alive(f"x{number}", 1, "s") for number in range(50)]
    life = Life(ScriptedCalendar(whole=[[alive("a"), alive("s"), *exceptions]]))
    life.google.whole, life.google.failures = [[alive("a")]], [("increment", REFUSED)]
    life.read()
    assert [name for name, _ in life.google.calls if name.startswith("get")] == ["get s"]
    assert len(life.told()) == 51


def test_an_absent_exception_of_a_living_series_is_believed_the_second_time() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("s"), alive("x", 1, "s")]], single={"x": alive("x")}))
    life.google.whole, life.google.failures = [[alive("s")]], [("increment", REFUSED)]
    before = life.google.asked("whole")
    life.read()
    assert (life.told(), life.google.asked("whole") - before) == ([("deleted", "x")], 2)


def test_of_many_that_are_missing_one_that_lives_is_found_sooner_or_later_and_none_is_told() -> None:
    items = [alive(f"e{number:02}") for number in range(60)]
    life = Life(ScriptedCalendar(whole=[items], single={each["id"]: each for each in items}))
    life.google.whole, life.google.failures = [items[:30]], [("increment", REFUSED)]
    life.run(6 * HOUR)
    assert life.watch.reading.doubts
    life.google.whole = [items]
    life.run(2 * HOUR)
    assert (life.told(), life.watch.reading.doubts) == ([], 0)


def test_what_a_listing_made_itself_does_not_hide_that_something_is_missing() -> None:
    """As many new ones as are missing."""
    items = [alive(f"e{number:02}") for number in range(20)]
    life = Life(ScriptedCalendar(whole=[items], single={each["id"]: each for each in items}))
    life.google.whole = [[alive(f"n{number:02}") for number in range(20)]]
    life.google.failures = [("increment", REFUSED)]
    life.run(HOUR)
    assert {kind for kind, _ in life.told()} == {"created"}
    assert life.watch.reading.doubts


# --- what is told of a reading


def test_the_last_sync_is_when_the_listing_began() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("a")], [alive("b")]]))
    life.google.increment = [[], []]
    began = life.watch.schedule.due_at

    def slowly(_name: str) -> None:
        life.now += timedelta(seconds=7)

    life.google.before = slowly
    life.read()
    assert life.watch.reading.last_sync == began


def test_a_first_page_that_is_asked_for_anew_as_a_worker_died_is_a_listing_that_begins_anew() -> None:
    asked: list[datetime] = []
    with small_parts():
        life = Life(ScriptedCalendar(whole=[[]]))
        life.google.increment = [[alive(each) for each in OWN]]
        life.google.before = lambda _name: asked.append(life.now)
        life.store.edge = dying(2, afterwards=False)
        with suppress(Death):
            life.read()
        life.store.edge = direct
        life.read()
    assert len(life.changes(1)) == len(OWN)
    assert asked[0] < asked[1]
    assert life.watch.reading.last_sync == asked[1]


def test_after_a_resync_there_is_a_settling_reading() -> None:
    life = Life(ScriptedCalendar(whole=[[alive("a")]]))
    life.run(MINUTE)
    life.google.failures = [("increment", REFUSED)]
    life.read()
    began = life.watch.reading.last_sync
    life.read()
    assert began
    assert life.watch.reading.last_sync == began + timedelta(seconds=30)


# --- what is shown of it meanwhile


def test_items_are_each_shown_once_though_their_parts_split_between_two_pages() -> None:
    with small_parts():
        ids = [f"e{number:02}" for number in range(20)]
        life = Life(ScriptedCalendar(whole=[[alive(each) for each in ids]]))
        query = Query(life.services)
        parts = life.watch.reading.parts
        page = query.items(life.target.id, "", 7)
        shown = list(page.items)
        life.google.increment = [[alive(f"new{number}") for number in range(60)]]
        life.read()
        assert life.watch.reading.parts != parts
        while page.next_token:
            page = query.items(life.target.id, page.next_token, 7)
            shown += page.items
        assert sorted(each for each in shown if each in ids) == ids
        assert page.sequence == life.watch.log.sequence


def test_items_are_read_again_when_their_parts_split_while_they_are_read() -> None:
    with small_parts():
        ids = [f"e{number:02}" for number in range(12)]
        life = Life(ScriptedCalendar(whole=[[alive(each) for each in ids]]))
        life.google.increment = [[alive(f"new{number}") for number in range(60)]]
        meanwhile = iter([life.read])

        def edge(rpc: str, act: Callable[[], Any], /) -> Any:
            if rpc == "parts":
                for each in meanwhile:
                    each()
            return act()

        life.store.edge = edge
        assert {*ids} <= Query(life.services).items(life.target.id, "", 1000).items.keys()


def test_a_part_that_splits_at_the_end_of_an_increment_does_not_stay_beside_its_halves() -> None:
    with small_parts():
        life = Life(ScriptedCalendar(whole=[[alive("a")]]))
        life.run(MINUTE)
        assert life.watch.reading.parts == ("0",)
        life.google.increment = [[alive("b"), alive("c")]]
        life.read()
        assert len(life.watch.reading.parts) > 1
        [left] = life.store.parts(life.target.id, ["0"])
        assert left.items == {}
