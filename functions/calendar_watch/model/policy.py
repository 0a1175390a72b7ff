"""The operator's choices that decide what a watch does next: how long, how often, where to."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """Names and defaults are those of the environment variables: `config` reads them, a test compares the defaults."""

    address: str
    """Where Google sends notifications."""
    key: str
    """Fingerprint of the key that signs channel tokens now."""
    project: str
    """GOOGLE_CLOUD_PROJECT, which tells the changes of one deployment from those of another."""
    internal_domains: frozenset[str] = frozenset()
    """What counts as inside, for exposure: whole names in lower case."""
    baseline_in_stream: frozenset[str] = frozenset()
    """Resources whose baseline is told in the stream as well."""
    epoch: int = 1
    """Raised by one after each restore of the database."""
    channel_ttl: int = 604_800
    """Seconds asked for where the watch names none."""
    renew_after_fraction: float = 0.8
    safety_sync: timedelta = timedelta(seconds=3600)
    """Zero: never."""
    audit: timedelta = timedelta(days=1)
    """How often events are also listed whole. Zero: never."""
    poll: timedelta = timedelta(seconds=900)
    probe: timedelta = timedelta(days=1)
    believe: timedelta = timedelta(seconds=900)
    """How long a refusal must last before a watch is suspended."""
    confirm: timedelta = timedelta(seconds=120)
    settle: timedelta = timedelta(seconds=30)
    brake: timedelta = timedelta(seconds=60)
    lease: timedelta = timedelta(seconds=60)
    retention: timedelta = timedelta(days=30)
    calls_per_minute: int = 6000
    """To Google, that one instance allows itself."""
    whole_events: bool = False
    """Keep events whole, so that `before` is; otherwise what tells them apart."""
    publishes: bool = False
    """Whether changes go to a topic; otherwise they stay in the log, for whoever reads it."""

    @property
    def fingerprint(self) -> str:
        """Of whatever a watch at rest has to do something about as soon as it changes."""
        in_stream = [f"{each}/" for each in self.baseline_in_stream]  # no domain has a slash
        settings = " ".join(
            (self.address, self.key, str(self.epoch), *sorted(self.internal_domains), *sorted(in_stream))
        )
        return hashlib.sha256(settings.encode()).hexdigest()[:16]

    def lifetime(self, asked_for: int | None) -> int:
        """In seconds: what is asked of Google, and what is assumed where it does not say."""
        return asked_for or self.channel_ttl
