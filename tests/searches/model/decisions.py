"""The rules of the model, as the real decisions have them: each on a watch that stands for a document."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from unittest.mock import patch

from calendar_watch.decisions import (
    baseline,
    channel_lifecycle,
    claim,
    pausing,
    publishing,
    reading,
    refusals,
    registration,
)
from calendar_watch.decisions.backoff import Failure
from calendar_watch.decisions.listing import absences
from calendar_watch.errors import TryLaterError
from calendar_watch.model.channel import Opening
from calendar_watch.model.collection.diff import compare
from calendar_watch.model.health import StepKind
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.policy import Policy
from calendar_watch.model.watch import Watch
from tests.searches.model.concrete import ANOTHER, LIFETIME, NOW, RESOURCE, began, doc_of, name, snapshot
from tests.searches.model.rules import ITEMS
from tests.searches.model.state import FOREIGN, Write

_LONG_AGO = NOW - timedelta(minutes=1)


def asked(write: Write) -> datetime:
    """Since when a reading is due that is due now: in the middle of a listing that was overtaken."""
    return NOW if write.rule == "read" and write.args[2] else _LONG_AGO


def _as_it_is(watch: Watch, _policy: Policy) -> Watch:
    return watch


def _claimed(watch: Watch, policy: Policy, channels: frozenset[int]) -> Watch:
    pending = [PendingNotification(watch.id, name(each), _resource(each), None, NOW) for each in sorted(channels)]
    return claim.claimed(watch, pending, "a worker", NOW, policy)


def _resource(channel_id: int) -> str:
    return ANOTHER if channel_id == FOREIGN else RESOURCE


def _opened(watch: Watch, policy: Policy, channel_id: int, age: str) -> Watch:
    """Google's message, if there was one, had told the same end."""
    held = watch.channels.by_id.get(name(channel_id))
    end = NOW if age == "over" else (held and held.expiration) or NOW + LIFETIME
    return channel_lifecycle.opened(watch, name(channel_id), Opening(RESOURCE, expiration=end), NOW, policy)


def _read(watch: Watch, policy: Policy, shown: int, value: int, _overtaken: bool) -> Watch:  # noqa: FBT001
    """As `read_whole` puts it together, where Google refuses to say of what is missing."""
    old, new = snapshot(doc_of(watch).snapshot), snapshot(shown)
    missing = old.items.keys() - new.items.keys()
    if missing:
        second, doubts = watch.reading.brake, watch.reading.doubts
        doubt = absences.verdict(len(missing), [absences.Proof.REFUSED], second=second, doubts=doubts)
        if doubt is not absences.Verdict.BELIEVED:
            return absences.put_off(watch, doubt, NOW, policy)
    found = reading.found(watch, compare(old, new), NOW, NOW, policy)
    return reading.kept(reading.read(found, began(value), policy, NOW), new, policy)


def _known_told(watch: Watch, policy: Policy) -> Watch:
    """One entry is as many as fit one write."""
    items = {each: {"id": each} for each in "abc"[:ITEMS]}
    with patch("calendar_watch.decisions.listing.portions.MOST_ITEMS", 1):
        return baseline.told(watch, items, NOW, policy)


def _published(watch: Watch, _policy: Policy, last: int) -> Watch:
    offset = watch.log.sequence - doc_of(watch).sequence
    return publishing.published(watch, [{"sequence": f"{last + offset:020d}"}])


def _failed(watch: Watch, policy: Policy, kind: str, may_have_happened: bool) -> Watch:  # noqa: FBT001
    failure = Failure(TryLaterError("later", may_have_happened=may_have_happened), NOW, 0.5)
    if kind == "publish":
        return publishing.unpublished(watch, failure)
    return refusals.failed(watch, StepKind(kind), failure, policy)


def _stopped(watch: Watch, _policy: Policy, channel_id: int) -> Watch:
    return channel_lifecycle.stopped(watch, name(channel_id), NOW)


def _stop_failed(watch: Watch, _policy: Policy, channel_id: int) -> Watch:
    return channel_lifecycle.stop_failed(watch, name(channel_id), Failure(TryLaterError("later"), NOW, 0.5))


def _paused(watch: Watch, _policy: Policy) -> Watch:
    return pausing.paused(watch, NOW)


def _ended(watch: Watch, _policy: Policy) -> Watch:
    return registration.ended(watch, NOW)


def _resumed(watch: Watch, policy: Policy) -> Watch:
    return registration.asked_again(watch, {}, NOW, NOW, policy)


RULES: Mapping[str, Callable[..., Watch]] = {
    "as_it_is": _as_it_is,
    "claimed": _claimed,
    "opened": _opened,
    "read": _read,
    "known_told": _known_told,
    "published": _published,
    "failed": _failed,
    "stopped": _stopped,
    "stop_failed": _stop_failed,
    "paused": _paused,
    "ended": _ended,
    "resumed": _resumed,
}
"""By the names of the model's rules."""
