"""What a refusal does, and what ends it: all that decides over `watch.health`.

Google's refusals often pass, so they are believed step by step; opening and reading are refused apart, and nothing
known is dropped. What Google cannot push can still be read.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from calendar_watch.decisions.backoff import Failure, waiting
from calendar_watch.decisions.ladder import next_rung
from calendar_watch.decisions.listing import audit
from calendar_watch.errors import OutageError, RefusedError
from calendar_watch.model.health import Refusal, StepKind
from calendar_watch.model.listing import ReadCause
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Watch
from calendar_watch.reasons import Reason

SILENT_CHANNELS = 3
"""Opened in a row without a message: then the endpoint is taken to be unreachable."""

_BELIEVED_FROM = 3
"""Refusals in a row; and BELIEVE_SECONDS after the first."""
_DELEGATION_SPREADS = timedelta(days=1)
"""How long a grant may take: https://support.google.com/a/answer/162106."""
_APART = timedelta(seconds=30)
_APART_WHEN_SUSPENDED = timedelta(minutes=15)


def failed(watch: Watch, kind: StepKind, failure: Failure, policy: Policy) -> Watch:
    """A refusal climbs its ladder; anything else backs off."""
    error = failure.error
    if kind is StepKind.OPEN and not error.may_have_happened:
        watch = _intent_dropped(watch)
    watch = waiting(watch, kind, failure)
    if isinstance(error, RefusedError):
        return _refused(watch, kind, error, failure.at, policy)
    if kind is StepKind.READ and isinstance(error, OutageError) and error.reason is Reason.AUTHORIZATION_REVOKED:
        return _shut_out(watch, error, failure.at, policy)
    return watch


def _intent_dropped(watch: Watch) -> Watch:
    """Google certainly opened nothing, so nobody needs to wait for a first message."""
    newest = watch.newest
    return watch.without_channel(newest.id) if newest and not newest.answered else watch


def _refused(watch: Watch, kind: StepKind, error: RefusedError, now: datetime, policy: Policy) -> Watch:
    reason = error.reason if kind is StepKind.READ or error.reason.polls else Reason.WATCH_REFUSED
    refusal = _once_more(watch, kind, Refusal(reason, error.detail, policy.address, now, now))
    believed = refusal.count >= _BELIEVED_FROM and now - refusal.since >= policy.believe
    # What we do not allow ourselves is no passing trouble of Google's.
    refusal = replace(refusal, believed=refusal.believed or believed or reason is Reason.SUBJECT_NOT_ALLOWED)
    again = now + policy.probe if reason.polls else next_rung(refusal.since, now, watch.offset, policy)
    return _with(watch, kind, refusal).with_wait(kind, again)


def _shut_out(watch: Watch, error: OutageError, now: datetime, policy: Policy) -> Watch:
    """A domain withdrew its delegation, or has not spread it yet: no word on this watch, but believed after a day."""
    refusal = _once_more(
        watch, StepKind.READ, Refusal(error.reason, error.detail, policy.address, now, now, common=True)
    )
    believed = refusal.count >= _BELIEVED_FROM and now - refusal.since >= _DELEGATION_SPREADS
    return _with(watch, StepKind.READ, replace(refusal, believed=refusal.believed or believed))


def _once_more(watch: Watch, kind: StepKind, refusal: Refusal) -> Refusal:
    """One more in a row, if there was one of the same sort."""
    known = watch.health.refusals.get(kind)
    if known is None or (known.reason.polls, known.common) != (refusal.reason.polls, refusal.common):
        return refusal
    return replace(refusal, since=known.since, count=known.count + 1, believed=known.believed)


def _with(watch: Watch, kind: StepKind, refusal: Refusal) -> Watch:
    return watch.with_health(watch.health.with_refusal(kind, refusal))


def hastened(watch: Watch, now: datetime) -> Watch:
    """A message came: what Google refused may be granted again, so whatever waits for that is tried soon.

    Abuse limits, and Google's word that it cannot push, are left alone. What comes too soon is put off, never dropped.
    """
    apart = _APART_WHEN_SUSPENDED if watch.health.suspended else _APART
    kinds = [kind for kind in (StepKind.OPEN, StepKind.READ) if not _left_alone(watch, kind)]
    return _brought_forward(watch, kinds, now, apart)


def _left_alone(watch: Watch, kind: StepKind) -> bool:
    refusal, trouble = watch.health.refusals.get(kind), watch.health.troubles.get(kind)
    cannot = refusal is not None and refusal.reason.polls
    return cannot or (trouble is not None and trouble.reason is Reason.QUOTA_EXCEEDED)


def retried(watch: Watch, now: datetime) -> Watch:
    """An operator wants whatever waits to be tried now."""
    watch = _brought_forward(watch, StepKind, now, _APART)
    watch = audit.brought_forward(watch, _soonest(watch, StepKind.AUDIT, now, _APART))
    return _stops_brought_forward(watch, _soonest(watch, StepKind.STOP, now, _APART))


