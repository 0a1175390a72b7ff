"""The environment variables, read and checked together: one error names every wrong one, and how to mend it.

Each field below is a variable: its name in capitals, what reads it, its default. An empty variable counts as unset.
No value is ever repeated in a problem, since any variable may hold a key by mistake.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, fields
from datetime import timedelta
from typing import Any, Self

from calendar_watch.config import parse
from calendar_watch.errors import InvalidSettingsError
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.policy import Policy

_LONGEST_CALL = 20.0

_NEEDED_BY = {
    "calendar_service_account": {"delegated", "service_account"},
    "subject_domains": {"delegated", "token_service"},
    "token_service_url": {"token_service"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverSettings:
    """All that `notifications` is told: it has no business with the rest."""

    google_cloud_project: str = parse.variable(parse.project)
    firestore_database: str = parse.variable(parse.database, "calendar-watch")
    channel_token_keys: tuple[str, ...] = parse.variable(parse.keys, repr=False)
    wakeup_topic: str = parse.variable(parse.topic)
    pubsub_emulator_host: str = parse.variable(parse.host)
    log_level: str = parse.variable(parse.one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), "INFO")

    @property
    def database_path(self) -> str:
        """As Google names it."""
        return f"projects/{self.google_cloud_project}/databases/{self.firestore_database}"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        return cls(**_read(environ, fields(cls)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(ReceiverSettings):
    """All that `watches` and `renew` are told."""

    notification_url: str = parse.variable(parse.address)
    resources: frozenset[str] = parse.variable(parse.resources, "acl,calendarList")
    auth_mode: str = parse.variable(
        parse.one_of("delegated", "service_account", "token_service", "anonymous"), "delegated"
    )
    calendar_service_account: str = parse.variable(parse.account)
    subject_domains: frozenset[str] = parse.variable(parse.domains)
    """Empty: any subject; only `anonymous` and `service_account` may leave it so."""
    internal_domains: frozenset[str] = parse.variable(parse.domains)
    """What counts as inside, for exposure. Empty: SUBJECT_DOMAINS."""
    baseline_in_stream: frozenset[str] = parse.variable(parse.baselines)
    """Of these, the baseline is told in the stream as well."""
    epoch: int = parse.variable(parse.whole(1, 1_000_000), "1")
    token_service_url: str = parse.variable(parse.optional_address)
    calendar_api_root: str = parse.variable(parse.root, "https://www.googleapis.com/calendar/v3")
    calendar_calls_per_minute: int = parse.variable(parse.whole(1, 1_000_000), "6000")
    changes_topic: str = parse.variable(parse.topic)
    handover_topic: str = parse.variable(parse.topic)
    channel_ttl_seconds: int = parse.variable(parse.lifetime, "604800")
    safety_sync_seconds: float = parse.variable(parse.number(0, parse.TEN_YEARS), "3600")
    audit_seconds: float = parse.variable(parse.number(0, parse.TEN_YEARS), "86400")
    change_retention_days: float = parse.variable(parse.positive(3650), "30")
    event_snapshot: str = parse.variable(parse.one_of("fingerprint", "full"), "fingerprint")
    renew_after_fraction: float = parse.variable(parse.fraction, "0.8")
    poll_seconds: float = parse.variable(parse.seconds, "900")
    probe_seconds: float = parse.variable(parse.seconds, "86400")
    believe_seconds: float = parse.variable(parse.seconds, "900")
    confirm_seconds: float = parse.variable(parse.seconds, "120")
    settle_seconds: float = parse.variable(parse.seconds, "30")
    brake_seconds: float = parse.variable(parse.seconds, "60")
    lease_seconds: float = parse.variable(parse.number(1, parse.TEN_YEARS), "60")
    sweep_threads: int = parse.variable(parse.whole(1, 256), "16")
    sweep_seconds: float = parse.variable(parse.seconds, "50")
    threads: int = parse.variable(parse.whole(1, 1000), "4")
    """What the server has for requests: it reads the same variable, and has four for each CPU without it."""

    @property
    def call_seconds(self) -> float:
        """How long one call to Google may take: a lease outlives it, and a heartbeat fits in besides."""
        return min(_LONGEST_CALL, self.lease_seconds / 3)

    @property
    def wakeup_slots(self) -> int:
        """All but two: those are for Scheduler's sweeps, which must not wait for wake-ups."""
        return max(1, self.threads - 2)

    @property
    def policy(self) -> Policy:
        return Policy(
            address=self.notification_url,
            key=ChannelTokens(self.channel_token_keys).fingerprint,
            project=self.google_cloud_project,
            internal_domains=self.internal_domains or self.subject_domains,
            baseline_in_stream=self.baseline_in_stream,
            epoch=self.epoch,
            calls_per_minute=self.calendar_calls_per_minute,
            channel_ttl=self.channel_ttl_seconds,
            renew_after_fraction=self.renew_after_fraction,
            safety_sync=timedelta(seconds=self.safety_sync_seconds),
            audit=timedelta(seconds=self.audit_seconds),
            poll=timedelta(seconds=self.poll_seconds),
            probe=timedelta(seconds=self.probe_seconds),
            believe=timedelta(seconds=self.believe_seconds),
            confirm=timedelta(seconds=self.confirm_seconds),
            settle=timedelta(seconds=self.settle_seconds),
            brake=timedelta(seconds=self.brake_seconds),
            lease=timedelta(seconds=self.lease_seconds),
            retention=timedelta(days=self.change_retention_days),
            whole_events=self.event_snapshot == "full",
            publishes=bool(self.changes_topic),
        )


def _read(environ: Mapping[str, str], variables: Iterable[Field[Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    problems = []
    for variable in variables:
        name = variable.name.upper()
        text = environ.get(name, "").strip() or variable.metadata["default"]
        try:
            values[variable.name] = variable.metadata["parse"](text)
        except ValueError as problem:
            problems.append(f"{name} {problem}" if text else f"{name} is not set and {problem}")
    problems += _contradictions(values)
    if problems:
        raise InvalidSettingsError(problems)
    return values


def _contradictions(values: Mapping[str, Any]) -> Iterator[str]:
    """Check the rules between variables, as far as those could be read."""
    mode = values.get("auth_mode")
    for name, modes in _NEEDED_BY.items():
        if mode in modes and not values.get(name, "unreadable"):
            yield f"{name.upper()} is not set and must be where AUTH_MODE is {mode}"
    if mode == "anonymous" and not parse.on_loopback(values.get("calendar_api_root", "http://localhost")):
        yield "AUTH_MODE must not be anonymous unless CALENDAR_API_ROOT is a loopback address"
    yield from _too_late_to_renew(values)


def _too_late_to_renew(values: Mapping[str, Any]) -> Iterator[str]:
    names = ("renew_after_fraction", "channel_ttl_seconds", "confirm_seconds")
    fraction, lifetime, confirm = (values.get(name, math.nan) for name in names)  # nan: compares with nothing
    if (1 - fraction) * lifetime <= 2 * confirm:
        yield (
            "RENEW_AFTER_FRACTION and CHANNEL_TTL_SECONDS leave a channel no more than two CONFIRM_SECONDS at its "
            "renewal: renew earlier, ask for a longer life or confirm sooner"
        )
