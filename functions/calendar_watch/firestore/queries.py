"""Where documents lie, and the queries that find them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.field_path import FieldPath

from calendar_watch.firestore.notifications import NOTIFICATIONS
from calendar_watch.firestore.schema import Document
from calendar_watch.model.exposure import Exposure
from calendar_watch.model.watch import State
from calendar_watch.ports import Filter
from calendar_watch.reasons import Reason

WATCHES = "calendar_watches"
CHANGES = "calendar_watch_changes"
SNAPSHOTS = "calendar_watch_snapshots"

FIRST, LAST = "2", "~"
"""Below and above every name: those begin with a watch's id, of 2 to 7 and a to z."""


def entry_name(watch_id: str, sequence: int) -> str:
    return f"{watch_id}~{sequence:020d}"


def sequence_of(name: str) -> int:
    return int(name.partition("~")[2])


def named(found: Iterable[Any]) -> Iterator[tuple[str, Document]]:
    return ((each.id, each.to_dict()) for each in found)


def between(client: firestore.Client, collection: str, first: str, last: str) -> Any:
    """Documents in order of name, from `first` to just below `last`."""
    within, name = client.collection(collection), FieldPath.document_id()
    from_first = within.where(filter=FieldFilter(name, ">=", within.document(first)))
    return from_first.where(filter=FieldFilter(name, "<", within.document(last))).order_by(name)


def notifications_of(client: firestore.Client, watch_id: str) -> Any:
    return between(client, NOTIFICATIONS, f"{watch_id}~", f"{watch_id}~~")


def entries(client: firestore.Client, watch_id: str, after: int) -> Any:
    return between(client, CHANGES, entry_name(watch_id, after + 1), f"{watch_id}~~")


def followed_by(client: firestore.Client, watch_id: str) -> Any:
    return _watches_with(client, "followed_by", "array_contains", watch_id)


def in_state(client: firestore.Client, resource: str, state: State) -> Any:
    return _watches_with(client, "state", "==", state).where(filter=FieldFilter("resource", "==", resource))


def with_reason(client: firestore.Client, reason: Reason) -> Any:
    return _watches_with(client, "reason", "==", reason)


def unpublished(client: firestore.Client) -> Any:
    return _watches_with(client, "unpublished", "==", value=True)


def exposed(client: firestore.Client, exposure: Exposure) -> Any:
    """How many rules there are: a sum. One field a query, so that the index of that field answers it."""
    return client.collection(WATCHES).sum(f"exposures.{exposure.value}")


def _watches_with(client: firestore.Client, field: str, operator: str, value: object) -> Any:
    return client.collection(WATCHES).where(filter=FieldFilter(field, operator, value))


def locked_out(client: firestore.Client) -> Any:
    reasons = [each for each in Reason if not each.gone]
    return _watches_with(client, "state", "==", State.SUSPENDED).where(filter=FieldFilter("reason", "in", reasons))


def due(client: firestore.Client, shards: Sequence[int], now: datetime) -> Any:
    return _watches_with(client, "shard", "in", list(shards)).where(filter=FieldFilter("due_at", "<=", now))


def outdated(client: firestore.Client, fingerprint: str) -> Any:
    """Those without one are not among them: nothing that is null is found to be unequal."""
    return _watches_with(client, "fingerprint", "!=", fingerprint)


def watches(client: firestore.Client, wanted: Filter, after: str) -> Any:
    """In order of id, from the first above `after`."""
    query: Any = client.collection(WATCHES)
    for path, operator, value in _conditions(wanted):
        query = query.where(filter=FieldFilter(path, operator, value))
    query = query.order_by(FieldPath.document_id())
    return query.start_after({FieldPath.document_id(): client.collection(WATCHES).document(after)}) if after else query


def _conditions(wanted: Filter) -> Iterator[tuple[str, str, object]]:
    fields = {"resource": wanted.resource, "subject": wanted.subject, "calendar_id": wanted.calendar_id}
    yield from ((field, "==", value) for field, value in fields.items() if value is not None)
    yield from ((FieldPath("labels", key).to_api_repr(), "==", value) for key, value in wanted.labels.items())
    if wanted.followed_by is not None:
        yield "followed_by", "array_contains", wanted.followed_by
    for field, values in {"state": wanted.states, "reason": wanted.reasons}.items():
        if values:
            yield field, "in", sorted(values)
