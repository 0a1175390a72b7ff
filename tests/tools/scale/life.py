"""The watches of a population, each reconciled by the real reconciler when its turn comes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from calendar_watch.decisions import next_step, reading, registration, renewal
from calendar_watch.decisions.listing import audit
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.notification import SYNC, PendingNotification
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import RESOURCES, Resource
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch
from calendar_watch.ports import Services
from calendar_watch.reconciler.reconcile import reconcile
from tests.support.aside import AtOnce
from tests.tools.scale.assumptions import Assumptions, Deployment, seconds
from tests.tools.scale.outside import Books, Clock, Google, Topic, second_of

_KEY = "k" * 32
_SWEEP = 50.0
_IRRATIONAL = (5**0.5 / 2, 2**0.5, 3**0.5)
"""Multiples of one leave hardly any gap between 0 and 1, however many they are."""


def policy_of(deployment: Deployment) -> Policy:
    return Policy(
        address="https://notifications.example.com/",
        key=ChannelTokens([_KEY]).fingerprint,
        project="p",
        safety_sync=seconds(deployment.safety_sync),
        audit=seconds(deployment.audit),
        calls_per_minute=deployment.calls_per_minute // deployment.max_instances,
        publishes=True,
    )


@dataclass(frozen=True, slots=True)
class Done:
    """What one reconciliation took."""

    took: float
    spent: Counter[str]
    told: list[tuple[str, float]]
    opened: list[str]
    """Ids of the channels that Google opened."""
    steps: list[str]


class Life:
    """`watches` is who there is; `user_of` and `resource_of` name a token."""

    def __init__(self, deployment: Deployment, assumed: Assumptions, random: Random):
        self.policy = policy_of(deployment)
        self.clock = Clock(random)
        self.books = Books(self.clock, assumed.rpc)
        self.google = Google(self.clock, assumed)
        self.topic = Topic(self.clock, assumed.publish_call)
        self._assumed = assumed
        self._random = random
        self._numbers = count()
        self._services = Services(
            store=self.books,  # type: ignore[arg-type] # (of the port's methods those that reconciling needs)
            calendar=self.google,
            publisher=self.topic,
            tokens=ChannelTokens([_KEY]),
            policy=self.policy,
            clock=self.clock.now,
            new_id=lambda: f"{next(self._numbers):032}",
            jitter=random.random,
            aside=AtOnce(),
            terminating=lambda: False,
        )

    def target(self, user: int, place: int) -> Target:
        resource, subject = self._assumed.of_a_user[place], f"u{user}@example.com"
        return Target(resource, f"c{place // 3}.{user}@example.com" if resource.per_calendar else None, subject)

    def enrol(self, target: Target, due: float) -> None:
        """As a batch would, to be opened at `due`."""
        watch = registration.created(target, Options(), self.clock.now())
        self.books.watches[watch.id] = watch.with_schedule(due_at=self.clock.now() + seconds(due - self.clock.at))

    def settle_in(self, targets: Sequence[Target], *, evenly: bool) -> None:
        """As if they had been there for long: channels of any age, readings and audits at any time.

        By chance, or, where each stands for many, evenly: those of very many are.
        """
        models = {each.name: self._model(each) for each in self._kinds()}
        self.clock.at = 0.0
        for number, target in enumerate(targets):
            phases = [number * each % 1 if evenly else self._random.random() for each in _IRRATIONAL]
            watch = self.aged(models[target.resource.name], target, *phases)
            self.books.watches[watch.id] = watch

    def _kinds(self) -> Iterator[Resource]:
        return (each for each in RESOURCES.values() if each in self._assumed.of_a_user)

    def _model(self, resource: Resource) -> Watch:
        """Opened by the real reconciler an hour ago, and at rest."""
        target = self.target(-1, self._assumed.of_a_user.index(resource))
        self.clock.at = -3_600.0
        self.enrol(target, self.clock.at)
        self.reconcile(target.id, self.clock.at)
        [channel] = self.books.watches[target.id].channels.by_id
        self.message(target.id, channel, SYNC, self.clock.at)
        for after in (1.0, 60.0, 120.0, 180.0):
            self.reconcile(target.id, -3_600.0 + after)
        for (watch_id, name), part in list(self.books.snapshots.items()):
            if watch_id == target.id:
                self.books.common[resource.name, name] = part
        return self.books.watches.pop(target.id)

    def aged(self, model: Watch, target: Target, to_renewal: float, to_reading: float, to_audit: float) -> Watch:
        """How far it is on the way to each, from 0 to 1."""
        now, policy = self.clock.now(), self.policy
        watch = replace(model, target=target)
        [channel] = model.channels.by_id.values()
        life = (channel.expiration or now) - channel.created
        since = now - to_renewal * life * renewal.old_at(watch, policy)
        channel = replace(channel, created=since, opened=since, expiration=since + life)
        watch = watch.with_channels(by_id={channel.id: channel})
        every = reading.safety(watch, policy)
        watch = watch.with_reading(read_at=now + to_reading * every if every else None)
        if next_audit := audit.planned(watch, now, policy).reading.audit.at:
            sooner = replace(watch.reading.audit, at=now + to_audit * (next_audit - now))
            watch = watch.with_reading(audit=sooner)
        return next_step.decided(watch, now, policy, "")[0]

    def change(self, watch_id: str) -> str | None:
        """Somebody changes an item; the id of the channel that Google tells."""
        self.google.versions[watch_id] += 1
        channel = self.books.watches[watch_id].confirmed(self.clock.now())
        return channel.id if channel else None

    def known(self, watch_id: str) -> bool:
        """Whether changes of it are told, as it was read before."""
        return self.books.watches[watch_id].reading.item_count is not None

    def message(self, watch_id: str, channel_id: str, state: str, at: float) -> bool:
        """Google's, to `notifications`: whether it is the first that waits."""
        self.clock.at, self.clock.spent = at, Counter()
        return self.books.put(PendingNotification(watch_id, channel_id, "r", None, self.clock.now(), state))

    def due(self, watch_id: str) -> float | None:
        moment = self.books.watches[watch_id].schedule.due_at
        return second_of(moment) if moment else None

    def reconcile(self, watch_id: str, at: float) -> Done:
        self.clock.at, self.clock.spent = at, Counter()
        result = reconcile(self._services, watch_id, Deadline.after(self.clock.now(), _SWEEP), self.clock.pass_by)
        told, self.topic.told = self.topic.told, []
        opened, self.google.opened = [each.id for each in self.google.opened], []
        return Done(self.clock.at - at, self.clock.spent, told, opened, result.steps)
