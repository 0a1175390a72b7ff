"""What a test may choose about the simulated Google. Defaults are what Google documents, where it does."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self, get_args

WEEK = 604_800
ExpirationFormat = Literal["string", "number", "missing"]
Sync = Literal["after", "before", "never"]


@dataclass(frozen=True)
class Options:
    #: who acts when a request carries no Authorization header
    default_user: str = "alice@example.com"
    #: answers are indented, where a call does not say otherwise; that takes longer than all the rest of an answer
    pretty: bool = True
    default_lifetime_seconds: int = WEEK
    max_lifetime_seconds: int = WEEK
    #: how the answer to watch spells `expiration`
    expiration_format: ExpirationFormat = "string"
    #: when the sync message leaves, seen from the answer to watch
    sync: Sync = "after"
    sync_token_lifetime_seconds: int = 30 * 86_400
    page_token_lifetime_seconds: int = 30 * 86_400
    #: listings show collections as they were so long ago; notifications and `get` do not lag
    listing_lag_seconds: int = 0
    #: endings of the ids of calendars that refuse to be watched
    unwatchable: tuple[str, ...] = ("@group.v.calendar.google.com",)
    refused_webhook_hosts: tuple[str, ...] = ()
    #: plain http to loopback is the simulator's own allowance
    loopback_http: bool = True
    #: the wait before the first redelivery; it doubles with each
    first_retry_seconds: float = 1.0
    retry_for_seconds: int = 86_400

    def __post_init__(self) -> None:
        if self.expiration_format not in get_args(ExpirationFormat) or self.sync not in get_args(Sync):
            raise ValueError(f"no such choice: {self.expiration_format!r} or {self.sync!r}")

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Take changes as JSON spells them; a wrong name is a `ValueError`, a wrong type a `TypeError`."""
        unknown = changes.keys() - {field.name for field in fields(self)}
        if unknown:
            raise ValueError(f"no such option: {', '.join(sorted(unknown))}")
        typed: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()
        }
        for name, value in typed.items():
            current = getattr(self, name)
            if not isinstance(value, (int, float) if isinstance(current, float) else type(current)):
                raise TypeError(f"{name} cannot be {value!r}")
        return replace(self, **typed)
