"""A consumer of the resume feeds: shows what arrives as it arrives, and keeps it."""

from dataclasses import dataclass, field
from typing import Any

from tests.stack import Stack, until

from .change import Change, Event, is_change
from .screen import Screen


@dataclass
class Followed:
    """One watch: its feed so far, and the channel it had when we last looked."""

    id: str
    resource: str
    channel: str
    feed: list[Event] = field(default_factory=list)
    renewals: int = 0

    @property
    def unbroken(self) -> bool:
        return [int(event["sequence"]) for event in self.feed] == list(range(1, len(self.feed) + 1))


class Follower:
    def __init__(self, stack: Stack, screen: Screen):
        self.watches: list[Followed] = []
        self._stack = stack
        self._screen = screen

    def open(self, resource: str, **order: str) -> Followed:
        watch_id = self._stack.api.open(resource=resource, **order)["id"]
        watch = until(lambda: self._active(watch_id), f"the watch of {resource} is active")
        followed = Followed(watch_id, resource, watch["channel"]["id"])
        self.watches.append(followed)
        self._screen.note(f"{resource}: {watch['itemCount']} known, channel {_short(followed.channel)} is open")
        return followed

    def changes(self) -> list[Event]:
        """All so far, of all watches."""
        for watch in self.watches:
            self._catch_up(watch)
        return [event for watch in self.watches for event in watch.feed if is_change(event)]

    def _active(self, watch_id: str) -> Any:
        watch = self._stack.api.show(watch_id)
        return watch if watch["state"] == "active" else None

    def _catch_up(self, watch: Followed) -> None:
        for event in self._stack.api.changes(watch.id, len(watch.feed)):
            watch.feed.append(event)
            self._show(watch, event)

    def _show(self, watch: Followed, event: Event) -> None:
        kind = event["type"].split(".")[-2]
        if is_change(event):
            self._screen.change(kind, f"{Change.of(event)}  ({event['data']['cause']})")
        elif kind == "renewed":
            self._show_renewal(watch)
        elif kind != "opened":
            self._screen.note(f"{watch.resource}: {kind}, {event['data']['reason']}")

    def _show_renewal(self, watch: Followed) -> None:
        old, watch.channel = watch.channel, self._stack.api.show(watch.id)["channel"]["id"]
        until(lambda: old not in self.live(), f"channel {old} is stopped at Google")
        watch.renewals += 1
        news = f"channel {_short(watch.channel)} is open and proved, {_short(old)} was stopped at Google"
        self._screen.note(f"{watch.resource}: renewed, {news}")

    def live(self) -> set[str]:
        """Ids of the channels that Google would use now."""
        return {channel["id"] for channel in self._stack.google.live_channels()}


def _short(channel_id: str) -> str:
    return channel_id[:8]
