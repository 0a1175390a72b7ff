"""Deletions are absences: what a whole listing no longer shows, and what it takes until that is believed.

Google's listings are empty or short at times, although nothing is wrong (phw198/OutlookGoogleCalendarSync#1989): so
items that are missing are asked for one by one, as far as they are few, and where Google refuses to say, or that says
too little, a second listing decides; but not where Google does not answer just now, nor where it refuses after having
shown that its listings are wrong.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from calendar_watch.decisions.backoff import doubled
from calendar_watch.model.health import StepKind
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import Item
from calendar_watch.model.target import Target
from calendar_watch.model.watch import Watch

MOST_ASKED = 10
"""Items that are asked for one by one in a reading."""
_Value = TypeVar("_Value")


class Proof(StrEnum):
    """What asking for a missing item says."""

    GONE = "gone"
    ALIVE = "alive"
    SILENT = "silent"
    """Nothing just now: what keeps Google from answering ought to pass."""
    REFUSED = "refused"
    """Nothing, and that may last."""


class Verdict(StrEnum):
    """What becomes of a listing in which something is missing."""

    BELIEVED = "believed"
    SEEN_AGAIN = "seen again"
    """A second listing decides."""
    WRONG = "wrong"
    """It counts for nothing, and is repeated."""


def can_ask(target: Target) -> bool:
    """Whether Google shows a single item exactly where a listing does."""
    return target.resource.item_parameters is not None and not target.event_types and not target.generated


def sample(missing: Sequence[_Value], chance: Callable[[], float]) -> list[_Value]:
    """All, or ten of them by chance (Algorithm S: Knuth, The Art of Computer Programming, volume 2, 3.4.2)."""
    chosen: list[_Value] = []
    for position, each in enumerate(missing):
        if chance() * (len(missing) - position) < MOST_ASKED - len(chosen):
            chosen.append(each)
    return chosen


def proof_of(item: Item) -> Proof:
    """What Google's answer says of an item that a listing did not show: some are kept although they are gone."""
    gone = item.get("status") == "cancelled" or item.get("deleted") is True or item.get("role") == "none"
    return Proof.GONE if gone else Proof.ALIVE


def verdict(missing: int, proofs: Sequence[Proof], *, second: bool, doubts: int) -> Verdict:
    """`proofs` are of those that were asked for; `second`: another listing has lacked so much before.

    `doubts`: so many were wrong in a row. A second one is no better witness then, should Google refuse to say.
    """
    if {Proof.ALIVE, Proof.SILENT} & {*proofs} or (doubts and Proof.REFUSED in proofs):
        return Verdict.WRONG
    return Verdict.BELIEVED if second or proofs.count(Proof.GONE) == missing else Verdict.SEEN_AGAIN


def put_off(watch: Watch, doubt: Verdict, now: datetime, policy: Policy) -> Watch:
    """The listing is not believed: to be seen a second time a while later; after a longer pause, if it was wrong."""
    doubts = watch.reading.doubts
    if doubt is Verdict.SEEN_AGAIN:
        return _again(watch.with_reading(brake=True), now + policy.brake)
    return _again(watch.with_reading(brake=False, doubts=doubts + 1), now + doubled(policy.brake, doubts))


def _again(watch: Watch, when: datetime) -> Watch:
    return watch.with_wait(StepKind.READ, when).with_reading(listing=None)
