"""Telling what changed as CloudEvents: the entries of a watch's log, numbered on from its sequence."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from calendar_watch.model.diff import Change
from calendar_watch.model.snapshot import content
from calendar_watch.model.watch import Cause, Watch
from calendar_watch.reasons import REMEDIES
from calendar_watch.times import rfc3339

_CAUSES = {Cause.NOTIFICATION: "notification", Cause.SETTLE: "notification"}


def reported(watch: Watch, changes: Iterable[Change], now: datetime) -> Watch:
    """The watch with an entry for each change, numbered on from its sequence."""
    cause = "resync" if watch.resyncing else _CAUSES.get(watch.read_cause, "reconciliation")
    for each in changes:
        told = {
            "itemId": each.item_id,
            "before": each.before and content(each.before),
            "after": each.after and content(each.after),
            "changedFields": each.fields,
            "cause": cause,
        }
        watch = _appended(watch, f"{watch.order.resource.name}.{each.kind}", now, told, each.item_id)
        watch = replace(watch, roster=watch.roster + 1)
    return watch


def announced(watch: Watch, kind: str, now: datetime, **more: Any) -> Watch:
    """The watch with an entry about itself; what somebody has to do about it goes along."""
    told = {
        "state": watch.state(now),
        "reason": watch.reason,
        "detail": watch.detail,
        "itemCount": watch.item_count,
        **({"remedy": REMEDIES[watch.reason]} if watch.reason else {}),
        **more,
    }
    return _appended(watch, f"watch.{kind}", now, told)


def _appended(watch: Watch, kind: str, now: datetime, told: Mapping[str, Any], subject: str | None = None) -> Watch:
    watch = replace(watch, sequence=watch.sequence + 1)
    return replace(watch, pending=(*watch.pending, _cloud_event(watch, kind, now, told, subject)))


def _cloud_event(
    watch: Watch, kind: str, now: datetime, told: Mapping[str, Any], subject: str | None
) -> dict[str, Any]:
    order = watch.order
    about = {
        "id": watch.id,
        "resource": order.resource.name,
        "calendarId": order.calendar_id,
        "user": order.subject,
        "labels": dict(watch.wish.labels),
    }
    attributes = {
        "specversion": "1.0",
        "type": f"calendarwatch.{kind}.v1",
        "source": f"//calendarwatch/watches/{watch.id}",
        "id": f"{watch.id}.{watch.sequence}",
        "time": rfc3339(now),
        "datacontenttype": "application/json",
        "subject": subject,
        "sequence": f"{watch.sequence:020d}",
        "partitionkey": watch.id,
        "resource": order.resource.name,
        "calendarid": order.calendar_id,
        "user": order.subject,
        "data": {"watch": about, **told},
    }
    return {name: value for name, value in attributes.items() if value is not None}
