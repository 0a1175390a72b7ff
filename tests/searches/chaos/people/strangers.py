"""Another deployment with keys of its own, on the same Google; and somebody who writes where only we should."""

from datetime import timedelta
from random import Random
from urllib.parse import quote

from calendar_watch.model.notification import SYNC, PendingNotification
from calendar_watch.model.watch import Watch
from calendar_watch.ports import Filter
from tests.doubles.calendar_simulator import Actor
from tests.doubles.calendar_simulator.channels import Channel
from tests.searches.chaos.composition import Composition
from tests.support.world import ADDRESS, ALICE, BOB

_THEIRS = "https://elsewhere.example.com/"


class Strangers:
    """Their channels are to live for as long as Google said."""

    def __init__(self, composition: Composition):
        self._composition = composition
        for user in (ALICE, BOB):
            for collection in (f"calendars/{quote(user)}/acl", f"calendars/{quote(user)}/events", "users/me/settings"):
                self._open(user, collection)

    def _open(self, user: str, collection: str) -> None:
        google = self._composition.google
        name = f"theirs-{len(google.channels_ever())}"
        Actor(google, user).post(
            f"{collection}/watch", {"id": name, "type": "web_hook", "address": _THEIRS, "token": "of another key"}
        )

    def lost(self) -> list[Channel]:
        now = self._composition.now
        return [
            each
            for each in self._composition.google.channels_ever()
            if each.address == _THEIRS and not each.is_live(now) and now < each.expiration
        ]

    def intrude(self, dice: Random) -> None:
        """Forge a message of one watch that names the channel of another: of ours or of theirs."""
        channels = self._composition.google.live_channels()
        watches = list(self._composition.store.page(Filter(), "", 10_000).watches)
        if not channels or not watches:
            return
        victim, watch = dice.choice(channels), dice.choice(watches)
        if self._are_of_one_collection(victim, watch) or victim.id in watch.channels.by_id:
            return  # whoever is on one collection with another is not protected from it
        self._composition.store.put(
            PendingNotification(watch.id, victim.id, victim.resource_id, None, self._composition.now, "exists")
        )

    def _are_of_one_collection(self, channel: Channel, watch: Watch) -> bool:
        """Even if Google names the resource to the watch only after this, while the news waits."""
        watched = watch.target.calendar_id or watch.target.subject or ""
        topic = self._composition.google.collection(watch.target.resource.name, watched).topic
        return channel.topic == topic or channel.resource_id in watch.channels.resource_ids

    def repeat(self, dice: Random) -> None:
        """Send a channel's first message again, with an end that contradicts Google's answer."""
        known = (
            (watch, channel)
            for watch in self._composition.store.page(Filter(), "", 10_000).watches
            for channel in watch.channels.by_id.values()
            if channel.current and channel.confirmed and channel.expiration_said
        )
        now, spoken = self._composition.now, [*known]
        if not spoken:
            return
        watch, channel = dice.choice(spoken)
        end = now + dice.choice((timedelta(minutes=5), timedelta(days=20)))
        repeated = PendingNotification(watch.id, channel.id, channel.resource_id or "", end, now, SYNC)
        self._composition.store.put(repeated)


def ours(channel: Channel) -> bool:
    return channel.address == ADDRESS
