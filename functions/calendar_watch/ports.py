"""What operations and the reconciler need of the outside, and what it raises."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from calendar_watch.model.channel import Channel, Opening
from calendar_watch.model.channel_token import ChannelTokens
from calendar_watch.model.check import PublicAnswer
from calendar_watch.model.collection.index import Indexes
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.snapshot import Snapshot
from calendar_watch.model.deadline import Deadline
from calendar_watch.model.exposure import Counts
from calendar_watch.model.listing import Page
from calendar_watch.model.notification import PendingNotification
from calendar_watch.model.policy import Policy
from calendar_watch.model.resources import Item
from calendar_watch.model.shard import SHARDS
from calendar_watch.model.target import Target
from calendar_watch.model.watch import ChangeEvent, State, Watch
from calendar_watch.model.write import Write
from calendar_watch.reasons import Reason


class Calendar(Protocol):
    """Google Calendar. Every call raises RefusedError or TryLaterError, and takes less than half a lease."""

    def within(self, seconds: float) -> "Calendar":
        """The same, of which no call ends later than so many seconds from now."""

    def watch(self, target: Target, channel: Channel, token: str, ttl: int) -> Opening:
        """Open `channel`, already written down, for `ttl` seconds. Never repeated by itself: an id works once."""

    def stop(self, target: Target, channel: Channel) -> None:
        """End `channel`. One that Google no longer knows counts as ended."""

    def pages(self, target: Target, first: Page) -> Iterator[list[Item]]:
        """The whole collection, page by page, from the first, which is there already."""

    def page(self, target: Target, page_token: str, sync_token: str = "", size: int = 0) -> Page:
        """One page of what changed since `sync_token`, or of everything; of `size` items at most, if that is given.

        Where it fails for now, it is asked for a few times. Raises ListingTokenRefusedError for either token.
        """

    def get(self, target: Target, item_id: str) -> Item:
        """One item of a collection that has `item_parameters`. Raises ItemGoneError."""


class Publisher(Protocol):
    """Publishes change events."""

    def publish(self, entries: Sequence[ChangeEvent]) -> None:
        """Send at most a hundred entries of one watch, in their order. Raises TryLaterError: then send all again."""


class NotificationStore(Protocol):
    """All that `notifications` may do."""

    def put(self, notification: PendingNotification) -> bool:
        """Make it durable; False: the same channel's last message still waits, and serves for this one too.

        Raises UnavailableError when it could not be made durable.
        """


@dataclass(frozen=True, slots=True)
class Filter:
    """Which watches to list; what is None or empty does not matter."""

    resource: str | None = None
    subject: str | None = None
    calendar_id: str | None = None
    followed_by: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """All of them."""
    states: frozenset[State] = frozenset()
    """Any of them, and so for reasons; at most thirty pairs of both."""
    reasons: frozenset[Reason] = frozenset()


@dataclass(frozen=True, slots=True)
class WatchPage:
    watches: Sequence[Watch]
    next_after: str
    """The id after which the next page begins; empty: this was the last."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many watches there are in each state, and how many for each reason why one is not as it should be."""

    watches: Mapping[str, Mapping[State, int]]
    """By resource."""
    reasons: Mapping[Reason, int]
    """Of those that are wanted."""
    locked_out: int
    """How many are suspended though their calendar and user are there."""
    unpublished: int
    """How many have told what has not gone out yet."""
    exposures: Counts
    """Rules of calendars, of all watches that are wanted."""
    overdue_since: datetime | None
    """Since when the most overdue one is; None: none is."""

    @property
    def states(self) -> Mapping[State, int]:
        return {state: sum(each[state] for each in self.watches.values()) for state in State}


