"""Structured queries: which documents, in which order, from where to where."""

from collections.abc import Iterable
from operator import methodcaller

from tests.doubles.local_firestore import filters
from tests.doubles.local_firestore.documents import Documents, Stored, last, parent
from tests.doubles.local_firestore.errors import invalid
from tests.doubles.local_firestore.messages import Direction, Message
from tests.doubles.local_firestore.paths import NAME
from tests.doubles.local_firestore.values import Key, order_key


def run(documents: Documents, under: str, query: Message, needed: Iterable[str] = ()) -> list[Stored]:
    """Find the documents that match, and that have every field by which they are ordered or which is `needed`."""
    _check(query)
    order = _order(query)
    found = _matching(documents, under, query, [*order, *needed])
    for path, descending in reversed(order.items()):
        found.sort(key=methodcaller("key", path), reverse=descending)
    found = _between_cursors(found, query, order)
    end = query.offset + query.limit.value if query.HasField("limit") else None
    return found[query.offset : end]


def _check(query: Message) -> None:
    if query.limit.value < 0:
        raise invalid("limit is negative")
    if query.offset < 0:
        raise invalid("offset is negative")
    fields = [each.field.field_path for each in query.order_by]
    for path in fields:
        if fields.count(path) > 1:
            raise invalid(f"order by clause cannot contain duplicate fields {path}")


def _order(query: Message) -> dict[str, bool]:
    """Each field to sort by, and whether downwards: what was asked for, then what inequalities imply, then the name."""
    order = {each.field.field_path: each.direction == Direction.DESCENDING for each in query.order_by}
    downwards = next(reversed(order.values()), False)
    for path in [*sorted(filters.inequality_fields(query.where)), NAME]:
        order.setdefault(path, downwards)
    return order


def _matching(documents: Documents, under: str, query: Message, needed: list[str]) -> list[Stored]:
    matches = filters.predicate(query.where)
    candidates = documents.scan(_collections(documents, under, query))
    return [each for each in candidates if matches(each) and all(each.key(path) is not None for path in needed)]


def _collections(documents: Documents, under: str, query: Message) -> list[str]:
    (selector,) = query.from_
    if selector.collection_id and not selector.all_descendants:
        return [f"{under}/{selector.collection_id}"]
    return [
        each
        for each in documents.collections(under)
        if (selector.all_descendants or parent(each) == under)
        and (not selector.collection_id or last(each) == selector.collection_id)
    ]


def _between_cursors(found: list[Stored], query: Message, order: dict[str, bool]) -> list[Stored]:
    if query.HasField("start_at"):
        bounds, least = _bounds(query.start_at), 0 if query.start_at.before else 1
        found = [document for document in found if _side(document, bounds, order) >= least]
    if query.HasField("end_at"):
        bounds, most = _bounds(query.end_at), -1 if query.end_at.before else 0
        found = [document for document in found if _side(document, bounds, order) <= most]
    return found


def _bounds(cursor: Message) -> list[Key]:
    return [order_key(value) for value in cursor.values]


def _side(document: Stored, bounds: list[Key], order: dict[str, bool]) -> int:
    """-1 before the cursor, 0 at it, 1 after it; a cursor may name only the first of the ordered fields."""
    for (path, descending), bound in zip(order.items(), bounds, strict=False):
        key = document.key(path)
        assert key is not None  # documents that lack an ordered field were dropped before
        if key != bound:
            return 1 if (key > bound) != descending else -1
    return 0
