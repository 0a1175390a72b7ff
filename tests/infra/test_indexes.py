"""Every query that the functions issue is answered by the indexes that Terraform declares: emulators index everything.

Single-field indexes answer equalities, of which `in` is several, with one array among them, in order of name; what is
compared otherwise, or ordered, needs a composite index as soon as another field is named:
https://firebase.google.com/docs/firestore/query-data/index-overview.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from calendar_watch.firestore import queries
from calendar_watch.model.exposure import COUNTED
from calendar_watch.model.shard import SHARDS
from calendar_watch.model.watch import State
from calendar_watch.ports import Filter
from calendar_watch.reasons import Reason

NOBODY = AnonymousCredentials()  # type: ignore[no-untyped-call]
NOW = datetime(2026, 11, 27, tzinfo=UTC)
ID = "a" * 32
FILTERS: Mapping[str, Any] = {
    "resource": "acl",
    "subject": "alice@example.com",
    "calendar_id": "alice@example.com",
    "followed_by": ID,
    "labels": {"team": "red", "stage-1": "live"},
    "states": frozenset({State.SUSPENDED, State.DEGRADED}),
    "reasons": frozenset({Reason.FORBIDDEN, Reason.NOT_FOUND}),
}


def selections() -> Iterator[Filter]:
    """Whatever a list can be asked for."""
    for count in range(len(FILTERS) + 1):
        for fields in combinations(FILTERS, count):
            yield Filter(**{field: FILTERS[field] for field in fields})


ARGUMENTS: Mapping[str, Sequence[Sequence[Any]]] = {
    "between": [(queries.CHANGES, ID, ID), (queries.WATCHES, ID, ID)],
    "notifications_of": [(ID,)],
    "entries": [(ID, 5)],
    "followed_by": [(ID,)],
    "in_state": [("acl", State.ACTIVE)],
    "with_reason": [(Reason.FORBIDDEN,)],
    "unpublished": [()],
    "locked_out": [()],
    "due": [(SHARDS, NOW), ([3], NOW)],
    "outdated": [("f",)],
    "exposed": [(each,) for each in COUNTED],
    "watches": [(wanted, after) for wanted in selections() for after in ("", ID)],
}


def asking() -> Mapping[str, Callable[..., Any]]:
    """Every function of the module that makes a query."""
    public = inspect.getmembers(queries, inspect.isfunction)
    return {name: each for name, each in public if "client" in inspect.signature(each).parameters and name[0] != "_"}


def issued() -> Iterator[Any]:
    client = firestore.Client(project="p", database="d", credentials=NOBODY)
    for name, function in asking().items():
        for arguments in ARGUMENTS[name]:
            yield function(client, *arguments)._to_protobuf()  # noqa: SLF001 (nothing else shows what goes out)


def comparisons(query: Any) -> Iterator[tuple[str, str]]:
    """Each field that is compared, and how."""
    where = query.where
    filters = where.composite_filter.filters if where.composite_filter else [where] if where else []
    for each in filters:
        yield each.field_filter.field.field_path.partition(".")[0], each.field_filter.op.name


def summed(asked: Any) -> Iterator[str]:
    """What a sum is of is read off an index as well: a document without the field is not in it."""
    for each in getattr(asked, "aggregations", ()):
        yield each.sum.field.field_path.partition(".")[0]


Index = tuple[tuple[str, str], ...]
"""Fields, each with its kind; of several, in their order."""


def wanting(asked: Any) -> set[Index]:
    """The indexes that it needs: of single fields, or a composite one where it also compares or orders another."""
    query = getattr(asked, "structured_query", asked)
    compared = [each for each in comparisons(query) if each[0] != "__name__"]
    ordered = {each.field.field_path for each in query.order_by} - {"__name__"} | set(summed(asked))
    unequal = {field for field, how in compared if how not in {"EQUAL", "IN", "ARRAY_CONTAINS"}} | ordered
    kinds = {field: "CONTAINS" if how == "ARRAY_CONTAINS" else "ASCENDING" for field, how in compared}
    kinds |= dict.fromkeys(ordered, "ASCENDING")
    assert len(unequal) <= 1
    assert list(kinds.values()).count("CONTAINS") <= 1
    if unequal and kinds.keys() > unequal:
        return {tuple(sorted(kinds.items(), key=lambda each: each[0] in unequal))}
    return {((field, kind),) for field, kind in kinds.items()}


@pytest.fixture
def declared(texts: dict[str, str]) -> set[Index]:
    [lookups] = re.findall(r"_lookups = \{\n(.*?)\n  \}", texts["firestore.tf"], re.DOTALL)
    single = re.findall(r'(\w+) += \{ (?:order|array_config) = "(\w+)" \}', lookups)
    composite = re.findall(r'"google_firestore_index" "\w+" \{(.*?)\n\}', texts["firestore.tf"], re.DOTALL)
    fields = [re.findall(r'field_path = "(\w+)"\s+order += "(\w+)"', each) for each in composite]
    return {(each,) for each in single} | set(map(tuple, fields))


def test_no_query_is_left_out() -> None:
    assert asking().keys() == ARGUMENTS.keys()


def test_every_query_has_its_indexes_and_every_index_its_query(declared: set[Index]) -> None:
    assert set().union(*map(wanting, issued())) == declared


def test_a_query_that_orders_by_another_field_than_it_compares_needs_a_composite_index() -> None:
    client = firestore.Client(project="p", database="d", credentials=NOBODY)
    query = queries.with_reason(client, Reason.FORBIDDEN).order_by("due_at")
    assert wanting(query._to_protobuf()) == {(("reason", "ASCENDING"), ("due_at", "ASCENDING"))}  # noqa: SLF001
