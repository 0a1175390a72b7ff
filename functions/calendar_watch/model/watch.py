"""A watch: one collection that is followed for one user, until that is ended."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from calendar_watch.model.channel import FOLLOWING, Channel, ChannelPhase, Channels
from calendar_watch.model.exposure import Classification
from calendar_watch.model.health import Health, StepKind
from calendar_watch.model.listing import Reading
from calendar_watch.model.target import Options, Target
from calendar_watch.reasons import Reason


class State(StrEnum):
    OPENING = "opening"
    ACTIVE = "active"
    DEGRADED = "degraded"
    POLLING = "polling"
    SUSPENDED = "suspended"
    STOPPING = "stopping"
    STOPPED = "stopped"


ChangeEvent = Mapping[str, Any]
"""A CloudEvent, in its JSON form."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When somebody must look at a watch, and who does."""

    due_at: datetime | None = None
    """When somebody must look at it next; None: parked."""
    holder: str | None = None
    """Whoever holds the lease: a nonce."""
    write_count: int = 0
    """Counts the writes of holders, so that no two of them look alike."""
    not_before: Mapping[StepKind, datetime] = field(default_factory=dict)
    """What has to wait, after a failure or a refusal."""
    fingerprint: str | None = None
    """Of the settings that were looked at last; None: nothing need be done when they change."""


@dataclass(frozen=True, slots=True)
class Following:
    """How far the watches that this one follows are as they should be."""

    revision: int = 0
    """Grows whenever what this watch follows may have to change."""
    done_to: int = 0
    """Up to which revision that has been done."""
    any: bool = False
    """There may be watches that this one follows."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Of consumers that have but the stream: all that is there, told once, item by item, so that changes count on."""

    first: int | None = None
    """Sequence of its first entry; None: none is under way."""
    told: bool = False
    """It has been, and every change since."""
    begins_at: datetime | None = None
    """When it is told of what was read before anybody wanted it in the stream; None: nobody has noticed."""

    @property
    def under_way(self) -> bool:
        """Nothing else is told meanwhile, so that each of its entries has its number."""
        return self.first is not None


@dataclass(frozen=True, slots=True)
class Log:
    """The change log is the outbox: how far it has been written, and sent."""

    sequence: int = 0
    published: int = 0
    """Up to which sequence the log has gone out."""
    epoch: int = 1
    """Grows with each restore of the database that it has met."""
    begins_after: int = 0
    """Numbers go on after this one at least, and the feed reaches no further back: a restore lies there."""
    last_time: datetime | None = None
    """When the last entry was made; the clocks of two instances differ, and none is told as earlier."""
    announced: State | None = None
    """The last state that was told."""
    pending: tuple[ChangeEvent, ...] = ()
    """Log entries that the next write takes along."""

    @property
    def next_sequence(self) -> int:
        """The number of the next entry."""
        return max(self.sequence, self.begins_after) + 1


@dataclass(frozen=True, slots=True)
class Standing:
    """What the last write that decided anything found it to be."""

    state: State = State.OPENING
    since: datetime | None = None
    """None: since it was created."""


