"""What the consumer relies on in each sink: in memory, in SQLite, in our Firestore and in Google's emulator alike."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calendar_copy.change import Change, Item, change_of
from calendar_copy.sink import ChangedMeanwhileError, Head, Sink, Step
from tests.contract.conftest import BACKENDS, open_client
from tests.support import firestore_emulator
from tests.support.copies import Copies, InFirestore, InMemory, InSqlite, directly

WATCH = "la5mmo4uwwyp7yvyqegmqlxcwrqmwxgw"
BOB: Item = {"id": "user:bob@example.com", "role": "reader"}
ODD: dict[str, Item | None] = {
    "a/b": {"id": "a/b"},
    "..": {"id": ".."},
    "__x__": {"id": "__x__", "extendedProperties": {"shared": {"__y__": "1"}}},
    "half": {"id": "half", "summary": "half an emoji: \ud83d, nothing: \0"},
    "deep": {"id": "deep", "nested": [[{"in": [[["lists"]]]}]]},
    "größer 語": {"id": "größer 語"},
    "user:bob@example.com": BOB,
}
"""Ids and content that some database might not like."""


@pytest.fixture(params=[*BACKENDS, pytest.param("", id="memory"), pytest.param("sqlite", id="sqlite")])
def copies(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, project: str, tmp_path: Path
) -> Iterator[Copies]:
    if not request.param:
        yield InMemory()
    elif request.param == "sqlite":
        in_sqlite = InSqlite(tmp_path / "copies")
        in_sqlite.create_tables()
        yield in_sqlite
    else:
        monkeypatch.setenv(firestore_emulator.VARIABLE, str(request.getfixturevalue(request.param)))
        with open_client(project, "(default)") as client:
            yield InFirestore(client)


@pytest.fixture
def sink(copies: Copies) -> Sink:
    return copies.sink(directly)


def told(sequence: int) -> Change:
    event: dict[str, Any] = {"id": f"{WATCH}.{sequence}", "partitionkey": WATCH, "sequence": f"{sequence:020d}"}
    return change_of({**event, "type": "calendarwatch.acl.updated.v1", "data": {}})


def step(sequence: int, **items: Item | None) -> Step:
    return Step(sequence, None, items, [told(sequence)])


def test_there_is_no_copy_at_first(sink: Sink) -> None:
    assert sink.read(WATCH) == Head(WATCH)
    assert [*sink.others(WATCH, 1)] == []


def test_a_step_is_read_as_it_was_written(copies: Copies, sink: Sink) -> None:
    head = sink.write(sink.read(WATCH), step(1, a={"id": "a"}, b={"id": "b"}))
    assert sink.read(WATCH) == head
    assert (head.sequence, head.page) == (1, None)
    head = sink.write(head, Step(2, "next", {"a": {"id": "a", "role": "owner"}, "b": None, "c": None}))
    assert sink.read(WATCH) == head
    assert (head.sequence, head.page) == (2, "next")
    assert copies.items(WATCH) == {"a": {"id": "a", "role": "owner"}}


@pytest.mark.parametrize("page", ["", "a page"])
def test_what_comes_next_is_kept_be_it_the_first_page(sink: Sink, page: str) -> None:
    sink.write(sink.read(WATCH), Step(7, page, {}))
    assert sink.read(WATCH).page == page


def test_of_two_who_begin_a_copy_the_later_one_does_nothing(copies: Copies, sink: Sink) -> None:
    read = sink.read(WATCH)
    sink.write(read, step(1, a={"id": "a"}))
    with pytest.raises(ChangedMeanwhileError):
        sink.write(read, step(1, b={"id": "b"}))
    assert copies.items(WATCH).keys() == {"a"}
    assert copies.told() == {f"{WATCH}.1": 1}


def test_of_two_who_move_a_copy_on_the_later_one_does_nothing(copies: Copies, sink: Sink) -> None:
    read = sink.write(sink.read(WATCH), step(1, a={"id": "a"}))
    moved = sink.write(read, step(2, a={"id": "a", "role": "owner"}))
    with pytest.raises(ChangedMeanwhileError):
        sink.write(read, step(2, a=None))
    assert sink.read(WATCH) == moved
    assert copies.items(WATCH) == {"a": {"id": "a", "role": "owner"}}
    assert copies.told() == {f"{WATCH}.1": 1, f"{WATCH}.2": 1}


def test_even_a_step_that_changes_nothing_is_noticed(sink: Sink) -> None:
    read = sink.write(sink.read(WATCH), Step(1, "", {}))
    sink.write(read, Step(1, "", {}))
    with pytest.raises(ChangedMeanwhileError):
        sink.write(read, Step(1, "", {}))


def test_copies_know_nothing_of_each_other(copies: Copies, sink: Sink) -> None:
    sink.write(sink.read(WATCH), step(1, a={"id": "a"}))
    other = sink.write(sink.read("another"), Step(9, None, {"a": {"id": "a", "role": "owner"}}))
    assert (sink.read("another"), sink.read(WATCH).sequence) == (other, 1)
    assert copies.items(WATCH) == {"a": {"id": "a"}}
    assert [*sink.others(WATCH, 9)] == ["a"]
    assert [*sink.others("another", 9)] == []


def test_others_are_those_that_another_step_wrote_last(sink: Sink) -> None:
    head = sink.write(sink.read(WATCH), step(3, a={"id": "a"}, b={"id": "b"}, c={"id": "c"}, d={"id": "d"}))
    sink.write(head, step(4, b={"id": "b"}, c=None))
    assert {*sink.others(WATCH, 4)} == {"a", "d"}
    assert {*sink.others(WATCH, 3)} == {"b"}
    assert {*sink.others(WATCH, 5)} == {"a", "b", "d"}


def test_whatever_google_calls_an_item_and_says_in_it_is_kept(copies: Copies, sink: Sink) -> None:
    head = sink.write(sink.read(WATCH), Step(1, None, ODD))
    assert copies.items(WATCH) == ODD
    assert {*sink.others(WATCH, 2)} == ODD.keys()
    sink.write(head, Step(2, None, dict.fromkeys(ODD)))
    assert copies.items(WATCH) == {}


def test_a_step_may_be_as_large_as_the_consumer_makes_them(copies: Copies, sink: Sink) -> None:
    heavy: dict[str, Item | None] = {f"item {each}": {"id": str(each), "summary": "語" * 299_000} for each in range(4)}
    many: dict[str, Item | None] = {f"many {each}": {"id": str(each)} for each in range(400)}
    head = sink.write(sink.read(WATCH), Step(1, None, heavy))
    sink.write(head, Step(2, None, many))
    assert copies.items(WATCH) == {**heavy, **many}
