"""Watches as Firestore documents, and back.

What a document has and this release does not know stays as it is; what it lacks takes its default: from 1.0.0 on,
revisions N and N-1 run side by side. A document of another schema is not read at all.
"""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from calendar_watch.firestore.schema import SCHEMA, Document, ours
from calendar_watch.model.channel import Channel, Channels
from calendar_watch.model.collection.parts import WHOLE
from calendar_watch.model.exposure import COUNTED, Classification
from calendar_watch.model.health import Health, Refusal, StepKind, Trouble
from calendar_watch.model.listing import Audit, Counts, Listing, PageTrail, ReadCause, Reading
from calendar_watch.model.resources import RESOURCES
from calendar_watch.model.shard import shard_of
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Baseline, Following, Log, Schedule, Standing, State, Watch
from calendar_watch.reasons import Reason

_SCHEDULE = ("due_at", "holder", "write_count", "fingerprint")
_WATCH = ("created", "wanted", "by_operator", "discarded", "stopped_at", "erasing")
_READING = (
    "read_at", "notified_at", "last_sync", "brake", "digest", "item_count",
    "sync_token", "resyncing", "listings", "stored", "doubts", "noted", "sync_refusals", "page_refusals", "page_size",
    "item_weight",
)  # fmt: skip
_CHANNELS = ("generation", "unconfirmed", "was_confirmed", "unannounced_changes", "mute", "without_types")
_CLASSIFICATION = ("domains", "recount_at")
_BASELINE = tuple(each.name for each in fields(Baseline))
_FOLLOWING = tuple(each.name for each in fields(Following))
_LOG = ("sequence", "published", "epoch", "begins_after", "last_time")
_KINDS = frozenset(StepKind)
_COUNTS_FIELDS = tuple(each.name for each in fields(Counts))
_LISTING_FIELDS = tuple(each.name for each in fields(Listing) if each.name != "trail")
_AUDIT_FIELDS = ("at", "asked", "told", "brake", "doubts", "failures")
_TRAIL_FIELDS = tuple(each.name for each in fields(PageTrail))
_REFUSAL_FIELDS = tuple(each.name for each in fields(Refusal))
_TROUBLE_FIELDS = tuple(each.name for each in fields(Trouble))
_CHANNEL_FIELDS = tuple(each.name for each in fields(Channel) if each.name != "id")


def watch_document(watch: Watch) -> dict[str, Any]:
    """`state`, `reason` and `exposures` are what is counted; a watch that nobody wants has but the first of them."""
    return {
        "schema": SCHEMA,
        "shard": shard_of(watch.id),
        "unpublished": watch.log.published < watch.log.sequence,
        "state": None if watch.discarded else watch.standing.state.value,
        "state_since": watch.standing.since,
        "reason": watch.reason and watch.reason.value,
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
        "refusals": {kind.value: _document(each, _REFUSAL_FIELDS) for kind, each in watch.health.refusals.items()},
        "troubles": {kind.value: _document(each, _TROUBLE_FIELDS) for kind, each in watch.health.troubles.items()},
        "not_before": dict(watch.schedule.not_before),
        "parts": list(watch.reading.parts),
        "listing": watch.reading.listing and _listing_document(watch.reading.listing),
        "counts": _document(watch.reading.counts, _COUNTS_FIELDS),
        "audit": _audit_document(watch.reading.audit),
        "channels": {each.id: _document(each, _CHANNEL_FIELDS) for each in watch.channels.by_id.values()},
        "following": _document(watch.following, _FOLLOWING),
        "exposures": _counts(watch.exposure) if watch.wanted and watch.exposure.domains else None,
        "classification": {**_document(watch.exposure, _CLASSIFICATION), "counts": _counts(watch.exposure)},
        "baseline": _document(watch.baseline, _BASELINE),
        **_document(watch, _WATCH),
        **_document(watch.schedule, _SCHEDULE),
        **_document(watch.reading, _READING),
        "resource_ids": list(watch.channels.resource_ids),
        **_document(watch.channels, _CHANNELS),
        **_document(watch.log, _LOG),
    }


def _counts(classification: Classification) -> dict[str, int]:
    return {exposure.value: count for exposure, count in classification.counts.items()}


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
        exposure=_classification_of(document.get("classification", {})),
        baseline=Baseline(**_known(document.get("baseline", {}), _BASELINE)),
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
        parts=tuple(document.get("parts", (WHOLE,))),
        listing=_listing_of(document.get("listing")),
        counts=_counts_of(document),
        audit=_audit_of(document.get("audit", {})),
        **_known(document, _READING),
    )


def _classification_of(document: Document) -> Classification:
    counts = document.get("counts", {})
    by_class = {each: counts.get(each.value, 0) for each in COUNTED}
    return Classification(by_class, **_known(document, _CLASSIFICATION))


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
