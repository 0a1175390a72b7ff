"""What the model sees: one watch, Google's side of it, its messages and two workers. Hashable, and without a clock.

Time is what has become due: a channel is "young", "old" or "over", a reading is due "later" or "now".
"""

from typing import Any, NamedTuple

Args = tuple[Any, ...]


class Channel(NamedTuple):
    """`id` counts openings, as `generation` does; `age` is old when it wants renewing, or was confirmed by nobody."""

    id: int
    answered: bool = False
    confirmed: bool = False
    retired: bool = False
    stopped: bool = False
    age: str = "young"
    waits: bool = False

    @property
    def current(self) -> bool:
        return not self.retired and not self.stopped


FOREIGN = 0
"""The channel of another watch."""


class Doc(NamedTuple):
    """The watch document. `settles` is what Google held when the listing began that is to be settled.

    `named`: an answer of Google's has named the collection's resource id.
    """

    held: bool = False
    due: str = "later"
    wanted: bool = True
    told: str = "active"
    read: str = "never"
    cause: str = "schedule"
    settles: int = 0
    waits: frozenset[str] = frozenset()
    brake: bool = False
    snapshot: int = 0
    channels: tuple[Channel, ...] = ()
    generation: int = 0
    unconfirmed: int = 0
    polling: bool = False
    named: bool = False
    sequence: int = 0
    published: int = 0
    baseline: str = ""
    """In the stream: to be told "soon" or "now", "under way", "told"; "": nobody wants it there."""
    first: int = 0
    """Sequence of its first entry, while it is under way."""
    known: int = 0
    """Of what is there, so much has been told; the code has but `first` to go by."""

    @property
    def newest(self) -> Channel | None:
        return next((each for each in reversed(self.channels) if each.current), None)

    @property
    def confirmed(self) -> Channel | None:
        """The newest that a message has proved and that has not expired."""
        good = (each for each in reversed(self.channels) if each.current and each.confirmed and each.age != "over")
        return next(good, None)

    def channel(self, channel_id: int) -> Channel | None:
        return next((each for each in self.channels if each.id == channel_id), None)

    def having(self, channel: Channel) -> "Doc":
        others = [each for each in self.channels if each.id != channel.id]
        return self._replace(channels=tuple(sorted([*others, channel])))

    def without(self, channel: Channel) -> "Doc":
        return self._replace(channels=tuple(each for each in self.channels if each.id != channel.id))


class Write(NamedTuple):
    """`kind` is one of `model.write.WRITES`, "" for what the next step decides; `rule` says what it changes."""

    kind: str
    rule: str
    args: Args = ()


class Worker(NamedTuple):
    """At one point of its program; `fresh`: the document is still as it knows it; `late`: a write that may yet land.

    `ahead`: what a listing has shown that was made beside the claim.
    """

    at: str = "idle"
    holds: bool = False
    fresh: bool = False
    args: Args = ()
    late: Write | None = None
    ahead: Args = ()


IDLE = Worker()


class Google(NamedTuple):
    """The collection is a number that grows; a listing shows `listed`, or nothing at all while it is `wrong`."""

    value: int = 0
    listed: int = 0
    live: tuple[int, ...] = ()
    wrong: str = "not yet"
    reachable: bool = True
    """Whether its messages reach us."""
    stops: bool = True
    """Whether it carries out stops."""


class Message(NamedTuple):
    channel: int
    value: int


class State(NamedTuple):
    doc: Doc = Doc()
    google: Google = Google()
    flying: tuple[Message, ...] = ()
    notifications: frozenset[int] = frozenset()
    """Channels of which a message waits."""
    workers: tuple[Worker, ...] = (IDLE, IDLE)
    strays: frozenset[Write] = frozenset()
    """Writes whose workers are gone."""
    late_notifications: frozenset[int] = frozenset()
    late_calls: frozenset[int] = frozenset()
    faults: int = 0
    operations: int = 0
    must: int = 0
    """The value that was acknowledged, and that the snapshot therefore has to reach."""
    delivered: int = 0
    """The highest sequence that the consumer has seen."""
    covered: bool = False
    """A confirmed channel lives, and since then one always should."""

    def with_worker(self, place: int, worker: Worker) -> "State":
        return self._replace(workers=(*self.workers[:place], worker, *self.workers[place + 1 :]))

    def flying_too(self, *messages: Message) -> "State":
        return self._replace(flying=tuple(sorted((*self.flying, *messages))))

    def landed(self, message: Message) -> "State":
        left = list(self.flying)
        left.remove(message)
        return self._replace(flying=tuple(left))


class Step(NamedTuple):
    """`progress` happens sooner or later by itself; everything else may happen, or not."""

    label: str
    progress: bool
    after: State
