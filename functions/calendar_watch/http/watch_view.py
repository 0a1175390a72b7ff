"""A watch as the API shows it."""

from datetime import datetime
from typing import Any

from calendar_watch.model.channel import Channel
from calendar_watch.model.health import Trouble
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Watch
from calendar_watch.times import rfc3339


def watch_view(watch: Watch, now: datetime, policy: Policy) -> dict[str, Any]:
    target = watch.target
    return {
        "id": watch.id,
        "resource": target.resource.name,
        "calendarId": target.calendar_id,
        "subject": target.subject,
        "params": {"ttl": str(policy.lifetime(watch.options.ttl))},
        "labels": dict(watch.options.labels),
        "follow": list(watch.options.follow),
        "followedBy": list(watch.followed_by),
        "state": watch.state(now),
        "reason": watch.reason,
        "detail": watch.detail,
        "channel": _channel_view(watch.confirmed(now) or watch.newest),
        "channels": [_life_of(each) for each in watch.channels.by_id.values()],
        "sequence": watch.log.sequence,
        "published": watch.log.published,
        "itemCount": watch.reading.item_count,
        "createTime": _time(watch.created),
        "lastSyncTime": _time(watch.reading.last_sync),
        "nextReconcileTime": _time(watch.schedule.due_at),
        "stateTime": _time(watch.state_since(now)),
        "remedy": watch.reason.remedy if watch.reason else None,
        "lastError": _error_view(watch.health.last_trouble),
    }


def _error_view(trouble: Trouble | None) -> dict[str, Any] | None:
    """What failed last, and fails still."""
    if trouble is None:
        return None
    return {
        "time": _time(trouble.at),
        "operation": trouble.operation,
        "status": trouble.status or None,
        "reason": trouble.code or None,
        "detail": trouble.detail,
        "count": trouble.count,
    }


def _channel_view(channel: Channel | None) -> dict[str, Any] | None:
    if channel is None or not channel.answered:
        return None
    return {
        "id": channel.id,
        "resourceId": channel.resource_id,
        "resourceUri": channel.resource_uri,
        "expiration": _time(channel.expiration),
        "address": channel.address,
        "confirmed": channel.confirmed,
    }


def _life_of(channel: Channel) -> dict[str, Any]:
    """All that are known, from intent to tombstone; generation 0 is one that nobody remembered when it spoke."""
    return {
        "id": channel.id,
        "generation": channel.generation,
        "phase": channel.phase,
        "createTime": _time(channel.created),
        "openTime": _time(channel.opened),
        "expiration": _time(channel.expiration),
        "retireTime": _time(channel.retired),
        "stopTime": _time(channel.stopped),
    }


def _time(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
