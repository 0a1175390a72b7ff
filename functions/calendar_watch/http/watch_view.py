"""A watch as the API shows it: each field once, with its form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calendar_watch.http.fields import EXPOSURES, Fields, moment_of, schema_of, shown_by
from calendar_watch.http.json_schema import (
    BOOLEAN,
    ID,
    MOMENT,
    array,
    closed,
    named,
    one_of,
    or_null,
    text,
    whole,
)
from calendar_watch.model.channel import Channel, ChannelPhase
from calendar_watch.model.health import OPERATIONS, Trouble
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL, FOLLOWABLE, RESOURCES
from calendar_watch.model.target import LABEL_KEY
from calendar_watch.model.watch import State, Watch
from calendar_watch.reasons import Reason


@dataclass(frozen=True, slots=True)
class _Now:
    """A watch as it is at that time."""

    watch: Watch
    time: datetime
    policy: Policy


def watch_view(watch: Watch, now: datetime, policy: Policy) -> dict[str, Any]:
    shown = _Now(watch, now, policy)
    return shown_by(_WATCH, shown) | (shown_by(_OF_RULES, shown) if watch.target.resource is ACL else {})


_TEXT, _ERROR_COUNT = text(), whole(1)

_TROUBLE: Fields = {
    "time": (MOMENT, "when it failed last", lambda trouble: moment_of(trouble.at)),
    "operation": (one_of(OPERATIONS), "what failed", lambda trouble: trouble.operation),
    "status": (or_null(whole(100, 599)), "of the HTTP answer; null: none came", lambda trouble: trouble.status or None),
    "reason": (or_null(_TEXT), "Google's own word for it, or ours", lambda trouble: trouble.code or None),
    "detail": (_TEXT, "what was said of it", lambda trouble: trouble.detail),
    "count": (_ERROR_COUNT, "how often in a row", lambda trouble: trouble.count),
}
"""What failed last, and fails still."""

_CHANNEL: Fields = {
    "id": (_TEXT, "a UUID of ours, never used twice", lambda channel: channel.id),
    "resourceId": (or_null(_TEXT), "Google's id of the collection", lambda channel: channel.resource_id),
    "resourceUri": (or_null(_TEXT), "Google's address of the collection", lambda channel: channel.resource_uri),
    "expiration": (
        or_null(MOMENT),
        "when Google ends it; a new one is opened well before",
        lambda channel: moment_of(channel.expiration),
    ),
    "address": (
        _TEXT,
        "where Google sends its messages: NOTIFICATION_URL as it was when the channel was opened",
        lambda channel: channel.address,
    ),
    "confirmed": (BOOLEAN, "whether a message of it has come", lambda channel: channel.confirmed),
}

_LIFE: Fields = {
    "id": (_TEXT, "a UUID of ours; of generation 0, as its message named it", lambda channel: channel.id),
    "generation": (
        whole(),
        "counts the channels of this watch; 0: one that nobody remembered when it spoke",
        lambda channel: channel.generation,
    ),
    "phase": (
        one_of(ChannelPhase),
        "from its written id by Google's answer and its first message to its end",
        lambda channel: channel.phase,
    ),
    "createTime": (MOMENT, "when its id was written down", lambda channel: moment_of(channel.created)),
    "openTime": (or_null(MOMENT), "when Google's answer came", lambda channel: moment_of(channel.opened)),
    "expiration": (or_null(MOMENT), "when Google ends it", lambda channel: moment_of(channel.expiration)),
    "retireTime": (or_null(MOMENT), "since when it is to be stopped", lambda channel: moment_of(channel.retired)),
    "stopTime": (
        or_null(MOMENT),
        "when Google was told; it is shown for an hour more",
        lambda channel: moment_of(channel.stopped),
    ),
}
"""From intent to tombstone; generation 0 is one that nobody remembered when it spoke."""


def _newest_first(watch: Watch) -> list[Channel]:
    return sorted(watch.channels.by_id.values(), key=lambda each: (each.generation, each.created), reverse=True)


def _channel_of(shown: _Now) -> dict[str, Any] | None:
    channel: Channel | None = shown.watch.confirmed(shown.time) or shown.watch.newest
    return shown_by(_CHANNEL, channel) if channel and channel.answered else None


def _trouble_of(shown: _Now) -> dict[str, Any] | None:
    trouble: Trouble | None = shown.watch.health.last_trouble
    return shown_by(_TROUBLE, trouble) if trouble else None


def _remedy_of(shown: _Now) -> str | None:
    return shown.watch.reason.remedy if shown.watch.reason else None


_WATCH: Fields = {
    "id": (
        ID,
        "of the watch: the same for the same resource, calendarId, subject and eventTypes",
        lambda shown: shown.watch.id,
    ),
    "resource": (
        one_of(RESOURCES),
        "which kind of collection is watched",
        lambda shown: shown.watch.target.resource.name,
    ),
    "calendarId": (or_null(_TEXT), "of acl and events: whose", lambda shown: shown.watch.target.calendar_id),
    "subject": (or_null(_TEXT), "the user on whose behalf it is read", lambda shown: shown.watch.target.subject),
    "params": (
        closed({"ttl": {**text("[0-9]+"), "description": "for how many seconds a channel is asked for"}}),
        "what Google is asked for",
        lambda shown: {"ttl": str(shown.policy.lifetime(shown.watch.options.ttl))},
    ),
    "labels": (
        named(_TEXT, LABEL_KEY.pattern),
        "yours, told with every change",
        lambda shown: dict(shown.watch.options.labels),
    ),
    "follow": (
        array(one_of(FOLLOWABLE)),
        "of calendarList: which collections of every calendar that the subject owns are watched too",
        lambda shown: list(shown.watch.options.follow),
    ),
    "followedBy": (
        array(ID),
        "ids of the watches whose follow keeps this one",
        lambda shown: list(shown.watch.followed_by),
    ),
    "state": (
        one_of(State),
        "how it is: active is well, suspended needs somebody, stopped has ended",
        lambda shown: shown.watch.state(shown.time),
    ),
    "reason": ({"enum": [*map(str, Reason), None]}, "why it is not as it should be", lambda shown: shown.watch.reason),
    "detail": (or_null(_TEXT), "what Google said of it", lambda shown: shown.watch.detail),
    "channel": (
        or_null(schema_of(_CHANNEL)),
        "the one that counts: the newest that has spoken, or else the newest",
        _channel_of,
    ),
    "channels": (
        array(schema_of(_LIFE)),
        "all that are known, newest generation first: around a renewal several, and stopped ones for an hour",
        lambda shown: [shown_by(_LIFE, each) for each in _newest_first(shown.watch)],
    ),
    "sequence": (
        whole(),
        "the number of the last change, from which the feed goes on",
        lambda shown: shown.watch.log.sequence,
    ),
    "published": (
        whole(),
        "up to which sequence changes have gone out to Pub/Sub; without a topic, the same as sequence",
        lambda shown: shown.watch.log.published,
    ),
    "itemCount": (
        or_null(whole()),
        "how many items it holds; null: not read yet, or no longer kept",
        lambda shown: shown.watch.reading.item_count,
    ),
    "createTime": (MOMENT, "when it was asked for first", lambda shown: moment_of(shown.watch.created)),
    "lastSyncTime": (
        or_null(MOMENT),
        "when the last reading began that came to its end",
        lambda shown: moment_of(shown.watch.reading.last_sync),
    ),
    "nextReconcileTime": (
        or_null(MOMENT),
        "when it is looked at next, at the latest: a message comes in between; null: nothing is left to do",
        lambda shown: moment_of(shown.watch.schedule.due_at),
    ),
    "stateTime": (
        MOMENT,
        "since when it is in this state",
        lambda shown: moment_of(shown.watch.state_since(shown.time)),
    ),
    "remedy": (or_null(_TEXT), "what somebody has to do about reason", _remedy_of),
    "lastError": (or_null(schema_of(_TROUBLE)), "what failed last, and fails still; null once it works", _trouble_of),
}

_OF_RULES: Fields = {
    "exposures": (
        EXPOSURES,
        "of acl alone: how many rules show the calendar to whom",
        lambda shown: shown.watch.exposure.counts,
    )
}
"""Of `acl` alone."""

WATCH = schema_of({**_WATCH, **_OF_RULES}, optional=_OF_RULES)
