"""Looks while everything goes wrong: what must be true at any time, whatever has happened."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from calendar_watch.model.watch import State, Watch
from calendar_watch.reasons import Reason
from tests.doubles.calendar_simulator.channels import Channel
from tests.searches.chaos.composition import Composition
from tests.searches.chaos.edges.calls import Noted
from tests.searches.chaos.people.operators import Operators
from tests.searches.chaos.people.strangers import Strangers
from tests.searches.chaos.senses.seen import SKEW, demand, known, live_channels, watches

_UNHEARD = timedelta(minutes=15)
"""A channel that has spoken is known by then: two leases, an outage and a late worker fit in."""
_BELIEVED_FROM = 3
_MUTE = 2
_WRITTEN_LATE, _SHARED = timedelta(minutes=5), timedelta(hours=1)
"""How long before it was written down a refusal may have been heard; of what fails for all alike, by anybody."""
_IN_COMMON = frozenset({"domain", "signing", "limit"})
_BLAMED: Mapping[Reason, frozenset[str]] = {
    Reason.FORBIDDEN: frozenset({"403"}),
    Reason.NOT_A_CALENDAR_USER: frozenset({"403"}),
    Reason.NOT_FOUND: frozenset({"404"}),
    Reason.AUTHORIZATION_REVOKED: frozenset({"401", "user", "domain"}),
    Reason.USER_GONE: frozenset({"user"}),
    Reason.WATCH_REFUSED: frozenset({"401", "403", "404", "user"}),
    Reason.PUSH_NOT_SUPPORTED: frozenset({"400"}),
    Reason.SIGNING_FAILING: frozenset({"signing"}),
    Reason.API_DISABLED: frozenset({"limit"}),
    Reason.QUOTA_EXCEEDED: frozenset({"limit"}),
}
"""What Google has to have named for each; the other reasons are our own."""
_FAILING, _FAILING_TRIES, _FAILING_READINGS = timedelta(minutes=25), 6, 3
"""Later, and oftener, than is promised, as a late worker's answer may not count."""
_ONE_READING = timedelta(seconds=20)
"""As long as the three calls may take that a reading tries."""


class NotificationBox:
    """Sees what is taken out of it."""

    def __init__(self, composition: Composition):
        self._composition = composition
        self._waiting: set[tuple[str, str]] = set()
        self._commits = 0
        """When it was looked into last."""

    def look(self) -> None:
        if self._commits == len(self._composition.database.commits):
            return
        self._commits = len(self._composition.database.commits)
        waiting = {(each.watch_id, each.channel_id) for each in self._composition.store.waiting("", 10_000)}
        for watch_id, _ in self._waiting - waiting:
            self.whoever_takes_notifications_away_makes_a_reading_due(watch_id)
        self._waiting = waiting

    def restored(self) -> None:
        """What waited in the database that was lost is gone with it."""
        self._waiting, self._commits = set(), 0

    def whoever_takes_notifications_away_makes_a_reading_due(self, watch_id: str) -> None:
        watch = known(self._composition, watch_id)
        due = watch and watch.reading.read_at
        demand(
            not watch or (due and due <= self._composition.now + SKEW),
            f"notifications of {watch_id} are gone, and it is read at {due}",
        )


