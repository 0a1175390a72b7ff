"""What goes into the simulator and what comes out: values, without a socket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Call:
    """One request. The path is kept percent-encoded, because a calendar id may hold a slash."""

    method: str
    path: str
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of(cls, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Self:
        parts = urlsplit(url)
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        return cls(method, parts.path, _multi(parts.query), lowered, body)


def _multi(query: str) -> dict[str, tuple[str, ...]]:
    pairs: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        pairs[name] = (*pairs.get(name, ()), value)
    return pairs


@dataclass(frozen=True)
class Delivery:
    """One attempt to hand a notification to its address."""

    channel_id: str
    number: int
    state: str
    address: str
    headers: Mapping[str, str]
    due: datetime
    first_due: datetime
    attempt: int = 1


@dataclass(frozen=True)
class Answer:
    """One response, and the notifications that have to be on their way before it is handed out."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    preceded_by: tuple[Delivery, ...] = ()
    seconds: float = 0
    """How long it is on its way; only shells and adapters let that time pass."""