@dataclass(frozen=True, slots=True)
class Watch:
    """`with_schedule`, `with_reading` … say which group a rule touches."""

    target: Target
    options: Options
    created: datetime

    wanted: bool = True
    by_operator: bool = True
    """Somebody asked for this very watch; otherwise it is there because others follow it."""
    followed_by: tuple[str, ...] = ()
    """Ids of the watches that follow this one."""
    discarded: bool = False
    """Refused before it ever opened: nobody sees it, but its sequence would go on counting."""
    stopped_at: datetime | None = None
    erasing: bool = False
    """As soon as it has ended, what it read and told is to go."""
    standing: Standing = Standing()

    schedule: Schedule = Schedule()
    health: Health = field(default_factory=Health)
    reading: Reading = field(default_factory=Reading)
    channels: Channels = field(default_factory=Channels)
    following: Following = Following()
    exposure: Classification = field(default_factory=Classification)
    baseline: Baseline = Baseline()
    log: Log = Log()

    version: Any = None
    """What the store read; the next write is conditioned on it."""

    def with_schedule(self, **changes: Any) -> Self:
        return self._with("schedule", changes)

    def with_wait(self, kind: StepKind, until: datetime) -> Self:
        """No step of that kind before `until`, whatever asks for one."""
        return self.with_schedule(not_before={**self.schedule.not_before, kind: until})

    def with_reading(self, **changes: Any) -> Self:
        return self._with("reading", changes)

    def with_channels(self, **changes: Any) -> Self:
        return self._with("channels", changes)

    def with_following(self, **changes: Any) -> Self:
        return self._with("following", changes)

    def with_exposure(self, **changes: Any) -> Self:
        return self._with("exposure", changes)

    def with_log(self, **changes: Any) -> Self:
        return self._with("log", changes)

    def with_health(self, health: Health) -> Self:
        return self if health is self.health else replace(self, health=health)

    def with_baseline(self, baseline: Baseline) -> Self:
        return self if baseline == self.baseline else replace(self, baseline=baseline)

    def _with(self, group: str, changes: Mapping[str, Any]) -> Self:
        """Itself where nothing changes: most rules have, most of the time, nothing to say."""
        there = getattr(self, group)
        if all(getattr(there, name) == value for name, value in changes.items()):
            return self
        return replace(self, **{group: replace(there, **changes)})

    @property
    def id(self) -> str:
        return self.target.id

    @property
    def offset(self) -> float:
        """0 to 1, the same for the life of the watch: keeps watches from doing the same thing at the same time."""
        return int(hashlib.sha256(self.id.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF

    def within_an_hour(self, now: datetime) -> datetime:
        """At a moment of its own, where all are to do something but none need do it now."""
        return now + self.offset * timedelta(hours=1)

    @property
    def follows_late(self) -> bool:
        """Whether what it follows is to be looked through; before there is a first reading, nothing can be said."""
        known = self.reading.item_count is not None or not self.wanted
        follows = self.following.any or (self.wanted and bool(self.options.follow))
        return known and follows and self.following.done_to < self.following.revision

    @property
    def newest(self) -> Channel | None:
        return max((c for c in self.channels.by_id.values() if c.current), key=lambda c: c.generation, default=None)

    @property
    def retired(self) -> list[Channel]:
        return [c for c in self.channels.by_id.values() if c.phase is ChannelPhase.RETIRED]

    def with_channel(self, channel: Channel) -> Self:
        """Raises ValueError for a turn that no channel may take: a defect."""
        there = self.channels.by_id.get(channel.id)
        if there and channel.phase not in {there.phase, *FOLLOWING[there.phase]}:
            raise ValueError(f"a channel that is {there.phase} cannot become {channel.phase}")
        return self.with_channels(by_id={**self.channels.by_id, channel.id: channel})

    def without_channel(self, channel_id: str) -> Self:
        return self.with_channels(
            by_id={each: kept for each, kept in self.channels.by_id.items() if each != channel_id}
        )

    def confirmed(self, now: datetime) -> Channel | None:
        """The newest channel that a message has proved and that has not expired."""
        live = [c for c in self.channels.by_id.values() if c.current and c.confirmed and not c.expired(now)]
        return max(live, key=lambda c: c.generation, default=None)

    @property
    def mute(self) -> bool:
        """As many channels as are tried, each replaced for its silence about changes, and the last is as mute."""
        return self.channels.mute > 1 + bool(self.target.event_types)

    def state(self, now: datetime) -> State:
        """Where several hold: suspended, then polling, then degraded. Nothing is polled that was never read."""
        if not self.wanted:
            left = any(not each.stopped and not each.expired(now) for each in self.channels.by_id.values())
            return State.STOPPING if left else State.STOPPED
        if self.health.suspended:
            return State.SUSPENDED
        if self.log.sequence and self.polled(now):
            return State.POLLING
        if self.confirmed(now) and not self.health.doubtful:
            return State.ACTIVE
        return State.DEGRADED if self.channels.was_confirmed and self.log.sequence else State.OPENING

    def polled(self, now: datetime) -> bool:
        """Google does not tell of changes, but lets us read."""
        refusal = self.health.refusals.get(StepKind.OPEN)
        return refusal is not None and (refusal.reason.polls or self.mute or not self.confirmed(now))

    def with_standing(self, now: datetime) -> Self:
        state = self.state(now)
        return self if state is self.standing.state else replace(self, standing=Standing(state, now))

    def state_since(self, now: datetime) -> datetime:
        """A state that time alone has brought about since the last write is as new as that."""
        if self.state(now) is not self.standing.state:
            return now
        return self.standing.since or self.created

    @property
    def reason(self) -> Reason | None:
        """Of what has ended nothing is to be mended any more."""
        if not self.wanted:
            return None
        doubted = self.reading.brake or self.reading.doubts or self.reading.audit.doubts
        return next((reason for reason, _ in self.health.reasons()), Reason.EMPTY_LISTING if doubted else None)

    @property
    def detail(self) -> str | None:
        return next((detail for _, detail in self.health.reasons()), None) if self.wanted else None
