"""The environment variables, read and checked together: one error names every wrong one, and how to mend it.

Each field below is a variable: its name in capitals, what reads it, its default. An empty variable counts as unset.
No value is ever repeated in a problem, since any variable may hold a key by mistake.
"""

import ipaddress
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from typing import Any, Self, TypeVar

from calendar_watch.errors import InvalidSettingsError
from calendar_watch.policy import Policy
from calendar_watch.resources import RESOURCES
from calendar_watch.tokens import Tokens

_T = TypeVar("_T")

_LONGEST_CALL = 20.0
_TEN_YEARS = 10 * 365 * 86400  # far longer would overflow a date
_SPREAD = 0.1  # renewals fall within this much before RENEW_AFTER_FRACTION
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))

# Narrower than a URL may be, so that nobody after us takes another host from it than we did.
_URL = re.compile(r'(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?][!"$-~]*)?')

_NEEDED_BY = {
    "calendar_service_account": {"delegated", "service_account"},
    "subject_domains": {"delegated", "token_service"},
    "token_service_url": {"token_service"},
}


# Whatever reads a variable returns its value, or raises ValueError with the rest of a sentence that begins with the
# name. An unset variable without a default is read as an empty text.


def _checked(read: Callable[[str], _T], accept: Callable[[_T], object], problem: str) -> Callable[[str], _T]:
    def parse(text: str) -> _T:
        with suppress(ValueError):
            value = read(text)
            if accept(value):
                return value
        raise ValueError(problem)

    return parse


def _matching(pattern: str, problem: str) -> Callable[[str], str]:
    return _checked(str, re.compile(pattern).fullmatch, problem)


def _number(low: float, high: float) -> Callable[[str], float]:
    return _checked(float, lambda value: low <= value <= high, f"must be a number from {low} to {high}")


def _positive(high: float) -> Callable[[str], float]:
    return _checked(float, lambda value: 0 < value <= high, f"must be a number above 0 and at most {high}")


def _whole(low: int, high: int) -> Callable[[str], int]:
    return _checked(int, lambda value: low <= value <= high, f"must be a whole number from {low} to {high}")


def _one_of(*names: str) -> Callable[[str], str]:
    return _checked(str, names.__contains__, f"must be one of {', '.join(names)}")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _set(text: str) -> frozenset[str]:
    return frozenset(_list(text))


def _lower_case_set(text: str) -> frozenset[str]:
    return _set(text.lower())


def _are_keys(keys: tuple[str, ...]) -> bool:
    return bool(keys) and all(len(key) >= 32 and key.isprintable() for key in keys)  # noqa: PLR2004 - the contract's


def _are_resources(names: frozenset[str]) -> bool:
    return bool(names) and names <= RESOURCES.keys()


