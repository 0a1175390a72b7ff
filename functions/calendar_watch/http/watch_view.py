"""A watch, and all of them at a glance, as the API shows them: each field once, with its form."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calendar_watch.http.json_schema import (
    BOOLEAN,
    ID,
    MOMENT,
    Schema,
    array,
    closed,
    named,
    one_of,
    or_null,
    table_of,
    text,
    whole,
)
from calendar_watch.model.channel import Channel, ChannelPhase
from calendar_watch.model.exposure import COUNTED
from calendar_watch.model.health import Trouble
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL, FOLLOWABLE, RESOURCES
from calendar_watch.model.target import LABEL_KEY
from calendar_watch.model.watch import State, Watch
from calendar_watch.ports import Tally
from calendar_watch.reasons import Reason
from calendar_watch.times import rfc3339

Fields = Mapping[str, tuple[Schema, Callable[[Any], Any]]]
"""By name: what a field looks like, and how it is read off what is shown."""


@dataclass(frozen=True, slots=True)
class _Now:
    """A watch as it is at that time."""

    watch: Watch
    time: datetime
    policy: Policy


def watch_view(watch: Watch, now: datetime, policy: Policy) -> dict[str, Any]:
    shown = _Now(watch, now, policy)
    return _shown(_WATCH, shown) | (_shown(_OF_RULES, shown) if watch.target.resource is ACL else {})


def summary_view(tally: Tally, as_of: datetime) -> dict[str, Any]:
    return _shown(_SUMMARY, (tally, as_of))


def _shown(fields: Fields, what: Any) -> dict[str, Any]:
    return {name: read(what) for name, (_, read) in fields.items()}


def _schema_of(fields: Fields, optional: Collection[str] = ()) -> Schema:
    return closed({name: schema for name, (schema, _) in fields.items()}, optional)


def _time(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


_TEXT, _ERROR_COUNT = text(), whole(1)

_TROUBLE: Fields = {
    "time": (MOMENT, lambda trouble: _time(trouble.at)),
    "operation": (_TEXT, lambda trouble: trouble.operation),
    "status": (or_null(whole(100, 599)), lambda trouble: trouble.status or None),
    "reason": (or_null(_TEXT), lambda trouble: trouble.code or None),
    "detail": (_TEXT, lambda trouble: trouble.detail),
    "count": (_ERROR_COUNT, lambda trouble: trouble.count),
}
"""What failed last, and fails still."""

_CHANNEL: Fields = {
    "id": (_TEXT, lambda channel: channel.id),
    "resourceId": (or_null(_TEXT), lambda channel: channel.resource_id),
    "resourceUri": (or_null(_TEXT), lambda channel: channel.resource_uri),
    "expiration": (or_null(MOMENT), lambda channel: _time(channel.expiration)),
    "address": (_TEXT, lambda channel: channel.address),
    "confirmed": (BOOLEAN, lambda channel: channel.confirmed),
}

_LIFE: Fields = {
    "id": (_TEXT, lambda channel: channel.id),
    "generation": (whole(), lambda channel: channel.generation),
    "phase": (one_of(ChannelPhase), lambda channel: channel.phase),
    "createTime": (MOMENT, lambda channel: _time(channel.created)),
    "openTime": (or_null(MOMENT), lambda channel: _time(channel.opened)),
    "expiration": (or_null(MOMENT), lambda channel: _time(channel.expiration)),
    "retireTime": (or_null(MOMENT), lambda channel: _time(channel.retired)),
    "stopTime": (or_null(MOMENT), lambda channel: _time(channel.stopped)),
}
"""From intent to tombstone; generation 0 is one that nobody remembered when it spoke."""


def _channel_of(shown: _Now) -> dict[str, Any] | None:
    channel: Channel | None = shown.watch.confirmed(shown.time) or shown.watch.newest
    return _shown(_CHANNEL, channel) if channel and channel.answered else None


def _trouble_of(shown: _Now) -> dict[str, Any] | None:
    trouble: Trouble | None = shown.watch.health.last_trouble
    return _shown(_TROUBLE, trouble) if trouble else None


def _remedy_of(shown: _Now) -> str | None:
    return shown.watch.reason.remedy if shown.watch.reason else None


_WATCH: Fields = {
    "id": (ID, lambda shown: shown.watch.id),
    "resource": (one_of(RESOURCES), lambda shown: shown.watch.target.resource.name),
    "calendarId": (or_null(_TEXT), lambda shown: shown.watch.target.calendar_id),
    "subject": (or_null(_TEXT), lambda shown: shown.watch.target.subject),
    "params": (
        closed({"ttl": text("[0-9]+")}),
        lambda shown: {"ttl": str(shown.policy.lifetime(shown.watch.options.ttl))},
    ),
    "labels": (named(_TEXT, LABEL_KEY.pattern), lambda shown: dict(shown.watch.options.labels)),
    "follow": (array(one_of(FOLLOWABLE)), lambda shown: list(shown.watch.options.follow)),
    "followedBy": (array(ID), lambda shown: list(shown.watch.followed_by)),
    "state": (one_of(State), lambda shown: shown.watch.state(shown.time)),
    "reason": ({"enum": [*map(str, Reason), None]}, lambda shown: shown.watch.reason),
    "detail": (or_null(_TEXT), lambda shown: shown.watch.detail),
    "channel": (or_null(_schema_of(_CHANNEL)), _channel_of),
    "channels": (
        array(_schema_of(_LIFE)),
        lambda shown: [_shown(_LIFE, each) for each in shown.watch.channels.by_id.values()],
    ),
    "sequence": (whole(), lambda shown: shown.watch.log.sequence),
    "published": (whole(), lambda shown: shown.watch.log.published),
    "itemCount": (or_null(whole()), lambda shown: shown.watch.reading.item_count),
    "createTime": (MOMENT, lambda shown: _time(shown.watch.created)),
    "lastSyncTime": (or_null(MOMENT), lambda shown: _time(shown.watch.reading.last_sync)),
    "nextReconcileTime": (or_null(MOMENT), lambda shown: _time(shown.watch.schedule.due_at)),
    "stateTime": (MOMENT, lambda shown: _time(shown.watch.state_since(shown.time))),
    "remedy": (or_null(_TEXT), _remedy_of),
    "lastError": (or_null(_schema_of(_TROUBLE)), _trouble_of),
}

_EXPOSURES = table_of(COUNTED, whole())
_OF_RULES: Fields = {"exposures": (_EXPOSURES, lambda shown: shown.watch.exposure.counts)}
"""Of `acl` alone."""

_SUMMARY: Fields = {
    "watches": (table_of(RESOURCES, table_of(State, whole())), lambda told: told[0].watches),
    "reasons": (table_of(Reason, whole()), lambda told: told[0].reasons),
    "exposures": (_EXPOSURES, lambda told: told[0].exposures),
    "overdueSeconds": ({"type": "number", "minimum": 0}, lambda told: _late(*told)),
    "unpublishedWatches": (whole(), lambda told: told[0].unpublished),
    "asOf": (MOMENT, lambda told: _time(told[1])),
}


def _late(tally: Tally, as_of: datetime) -> float:
    return (as_of - (tally.overdue_since or as_of)).total_seconds()


WATCH, SUMMARY = _schema_of({**_WATCH, **_OF_RULES}, optional=_OF_RULES), _schema_of(_SUMMARY)
