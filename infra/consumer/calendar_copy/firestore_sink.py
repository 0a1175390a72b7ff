"""Copies in Firestore: a document a copy, and below it one for each item, in one batch with the copy's.

An item is kept as JSON text: a field of an event may have a name that Firestore refuses (`__x__`), which whoever
invites somebody chooses; and nobody wants each field of each item indexed.
"""

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import quote

from google.api_core.exceptions import AlreadyExists, FailedPrecondition, NotFound
from google.cloud import firestore

from .change import Change
from .sink import ChangedMeanwhileError, Head, Step, text_of

_SECONDS = 20
ITEMS = "calendar_items"


class FirestoreSink:
    """In the collection `copies` of that database, with subcollections `calendar_items`."""

    def __init__(self, client: firestore.Client, copies: str = "calendar_copies"):
        self._client = client
        self._copies = copies

    def read(self, watch: str) -> Head:
        found = self._copy(watch).get(timeout=_SECONDS)
        return Head(watch, found.get("sequence"), found.get("page"), found.update_time) if found.exists else Head(watch)

    def write(self, head: Head, step: Step) -> Head:
        batch = self._client.batch()
        self._move(batch, head, step)
        for name, item in step.items.items():
            document = self._copy(head.watch).collection(ITEMS).document(_key(name))
            if item is None:
                batch.delete(document)
            else:
                batch.set(document, {"id": name, "item": text_of(item), "sequence": step.sequence})
        self.also(batch, step.changes)
        try:
            written = batch.commit(timeout=_SECONDS)
        except (AlreadyExists, FailedPrecondition, NotFound) as error:
            raise ChangedMeanwhileError(head.watch) from error
        return Head(head.watch, step.sequence, step.page, written[0].update_time)

    def others(self, watch: str, sequence: int) -> Collection[str]:
        other = firestore.FieldFilter("sequence", "!=", sequence)
        found = self._copy(watch).collection(ITEMS).where(filter=other).select(["id"])
        return [each.get("id") for each in found.stream(timeout=_SECONDS)]

    def also(self, batch: Any, changes: Sequence[Change]) -> None:
        """Do more with each change, once, in the same batch: override it."""

    def _move(self, batch: Any, head: Head, step: Step) -> None:
        """`written` is never the same, so that each step has another version."""
        state = {"sequence": step.sequence, "page": step.page, "written": firestore.SERVER_TIMESTAMP}
        if head.version is None:
            batch.create(self._copy(head.watch), state)
        else:
            as_read = self._client.write_option(last_update_time=head.version)
            batch.update(self._copy(head.watch), state, option=as_read)

    def _copy(self, watch: str) -> firestore.DocumentReference:
        return self._client.collection(self._copies).document(watch)


def _key(name: str) -> str:
    """An id of Google's as one of Firestore's, which knows no "/" and neither ".." nor "__x__"."""
    return f"={quote(name, safe='@: ')}"
