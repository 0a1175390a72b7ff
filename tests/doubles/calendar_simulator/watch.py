"""What a client orders when it watches: the body of a watch request, understood and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from . import errors
from .collection import Topic
from .options import Options

_ID = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")
_LONGEST_TOKEN = 256


@dataclass(frozen=True)
class Order:
    id: str
    address: str
    token: str | None
    expiration: datetime
    #: whether the answer says nothing about the end
    silent: bool = False


def parse(body: Mapping[str, Any], now: datetime, options: Options) -> Order:
    for name in ("id", "type", "address"):
        if not body.get(name):
            raise errors.required(name)
    if not _ID.fullmatch(body["id"]):
        raise errors.channel_id_invalid()
    if body["type"] not in ("web_hook", "webhook"):
        raise errors.channel_type_not_supported(body["type"])
    if len(body.get("token", "")) > _LONGEST_TOKEN:
        raise errors.invalid_value(f"The channel token is longer than {_LONGEST_TOKEN} characters.")
    _check_address(body["address"], options)
    return Order(body["id"], body["address"], body.get("token"), _expiration(body, now, options))


def watchable(topic: Topic, options: Options) -> Topic:
    """Refuse what belongs to a calendar that cannot be watched."""
    if topic.owner.endswith(options.unwatchable):
        raise errors.push_not_supported()
    return topic


def _check_address(address: str, options: Options) -> None:
    parts = _split(address)
    if parts.scheme != "https" and not (options.loopback_http and _is_loopback_http(parts)):
        raise errors.webhook_not_https(address)
    if parts.hostname in options.refused_webhook_hosts:
        raise errors.webhook_unauthorized(address)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise errors.webhook_without_host(address) from None
    if not parts.hostname:
        raise errors.webhook_without_host(address)
    return parts


def _is_loopback_http(parts: SplitResult) -> bool:
    try:
        return parts.scheme == "http" and ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "http" and parts.hostname == "localhost"


def _expiration(body: Mapping[str, Any], now: datetime, options: Options) -> datetime:
    """Return the earliest of what was asked for and what is granted at most, in whole milliseconds."""
    ttl = body.get("params", {}).get("ttl")
    wishes: list[float] = [] if ttl is None else [_whole(ttl)]
    if "expiration" in body:
        wishes.append(_whole(body["expiration"]) / 1000 - now.timestamp())
    for seconds in wishes:
        if seconds <= 0:
            raise errors.push_invalid_ttl(f"{seconds:.0f}")
    lifetime = min(*wishes, options.max_lifetime_seconds) if wishes else options.default_lifetime_seconds
    millis = round((now.timestamp() + lifetime) * 1000)
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=millis)


def _whole(number: str | int) -> int:
    if not re.fullmatch(r"-?\d{1,18}", str(number)):
        raise errors.push_invalid_ttl(str(number))
    return int(number)
