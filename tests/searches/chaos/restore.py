"""The database is lost, and an older state of it is restored, while Google's side, people and consumers had gone on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from tests.searches.chaos.life import HOUR, Life

AGES: Mapping[str, timedelta] = {"hour": HOUR, "day": timedelta(days=1), "nine days": timedelta(days=9)}
"""How old what is restored may be: within a channel's life, beyond what an hour's safety reads see, beyond a week."""
_BUSY, _WORKING = HOUR, 4 * HOUR
"""How long everything goes on, and how long the lost database tells anything at all."""
_APART, _FAR_APART = HOUR, 12 * HOUR
"""At most, between two acts of somebody: while the database is there, and once it is away."""


def lose_and_restore(life: Life, age: timedelta) -> None:
    backup, promised = life.composition.database.backup(), dict(life.operators.answered)
    _go_on(life, age)
    _end_workers(life)
    life.composition.database.restore(backup)
    life.composition.deploy(replace(life.composition.policy, epoch=life.composition.policy.epoch + 1))
    life.operators.answered.clear()
    life.operators.answered.update(promised)
    life.deliveries.acknowledged.clear()
    life.watchman.restored()
    life.notification_box.restored()


def _go_on(life: Life, age: timedelta) -> None:
    """In a life that will be lost: an hour of everything, some of little, and then nobody works any more."""
    began = life.scheduler.now
    end = began + age
    while life.scheduler.now < began + min(age, _BUSY):
        life.step()
    while life.scheduler.now < began + min(age, _WORKING):
        life.random.choice((life.users.act, life.ask))()
        life.flow(min(life.random.random() * _APART, end - life.scheduler.now))
    while life.scheduler.now < end:
        life.users.act()
        life.scheduler.now = min(end, life.scheduler.now + life.random.random() * _FAR_APART)
        _lose_messages(life)


def _lose_messages(life: Life) -> None:
    google = life.composition.google
    for delivery in google.take_due(life.scheduler.now):
        google.delivered(delivery, 204)


def _end_workers(life: Life) -> None:
    """What they were at is at the old database, which nobody looks at any more."""
    for worker in list(life.scheduler.workers):
        life.scheduler.kill(worker)
