"""Rules that were tried, or are easily got wrong, each with bounds within which the search finds out.

Most are flaws of simpler rules that a prototype of this model had shown before anything was built.
"""

from typing import NamedTuple

from tests.searches.model import following
from tests.searches.model.bounds import INTRUDER, Bounds
from tests.searches.model.rules import Rules
from tests.searches.model.state import Args, Channel, Doc, Write

_NONE: frozenset[str] = frozenset()


class NoSettling(Rules):
    def scheduled(self, doc: Doc, began: int) -> Doc:  # noqa: ARG002
        return doc._replace(read="never", cause="schedule")


class SettlingOnlyAfterNothingNew(Rules):
    def read(self, doc: Doc, shown: int, began: int, overtaken: bool) -> Doc:  # noqa: FBT001
        after = super().read(doc, shown, began, overtaken)
        return after if shown == doc.snapshot else after._replace(read="never", cause="schedule")


class ScheduledReadingCancelsSettling(Rules):
    def may_be_scheduled(self, doc: Doc) -> bool:
        return doc.read != "now"


class BrakeInDueAtAlone(Rules):
    """Whatever makes the watch due earlier ends the brake's minute."""

    def claimed(self, doc: Doc, notifications: frozenset[int]) -> Doc:
        return super().claimed(doc._replace(waits=doc.waits - {"read"}), notifications)


class UnansweredCommitRepeated(Rules):
    def after_unclear(self, write: Write) -> Write | None:
        return write if write.rule == "read" else None


class OneBackoffForAll(Rules):
    """A stop that fails keeps everything waiting, and comes first again."""

    def stop_failed(self, doc: Doc, channel_id: int) -> Doc:  # noqa: ARG002
        return doc._replace(waits=doc.waits | {"open", "read"})


class OvertakenReadingCounts(Rules):
    """A listing that began before another reading was asked for serves for that one too."""

    def read(self, doc: Doc, shown: int, began: int, overtaken: bool) -> Doc:  # noqa: ARG002, FBT001
        return super().read(doc, shown, began, overtaken=False)


class WorkerWithoutLeaseStopsItsChannel(Rules):
    def when_lease_is_lost(self, write: Write | None) -> Args:
        return write.args[:1] if write and write.rule == "opened" else ()


class StopWithoutMark(Rules):
    """Decided from the document each time, and never written down."""

    def given_up(self, doc: Doc, channel: Channel) -> Doc:
        return doc if channel.answered else doc.without(channel)

    def to_stop(self, doc: Doc) -> list[Channel]:
        live, retired = doc.confirmed, super().to_stop(doc)
        older = [each for each in doc.channels if each.current and live and each.id < live.id]
        return retired + [each for each in doc.channels if each in older or (each.answered and not doc.wanted)][:1]


class GivenUpWithTheIntent(Rules):
    def intended(self, doc: Doc) -> Doc:
        doc = super().intended(doc)
        return self.predecessors_given_up(doc, doc.generation)


class GivenUpBeforeTheNewIsConfirmed(Rules):
    def predecessors_given_up(self, doc: Doc, channel_id: int) -> Doc:
        for each in doc.channels:
            if each.current and each.id < channel_id:
                doc = self.given_up(doc, each)
        return doc


class DeadOnArrivalReplaces(Rules):
    def replaces(self, age: str) -> bool:  # noqa: ARG002
        return True


class SilentChannelCountedTwice(Rules):
    def counts(self, intent: Channel) -> bool:
        return not intent.confirmed


class NoReadingAfterOpening(Rules):
    def read_after_opening(self, doc: Doc) -> Doc:
        return doc


class FirstMessageCountsForNothing(Rules):
    def claimed(self, doc: Doc, notifications: frozenset[int]) -> Doc:
        confirmed = {each.id for each in doc.channels if each.confirmed}
        after = super().claimed(doc, notifications)
        return after if notifications & confirmed else after._replace(read=doc.read, cause=doc.cause)


class EndedWatchIgnoresTheUnknown(Rules):
    def orphaned(self, doc: Doc, channel_id: int) -> Doc:
        return super().orphaned(doc, channel_id) if doc.wanted else doc


