"""What happened to a watch, as the log lines on which metrics and alerts are built."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from calendar_watch.log import event
from calendar_watch.model.change_log import BASELINE
from calendar_watch.model.channel import Channel
from calendar_watch.model.exposure import Exposure, Shift
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import State, Watch

_OUTSIDE = {Exposure.EXTERNAL, Exposure.PUBLIC}
_WORTH_A_LOOK = {State.DEGRADED, State.POLLING, State.SUSPENDED}


def reconciled(watch: Watch, steps: Sequence[str], started: datetime, now: datetime) -> None:
    event(
        "reconciled",
        f"{watch.target.resource.name} {watch.id}: {', '.join(steps)}",
        watchId=watch.id,
        resource=watch.target.resource.name,
        state=watch.state(now),
        steps=list(steps),
        durationSeconds=(now - started).total_seconds(),
    )


def looked_at(watch: Watch, policy: Policy) -> None:
    """WARNING: the settings forget a restore, and would meet the next one without a word."""
    if watch.log.epoch > policy.epoch:
        message = f"EPOCH is {policy.epoch}, but the database has met {watch.log.epoch}: set it to that at least"
        event("epoch", message, severity="WARNING", watchId=watch.id, epoch=policy.epoch, met=watch.log.epoch)


def refused_write(watch: Watch, step: str, detail: str) -> None:
    """ERROR: it will be refused again, until somebody mends what is wrong with us."""
    event("refusedWrite", detail, severity="ERROR", watchId=watch.id, resource=watch.target.resource.name, step=step)


def written(before: Watch, after: Watch, now: datetime) -> None:
    """What a write has made true; `after` still holds the log entries that went with it."""
    for action, channel in _channel_actions(before, after, now):
        event("channel", f"channel {action}", watchId=after.id, channelId=channel.id, action=action)
    _transition(before.state(now), after, now)
    _changes(before, after, now)
    _exposure(after)


def orphaned(notification: PendingNotification) -> None:
    event(
        "channel",
        "a channel of no watch",
        watchId=notification.watch_id,
        channelId=notification.channel_id,
        action="orphaned",
    )


def published(before: Watch, after: Watch, count: int) -> None:
    """`unpublished` is what is left to send. ERROR: the log was deleted before it could be sent."""
    lost = after.log.published - before.log.published - count
    message = f"{lost} changes were too old to be published" if lost else f"{count} published"
    severity = "ERROR" if lost else "INFO"
    left = after.log.sequence - after.log.published
    event("published", message, severity=severity, watchId=after.id, count=count, unpublished=left)


def unpublished(watch: Watch, detail: str) -> None:
    left = watch.log.sequence - watch.log.published
    event("published", detail, severity="WARNING", watchId=watch.id, count=0, unpublished=left)


def _changes(before: Watch, after: Watch, now: datetime) -> None:
    """What a baseline tells is none."""
    causes = [cause for each in after.log.pending if (cause := each["data"].get("cause", BASELINE)) != BASELINE]
    if not causes:
        return
    since = before.reading.unread_since
    latency = (now - since).total_seconds() if since else None
    fields = {"count": len(causes), "cause": causes[0], "latencySeconds": latency}
    event("changes", f"{len(causes)} changes", watchId=after.id, **fields)


def _exposure(after: Watch) -> None:
    """WARNING: somebody outside can see more than before."""
    for entry in after.log.pending:
        if "exposurechange" in entry:
            exposure, change = entry["exposure"], entry["exposurechange"]
            outside = change == Shift.RAISED and exposure in _OUTSIDE
            fields = {"watchId": after.id, "exposure": exposure, "change": change}
            event("exposure", f"exposure {change}: {exposure}", severity="WARNING" if outside else "INFO", **fields)


def _transition(before: State, after: Watch, now: datetime) -> None:
    state = after.state(now)
    if state is before:
        return
    severity = "WARNING" if state in _WORTH_A_LOOK else "INFO"
    fields = {"from": before, "to": state, "reason": after.reason}
    event("state", f"{before} became {state}", severity=severity, watchId=after.id, **fields)


def _channel_actions(before: Watch, after: Watch, now: datetime) -> Iterator[tuple[str, Channel]]:
    for channel in after.channels.by_id.values():
        old = before.channels.by_id.get(channel.id)
        yield from ((action, channel) for action in _actions_of(old, channel))
        if after.wanted and channel.confirmed and channel.retired and not (old and old.retired):
            yield "renewed", channel
    for channel in before.channels.by_id.values():
        if channel.confirmed and channel.current and channel.id not in after.channels.by_id and channel.expired(now):
            yield "lost", channel


def _actions_of(old: Channel | None, new: Channel) -> Iterator[str]:
    if old is None and new.generation == 0:
        yield "orphaned"
    if new.answered and new.generation and not (old and old.answered):
        yield "opened"
    if new.confirmed and not (old and old.confirmed):
        yield "confirmed"
    if new.stopped and not (old and old.stopped):
        yield "stopped"
