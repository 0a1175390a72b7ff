"""The writes of operators: a watch is asked for, asked for again, ended, or dropped for good."""

from dataclasses import replace
from datetime import datetime

from calendar_watch.model.policy import Policy
from calendar_watch.model.target import Order, Wish
from calendar_watch.model.watch import Cause, State, Watch


def created(order: Order, wish: Wish, now: datetime) -> Watch:
    return Watch(order=order, wish=wish, created=now, due_at=now, read_at=now)


def asked_again(watch: Watch, wish: Wish, now: datetime, policy: Policy) -> Watch:
    """A later POST: it replaces what was wished, and brings a stopped or suspended watch back to life."""
    again = replace(watch, wish=wish, by_operator=True, roster=watch.roster + (wish != watch.wish))
    if not watch.wanted or watch.state(now) is State.SUSPENDED:
        return resumed(again, now, policy)
    return _due_now(again, now) if again.follows_late else again


def resumed(watch: Watch, now: datetime, policy: Policy) -> Watch:
    forgotten = watch.stopped_at is not None and watch.stopped_at + policy.retention <= now
    anew = replace(
        watch,
        wanted=True,
        roster=watch.roster + 1,
        discarded=False,
        stopped_at=None,
        was_confirmed=False,
        unconfirmed=0,
        refusal=None,
        not_before={},
        failures={},
        brake=False,
        listing=None,
        read_at=now,
        read_cause=Cause.OPENED,
        item_count=None if forgotten else watch.item_count,
    )
    return _due_now(anew, now)


def ended(watch: Watch, now: datetime) -> Watch:
    """A DELETE. The holder, not the caller, stops channels and announces it."""
    if not watch.wanted:
        return watch
    return _due_now(replace(watch, wanted=False, by_operator=False, roster=watch.roster + 1), now)


def discarded(watch: Watch, now: datetime) -> Watch:
    """Google refused what this very request asked for: nothing is to be kept of it."""
    return replace(ended(watch, now), discarded=True)


def forgotten(watch: Watch) -> Watch:
    """Kept long enough after its end: what it read goes, the watch itself stays, so that its sequence counts on."""
    return replace(watch, item_count=None, digest="", sync_token="", listing=None, parts=("0",), stored=0)


def _due_now(watch: Watch, now: datetime) -> Watch:
    return watch if watch.holder else replace(watch, due_at=now)
