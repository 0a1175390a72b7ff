"""Following: a calendarList watch has other collections watched too, of every calendar that its subject owns."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from calendar_watch.decisions import registration
from calendar_watch.decisions.refusals import succeeded
from calendar_watch.model.collection.snapshot import Items
from calendar_watch.model.health import StepKind
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import RESOURCES, Item
from calendar_watch.model.target import Options, Target
from calendar_watch.model.watch import Watch


def targets(parent: Watch, items: Items) -> Mapping[str, Target]:
    """What `parent` wants to be watched besides, by watch id; `items` is what its own list shows."""
    if not parent.wanted:
        return {}
    subject, ours = parent.target.subject, _addresses(parent.target.subject, items)
    calendars = {_followed_as(each, item, subject) for each, item in items.items() if _owned(item, ours)}
    wanted = [Target(RESOURCES[name], each, subject) for each in sorted(calendars) for name in parent.options.follow]
    return {each.id: each for each in wanted}


def _addresses(subject: str | None, items: Items) -> frozenset[str]:
    """By which the user is known: a user who was renamed has a primary calendar with another id. Empty: nobody knows.

    vm0-ai/vm0#31096
    """
    primary = {each.lower() for each, item in items.items() if item.get("primary")}
    return frozenset({subject.lower()} | primary if subject else ())


def _owned(calendar: Item, ours: frozenset[str]) -> bool:
    """Every owner may do everything, but only one is the data owner, whom not every calendar names."""
    data_owner = calendar.get("dataOwner")
    ours_too = data_owner is None or not ours or str(data_owner).lower() in ours
    return calendar.get("accessRole") == "owner" and ours_too


def _followed_as(calendar_id: str, calendar: Item, subject: str | None) -> str:
    """The user's own calendar goes by the subject, as it does with Google: so the watch outlives a renaming."""
    return subject if subject and calendar.get("primary") else calendar_id


def child(parent: Watch, target: Target, position: int, now: datetime, policy: Policy) -> Watch:
    """One that was not there yet; `position` in the queue keeps many from opening at the same time."""
    watch = registration.created(target, Options(labels=parent.options.labels), now)
    due = _turn(position, now, policy)
    return replace(watch, by_operator=False, followed_by=(parent.id,)).with_schedule(due_at=due)


def _turn(position: int, now: datetime, policy: Policy) -> datetime:
    return now + position * registration.stagger_of_one_user(policy)


def kept(there: Watch, parent: Watch, position: int, now: datetime, policy: Policy) -> Watch:
    """One that is followed and stays so. What brought the parent back may have brought back this one too."""
    due = _turn(position, now, policy)
    return registration.revived(relabelled(there, parent), due)


def adopted(there: Watch, parent: Watch, position: int, now: datetime, policy: Policy) -> Watch:
    """One that was there already: alive, whoever asked for it, or at an end, from which it comes back in its turn."""
    watch = replace(there, followed_by=(*there.followed_by, parent.id))
    if there.wanted:
        return watch
    return relabelled(registration.resumed(watch, now, _turn(position, now, policy), policy), parent)


def relabelled(there: Watch, parent: Watch) -> Watch:
    """Labels are inherited, unless an operator has given others."""
    return there if there.by_operator else replace(there, options=replace(there.options, labels=parent.options.labels))


def dropped(there: Watch, parent: Watch, now: datetime) -> Watch:
    """It ends when nobody follows it any more and nobody asked for it directly."""
    watch = replace(there, followed_by=tuple(each for each in there.followed_by if each != parent.id))
    return watch if watch.followed_by or watch.by_operator else registration.ended(watch, now)


def done(parent: Watch) -> Watch:
    """What should be followed is. Who follows nothing needs not look again."""
    done = succeeded(parent, StepKind.FOLLOW)
    return done.with_following(done_to=parent.following.revision, any=parent.wanted and bool(parent.options.follow))