class AnyUnknownChannelIsStopped(Rules):
    """Whatever resource its message names."""

    def may_be_stopped(self, doc: Doc, channel_id: int) -> bool:  # noqa: ARG002
        return True


class UnansweredIntentKept(Rules):
    """In a watch that is at its end."""

    def gone(self, doc: Doc, channel: Channel) -> bool:
        return channel.answered and super().gone(doc, channel)


class RetiredTakenBack(Rules):
    """By a message of the channel."""

    def heard(self, doc: Doc, channel_id: int) -> Doc:
        after = super().heard(doc, channel_id)
        channel = after.channel(channel_id)
        back = channel and doc.channel(channel_id) and not channel.stopped
        return after.having(channel._replace(retired=False)) if channel and back else after


class DocumentDeletedAtTheEnd(Rules):
    def resumed(self, doc: Doc) -> Doc:
        return super().resumed(Doc(channels=doc.channels, generation=doc.generation))


class ClaimableOnlyWhenDue(Rules):
    """As a wake-up would test it whose clock is slow."""

    def claimable(self, doc: Doc, *, notifications: bool) -> bool:  # noqa: ARG002
        return doc.due == "now"


class NothingPublishedNothingCounted(Rules):
    """Without a topic, `published` stays behind."""

    def next_step(self, doc: Doc) -> Args:
        return super().next_step(doc._replace(published=doc.sequence))

    def unpublishable(self, doc: Doc) -> Doc:
        return doc


class NotificationsTakenAtTheCommit(Rules):
    def taken_at(self) -> str:
        return "commit"


class NotificationsTakenBeforeTheClaim(Rules):
    def taken_at(self) -> str:
        return "look"


class UnconditionalCommit(Rules):
    def conditioned(self, kind: str) -> bool:
        return kind != "commit"


class AnsweredAnyway(Rules):
    def answers_anyway(self) -> bool:
        return True


class PublishedBeforeSent(Rules):
    """The mark goes ahead of the message."""

    def published(self, doc: Doc, last: int) -> Doc:  # noqa: ARG002
        return super().published(doc, doc.sequence)

    def read(self, doc: Doc, shown: int, began: int, overtaken: bool) -> Doc:  # noqa: FBT001
        return self.published(super().read(doc, shown, began, overtaken), 0)


class PausedUntilLater(Rules):
    """A worker whose time is up leaves what it had begun as if nothing were left to do."""

    def paused(self, doc: Doc) -> Doc:
        return super().paused(doc)._replace(due="later")


class LateWorkerWritesTheChild(following.Rules):
    """The child by itself, on its own condition alone."""

    def may_write(self, worker: following.Worker) -> bool:
        return worker.child


class ChildOnNoCondition(following.Rules):
    def may_write(self, worker: following.Worker) -> bool:
        return worker.parent


class OperatorsChildEnded(following.Rules):
    def dropped(self, child: following.Child) -> following.Child:
        return child._replace(alive=False, followed=False)


class FollowingOnlyWhenDone(following.Rules):
    """Nobody looks for children of a list that was never done with."""

    def written_with_a_child(self, parent: following.Parent) -> following.Parent:
        return parent


class OptionsWithoutRevision(following.Rules):
    """Only what the list shows counts, as if `follow` were in its log."""

    def asked_again(self, parent: following.Parent) -> following.Parent:
        return parent._replace(follows=not parent.follows)


class BaselineBegunAnew(Rules):
    """Whoever takes over from a dead worker begins with the first item again."""

    def begun(self, doc: Doc) -> Doc:
        return doc._replace(baseline="under way", first=doc.sequence + 1)


class ReadWithinABaseline(Rules):
    def baseline_due(self, doc: Doc) -> bool:
        reads = doc.wanted and doc.read == "now" and "read" not in doc.waits
        return super().baseline_due(doc) and not reads


class ToldWithinABaseline(Rules):
    """What becomes of the watch itself."""

    def keeps_silent(self, doc: Doc) -> bool:  # noqa: ARG002
        return False


