"""Watches, notifications and snapshots as Firestore documents, and back.

What a document has and this release does not know stays as it is; what it lacks takes its default: from 1.0.0 on,
revisions N and N-1 run side by side. A document of another schema is not read at all.
"""

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from calendar_watch.errors import MalformedError
from calendar_watch.firestore.schema import SCHEMA, Document, ours
from calendar_watch.model.channel import Channel, Channels
from calendar_watch.model.health import Health, Refusal, StepKind, Trouble
from calendar_watch.model.index import Index
from calendar_watch.model.listing import Audit, Counts, Listing, PageTrail
from calendar_watch.model.notes import Notes
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.snapshot import Snapshot
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import ChangeEvent, Following, Log, ReadCause, Reading, Schedule, Standing, State, Watch
from calendar_watch.reasons import Reason
from calendar_watch.sizes import encoded

_WATCH_ID = re.compile("[a-z2-7]{32}")
_CHANNEL_ID = re.compile(r"[A-Za-z0-9\-_+=]{1,64}")
_WATCH = ("created", "wanted", "by_operator", "discarded", "stopped_at")
_SCHEDULE = ("due_at", "holder", "write_count")
_READING = (
    "read_at", "notified_at", "last_sync", "brake", "digest", "item_count",
    "sync_token", "resyncing", "listings", "stored", "doubts", "noted", "sync_refusals", "page_refusals", "page_size",
)  # fmt: skip
_CHANNELS = ("generation", "unconfirmed", "was_confirmed", "unannounced_changes", "mute", "without_types")
_FOLLOWING = tuple(each.name for each in fields(Following))
_LOG = ("sequence", "published")
_KINDS = frozenset(StepKind)
_COUNTS_FIELDS = tuple(each.name for each in fields(Counts))
_LISTING_FIELDS = tuple(each.name for each in fields(Listing) if each.name != "trail")
_AUDIT_FIELDS = ("at", "asked", "told", "brake", "doubts", "failures")
_TRAIL_FIELDS = tuple(each.name for each in fields(PageTrail))
_REFUSAL_FIELDS = tuple(each.name for each in fields(Refusal))
_TROUBLE_FIELDS = tuple(each.name for each in fields(Trouble))
_CHANNEL_FIELDS = tuple(each.name for each in fields(Channel) if each.name != "id")

_MARK = 8
INDEX = "index"
"""The field that is read alone, to compare without reading what is compared."""


def watch_document(watch: Watch) -> dict[str, Any]:
    """`state` and `reason` are what is counted; a watch that nobody wants has no reason: nothing need be done."""
    return {
        "schema": SCHEMA,
        "state": None if watch.discarded else watch.standing.state.value,
        "state_since": watch.standing.since,
        "reason": watch.reason.value if watch.wanted and watch.reason else None,
        "resource": watch.target.resource.name,
        "calendar_id": watch.target.calendar_id,
        "subject": watch.target.subject,
        "event_types": list(watch.target.event_types),
        "ttl": watch.options.ttl,
        "labels": dict(watch.options.labels),
        "follow": list(watch.options.follow),
        "followed_by": list(watch.followed_by),
        "read_cause": watch.reading.read_cause.value,
        "announced": watch.log.announced and watch.log.announced.value,
        "refusals": {kind.value: asdict(each) for kind, each in watch.health.refusals.items()},
        "troubles": {kind.value: asdict(each) for kind, each in watch.health.troubles.items()},
        "not_before": dict(watch.schedule.not_before),
        "parts": list(watch.reading.parts),
        "listing": watch.reading.listing and _listing_document(watch.reading.listing),
        "counts": _document(watch.reading.counts, _COUNTS_FIELDS),
        "audit": _audit_document(watch.reading.audit),
        "channels": {each.id: _document(each, _CHANNEL_FIELDS) for each in watch.channels.by_id.values()},
        "following": _document(watch.following, _FOLLOWING),
        **_document(watch, _WATCH),
        **_document(watch.schedule, _SCHEDULE),
        **_document(watch.reading, _READING),
        "resource_ids": list(watch.channels.resource_ids),
        **_document(watch.channels, _CHANNELS),
        **_document(watch.log, _LOG),
    }