class Store(Protocol):
    """Firestore. Reads raise UnavailableError, and ForeignSchemaError unless they pass over what is of another schema.

    Those that page through what many wrote do: `page`, `due`, `notifications` and `waiting`.
    """

    def write(self, write: Write) -> Watch:
        """Do all of it or none, on the condition that `WRITES` states for its kind; return the watch as it then stands.

        Each child goes on a condition of its own: that it is as it was read, or not there. Raises ConflictError when a
        document had changed, UnclearError when no answer came.
        """

    def get(self, watch_id: str) -> Watch:
        """Raises UnknownWatchError."""

    def look(self, watch_id: str) -> tuple[Watch, Sequence[PendingNotification]]:
        """The watch, and all that waits for it. Raises UnknownWatchError."""

    def find(self, watch_ids: Iterable[str]) -> Sequence[Watch]:
        """Those of them that there are."""

    def children(self, watch_id: str) -> Sequence[Watch]:
        """The watches that this one follows."""

    def parts(self, watch_id: str, names: Iterable[str]) -> Sequence[Snapshot]:
        """Parts of the snapshot, in that order; empty where there is none."""

    def indexes(self, watch_id: str, names: Iterable[str]) -> Indexes:
        """The tables of contents of parts, without the parts."""

    def notes(self, watch_id: str, names: Iterable[str]) -> Sequence[Notes]:
        """What a listing has shown so far, from the documents of these names; nothing where there is none."""

    def notifications(self, watch_id: str) -> Sequence[PendingNotification]:
        """All that waits for this watch."""

    def entries(self, watch_id: str, after: int, limit: int) -> Sequence[ChangeEvent]:
        """The change log, in sequence, from the first number above `after`."""

    def sequences(self, watch_id: str, limit: int) -> Sequence[int]:
        """The numbers of the first entries that there are, without reading them."""

    def count_entries(self, watch_id: str, first: int, last: int) -> int:
        """How many there are with these numbers, and between them."""

    def page(self, wanted: Filter, after: str, limit: int) -> WatchPage:
        """Watches in order of id, from the first above `after`, by their state and reason when they were written."""

    def due(self, now: datetime, limit: int, shards: Sequence[int] = SHARDS) -> Sequence[tuple[str, datetime]]:
        """Ids of watches to reconcile, the longest overdue first, and since when."""

    def outdated(self, fingerprint: str, limit: int) -> Sequence[str]:
        """Ids of watches that were last looked at with settings of another fingerprint."""

    def waiting(self, start: str, limit: int) -> Sequence[PendingNotification]:
        """Notifications of any watch, in order of name from `start`, and from the beginning when the end is reached.

        What is malformed is dropped on the way.
        """

    def drop(self, notification: PendingNotification) -> None:
        """The notification of a watch that does not exist."""

    def count_due(self, now: datetime) -> int:
        """How many watches are due."""

    def tally(self, now: datetime) -> Tally:
        """As each was when it was last written; the number of queries does not depend on how many there are."""


@dataclass(frozen=True, slots=True)
class Services:
    """What a worker works with; clock, ids and chance come from outside, so that years run in seconds."""

    store: Store
    calendar: Calendar
    publisher: Publisher
    tokens: ChannelTokens
    policy: Policy
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    jitter: Callable[[], float]
    aside: Executor
    """Does what need not be waited for in turn."""
    terminating: Callable[[], bool]
    """Whether this instance has been told to end."""

    def over(self, deadline: Deadline) -> bool:
        """Whether to let go at the next chance: time is up, or the instance ends."""
        return self.terminating() or deadline.over(self.clock())


@dataclass(frozen=True, slots=True)
class Probes:
    """What `checks` looks at the deployment with. Each raises GoogleError, and changes nothing but by `notify`."""

    calendar: Callable[[], Calendar]
    """A fresh one, without tokens from before and without what it had learnt of outages."""
    may_publish: Callable[[], bool]
    """Whether we may publish to the changes topic; not where there is none."""
    google_time: Callable[[], datetime]
    notify: Callable[[str, str], PublicAnswer]
    """Sends a message of the channel with this id and this token to NOTIFICATION_URL."""
