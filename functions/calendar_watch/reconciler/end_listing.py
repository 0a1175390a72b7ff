"""The end of a listing: what is missing is confirmed, what ends with its series ends, and it is finished."""

from collections.abc import Sequence
from dataclasses import replace

from calendar_watch.decisions import next_step
from calendar_watch.decisions.listing import paging
from calendar_watch.decisions.listing.absences import MOST_ASKED, Verdict, can_ask, sample, verdict
from calendar_watch.decisions.listing.ending import (
    Ending,
    ended,
    nameless,
    roots,
    unknown,
    unseen,
    with_found,
    without_answer,
)
from calendar_watch.errors import GoogleError, ItemGoneError
from calendar_watch.model.collection.index import Indexes, Mark, mark_of
from calendar_watch.model.collection.notes import Notes
from calendar_watch.model.collection.parts import name_of
from calendar_watch.model.listing import Listing
from calendar_watch.model.resources import Item
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler.confirm import proofs
from calendar_watch.reconciler.lease import Lease
from calendar_watch.reconciler.pieces import Pieces


class ListingEnd:
    """Every step of it may be repeated: what is done is not found again."""

    def __init__(self, services: Services, lease: Lease, listing: Listing):
        self._services = services
        self._lease = lease
        self._listing = listing
        self._pieces = Pieces(services, lease)

    def is_over(self, watch: Watch, notes: Notes) -> bool:
        """Whether nothing has to be done any more but to finish."""
        if not paging.is_complete(watch, self._listing, notes):
            return False
        over = frozenset(map(mark_of, notes.ended))
        return not over or not any(entry.series in over for entry in self._indexes(watch))

    def end(self, watch: Watch, notes: Notes) -> next_step.Step:
        ending = Ending(notes, self._indexes(watch), self._listing.whole)
        if self._listing.whole:
            ending = replace(ending, missing=unseen(ending.indexes, notes))
        doubt = self._verdict(watch, ending)
        if doubt is not Verdict.BELIEVED:
            now, policy = self._services.clock(), self._services.policy
            put_off = paging.put_off(self._lease.watch, self._listing, doubt, now, policy)
            return self._lease.write(Write(WriteKind.FAILURE, put_off))
        return self._carry_out(ending)

    def finish(self, piece: Write) -> next_step.Step:
        """With the last piece."""
        policy, now = self._services.policy, self._services.clock()
        names = paging.note_names(piece.watch, self._listing)
        told = self._pieces.with_told(piece, self._listing)
        watch = paging.finished(told.watch, self._listing, policy, now)
        return self._lease.write(replace(told, watch=watch, gone=[*told.gone, *names]))

    def _carry_out(self, ending: Ending) -> next_step.Step:
        asked = unknown(ending, self._held(self._lease.watch, nameless(ending)))
        found = self._found(asked)
        ending = without_answer(ending, asked) if found is None else with_found(ending, found)
        watch = self._lease.watch
        for name in ending.touched:
            watch = self._end_part(watch, name, ending)
        if found is None:
            self._listing = replace(self._listing, sync_token="")
            watch = paging.wholly(watch)
        return self.finish(Write(WriteKind.COMMIT, watch))

    def _end_part(self, watch: Watch, name: str, ending: Ending) -> Watch:
        names = [name]
        while names:
            [part] = self._services.store.parts(watch.id, names[:1])
            merged = ended(part, ending, self._pieces.keep, watch.options.labels)
            piece = self._pieces.piece(watch, self._listing, [merged])
            if piece.parts:
                watch = self._pieces.advance(piece, self._listing)
            names[:1] = [each.name for each in piece.parts]
        return watch

    def _found(self, asked: Sequence[str]) -> dict[str, Item] | None:
        """What they are, as far as Google still has them; None: too many to ask, or no answer."""
        found: dict[str, Item] = {}
        if len(asked) > MOST_ASKED:
            return None
        for each in asked:
            self._lease.heartbeat()
            try:
                found[each] = self._services.calendar.get(self._lease.watch.target, each)
            except ItemGoneError:
                continue
            except GoogleError:
                return None
        return found

    def _verdict(self, watch: Watch, ending: Ending) -> Verdict:
        if not ending.missing or paging.is_baseline(watch):
            return Verdict.BELIEVED
        alone, exceptions = roots(ending)
        askable = alone if can_ask(watch.target) else []
        chosen = self._held(watch, sample(askable, self._services.jitter))
        proven = proofs(self._services, self._lease, [each["id"] for each in chosen])
        second, doubts = paging.is_second(watch, self._listing), paging.doubts(watch, self._listing)
        return verdict(len(alone) + len(exceptions), proven, second=second, doubts=doubts)

    def _held(self, watch: Watch, marks: Sequence[Mark]) -> list[Item]:
        names = sorted({name_of(watch.reading.parts, mark) for mark in marks})
        parts = self._services.store.parts(watch.id, names) if names else []
        return [item for part in parts for each, item in part.items.items() if mark_of(each) in marks]

    def _indexes(self, watch: Watch) -> Indexes:
        return self._services.store.indexes(watch.id, watch.reading.parts)
