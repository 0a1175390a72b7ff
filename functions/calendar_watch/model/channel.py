"""A notification channel: Google's promise, for about a week, to tell us that a collection changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Opening:
    """Google's answer to a watch request."""

    resource_id: str
    resource_uri: str = ""
    expiration: datetime | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel from intent to tombstone.

    intent · answered (Google or its first message gave the resource id) · confirmed (a genuine message came)
    · retired (to be stopped; never taken back) · stopped (kept an hour, so that late messages change nothing)
    """

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
    def current(self) -> bool:
        return self.retired is None and self.stopped is None

    def expired(self, now: datetime) -> bool:
        return self.expiration is not None and self.expiration <= now

    def renewal(self, fraction: float) -> datetime:
        """When `fraction` of the lifetime is over, or earlier if asked for; an unknown end is taken to be a day."""
        end = self.expiration or self.created + timedelta(days=1)
        aged = self.created + fraction * (end - self.created)
        return min(aged, self.renew_at) if self.renew_at else aged
