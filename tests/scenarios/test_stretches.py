"""Pages of a large calendar that are put down together."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from calendar_watch.errors import TryLaterError
from calendar_watch.model.listing import Audit
from calendar_watch.model.write import Write, WriteKind
from tests.scenarios.test_listings import alive, small_parts
from tests.support.measured import MeasuredFirestore, MeasuredStore
from tests.support.scripted_listing import Life, Pages, ScriptedCalendar

DAY = timedelta(days=1)
LEASE = timedelta(seconds=60)


@pytest.fixture
def _together() -> Iterator[None]:
    """All pages after the first one are put down together."""
    with small_parts(1), patch("calendar_watch.decisions.listing.stretch._PARTS_A_PAGE", 0.1):
        yield


def of(item_id: str, version: int) -> dict[str, Any]:
    return alive(item_id, version) | {"updated": f"2026-11-20T0{version}:00:00Z"}


def paged(count: int, size: int) -> Pages:
    items = [alive(f"event{each}") for each in range(count)]
    return [items[start : start + size] for start in range(0, count, size)]


def stale(base: Pages, pages: Pages, **policy: Any) -> Life:
    """A watch whose sync token Google no longer takes."""
    life = Life(ScriptedCalendar(whole=base), **policy)
    life.google.whole, life.google.stale, life.google.next_token = pages, "sync", "newer"
    return life


def test_what_a_first_listing_costs_grows_with_the_collection_and_not_with_its_square() -> None:
    def written(count: int) -> int:
        database = MeasuredFirestore()
        Life(ScriptedCalendar(whole=paged(count, 20)), store=MeasuredStore(database, DAY))
        return sum(each.documents for each in database.commits)

    with (
        patch("calendar_watch.model.collection.parts._LARGEST", 1_000),
        patch("calendar_watch.decisions.listing.stretch._PARTS_A_PAGE", 4),
    ):
        assert written(1_200) < 6 * written(300)


@pytest.mark.usefixtures("_together")
def test_an_older_version_on_a_later_page_counts_for_nothing() -> None:
    life = stale([[of("a", 2), of("b", 1)]], [[of("b", 1)], [of("a", 2)], [of("a", 1)], []])
    life.read()
    assert life.told() == []
    assert life.items["a"] == of("a", 2)


@pytest.mark.usefixtures("_together")
def test_a_later_version_counts_though_it_is_as_it_was() -> None:
    """Where nothing says which is newer."""
    life = stale([[alive("a", 2), alive("b")]], [[alive("b")], [alive("a", 1)], [alive("a", 2)], []])
    life.read()
    assert life.told() == []
    assert life.items["a"] == alive("a", 2)


@pytest.mark.usefixtures("_together")
def test_a_page_that_fails_costs_none_of_those_before_it() -> None:
    life = stale(paged(8, 2), paged(12, 2))
    life.google.calls.clear()
    life.google.failures.append(("whole 5", TryLaterError("not now")))
    life.read()
    assert sorted(name for name, _ in life.google.calls if name.startswith("whole")) == [
        "whole", "whole 2", "whole 3", "whole 4", "whole 5", "whole 5", "whole 6",
    ]  # fmt: skip
    assert len(life.items) == 12


@pytest.mark.usefixtures("_together")
def test_a_lease_that_is_shorter_than_a_sweep_is_prolonged_while_pages_come_slowly() -> None:
    lease = timedelta(seconds=15)
    life = stale(paged(8, 2), paged(16, 2), lease=lease)

    def slowly(_name: str) -> None:
        assert life.watch.schedule.due_at
        assert life.watch.schedule.due_at > life.now
        life.now += lease / 3

    life.google.before = slowly
    life.read()
    assert len(life.told()) == 8


@pytest.mark.usefixtures("_together")
def test_pages_of_an_audit_that_is_begun_anew_meanwhile_are_dropped() -> None:
    life = Life(ScriptedCalendar(whole=paged(8, 2)), audit=DAY)
    life.google.whole = paged(10, 2)
    begun: list[str] = []

    def meanwhile(name: str) -> None:
        life.now += LEASE / 3
        if name == "whole 4" and not begun:
            begun.append(name)
            anew = life.watch.with_reading(audit=Audit(at=life.now, asked=True))
            life.store.write(Write(WriteKind.RESUME, anew))

    life.google.before = meanwhile
    life.run(2 * DAY)
    assert sorted(life.told()) == [("created", "event8"), ("created", "event9")]
    assert len(life.items) == 10