def _are_domains(names: frozenset[str]) -> bool:
    return all(re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", name) for name in names)


_seconds = _positive(_TEN_YEARS)
_fraction = _checked(float, lambda value: _SPREAD < value < 1, f"must be a number above {_SPREAD} and below 1")
_project = _matching(r"[A-Za-z0-9_.:-]+", "must be the id of your Google Cloud project")
_database = _matching(r"\(default\)|[a-z][a-z0-9-]*", "must be the id of a Firestore database in that project")
_account = _matching(r"(?:[A-Za-z0-9._-]+@[A-Za-z0-9.-]+)?", "must be the e-mail address of a service account")
_topic = _matching(
    r"(?:projects/[a-z0-9.:-]+/topics/[A-Za-z][A-Za-z0-9._~+%-]{2,254})?",
    "must be a full topic name, projects/<project>/topics/<topic>, or empty",
)
_host = _matching(r"(?:[A-Za-z0-9.-]+:[0-9]{1,5})?", "must be host:port, or empty")
_keys = _checked(
    _list,
    _are_keys,
    "must hold keys of 32 or more printable characters each, comma separated, newest first, "
    "such as `openssl rand -hex 32` makes",
)
_resources = _checked(_set, _are_resources, f"must name some of {', '.join(RESOURCES)}, comma separated, and no others")
_domains = _checked(_lower_case_set, _are_domains, "must hold domains such as example.com, comma separated, without @")


def _lifetime(text: str) -> int:
    """Round up: Google is asked in whole seconds."""
    return math.ceil(_seconds(text))


def _address(text: str) -> str:
    parts = _URL.fullmatch(text)
    if not parts:
        raise ValueError("must be a URL such as https://example.com/path, without user name, password or fragment")
    if parts[1] == "http" and not _on_loopback(text):
        raise ValueError("must begin with https: plain http is for loopback only")
    return text


def _optional_address(text: str) -> str:
    return _address(text) if text else ""


def _root(text: str) -> str:
    if "?" in text:
        raise ValueError("must not have a query: paths are put behind it")
    return _address(text).rstrip("/")


def _on_loopback(url: str) -> bool:
    host = _URL.sub(r"\2", url).strip("[]").lower()
    with suppress(ValueError):
        return any(ipaddress.ip_address(host) in network for network in _LOOPBACK)
    return host == "localhost"


def _variable(parse: Callable[[str], Any], default: str = "", **options: Any) -> Any:
    return field(metadata={"parse": parse, "default": default}, **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSettings:
    """All that `notifications` is told: it has no business with the rest."""

    google_cloud_project: str = _variable(_project)
    firestore_database: str = _variable(_database, "calendar-watch")
    channel_token_keys: tuple[str, ...] = _variable(_keys, repr=False)
    wakeup_topic: str = _variable(_topic)
    pubsub_emulator_host: str = _variable(_host)
    log_level: str = _variable(_one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), "INFO")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        return cls(**_read(environ, fields(cls)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(IntakeSettings):
    """All that `watches` and `renew` are told."""

    notification_url: str = _variable(_address)
    resources: frozenset[str] = _variable(_resources, "acl,calendarList")
    auth_mode: str = _variable(_one_of("delegated", "service_account", "token_service", "anonymous"), "delegated")
    calendar_service_account: str = _variable(_account)
    subject_domains: frozenset[str] = _variable(_domains)
    """Empty: any subject; only `anonymous` and `service_account` may leave it so."""
    token_service_url: str = _variable(_optional_address)
    calendar_api_root: str = _variable(_root, "https://www.googleapis.com/calendar/v3")
    calendar_calls_per_minute: int = _variable(_whole(1, 1_000_000), "6000")
    changes_topic: str = _variable(_topic)
    channel_ttl_seconds: int = _variable(_lifetime, "604800")
    safety_sync_seconds: float = _variable(_number(0, _TEN_YEARS), "3600")
    change_retention_days: float = _variable(_positive(3650), "30")
    event_snapshot: str = _variable(_one_of("fingerprint", "full"), "fingerprint")
    renew_after_fraction: float = _variable(_fraction, "0.8")
    poll_seconds: float = _variable(_seconds, "900")
    probe_seconds: float = _variable(_seconds, "86400")
    confirm_seconds: float = _variable(_seconds, "120")
    settle_seconds: float = _variable(_seconds, "30")
    brake_seconds: float = _variable(_seconds, "60")
    lease_seconds: float = _variable(_number(1, _TEN_YEARS), "60")
    sweep_threads: int = _variable(_whole(1, 256), "16")
    sweep_seconds: float = _variable(_seconds, "50")

    @property
    def call_seconds(self) -> float:
        """How long one call to Google may take: a lease outlives it, and a heartbeat fits in besides."""
        return min(_LONGEST_CALL, self.lease_seconds / 3)

    @property
    def policy(self) -> Policy:
        return Policy(
            address=self.notification_url,
            key=Tokens(self.channel_token_keys).fingerprint,
            channel_ttl=self.channel_ttl_seconds,
            renew_after_fraction=self.renew_after_fraction,
            safety_sync=timedelta(seconds=self.safety_sync_seconds),
            poll=timedelta(seconds=self.poll_seconds),
            probe=timedelta(seconds=self.probe_seconds),
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
    if mode == "anonymous" and not _on_loopback(values.get("calendar_api_root", "http://localhost")):
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
