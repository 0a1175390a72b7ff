"""The writes that a listing is put down with: what changes in parts, and what an audit has to know of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from calendar_watch.decisions.listing import audit, paging
from calendar_watch.decisions.listing.merge import Merged
from calendar_watch.model.collection.index import mark_of
from calendar_watch.model.collection.notes import Notes, joined
from calendar_watch.model.collection.parts import split
from calendar_watch.model.collection.recurrence import fingerprint, kept_whole
from calendar_watch.model.listing import Listing
from calendar_watch.model.resources import Item
from calendar_watch.model.watch import Watch
from calendar_watch.model.write import Write, WriteKind
from calendar_watch.ports import Services
from calendar_watch.reconciler.lease import Lease


class Pieces:
    def __init__(self, services: Services, lease: Lease):
        self._services = services
        self._lease = lease

    def keep(self, event: Item) -> Item:
        return kept_whole(event) if self._services.policy.whole_events else fingerprint(event)

    def piece(self, watch: Watch, listing: Listing, merged: Sequence[Merged]) -> Write:
        """What one write changes."""
        watch = paging.merged(watch, listing, merged, self._services.clock(), self._services.policy)
        parts, gone = [], []
        for each in merged:
            if each.new == each.old:
                continue
            halves = list(split(each.new))
            parts += halves
            if len(halves) > 1:
                gone.append(each.old.name)
        kept = _with_parts(watch, [part.name for part in parts], gone)
        return Write(WriteKind.COMMIT, kept, parts=parts, gone=gone)

    def advance(self, piece: Write, listing: Listing) -> Watch:
        self._lease.advance(self.with_told(piece, listing))
        return self._lease.watch

    def with_told(self, piece: Write, listing: Listing) -> Write:
        """What an increment tells while an audit goes on is written down for it."""
        told = frozenset(mark_of(entry["subject"]) for entry in piece.watch.log.pending if "subject" in entry)
        if listing.beside or not told or not piece.watch.reading.audit.listing:
            return piece
        names = [paging.TOLD] if piece.watch.reading.audit.told else []
        notes = joined([*self._services.store.notes(piece.watch.id, names), Notes(told=told)])
        watch = audit.told(piece.watch, len(notes.told))
        return replace(piece, watch=watch, notes=[*piece.notes, Notes(told=notes.told, name=paging.TOLD)])


def _with_parts(watch: Watch, written: Iterable[str], gone: Iterable[str]) -> Watch:
    return watch.with_reading(parts=tuple(sorted({*watch.reading.parts, *written} - {*gone})))