def _document(value: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def _listing_document(listing: Listing) -> dict[str, Any]:
    return _document(listing, _LISTING_FIELDS) | _document(listing.trail, _TRAIL_FIELDS)


def _audit_document(audit: Audit) -> dict[str, Any]:
    """Nothing of one that is only planned but when."""
    listing = audit.listing and _listing_document(audit.listing)
    return _document(audit, _AUDIT_FIELDS) | {"listing": listing, "counts": _document(audit.counts, _COUNTS_FIELDS)}


def watch_of(document: Document, version: object) -> Watch:
    """`version` is what the next write is conditioned on. Raises ForeignSchemaError."""
    document = ours(document)
    return Watch(
        target=_target_of(document),
        options=Options(document["ttl"], document["labels"], tuple(document.get("follow", ()))),
        followed_by=tuple(document.get("followed_by", ())),
        standing=Standing(State(document["state"] or State.STOPPED), document["state_since"]),
        schedule=_schedule_of(document),
        health=_health_of(document),
        reading=_reading_of(document),
        channels=_channels_of(document),
        following=Following(**_known(document.get("following", {}), _FOLLOWING)),
        log=_log_of(document),
        version=version,
        **_known(document, _WATCH),
    )


def _schedule_of(document: Document) -> Schedule:
    return Schedule(not_before=_by_kind(document["not_before"]), **_known(document, _SCHEDULE))


def _health_of(document: Document) -> Health:
    refusals, troubles = _by_kind(document["refusals"]), _by_kind(document["troubles"])
    return Health(
        {kind: Refusal(**_reasoned(each, _REFUSAL_FIELDS)) for kind, each in refusals.items()},
        {kind: Trouble(**_reasoned(each, _TROUBLE_FIELDS)) for kind, each in troubles.items()},
    )


def _reasoned(document: Document, names: Iterable[str]) -> dict[str, Any]:
    reason = document["reason"]
    return _known(document, names) | {"reason": Reason(reason) if reason else None}


def _reading_of(document: Document) -> Reading:
    return Reading(
        read_cause=ReadCause(document["read_cause"]),
        parts=tuple(document.get("parts", ("0",))),
        listing=_listing_of(document.get("listing")),
        counts=_counts_of(document),
        audit=_audit_of(document.get("audit", {})),
        **_known(document, _READING),
    )


def _channels_of(document: Document) -> Channels:
    by_id = {channel_id: _channel_of(channel_id, channel) for channel_id, channel in document["channels"].items()}
    return Channels(by_id, resource_ids=tuple(document.get("resource_ids", ())), **_known(document, _CHANNELS))


def _log_of(document: Document) -> Log:
    announced = document["announced"]
    return Log(announced=State(announced) if announced else None, **_known(document, _LOG))


def _by_kind(document: Document) -> dict[StepKind, Any]:
    return {StepKind(kind): value for kind, value in document.items() if kind in _KINDS}


def _listing_of(document: Document | None) -> Listing | None:
    if document is None:
        return None
    return Listing(**_known(document, _LISTING_FIELDS), trail=PageTrail(**_known(document, _TRAIL_FIELDS)))


def _counts_of(document: Document) -> Counts:
    return Counts(**_known(document.get("counts", {}), _COUNTS_FIELDS))


def _audit_of(document: Document) -> Audit:
    listing = _listing_of(document.get("listing"))
    return Audit(**_known(document, _AUDIT_FIELDS), listing=listing, counts=_counts_of(document))


def _target_of(document: Document) -> Target:
    return Target(
        RESOURCES[document["resource"]], document["calendar_id"], document["subject"], tuple(document["event_types"])
    )


def _channel_of(channel_id: str, document: Document) -> Channel:
    return Channel(channel_id, **_known(document, _CHANNEL_FIELDS))


def _known(document: Document, names: Iterable[str]) -> dict[str, Any]:
    return {name: document[name] for name in names if name in document}


def notification_document(notification: PendingNotification) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "resource_id": notification.resource_id,
        "resource_state": notification.resource_state,
        "expiration": notification.expiration,
        "received": notification.received,
    }


def notification_of(name: str, document: Document) -> PendingNotification:
    """Raises MalformedError, as whoever has the role to write news may write anything, and ForeignSchemaError."""
    watch_id, _, channel_id = name.partition("~")
    if not (_WATCH_ID.fullmatch(watch_id) and _CHANNEL_ID.fullmatch(channel_id)):
        raise MalformedError(f"{name} names no channel of a watch")
    if not _is_notification(document):
        raise MalformedError(f"{name} is not as we write it")
    ours(document)
    return PendingNotification(
        watch_id,
        channel_id,
        document["resource_id"],
        document["expiration"],
        document["received"],
        document.get("resource_state", ""),
    )


def _is_notification(document: Document) -> bool:
    expiration, received = document.get("expiration"), document.get("received")
    return (
        isinstance(document.get("schema"), int)
        and isinstance(document.get("resource_id"), str)
        and isinstance(document.get("resource_state", ""), str)
        and (expiration is None or isinstance(expiration, datetime))
        and isinstance(received, datetime)
    )


def part_document(part: Snapshot, sequence: int) -> dict[str, Any]:
    """Compressed: one document holds some 50,000 ACL rules, where plain text would hold 5,000 in its 1 MiB."""
    content = {"items": _packed(part.items), "fields": list(part.fields), "sequence": sequence}
    index = {} if part.fields else {INDEX: Index.of(part.items).packed}
    return {"schema": SCHEMA, **content, **index}


def part_of(document: Document, name: str) -> Snapshot:
    """Raises ForeignSchemaError."""
    document = ours(document)
    return Snapshot(_unpacked(document["items"]), tuple(document["fields"]), document["sequence"], name)


def index_of(document: Document) -> Index:
    return Index(document.get(INDEX, b""))


def notes_document(notes: Notes) -> dict[str, Any]:
    events = {"over": notes.over, "waiting": notes.waiting, "loose": notes.loose}
    marks = {"shown": _joined(notes.shown), "told": _joined(notes.told)}
    return {"schema": SCHEMA, **marks, "events": _packed(events)}


def notes_of(document: Document, name: str) -> Notes:
    """Raises ForeignSchemaError."""
    document = ours(document)
    events = _unpacked(document["events"])
    return Notes(shown=_marks(document["shown"]), told=_marks(document["told"]), **events, name=name)


def _joined(marks: Iterable[bytes]) -> bytes:
    return b"".join(sorted(marks))


def _marks(joined: bytes) -> frozenset[bytes]:
    return frozenset(joined[start : start + _MARK] for start in range(0, len(joined), _MARK))


def _packed(content: Mapping[str, Any]) -> bytes:
    return zlib.compress(encoded(content))


def _unpacked(packed: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(zlib.decompress(packed))
    return content


def entry_document(entry: ChangeEvent, expire_at: object) -> dict[str, Any]:
    """As bytes, so that an id never has two contents, whatever a later release thinks of the fields."""
    return {"schema": SCHEMA, "event": _packed(entry), "expire_at": expire_at}


def entry_of(document: Document) -> ChangeEvent:
    """Raises ForeignSchemaError."""
    return _unpacked(ours(document)["event"])
