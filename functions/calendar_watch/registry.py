"""Which watches there are: asking for one, showing, listing and ending them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from calendar_watch import writes
from calendar_watch.attendant import attend
from calendar_watch.change import Snapshot, content
from calendar_watch.errors import (
    ConflictError,
    FollowedError,
    RefusedError,
    TooOldError,
    UnclearError,
    UnknownWatchError,
)
from calendar_watch.hold import Surroundings, exhausted
from calendar_watch.parts import place_of
from calendar_watch.ports import Filter
from calendar_watch.resources import Item
from calendar_watch.watch import Entry, Order, State, Watch, Wish

_PATIENCE = 10.0
_PAUSE = 0.2
_PAUSES_FOR_CONFIRMATION = 10
_TRIES = 10
_PAGES_SCANNED = 5
_ENTRIES_SCANNED = 500


class Outcome(StrEnum):
    CREATED = "created"
    RESUMED = "resumed"
    EXISTS = "exists"
    UNDER_WAY = "under way"


@dataclass(frozen=True, slots=True)
class Page:
    watches: Sequence[Watch]
    next_token: str | None


@dataclass(frozen=True, slots=True)
class ItemPage:
    items: Mapping[str, Item]
    sequence: int
    next_token: str | None


def _as_read(watch: Watch, part: Snapshot) -> bool:
    """Whether the part is of the same reading as the watch; what is read page by page has no digest of it all."""
    return not watch.digest or watch.digest == part.digest


class Registry:
    """`pause` sleeps for so many seconds. Every method raises UnavailableError when Firestore cannot be reached."""

    def __init__(self, around: Surroundings, pause: Callable[[float], None]):
        self._around = around
        self._pause = pause
        self._workers = ThreadPoolExecutor(max_workers=64, thread_name_prefix="attendant")

    def open(self, order: Order, wish: Wish) -> tuple[Outcome, Watch]:
        """Have a collection watched. Raises RefusedError when Google refuses for good.

        What this request would have created is then not kept; what was there before stays, suspended. So does what
        had opened and is refused a moment later: consumers know of it.
        """
        outcome = self._enter(writes.created(order, wish, self._now()))
        if outcome is Outcome.EXISTS:
            return outcome, self._get(order.id)
        self._within_patience(lambda: self._bring_up(order.id))
        watch = self._get(order.id)
        had_opened = outcome is Outcome.CREATED and watch.sequence
        if watch.refusal and watch.state(self._now()) is State.SUSPENDED and not had_opened:
            self._discard(watch, outcome)
            raise RefusedError(watch.refusal.reason, watch.refusal.detail)
        return (Outcome.UNDER_WAY if self._unopened(watch) else outcome), watch

    def end(self, watch_id: str) -> Watch:
        """The answer is `stopped`, or `stopping` while Google still has to be told. Raises FollowedError."""
        self.show(watch_id)
        self._change(watch_id, self._ended, self._around.store.stop)
        self._within_patience(lambda: attend(self._around, watch_id))
        return self._get(watch_id)

    def _ended(self, watch: Watch) -> Watch:
        if watch.followed_by:
            raise FollowedError(watch.followed_by)
        return writes.ended(watch, self._now())

    def enrol(self, wanted: Iterable[tuple[Order, Wish]], between: timedelta) -> list[tuple[Outcome, Watch]]:
        """Have many collections watched, of which each is attended to `between` after the one before, by `renew`.

        What is asked for more than once is asked for as it was said last.
        """
        asked, now = list(wanted), self._now()
        last = {order.id: (order, wish) for order, wish in asked}
        entering = {
            watch_id: self._workers.submit(copy_context().run, self._enrolled, order, wish, now + place * between)
            for place, (watch_id, (order, wish)) in enumerate(last.items())
        }
        return [entering[order.id].result() for order, _ in asked]

    def _enrolled(self, order: Order, wish: Wish, due: datetime) -> tuple[Outcome, Watch]:
        outcome = self._enter(replace(writes.created(order, wish, self._now()), due_at=due))
        return (Outcome.UNDER_WAY if outcome is Outcome.CREATED else outcome), self._get(order.id)

    def show(self, watch_id: str) -> Watch:
        watch = self._get(watch_id)
        if watch.discarded:
            raise UnknownWatchError(f"no watch has the id {watch_id}")
        return watch

    def page(self, wanted: Filter, state: State | None, after: str, limit: int) -> Page:
        """Up to `limit` watches in order of id. `state` follows from the time, so it is tested here, not queried."""
        matching: list[Watch] = []
        for _ in range(_PAGES_SCANNED):
            found = self._around.store.page(wanted, after, limit)
            matching += (watch for watch in found if not watch.discarded and state in {None, watch.state(self._now())})
            if len(matching) > limit:
                return Page(matching[:limit], matching[limit - 1].id)
            if len(found) < limit:
                return Page(matching, None)
            after = found[-1].id
        return Page(matching, after)

    def items(self, watch_id: str, after: str, limit: int) -> ItemPage:
        """The collection as last read, with the sequence to go on from; `after` is where the page before it ended.

        Of a collection in several parts, what is read later may be newer than the sequence: the changes that follow
        it say so once more.
        """
        for _ in range(_TRIES):
            watch = self.show(watch_id)
            page = self._item_page(watch, after, limit)
            if not watch.order.resource.synced or self._get(watch_id).parts == watch.parts:
                return page
        raise exhausted()

    def _item_page(self, watch: Watch, after: str, limit: int) -> ItemPage:
        if watch.item_count is None:
            return ItemPage({}, watch.sequence, None)
        found: list[Item] = []
        sequence = watch.sequence
        for part in self._parts(watch, after):
            sequence = sequence if _as_read(watch, part) else part.sequence
            found += (item for item in sorted(part.items.values(), key=place_of) if place_of(item) > after)
            if len(found) > limit:
                break
        next_token = place_of(found[limit - 1]) if len(found) > limit else None
        return ItemPage({item["id"]: content(item) for item in found[:limit]}, sequence, next_token)

    def _parts(self, watch: Watch, after: str) -> Iterator[Snapshot]:
        """In order of place, from the part that holds `after` on."""
        for name in sorted(watch.parts):
            if name >= after[: len(name)]:
                yield from self._around.store.parts(watch.id, [name])

    def changes(self, watch_id: str, after: int, limit: int) -> Sequence[Entry]:
        """The feed, in sequence. Raises TooOldError when what follows `after` is no longer kept."""
        watch = self.show(watch_id)
        entries = self._around.store.entries(watch_id, after, limit)
        unbroken = bool(entries) and int(entries[0]["sequence"]) == after + 1 and self._kept(entries[0])
        if after < watch.sequence and not unbroken:
            raise TooOldError(self._oldest(watch, after))
        return entries

    def _kept(self, entry: Entry) -> bool:
        """Decided by time: Firestore's own deletion may come a day late."""
        return datetime.fromisoformat(entry["time"]) > self._now() - self._around.policy.retention

    def _oldest(self, watch: Watch, after: int) -> int:
        while entries := self._around.store.entries(watch.id, after, _ENTRIES_SCANNED):
            for entry in entries:
                if self._kept(entry):
                    return int(entry["sequence"])
            after = int(entries[-1]["sequence"])
        return watch.sequence + 1

    def _enter(self, wanted: Watch) -> Outcome:
        for _ in range(_TRIES):
            try:
                self._around.store.create(wanted)
            except (ConflictError, UnclearError):
                with suppress(UnknownWatchError):  # then it was not written, and may be tried again
                    return self._ask_again(wanted)
            else:
                return Outcome.CREATED
        raise exhausted()

    def _ask_again(self, wanted: Watch) -> Outcome:
        policy, now = self._around.policy, self._now()
        resume = self._around.store.resume
        before = self._change(wanted.id, lambda watch: writes.asked_again(watch, wanted.wish, now, policy), resume)
        if before.discarded or before.created == wanted.created:  # the latter: our own, whose answer was lost
            return Outcome.CREATED
        revived = not before.wanted or before.state(now) is State.SUSPENDED
        return Outcome.RESUMED if revived else Outcome.EXISTS

    def _bring_up(self, watch_id: str) -> None:
        """A first message usually arrives within a second: worth waiting for, so that the answer says `active`."""
        attend(self._around, watch_id)
        for _ in range(_PAUSES_FOR_CONFIRMATION):
            watch = self._get(watch_id)
            if watch.refusal or self._unopened(watch) or watch.confirmed(self._now()):
                return
            self._pause(_PAUSE)
            attend(self._around, watch_id)

    def _unopened(self, watch: Watch) -> bool:
        answered = watch.newest is not None and watch.newest.answered
        return watch.item_count is None or (watch.state(self._now()) is State.OPENING and not answered)

    def _discard(self, watch: Watch, outcome: Outcome) -> None:
        if outcome is Outcome.CREATED:
            self._change(watch.id, lambda there: self._discarded(there, watch), self._around.store.stop)
            self._within_patience(lambda: attend(self._around, watch.id))

    def _discarded(self, there: Watch, refused: Watch) -> Watch:
        """Unless somebody else has asked for it meanwhile, with more success, and it has begun to tell."""
        still = not there.sequence and there.state(self._now()) is State.SUSPENDED and there.refusal == refused.refusal
        return writes.discarded(there, self._now()) if still and not there.followed_by else there

    def _change(self, watch_id: str, write: Callable[[Watch], Watch], store: Callable[[Watch], Watch]) -> Watch:
        """An operator's write, in a loop, since a holder may be writing too. Returns what it was applied to."""
        for _ in range(_TRIES):
            before = self._get(watch_id)
            try:
                after = write(before)
                if after != before:
                    store(after)
            except (ConflictError, UnclearError):
                continue
            return before
        raise exhausted()

    def _within_patience(self, work: Callable[[], object]) -> None:
        """Whoever asked is answered in time; what is not done by then goes on by itself, here or in `renew`."""
        done = self._workers.submit(copy_context().run, work)
        with suppress(TimeoutError):
            done.result(timeout=_PATIENCE)

    def _get(self, watch_id: str) -> Watch:
        return self._around.store.get(watch_id)

    def _now(self) -> datetime:
        return self._around.clock()
