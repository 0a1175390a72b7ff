"""A consumer of the resume feeds: shows what arrives as it arrives, and keeps count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.stack import Stack, until

from .screen import Screen

Event = Mapping[str, Any]
_DONE_AT_GOOGLE = 10


@dataclass
class Followed:
    """One watch: its feed so far, and the channel it had when we last looked."""

    id: str
    resource: str
    channel: str
    feed: list[Event] = field(default_factory=list)
    renewals: int = 0


class Follower:
    def __init__(self, stack: Stack, screen: Screen):
        self.watches: list[Followed] = []
        self._stack = stack
        self._screen = screen

    def open(self, resource: str, **order: str) -> Followed:
        watch_id = self._stack.api.open(resource=resource, subject="alice@example.com", **order)["id"]
        watch = until(lambda: self._active(watch_id), f"the watch of {resource} is active")
        followed = Followed(watch_id, resource, watch["channel"]["id"])
        self.watches.append(followed)
        self._screen.note(f"{resource}: {watch['itemCount']} items, channel {_short(followed.channel)}")
        return followed

    def changes(self) -> list[Event]:
        """All so far, of all watches."""
        for watch in self.watches:
            self._catch_up(watch)
        return [event for watch in self.watches for event in watch.feed if "itemId" in event["data"]]

    @property
    def renewals(self) -> int:
        return sum(watch.renewals for watch in self.watches)

    def _active(self, watch_id: str) -> Any:
        watch = self._stack.api.show(watch_id)
        return watch if watch["state"] == "active" else None

    def _catch_up(self, watch: Followed) -> None:
        for event in self._stack.api.changes(watch.id, len(watch.feed)):
            watch.feed.append(event)
            self._show(watch, event)

    def _show(self, watch: Followed, event: Event) -> None:
        kind = event["type"].split(".")[-2]
        if "itemId" in event["data"]:
            self._screen.change(kind, f"{watch.resource} {_told(event['data'])}")
        elif kind == "renewed":
            self._show_renewal(watch)
        elif kind != "opened":
            self._screen.note(f"{watch.resource}: {kind}")

    def _show_renewal(self, watch: Followed) -> None:
        old, watch.channel = watch.channel, self._stack.api.show(watch.id)["channel"]["id"]
        what = f"channel {_short(old)} was stopped at Google"
        until(lambda: old not in _ids(self._stack.google.live_channels()), what, _DONE_AT_GOOGLE)
        watch.renewals += 1
        self._screen.note(f"{watch.resource}: renewed, channel {_short(watch.channel)} opened; {what}")


def _ids(channels: list[Any]) -> set[str]:
    return {each["id"] for each in channels}


def _short(channel_id: str) -> str:
    return channel_id[:8]


def _told(data: Mapping[str, Any]) -> str:
    before, after = _brief(data["before"]), _brief(data["after"])
    item = data["after"] or data["before"]
    return f"{item.get('summary', data['itemId'])}: {before} -> {after}  ({data['cause']})"


def _brief(item: Mapping[str, Any] | None) -> str:
    """What matters of an ACL rule, an entry of a calendar list or a setting."""
    if item is None:
        return "nothing"
    return str(item.get("role") or item.get("accessRole") or item["value"])
