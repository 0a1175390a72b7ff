"""The rules of the protocol, each on the document alone. `mutants` weakens them one by one.

They are those of `calendar_watch.decisions`, and bear their names.
"""

from tests.searches.model.bounds import Bounds
from tests.searches.model.search import Flaw
from tests.searches.model.state import FOREIGN, Args, Channel, Doc, Write

EMPTY = -1
ITEMS = 2
"""Of a baseline in the stream, each told in a write of its own."""


class Rules:
    def __init__(self, bounds: Bounds):
        self.bounds = bounds

    def written(self, doc: Doc, write: Write) -> tuple[Doc, Args]:
        """What a holder's write leaves, and the step that it decides on; a pause decides on none."""
        if write.rule == "paused":
            return self.paused(doc), ()
        return self.decided(getattr(self, write.rule)(doc, *write.args))

    # --- plan

    def decided(self, doc: Doc) -> tuple[Doc, Args]:
        """How every write of a holder ends; without a next step it lets go."""
        doc = self.with_state_told(self.after_upkeep(doc))
        if not self.bounds.topic:
            doc = self.unpublishable(doc)
        step = self.next_step(doc)
        if not step:
            return doc._replace(held=False, due="later"), ()
        if step == ("open",):
            doc = self.intended(doc)
            step = ("open", doc.generation)
        return doc._replace(held=True, due="lease"), step

    def next_step(self, doc: Doc) -> Args:
        if doc.published < doc.sequence and "publish" not in doc.waits:
            return ("publish", doc.published, doc.sequence)
        for each in self.to_stop(doc):
            return ("stop", each.id)
        if doc.wanted and "open" not in doc.waits and self.opening_due(doc):
            return ("open",)
        if self.baseline_due(doc):
            return ("tell",)
        if doc.wanted and "read" not in doc.waits and doc.read == "now":
            return ("list",)
        return ()

    def paused(self, doc: Doc) -> Doc:
        return doc._replace(held=False, due="now")

    def to_stop(self, doc: Doc) -> list[Channel]:
        return [each for each in doc.channels if each.retired and not each.stopped and not each.waits]

    def opening_due(self, doc: Doc) -> bool:
        newest = doc.newest
        return doc.generation < self.bounds.generations and (newest is None or newest.age != "young")

    def baseline_due(self, doc: Doc) -> bool:
        """What is under way is finished also when the watch has ended."""
        if doc.baseline == "under way":
            return doc.wanted or self.state(doc) == "stopped"
        return doc.wanted and doc.baseline == "now"

    def claimable(self, doc: Doc, *, notifications: bool) -> bool:
        return doc.due == "now" or (notifications and not doc.held)

    def after_upkeep(self, doc: Doc) -> Doc:
        doc = self.without_dead_channels(doc)
        doc = self.renewals_completed(doc)
        return self.silence_admitted(doc) if doc.wanted else self.channels_ended(doc)

    def without_dead_channels(self, doc: Doc) -> Doc:
        return doc._replace(channels=tuple(each for each in doc.channels if not self.gone(doc, each)))

    def gone(self, doc: Doc, channel: Channel) -> bool:
        """An intent that nobody answered goes sooner when nobody wants it."""
        if channel.stopped:
            return False
        return channel.age == "over" or (not channel.answered and not doc.wanted and channel.age == "old")

    def renewals_completed(self, doc: Doc) -> Doc:
        live = None if self.keeps_silent(doc) else doc.confirmed
        older = [each for each in doc.channels if live and each.current and each.id < live.id]
        for each in older:
            doc = self.given_up(doc, each)
        return self.appended(doc) if any(each.confirmed for each in older) else doc

    def given_up(self, doc: Doc, channel: Channel) -> Doc:
        return doc.having(channel._replace(retired=True)) if channel.answered else doc.without(channel)

    def channels_ended(self, doc: Doc) -> Doc:
        for each in doc.channels:
            if each.current and each.answered:
                doc = self.given_up(doc, each)
        return doc

    def silence_admitted(self, doc: Doc) -> Doc:
        newest = doc.newest
        silent = newest and not newest.confirmed and newest.age == "old" and doc.unconfirmed >= self.bounds.silent
        if doc.polling or not silent:
            return doc
        return doc._replace(polling=True, waits=doc.waits | {"open"})

    def with_state_told(self, doc: Doc) -> Doc:
        """That a watch is active for the first time goes without saying."""
        state = self.state(doc)
        if self.keeps_silent(doc) or state in {"", doc.told}:
            return doc
        first = state == "active" and not doc.told
        doc = doc._replace(told=state)
        return doc if first else self.appended(doc)

    def keeps_silent(self, doc: Doc) -> bool:
        """Within a baseline nothing else is told: which entry is the next, its number says."""
        return doc.baseline == "under way"

    def state(self, doc: Doc) -> str:
        """As far as it is told."""
        if not doc.wanted:
            return "" if any(not each.stopped for each in doc.channels) else "stopped"
        return "polling" if doc.polling else "active" if doc.confirmed else ""

    def unpublishable(self, doc: Doc) -> Doc:
        return doc._replace(published=doc.sequence)

    def appended(self, doc: Doc) -> Doc:
        return doc._replace(sequence=doc.sequence + 1)

    # --- what each write changes

    def as_it_is(self, doc: Doc) -> Doc:
        return doc

    def claimed(self, doc: Doc, notifications: frozenset[int]) -> Doc:
        doc = doc._replace(held=True)
        for each in sorted(notifications):
            doc = self.heard(doc, each)
        return doc._replace(read="now", cause="notification") if notifications else doc

    def heard(self, doc: Doc, channel_id: int) -> Doc:
        channel = doc.channel(channel_id)
        if channel is None:
            return self.orphaned(doc, channel_id)
        age = channel.age if channel.confirmed or channel.age == "over" else "young"
        first_words = channel.current and not channel.confirmed
        doc = doc.having(channel._replace(answered=True, confirmed=True, age=age))
        return self.overcome(doc) if first_words else doc

    def orphaned(self, doc: Doc, channel_id: int) -> Doc:
        """Its message names a resource id; only Google's answers say which are ours."""
        if not self.may_be_stopped(doc, channel_id):
            return doc
        return doc.having(Channel(channel_id, answered=True, retired=True))

    def may_be_stopped(self, doc: Doc, channel_id: int) -> bool:
        return doc.named and channel_id != FOREIGN

    def overcome(self, doc: Doc) -> Doc:
        waits = doc.waits - {"open"} if doc.polling else doc.waits
        return doc._replace(unconfirmed=0, polling=False, waits=waits)

    def intended(self, doc: Doc) -> Doc:
        doc = doc._replace(generation=doc.generation + 1)
        return doc.having(Channel(doc.generation))

    def opened(self, doc: Doc, channel_id: int, age: str) -> Doc:
        """`age`, as Google says. Its first message is waited for from here on, however long the answer took."""
        channel = doc.channel(channel_id)
        if channel is None:  # it was over from the start, and is forgotten
            return doc
        age = age if age == "over" or not channel.confirmed else channel.age
        doc = doc.having(channel._replace(answered=True, age=age))
        doc = self.predecessors_given_up(doc, channel_id) if self.replaces(age) else doc
        silent = doc.unconfirmed + self.counts(channel)
        return self.read_after_opening(doc._replace(unconfirmed=silent, named=True, waits=doc.waits | {"open"}))

    def replaces(self, age: str) -> bool:
        """One that is dead on arrival replaces nothing."""
        return age != "over"

    def counts(self, intent: Channel) -> bool:
        """As a silent one: until it speaks, and once, even if its answer is written again."""
        return not intent.answered

    def predecessors_given_up(self, doc: Doc, channel_id: int) -> Doc:
        for each in doc.channels:
            if each.current and not each.confirmed and each.id < channel_id:
                doc = self.given_up(doc, each)
        return doc

    def read_after_opening(self, doc: Doc) -> Doc:
        if doc.confirmed and doc.read == "now":
            return self.not_held_against(doc)
        if doc.confirmed:
            return doc._replace(read="later", cause="notification", settles=0) if doc.read == "never" else doc
        return doc._replace(read="now", cause="notification")

    def not_held_against(self, doc: Doc) -> Doc:
        """A scheduled reading beside an opening: what it finds unannounced is not the new channel's fault."""
        return doc._replace(cause="notification") if doc.cause == "schedule" else doc

    def stopped(self, doc: Doc, channel_id: int) -> Doc:
        channel = doc.channel(channel_id)
        return doc.having(channel._replace(stopped=True)) if channel else doc

    def read(self, doc: Doc, shown: int, began: int, overtaken: bool) -> Doc:  # noqa: FBT001 (what a worker knows)
        """`began`: what Google held then; `overtaken`: meanwhile another reading was asked for."""
        if self.doubted(doc, shown):
            return self.braked(doc)
        if shown != doc.snapshot:
            doc = self.found(doc, shown)
        doc = doc._replace(brake=False, waits=doc.waits - {"read"})
        return doc if overtaken else self.scheduled(doc, began)

    def doubted(self, doc: Doc, shown: int) -> bool:
        """Emptied, and not seen so before."""
        return shown == EMPTY and not doc.brake

    def braked(self, doc: Doc) -> Doc:
        return doc._replace(brake=True, waits=doc.waits | {"read"})

    def found(self, doc: Doc, shown: int) -> Doc:
        if shown == EMPTY:
            raise Flaw("a listing that was wrong for a moment is believed")
        return self.appended(doc._replace(snapshot=shown))

    def scheduled(self, doc: Doc, began: int) -> Doc:
        if doc.cause == "notification":
            return doc._replace(read="later", cause="settle", settles=began)
        return doc._replace(read="never", cause="schedule", settles=0)

    def may_be_scheduled(self, doc: Doc) -> bool:
        """A safety read waits until the second reading is over: there is one `read_at`."""
        return doc.read == "never"

    def known_told(self, doc: Doc) -> Doc:
        """One more of what is there; with the last one, that this is all."""
        doc = self.begun(doc)
        if doc.sequence + 1 - doc.first != doc.known:
            raise Flaw("of what is there, something is told twice or left out")
        doc = self.appended(doc._replace(known=doc.known + 1))
        return doc if doc.known < ITEMS else self.appended(doc._replace(baseline="told", first=0))

    def begun(self, doc: Doc) -> Doc:
        """Unless it has been."""
        return doc if doc.baseline == "under way" else doc._replace(baseline="under way", first=doc.sequence + 1)

    def published(self, doc: Doc, last: int) -> Doc:
        return doc._replace(published=last, waits=doc.waits - {"publish"})

    def failed(self, doc: Doc, kind: str, may_have_happened: bool) -> Doc:  # noqa: FBT001 (what a worker knows)
        if kind == "open" and not may_have_happened:
            doc = self.intent_dropped(doc)
        return doc._replace(waits=doc.waits | {kind})

    def intent_dropped(self, doc: Doc) -> Doc:
        """Google certainly opened nothing: nobody needs to wait for a first message."""
        newest = doc.newest
        return doc.without(newest) if newest and not newest.answered else doc

    def stop_failed(self, doc: Doc, channel_id: int) -> Doc:
        channel = doc.channel(channel_id)
        return doc.having(channel._replace(waits=True)) if channel else doc

    def ended(self, doc: Doc) -> Doc:
        return self.due_now(doc._replace(wanted=False))

    def resumed(self, doc: Doc) -> Doc:
        fresh = doc._replace(wanted=True, read="now", cause="notification", waits=frozenset(), brake=False)
        return self.due_now(fresh._replace(unconfirmed=0, polling=False))

    def due_now(self, doc: Doc) -> Doc:
        return doc if doc.held else doc._replace(due="now")

    # --- how workers go about it

    def conditioned(self, kind: str) -> bool:  # noqa: ARG002 (a mutant minds)
        """Whether a write is refused once the document has changed."""
        return True

    def answers_anyway(self) -> bool:
        """Whether `notifications` answers 204 when it could store nothing."""
        return False

    def taken_at(self) -> str:
        """When notifications are taken away."""
        return "claim"

    def when_lease_is_lost(self, write: Write | None) -> Args:  # noqa: ARG002 (a mutant minds)
        """What a worker still does that has learned that somebody else holds the watch: nothing."""
        return ()

    def after_unclear(self, write: Write) -> Write | None:  # noqa: ARG002 (a mutant minds)
        """Which write is repeated as it was; None: decide anew from what is there."""
        return None
