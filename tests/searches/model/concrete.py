"""Which watch a document of the model stands for, at `NOW`, and which document a watch; `meanings` says it in words."""

from datetime import UTC, datetime, timedelta
from functools import cache

from calendar_watch.model.channel import Channel as RealChannel
from calendar_watch.model.channel import Channels
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.exposure import Classification, counted, fingerprint
from calendar_watch.model.health import Health, Refusal, StepKind
from calendar_watch.model.listing import ReadCause, Reading
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import ACL
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Baseline, Log, Schedule, State, Watch
from calendar_watch.reasons import Reason
from tests.searches.model.rules import EMPTY, ITEMS
from tests.searches.model.state import Channel, Doc

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
POLICY = Policy(address="https://here.example.com/", key="now", project="p")
RESOURCE, ANOTHER = "r", "of another watch"
LIFETIME = timedelta(seconds=POLICY.channel_ttl)

_AGO, _SOON = NOW - timedelta(minutes=1), NOW + timedelta(minutes=10)
_AFTER_THE_BASELINE = 1
_FIRST_LISTING, _MOMENT = NOW - timedelta(seconds=20), timedelta(milliseconds=1)
_DUE = {"now": _AGO, "later": _SOON, "lease": NOW + POLICY.lease}
_SILENCE = Refusal(Reason.NOTIFICATIONS_NOT_ARRIVING, "silence", POLICY.address, since=_AGO, at=_AGO)
_CAUSES = {ReadCause.OPENED: "notification"}


def watch_of(doc: Doc, asked: datetime = _AGO) -> Watch:
    """`asked`: since when a reading is due, if one is due now."""
    return Watch(
        target=Target(ACL, "a", "alice@example.com"),
        options=Options(),
        created=NOW - LIFETIME,
        wanted=doc.wanted,
        health=Health({StepKind.OPEN: _SILENCE} if doc.polling else {}),
        schedule=Schedule(_DUE[doc.due], "somebody" if doc.held else None, not_before=_not_before(doc)),
        reading=Reading(
            read_at=asked if doc.read == "now" else _read_later(doc),
            read_cause=ReadCause(doc.cause),
            brake=doc.brake,
            digest=_digest(doc.snapshot),
            item_count=1,
        ),
        channels=Channels(
            {name(each.id): _channel(each) for each in doc.channels},
            doc.generation,
            doc.unconfirmed,
            resource_ids=(RESOURCE,) if doc.named else (),
        ),
        exposure=classification(snapshot(doc.snapshot)),
        baseline=_baseline(doc),
        log=Log(
            doc.sequence + _AFTER_THE_BASELINE,
            doc.published + _AFTER_THE_BASELINE,
            announced=State(doc.told) if doc.told else None,
        ),
    )


def doc_of(watch: Watch) -> Doc:
    reading, log = watch.reading, watch.log
    return Doc(
        held=watch.schedule.holder is not None,
        due=_due(watch.schedule),
        wanted=watch.wanted,
        told=log.announced or "",
        read=_read(reading),
        cause=_CAUSES.get(reading.read_cause, reading.read_cause),
        settles=_settles(reading),
        waits=frozenset(str(kind) for kind, moment in watch.schedule.not_before.items() if moment > NOW),
        brake=reading.brake,
        snapshot=_snapshot_of(watch),
        channels=tuple(sorted(_channel_of(each) for each in watch.channels.by_id.values())),
        generation=watch.channels.generation,
        unconfirmed=watch.channels.unconfirmed,
        polling=any(each.reason is Reason.NOTIFICATIONS_NOT_ARRIVING for each in watch.health.refusals.values()),
        named=bool(watch.channels.resource_ids),
        sequence=log.sequence - _AFTER_THE_BASELINE,
        published=log.published - _AFTER_THE_BASELINE,
        baseline=_baseline_of(watch.baseline),
        first=(watch.baseline.first or _AFTER_THE_BASELINE) - _AFTER_THE_BASELINE,
        known=_known(watch),
    )


def plain(doc: Doc) -> Doc:
    """`settles` counts only while it is waited for."""
    return doc if (doc.read, doc.cause) == ("later", "settle") else doc._replace(settles=0)


def name(channel_id: int) -> str:
    return f"c{channel_id}"


