"""What happens to Google, to Firestore and to the way between, beyond what befalls single calls."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tests.doubles.calendar_simulator import Actor
from tests.doubles.calendar_simulator.channels import Channel
from tests.searches.chaos.composition import Composition
from tests.searches.chaos.edges.deliveries import Deliveries
from tests.searches.chaos.fault_rates import Dice
from tests.searches.chaos.people.strangers import Strangers, ours
from tests.searches.chaos.senses.sharing import INSIDE
from tests.support.world import ADDRESS, ALICE, BOB

_WHOLE = ("acl", "calendarList", "settings")
"""Where a listing that is too short for once can be made up for; an increment of events would be a lie for good."""

IN_STREAM = (frozenset({"acl", "settings"}), frozenset({"acl", "calendarList"}))
"""Whose baseline is told in the stream, at one time or another."""


class Outages:
    def __init__(
        self,
        composition: Composition,
        dice: Dice,
        deliveries: Deliveries,
        strangers: Strangers,
        random: Random,
    ):
        self._composition = composition
        self._dice = dice
        self._deliveries = deliveries
        self._random = random
        self.ended: set[str] = set()
        """Channels that somebody else has stopped."""
        self._undoing: list[tuple[datetime, Callable[[], None]]] = []
        self._outages: Mapping[str, Callable[[], None]] = {
            "google away": lambda: self._away("google"),
            "firestore away": lambda: self._away("store"),
            "pubsub away": lambda: self._away("pubsub"),
            "empty listing": lambda: composition.google.faults.empty_next_listings(random.choice(_WHOLE), 1),
            "half a listing": lambda: composition.google.faults.halve_next_listings(random.choice(_WHOLE), 1),
            "tokens expire": composition.google.expire_sync_tokens,
            "revoked": self._revoke,
            "unreachable": lambda: self._block("fail"),
            "blocked": lambda: self._block("drop"),
            "channel dies": self._silence,
            "channel ends early": self._end_early,
            "other domains": self._redomain,
            "intruder": lambda: strangers.intrude(random),
            "false end": lambda: strangers.repeat(random),
        }

    def begin(self) -> None:
        what = self._random.choice(sorted(self._dice.rates.outages))
        self._dice.struck[what] += 1
        self._outages[what]()

    def mend(self) -> None:
        """What was to last until now is over."""
        now = self._composition.now
        for _, undo in [each for each in self._undoing if each[0] <= now]:
            undo()
        self._undoing = [each for each in self._undoing if each[0] > now]

    def finish(self) -> None:
        for _, undo in self._undoing:
            undo()
        self._undoing.clear()
        self._deliveries.silent.clear()

    def _for_a_while(self, undo: Callable[[], None]) -> None:
        self._undoing.append((self._composition.now + timedelta(minutes=self._random.uniform(0.5, 10)), undo))

    def _away(self, edge: str) -> None:
        self._dice.away(edge, self._random.uniform(5, 120))

    def _revoke(self) -> None:
        subject = self._random.choice((ALICE, BOB))
        self._composition.revoked.add(subject)
        self._for_a_while(lambda: self._composition.revoked.discard(subject))

    def _redomain(self) -> None:
        """No outage, but as rare: other domains become internal, and other baselines are told, if any."""
        policy = self._composition.policy
        [other] = {*INSIDE} - {policy.internal_domains}
        swapped = dict(zip(IN_STREAM, reversed(IN_STREAM), strict=True))
        in_stream = swapped.get(policy.baseline_in_stream, policy.baseline_in_stream)
        self._composition.deploy(replace(policy, internal_domains=other, baseline_in_stream=in_stream))

    def _block(self, how: str) -> None:
        faults = self._composition.google.faults
        faults.block(ADDRESS, "drop" if how == "drop" else "fail")
        self._for_a_while(lambda: faults.unblock(ADDRESS))

    def _live(self) -> list[Channel]:
        return [each for each in self._composition.google.live_channels() if ours(each)]

    def _silence(self) -> None:
        live = self._live()
        if live:
            self._deliveries.silent.add(self._random.choice(live).id)

    def _end_early(self) -> None:
        """Google may end a channel whenever it likes: here, somebody else with the same account stops it."""
        live = self._live()
        if live:
            channel = self._random.choice(live)
            body = {"id": channel.id, "resourceId": channel.resource_id}
            Actor(self._composition.google, channel.subject).post("channels/stop", body)
            self.ended.add(channel.id)