class BaselineEndsWithTheWatch(Rules):
    def baseline_due(self, doc: Doc) -> bool:
        return doc.wanted and super().baseline_due(doc)


class Mutant(NamedTuple):
    rules: type[Rules]
    bounds: Bounds
    quick: bool = True
    """Found soon enough for every run of the tests."""


_READING = Bounds(changes=2, faults=1)
_LAG = Bounds(changes=2, lag=True)
_WRONG = Bounds(changes=2, faults=2, wrong=True, of=frozenset({"slow", "lost answer"}))
_RENEWAL = Bounds(generations=2, faults=1)
_THREE = Bounds(generations=3, faults=1, of=frozenset({"failing call"}), dead_on_arrival=True)
_GAP = Bounds(generations=2, changes=1, faults=2, gap=True, of=frozenset({"lost message"}))
_END = Bounds(generations=2, operations=1, faults=1)

MUTANTS = [
    Mutant(NoSettling, _LAG),
    Mutant(SettlingOnlyAfterNothingNew, _LAG),
    Mutant(ScheduledReadingCancelsSettling, _LAG._replace(faults=1, scheduled=True, of=_NONE)),
    Mutant(BrakeInDueAtAlone, _WRONG),
    Mutant(UnansweredCommitRepeated, _WRONG._replace(generations=2, of=frozenset({"lost answer"}))),
    Mutant(OneBackoffForAll, Bounds(generations=2, deaf=True)),
    Mutant(
        OvertakenReadingCounts,
        Bounds(changes=1, operations=1, heartbeats=True, lag=True, unreachable=True),
        quick=False,
    ),
    Mutant(WorkerWithoutLeaseStopsItsChannel, _RENEWAL),
    Mutant(StopWithoutMark, _END),
    Mutant(GivenUpWithTheIntent, _THREE),
    Mutant(GivenUpBeforeTheNewIsConfirmed, _RENEWAL),
    Mutant(DeadOnArrivalReplaces, _THREE),
    Mutant(SilentChannelCountedTwice, Bounds(operations=1, unreachable=True, faults=1)),
    Mutant(NoReadingAfterOpening, _GAP),
    Mutant(FirstMessageCountsForNothing, _GAP._replace(of=frozenset({"lost call"}))),
    Mutant(
        EndedWatchIgnoresTheUnknown,
        Bounds(generations=2, unreachable=True, operations=1, faults=1, of=frozenset({"late call"})),
    ),
    Mutant(AnyUnknownChannelIsStopped, Bounds(faults=1, of=INTRUDER)),
    Mutant(UnansweredIntentKept, _END),
    Mutant(RetiredTakenBack, Bounds(changes=1, operations=1, faults=1, of=frozenset({"slow"}))),
    Mutant(DocumentDeletedAtTheEnd, _END._replace(changes=1)),
    Mutant(ClaimableOnlyWhenDue, _READING),
    Mutant(NothingPublishedNothingCounted, _READING),
    Mutant(NotificationsTakenAtTheCommit, _READING),
    Mutant(NotificationsTakenBeforeTheClaim, _READING),
    Mutant(UnconditionalCommit, _READING),
    Mutant(AnsweredAnyway, _READING),
    Mutant(PublishedBeforeSent, _READING._replace(topic=True)),
    Mutant(PausedUntilLater, Bounds(changes=1, deadlines=True)),
    Mutant(BaselineBegunAnew, Bounds(baseline=True)),
    Mutant(ReadWithinABaseline, Bounds(changes=1, faults=1, of=frozenset({"crash"}), baseline=True)),
    Mutant(ToldWithinABaseline, Bounds(operations=1, baseline=True)),
    Mutant(BaselineEndsWithTheWatch, Bounds(operations=1, baseline=True)),
]

FOLLOWING = [
    LateWorkerWritesTheChild,
    ChildOnNoCondition,
    OperatorsChildEnded,
    FollowingOnlyWhenDone,
    OptionsWithoutRevision,
]
"""Searched with `Following(changes=2, operations=2, faults=1)`."""