def snapshot(value: int) -> Snapshot:
    items = {} if value == EMPTY else {"a": {"id": "a", "role": value}}
    return Snapshot(items, ACL.fields)


def _snapshot_of(watch: Watch) -> int:
    """Its rule is counted in the very write that brings it."""
    value = _VALUES[watch.reading.digest]
    assert watch.exposure == classification(snapshot(value))
    return value


def classification(rules: Snapshot) -> Classification:
    counts = counted(rules.items.values(), "a", POLICY.internal_domains)
    return Classification(counts, fingerprint(POLICY.internal_domains))


def began(value: int) -> datetime:
    """When a listing began at whose beginning Google held `value`."""
    return _FIRST_LISTING + value * _MOMENT


@cache
def _digest(value: int) -> str:
    return snapshot(value).digest


_VALUES = {_digest(each): each for each in range(EMPTY, 1000)}


# --- what is told of it in the stream


def _baseline(doc: Doc) -> Baseline:
    return {
        "": Baseline(),
        "soon": Baseline(begins_at=_SOON),
        "now": Baseline(begins_at=_AGO),
        "under way": Baseline(first=doc.first + _AFTER_THE_BASELINE),
        "told": Baseline(told=True),
    }[doc.baseline]


def _baseline_of(baseline: Baseline) -> str:
    if baseline.under_way or baseline.told:
        return "told" if baseline.told else "under way"
    return "" if baseline.begins_at is None else "soon" if baseline.begins_at > NOW else "now"


def _known(watch: Watch) -> int:
    if watch.baseline.first is None:
        return ITEMS if watch.baseline.told else 0
    return watch.log.next_sequence - watch.baseline.first


# --- when a collection is read


def _read_later(doc: Doc) -> datetime:
    if doc.read == "never":
        return NOW + POLICY.safety_sync
    return began(doc.settles) + POLICY.settle if doc.cause == "settle" else NOW + POLICY.confirm


def _read(reading: Reading) -> str:
    if reading.read_at is not None and reading.read_at <= NOW:
        return "now"
    return "later" if reading.read_at and reading.read_cause is not ReadCause.SCHEDULE else "never"


def _settles(reading: Reading) -> int:
    if reading.read_at is None or reading.read_cause is not ReadCause.SETTLE:
        return 0
    return (reading.read_at - POLICY.settle - _FIRST_LISTING) // _MOMENT


def _not_before(doc: Doc) -> dict[StepKind, datetime]:
    """What waits no longer has waited once."""
    return {each: _SOON if each in doc.waits else _AGO for each in StepKind}


def _due(schedule: Schedule) -> str:
    if schedule.due_at is not None and schedule.due_at <= NOW:
        return "now"
    return "lease" if schedule.holder else "later"


# --- channels


def _channel(channel: Channel) -> RealChannel:
    created = NOW - _passed(channel)
    end = NOW if channel.age == "over" else created + LIFETIME
    return RealChannel(
        name(channel.id),
        channel.id,
        created,
        POLICY.address,
        POLICY.key,
        resource_id=RESOURCE if channel.answered else None,
        expiration=end if channel.answered else None,
        confirmed=channel.confirmed,
        retired=NOW if channel.retired else None,
        stopped=NOW if channel.stopped else None,
        retry_at=_SOON if channel.waits else _AGO,
    )


def _passed(channel: Channel) -> timedelta:
    """Since it was asked for. What does not speak is tried again after `confirm` at first, at last after `probe`."""
    if channel.age == "young":
        return timedelta()
    if channel.confirmed:
        return LIFETIME * 0.9
    return POLICY.probe if channel.answered else POLICY.confirm


def _channel_of(channel: RealChannel) -> Channel:
    return Channel(
        int(channel.id[1:]),
        answered=channel.answered,
        confirmed=channel.confirmed,
        retired=channel.retired is not None,
        stopped=channel.stopped is not None,
        age=_age(channel),
        waits=channel.retry_at is not None and channel.retry_at > NOW,
    )


def _age(channel: RealChannel) -> str:
    if channel.expired(NOW):
        return "over"
    old_at = channel.aged(POLICY.renew_after_fraction) if channel.confirmed else channel.silent_since + POLICY.confirm
    return "old" if old_at <= NOW else "young"
