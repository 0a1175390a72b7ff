"""The change log of a watch: each entry a CloudEvent, numbered on from the watch's sequence without a gap."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from calendar_watch.model.collection.diff import Change
from calendar_watch.model.collection.recurrence import fingerprint
from calendar_watch.model.collection.snapshot import content
from calendar_watch.model.exposure import exposed
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL, Item
from calendar_watch.model.watch import ChangeEvent, Watch
from calendar_watch.sizes import outline, weight
from calendar_watch.times import rfc3339

_HEAVIEST = 900_000
"""Bytes of a whole entry. A Firestore property may have 1,048,487, and a request to Pub/Sub 10 MB in Base64:
https://firebase.google.com/docs/firestore/quotas, https://cloud.google.com/pubsub/quotas.
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Which entries are asked for: those after a sequence, or from a time on, and before another time."""

    after: int = 0
    since: datetime | None = None
    until: datetime | None = None


_WITH_EXPOSURES = {"opened", "resynced", "reclassified"}
"""What a consumer may begin with, or begin anew."""
BASELINE = "baseline"
"""The cause of what is no change: it was there."""


@dataclass(frozen=True, slots=True)
class _Event:
    """What one entry tells, but for the watch and its number."""

    kind: str
    time: datetime
    project: str
    payload: Mapping[str, Any]
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """How changes came to be noticed."""

    cause: str
    read: datetime
    """When the listing began that showed them."""
    announced: datetime | None = None
    """When Google's message came; None: none did."""


def sighting(watch: Watch, read: datetime) -> Sighting:
    """Of a reading that is not beside others."""
    if watch.reading.resyncing:
        return Sighting("resync", read)
    announced = watch.reading.notified_at
    return Sighting("notification" if announced else "schedule", read, announced)


def with_changes(watch: Watch, changes: Iterable[Change], seen: Sighting, now: datetime, policy: Policy) -> Watch:
    """The watch with an entry for each change, numbered on from its sequence."""
    moments = {"readTime": rfc3339(seen.read), "noticeTime": seen.announced and rfc3339(seen.announced)}
    for each in changes:
        payload = {**_payload(each, seen.cause), **moments, **_exposure(watch, each, policy)}
        kind = f"{watch.target.resource.name}.{each.kind}"
        watch = _appended(watch, _Event(kind, now, policy.project, payload, each.item_id))
        watch = watch.with_following(revision=watch.following.revision + 1)
    return watch


def with_known(watch: Watch, known: Iterable[Change], now: datetime, policy: Policy) -> Watch:
    """The watch with an entry for each item that is there, and of which nothing is known from before."""
    kind = f"{watch.target.resource.name}.known"
    for each in known:
        exposure = {name: {"after": told["after"]} for name, told in _exposure(watch, each, policy).items()}
        payload = {**_payload(each, BASELINE), **exposure}
        watch = _appended(watch, _Event(kind, now, policy.project, payload, each.item_id))
    return watch


def _payload(change: Change, cause: str) -> Mapping[str, Any]:
    return {
        "itemId": change.item_id,
        "before": change.before and content(change.before),
        "after": change.after and content(change.after),
        "changedFields": change.fields,
        "cause": cause,
    }


def _exposure(watch: Watch, change: Change, policy: Policy) -> Mapping[str, Any]:
    """Of a change of a rule: who can see the calendar by it, as of now; other domains later change no entry."""
    if watch.target.resource is not ACL:
        return {}
    told = exposed(change.before, change.after, watch.target.calendar_id, policy.internal_domains)
    return {"exposure": {"before": told.before, "after": told.after, "change": told.shift}}


def with_watch_event(watch: Watch, kind: str, now: datetime, policy: Policy, **more: Any) -> Watch:
    """The watch with an entry about itself; what somebody has to do about it goes along."""
    payload = {
        "state": watch.state(now),
        "reason": watch.reason,
        "detail": watch.detail,
        "itemCount": watch.reading.item_count,
        **({"remedy": watch.reason.remedy} if watch.reason else {}),
        **({"exposures": watch.exposure.counts} if _counts_rules(watch, kind) else {}),
        **more,
    }
    return _appended(watch, _Event(f"watch.{kind}", now, policy.project, payload))


def _counts_rules(watch: Watch, kind: str) -> bool:
    return watch.target.resource is ACL and kind in _WITH_EXPOSURES


def _appended(watch: Watch, event: _Event) -> Watch:
    event = replace(event, time=max(event.time, watch.log.last_time or event.time))
    published = max(watch.log.published, watch.log.begins_after)
    watch = watch.with_log(sequence=watch.log.next_sequence, published=published, last_time=event.time)
    return watch.with_log(pending=(*watch.log.pending, _bounded(watch, _cloud_event(watch, event))))


def _bounded(watch: Watch, entry: ChangeEvent) -> ChangeEvent:
    """`after` is worth more than `before`, and is cut last; `reduced` names what was cut."""
    shorten = fingerprint if watch.target.resource.fingerprint else outline
    for name in ("before", "after"):
        if weight(entry) <= _HEAVIEST:
            break
        entry = {**entry, "data": _reduced(entry["data"], name, shorten)}
    return entry


def _reduced(data: Mapping[str, Any], name: str, shorten: Callable[[Item], Item]) -> Mapping[str, Any]:
    item = data.get(name)
    return {**data, name: content(shorten(item)), "reduced": [*data.get("reduced", ()), name]} if item else data


def _cloud_event(watch: Watch, event: _Event) -> dict[str, Any]:
    target = watch.target
    about = {
        "id": watch.id,
        "resource": target.resource.name,
        "calendarId": target.calendar_id,
        "user": target.subject,
        "labels": dict(watch.options.labels),
    }
    attributes = {
        "specversion": "1.0",
        "type": f"calendarwatch.{event.kind}.v1",
        "source": f"//calendarwatch/projects/{event.project}/watches/{watch.id}",
        "id": f"{watch.id}.{watch.log.sequence}",
        "time": rfc3339(event.time),
        "datacontenttype": "application/json",
        "subject": event.item_id,
        "sequence": f"{watch.log.sequence:020d}",
        "partitionkey": watch.id,
        "resource": target.resource.name,
        "calendarid": target.calendar_id,
        "user": target.subject,
        **_of_rule(event.payload),
        "data": {"watch": about, **event.payload},
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _of_rule(payload: Mapping[str, Any]) -> Mapping[str, str | None]:
    """What filters of subscriptions see of a rule."""
    exposure = payload.get("exposure")
    if exposure is None:
        return {}
    role = (payload["after"] or {}).get("role")
    return {
        "exposure": exposure["after"],
        "exposurechange": exposure.get("change"),
        "role": role if isinstance(role, str) and role else None,
    }
