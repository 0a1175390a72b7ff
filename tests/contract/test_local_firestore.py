"""What our store may expect of Firestore. The local one is honest as long as it agrees with Google's emulator."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import firestore
from google.cloud.firestore import Client
from google.cloud.firestore_v1.base_query import And, FieldFilter, Or
from grpc import StatusCode

from tests.doubles.local_firestore import Call, LocalFirestore

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)


def unchanged_since(client: Client, moment: datetime) -> Any:
    return client.write_option(last_update_time=moment)


def ids(snapshots: Any) -> list[str]:
    return [snapshot.id for snapshot in snapshots]


def read_count(client: Client) -> int:
    items: Any = client.collection("items")  # typed as if count() needed a class
    return int(items.count().get(retry=None)[0][0].value)


def fill(client: Client, documents: dict[str, dict[str, Any]]) -> Any:
    collection = client.collection("items")
    batch = client.batch()
    for name, content in documents.items():
        batch.set(collection.document(name), content)
    batch.commit()
    return collection


class TestCreate:
    def test_stores_what_was_not_there(self, client: Client) -> None:
        written = client.document("items/a").create({"x": 1})
        snapshot = client.document("items/a").get()
        assert (snapshot.to_dict(), snapshot.update_time) == ({"x": 1}, written.update_time)

    def test_refuses_what_is_there_already(self, client: Client) -> None:
        client.document("items/a").create({"x": 1})
        with pytest.raises(exceptions.AlreadyExists):
            client.document("items/a").create({"x": 2})
        assert client.document("items/a").get().to_dict() == {"x": 1}

    def test_lets_one_of_eight_racers_win(self, client: Client) -> None:
        start = Barrier(8)

        def race(number: int) -> bool:
            start.wait()
            try:
                client.document("items/a").create({"winner": number})
            except exceptions.AlreadyExists:
                return False
            return True

        client.document("items/warm-up").get()
        with ThreadPoolExecutor(8) as threads:
            won = list(threads.map(race, range(8)))
        assert won.count(True) == 1
        assert client.document("items/a").get().get("winner") == won.index(True)


class TestConditionalWrite:
    def test_succeeds_on_the_version_that_was_read(self, client: Client) -> None:
        item = client.document("items/a")
        item.create({"x": 1})
        item.update({"x": 2}, option=unchanged_since(client, item.get().update_time))
        assert item.get().to_dict() == {"x": 2}

    def test_fails_on_a_stale_version(self, client: Client) -> None:
        item = client.document("items/a")
        first = item.create({"x": 1})
        item.update({"x": 2})
        with pytest.raises(exceptions.FailedPrecondition):
            item.update({"x": 3}, option=unchanged_since(client, first.update_time))
        assert item.get().to_dict() == {"x": 2}

    def test_fails_on_a_document_that_is_gone(self, client: Client) -> None:
        item = client.document("items/a")
        written = item.create({"x": 1})
        item.delete()
        with pytest.raises(exceptions.FailedPrecondition):
            item.update({"x": 2}, option=unchanged_since(client, written.update_time))
        assert not item.get().exists

    def test_can_be_chained_by_results_without_a_read(self, client: Client) -> None:
        item = client.document("items/a")
        written = item.create({"x": 0})
        for number in range(1, 5):
            written = item.update({"x": number}, option=unchanged_since(client, written.update_time))
        assert item.get().to_dict() == {"x": 4}

    def test_lets_one_of_eight_racers_win(self, client: Client) -> None:
        item = client.document("items/a")
        read = unchanged_since(client, item.create({"winner": None}).update_time)
        start = Barrier(8)

        def race(number: int) -> bool:
            start.wait()
            try:
                item.update({"winner": number}, option=read)
            except exceptions.FailedPrecondition:
                return False
            return True

        with ThreadPoolExecutor(8) as threads:
            won = list(threads.map(race, range(8)))
        assert won.count(True) == 1
        assert item.get().get("winner") == won.index(True)


class TestUpdateTime:
    def test_is_kept_by_a_write_that_changes_nothing(self, client: Client) -> None:
        item = client.document("items/a")
        written = item.set({"x": 1, "map": {"y": 2}})
        assert item.set({"x": 1, "map": {"y": 2}}).update_time == written.update_time
        assert item.update({"map.y": 2}).update_time == written.update_time
        assert item.get().update_time == written.update_time

    def test_grows_with_every_change(self, client: Client) -> None:
        times = [client.document("items/a").set({"x": number}).update_time for number in range(20)]
        assert times == sorted(set(times))

    def test_is_one_for_a_whole_batch(self, client: Client) -> None:
        batch = client.batch()
        for name in "abc":
            batch.create(client.document(f"items/{name}"), {})
        assert len({result.update_time for result in batch.commit()}) == 1

    def test_leaves_the_time_of_creation_alone(self, client: Client) -> None:
        item = client.document("items/a")
        created = item.create({"x": 1}).update_time
        item.set({"x": 2})
        snapshot = item.get()
        assert snapshot.create_time == created < snapshot.update_time


class TestBatch:
    def test_leaves_nothing_when_one_precondition_fails(self, client: Client) -> None:
        fill(client, {"there": {"x": 1}, "too": {}})
        batch = client.batch()
        batch.set(client.document("items/new"), {})
        batch.update(client.document("items/there"), {"x": 2})
        batch.create(client.document("items/too"), {})
        with pytest.raises(exceptions.AlreadyExists):
            batch.commit()
        assert not client.document("items/new").get().exists
        assert client.document("items/there").get().to_dict() == {"x": 1}

    def test_sees_its_own_earlier_writes(self, client: Client) -> None:
        batch = client.batch()
        batch.create(client.document("items/a"), {"x": 1})
        batch.update(client.document("items/a"), {"y": 2})
        batch.set(client.document("items/b"), {})
        batch.delete(client.document("items/b"))
        batch.commit()
        assert client.document("items/a").get().to_dict() == {"x": 1, "y": 2}
        assert not client.document("items/b").get().exists

    def test_takes_500_writes(self, client: Client) -> None:
        fill(client, {f"{number:03}": {"number": number} for number in range(500)})
        assert len(client.collection("items").get()) == 500

    def test_may_fail_in_parts_when_it_is_a_batch_write(self, client: Client) -> None:
        client.document("items/there").create({})
        writes = [
            {"update": {"name": client.document(f"items/{name}")._document_path}, "current_document": {"exists": False}}  # noqa: SLF001 - no public way to this RPC but one that retries
            for name in ("there", "new")
        ]
        request = {"database": client._database_string, "writes": writes}  # noqa: SLF001 - as above
        answer = client._firestore_api.batch_write(request, metadata=[("authorization", "Bearer owner")])  # noqa: SLF001 - as above
        assert [status.code for status in answer.status] == [StatusCode.ALREADY_EXISTS.value[0], 0]
        assert client.document("items/new").get().exists


class TestUpdate:
    def test_refuses_a_document_that_is_not_there(self, client: Client) -> None:
        with pytest.raises(exceptions.NotFound):
            client.document("items/a").update({"x": 1})

    def test_replaces_a_map_wholly(self, client: Client) -> None:
        client.document("items/a").set({"map": {"x": 1, "y": 2}, "other": 3})
        client.document("items/a").update({"map": {"z": 4}})
        assert client.document("items/a").get().to_dict() == {"map": {"z": 4}, "other": 3}

    def test_reaches_inside_by_a_dotted_path(self, client: Client) -> None:
        client.document("items/a").set({"map": {"x": 1, "y": 2}, "scalar": 3})
        client.document("items/a").update({"map.x": 5, "fresh.deep.z": 6, "scalar.became": "a map"})
        expected = {"map": {"x": 5, "y": 2}, "fresh": {"deep": {"z": 6}}, "scalar": {"became": "a map"}}
        assert client.document("items/a").get().to_dict() == expected

    def test_takes_quoted_paths_for_odd_names(self, client: Client) -> None:
        item = client.document("items/a")
        item.set({"channels": {"3f-00": 1, "a.b": 2, "back`tick\\": 3}})
        path = firestore.Client.field_path
        item.update({path("channels", "3f-00"): 4, path("channels", "back`tick\\"): firestore.DELETE_FIELD})
        assert item.get().to_dict() == {"channels": {"3f-00": 4, "a.b": 2}}

    def test_deletes_fields(self, client: Client) -> None:
        gone = firestore.DELETE_FIELD
        client.document("items/a").set({"map": {"x": 1, "y": 2}, "other": 3})
        client.document("items/a").update({"map.x": gone, "other": gone, "never.there": gone})
        assert client.document("items/a").get().to_dict() == {"map": {"y": 2}}

    def test_merges_when_a_set_asks_for_it(self, client: Client) -> None:
        client.document("items/a").set({"map": {"x": 1, "y": 2}})
        client.document("items/a").set({"map": {"x": 9}, "a.b": 1}, merge=True)
        assert client.document("items/a").get().to_dict() == {"map": {"x": 9, "y": 2}, "a.b": 1}

    def test_computes_on_the_server(self, client: Client) -> None:
        item = client.document("items/a")
        item.set({"sum": 1, "full": 2**63 - 1, "most": 3, "least": 3, "set": [1, 2], "rest": [1, 2, 1]})
        written = item.update(
            {
                "sum": firestore.Increment(1.5),
                "full": firestore.Increment(1),
                "most": firestore.Maximum(5),
                "least": firestore.Minimum(5),
                "set": firestore.ArrayUnion([2, 3]),
                "rest": firestore.ArrayRemove([1]),
                "fresh": firestore.Increment(7),
                "at": firestore.SERVER_TIMESTAMP,
            }
        )
        content = item.get().to_dict() or {}
        at = content.pop("at")
        assert at.microsecond % 1000 == 0
        assert abs(at - written.update_time) < timedelta(seconds=5)
        expected = {"sum": 2.5, "full": 2**63 - 1, "most": 5, "least": 3, "set": [1, 2, 3], "rest": [2], "fresh": 7}
        assert content == expected


class TestDelete:
    def test_of_a_missing_document_succeeds(self, client: Client) -> None:
        client.document("items/a").delete()
        assert not client.document("items/a").get().exists

    def test_obeys_a_version(self, client: Client) -> None:
        item = client.document("items/a")
        written = item.create({"x": 1})
        with pytest.raises(exceptions.FailedPrecondition):
            item.delete(option=unchanged_since(client, LONG_AGO))
        item.delete(option=unchanged_since(client, written.update_time))
        assert not item.get().exists

    def test_may_insist_that_there_is_something(self, client: Client) -> None:
        with pytest.raises(exceptions.NotFound):
            client.document("items/a").delete(option=client.write_option(exists=True))


class TestValues:
    @pytest.mark.parametrize(
        "value",
        [
            *(None, True, False, 0, -1, 2**63 - 1, -(2**63), 0.5, -1e308, math.inf, "", "é\u0000𝄞", b"", b"\x00\xff"),
            *([], {}, [1, "two", None, {"three": [4]}], {"a": {"b": {"c": [{"d": b"e"}]}}}, {"dotted.key": 1, "~": 2}),
            firestore.GeoPoint(1.5, -2.5),
        ],
        ids=repr,
    )
    def test_come_back_as_they_were(self, client: Client, value: Any) -> None:
        client.document("items/a").set({"value": value})
        back = client.document("items/a").get().get("value")
        assert (back, type(back)) == (value, type(value))

    def test_keep_microseconds_and_come_back_in_utc(self, client: Client) -> None:
        moment = datetime(2030, 5, 17, 14, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))
        client.document("items/a").set({"at": moment})
        back = client.document("items/a").get().get("at")
        assert (back, back.utcoffset(), back.microsecond) == (moment, timedelta(0), 123456)

    def test_are_refused_where_arrays_lie_in_arrays(self, client: Client) -> None:
        with pytest.raises(exceptions.InvalidArgument):
            client.document("items/a").set({"value": [[1]]})


class TestLimits:
    def test_a_document_may_have_a_mebibyte_and_no_byte_more(self, client: Client) -> None:
        item = client.document("items/a")
        names = len("items") + 1 + len("a") + 1 + 16 + len("one") + 1 + len("two") + 1
        room = 2**20 - 32 - names - 600_000
        item.set({"one": b"1" * 600_000, "two": b"2" * room})
        with pytest.raises(exceptions.InvalidArgument):
            item.set({"one": b"1" * 600_000, "two": b"2" * (room + 1)})

    def test_a_value_may_have_1048487_bytes(self, client: Client) -> None:
        client.document("items/a").set({"x": b"1" * 1_048_487})
        with pytest.raises(exceptions.InvalidArgument):
            client.document("items/a").set({"x": b"1" * 1_048_488})

    def test_an_id_may_have_1500_bytes(self, client: Client) -> None:
        client.collection("items").document("é" * 750).set({})
        with pytest.raises(exceptions.InvalidArgument):
            client.collection("items").document("é" * 750 + "a").set({})

    @pytest.mark.parametrize("name", [".", "..", "__reserved__"])
    def test_some_ids_are_reserved(self, client: Client, name: str) -> None:
        with pytest.raises(exceptions.InvalidArgument):
            client.collection("items").document(name).set({})

    def test_maps_may_lie_twenty_deep(self, client: Client) -> None:
        deep: dict[str, Any] = {}
        for _ in range(20):
            deep = {"k": deep}
        client.document("items/a").set(deep)
        with pytest.raises(exceptions.InvalidArgument):
            client.document("items/a").set({"k": deep})

    def test_in_takes_thirty_values(self, client: Client) -> None:
        items = client.collection("items")
        assert items.where(filter=FieldFilter("x", "in", list(range(30)))).get() == []
        with pytest.raises(exceptions.InvalidArgument):
            items.where(filter=FieldFilter("x", "in", list(range(31)))).get()


class TestDueQuery:
    @pytest.fixture
    def due(self, client: Client) -> Any:
        moments = {"soon": NOON, "late": NOON - timedelta(hours=1), "parked": None, "future": NOON + timedelta(hours=1)}
        documents: dict[str, dict[str, Any]] = {name: {"due_at": moment} for name, moment in moments.items()}
        return fill(client, documents | {"lacking": {"x": 1}, "odd": {"due_at": "text"}})

    def test_orders_by_time(self, due: Any) -> None:
        query = due.where(filter=FieldFilter("due_at", "<=", NOON)).order_by("due_at")
        assert ids(query.get()) == ["late", "soon"]

    def test_takes_the_first_ones(self, due: Any) -> None:
        assert ids(due.where(filter=FieldFilter("due_at", "<=", NOON)).order_by("due_at").limit(1).get()) == ["late"]

    def test_orders_null_first_and_drops_what_lacks_the_field(self, due: Any) -> None:
        assert ids(due.order_by("due_at").get()) == ["parked", "late", "soon", "future", "odd"]
        descending = due.order_by("due_at", direction=firestore.Query.DESCENDING)
        assert ids(descending.get()) == ["odd", "future", "soon", "late", "parked"]

    def test_finds_null_only_when_asked_for_it(self, due: Any) -> None:
        assert ids(due.where(filter=FieldFilter("due_at", "==", None)).get()) == ["parked"]
        assert ids(due.where(filter=FieldFilter("due_at", "!=", None)).get()) == ["late", "soon", "future", "odd"]

    def test_tells_microseconds_apart(self, client: Client) -> None:
        moments = {name: {"due_at": NOON + timedelta(microseconds=n)} for n, name in enumerate("abc")}
        items = fill(client, moments)
        before = items.where(filter=FieldFilter("due_at", "<", NOON + timedelta(microseconds=2)))
        assert ids(before.order_by("due_at").get()) == ["a", "b"]


class TestNames:
    @pytest.fixture
    def items(self, client: Client) -> Any:
        odd = {name: {"even": number % 2 == 0} for number, name in enumerate(["a", "a~b", "B", "é", "z"])}
        fill(client, odd)
        client.document("items/a/inner/x").set({})
        return client.collection("items")

    def test_are_ordered_by_their_bytes(self, items: Any) -> None:
        assert ids(items.get()) == ids(items.order_by("__name__").get()) == ["B", "a", "a~b", "z", "é"]

    def test_bound_a_page_from_both_sides(self, items: Any) -> None:
        ordered = items.order_by("__name__")
        after = {"__name__": items.document("a")}
        assert ids(ordered.start_after(after).limit(2).get()) == ["a~b", "z"]
        assert ids(ordered.start_at(after).limit(2).get()) == ["a", "a~b"]
        assert ids(ordered.end_before(after).get()) == ["B"]
        assert ids(ordered.end_at(after).get()) == ["B", "a"]

    def test_bound_a_page_by_a_snapshot(self, items: Any) -> None:
        last = items.document("a~b").get()
        assert ids(items.order_by("__name__").start_after(last).get()) == ["z", "é"]

    def test_can_be_filtered_by_range(self, items: Any) -> None:
        from_a = items.where(filter=FieldFilter("__name__", ">=", items.document("a")))
        assert ids(from_a.limit(2).get()) == ["a", "a~b"]
        assert ids(from_a.where(filter=FieldFilter("__name__", "<", items.document("b"))).get()) == ["a", "a~b"]

    def test_are_references_and_not_text(self, items: Any) -> None:
        with pytest.raises(exceptions.InvalidArgument):
            items.where(filter=FieldFilter("__name__", ">=", "a")).get()

    def test_order_what_an_equality_found(self, items: Any) -> None:
        query = items.where(filter=FieldFilter("even", "==", True)).order_by("__name__")  # noqa: FBT003 - a value
        assert ids(query.get()) == ["B", "a", "z"]
        assert ids(query.start_after({"__name__": items.document("B")}).limit(1).get()) == ["a"]


class TestFilters:
    @pytest.fixture
    def items(self, client: Client) -> Any:
        return fill(
            client,
            {
                "a": {"labels": {"team": "x", "tier": 1}, "tags": ["red", "blue"], "n": 1, "m": 2},
                "b": {"labels": {"team": "x"}, "tags": ["red"], "n": 1.0, "m": 1},
                "c": {"labels": {"team": "y"}, "tags": "red", "n": 2, "m": 1},
                "d": {"labels": "x", "n": None},
                "e": {"n": math.nan},
                "f": {"n": "2"},
                "g": {"n": [2]},
            },
        )

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (FieldFilter("labels.team", "==", "x"), "ab"),
            (FieldFilter("labels", "==", {"team": "x"}), "b"),
            (FieldFilter("n", "==", 1), "ab"),
            (FieldFilter("n", "==", math.nan), "e"),
            (FieldFilter("n", "!=", math.nan), "abcfg"),
            (FieldFilter("n", "!=", 1), "ecfg"),
            (FieldFilter("n", ">", 1), "c"),
            (FieldFilter("n", "<", 2), "ab"),
            (FieldFilter("n", ">=", ""), "f"),
            (FieldFilter("n", "in", [1, "2", [2]]), "abfg"),
            (FieldFilter("n", "not-in", [1, "2"]), "ecg"),
            (FieldFilter("n", "not-in", [1, None]), ""),
            (FieldFilter("tags", "array_contains", "red"), "ab"),
            (FieldFilter("tags", "array_contains_any", ["blue", "green"]), "a"),
            (FieldFilter("missing", "==", None), ""),
            (And([FieldFilter("n", "==", 1), FieldFilter("m", "==", 1)]), "b"),
            (Or([FieldFilter("n", "==", 2), FieldFilter("labels.tier", "==", 1)]), "ac"),
            (And([FieldFilter("n", ">=", 1), FieldFilter("m", "<", 2)]), "bc"),
        ],
    )
    def test_find_what_they_say(self, items: Any, wanted: Any, found: str) -> None:
        assert "".join(ids(items.where(filter=wanted).get())) == found

    def test_leave_the_order_to_the_query(self, items: Any) -> None:
        query = items.where(filter=FieldFilter("n", ">=", 1)).order_by("m").order_by("n", direction="DESCENDING")
        assert ids(query.get()) == ["c", "b", "a"]

    def test_go_with_cursors_on_several_fields(self, items: Any) -> None:
        ordered = items.order_by("m").order_by("n", direction="DESCENDING")
        assert ids(ordered.start_after({"m": 1, "n": 2}).get()) == ["b", "a"]
        assert ids(ordered.start_at({"m": 2}).get()) == ["a"]

    def test_go_with_offset_and_selection(self, items: Any) -> None:
        query = items.where(filter=FieldFilter("n", "==", 1)).offset(1).select(["labels.team", "nothing"])
        assert [snapshot.to_dict() for snapshot in query.get()] == [{"labels": {"team": "x"}}]

    def test_are_counted(self, items: Any) -> None:
        def result(query: Any) -> Any:
            return query.get()[0][0].value

        assert result(items.count()) == 7
        assert result(items.where(filter=FieldFilter("n", "==", 1)).count()) == 2
        assert result(items.where(filter=FieldFilter("n", "==", "none")).count()) == 0
        assert result(items.limit(3).count()) == 3
        assert result(items.sum("m")) == 4
        assert result(items.avg("m")) == pytest.approx(4 / 3)
        assert result(items.order_by("n").limit(2).sum("m")) == 3

    def test_are_counted_and_summed_where_all_summed_fields_are(self, items: Any) -> None:
        results = items.count(alias="count").sum("m", alias="sum").get()[0]
        assert {result.alias: result.value for result in results} == {"count": 3, "sum": 4}


class TestReading:
    def test_many_at_once_tells_which_are_missing(self, client: Client) -> None:
        fill(client, {"a": {"x": 1}, "c": {"x": 3}})
        wanted = [client.document(f"items/{name}") for name in "abc"]
        found = {snapshot.id: snapshot.to_dict() for snapshot in client.get_all(wanted)}
        assert found == {"a": {"x": 1}, "b": None, "c": {"x": 3}}

    def test_takes_only_the_fields_asked_for(self, client: Client) -> None:
        client.document("items/a").set({"map": {"x": 1, "y": 2}, "other": 3})
        assert client.document("items/a").get(field_paths=["map.x", "nothing"]).to_dict() == {"map": {"x": 1}}

    def test_lists_documents_also_those_that_only_have_collections(self, client: Client) -> None:
        fill(client, {"b": {}, "d": {}, "e": {}})
        client.document("items/a/inner/x").set({})
        assert ids(client.collection("items").list_documents(page_size=2)) == ["a", "b", "d", "e"]

    def test_lists_collections(self, client: Client) -> None:
        client.document("items/a/inner/x").set({})
        client.document("others/b").set({})
        assert ids(client.collections()) == ["items", "others"]
        assert ids(client.document("items/a").collections()) == ["inner"]
        client.document("others/b").delete()
        assert ids(client.collections()) == ["items"]

    def test_finds_a_collection_at_every_depth(self, client: Client) -> None:
        client.document("inner/x").set({})
        client.document("items/a/inner/y").set({})
        assert ids(client.collection_group("inner").get()) == ["x", "y"]
        assert ids(client.collection("inner").get()) == ["x"]

    def test_stays_within_a_database(self, client: Client, client_of_another_database: Client) -> None:
        client.document("items/a").set({})
        assert ids(client_of_another_database.collection("items").get()) == []


class TestFaults:
    """Only the local Firestore can do these."""

    def test_refuse_before_anything_is_applied(self, server: LocalFirestore, local_client: Client) -> None:
        item = local_client.document("items/a")
        with server.faults.refuse("Commit", StatusCode.ABORTED), pytest.raises(exceptions.Aborted):
            item.create({})
        assert not item.get().exists

    def test_lose_the_answer_after_it_was_applied(self, server: LocalFirestore, local_client: Client) -> None:
        item = local_client.document("items/a")
        with server.faults.lose_answer("Commit"), pytest.raises(exceptions.ServiceUnavailable):
            item.create({}, retry=None)
        assert item.get().exists

    def test_turn_a_hidden_retry_against_its_own_write(self, server: LocalFirestore, local_client: Client) -> None:
        with server.faults.lose_answer("Commit"), pytest.raises(exceptions.AlreadyExists):
            local_client.document("items/a").create({})
        assert server.calls.count("Commit") == 2

    def test_let_another_writer_come_between(self, server: LocalFirestore, local_client: Client) -> None:
        item = local_client.document("items/a")
        read = unchanged_since(local_client, item.create({"x": 1}).update_time)
        with (
            server.faults.interleave("Commit", lambda: item.update({"x": 2})),
            pytest.raises(exceptions.FailedPrecondition),
        ):
            item.update({"x": 3}, option=read)
        assert item.get().to_dict() == {"x": 2}

    def test_delay_an_answer_beyond_a_deadline(self, server: LocalFirestore, local_client: Client) -> None:
        with server.faults.delay("Commit", 0.3), pytest.raises(exceptions.DeadlineExceeded):
            local_client.document("items/a").create({}, retry=None, timeout=0.05)

    def test_strike_the_nth_or_each_within_their_block(self, server: LocalFirestore, local_client: Client) -> None:
        def succeeds() -> bool:
            try:
                local_client.document("items/a").set({}, retry=None)
            except exceptions.ServiceUnavailable:
                return False
            return True

        with server.faults.refuse("Commit", nth=2) as second:
            assert [succeeds() for _ in range(4)] == [True, False, True, True]
        with server.faults.refuse("Commit", nth=None):
            assert [succeeds() for _ in range(3)] == [False, False, False]
        assert (succeeds(), second.matched) == (True, 4)

    def test_strike_only_what_a_predicate_picks(self, server: LocalFirestore, local_client: Client) -> None:
        notifications = server.faults.refuse(
            "Commit", nth=None, when=lambda request: "/news/" in request.writes[0].update.name
        )
        with notifications:
            local_client.document("items/a").set({}, retry=None)
            with pytest.raises(exceptions.ServiceUnavailable):
                local_client.document("news/a").set({}, retry=None)

    @pytest.mark.parametrize(
        ("rpc", "read"),
        [
            ("BatchGetDocuments", lambda client: client.document("items/a").get(retry=None)),
            ("RunAggregationQuery", read_count),
            ("ListDocuments", lambda client: list(client.collection("items").list_documents(retry=None))),
        ],
    )
    def test_strike_reads_too(
        self, server: LocalFirestore, local_client: Client, rpc: str, read: Callable[[Client], Any]
    ) -> None:
        with server.faults.refuse(rpc), pytest.raises(exceptions.ServiceUnavailable):
            read(local_client)
        read(local_client)


class TestCalls:
    """Only the local Firestore keeps a log of them."""

    def test_are_logged_with_what_they_touch(self, server: LocalFirestore, local_client: Client) -> None:
        batch = local_client.batch()
        batch.set(local_client.document("items/a"), {})
        batch.delete(local_client.document("news/b"))
        batch.commit()
        local_client.document("items/a").get()
        local_client.collection("items").get()
        read_count(local_client)
        items = frozenset({"items"})
        assert server.calls.log() == [
            Call("Commit", frozenset({"items", "news"})),
            Call("BatchGetDocuments", items),
            Call("RunQuery", items),
            Call("RunAggregationQuery", items),
        ]
        assert (server.calls.count(), server.calls.count("Commit")) == (4, 1)

    def test_are_forgotten_with_everything_else(self, server: LocalFirestore, local_client: Client) -> None:
        local_client.document("items/a").set({})
        server.reset()
        assert server.calls.count() == 0
        assert not local_client.document("items/a").get().exists

    def test_that_it_does_not_know_are_refused(self, server: LocalFirestore, local_client: Client) -> None:
        @firestore.transactional
        def transact(transaction: Any) -> None:
            local_client.document("items/a").get(transaction=transaction)

        with pytest.raises((exceptions.MethodNotImplemented, ValueError)):
            transact(local_client.transaction())
        assert server.calls.log() == []
