"""A consumer of Pub/Sub: shows what arrives as it arrives, and keeps it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.support.stack import Event, Stack, until

from .change import Change, cause, exposure, is_change, lets_outsiders_see
from .screen import Screen


@dataclass
class Followed:
    """One watch: its stream so far, and the channel it had when we last looked."""

    id: str
    resource: str
    channel: str = ""
    feed: list[Event] = field(default_factory=list)
    renewals: int = 0

    @property
    def unbroken(self) -> bool:
        return [int(event["sequence"]) for event in self.feed] == list(range(1, len(self.feed) + 1))

    def knows(self, event: Event) -> bool:
        """Pub/Sub may bring a message twice: each number counts once."""
        return int(event["sequence"]) <= len(self.feed)


class Follower:
    """Some watches are asked for, others are there because a calendar list follows them: all are met in the stream."""

    def __init__(self, stack: Stack, screen: Screen):
        self._watches: dict[str, Followed] = {}
        self._stack = stack
        self._screen = screen

    @property
    def watches(self) -> list[Followed]:
        return list(self._watches.values())

    def open(self, resource: str, **target: Any) -> Followed:
        watch_id = self._stack.api.open(resource=resource, **target)["id"]
        until(lambda: self._has_spoken(watch_id), f"the watch of {resource} is opened")
        return self._watches[watch_id]

    def changes(self) -> list[Event]:
        """All so far, of all watches."""
        for event in self._stack.pubsub.events():
            watch = self._watches.setdefault(event["partitionkey"], Followed(event["partitionkey"], event["resource"]))
            if not watch.knows(event):
                watch.feed.append(event)
                self._show(watch, event)
        return [event for watch in self.watches for event in watch.feed if is_change(event)]

    def live(self) -> set[str]:
        """Ids of the channels that Google would use now."""
        return {channel["id"] for channel in self._stack.google.live_channels()}

    def _has_spoken(self, watch_id: str) -> bool:
        self.changes()
        return watch_id in self._watches

    def _show(self, watch: Followed, event: Event) -> None:
        kind = event["type"].split(".")[-2]
        if is_change(event):
            show = self._screen.alarm if lets_outsiders_see(event) else self._screen.change
            show(kind, f"{Change.of(event)}{exposure(event)}  ({cause(event)}{_within(event)})")
        elif kind == "known":
            self._screen.note(f"there already: {Change.of(event)}")
        elif kind == "opened":
            self._show_opening(watch, event["data"]["itemCount"])
        elif kind == "renewed":
            self._show_renewal(watch)
        else:
            self._screen.note(": ".join(filter(None, (watch.resource, kind, event["data"]["reason"]))))

    def _show_opening(self, watch: Followed, count: int) -> None:
        shown = until(lambda: self._active(watch), f"the watch of {watch.resource} is active")
        watch.channel = shown["channel"]["id"]
        unasked = ", unasked: the calendar is hers" if shown["followedBy"] else ""
        self._screen.note(f"{watch.resource}: read, {count} in it; channel {_short(watch.channel)} opened{unasked}")

    def _active(self, watch: Followed) -> Any:
        shown = self._stack.api.show(watch.id)
        return shown if shown["state"] == "active" else None

    def _show_renewal(self, watch: Followed) -> None:
        shown = until(lambda: self._active(watch), f"the watch of {watch.resource} is active")
        old, watch.channel = watch.channel, shown["channel"]["id"]
        until(lambda: old not in self.live(), f"channel {old} is stopped at Google")
        watch.renewals += 1
        change = f"Google calls over channel {_short(watch.channel)} now, and was told to end {_short(old)}"
        self._screen.note(f"{watch.resource}: {change}")


def _within(event: Event) -> str:
    """How long it took from Google's call until the change was told."""
    called = event["data"]["noticeTime"]
    if not called:
        return ""
    took = datetime.fromisoformat(event["time"]) - datetime.fromisoformat(called)
    return f", told {took.total_seconds():.1f} s later"


def _short(channel_id: str) -> str:
    return channel_id[:8]
