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
    "exposed": [(each,) for each in COUNTED],
    "due": [(NOW,)],
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


def wanting(asked: Any) -> set[tuple[str, str]]:
    """The single-field indexes that it needs, by field and kind. Fails for one that needs a composite index."""
    query = getattr(asked, "structured_query", asked)
    compared = [each for each in comparisons(query) if each[0] != "__name__"]
    ordered = {each.field.field_path for each in query.order_by} - {"__name__"} | set(summed(asked))
    unequal = {field for field, how in compared if how not in {"EQUAL", "IN", "ARRAY_CONTAINS"}} | ordered
    assert not unequal or {field for field, _ in compared} <= unequal, f"needs a composite index: {query}"
    assert len(unequal) <= 1, f"needs a composite index: {query}"
    assert [how for _, how in compared].count("ARRAY_CONTAINS") <= 1
    return {(field, "CONTAINS" if how == "ARRAY_CONTAINS" else "ASCENDING") for field, how in compared} | {
        (field, "ASCENDING") for field in ordered
    }


@pytest.fixture
def declared(texts: dict[str, str]) -> set[tuple[str, str]]:
    [lookups] = re.findall(r"_lookups = \{\n(.*?)\n  \}", texts["firestore.tf"], re.DOTALL)
    return set(re.findall(r'(\w+) += \{ (?:order|array_config) = "(\w+)" \}', lookups))


def test_no_query_is_left_out() -> None:
    assert asking().keys() == ARGUMENTS.keys()


def test_every_query_has_its_indexes_and_every_index_its_query(declared: set[tuple[str, str]]) -> None:
    assert set().union(*map(wanting, issued())) == declared


def test_a_query_that_needs_a_composite_index_is_found() -> None:
    client = firestore.Client(project="p", database="d", credentials=NOBODY)
    for query in (
        queries.due(client, NOW).where(filter=firestore.FieldFilter("state", "==", "active")),
        queries.with_reason(client, Reason.FORBIDDEN).order_by("due_at"),
    ):
        with pytest.raises(AssertionError, match="composite"):
            wanting(query._to_protobuf())  # noqa: SLF001