def retried_at_once(watch: Watch, now: datetime) -> Watch:
    """Somebody waits for the answer."""
    return _brought_forward(watch, StepKind, now, timedelta())


def _brought_forward(watch: Watch, kinds: Iterable[StepKind], now: datetime, apart: timedelta) -> Watch:
    for kind in kinds:
        until = watch.schedule.not_before.get(kind)
        if until and _last_try(watch, kind):
            watch = watch.with_wait(kind, min(until, _soonest(watch, kind, now, apart)))
    return watch


def _stops_brought_forward(watch: Watch, soonest: datetime) -> Watch:
    """Each channel waits by itself."""
    for channel in watch.retired:
        watch = watch.with_channel(replace(channel, retry_at=channel.retry_at and min(channel.retry_at, soonest)))
    return watch


def _soonest(watch: Watch, kind: StepKind, now: datetime, apart: timedelta) -> datetime:
    last = _last_try(watch, kind)
    return max(now, last + apart) if last else now


def _last_try(watch: Watch, kind: StepKind) -> datetime | None:
    known = (watch.health.refusals.get(kind), watch.health.troubles.get(kind))
    return max((each.at for each in known if each), default=None)


def silence_admitted(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Several channels in a row opened, and nothing arrived: the endpoint is tried again with the next probe."""
    if StepKind.OPEN in watch.health.refusals:
        return watch
    if watch.mute:
        detail = f"{watch.channels.mute} channels in a row opened, and announced none of the changes that were found"
        return _not_arriving(watch, detail, now, policy)
    newest = watch.newest
    if newest is None or newest.confirmed or watch.channels.unconfirmed < SILENT_CHANNELS:
        return watch
    if newest.silent_since + policy.confirm > now:
        return watch
    detail = f"{watch.channels.unconfirmed} channels in a row brought no message to {policy.address}"
    return _not_arriving(watch, detail, now, policy)


def _not_arriving(watch: Watch, detail: str, now: datetime, policy: Policy) -> Watch:
    refusal = Refusal(Reason.NOTIFICATIONS_NOT_ARRIVING, detail, policy.address, now, now)
    return _with(watch, StepKind.OPEN, refusal).with_wait(StepKind.OPEN, now + policy.probe)


def polled_in_time(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """What nobody tells us of is read on a timer, from the moment that this becomes so."""
    latest = now + policy.poll
    if not watch.polled(now) or (watch.reading.read_at and watch.reading.read_at <= latest):
        return watch
    return watch.with_reading(read_at=latest, read_cause=ReadCause.SCHEDULE)


def readdressed(watch: Watch, policy: Policy) -> Watch:
    """A new address deserves a new try, whatever was said of the old one."""
    refusal = watch.health.refusals.get(StepKind.OPEN)
    if refusal is None or not refusal.reason.polls or refusal.address == policy.address:
        return watch
    return succeeded(watch.with_channels(unconfirmed=0, mute=0), StepKind.OPEN)


def read(watch: Watch, now: datetime) -> Watch:
    """A reading came to its end: whatever kept it is over, and perhaps what keeps a channel from being opened too."""
    refused = StepKind.READ in watch.health.refusals
    watch = succeeded(watch, StepKind.READ)
    return hastened(watch, now) if refused else watch


def succeeded(watch: Watch, kind: StepKind) -> Watch:
    """Whatever kept this kind of step waiting is over."""
    health = watch.health.without_refusal(kind).without_trouble(kind)
    return watch.with_health(health).with_schedule(
        not_before={each: moment for each, moment in watch.schedule.not_before.items() if each is not kind}
    )


def accepted(watch: Watch, now: datetime, policy: Policy) -> Watch:
    """Google opened a channel: whatever it refused is granted. Whether its messages arrive, only a message can tell.

    The next one waits all the same, whatever becomes of this one: it may be dead on arrival.
    """
    silence = watch.health.refusals.get(StepKind.OPEN) if unheard(watch) else None
    watch = succeeded(watch, StepKind.OPEN)
    if silence is None:
        return watch.with_wait(StepKind.OPEN, now + policy.confirm)
    return _with(watch, StepKind.OPEN, replace(silence, at=now)).with_wait(StepKind.OPEN, now + policy.probe)


def overcome(watch: Watch) -> Watch:
    """A first message came: the endpoint is reachable. Whether changes are announced, a later one has to tell."""
    watch = watch.with_channels(unconfirmed=0)
    return succeeded(watch, StepKind.OPEN) if unheard(watch) and not watch.mute else watch


def change_announced(watch: Watch) -> Watch:
    """A message came that is not the first of its channel: channels are not mute."""
    heard = watch.with_channels(mute=0)
    return succeeded(heard, StepKind.OPEN) if unheard(watch) and watch.mute else heard


def unheard(watch: Watch) -> bool:
    """Channels are opened, and Google's messages do not arrive."""
    refusal = watch.health.refusals.get(StepKind.OPEN)
    return refusal is not None and refusal.reason is Reason.NOTIFICATIONS_NOT_ARRIVING
