"""Every kind of write to a watch: who does it, on which condition, and what goes out in the same batch.

One table for two readers: the store makes its batches by it, and the model of the protocol (`tests/searches/model`)
searches what becomes of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.watch import Watch


class Author(StrEnum):
    OPERATOR = "an operator"
    HOLDER = "the one worker who holds the lease"


class Condition(StrEnum):
    ABSENT = "it does not exist"
    UNCHANGED = "it is as it was read"


class Load(StrEnum):
    """What may go out with the watch."""

    ENTRIES = "log entries"
    NOTIFICATIONS = "notifications, which are taken away"
    PARTS = "parts of the snapshot, and notes of what a listing has shown"
    ERASED = "log entries, which are deleted"
    CHILDREN = "watches that this one follows, each on its own condition"


class WriteKind(StrEnum):
    """Names for logs, for faults and for the model."""

    CREATE = "create"
    STOP = "stop"
    """By an operator."""
    RESUME = "resume"
    """By an operator, who may also have changed the options."""
    CLAIM = "claim"
    """Take the lease, and take away exactly the notifications that were read."""
    COMMIT = "commit"
    """The result of a step, or of a piece of it: parts of the snapshot that changed, and that were split."""
    INTENT = "intent"
    """A channel's fresh id, before Google is asked."""
    OPENED = "opened"
    """Google's answer to that."""
    STOPPED = "stopped"
    """A retired channel's end."""
    FAILURE = "failure"
    """What must wait, and until when; also the brake."""
    RELEASE = "release"
    """Nothing is left to do."""
    PAUSE = "pause"
    """Something is, but time is up."""
    FOLLOW = "follow"
    """Some of what it follows, each conditioned on the version that was read, or on not being there."""
    FORGET = "forget"
    """Drop all parts of the snapshot: the watch ended long ago."""
    ERASE = "erase"
    """Drop some of what it has told."""


@dataclass(frozen=True, slots=True)
class Rule:
    by: Author
    only_if: Condition = Condition.UNCHANGED
    along: frozenset[Load] = frozenset()


def _holders(*along: Load) -> Rule:
    return Rule(Author.HOLDER, along=frozenset(along))


WRITES: Mapping[WriteKind, Rule] = {
    WriteKind.CREATE: Rule(Author.OPERATOR, Condition.ABSENT),
    WriteKind.STOP: Rule(Author.OPERATOR),
    WriteKind.RESUME: Rule(Author.OPERATOR),
    WriteKind.CLAIM: _holders(Load.ENTRIES, Load.NOTIFICATIONS),
    WriteKind.COMMIT: _holders(Load.ENTRIES, Load.PARTS),
    WriteKind.INTENT: _holders(Load.ENTRIES),
    WriteKind.OPENED: _holders(Load.ENTRIES),
    WriteKind.STOPPED: _holders(Load.ENTRIES),
    WriteKind.FAILURE: _holders(Load.ENTRIES),
    WriteKind.RELEASE: _holders(Load.ENTRIES),
    WriteKind.PAUSE: _holders(),
    WriteKind.FOLLOW: _holders(Load.CHILDREN),
    WriteKind.FORGET: _holders(Load.ENTRIES, Load.PARTS),
    WriteKind.ERASE: _holders(Load.ENTRIES, Load.ERASED),
}
"""Events of the watch itself are told by its holder alone."""


@dataclass(frozen=True, slots=True)
class Write:
    """One atomic batch: the watch, its log entries (`watch.pending`), and what else goes along.

    Raises ValueError for what this kind of write must not take along: a defect.
    """

    kind: WriteKind
    watch: Watch
    notifications: Sequence[PendingNotification] = ()
    parts: Sequence[Snapshot] = ()
    notes: Sequence[Notes] = ()
    gone: Sequence[str] = ()
    """Names of parts and of notes that are dropped."""
    children: Sequence[Watch] = ()
    erased: Sequence[int] = ()
    """Sequences of log entries."""

    def __post_init__(self) -> None:
        excess = self.loads - WRITES[self.kind].along
        if excess:
            raise ValueError(f"{self.kind} takes along no {', '.join(sorted(excess))}")

    @property
    def loads(self) -> frozenset[Load]:
        carried = {
            Load.ENTRIES: self.watch.log.pending,
            Load.NOTIFICATIONS: self.notifications,
            Load.PARTS: (*self.parts, *self.notes, *self.gone),
            Load.ERASED: self.erased,
            Load.CHILDREN: self.children,
        }
        return frozenset(load for load, what in carried.items() if what)
