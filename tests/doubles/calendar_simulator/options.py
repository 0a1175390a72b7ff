"""What a test may choose about the simulated Google. Defaults are what Google documents, where it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, Self, get_args

from .quirks import QUIRKS

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
    #: scopes that no administrator has delegated
    undelegated_scopes: tuple[str, ...] = ()
    #: at these, each address is a token of its own, for everything; anywhere else a token has to be made known
    token_domains: tuple[str, ...] = ()
    #: plain http to loopback is the simulator's own allowance
    loopback_http: bool = True
    #: the wait before the first redelivery; it doubles with each
    first_retry_seconds: float = 1.0
    retry_for_seconds: int = 86_400
    #: which quirks are on, and how often each strikes where it can: 0 to 1 by number; all others are off
    quirks: Mapping[str, float] = field(default_factory=dict)
    #: of all the quirks' dice; taken at the start only
    quirk_seed: str = "0"
    #: how long pages take for each item under Q08
    slow_seconds_per_item: float = 0.005

    def __post_init__(self) -> None:
        if self.expiration_format not in get_args(ExpirationFormat) or self.sync not in get_args(Sync):
            ways, moments = ", ".join(get_args(ExpirationFormat)), ", ".join(get_args(Sync))
            raise ValueError(f"expiration_format is one of {ways}; sync is one of {moments}")
        for name in ("unwatchable", "refused_webhook_hosts", "undelegated_scopes", "token_domains"):
            if not all(isinstance(each, str) for each in getattr(self, name)):
                raise TypeError(f"{name} is a list of texts")
        self._check_quirks()

    def _check_quirks(self) -> None:
        unknown = self.quirks.keys() - QUIRKS.keys()
        if unknown:
            raise ValueError(f"no such quirk: {', '.join(sorted(unknown))}; there are {', '.join(sorted(QUIRKS))}")
        for number, chance in self.quirks.items():
            if not isinstance(chance, (int, float)) or not 0 <= chance <= 1:
                raise ValueError(f"how often {number} strikes is a number from 0 to 1, not {chance!r}")

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Take changes as JSON spells them; a wrong name is a `ValueError`, a wrong type a `TypeError`."""
        unknown = changes.keys() - {each.name for each in fields(self)}
        if unknown:
            there = ", ".join(each.name for each in fields(self))
            raise ValueError(f"no such option: {', '.join(sorted(unknown))}; there are {there}")
        typed: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()
        }
        for name, value in typed.items():
            current = getattr(self, name)
            if name == "quirks" and not isinstance(value, dict):
                raise TypeError('quirks are numbers and chances, as in {"Q02": 0.5}')
            if not isinstance(value, (int, float) if isinstance(current, float) else type(current)):
                raise TypeError(f"{name} cannot be {value!r}; it is {current!r} now")
        return replace(self, **typed)
