"""How large commits become, as they are stored and as Firestore counts them: whatever the data, below 8 MiB."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from calendar_watch.model.target import Options
from tests.support.measured import MeasuredFirestore, MeasuredStore
from tests.support.scripted_listing import Life, ScriptedCalendar

MOST = 8 * 1024 * 1024
PAGE = 2_500
LONG = pytest.param(True, marks=pytest.mark.search)
"""Of whole events a test of so many takes long, and proves little more."""
LABELS = {f"label{number}": "ж" * 256 for number in range(16)}


class Noise:
    """Texts that hardly shrink, the same each time."""

    def __init__(self) -> None:
        self._chance = Random(1)  # noqa: S311 (repeatable on purpose)

    def __call__(self, length: int) -> str:
        return b64encode(self._chance.randbytes(length)).decode()[:length]


@pytest.fixture
def database() -> Iterator[MeasuredFirestore]:
    """Whatever a test does: no commit is too large."""
    database = MeasuredFirestore()
    yield database
    assert database.largest < MOST


def life_of(database: MeasuredFirestore, items: Sequence[Any], *, whole: bool, **policy: Any) -> Life:
    pages = [items[start : start + PAGE] for start in range(0, len(items), PAGE)]
    store = MeasuredStore(database, timedelta(days=30))
    return Life(
        ScriptedCalendar(whole=pages), options=Options(labels=LABELS), store=store, whole_events=whole, **policy
    )


def event(item_id: str, version: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": item_id, "status": "confirmed", "etag": str(version), "summary": f"v{version}", **more}


def exceptions(noise: Noise, count: int) -> list[dict[str, Any]]:
    return [
        event(f"x{each}", recurringEventId="s", summary=noise(3_000), description=noise(5_000)) for each in range(count)
    ]


@pytest.mark.parametrize("whole", [False, LONG], ids=["fingerprint", "full"])
def test_the_end_of_a_series_with_two_thousand_large_exceptions(database: MeasuredFirestore, *, whole: bool) -> None:
    life = life_of(database, [event("s"), *exceptions(Noise(), 2_000)], whole=whole)
    assert len(life.items) == 2_001
    life.google.increment = [[event("s", 2) | {"status": "cancelled"}]]
    life.read()
    assert Counter(kind for kind, _ in life.told()) == {"deleted": 2_001}
    assert life.items == {}


@pytest.mark.parametrize("whole", [False, LONG], ids=["fingerprint", "full"])
def test_four_events_of_half_a_megabyte_that_change_at_once(database: MeasuredFirestore, *, whole: bool) -> None:
    noise = Noise()
    life = life_of(database, [event(f"e{each}", description=noise(500_000)) for each in range(4)], whole=whole)
    life.google.increment = [[event(f"e{each}", 2, description=noise(500_000)) for each in range(4)]]
    life.read()
    assert Counter(life.told()) == {("updated", f"e{each}"): 1 for each in range(4)}


@pytest.mark.search
@pytest.mark.parametrize("whole", [False, LONG], ids=["fingerprint", "full"])
def test_large_events_that_all_change_while_an_audit_goes_on(database: MeasuredFirestore, *, whole: bool) -> None:
    """Entries with all the labels that a watch may have, parts, and notes of what was told."""
    noise = Noise()
    old = [event(f"e{each}", summary=noise(4_000), description=noise(20_000)) for each in range(600)]
    life = life_of(database, old, whole=whole, audit=timedelta(days=1))
    new = [each | {"etag": "2", "description": noise(20_000)} for each in old]
    life.google.whole = [old[:300], old[300:]]

    def meanwhile(name: str) -> None:
        if name == "whole 2" and life.google.increment == ([],):
            life.google.increment = [new]
            life.make_due()

    life.google.before = meanwhile
    life.run(timedelta(days=1))
    assert len(life.told()) == 600


@pytest.mark.parametrize("whole", [False, LONG], ids=["fingerprint", "full"])
def test_many_large_cancelled_exceptions_whose_series_comes_pages_later(
    database: MeasuredFirestore, *, whole: bool
) -> None:
    """What becomes of them is seen at the end, so each of them is noted."""
    life = life_of(database, [event("other")], whole=whole)
    off = [each | {"status": "cancelled"} for each in exceptions(Noise(), 1_600)]
    life.google.increment = [off, [event("s")]]
    life.read()
    assert Counter(kind for kind, _ in life.told()) == {"created": 1_601}
    assert len(life.items) == 1_602
