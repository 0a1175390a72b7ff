"""What time alone does: channels that are over, what a watch tells of itself, what is kept after its end."""

from dataclasses import replace
from datetime import datetime, timedelta

from calendar_watch.decisions import baseline, channel_lifecycle, classification, refusals
from calendar_watch.decisions.listing import audit
from calendar_watch.decisions.renewal import expedited
from calendar_watch.model.change_log import with_watch_event
from calendar_watch.model.channel import Channel
from calendar_watch.model.collection.parts import WHOLE
from calendar_watch.model.exposure import Classification
from calendar_watch.model.health import Health, StepKind
from calendar_watch.model.listing import Audit
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import State, Watch

_TOMBSTONES_STAY = timedelta(hours=1)
"""Google's messages may come late, even after a stop."""
INTENTS_STAY = timedelta(hours=1)
"""A first message that is later still finds an orphan, which is stopped."""

_ANNOUNCEMENTS = {
    State.DEGRADED: "degraded",
    State.POLLING: "polling",
    State.SUSPENDED: "suspended",
    State.STOPPED: "stopped",
}


def after_upkeep(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """What follows from the time alone, without asking anybody."""
    watch = _renewals_completed(_without_dead_channels(watch, now, policy), now, policy)
    watch = _without_what_is_over(watch, policy)
    if not watch.wanted:
        return _channels_ended(watch, now)
    watch = expedited(refusals.readdressed(watch, policy), now, policy)
    watch = baseline.noticed(classification.noticed(watch, now, policy), now, policy)
    return refusals.polled_in_time(refusals.silence_admitted(watch, now, policy), now, policy)


def _without_dead_channels(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Forget channels that can no longer speak."""
    kept = {each.id: each for each in watch.channels.by_id.values() if not _gone(watch, each, now, policy)}
    return watch.with_channels(by_id=kept)


def _without_what_is_over(watch: Watch, policy: Policy) -> Watch:
    """Trouble with what is not to be done any more; elsewhere a success ends it."""
    health, audits = watch.health, watch.wanted and audit.due(watch, policy)
    if not watch.retired:
        health = health.without_trouble(StepKind.STOP)
    if not audits or not watch.reading.audit.failures:
        health = health.without_trouble(StepKind.AUDIT)
    return watch.with_health(health)


def _gone(watch: Watch, channel: Channel, now: datetime, policy: Policy) -> bool:
    if channel.stopped:
        return channel.stopped + _TOMBSTONES_STAY <= now
    if channel.answered:
        return channel.expired(now)
    return channel.created + (INTENTS_STAY if watch.wanted else policy.confirm) <= now


def _renewals_completed(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Once the new channel is confirmed, and not before, the old ones go: the renewal is complete.

    That is told, and so it waits for a baseline that is under way.
    """
    live = None if watch.baseline.under_way else watch.confirmed(now)
    older = [c for c in watch.channels.by_id.values() if live and c.current and c.generation < live.generation]
    for each in older:
        watch = channel_lifecycle.given_up(watch, each, now)
    return told(watch, "renewed", now, policy) if any(each.confirmed for each in older) else watch


def _channels_ended(watch: Watch, now: datetime) -> Watch:
    for channel in list(watch.channels.by_id.values()):
        if channel.current and channel.answered:
            watch = channel_lifecycle.given_up(watch, channel, now)
    over = watch.state(now) is State.STOPPED
    return replace(watch, stopped_at=watch.stopped_at or now) if over else watch


def with_state_told(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Tell once of each change of state; of what changes within a baseline, after it."""
    if watch.baseline.under_way:
        return watch
    state = watch.state(now)
    if not watch.log.sequence or state is watch.log.announced or state in {State.OPENING, State.STOPPING}:
        return watch
    if _rests_on_one_refusal(watch, state, now):
        return watch
    kind = _ANNOUNCEMENTS.get(state, "resumed" if watch.log.announced else "")
    watch = watch.with_log(announced=state)
    return told(watch, kind, now, policy) if kind else watch


def _rests_on_one_refusal(watch: Watch, state: State, now: datetime) -> bool:
    """Most refusals pass: the stream hears of it with the second."""
    kind = StepKind.OPEN if state is State.POLLING else StepKind.READ
    refusal = watch.health.refusals.get(kind)
    if refusal is None or refusal.count > 1 or refusal.believed or refusal.reason.polls:
        return False
    return state is State.POLLING or watch.confirmed(now) is not None


def told(watch: Watch, kind: str, now: datetime, policy: Policy) -> Watch:
    """Nothing is told before the watch has opened: a refused request leaves no trace in the stream."""
    return with_watch_event(watch, kind, now, policy) if watch.log.sequence else watch


def retained_until(stopped_at: datetime, policy: Policy) -> datetime:
    """How long what an ended watch had read is kept, for whoever resumes it."""
    return stopped_at + policy.retention


def erased(watch: Watch, last: bool) -> Watch:  # noqa: FBT001 (not a mode: whether anything is left)
    """Some of what it told is gone, and with the last of it what Google said. The numbers stay, and go on."""
    return replace(watch, erasing=False, health=Health()) if last else watch


def forgotten(watch: Watch) -> Watch:
    """Kept long enough after its end: what it read goes, the watch itself stays, so that its sequence counts on."""
    return replace(watch, exposure=Classification()).with_reading(
        item_count=None, digest="", sync_token="", listing=None, parts=(WHOLE,), stored=0, noted=0, audit=Audit()
    )