class Watchman:
    """Looks at every channel once a minute."""

    def __init__(
        self,
        composition: Composition,
        strangers: Strangers,
        operators: Operators,
        acknowledged: Mapping[str, datetime],
        *,
        strict: bool,
    ):
        self._asked_at = operators.asked_at
        self.ended_by_others: set[str] = set()
        """Channels that are not there any more, through no fault of ours."""
        self._composition = composition
        self._strangers = strangers
        self._acknowledged = acknowledged
        self._strict = strict
        self._excused: set[str] = set()
        self._ended: dict[str, datetime] = {}
        """When each was last seen not to be wanted."""
        self._since: datetime | None = None
        """When the database was restored."""

    def look(self) -> None:
        there, now = watches(self._composition), self._composition.now
        live = live_channels(self._composition, there)
        stopped = {each.id for each in self._composition.google.channels_ever() if each.stopped} - self.ended_by_others
        demand(not self._strangers.lost(), f"channels of others are gone: {self._strangers.lost()}")
        for watch in there:
            state = watch.state(now)
            if not watch.wanted or watch.health.refusals or watch.health.troubles:
                self._excused.add(watch.id)
            if not watch.wanted:
                self._ended[watch.id] = now
            self.no_channel_is_stopped_that_was_not_given_up(watch, stopped)
            self.no_channel_that_has_spoken_is_unknown_for_long(watch, live.get(watch.id, []), now)
            self.nobody_is_suspended_without_having_been_refused(watch, state)
            self.nobody_is_active_whose_readings_fail(watch, state)
            self.nobody_is_active_whose_channels_are_mute(watch, state)
            self.no_reason_is_shown_that_google_did_not_give(watch)
            if self._strict and watch.channels.was_confirmed and watch.id not in self._excused:
                demand(watch.id in live, f"{watch.id} has no live channel at {now}")

    def restored(self) -> None:
        """What watches know of channels and of failures is not what was, and nobody can help that."""
        self.ended_by_others |= {each.id for each in self._composition.google.channels_ever()}
        self._excused |= {each.id for each in watches(self._composition)}
        self._ended.clear()
        self._since = self._composition.now

    def no_channel_is_stopped_that_was_not_given_up(self, watch: Watch, stopped: set[str]) -> None:
        for channel in watch.channels.by_id.values():
            demand(not channel.current or channel.id not in stopped, f"{watch.id}: {channel.id} was stopped too early")

    def no_channel_that_has_spoken_is_unknown_for_long(self, watch: Watch, live: list[Channel], now: datetime) -> None:
        for channel in live:
            spoke = self._acknowledged.get(channel.id, now)
            if spoke <= _named(watch, channel) + SKEW:
                continue  # what speaks before it is written down that Google named its resource is left to expire
            demand(
                channel.id in watch.channels.by_id or now - spoke < _UNHEARD or channel.expiration - now < _UNHEARD,
                f"{watch.id} does not know its channel {channel.id}, which spoke at {spoke}",
            )

    def nobody_is_suspended_without_having_been_refused(self, watch: Watch, state: State) -> None:
        if state is not State.SUSPENDED:
            return
        since = watch.reading.last_sync or watch.created
        refused = [
            each.at
            for each in self._composition.calls.readings(watch.id)
            if each.outcome == "refused" and each.at > since - SKEW
        ]
        lasted = refused[-1] - refused[0] if refused else timedelta()
        believed = len(refused) >= _BELIEVED_FROM and lasted >= self._composition.policy.believe - 2 * SKEW
        demand(believed, f"{watch.id} is suspended, and was refused at {refused}")

    def nobody_is_active_whose_readings_fail(self, watch: Watch, state: State) -> None:
        """A second life begins anew."""
        if state is not State.ACTIVE:
            return
        since = self._since or watch.created
        resumed = max(since, self._ended.get(watch.id, since), self._asked_at.get(watch.id, since))
        # An audit that fails is tried again beside all else: increments are what keeps a watch up to date.
        # And what was heard but never written down, as its worker died or Firestore took nothing, nobody else knows of.
        calls = self._composition.calls
        failures = [
            each
            for each in calls.failures(watch.id)
            if each.at > resumed and not (each.whole and watch.reading.sync_token) and not calls.is_lost(watch.id, each)
        ]
        demand(not fail_for_long(failures), f"{watch.id} is active, and readings fail: {failures}")

    def nobody_is_active_whose_channels_are_mute(self, watch: Watch, state: State) -> None:
        """Two in a row were replaced as what changed was never announced: then the clock is relied on."""
        heard = state is not State.ACTIVE or watch.channels.mute < _MUTE
        demand(heard, f"{watch.id} is active, and {watch.channels.mute} channels were mute")

    def no_reason_is_shown_that_google_did_not_give(self, watch: Watch) -> None:
        """A proxy's answer is no refusal of Google's, a limit is none, and what we may not do is nobody's fault."""
        if watch.reason is None or watch.reason not in _BLAMED:
            return
        health, calls = watch.health, self._composition.calls
        refused, failing = health.refusals.values(), health.troubles.values()
        began = min([each.since for each in refused] + [each.since for each in failing])
        own = {each.blamed for each in calls.of[watch.id] if each.at >= began - _WRITTEN_LATE}
        shared = _BLAMED[watch.reason] & _IN_COMMON
        named = _BLAMED[watch.reason] & own or (shared and shared & calls.blamed(began - _SHARED))
        demand(named, f"{watch.id} shows {watch.reason}, and Google named {own}")

    def excuses(self, watch_id: str) -> bool:
        return not self._strict or watch_id in self._excused


def fail_for_long(failures: Sequence[Noted]) -> bool:
    """The first may be a late worker's, however long before: its answer told nobody that readings fail."""
    if len(failures) < _FAILING_TRIES or failures[-1].at - failures[1].at < _FAILING:
        return False
    again = sum(later.at - earlier.at > _ONE_READING for earlier, later in pairwise(failures))
    return again + 1 >= _FAILING_READINGS


def _named(watch: Watch, channel: Channel) -> datetime:
    """When an answer of Google's first told the resource of the channel, as far as is known still.

    A channel may have its resource from a message, which is not signed: that names nothing.
    """
    alike = [each for each in watch.channels.by_id.values() if each.resource_id == channel.resource_id]
    return min((each.opened for each in alike if each.opened), default=channel.created)
