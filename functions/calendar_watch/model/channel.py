"""A notification channel: Google's promise, for about a week, to tell us that a collection changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Opening:
    """Google's answer to a watch request."""

    resource_id: str
    resource_uri: str = ""
    expiration: datetime | None = None


class ChannelPhase(StrEnum):
    INTENT = "intent"
    """Its id is written down; Google is asked next, or was, without an answer so far."""
    ANSWERED = "answered"
    """Google, or its own first message, gave the resource id."""
    CONFIRMED = "confirmed"
    """A genuine message came: it speaks."""
    RETIRED = "retired"
    """To be stopped, and never taken back."""
    STOPPED = "stopped"
    """Google has been told, or knows it no longer. Kept an hour, so that late messages change nothing."""


FOLLOWING: Mapping[ChannelPhase, frozenset[ChannelPhase]] = {
    ChannelPhase.INTENT: frozenset({ChannelPhase.ANSWERED, ChannelPhase.CONFIRMED}),
    ChannelPhase.ANSWERED: frozenset({ChannelPhase.CONFIRMED, ChannelPhase.RETIRED}),
    ChannelPhase.CONFIRMED: frozenset({ChannelPhase.RETIRED}),
    ChannelPhase.RETIRED: frozenset({ChannelPhase.STOPPED}),
    ChannelPhase.STOPPED: frozenset(),
}
"""What each phase may turn into. An intent that is given up is dropped: there is nothing that could be stopped."""

_CURRENT = frozenset({ChannelPhase.INTENT, ChannelPhase.ANSWERED, ChannelPhase.CONFIRMED})


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel from intent to tombstone; `phase` says where it is."""

    id: str
    generation: int
    """Grows with each channel of a watch; 0 is one that we learned of from its own message."""
    created: datetime
    """When the intent was written, before Google was asked."""
    address: str = ""
    key: str = ""
    """Which signing key made its token: a fingerprint, not the key."""
    resource_id: str | None = None
    resource_uri: str = ""
    expiration: datetime | None = None
    expiration_said: bool = False
    """Google's answer named the expiration; otherwise it is a guess, or what an unsigned header said."""
    opened: datetime | None = None
    """When Google's answer came."""
    confirmed: bool = False
    retired: datetime | None = None
    stopped: datetime | None = None
    retry_at: datetime | None = None
    failures: int = 0
    renew_at: datetime | None = None
    """An earlier renewal than age asks for: another address or key, or a suspicion."""

    @property
    def answered(self) -> bool:
        return self.resource_id is not None

    @property
    def silent_since(self) -> datetime:
        """From when on its first message is waited for."""
        return self.opened or self.created

    @property
    def phase(self) -> ChannelPhase:
        if self.stopped:
            return ChannelPhase.STOPPED
        if self.retired:
            return ChannelPhase.RETIRED
        if self.confirmed:
            return ChannelPhase.CONFIRMED
        return ChannelPhase.ANSWERED if self.answered else ChannelPhase.INTENT

    @property
    def current(self) -> bool:
        return self.phase in _CURRENT

    def expired(self, now: datetime) -> bool:
        return self.expiration is not None and self.expiration <= now

    def aged(self, fraction: float) -> datetime:
        """When `fraction` of the lifetime is over; an unknown end is taken to be a day."""
        end = self.expiration or self.created + timedelta(days=1)
        return self.created + fraction * (end - self.created)


@dataclass(frozen=True, slots=True)
class Channels:
    by_id: Mapping[str, Channel] = field(default_factory=dict)
    generation: int = 0
    """Of the last intent."""
    unconfirmed: int = 0
    """Channels opened in a row of which no message came."""
    was_confirmed: bool = False
    unannounced_changes: int = 0
    """Scheduled readings in a row that found what no notification had announced."""
    mute: int = 0
    """Channels in a row that said nothing of such changes, since one last did."""
    without_types: bool = False
    """Channels are asked for without the target's event types, with which none had said anything."""
    resource_ids: tuple[str, ...] = ()
    """Google's, as its answers to our requests for channels named them, the latest last: those that we may stop."""
